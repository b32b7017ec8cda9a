// The timeline's measures: which stretch of time is shown and how it is moved, the axis's steps and labels, where each lane stands. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gui/panels/timeline_index.h"

namespace synoptic {

/** The stretch of time that is shown, in ns since the session began. */
struct TimeWindow {
    double from_ns = 0;
    double span_ns = 10e9;
    double to_ns() const { return from_ns + span_ns; }
    friend bool operator==(const TimeWindow&, const TimeWindow&) = default;
};

inline constexpr double least_span_ns = 1e3, most_span_ns = 14 * 24 * 3600e9;

/** Narrower (factor below 1) or wider; the moment at `anchor`, a share of the width, stays where it is. */
TimeWindow zoomed(const TimeWindow& window, double factor, double anchor);
/** All from the beginning to `latest_ns`, with a little room behind it. */
TimeWindow fitted(std::uint64_t latest_ns);
/** As wide as before, with `now_ns` near its right edge; a young session begins at the left one. */
TimeWindow followed(const TimeWindow& window, std::uint64_t now_ns);
/** Moved only if this moment is out of sight: then it stands in the middle. */
TimeWindow with_in_sight(const TimeWindow& window, std::uint64_t at_ns);

/** Between times and places. */
struct TimeScale {
    TimeWindow window;
    float x = 0, width = 1;  // px
    double ns_per_px() const { return window.span_ns / static_cast<double>(width); }
    /** May lie far outside: callers draw what they clip. */
    float x_of(std::uint64_t ns) const {
        const double at = (static_cast<double>(ns) - window.from_ns) / ns_per_px();
        return x + static_cast<float>(at < -1e6 ? -1e6 : at > 1e6 ? 1e6 : at);
    }
    std::uint64_t ns_at(float at_x) const {
        const double ns = window.from_ns + static_cast<double>(at_x - x) * ns_per_px();
        return ns <= 0 ? 0 : static_cast<std::uint64_t>(ns);
    }
};

/** The round step of the axis whose labels are at least so far apart: 1, 2 or 5 times a power of ten, then 10, 15, 30 s … hours. */
std::uint64_t axis_step_ns(double least_ns);
/** A moment since the session began, with as many decimals as the step needs: "12.5 s", "1:02.5", "2:00:05". */
std::string axis_label(std::uint64_t at_ns, std::uint64_t step_ns);

/** Sizes at zoom 1. */
inline constexpr float timeline_bar_h = 18, timeline_nested_h = 14, timeline_lane_pad = 4, timeline_group_gap = 8;

struct PlacedLane {
    std::uint32_t lane = 0;
    float y = 0, h = 0;  // px below the first
};
struct LanePlaces {
    std::vector<PlacedLane> lanes;
    float height = 0;     // of all
    std::size_t out = 0;  // lanes that are known, but did not live in the time that is shown
};
/** Lanes that were known at `limit` and lived in the time that is shown, from top to bottom; `scale` is the zoom. */
LanePlaces place_lanes(const TimelineIndex& index, EventIndex limit, const TimeWindow& window, float scale);
/** The top of a lane's row below the lane's own, and its height, px. */
struct RowPlace {
    float y = 0, h = 0;
};
RowPlace place_row(const TimelineLane& lane, std::size_t row, float scale);

}  // namespace synoptic
