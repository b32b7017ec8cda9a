// apply(): the way of one event into the World, and the states of an actor.
//
//              arrive                go              enter                 exit               rest               go
//   computes ─────────▶ arrives ─────────▶ computes ──────▶ calls/blocked ──────▶ computes ─────────▶ rests ─────────▶ computes
//
// A signal handler's calls nest: they come while another call is open, or stands at its gate (event_in_signal), and lead back to that. Exits whose
// enter was lost, and enters whose exit was lost, are taken as they come.
#include <algorithm>

#include "core/model/fold.h"

namespace synoptic {
namespace fold {
namespace {

constexpr std::size_t deepest_nesting = 16;  // of open calls; more of them are a damaged history

void set_state(Actor& actor, Actor::State state, std::uint64_t time_ns) {
    if (actor.state == Actor::State::ended || actor.state == state) return;
    actor.state = state;
    actor.state_since_ns = time_ns;
}

/** What an actor does that was let through a gate, or whose call has returned: where that was a handler's, what it did before. */
Actor::State state_now(const Actor& actor) {
    if (actor.calls.empty()) return actor.rest.exit != no_event ? Actor::State::rests : Actor::State::computes;
    const OpenCall& call = actor.calls.back();
    if (!call.entered) return call.stands ? Actor::State::arrives : Actor::State::computes;
    return call.blocked ? Actor::State::blocked : Actor::State::calls;
}

OpenCall call_from(const Step& step, const Actor& actor) {
    const Event& event = step.event;
    OpenCall call;
    call.kind = event.kind;
    call.enter = step.index;
    call.since_ns = event.time;
    call.fd = event.fd;
    call.a = event.a;
    call.b = event.b;
    call.value = event.value;
    call.file = event.file;
    call.line = event.line;
    call.description = description_behind(find_in(step.world.processes, actor.process), event.fd);
    if (const Description* description = find_in(step.world.descriptions, call.description)) call.socket = description->socket;
    return call;
}

bool in_signal(const Step& step) { return (step.event.flags & event_in_signal) != 0; }

/** True if this event is about the call that stands at the gate. */
bool is_call_at_gate(const Step& step, const OpenCall& call) {
    return call.kind == step.event.kind && call.file == step.event.file && call.line == step.event.line;
}

/** A call is about to be made, or is made: in place of the one that stood at the gate, or inside the one that a signal interrupted. */
OpenCall& open_call(const Step& step, Actor& actor) {
    const auto is_over = [&](const OpenCall& call) {
        if (call.entered) return false;
        return !in_signal(step) || (step.event.phase == Phase::enter && is_call_at_gate(step, call));
    };
    if (!actor.calls.empty() && is_over(actor.calls.back())) actor.calls.pop_back();
    if (!in_signal(step)) actor.rest = {};
    if (actor.calls.size() == deepest_nesting) actor.calls.erase(actor.calls.begin());
    actor.calls.push_back(call_from(step, actor));
    return actor.calls.back();
}

void stand_at(Actor& actor, const Event& event) {
    if (event.line == 0) return;
    actor.file = event.file;
    actor.line = event.line;
}

void enter(const Step& step, Actor& actor) {
    OpenCall& call = open_call(step, actor);
    call.entered = true;
    ++actor.calls_made;
    ++step.world.calls;
    stand_at(actor, step.event);
    set_state(actor, Actor::State::calls, step.event.time);
    Program* program = find_in(step.world.programs, actor.program);
    if (program && program->state == Program::State::starting) program->state = Program::State::runs;
    entered(step, actor, call);
    store_lock_moved(step, actor);
}

/** Takes the open call that an exit belongs to off the stack, with those above it, whose exits were lost. */
OpenCall close_call(const Step& step, Actor& actor) {
    const auto matches = [&](const OpenCall& call) { return call.entered && call.kind == step.event.kind; };
    const auto found = std::find_if(actor.calls.rbegin(), actor.calls.rend(), matches);
    if (found == actor.calls.rend()) {
        OpenCall unknown = call_from(step, actor);  // what the enter told is lost; the exit has its descriptor
        unknown.enter = no_event;
        unknown.since_ns = 0;
        unknown.a = unknown.b = unknown.value = 0;
        return unknown;
    }
    OpenCall call = *found;
    actor.calls.erase(found.base() - 1, actor.calls.end());
    return call;
}

/** To where the actor was in its source. */
void return_from_handler(Actor& actor) {
    if (!actor.calls.empty()) {
        if (actor.calls.back().line == 0) return;
        actor.file = actor.calls.back().file;
        actor.line = actor.calls.back().line;
    } else if (actor.rest.exit != no_event) {
        actor.last_enter = actor.rest.enter;
        actor.last_exit = actor.rest.exit;
        actor.file = actor.rest.file;
        actor.line = actor.rest.line;
    }
}

void exit(const Step& step, Actor& actor) {
    const OpenCall call = close_call(step, actor);
    actor.last_enter = call.enter;
    actor.last_exit = step.index;
    stand_at(actor, step.event);
    if (!actor.calls.empty()) return_from_handler(actor);
    set_state(actor, state_now(actor), step.event.time);
    exited(step, actor, call);
    store_lock_moved(step, actor);
}

void rest(const Step& step, Actor& actor) {
    stand_at(actor, step.event);
    if (!in_signal(step)) actor.rest = {actor.last_enter, actor.last_exit, actor.file, actor.line};
    set_state(actor, Actor::State::rests, step.event.time);
}

/** It was let through: the gate that it stood at, or a handler's. */
void go(const Step& step, Actor& actor) {
    if (!in_signal(step)) {
        actor.rest = {};
        if (!actor.calls.empty()) actor.calls.back().stands = false;
    } else if (!actor.calls.empty() && is_call_at_gate(step, actor.calls.back())) {
        actor.calls.back().stands = false;
    } else {
        return_from_handler(actor);
    }
    set_state(actor, state_now(actor), step.event.time);
}

/** Comes to its gate. A breakpoint has closed it, if it was open. */
void arrive(const Step& step, Actor& actor) {
    open_call(step, actor).stands = true;
    stand_at(actor, step.event);
    actor.at_breakpoint = (step.event.flags & event_at_breakpoint) != 0;
    if (actor.at_breakpoint) {
        actor.gate = GateMode::step;
        actor.broke = true;
        step.world.last_broke = actor.id;
        ++step.world.breakpoint_hits;
    }
    set_state(actor, Actor::State::arrives, step.event.time);
}

void move(const Step& step, Actor& actor) {
    step.world.last_moved = actor.id;
    if (step.event.phase != Phase::arrive) actor.at_breakpoint = false;
    switch (step.event.phase) {
        case Phase::happened:
            return;
        case Phase::arrive:
            return arrive(step, actor);
        case Phase::go:
            return go(step, actor);
        case Phase::enter:
            return enter(step, actor);
        case Phase::exit:
            return exit(step, actor);
        case Phase::rest:
            return rest(step, actor);
    }
}

}  // namespace
}  // namespace fold

void apply(World& world, const Event& event, std::string_view payload) {
    const fold::Step step{world, event, payload, world.events};
    if (world.events == 0) world.began_ns = event.time;
    world.time_ns = std::max(world.time_ns, event.time);
    if (event.phase == Phase::happened) {
        fold::happened(step);
    } else if (is_call(event.kind)) {
        // An actor says that it began before it says anything else: of one that is not known, nothing can be told.
        if (Actor* actor = fold::find_in(world.actors, event.actor)) fold::move(step, *actor);
    }
    fold::trim(world);
    ++world.events;
}

}  // namespace synoptic
