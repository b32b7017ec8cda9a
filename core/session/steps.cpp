// Steps: letting one actor through its gate, and knowing when all is quiet again.
//
// Quiet: every actor that is being stepped stands at its gate with no grant left, or sleeps in the kernel (/proc says S), and published nothing
// between two looks. After a limit the step is told as still running. Those that run freely are nobody's step.
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

Result<std::string> Session::Implementation::execute(const Step& command) {
    Ring* chosen = nullptr;
    if (command.actor != ActorId::none) {
        chosen = ring_of(command.actor);
        if (!chosen) return Error{"", 0, "this process or thread has ended"};
        if (chosen->standing.load(std::memory_order_acquire) == Standing::none) {
            return Error{"", 0, "it does not stand at a gate now: it is blocked in the kernel, or runs freely"};
        }
    } else {
        const std::uint32_t used = trace->header().rings_used.load(std::memory_order_acquire);
        for (std::uint32_t slot = 0; slot < used; ++slot) {
            Ring& ring = trace->ring(slot);
            if (ring.state.load(std::memory_order_acquire) != RingState::live) continue;
            if (ring.gate_mode.load() != GateMode::step || ring.standing.load(std::memory_order_acquire) == Standing::none) continue;
            if (ring.granted.load() != ring.used.load()) continue;
            if (!chosen || ring.stood_since_ns.load() < chosen->stood_since_ns.load()) chosen = &ring;
        }
        if (!chosen) return Error{"", 0, "nobody waits for a step: all are blocked in the kernel, or run freely (pause them first)"};
    }
    const ActorId actor = trace->actor_of(*chosen);
    if (!grant_step(*chosen)) return Error{"", 0, "it is making a move already"};
    steps.push_back({actor, monotonic_ns(), std::nullopt});
    return std::string("one move");
}

/** How much the actors that are being stepped have told so far, if they are quiet. */
std::optional<std::uint64_t> Session::Implementation::told_if_quiet() {
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
