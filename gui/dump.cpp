#include "gui/dump.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/trace/event.h"
#include "gui/lesson_desk.h"
#include "gui/panels/lesson_view.h"
#include "gui/ui.h"

namespace synoptic {
namespace {

using Json = nlohmann::json;

template <class Id>
std::uint64_t number(Id id) {
    return static_cast<std::uint64_t>(id);
}

const char* gate_name(GateMode mode) {
    switch (mode) {
        case GateMode::run:
            return "run";
        case GateMode::slow:
            return "slow";
        case GateMode::step:
            return "step";
    }
    return "";
}

Json programs_of(const World& world) {
    Json all = Json::array();
    for (const auto& [id, program] : world.programs) {
        const Address address = listens_at(world, program);
        all.push_back({{"id", number(id)},
                       {"label", program.label},
                       {"name", program.name},
                       {"server", program.is_server},
                       {"own_process", program.own_process},
                       {"state", state_name(program.state)},
                       {"address", program.address},
                       {"port", program.port},
                       {"backlog", program.backlog},
                       {"listens", address.known()},
                       {"listen_host", address.known() ? address.host() : ""},
                       {"listen_port", address.known() ? address.port() : 0},
                       {"exit_status", program.exit_status},
                       {"trouble", program.trouble},
                       {"output", program.output}});
    }
    return all;
}

Json actors_of(const World& world) {
    Json all = Json::array();
    for (const auto& [id, actor] : world.actors) {
        const Process* process = find(world, actor.process);
        const bool calls = !actor.calls.empty();
        all.push_back({{"id", number(id)},
                       {"label", actor.name},
                       {"program", number(actor.program)},
                       {"process", number(actor.process)},
                       {"pid", process != nullptr ? process->pid : 0},
                       {"tid", actor.tid},
                       {"thread", actor.is_thread},
                       {"state", state_name(actor.state)},
                       {"call", calls ? kind_info(actor.calls.back().kind).name : ""},
                       {"blocked", actor.state == Actor::State::blocked},
                       {"at_breakpoint", actor.at_breakpoint},
                       {"calls_made", actor.calls_made},
                       {"line", actor.line}});
    }
    return all;
}

Json processes_of(const World& world) {
    Json all = Json::array();
    for (const auto& [id, process] : world.processes) {
        Json fds = Json::array();
        for (const auto& [fd, description] : process.fds) fds.push_back(fd);
        all.push_back({{"id", number(id)},
                       {"pid", process.pid},
                       {"program", number(process.program)},
                       {"app", process.is_app},
                       {"state", state_name(process.state)},
                       {"wait_status", process.wait_status},
                       {"fds", fds}});
    }
    return all;
}

Json connections_of(const World& world) {
    Json all = Json::array();
    for (const auto& [id, connection] : world.connections) {
        all.push_back({{"id", number(id)},
                       {"state", state_name(connection.state)},
                       {"client", connection.client_address.text()},
                       {"server", connection.server_address.text()},
                       {"bytes_to_server", connection.bytes_to_server},
                       {"bytes_to_client", connection.bytes_to_client}});
    }
    return all;
}

Json sockets_of(const World& world) {
    Json all = Json::array();
    for (const auto& [id, socket] : world.sockets) {
        all.push_back(
            {{"id", number(id)}, {"state", state_name(socket.state)}, {"local", socket.local.text()}, {"peer", socket.peer.text()}});
    }
    return all;
}

Json lab_of(const World& world) {
    const LabState& lab = world.lab;
    return {{"asked", lab.asked},
            {"lives", lab.lives},
            {"pid", lab.pid},
            {"trouble", lab.trouble},
            {"paused", lab.paused},
            {"held", lab.rules.to_server.hold | lab.rules.to_client.hold},
            {"sent", lab.sent[0] + lab.sent[1]},
            {"arrived", lab.arrived[0] + lab.arrived[1]},
            {"dropped", lab.dropped[0] + lab.dropped[1]}};
}

Json segments_of(const World& world) {
    Json all = Json::array();
    for (const auto& [id, segment] : world.segments) {
        all.push_back({{"id", number(id)},
                       {"title", segment.reading.title},
                       {"note", segment.reading.note},
                       {"state", state_name(segment.state)},
                       {"to_server", segment.direction == Direction::to_server},
                       {"copy_of", number(segment.copy_of)}});
    }
    return all;
}

Json tcp_ends_of_world(const World& world) {
    Json all = Json::array();
    for (const auto& [key, end] : world.tcp_ends) {
        all.push_back({{"host", name_of(end.host)},
                       {"local", end.local.text()},
                       {"peer", end.peer.text()},
                       {"state", name_of(end.state)},
                       {"observed", end.known == Known::observed},
                       {"receive_queue", end.receive_queue_bytes},
                       {"send_queue", end.send_queue_bytes}});
    }
    return all;
}

Json breakpoints_of(const World& world) {
    Json all = Json::array();
    for (const auto& [file, line] : world.breakpoints) all.push_back({{"file", file}, {"line", line}});
    return all;
}

Json world_json(const World& world) {
    return {{"lab", lab_of(world)},
            {"segments", segments_of(world)},
            {"tcp_ends", tcp_ends_of_world(world)},
            {"events", world.events},
            {"calls", world.calls},
            {"lost_events", world.lost_events},
            {"gate", gate_name(world.gate)},
            {"gate_ms", world.gate_ms},
            {"breakpoints", breakpoints_of(world)},
            {"helper_lives", world.helper_lives},
            {"helper_pid", world.helper_pid},
            {"zombies", zombie_count(world)},
            {"live_actors", live_actor_count(world)},
            {"programs", programs_of(world)},
            {"actors", actors_of(world)},
            {"processes", processes_of(world)},
            {"sockets", sockets_of(world)},
            {"connections", connections_of(world)}};
}

Json widgets_json() {
    Json all = Json::array();
    for (const ui::Record& record : ui::records()) {
        all.push_back({{"id", record.id},
                       {"label", record.label},
                       {"value", record.value},
                       {"x", record.rect.x},
                       {"y", record.rect.y},
                       {"w", record.rect.w},
                       {"h", record.rect.h},
                       {"enabled", record.enabled}});
    }
    return all;
}

Json messages_json(const AppState& state) {
    Json all = Json::array();
    for (const Message& message : state.messages.all()) {
        all.push_back({{"number", message.number}, {"text", message.text}, {"trouble", message.trouble}});
    }
    return all;
}

/** The lesson that is open, and what its presenter sees. */
Json lesson_json(const AppState& state) {
    const Player* player = state.desk->player();
    if (player == nullptr) return {{"open", state.desk->is_open()}, {"mistakes", state.desk->mistakes().size()}};
    const LessonView& view = *state.lesson;
    return {{"open", true},
            {"name", player->lesson().name},
            {"step", player->step()},
            {"steps", player->lesson().steps.size()},
            {"state", state_name(player->state())},
            {"hurries", player->hurries()},
            {"waits_for", player->waits_for()},
            {"scroll", view.scroll.position()},
            {"question", player->question() != nullptr ? player->question()->number_of_question : 0},
            {"failures", player->failures().size()},
            {"mistakes", state.desk->mistakes().size()},
            {"notes", {{"open", view.notes}, {"heading", view.page.heading}, {"text", view.page.notes}, {"next", view.page.next}, {"more", view.notes_more}}}};
}

Json selection_json(const Selection& selection) {
    return {{"program", number(selection.program)},
            {"actor", number(selection.actor)},
            {"process", number(selection.process)},
            {"socket", number(selection.socket)},
            {"connection", number(selection.connection)},
            {"segment", number(selection.segment)},
            {"database", selection.database},
            {"key", selection.key},
            {"fd", selection.fd},
            {"source", selection.source.name},
            {"line", selection.source.line},
            {"event", selection.event == no_event ? Json(nullptr) : Json(selection.event)}};
}

}  // namespace

std::string dump_text(const FrameFacts& frame, const AppState& state) {
    const Moment& moment = state.moment;
    const Json dump = {{"frame", frame.number},
                       {"settled", frame.settled},
                       {"inputs", frame.inputs},
                       {"keys_down", frame.keys_down},
                       {"pointer", {{"x", frame.pointer_x}, {"y", frame.pointer_y}}},
                       {"window", {{"width", frame.width}, {"height", frame.height}}},
                       {"scale", frame.scale},
                       {"zoom", state.settings.zoom_percent},
                       {"theme", state.settings.dark ? "dark" : "light"},
                       {"preset", preset_name(state.settings.preset)},
                       {"full_pane", state.settings.layout.full ? pane_name(*state.settings.layout.full) : ""},
                       {"moment", {{"past", moment.past()}, {"index", moment.shown().events}, {"events_ago", moment.events_ago()}}},
                       {"history", state.history.size()},
                       {"help", state.help},
                       {"selection", selection_json(state.selection)},
                       {"lesson", lesson_json(state)},
                       {"messages", messages_json(state)},
                       {"note", state.messages.current_note()},
                       {"widgets", widgets_json()},
                       {"world", world_json(moment.shown())}};
    // What a program printed need not be UTF-8.
    return dump.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string write_dump(const std::string& file, const FrameFacts& frame, const AppState& state) {
    const std::string text = dump_text(frame, state), temporary = file + ".new";
    FILE* out = std::fopen(temporary.c_str(), "w");
    if (out == nullptr) return std::strerror(errno);
    const bool written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
    const bool closed = std::fclose(out) == 0;
    if (!written || !closed || std::rename(temporary.c_str(), file.c_str()) != 0) return std::strerror(errno);
    return {};
}

}  // namespace synoptic
