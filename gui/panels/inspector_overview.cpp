// What the inspector says where nothing is selected: see inspector_facts.h.
#include <fmt/format.h>

#include "gui/panels/inspector_facts.h"
#include "gui/panels/words.h"
#include "gui/server_choice.h"

namespace synoptic {

void inspect_nothing(InspectorPage& page, const World& world) {
    page.title = "Click anything";
    page.subtitle = "A card, a wire, a line of the call list: all that is known of it is shown here.";
    FactSection counts;
    std::size_t processes = 0, threads = 0, sockets = 0, servers = 0, gone = 0, clients = 0, opening = 0;
    for (const auto& [id, process] : world.processes) processes += !process.is_app && process.state == Process::State::runs;
    for (const auto& [id, actor] : world.actors) threads += actor.is_thread && actor.state != Actor::State::ended;
    for (const auto& [id, socket] : world.sockets) {
        sockets += socket.state != Socket::State::closed;
        opening += socket.state == Socket::State::connecting && socket.connection == ConnectionId::none;
    }
    for (const auto& [id, program] : world.programs) {
        if (program.state == Program::State::ended) continue;
        if (!program.is_server)
            ++clients;
        else
            ++(may_be_joined(world, program) ? servers : gone);
    }
    std::size_t connections = 0, queued = 0;
    for (const auto& [id, connection] : world.connections) {
        connections += connection.state != Connection::State::closed;
        queued += connection.state == Connection::State::queued;
    }
    const std::size_t zombies = zombie_count(world);
    add(counts, "servers", with_commas(servers) + (gone > 0 ? fmt::format(", and {} that will not listen any more", gone) : ""));
    add(counts, "clients", with_commas(clients));
    add(counts, "processes", fmt::format("{}, beside this window's own", with_commas(processes)));
    add(counts, "threads", fmt::format("{}, beside each process's first", with_commas(threads)));
    add(counts, "sockets", with_commas(sockets));
    std::string of_them = with_commas(connections);
    if (queued > 0) of_them += fmt::format(", {} of them not accepted yet", queued);
    // Ladder and States offer these, too: their connect has not returned.
    if (opening > 0) of_them += fmt::format("{} {} being opened", queued > 0 ? ";" : ", and", opening);
    add(counts, "connections", of_them);
    add(counts, "zombies", with_commas(zombies), zombies > 0 ? Tone::trouble : Tone::normal);
    add(counts, "calls made", with_commas(world.calls));
    if (world.lost_events > 0) add(counts, "events lost", with_commas(world.lost_events), Tone::trouble);
    if (!world.helper_trouble.empty()) add(counts, "helper", world.helper_trouble, Tone::trouble);
    page.sections.push_back(std::move(counts));
}

}  // namespace synoptic
