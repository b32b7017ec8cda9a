// How a fact is known, and where in the history an event stands: what every part of a World uses.
#pragma once

#include <cstdint>

namespace synoptic {

enum class Known : std::uint8_t { unknown, observed, inferred };

using EventIndex = std::uint64_t;  // position in the History
inline constexpr EventIndex no_event = ~EventIndex{0};

}  // namespace synoptic
