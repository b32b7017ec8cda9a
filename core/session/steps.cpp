// Steps: letting one actor through its gate, and knowing when all is quiet again.
//
// Quiet: every actor that is being stepped stands at its gate with no grant left, or sleeps in the kernel (/proc says S), and published nothing
// between two looks, and no segment is on its way or due by itself. After a limit the step is told as still running. Those that run freely are nobody's step.
#include <algorithm>

#include "core/kernel/proc.h"
#include "core/session/implementation.h"
#include "core/trace/gate.h"
#include "core/trace/reader.h"

namespace synoptic {

namespace {
constexpr std::uint64_t step_limit_ns = 2'000'000'000;
}

Ring* Session::Implementation::ring_of(ActorId actor) {
    const std::uint32_t slot = actor_slot(actor);
    Ring& ring = trace->ring(slot);
    const bool lives = ring.state.load(std::memory_order_acquire) == RingState::live && trace->actor_of(ring) == actor;
    return lives ? &ring : nullptr;
}

/** Who has stood at a gate longest; null: nobody. */
Ring* Session::Implementation::longest_standing() {
    Ring* longest = nullptr;
    const std::uint32_t used = trace->header().rings_used.load(std::memory_order_acquire);
    for (std::uint32_t slot = 0; slot < used; ++slot) {
        Ring& ring = trace->ring(slot);
        if (ring.state.load(std::memory_order_acquire) != RingState::live) continue;
        if (ring.gate_mode.load() != GateMode::step || ring.standing.load(std::memory_order_acquire) == Standing::none) continue;
        if (ring.granted.load() != ring.used.load()) continue;
        if (!longest || ring.stood_since_ns.load() < longest->stood_since_ns.load()) longest = &ring;
    }
    return longest;
}

Result<std::string> Session::Implementation::execute(const Step& command) {
    if (command.actor != ActorId::none) {
        Ring* chosen = ring_of(command.actor);
        if (!chosen) return Error{"", 0, "this process or thread has ended"};
        if (chosen->standing.load(std::memory_order_acquire) == Standing::none) {
            return Error{"", 0, "it does not stand at a gate now: it is blocked in the kernel, or runs freely"};
        }
        return step_actor(*chosen);
    }
    if (command.segment != WireId::none) return step_segment(command.segment);
    Ring* longest = command.over == StepOver::segments ? nullptr : longest_standing();
    const auto [segment, since_ns] =
        relay && command.over != StepOver::calls ? feed->next_waiting() : std::pair{WireId::none, std::uint64_t{0}};
    if (segment != WireId::none && (!longest || since_ns < longest->stood_since_ns.load())) return step_segment(segment);
    if (longest) return step_actor(*longest);
    if (command.over == StepOver::segments) return Error{"", 0, "no segment waits on the wire: hold some first"};
    return Error{"", 0, "nobody waits for a step: all are blocked in the kernel, or run freely (pause them first)"};
}

Result<std::string> Session::Implementation::step_segment(WireId segment) {
    Result<std::string> moved = execute(MoveSegment{segment, SegmentMove::deliver_once});
    if (moved) steps.push_back({ActorId::none, monotonic_ns(), std::nullopt});
    return moved;
}

Result<std::string> Session::Implementation::step_actor(Ring& ring) {
    const ActorId actor = trace->actor_of(ring);
    if (!grant_step(ring)) return Error{"", 0, "it is making a move already"};
    steps.push_back({actor, monotonic_ns(), std::nullopt});
    return std::string("one move");
}

/** How much the actors that are being stepped have told so far, if they are quiet. */
std::optional<std::uint64_t> Session::Implementation::told_if_quiet() {
    if (relay && !(relay->rests() && feed->rests())) return std::nullopt;
    std::uint64_t told = 0;
    const std::uint32_t used = trace->header().rings_used.load(std::memory_order_acquire);
    for (std::uint32_t slot = 0; slot < used; ++slot) {
        Ring& ring = trace->ring(slot);
        if (ring.state.load(std::memory_order_acquire) != RingState::live) continue;
        if (ring.gate_mode.load() != GateMode::step) continue;
        if (has_record(ring)) return std::nullopt;
        told += ring.tail.load(std::memory_order_relaxed) + ring.generation;
        const bool stands = ring.standing.load(std::memory_order_acquire) != Standing::none;
        if (stands && ring.granted.load() == ring.used.load()) continue;
        if (stands || thread_state(ring.pid, ring.tid) != 'S') return std::nullopt;
    }
    return told;
}

void Session::Implementation::look_at_steps(std::uint64_t now) {
    if (steps.empty()) return;
    const std::optional<std::uint64_t> told = told_if_quiet();
    std::erase_if(steps, [&](StepUnderWay& step) {
        const bool done = told && step.seen == told;
        const bool late = now > step.since_ns + step_limit_ns;
        step.seen = told;
        if (done || late) post(EventKind::step_done, {.a = static_cast<std::int64_t>(step.actor), .b = done ? 0 : 1});
        return done || late;
    });
}

}  // namespace synoptic
