// The toolbar's menus: options of the next server, which server to stop, clients, demonstrations, view, and what had no room ("More").
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

std::string server_words(const World& live, const Program& server) {
    const Address address = listens_at(live, server);
    return fmt::format("{}: {} on {}", server.label, server.name, address.known() ? address.text() : std::string(state_name(server.state)));
}

void draw_stop(AppState& state) {
    const World& live = state.moment.live();
    ui::menu_heading("Stop which server?");
    const std::vector<const Program*> servers = live_servers(live);
    for (const Program* server : servers) {
        const std::string id = fmt::format("stop.{}", static_cast<std::uint32_t>(server->id));
        if (ui::menu_entry(id.c_str(), server_words(live, *server).c_str())) state.out.push_back(StopServer{server->id});
    }
    ui::menu_line();
    if (ui::menu_entry("stop.all", "All servers")) {
        for (const Program* server : servers) state.out.push_back(StopServer{server->id});
    }
}

/** Which program new clients are, where there are several that speak to this server. */
void draw_client_programs(AppState& state, const Program& server) {
    const std::vector<const ProgramInfo*> programs = client_programs_for(server);
    if (programs.size() < 2) return;
    const AddClients usual = clients_for(state.moment.live(), server, 1);
    const std::string chosen = is_client_for(server, state.chosen_client) ? state.chosen_client : usual.program;
    ui::menu_heading("They are");
    for (const ProgramInfo* program : programs) {
        const std::string id = std::string("clients.program.") + program->name;
        if (ui::menu_entry(id.c_str(), program->title, "", chosen == program->name, true, program->worth_showing))
            state.chosen_client = program->name;
    }
    ui::menu_line();
}

void draw_clients(AppState& state) {
    const World& live = state.moment.live();
    Settings& settings = state.settings;
    const std::vector<const Program*> servers = live_servers(live);
    const Program* current = server_to_join(state);
    if (servers.size() > 1) {
        ui::menu_heading("They join");
        for (const Program* server : servers) {
            const std::string id = fmt::format("clients.join.{}", static_cast<std::uint32_t>(server->id));
            if (ui::menu_entry(id.c_str(), server_words(live, *server).c_str(), "", server == current, may_be_joined(live, *server))) {
                state.chosen_server = server->id;
                state.selection = Selection{};
            }
        }
        ui::menu_line();
    }
    if (current != nullptr) draw_client_programs(state, *current);
    if (ui::menu_entry("clients.1", "Add a client", keys_of(Action::add_client).c_str())) add_clients(state, 1);
    if (ui::menu_entry("clients.10", "Add 10 clients", keys_of(Action::add_ten_clients).c_str())) add_clients(state, 10);
    if (ui::menu_entry("clients.100", "Add 100 clients")) add_clients(state, 100);
    ui::menu_line();
    if (ui::menu_entry("clients.own_process", "Each as a process of its own", "", settings.clients_own_process)) {
        settings.clients_own_process = !settings.clients_own_process;
    }
    if (ui::menu_entry("clients.chatter", "They chatter", keys_of(Action::chatter).c_str(), settings.chatter))
        set_chatter(state, !settings.chatter);
    ui::menu_line();
    if (ui::menu_entry("clients.close_all", "Close all clients", "", false, live_client_count(live) > 0,
                       "Their input ends: each closes its socket and ends")) {
        state.out.push_back(CloseClient{});
    }
}

void draw_demonstrations(AppState& state) {
    ui::menu_heading("Demonstrations");
    for (const Demonstration& one : demonstrations()) {
        const std::string id = std::string("demonstration.") + one.id;
        if (ui::menu_entry(id.c_str(), one.title, "", state.runner.running() == &one, true, one.summary)) start_demonstration(state, one);
    }
}

void draw_zoom(AppState& state) {
    option_row("Zoom");
    ui::Face smaller, larger, reset;
    smaller.icon = Icon::minus;
    larger.icon = Icon::plus;
    const std::string percent = fmt::format("{} %", state.settings.zoom_percent);
    reset.label = percent.c_str();
    reset.width = ui::px(78);
    if (ui::button("view.zoom_out", smaller, ("Smaller  (" + keys_of(Action::zoom_out) + ")").c_str())) state.ask(Action::zoom_out);
    ImGui::SameLine(0, ui::px(4));
    if (ui::button("view.zoom_reset", reset, ("100 %  (" + keys_of(Action::zoom_reset) + ")").c_str())) state.ask(Action::zoom_reset);
    ImGui::SameLine(0, ui::px(4));
    if (ui::button("view.zoom_in", larger, ("Larger  (" + keys_of(Action::zoom_in) + ")").c_str())) state.ask(Action::zoom_in);
}

void draw_files(AppState& state) {
    const auto entry = [&](const char* id, const char* label, Action action, const char* tip) {
        if (ui::menu_entry(id, label, keys_of(action).c_str(), false, true, tip)) state.ask(action);
    };
    entry("files.save", "Save a recording …", Action::save_recording, "everything so far, to be looked at again: synoptic FILE");
    entry("files.open", "Open a recording …", Action::open_recording, "in a window of its own");
    ui::menu_line();
    entry("files.export", "Export …", Action::export_history,
          "a transcript, a trace for ui.perfetto.dev, segments for Wireshark, or a picture of the window");
    if (!state.recorded && state.moment.live().programs.empty()) return;  // no panel is shown yet
    entry("files.picture", "Picture of one panel …", Action::save_panel, "the stage, the ladder …: as it is shown now, in a .png");
}

