#include "gui/panels/toolbar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::Face;
using ui::Look;

/** How much is left out, more with each step, until everything fits. */
enum Tightness { spacious, no_captions, short_labels, icons_only, no_choices, bare, tightest };

/** A row of widgets from left to right; first measured, then drawn. */
class Bar {
   public:
    Bar(bool measures, ImVec2 at) : measures_(measures), x_(at.x), y_(at.y) {}
    float x() const { return x_; }
    float y() const { return y_; }
    bool draws() const { return !measures_; }
    const ui::Rect& last() const { return last_; }

    bool button(const char* id, const Face& face, const char* tip) {
        const float width = ui::button_width(face);
        const bool clicked = take(width) && ui::button(id, face, tip);
        return clicked;
    }
    bool combo(const char* id, const char* label, int* chosen, const std::vector<std::string>& options, float width, const char* tip) {
        return take(ui::px(width)) && ui::combo(id, label, chosen, options, width, tip);
    }
    bool slider(const char* id, int* value, int low, int high, float width, const char* tip) {
        return take(ui::px(width)) && ui::slider(id, value, low, high, "%d", width, tip);
    }
    void caption(const char* text, ImU32 colour, float width = 0) {
        ImFont* font = ui::fonts().small_text;
        const float taken = width > 0 ? ui::px(width) : ui::text_width(font, text);
        if (draws()) ui::draw_text(font, {x_, y_ + (ui::px(30) - imgui::font_size(font)) / 2}, colour, text);
        x_ += taken;
    }
    void gap(float width = 8) { x_ += ui::px(width); }
    void line() {
        gap(12);
        if (draws()) {
            const float x = std::floor(x_);
            ui::canvas().AddLine({x, y_ + ui::px(4)}, {x, y_ + ui::px(26)}, ui::theme().outline, std::max(1.0f, std::floor(ui::px(1))));
        }
        gap(12);
    }
    void skip(float pixels) { x_ += pixels; }
    /** The next widget belongs to the one before: no gap between them. */
    void join() { x_ += std::max(1.0f, std::floor(ui::px(1))); }

   private:
    bool take(float width) {
        const float x = std::floor(x_);
        x_ = std::ceil(x + width);
        last_ = {x, y_, width, std::floor(ui::px(30))};
        if (draws()) ImGui::SetCursorScreenPos({x, y_});
        return draws();
    }
    bool measures_;
    float x_, y_;
    ui::Rect last_;
};

std::string with_keys(std::string text, Action action) {
    return text + "  (" + keys_of(action) + ")";
}

void logo(Bar& bar, float y, bool with_name) {
    const Theme& theme = ui::theme();
    if (bar.draws()) {
        // A client, a server, and the wire between them, seen in one lens.
        const ImVec2 centre{std::floor(bar.x() + ui::px(11)) + 0.5f, std::floor(y + ui::px(15)) + 0.5f};
        ImDrawList& canvas = ui::canvas();
        canvas.AddCircle(centre, ui::px(10), theme.text, 0, std::max(1.5f, ui::px(1.8f)));
        canvas.AddLine({centre.x - ui::px(4), centre.y}, {centre.x + ui::px(4), centre.y}, theme.alive, std::max(1.5f, ui::px(1.8f)));
        canvas.AddCircleFilled({centre.x - ui::px(4), centre.y}, ui::px(3), theme.client);
        canvas.AddCircleFilled({centre.x + ui::px(4), centre.y}, ui::px(3), theme.server);
    }
    bar.skip(ui::px(22));
    if (!with_name) return;
    bar.gap(9);
    ImFont* font = ui::fonts().strong;
    if (bar.draws()) ui::draw_text(font, {bar.x(), y + (ui::px(30) - imgui::font_size(font)) / 2}, theme.text, "Synoptic");
    bar.skip(ui::text_width(font, "Synoptic"));
}

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

/** In place of what starts and stops programs, while a recording is shown. */
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

