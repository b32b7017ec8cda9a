// The shared memory of the trace: a header and a pool of rings, one writer each.
//
//   memfd: [TraceHeader][Ring 0][Ring 1] … [Ring 4095]        (pages that nobody touched cost nothing)
//
// A ring is claimed by an actor when it begins, in whatever process it lives, and freed by the collector once it is drained. One writer: the
// actor and its own signal handlers. One reader: the collector.
//
//   slots     … s-2  s-1 │ s      s+1     s+2    │ s+3 …        A record is a slot, its payload the slots behind it. It is committed when its
//                committed │ record payload payload│ record       commit word is the slot's mark, written last with release: what is not
//                          │ taken, not committed  │ committed    committed does not exist, so a writer that is killed costs what it had
//                          │ by main               │ by handler   not committed, and nothing else is torn.
//
// A signal handler can interrupt its own thread between taking slots and committing them. It takes the next ones; the reader stops at the first
// record that is not committed. Taking is one instruction (xadd), so that the handler can't fall in between.
//
// Where a slot held payload, its bytes might look like a later record's commit word: the reader wipes that word before it frees the slot.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/trace/event.h"

namespace synoptic {

inline constexpr std::uint32_t ring_count = 1u << actor_slot_bits;
inline constexpr std::uint32_t slot_bytes = sizeof(Event);
inline constexpr std::uint32_t ring_slots = 2048;  // power of two; 128 KiB
/** Room that only a signal handler's thread uses: what two levels of it had checked for, each with its largest payload, and not taken yet. */
inline constexpr std::uint32_t ring_slack_slots = 2 * (1 + payload_limit_bytes / slot_bytes) + 16;
inline constexpr std::uint32_t name_count = 256;
inline constexpr std::uint32_t name_bytes = 120;
inline constexpr std::uint32_t most_breakpoints = 64;

enum class RingState : std::uint32_t {
    free,   // nobody's, or an actor is just filling in who it is
    live,   // an actor writes
    ended,  // the actor is gone; drained, it becomes free
};

enum class GateMode : std::uint32_t {
    run,   // open: costs one load
    slow,  // every move takes at least gate_ms
    step,  // every move waits for a grant
};
/** What run means while there are breakpoints: open, but for a call on a line with one. Only rings have it; nobody asks for it. */
inline constexpr GateMode open_but_for_breakpoints{3};

enum class Standing : std::uint32_t { none, arrive, rest };  // at which gate an actor stands

/** Whether the collector must be woken (DESIGN.md: "Producers wake a sleeping collector only when its flag says so"). */
enum class CollectorSleep : std::uint32_t {
    awake,
    naps,    // wakes by itself in some milliseconds: only a ring that is half full must wake it
    sleeps,  // nothing happened for a while: anything must wake it
};

/** On a page of its own, so that a forked child, which has nothing of the trace mapped yet, needs one page for all of its first fifty calls. */
struct alignas(4096) Ring {
    // Who: written when claimed.
    std::atomic<RingState> state;
    std::atomic<std::uint32_t> generation;
    std::atomic<std::int32_t> pid;
    std::atomic<std::int32_t> tid;
    std::atomic<std::uint32_t> program;  // ProgramId
    std::atomic<std::uint32_t> lost_records;
    std::atomic<std::uint32_t> lost_payload_bytes;

    // The gate: written by the session, waited for by the actor.
    alignas(64) std::atomic<GateMode> gate_mode;
    std::atomic<std::uint32_t> gate_ms;
    std::atomic<std::uint32_t> gate_word;  // futex: changes with every grant and every change of mode
    std::atomic<std::uint32_t> granted;    // moves allowed so far
    std::atomic<std::uint32_t> used;       // moves made so far
    std::atomic<Standing> standing;
    std::atomic<std::uint64_t> stood_since_ns;  // CLOCK_MONOTONIC, while standing

    // The writer's own: no other thread reads these while it lives.
    alignas(64) std::uint32_t head;  // next slot to take
    std::uint32_t promised;          // exits that open enters have room for
    std::uint32_t seen_tail;         // the reader's tail as last seen
    std::uint32_t forks;             // forks made so far
    std::uint64_t last_move_ns;      // when the last move was made, for a slow gate

    // The reader's own; the writer looks when its ring seems full.
    alignas(64) std::atomic<std::uint32_t> tail;

    alignas(64) Event slots[ring_slots];
};
/** How many slots a payload takes behind its record. */
constexpr std::uint32_t slots_for(std::uint32_t bytes) { return (bytes + slot_bytes - 1) / slot_bytes; }

struct SourceName {
    std::atomic<std::uint32_t> hash;   // 0: free
    std::atomic<std::uint32_t> ready;  // 1: text can be read
    char text[name_bytes];
};

struct TraceHeader {
    std::uint32_t magic;
    std::uint32_t version;      // trace_version
    std::uint32_t event_bytes;  // sizeof(Event)
    std::uint32_t rings;
    std::uint32_t tsc;  // 1: times are rdtsc's
    alignas(64) std::atomic<CollectorSleep> sleep;
    std::atomic<std::uint32_t> doorbell;  // futex that the collector sleeps on
    alignas(64) std::atomic<std::uint32_t> rings_used;  // rings at and above this index were never claimed
    std::atomic<GateMode> first_gate_mode;              // of actors that begin
    std::atomic<std::uint32_t> first_gate_ms;
    std::atomic<std::uint64_t> taken[ring_count / 64];  // a bit for each ring: 1 is taken
    // Lines at which actors stop. Written by the session, read by each actor before each of its calls while there are some.
    alignas(64) std::atomic<std::uint32_t> breakpoints_used;           // entries at and above this index were never taken
    std::atomic<std::uint32_t> breakpoints[most_breakpoints];          // a file's index in `names` << 16 | its line; 0: free
    SourceName names[name_count];
};

inline constexpr std::uint32_t trace_magic = 0x534e5950;  // "SYNP"

}  // namespace synoptic
