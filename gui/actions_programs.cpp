// Servers, clients, segments: what is asked of the session for them, and whom that means. See app_state.h.
#include <fmt/format.h>

#include <algorithm>

#include "gui/actions.h"
#include "gui/app_state.h"
#include "gui/database_choice.h"

namespace synoptic {
namespace {

/** The selected server, else the chosen one, else the latest, of those that will do. */
template <class WillDo>
const Program* preferred_server(const AppState& state, WillDo will_do) {
    const World& live = state.moment.live();
    ProgramId selected = state.selection.program;
    if (const Actor* actor = find(live, state.selection.actor)) selected = actor->program;
    if (const Process* process = find(live, state.selection.process)) selected = process->program;
    if (const Socket* socket = find(live, state.selection.socket)) selected = socket->program;
    for (ProgramId id : {selected, state.chosen_server}) {
        if (const Program* program = find(live, id); program != nullptr && will_do(*program)) return program;
    }
    std::vector<const Program*> servers = live_servers(live);
    std::erase_if(servers, [&](const Program* server) { return !will_do(*server); });
    return servers.empty() ? nullptr : servers.back();
}

}  // namespace

void move_segment(AppState& state, SegmentMove move) {
    const World& live = state.moment.live();
    const WireSegment* chosen = find(live, state.selection.segment);
    if (chosen == nullptr || !chosen->waits()) {
        const std::vector<WireId> waiting = waiting_segments(live);
        chosen = waiting.empty() ? nullptr : find(live, waiting.front());
    }
    if (chosen == nullptr) {
        state.messages.note("No segment waits on the wire", state.now_s);
        return;
    }
    state.out.push_back(MoveSegment{chosen->id, move, Stack::with_copies});
}

void stop_server(AppState& state) {
    const Program* server = current_server(state);
    if (server == nullptr) return;
    if (live_servers(state.moment.live()).size() > 1 && state.selection.empty()) {
        state.open = Menu::stop;
    } else {
        state.out.push_back(StopServer{server->id});
    }
}

const Program* current_server(const AppState& state) {
    return preferred_server(state, [](const Program& program) { return program.is_server && program.state != Program::State::ended; });
}

const Program* server_to_join(const AppState& state) {
    return preferred_server(state, [&](const Program& program) { return may_be_joined(state.moment.live(), program); });
}

void start_chosen_server(AppState& state) {
    const ChosenServer chosen = chosen_server(state.settings.server, state.moment.live().lab);
    if (!chosen.trouble.empty()) {
        state.messages.add(chosen.trouble, true, chosen.needs_wire ? Remedy::restart_wire : Remedy::none);
        return;
    }
    if (const std::string wrong = make_database_folder(chosen.command.database); !wrong.empty()) {
        state.messages.add(wrong, true);
        return;
    }
    StartServer start = chosen.command;
    if (state.settings.server.port.empty()) start.port = free_port(start, chosen.program->default_port, state.moment.live());
    state.out.push_back(start);
    state.chosen_server = ProgramId{};  // the latest, which will be this one
}

void add_clients(AppState& state, int count) {
    const Program* server = server_to_join(state);
    if (server == nullptr) {
        const Program* gone = current_server(state);
        state.messages.note(gone == nullptr ? std::string("Start a server first: S")
                                            : fmt::format("{} will not listen any more: start another one with S", gone->label),
                            state.now_s);
        return;
    }
    AddClients add = clients_for(state.moment.live(), *server, count);
    if (add.host.empty()) {
        state.messages.note(fmt::format("{} does not listen yet", server->label), state.now_s);
        return;
    }
    if (is_client_for(*server, state.chosen_client)) add.program = state.chosen_client;
    add.place = state.settings.clients_own_process ? Place::own_process : Place::in_app;
    add.chatter_ms = state.settings.chatter ? chatter_every_ms : 0;
    state.out.push_back(add);
}

void set_chatter(AppState& state, bool on) {
    set_with_commands(state, [on](Settings& settings) { settings.chatter = on; });
    state.out.push_back(Chatter{ProgramId{}, on ? chatter_every_ms : 0});
}

std::uint8_t held_kinds(const Rules& rules) {
    return rules.to_server.hold | rules.to_client.hold;
}

void hold_segments(AppState& state, std::uint8_t kinds) {
    Rules rules = state.moment.live().lab.rules;
    rules.to_server.hold = rules.to_client.hold = kinds;
    state.out.push_back(SetRules{rules});
    if (kinds == 0) state.out.push_back(DeliverAll{});
}

void start_demonstration(AppState& state, const Demonstration& demonstration) {
    if (state.moment.past()) {
        state.past.held_demonstration = &demonstration;
        return;
    }
    state.selection = Selection{};
    state.runner.start(demonstration, state.moment.live(), state.out);
    // A demonstration that waits for steps would look broken.
    if (state.moment.live().gate == GateMode::step) run_or_pause(state);
}

}  // namespace synoptic
