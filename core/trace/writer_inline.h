// The hot path of Writer: an enter and an exit cost a few ns besides the two reads of the clock. Included by trace.h only.
#pragma once

#include <atomic>

namespace synoptic {

/** Takes `count` from a counter of the writer's own: one instruction, so that a signal handler of the same thread comes before or after it. */
inline std::uint32_t take(std::uint32_t& counter, std::uint32_t count) {
#if defined(__x86_64__)
    asm volatile("xaddl %0, %1" : "+r"(count), "+m"(counter) : : "cc", "memory");
    return count;
#else
    return std::atomic_ref<std::uint32_t>(counter).fetch_add(count, std::memory_order_relaxed);
#endif
}

/**
 * Asks for a cache line that will be written soon. The collector has read it, so it lies in another core's cache, and to fetch it back takes longer than to write it many times over; asked for a few events ahead, it comes while the system call runs. No more than a hint.
 */
inline void will_write(const void* line) {
#if defined(__x86_64__)
    asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(line)));  // __builtin_prefetch would ask for a copy to read
#else
    __builtin_prefetch(line, 1);
#endif
}
inline constexpr std::uint32_t slots_ahead = 4;

/** The word of a record that says that it is complete; the History's record has its actor there. */
inline std::atomic_ref<ActorId> commit_word(Event& record) { return std::atomic_ref<ActorId>(record.actor); }
inline ActorId commit_mark(std::uint32_t slot) { return ActorId{slot | 1u << 31}; }  // never 0, which was never written

inline bool Writer::has_room(std::uint32_t slots) {
    const std::uint32_t wanted = ring_->promised + slots + ring_slack_slots;
    if (ring_->head - ring_->seen_tail + wanted <= ring_slots) [[likely]] return true;
    ring_->seen_tail = ring_->tail.load(std::memory_order_acquire);
    return ring_->head - ring_->seen_tail + wanted <= ring_slots;
}

inline std::uint16_t Trace::file_index(const char* file) {
    const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(file)) << 16;
    std::atomic<std::uint64_t>& slot = files_[(address * 0x9e3779b97f4a7c15u) >> (64 - file_slot_bits)];
    const std::uint64_t known = slot.load(std::memory_order_relaxed);
    if (((known ^ address) >> 16) == 0) [[likely]] return static_cast<std::uint16_t>(known);
    const std::uint16_t index = name_index(file);
    slot.store(address | index, std::memory_order_relaxed);
    return index;
}

inline bool Trace::has_breakpoint(Where where) {
    const std::uint32_t used = header_->breakpoints_used.load(std::memory_order_relaxed);
    if (used == 0) return false;
    const std::uint32_t wanted = std::uint32_t{file_index(where.file)} << 16 | static_cast<std::uint16_t>(where.line);
    for (std::uint32_t at = 0; at < used; ++at) {
        if (header_->breakpoints[at].load(std::memory_order_relaxed) == wanted) return true;
    }
    return false;
}

/** Whether this actor comes to its gate: not if it is open. Where breakpoints are set, only a call on such a line does. */
inline bool Writer::must_stand(Phase phase, Where where) const {
    const GateMode mode = ring_->gate_mode.load(std::memory_order_relaxed);
    if (mode == GateMode::run) [[likely]] return false;
    return mode != open_but_for_breakpoints || (phase == Phase::arrive && trace_->has_breakpoint(where));
}

/** What is told while another call of the thread is open, or stands at the gate, is told by a signal handler. */
inline std::uint8_t Writer::flags_of(Phase phase) const {
    const std::uint32_t own_stand = phase == Phase::arrive || phase == Phase::go || phase == Phase::rest;
    const std::uint32_t own_promise = phase == Phase::enter;
    return standing_ > own_stand || ring_->promised > own_promise ? event_in_signal : 0;
}

/** Not inlined: between two events the kernel has had the processor's caches, and one function for all calls is sooner back in them than a copy in each. */
[[gnu::noinline]] inline void Writer::publish(EventKind kind, Phase phase, Where where, const Args& args, int error, std::uint8_t more_flags) {
    Payload payload{};
    if (!args.payload.empty()) payload = fit(args.payload);
    const std::uint32_t slots = 1 + slots_for(payload.bytes);
    const std::uint32_t slot = take(ring_->head, slots);
    Event& record = ring_->slots[slot % ring_slots];
    record.time = read_ticks(tsc_);
    record.kind = kind;
    record.phase = phase;
    record.flags = payload.flags | flags_of(phase) | more_flags;
    record.file = trace_->file_index(where.file);
    record.line = static_cast<std::uint16_t>(where.line);
    record.fd = args.fd;
    record.value = args.value;
    record.socket = args.socket;
    record.a = args.a;
    record.b = args.b;
    record.error = static_cast<std::uint16_t>(error);
    record.payload_bytes = payload.bytes;
    if (payload.bytes != 0) put_payload(slot + 1, args.payload.substr(0, payload.bytes));
    commit_word(record).store(commit_mark(slot), std::memory_order_release);
    for (std::uint32_t ahead = 0; ahead < slots && ahead < slots_ahead; ++ahead) will_write(&ring_->slots[(slot + slots_ahead + ahead) % ring_slots]);

    const CollectorSleep sleep = trace_->header().sleep.load(std::memory_order_relaxed);
    if (sleep != CollectorSleep::awake) [[unlikely]] {
        const bool half_full = slot - ring_->tail.load(std::memory_order_relaxed) > ring_slots / 2;
        if (sleep == CollectorSleep::sleeps || half_full) trace_->wake_collector();
    }
}

inline bool Writer::enter(EventKind kind, Where where, const Args& args) {
    if (must_stand(Phase::arrive, where)) [[unlikely]] stand(kind, Phase::arrive, where, args);
    if (!has_room(2)) [[unlikely]] return count_lost(2);
    ++ring_->promised;
    publish(kind, Phase::enter, where, args, 0);
    return true;
}

inline void Writer::exit(EventKind kind, Where where, const Args& args, int error) {
    --ring_->promised;
    publish(kind, Phase::exit, where, args, error);
    if (must_stand(Phase::rest, where)) [[unlikely]] stand(kind, Phase::rest, where, Args{.fd = args.fd, .value = args.value});
}

inline void Writer::happened(EventKind kind, Where where, const Args& args) {
    if (has_room(1)) publish(kind, Phase::happened, where, args, 0);
    else count_lost(1);
}

namespace detail {
inline constinit thread_local Writer thread_writer;
}
inline Writer& this_writer() { return detail::thread_writer; }

}  // namespace synoptic
