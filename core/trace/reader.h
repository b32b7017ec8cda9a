// How a ring is read. Its one reader only: the collector, or a test.
#pragma once

#include <cstring>
#include <string>

#include "core/trace/trace.h"

namespace synoptic {

/** True if the ring's next record is committed. Any thread. */
inline bool has_record(Ring& ring) {
    const std::uint32_t tail = ring.tail.load(std::memory_order_relaxed);
    return commit_word(ring.slots[tail % ring_slots]).load(std::memory_order_acquire) == commit_mark(tail);
}

/** Copies the record at `slot` and appends its payload to `bytes`; returns where the next one begins, or `slot` if none is committed there. */
inline std::uint32_t read_record(Ring& ring, std::uint32_t slot, Event& copy, std::string& bytes) {
    Event& record = ring.slots[slot % ring_slots];
    if (commit_word(record).load(std::memory_order_acquire) != commit_mark(slot)) return slot;
    std::memcpy(static_cast<void*>(&copy), &record, sizeof copy);
    ++slot;
    for (std::uint32_t left = copy.payload_bytes; left != 0; ++slot) {
        Event& part = ring.slots[slot % ring_slots];
        const std::uint32_t taken = left < slot_bytes ? left : slot_bytes;
        bytes.append(reinterpret_cast<const char*>(&part), taken);
        commit_word(part).store(ActorId::none, std::memory_order_relaxed);
        left -= taken;
    }
    return slot;
}

/** Frees all slots before `slot`. */
inline void free_slots(Ring& ring, std::uint32_t slot) { ring.tail.store(slot, std::memory_order_release); }

}  // namespace synoptic
