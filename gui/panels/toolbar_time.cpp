// The toolbar's part for time: back, step, run, the pace; and what waits on the wire.
#include <fmt/format.h>

#include "gui/panels/toolbar_bar.h"
#include "gui/panels/words.h"

namespace synoptic {

using ui::Face;
using ui::Look;

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

}  // namespace synoptic
