// The toolbar's menu of options: all about the next server.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/database_choice.h"
#include "gui/imgui_versions.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {

void option_row(const char* name, float label_width) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImFont* font = ui::fonts().text;
    ui::draw_text(font, {at.x + ui::px(10), at.y + (ui::px(30) - imgui::font_size(font)) / 2}, ui::theme().text_dim, name);
    ImGui::SetCursorScreenPos({std::floor(at.x + ui::px(label_width)), at.y});
}

namespace {

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

/** The file of a key-value server, and what it takes from its clients. */
void draw_database_options(ServerChoice& server, const ChosenServer& chosen) {
    if (chosen.program == nullptr || std::string_view(chosen.program->protocol) != "kv") return;
    ui::menu_line();
    if (has_database(*chosen.program)) {
        option_row("Database");
        ui::text_field("options.database", &server.database, default_database().c_str(), 400,
                       "the file that the pairs are kept in; servers may share one, also with those of the command line", false);
        space(4);
    }
    const ServerLimits usual;
    option_row("Limits");
    const auto field = [](const char* id, std::string* text, std::size_t number, const char* tip) {
        ui::text_field(id, text, std::to_string(number).c_str(), 76, tip, false);
    };
    const auto unit = [](const char* text) {
        ImGui::SameLine(0, ui::px(6));
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImFont* font = ui::fonts().small_text;
        ui::draw_text(font, {at.x, at.y + (ui::px(30) - imgui::font_size(font)) / 2}, ui::theme().text_dim, text);
        ImGui::SetCursorScreenPos({at.x + ui::text_width(font, text) + ui::px(12), at.y});
    };
    field("options.max_clients", &server.max_clients, static_cast<std::size_t>(usual.clients),
          "served at a time; further ones are turned away");
    unit("clients");
    field("options.line_bytes", &server.line_bytes, usual.line_bytes, "of a request; a longer one is answered ERROR line too long");
    unit("bytes a line");
    field("options.idle_seconds", &server.idle_seconds, static_cast<std::size_t>(usual.idle_seconds),
          "without a whole request; then the server ends the connection");
    const ImVec2 at = ImGui::GetCursorScreenPos();
    unit("s idle");
    ImGui::SetCursorScreenPos(at);
}

}  // namespace

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
    space(4);
    draw_database_options(server, chosen);
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

}  // namespace synoptic
