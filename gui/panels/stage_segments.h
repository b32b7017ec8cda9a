// Where segments stand on the stage's wires, as plain data: those that wait, those that pass, those that were lost a moment ago.
//
//   client ──▪ SYN →──────────────▪ data →───── server      to the server above the wire, to the client below it
//
// What passes is drawn slower than it was (a wire is crossed in microseconds); where it waits is where it waits.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/session/command.h"
#include "gui/panels/stage_layout.h"

namespace synoptic {

struct SegmentPill {
    WireId segment{};
    std::size_t wire = 0;  // index in StageLayout::wires
    float share = 0.5f;    // of the wire's length, from the client
    float opacity = 1;
    std::size_t copies = 0;  // that wait behind it
    bool moves = false;      // it looks different in the next frame
    std::string who;         // whose it is, where the wire is that of clients without a card; else empty
};

inline constexpr std::uint64_t passing_ns = 600'000'000;  // how long a segment is seen crossing the wire
inline constexpr std::uint64_t lost_ns = 1'500'000'000;   // and a dropped one where it was lost
inline constexpr std::size_t most_passing = 3;            // of one wire at a time: the latest

/** The pills of the wire's segments, those that wait last, so that they lie on top. */
std::vector<SegmentPill> segment_pills(const World& world, const StageLayout& layout, std::uint64_t now_ns);

/**
 * What stands in a pill: what it is, how often it was sent, and whither; before that `who` sent or receives it ("client 12", then "12"), unless empty.
 * The longest of some wordings that is no wider than `room` (px), else the shortest.
 */
std::string pill_words(const WireSegment& segment, std::size_t copies, float room, const std::function<float(std::string_view)>& width_of,
                       const std::string& who = {});

/** What letting go of a pill means that was dragged to this share of the wire, so far from it. */
std::optional<SegmentMove> dragged_move(const WireSegment& segment, float share, float distance, bool passes_others);

}  // namespace synoptic
