// The toolbar's part that starts and stops servers and clients.
#include "gui/panels/toolbar_bar.h"
#include "gui/panels/words.h"

namespace synoptic {

using ui::Face;
using ui::Look;

void draw_server_part(AppState& state, Bar& bar, int tightness, ToolbarAnchors& anchors) {
    Settings& settings = state.settings;
    const Theme& theme = ui::theme();
    if (tightness < no_choices) {
        if (tightness < no_captions) {
            bar.caption("Server", theme.text_dim);
            bar.gap();
        }
        int protocol = protocol_index(settings.server);
        const std::string does = "What the server does. " + protocol_summary(settings.server.protocol);
        if (bar.combo("toolbar.server", "Server", &protocol, protocol_titles(), 116, does.c_str()))
            choose_protocol(settings.server, protocol);
        bar.gap(tightness < no_captions ? 14 : 6);
        if (tightness < no_captions) {
            bar.caption("Workers", theme.text_dim);
            bar.gap();
        }
        int workers = static_cast<int>(settings.server.workers);
        if (bar.combo("toolbar.workers", "Workers", &workers,
                      {workers_title(Workers::iterative), workers_title(Workers::fork), workers_title(Workers::thread)}, 166,
                      with_keys("Who serves a client: the one process in turn, a child process for each, or a thread for each",
                                Action::next_workers)
                          .c_str())) {
            settings.server.workers = static_cast<Workers>(workers);
            settings.server.variant.clear();
        }
        bar.gap(6);
        if (wire_is_offered(state.moment.live().lab)) {
            int network = settings.server.network == Network::wire ? 0 : 1;
            if (bar.combo("toolbar.network", "Network", &network, {"Wire", "Loopback"}, 118,
                          "Wire: two hosts, and every segment between them passes through this window. Loopback: this machine itself")) {
                settings.server.network = network == 0 ? Network::wire : Network::loopback;
            }
            bar.gap(6);
        }
    }
    Face options;
    options.icon = Icon::options;
    options.chosen = !settings.server.variant.empty();
    if (tightness < bare) {
        if (bar.button("toolbar.options", options,
                       with_keys("More about the next server: variant, place, address, port, backlog", Action::server_options).c_str())) {
            state.open = Menu::options;
        }
        anchors.options = bar.last();
        bar.gap(6);
    }
    const std::size_t servers = live_servers(state.moment.live()).size();
    const bool short_labels_only = tightness >= icons_only;
    Face start;
    start.icon = Icon::play;
    start.label = short_labels_only ? "" : "Start";
    start.look = server_to_join(state) == nullptr ? Look::primary : Look::plain;
    if (bar.button(
            "toolbar.start", start,
            with_keys(servers == 0 ? "Starts the server" : "Starts another server beside those that run", Action::start_server).c_str())) {
        state.ask(Action::start_server);
    }
    if (tightness >= bare) anchors.options = bar.last();
    bar.gap(6);
    Face stop;
    stop.icon = Icon::stop;
    stop.label = short_labels_only ? "" : "Stop";
    stop.enabled = servers > 0;
    const Program* current = current_server(state);
    const std::string stop_tip =
        servers > 1 ? "Stops one of the servers, or all" : "Stops " + (current != nullptr ? current->label : std::string("the server"));
    if (bar.button("toolbar.stop", stop, with_keys(stop_tip, Action::stop_server).c_str())) {
        if (servers > 1) {
            state.open = Menu::stop;
        } else {
            state.ask(Action::stop_server);
        }
    }
    anchors.stop = bar.last();
}

void draw_recorded_part(Bar& bar, int tightness) {
    constexpr const char* why = "This is a recording: nothing runs in it";
    const auto disabled = [&](const char* id, Icon icon, const char* label) {
        Face face;
        face.icon = icon;
        face.label = tightness >= icons_only ? "" : label;
        face.enabled = false;
        bar.button(id, face, why);
        bar.gap(6);
    };
    disabled("toolbar.start", Icon::play, "Start");
    disabled("toolbar.stop", Icon::stop, "Stop");
    disabled("toolbar.client", Icon::plus, "Client");
}

void draw_client_part(AppState& state, Bar& bar, int tightness, ToolbarAnchors& anchors) {
    const Program* server = server_to_join(state);
    Face add;
    add.icon = Icon::plus;
    add.label = tightness >= bare ? "" : "Client";
    add.look = server != nullptr ? Look::primary : Look::plain;
    add.enabled = server != nullptr;
    const Program* gone = current_server(state);
    const std::string tip = server == nullptr && gone != nullptr ? gone->label + " will not listen any more: start another one first"
                            : server == nullptr                  ? "A client needs a server to join: start one first"
                                                : with_keys("Adds a client that connects to " + server->label, Action::add_client);
    if (bar.button("toolbar.client", add, tip.c_str())) state.ask(Action::add_client);
    const float begin = bar.last().x;
    bar.join();
    Face menu;
    menu.icon = Icon::chevron_down;
    menu.look = add.look;
    menu.enabled = add.enabled;
    menu.width = ui::px(26);
    if (bar.button("toolbar.clients", menu, "1, 10 or 100 clients; where they run; whom they join")) state.open = Menu::clients;
    anchors.clients = {begin, bar.last().y, bar.last().right() - begin, bar.last().h};
    if (tightness >= bare) return;
    bar.gap(6);
    Face chat;
    chat.icon = Icon::chat;
    chat.chosen = state.settings.chatter;
    if (bar.button("toolbar.chatter", chat,
                   with_keys(state.settings.chatter ? "Clients chatter: each says something every 1.5 s. Click for silence"
                                                    : "Let all clients chatter",
                             Action::chatter)
                       .c_str())) {
        state.ask(Action::chatter);
    }
}

}  // namespace synoptic
