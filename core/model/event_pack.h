// Many events in few bytes: what a History keeps of events that were some time ago, and what a recording is made of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/trace/event.h"

namespace synoptic {

/** Events as bytes: times and payload places as differences, then all first words, all second words and so on, compressed (Zstandard, RFC 8878). */
std::string pack(std::span<const Event> events);
/** Fills `events` with as many as were packed; false if the bytes are damaged, and then the events are all empty. */
bool unpack(std::string_view packed, std::span<Event> events);

/** Bytes as a Zstandard frame. What `like` has of them costs next to nothing; who expands them needs the same. */
std::string compress(std::string_view bytes, int level, std::string_view like = {});
/** None if they are damaged or do not come to `size` bytes. */
std::optional<std::string> expand(std::string_view packed, std::size_t size, std::string_view like = {});

}  // namespace synoptic
