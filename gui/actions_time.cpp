// Pace and steps: see app_state.h.
#include <algorithm>

#include "gui/actions.h"
#include "gui/app_state.h"

namespace synoptic {
namespace {

/** Everyone stops at the next call; where a step moves segments, too, they wait on the wire. */
SetGate pause_all(StepOver over) {
    return SetGate{ActorId{}, GateMode::step, 0, over != StepOver::calls};
}

}  // namespace

void run_or_pause(AppState& state) {
    if (state.moment.past()) {
        state.moment.go_live();
        return;
    }
    // Who stands at a breakpoint while others run goes on before everyone is paused.
    if (state.moment.live().gate != GateMode::step && !stopped_by_breakpoints(state.moment.live())) {
        state.out.push_back(pause_all(state.settings.step_over));
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
    const World& live = state.moment.live();
    const StepOver over = state.settings.step_over;
    // Segments can be stepped while programs run.
    const bool only_segments = over == StepOver::segments && has_wire(live);
    if (const Actor* stopped = stopped_actor(live, state.selection.actor); stopped != nullptr && live.gate != GateMode::step) {
        state.out.push_back(Step{stopped->id});
        return;
    }
    // The first press stops everyone at their next call: nobody stands there yet. Then each lets one actor or segment make one move.
    if (live.gate != GateMode::step && !only_segments) {
        state.out.push_back(pause_all(over));
        return;
    }
    const WireSegment* segment = find(live, state.selection.segment);
    if (over != StepOver::calls && segment != nullptr && segment->waits()) {
        state.out.push_back(Step{ActorId{}, over, segment->id});
        return;
    }
    const Actor* chosen = find(live, state.selection.actor);
    const bool can_move = chosen != nullptr && (chosen->state == Actor::State::arrives || chosen->state == Actor::State::rests);
    state.out.push_back(Step{can_move && !only_segments ? chosen->id : ActorId{}, over});
}

void set_step_over(AppState& state, StepOver over) {
    // What is paused goes on being paused, with or without the wire.
    const World& live = state.moment.live();
    const SetGate pause = pause_all(over);
    const auto set = [over](Settings& settings) { settings.step_over = over; };
    if (live.gate != GateMode::step || live.lab.paused == pause.holds_wire) return set(state.settings);
    state.out.push_back(pause);
    set_with_commands(state, set);
}

void set_pace(AppState& state, int pace) {
    pace = std::clamp(pace, 0, pace_count - 1);
    const int ms = paces_ms[pace];
    const auto set = [pace](Settings& settings) { settings.pace = pace; };
    // While everyone waits for steps, or somebody stands at a breakpoint, the pace is only chosen; Run applies it.
    if (state.moment.live().gate == GateMode::step || stopped_by_breakpoints(state.moment.live())) return set(state.settings);
    state.out.push_back(SetGate{ActorId{}, ms == 0 ? GateMode::run : GateMode::slow, static_cast<std::uint32_t>(ms)});
    set_with_commands(state, set);
}

}  // namespace synoptic
