// What a History is made of: 2048 events and all that belongs to them. For the History's own files only.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/model/history.h"

namespace synoptic {

inline constexpr std::size_t payload_unit_bytes = 8;  // of Event::payload_at
inline constexpr std::size_t most_payload_bytes =
    std::size_t{1} << 28;  // of a chunk: more than all its events can have, the unused ends of blocks included

/** `links` lead from an arrive to its enter, from an enter to its exit and from an exit to its enter; 0 is none, else the index and 1. The writer
    links an enter long after it was read. */
struct History::Chunk {
    std::atomic<std::uint32_t> links[chunk_events];
    std::uint64_t payload_used_bytes = 0;          // the unused ends of full blocks included; the writer's until it is full
    mutable std::mutex mutex;                      // of what follows
    std::vector<std::unique_ptr<char[]>> payload;  // of chunk_payload_bytes each; the last of an adopted chunk is as long as it must be
    std::shared_ptr<Event[]> events;               // until it is sealed
    std::shared_ptr<const std::string> encoded;    // the World after it: from when it is full until it is sealed
    std::string packed, keyframe;                  // once it is sealed
    std::uint64_t keyframe_bytes = 0;              // of its encoding
    EventIndex keyframe_like = 0;  // the chunk whose keyframe it is written as a change of; its own number if it stands alone
};

}  // namespace synoptic
