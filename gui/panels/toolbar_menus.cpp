// The toolbar's menus: options of the next server, which server to stop, clients, demonstrations, view, and what had no room ("More").
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

/** A row of the options: its name at the left; the control that follows stands at the right. */
void option_row(const char* name, float label_width = 88) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImFont* font = ui::fonts().text;
    ui::draw_text(font, {at.x + ui::px(10), at.y + (ui::px(30) - imgui::font_size(font)) / 2}, ui::theme().text_dim, name);
    ImGui::SetCursorScreenPos({std::floor(at.x + ui::px(label_width)), at.y});
}

/** Buttons of which one is chosen. */
template <class Value>
bool choice(const char* id, Value* chosen, std::initializer_list<std::pair<const char*, Value>> values, bool enabled = true) {
    bool changed = false, first = true;
    int index = 0;
    for (const auto& [label, value] : values) {
        if (!first) ImGui::SameLine(0, ui::px(4));
        first = false;
        ui::Face face;
        face.label = label;
        face.chosen = *chosen == value;
        face.enabled = enabled;
        if (ui::button(fmt::format("{}.{}", id, index++).c_str(), face)) {
            changed = changed || *chosen != value;
            *chosen = value;
        }
    }
    return changed;
}

void space(float height) {
    ImGui::Dummy({0, ui::px(height)});
}

void draw_variants(ServerChoice& server) {
    const std::vector<const ProgramInfo*> variants = variants_of(server.protocol, server.workers);
    std::vector<std::string> titles;
    int chosen = 0;
    for (std::size_t index = 0; index < variants.size(); ++index) {
        const bool corrected = *variants[index]->variant == 0;
        titles.push_back(corrected ? "The corrected program" : variants[index]->title);
        if (server.variant == variants[index]->variant) chosen = static_cast<int>(index);
    }
    option_row("Variant");
    if (ui::combo("options.variant", "Variant", &chosen, titles, 400,
                  "A defective variant shows what goes wrong, and why the corrected program is as it is")) {
        server.variant = variants[static_cast<std::size_t>(chosen)]->variant;
    }
    if (variants.empty()) return;
    const ProgramInfo& program = *variants[static_cast<std::size_t>(chosen)];
    space(2);
    if (*program.worth_showing != 0) ui::menu_text(program.worth_showing, ui::theme().text_dim);
}

void draw_place(ServerChoice& server, const ChosenServer& chosen) {
    option_row("Runs");
    const bool forced = chosen.program != nullptr && chosen.program->own_process_only;
    bool own = server.own_process || forced;
    if (choice("options.place", &own, {{"Inside the app", false}, {"As its own process", true}}, !forced)) server.own_process = own;
    if (forced) {
        space(2);
        ui::menu_text("It forks, or could harm the app: it always has a process of its own.", ui::theme().text_faint);
    }
}

void draw_address(ServerChoice& server, Network network, bool wire_is_offered) {
    if (wire_is_offered) {
        option_row("Network");
        choice("options.network", &server.network, {{"Wire", Network::wire}, {"Loopback", Network::loopback}});
        space(2);
        ui::menu_text(network == Network::wire
                          ? "Two hosts of this kernel; every segment between them passes through this window."
                          : "This machine itself: telnet, nc and your own programs can connect, segments are not seen.",
                      ui::theme().text_faint);
        space(4);
    }
    option_row("Address");
    if (network == Network::wire) {
        choice("options.wire_address", &server.wire_ipv6, {{"All of the server host", false}, {addresses_of(Host::server).ipv6, true}});
        return;
    }
    choice("options.address", &server.listen,
           {{"127.0.0.1", Listen::loopback4}, {"::1", Listen::loopback6}, {"All", Listen::everywhere}, {"Other", Listen::typed}});
    if (server.listen == Listen::typed) {
        space(2);
        option_row("");
        ui::text_field("options.typed_address", &server.typed_address, "an address of this machine", 400, nullptr, false);
    } else if (server.listen == Listen::everywhere) {
        space(2);
        ui::menu_text("On all interfaces other machines can reach it, too.", ui::theme().text_faint);
    }
}

void draw_options(AppState& state) {
    ServerChoice& server = state.settings.server;
    ui::menu_heading("The next server");
    option_row("Server");
    int protocol = protocol_index(server);
    if (ui::combo("options.server", "Server", &protocol, protocol_titles(), 400, protocol_summary(server.protocol).c_str()))
        choose_protocol(server, protocol);
    space(4);
    option_row("Workers");
    if (choice("options.workers", &server.workers,
               {{workers_title(Workers::iterative), Workers::iterative},
                {workers_title(Workers::fork), Workers::fork},
                {workers_title(Workers::thread), Workers::thread}})) {
        server.variant.clear();
    }
    space(4);
    draw_variants(server);
    space(4);
    const ChosenServer chosen = chosen_server(server, state.moment.live().lab);
    draw_place(server, chosen);
    ui::menu_line();
    draw_address(server, chosen.command.network, wire_is_offered(state.moment.live().lab));
    space(4);
    option_row("Port");
    const std::string usual = chosen.program != nullptr ? fmt::format("{}, or the next free one", chosen.program->default_port) : "";
    ui::text_field("options.port", &server.port, usual.c_str(), 210, "A number, or 0: the kernel chooses. Below 1024 it needs privileges",
                   false);
    space(4);
    option_row("Backlog");
    const std::string usual_backlog = chosen.program != nullptr ? std::to_string(chosen.program->default_backlog) : "";
    ui::text_field("options.backlog", &server.backlog, usual_backlog.c_str(), 210,
                   "listen(2): how many connections may wait for accept; Linux takes one more", false);
    if (!chosen.trouble.empty()) {
        space(4);
        ui::menu_text(chosen.trouble.c_str(), ui::theme().trouble);
    }
    ui::menu_line();
    ui::Face start;
    start.icon = Icon::play;
    start.label = "Start this server";
    start.look = ui::Look::primary;
    start.enabled = chosen.trouble.empty();
    const float width = ui::button_width(start), right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
    ImGui::SetCursorScreenPos({std::floor(right - width - ui::px(4)), ImGui::GetCursorScreenPos().y});
    if (ui::button("options.start", start, keys_of(Action::start_server).c_str())) {
        state.ask(Action::start_server);
        ui::close_menu();
    }
    space(2);
}

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
    menu(Menu::clients, "menu.clients", anchors.clients, 300, [&] { draw_clients(state); });
    menu(Menu::wire, "menu.wire", anchors.wire, 430, [&] { draw_wire_menu(state); });
    menu(Menu::demonstrations, "menu.demonstrations", anchors.demonstrations, 300, [&] { draw_demonstrations(state); });
    menu(Menu::view, "menu.view", anchors.view, 290, [&] { draw_view(state); });
    menu(Menu::more, "menu.more", anchors.more, 290, [&] { draw_more(state, tightness); });
}

}  // namespace synoptic
