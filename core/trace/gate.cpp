#include "core/trace/gate.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace synoptic {

namespace {

/** Sleeps while the gate's word is `seen`, for at most `ns` (0: without a limit). */
void wait_at(Ring& ring, std::uint32_t seen, std::uint64_t ns) {
    timespec limit{static_cast<time_t>(ns / 1'000'000'000u), static_cast<long>(ns % 1'000'000'000u)};
    syscall(SYS_futex, &ring.gate_word, FUTEX_WAIT, seen, ns ? &limit : nullptr, nullptr, 0);
}

bool has_breakpoints(TraceHeader& header) {
    const std::uint32_t used = header.breakpoints_used.load(std::memory_order_relaxed);
    for (std::uint32_t at = 0; at < used; ++at) {
        if (header.breakpoints[at].load(std::memory_order_relaxed) != 0) return true;
    }
    return false;
}

/** Moves one gate from a mode to another, unless it is in a third. */
void replace_mode(std::atomic<GateMode>& gate, GateMode from, GateMode to) { gate.compare_exchange_strong(from, to, std::memory_order_seq_cst); }

/** Those that run freely look for breakpoints from now on, or no more. Nobody stands at such a gate, so that nobody is woken. */
void replace_open_modes(Trace& trace, GateMode from, GateMode to) {
    TraceHeader& header = trace.header();
    replace_mode(header.first_gate_mode, from, to);
    const std::uint32_t used = header.rings_used.load(std::memory_order_seq_cst);
    for (std::uint32_t slot = 0; slot < used; ++slot) {
        Ring& ring = trace.ring(slot);
        if (ring.state.load(std::memory_order_seq_cst) == RingState::live) replace_mode(ring.gate_mode, from, to);
    }
}

void ring_the_bell(Ring& ring) {
    ring.gate_word.fetch_add(1, std::memory_order_seq_cst);
    syscall(SYS_futex, &ring.gate_word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace

void set_gate(Ring& ring, GateMode mode, std::uint32_t ms) {
    ring.gate_ms.store(ms, std::memory_order_relaxed);
    ring.gate_mode.store(mode, std::memory_order_seq_cst);
    ring_the_bell(ring);
}

void set_gate_of_all(Trace& trace, GateMode mode, std::uint32_t ms) {
    TraceHeader& header = trace.header();
    header.first_gate_ms.store(ms, std::memory_order_seq_cst);
    header.first_gate_mode.store(mode, std::memory_order_seq_cst);
    const std::uint32_t used = header.rings_used.load(std::memory_order_seq_cst);
    for (std::uint32_t slot = 0; slot < used; ++slot) {
        if (trace.ring(slot).state.load(std::memory_order_seq_cst) == RingState::live) set_gate(trace.ring(slot), mode, ms);
    }
}

GateMode open_mode(Trace& trace) { return has_breakpoints(trace.header()) ? open_but_for_breakpoints : GateMode::run; }

Status set_breakpoint(Trace& trace, const char* file, int line, bool on) {
    TraceHeader& header = trace.header();
    const std::uint32_t name = trace.name_index(file);
    if (name == 0) return Error{"", ENOSPC, "the trace's table of source files is full"};
    const std::uint32_t wanted = name << 16 | static_cast<std::uint16_t>(line);
    const std::uint32_t used = header.breakpoints_used.load(std::memory_order_relaxed);
    std::uint32_t found = used, free = used;
    for (std::uint32_t at = used; at-- > 0;) {
        const std::uint32_t entry = header.breakpoints[at].load(std::memory_order_relaxed);
        if (entry == wanted) found = at;
        if (entry == 0) free = at;
    }
    if (on && found == used) {
        if (free == most_breakpoints) return Error{"", ENOSPC, "no more breakpoints can be set: clear one first"};
        header.breakpoints[free].store(wanted, std::memory_order_release);
        if (free == used) header.breakpoints_used.store(used + 1, std::memory_order_release);
    }
    if (!on && found != used) header.breakpoints[found].store(0, std::memory_order_release);
    if (open_mode(trace) == open_but_for_breakpoints) replace_open_modes(trace, GateMode::run, open_but_for_breakpoints);
    else replace_open_modes(trace, open_but_for_breakpoints, GateMode::run);
    return Done{};
}

bool grant_step(Ring& ring) {
    if (ring.standing.load(std::memory_order_acquire) == Standing::none) return false;
    if (ring.granted.load(std::memory_order_relaxed) != ring.used.load(std::memory_order_acquire)) return false;
    ring.granted.fetch_add(1, std::memory_order_release);
    ring_the_bell(ring);
    return true;
}

/**
 * Waits at the gate: told as `phase`, and as `go` once it is over. Not told if there was nothing to wait for. A signal handler may come to the gate
 * while its own thread stands there: it stands in its thread's place until it goes, and its thread then says again that it stands.
 * Before a call with a breakpoint it closes its own gate, once: whoever opens it afterwards lets it make that call.
 */
void Writer::stand(EventKind kind, Phase phase, Where where, const Args& args) {
    const int saved = errno;
    const bool at_breakpoint = phase == Phase::arrive && trace_->has_breakpoint(where);
    bool told = false, closed = false;
    ++standing_;
    // A grant is for who stands there: one that came just as its actor left by another way is nobody's.
    if (ring_->standing.load(std::memory_order_relaxed) == Standing::none) ring_->used.store(ring_->granted.load(), std::memory_order_release);
    for (;;) {
        const std::uint32_t word = ring_->gate_word.load(std::memory_order_seq_cst);
        GateMode mode = ring_->gate_mode.load(std::memory_order_seq_cst);
        std::uint64_t wait_ns = 0;
        if (mode == GateMode::run) break;
        if (at_breakpoint && !closed) {
            if (mode != GateMode::step && !ring_->gate_mode.compare_exchange_strong(mode, GateMode::step)) continue;
            closed = true;
            mode = GateMode::step;
        }
        if (mode == open_but_for_breakpoints) break;
        std::uint32_t used = ring_->used.load(std::memory_order_relaxed);
        if (ring_->granted.load(std::memory_order_acquire) != used) {
            ring_->standing.store(Standing::none, std::memory_order_release);  // before `used`: whoever sees it used must not see it stand
            if (ring_->used.compare_exchange_strong(used, used + 1, std::memory_order_release)) break;
            continue;  // a signal handler has taken the grant
        }
        if (mode == GateMode::slow) {
            const std::uint64_t due = ring_->last_move_ns + std::uint64_t{ring_->gate_ms.load(std::memory_order_relaxed)} * 1'000'000u;
            const std::uint64_t now = monotonic_ns();
            if (now >= due) break;
            wait_ns = due - now;
        }
        if (!told) {
            if (has_room(1)) publish(kind, phase, where, args, 0, at_breakpoint ? event_at_breakpoint : 0);
            else count_lost(1);
        }
        if (!told || ring_->standing.load(std::memory_order_relaxed) == Standing::none) {  // none: a handler stood here meanwhile
            told = true;
            ring_->stood_since_ns.store(monotonic_ns(), std::memory_order_relaxed);
            ring_->standing.store(phase == Phase::arrive ? Standing::arrive : Standing::rest, std::memory_order_release);
        }
        wait_at(*ring_, word, wait_ns);
    }
    ring_->standing.store(Standing::none, std::memory_order_release);
    ring_->last_move_ns = monotonic_ns();
    if (told) {
        if (has_room(1)) publish(kind, Phase::go, where, Args{.fd = args.fd}, 0);
        else count_lost(1);
    }
    --standing_;
    errno = saved;
}

}  // namespace synoptic
