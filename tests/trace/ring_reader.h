// Reads a ring as the collector does, for tests: what is committed, in order, with its payload.
#pragma once

#include <string>
#include <vector>

#include "core/trace/reader.h"

namespace synoptic {

inline constexpr Where here{"core/programs/some.cpp", 7};

struct ReadEvent {
    Event event;
    std::string payload;
    bool payload_lost() const { return (event.flags & event_payload_lost) != 0; }  // the ring was full
};

inline std::vector<ReadEvent> read_ring(Ring& ring) {
    std::vector<ReadEvent> events;
    std::uint32_t slot = ring.tail.load();
    for (;;) {
        ReadEvent read;
        const std::uint32_t next = read_record(ring, slot, read.event, read.payload);
        if (next == slot) break;
        slot = next;
        events.push_back(std::move(read));
    }
    free_slots(ring, slot);
    return events;
}

}  // namespace synoptic
