// Events that tell of a segment on the wire: which they are, and the packet that one of them carries.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/trace/event.h"

namespace synoptic {

/** In segment_sent's `b`, beside the direction. */
inline constexpr int segment_on_loopback = 2;

/** True for the facts whose `socket` is a segment's WireId. */
bool tells_of_segment(EventKind kind);

/** The packet of a segment_sent event in its whole length, 65,576 bytes at most; of one that was kept in part, zeros stand for the payload's rest. */
std::vector<std::uint8_t> whole_packet(const Event& sent, std::string_view payload);

}  // namespace synoptic
