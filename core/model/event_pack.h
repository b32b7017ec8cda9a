// Many events in few bytes: what a History keeps of events that were some time ago, and what a recording is made of.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/trace/event.h"

namespace synoptic {

/** Events as bytes: times and payload places as differences, then all first words, all second words and so on, compressed (compression.h). */
std::string pack(std::span<const Event> events);
/** Fills `events` with as many as were packed; false if the bytes are damaged, and then the events are all empty. */
bool unpack(std::string_view packed, std::span<Event> events);

}  // namespace synoptic