void draw_time_part(AppState& state, Bar& bar, int tightness) {
    const Moment& moment = state.moment;
    const bool all_paused = moment.live().gate == GateMode::step;
    const bool stopped = !all_paused && stopped_by_breakpoints(moment.live());  // some stand at breakpoints, all others run
    const bool paused = all_paused || stopped;
    const bool labels = tightness < short_labels;
    Face back;
    back.icon = Icon::back;
    back.label = labels ? "Back" : "";
    back.enabled = moment.shown().events > 0;
    if (bar.button("toolbar.back", back, with_keys("Looks at the moment before; what runs, runs on", Action::back).c_str()))
        state.ask(Action::back);
    bar.gap(6);
    Face step;
    step.icon = Icon::step;
    step.label = tightness < icons_only ? "Step" : "";
    step.look = paused || moment.past() ? Look::primary : Look::plain;
    const char* step_tip = moment.past()              ? "To the next moment of the past"
                           : stopped                  ? "Who stopped at a breakpoint makes one move: into its call, or out of it"
                           : moment.live().lab.paused ? "One actor makes one move, or one segment arrives: whichever has waited longest"
                           : paused                   ? "One actor makes one move: into its next call, or out of it"
                                                      : "Pauses everyone, then each press is one move";
    if (bar.button("toolbar.step", step, with_keys(step_tip, Action::step).c_str())) state.ask(Action::step);
    bar.gap(6);
    Face run;
    const bool would_run = paused || moment.past();
    run.icon = would_run ? Icon::play : Icon::pause;
    run.label = labels ? (moment.recorded() ? "End" : moment.past() ? "Live" : paused ? "Run" : "Pause") : "";
    if (labels) run.width = ui::px(84);
    const char* run_tip = moment.recorded() ? "To the end of the recording"
                          : moment.past()   ? "Back to what happens now"
                          : stopped         ? "Who stopped at a breakpoint goes on, to the next one"
                          : paused          ? "Everyone goes on at the chosen pace"
                                            : "Everyone stops at the next call; what a step moves on the wire waits there";
    if (bar.button("toolbar.run", run, with_keys(run_tip, Action::run_or_pause).c_str())) state.ask(Action::run_or_pause);
    if (tightness >= icons_only || moment.recorded()) return;
    bar.gap(12);
    if (tightness < no_captions) {
        bar.caption("Pace", ui::theme().text_dim);
        bar.gap(4);
    }
    // Right is fast, as a player has it.
    int shown = pace_count - 1 - state.settings.pace;
    if (bar.slider("toolbar.pace", &shown, 0, pace_count - 1, tightness < short_labels ? 96 : 64,
                   with_keys("How long each move takes at least", Action::slower).c_str())) {
        set_pace(state, pace_count - 1 - shown);
    }
    bar.gap(6);
    const int ms = paces_ms[state.settings.pace];
    const std::string pace = ms == 0 ? "full speed" : ms < 1000 ? fmt::format("{} ms a move", ms) : fmt::format("{} s a move", ms / 1000);
    bar.caption(pace.c_str(), ui::theme().text_dim, 78);
}

/** What the wire holds, and the menu with its rules. Only while there is a wire. */
void draw_wire_part(AppState& state, Bar& bar, int tightness, ToolbarAnchors& anchors) {
    const World& live = state.moment.live();
    const std::uint8_t held = held_kinds(live.lab.rules);
    const std::size_t waiting = waiting_segments(live).size();
    Face hold;
    hold.icon = Icon::hold;
    const std::string label = tightness >= icons_only ? (waiting > 0 ? std::to_string(waiting) : "")
                              : waiting > 0           ? fmt::format("Hold · {}", waiting)
                                                      : std::string("Hold");
    // As wide as the longest label, so that nothing moves below the pointer when segments come and go.
    hold.label = tightness >= icons_only ? "888" : "Hold · 888";
    hold.width = ui::button_width(hold);
    hold.label = label.c_str();
    hold.chosen = held != 0;
    const char* tip =
        held != 0 ? "Lets all segments go that wait, and holds no more" : "Every segment waits on the wire until you deliver or drop it";
    if (bar.button("toolbar.hold", hold, with_keys(tip, Action::hold).c_str())) state.ask(Action::hold);
    bar.join();
    Face menu;
    menu.icon = Icon::chevron_down;
    menu.chosen = !(live.lab.rules == Rules{});
    if (bar.button("toolbar.wire", menu,
                   with_keys("What the wire does: hold, delay, lose; terminals in its hosts", Action::wire_menu).c_str()))
        state.open = Menu::wire;
    anchors.wire = bar.last();
}

