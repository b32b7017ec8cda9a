// Reads a ring as the collector does, for tests: what is committed, in order, with its payload.
#pragma once

#include <string>
#include <vector>

#include "core/trace/trace.h"

namespace synoptic {

struct ReadEvent {
    Event event;
    std::string payload;
};

inline std::vector<ReadEvent> read_ring(Ring& ring) {
    std::vector<ReadEvent> events;
    std::uint32_t tail = ring.tail.load();
    std::uint32_t payload_tail = ring.payload_tail.load();
    for (;; ++tail) {
        Event& record = ring.records[tail % ring_records];
        if (commit_word(record).load(std::memory_order_acquire) != commit_mark(tail)) break;
        ReadEvent read{record, {}};
        for (std::uint32_t i = 0; i < record.payload_bytes; ++i) {
            read.payload += static_cast<char>(ring.payload[(record.payload_at + i) % ring_payload_bytes]);
        }
        if (record.payload_bytes) payload_tail = record.payload_at + record.payload_bytes;
        events.push_back(std::move(read));
    }
    ring.payload_tail.store(payload_tail, std::memory_order_release);
    ring.tail.store(tail, std::memory_order_release);
    return events;
}

}  // namespace synoptic