void draw_view(AppState& state) {
    Settings& settings = state.settings;
    ui::menu_heading("Presets");
    constexpr std::pair<Preset, Action> presets[] = {
        {Preset::lecture, Action::preset_lecture}, {Preset::explore, Action::preset_explore}, {Preset::code, Action::preset_code}};
    for (const auto& [preset, action] : presets) {
        const std::string id = std::string("view.preset.") + preset_name(preset);
        if (ui::menu_entry(id.c_str(), preset_title(preset), keys_of(action).c_str(), settings.preset == preset)) state.ask(action);
    }
    ui::menu_line();
    ui::menu_heading("Panes");
    constexpr std::pair<Pane, Action> panes[] = {{Pane::stage, Action::pane_stage},
                                                 {Pane::calls, Action::pane_calls},
                                                 {Pane::code, Action::pane_code},
                                                 {Pane::inspector, Action::pane_inspector}};
    for (const auto& [pane, action] : panes) {
        const std::string id = std::string("view.pane.") + pane_name(pane);
        const bool squeezed = settings.layout.shows(pane) && !settings.layout.full && !state.layout.has_room(pane);
        const std::string label = std::string(pane_title(pane)) + (squeezed ? " (no room at this zoom)" : "");
        if (ui::menu_entry(id.c_str(), label.c_str(), keys_of(action).c_str(), settings.layout.shows(pane))) state.ask(action);
    }
    ui::menu_line();
    draw_zoom(state);
    ui::menu_line();
    if (ui::menu_entry("view.theme", settings.dark ? "Light theme" : "Dark theme", keys_of(Action::theme).c_str()))
        state.ask(Action::theme);
    if (ui::menu_entry("view.fullscreen", "Full screen", keys_of(Action::fullscreen).c_str())) state.ask(Action::fullscreen);
    if (ui::menu_entry("view.help", "All keys", keys_of(Action::help).c_str())) state.ask(Action::help);
    if (state.recorded) return;
    ui::menu_line();
    ui::menu_heading("Recordings");
    draw_files(state);
}

void draw_more(AppState& state, int tightness) {
    const bool paused = state.moment.live().gate == GateMode::step || stopped_by_breakpoints(state.moment.live());
    const auto entry = [&](const char* id, const char* label, Action action, bool chosen = false) {
        if (ui::menu_entry(id, label, keys_of(action).c_str(), chosen)) state.ask(action);
    };
    if (tightness >= 6) {
        entry("more.back", "Back", Action::back);
        entry("more.step", "Step", Action::step);
        entry("more.run", paused ? "Run" : "Pause", Action::run_or_pause);
    }
    if (tightness >= 6 && has_wire(state.moment.live())) {
        entry("more.hold", "Hold segments", Action::hold, held_kinds(state.moment.live().lab.rules) != 0);
        entry("more.wire", "The wire …", Action::wire_menu);
    }
    entry("more.slower", "Slower", Action::slower);
    entry("more.faster", "Faster", Action::faster);
    if (tightness >= 5) entry("more.chatter", "Clients chatter", Action::chatter, state.settings.chatter);
    ui::menu_line();
    // Other menus open in the next frame, when this one has closed.
    entry("more.options", "Options of the next server …", Action::server_options);
    entry("more.demonstrations", "Demonstrations …", Action::demonstrations);
    entry("more.files", "Recordings and exports …", Action::file_menu);
    entry("more.view", "View …", Action::view_menu);
    ui::menu_line();
    if (!state.moment.live().helper_lives && ui::menu_entry("more.restart_helper", "Restart the helper", "", false, true,
                                                            "The helper starts servers and clients in processes of their own"))
        state.out.push_back(RestartHelper{});
    draw_zoom(state);
    entry("more.theme", state.settings.dark ? "Light theme" : "Dark theme", Action::theme);
    entry("more.help", "All keys", Action::help);
}

}  // namespace

void draw_toolbar_menus(AppState& state, const ToolbarAnchors& anchors, int tightness) {
    const auto menu = [&](Menu which, const char* id, const ui::Rect& anchor, float width, const auto& draw) {
        if (state.open == which) {
            ui::open_menu(id);
            state.open = Menu::none;
        }
        if (!ui::begin_menu(id, anchor, width)) return;
        draw();
        ui::end_menu();
    };
    menu(Menu::options, "menu.options", anchors.options, 508, [&] { draw_options(state); });
    menu(Menu::stop, "menu.stop", anchors.stop, 360, [&] { draw_stop(state); });
    menu(Menu::clients, "menu.clients", anchors.clients, 340, [&] { draw_clients(state); });
    menu(Menu::wire, "menu.wire", anchors.wire, 430, [&] { draw_wire_menu(state); });
    menu(Menu::demonstrations, "menu.demonstrations", anchors.demonstrations, 300, [&] { draw_demonstrations(state); });
    menu(Menu::files, "menu.files", anchors.files, 320, [&] { draw_files(state); });
    menu(Menu::view, "menu.view", anchors.view, 290, [&] { draw_view(state); });
    menu(Menu::more, "menu.more", anchors.more, 290, [&] { draw_more(state, tightness); });
}

}  // namespace synoptic