/** The right end, measured or drawn from its left edge. */
void draw_right_part(AppState& state, Bar& bar, int tightness, ToolbarAnchors& anchors) {
    const Theme& theme = ui::theme();
    const World& live = state.moment.live();
    const auto badge = [&](const char* id, const std::string& label, ImU32 colour, bool filled, const char* tip, const char* widest = "") {
        const float width =
            std::ceil(std::max(ui::text_width(ui::fonts().small_text, label), ui::text_width(ui::fonts().small_text, widest))) + ui::px(16);
        const ui::Rect rect{std::floor(bar.x()), bar.y(), width, ui::px(30)};
        bool clicked = false;
        if (bar.draws()) {
            const float height = imgui::font_size(ui::fonts().small_text) + ui::px(4);
            ui::draw_badge({rect.right(), rect.y + (rect.h - height) / 2}, label, colour, filled, true);
            clicked = ui::hit(id, rect, label, nullptr, tip);
        }
        bar.skip(width);
        return clicked;
    };
    if (state.history.size() > live.events + 2000) {
        badge("toolbar.behind", "catching up", theme.blocked, false,
              "More happens than the window can fold; it will be up to date in a moment");
        bar.gap();
    }
    if (live.lost_events > 0) {
        badge("toolbar.lost", fmt::format("{} lost", live.lost_events), theme.trouble, false,
              "Events that found no room in the trace and were dropped; facts that hang on them are shown as unknown");
        bar.gap();
    }
    if (live.step_still_running && live.gate == GateMode::step && tightness < icons_only) {
        badge("toolbar.running", "still running", theme.blocked, false, "The last step has not come to rest yet");
        bar.gap();
    }
    constexpr const char* widest = "LIVE · paused";  // nothing moves when it changes
    if (state.moment.recorded()) {
        badge("toolbar.live", "RECORDING", theme.user, true, "What you see was recorded; nothing happens now", widest);
    } else if (state.moment.past()) {
        if (badge("toolbar.live", "PAST", theme.user, true, with_keys("A look at the recorded past. Click for live", Action::live).c_str(),
                  widest))
            state.ask(Action::live);
    } else if (live.gate == GateMode::step) {
        badge("toolbar.live", "LIVE · paused", theme.blocked, false,
              live.lab.paused ? "Everyone stands at the next call, and segments wait on the wire" : "Everyone stands at the next call",
              widest);
    } else if (const Actor* stopped = stopped_actor(live, state.selection.actor)) {
        if (badge("toolbar.live", "breakpoint", theme.user, true,
                  "Somebody has stopped at a breakpoint, all others run. Click to select who", widest))
            state.selection = select_actor(live, stopped->id);
    } else {
        badge("toolbar.live", "LIVE", theme.alive, true, "What you see happens now", widest);
    }
    bar.gap(10);
    const auto quiet = [&](const char* id, Icon icon, const std::string& tip) {
        Face face;
        face.icon = icon;
        face.look = Look::quiet;
        return bar.button(id, face, tip.c_str());
    };
    if (tightness < bare) {
        if (!state.recorded) {
            if (quiet("toolbar.demonstrations", Icon::film, with_keys("Demonstrations", Action::demonstrations)))
                state.open = Menu::demonstrations;
            anchors.demonstrations = bar.last();
        }
        // Beside a session there is no room for it; the view menu has the same entries.
        if (state.recorded) {
            if (quiet("toolbar.files", Icon::save, "Recordings and exports: save, open, export")) state.open = Menu::files;
            anchors.files = bar.last();
        }
        if (quiet("toolbar.view", Icon::panes, with_keys("View: presets, panes, zoom; recordings and exports", Action::view_menu)))
            state.open = Menu::view;
        anchors.view = bar.last();
    }
    if (tightness < no_choices) {
        if (quiet("toolbar.theme", state.settings.dark ? Icon::sun : Icon::moon,
                  with_keys(state.settings.dark ? "Light" : "Dark", Action::theme))) {
            state.ask(Action::theme);
        }
        if (quiet("toolbar.help", Icon::help, with_keys("All keys", Action::help))) state.ask(Action::help);
    }
    if (tightness >= icons_only) {
        if (quiet("toolbar.more", Icon::more, "More")) state.open = Menu::more;
        anchors.more = bar.last();
    }
}

}  // namespace

void draw_toolbar(AppState& state, const ui::Rect& area) {
    const Theme& theme = ui::theme();
    ui::canvas().AddRectFilled(area.min(), area.max(), theme.dark ? theme.panel : theme.card);
    ui::canvas().AddRectFilled({area.x, area.bottom() - std::max(1.0f, std::floor(ui::px(1)))}, area.max(), theme.outline);
    ui::record("toolbar", area);
    const float y = std::floor(area.y + (area.h - ui::px(30)) / 2), margin = ui::px(14);
    ToolbarAnchors anchors;
    int tightness = spacious;
    const auto left_part = [&](Bar& bar) {
        logo(bar, y, tightness == spacious);
        bar.gap(tightness == spacious ? 22 : 12);
        if (state.recorded) {
            draw_recorded_part(bar, tightness);
        } else {
            draw_server_part(state, bar, tightness, anchors);
            tightness < icons_only ? bar.line() : bar.gap(10);
            draw_client_part(state, bar, tightness, anchors);
        }
        tightness < icons_only ? bar.line() : bar.gap(10);
        if (tightness < tightest) draw_time_part(state, bar, tightness);
        if (tightness < tightest && !state.recorded && has_wire(state.moment.live())) {
            tightness < icons_only ? bar.line() : bar.gap(10);
            draw_wire_part(state, bar, tightness, anchors);
        }
    };
    float right_width = 0;
    for (;; ++tightness) {
        Bar left(true, {area.x + margin, y}), right(true, {0, y});
        left_part(left);
        draw_right_part(state, right, tightness, anchors);
        right_width = right.x();
        if (tightness == tightest || left.x() + ui::px(14) + right_width + margin <= area.right()) break;
    }
    Bar left(false, {area.x + margin, y}), right(false, {area.right() - margin - right_width, y});
    left_part(left);
    draw_right_part(state, right, tightness, anchors);
    // Whatever has no place of its own opens below "More".
    for (ui::Rect* anchor : {&anchors.wire, &anchors.demonstrations, &anchors.view}) {
        if (anchor->w == 0) *anchor = anchors.more;
    }
    if (anchors.files.w == 0) anchors.files = anchors.view;
    draw_toolbar_menus(state, anchors, tightness);
}

}  // namespace synoptic
