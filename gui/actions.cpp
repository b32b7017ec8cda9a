// What keys and buttons do, apart from the window itself: each is a change of how the window looks at the World, or Commands.
#include <fmt/format.h>

#include <algorithm>

#include "core/trace/format.h"
#include "gui/app_state.h"
#include "imgui.h"

namespace synoptic {
namespace {

void run_or_pause(AppState& state) {
    if (state.moment.past()) {
        state.moment.go_live();
        return;
    }
    if (state.moment.live().gate != GateMode::step) {
        state.out.push_back(SetGate{ActorId{}, GateMode::step, 0});
        return;
    }
    const int ms = paces_ms[state.settings.pace];
    state.out.push_back(SetGate{ActorId{}, ms == 0 ? GateMode::run : GateMode::slow, static_cast<std::uint32_t>(ms)});
}

void step(AppState& state) {
    if (state.moment.past()) {
        state.moment.forward();
        return;
    }
    // The first press stops everyone at their next call: nobody stands there yet. Then each lets one actor make one move.
    if (state.moment.live().gate != GateMode::step) {
        state.out.push_back(SetGate{ActorId{}, GateMode::step, 0});
        return;
    }
    const Actor* chosen = find(state.moment.live(), state.selection.actor);
    const bool can_move = chosen != nullptr && (chosen->state == Actor::State::arrives || chosen->state == Actor::State::rests);
    state.out.push_back(Step{can_move ? chosen->id : ActorId{}});
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

/** The selected thing in words, for the clipboard; "" if nothing is selected. */
std::string selected_text(const AppState& state) {
    const Selection& selected = state.selection;
    const World& world = state.moment.shown();
    if (selected.event != no_event && selected.event < state.history.size()) {
        EventIndex enter_index = selected.event;
        if (state.history.event(enter_index).phase == Phase::exit) enter_index = state.history.enter_of(enter_index);
        if (enter_index == no_event) return {};
        const Event& enter = state.history.event(enter_index);
        const Told told{enter, state.history.payload(enter_index)};
        if (!is_call(enter.kind)) return print_fact(told);
        const EventIndex exit_index = state.history.exit_of(enter_index, world.events);
        if (exit_index == no_event) return print_call(told, nullptr, payload_limit_bytes);
        const Event& exit = state.history.event(exit_index);
        const Told exit_told{exit, state.history.payload(exit_index)};
        return print_call(told, &exit_told, payload_limit_bytes) + print_result(enter, &exit);
    }
    if (const Connection* connection = find(world, selected.connection)) {
        return connection->client_address.text() + " → " + connection->server_address.text();
    }
    if (const Socket* socket = find(world, selected.socket)) {
        return fmt::format("socket {} {}: {} → {}", static_cast<std::uint64_t>(socket->id), state_name(socket->state), socket->local.text(),
                           socket->peer.text());
    }
    if (const Actor* actor = find(world, selected.actor))
        return fmt::format("{} {}: {}", actor->name, actor->tid, state_name(actor->state));
    if (const Process* process = find(world, selected.process))
        return fmt::format("process {}: {}", process->pid, state_name(process->state));
    if (const Program* program = find(world, selected.program)) return fmt::format("{} ({})", program->label, program->name);
    return {};
}

void copy_selected(AppState& state) {
    const std::string text = selected_text(state);
    if (text.empty()) {
        state.messages.note("Nothing is selected", state.now_s);
        return;
    }
    ImGui::SetClipboardText(text.c_str());
    state.messages.note("Copied: " + text, state.now_s);
}

}  // namespace

const Program* current_server(const AppState& state) {
    const World& live = state.moment.live();
    const auto lives = [](const Program* program) {
        return program != nullptr && program->is_server && program->state != Program::State::ended;
    };
    ProgramId selected = state.selection.program;
    if (const Actor* actor = find(live, state.selection.actor)) selected = actor->program;
    if (const Process* process = find(live, state.selection.process)) selected = process->program;
    if (const Socket* socket = find(live, state.selection.socket)) selected = socket->program;
    for (ProgramId id : {selected, state.chosen_server}) {
        if (lives(find(live, id))) return find(live, id);
    }
    const std::vector<const Program*> servers = live_servers(live);
    return servers.empty() ? nullptr : servers.back();
}

void start_chosen_server(AppState& state) {
    const ChosenServer chosen = chosen_server(state.settings.server);
    if (!chosen.trouble.empty()) {
        state.messages.add(chosen.trouble, true);
        return;
    }
    StartServer start = chosen.command;
    if (state.settings.server.port.empty()) start.port = free_port(start.address, chosen.program->default_port, state.moment.live());
    state.out.push_back(start);
    state.chosen_server = ProgramId{};  // the latest, which will be this one
}

void add_clients(AppState& state, int count) {
    const Program* server = current_server(state);
    if (server == nullptr) {
        state.messages.note("Start a server first: S", state.now_s);
        return;
    }
    const Address address = listens_at(state.moment.live(), *server);
    if (!address.known()) {
        state.messages.note(fmt::format("{} does not listen yet", server->label), state.now_s);
        return;
    }
    AddClients add;
    add.host = host_to_reach(address);
    add.port = std::to_string(address.port());
    add.count = count;
    add.place = state.settings.clients_own_process ? Place::own_process : Place::in_app;
    add.chatter_ms = state.settings.chatter ? chatter_every_ms : 0;
    state.out.push_back(add);
}

void set_chatter(AppState& state, bool on) {
    state.settings.chatter = on;
    state.out.push_back(Chatter{ProgramId{}, on ? chatter_every_ms : 0});
}

void set_pace(AppState& state, int pace) {
    state.settings.pace = std::clamp(pace, 0, pace_count - 1);
    const int ms = paces_ms[state.settings.pace];
    // While everyone waits for steps the pace is only chosen; Run applies it.
    if (state.moment.live().gate == GateMode::step) return;
    state.out.push_back(SetGate{ActorId{}, ms == 0 ? GateMode::run : GateMode::slow, static_cast<std::uint32_t>(ms)});
}

void apply_preset(AppState& state, Preset preset, float window_width) {
    state.settings.preset = preset;
    state.settings.layout = layout_of(preset);
    switch (preset) {
        case Preset::lecture:
            // Text of 24 px and more: 14.5 px × 1.75 = 25 px.
            state.settings.dark = false;
            state.settings.zoom_percent = window_width >= 2400 ? 225 : window_width >= 1800 ? 200 : 175;
            break;
        case Preset::explore:
        case Preset::code:
            state.settings.zoom_percent = 100;
            break;
    }
    state.messages.note(preset == Preset::lecture ? "Lecture: F3 leads back to all panes" : std::string(preset_title(preset)), state.now_s);
}

void start_demonstration(AppState& state, const Demonstration& demonstration) {
    state.moment.go_live();
    state.selection = Selection{};
    state.runner.start(demonstration, state.moment.live(), state.out);
    // A demonstration that waits for steps would look broken.
    if (state.moment.live().gate == GateMode::step) run_or_pause(state);
}

bool perform(AppState& state, Action action) {
    Settings& settings = state.settings;
    switch (action) {
        case Action::start_server:
            start_chosen_server(state);
            return true;
        case Action::stop_server:
            stop_server(state);
            return true;
        case Action::server_options:
            state.open = Menu::options;
            return true;
        case Action::next_workers:
            settings.server.workers = next_workers(settings.server.workers);
            settings.server.variant.clear();
            return true;
        case Action::demonstrations:
            state.open = Menu::demonstrations;
            return true;
        case Action::view_menu:
            state.open = Menu::view;
            return true;
        case Action::add_client:
            add_clients(state, 1);
            return true;
        case Action::add_ten_clients:
            add_clients(state, 10);
            return true;
        case Action::chatter:
            set_chatter(state, !settings.chatter);
            return true;
        case Action::step:
            step(state);
            return true;
        case Action::back:
            state.moment.back();
            return true;
        case Action::run_or_pause:
            run_or_pause(state);
            return true;
        case Action::slower:
            set_pace(state, settings.pace + 1);
            return true;
        case Action::faster:
            set_pace(state, settings.pace - 1);
            return true;
        case Action::first:
            state.moment.first();
            return true;
        case Action::live:
            state.moment.go_live();
            return true;
        case Action::copy:
            copy_selected(state);
            return true;
        case Action::fill:
            settings.layout.toggle_full(settings.layout.full.value_or(state.layout.under_pointer()));
            return true;
        case Action::pane_stage:
            settings.layout.toggle(Pane::stage);
            return true;
        case Action::pane_calls:
            settings.layout.toggle(Pane::calls);
            return true;
        case Action::pane_code:
            settings.layout.toggle(Pane::code);
            return true;
        case Action::pane_inspector:
            settings.layout.toggle(Pane::inspector);
            return true;
        case Action::zoom_in:
            settings.zoom_percent = next_zoom(settings.zoom_percent, true);
            return true;
        case Action::zoom_out:
            settings.zoom_percent = next_zoom(settings.zoom_percent, false);
            return true;
        case Action::zoom_reset:
            settings.zoom_percent = 100;
            return true;
        case Action::theme:
            settings.dark = !settings.dark;
            return true;
        case Action::help:
            state.help = !state.help;
            return true;
        case Action::escape:
            if (state.help || state.asks_to_close) {
                state.help = state.asks_to_close = false;
            } else if (settings.layout.full) {
                settings.layout.full.reset();
            } else {
                state.selection = Selection{};
            }
            return true;
        case Action::none:
            return true;
        case Action::preset_lecture:
        case Action::preset_explore:
        case Action::preset_code:
        case Action::fullscreen:
        case Action::quit:
            break;
    }
    return false;
}

}  // namespace synoptic
