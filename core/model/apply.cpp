// apply(): the way of one event into the World, and the states of an actor.
//
//              arrive                go              enter                 exit               rest               go
//   computes ─────────▶ arrives ─────────▶ computes ──────▶ calls/blocked ──────▶ computes ─────────▶ rests ─────────▶ computes
//
// A signal handler's calls nest: its enter comes while another call is open, and its exit leads back to that. Exits whose enter was lost, and
// enters whose exit was lost, are taken as they come.
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

/** What an actor does when it stands at no gate. */
Actor::State state_between_gates(const Actor& actor) {
    if (actor.calls.empty() || !actor.calls.back().entered) return Actor::State::computes;
    return actor.calls.back().blocked ? Actor::State::blocked : Actor::State::calls;
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

/** A call is about to be made, or is made: in place of the one that stood at the gate, or inside the one that a signal interrupted. */
OpenCall& open_call(const Step& step, Actor& actor) {
    const bool nested = (step.event.flags & event_in_signal) != 0;
    if (!actor.calls.empty() && !actor.calls.back().entered && !nested) actor.calls.pop_back();
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

void exit(const Step& step, Actor& actor) {
    const OpenCall call = close_call(step, actor);
    actor.last_enter = call.enter;
    actor.last_exit = step.index;
    stand_at(actor, step.event);
    if (!actor.calls.empty() && actor.calls.back().line != 0) {  // a handler has returned to where its actor was
        actor.file = actor.calls.back().file;
        actor.line = actor.calls.back().line;
    }
    set_state(actor, state_between_gates(actor), step.event.time);
    exited(step, actor, call);
}

void move(const Step& step, Actor& actor) {
    step.world.last_moved = actor.id;
    switch (step.event.phase) {
        case Phase::happened:
            return;
        case Phase::arrive:
            open_call(step, actor);
            stand_at(actor, step.event);
            return set_state(actor, Actor::State::arrives, step.event.time);
        case Phase::go:
            return set_state(actor, state_between_gates(actor), step.event.time);
        case Phase::enter:
            return enter(step, actor);
        case Phase::exit:
            return exit(step, actor);
        case Phase::rest:
            return set_state(actor, Actor::State::rests, step.event.time);
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
