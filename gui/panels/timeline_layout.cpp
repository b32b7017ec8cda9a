#include "gui/panels/timeline_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "gui/panels/words.h"

namespace synoptic {

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000, minute_ns = 60 * second_ns, hour_ns = 60 * minute_ns;
constexpr double room_behind = 0.04;  // of the width, behind what happens now

TimeWindow bounded(TimeWindow window) {
    window.span_ns = std::clamp(window.span_ns, least_span_ns, most_span_ns);
    window.from_ns = std::clamp(window.from_ns, -window.span_ns / 2, most_span_ns);
    return window;
}

bool is_known(const TimelineLane& lane, EventIndex limit) {
    return lane.began < limit;
}

bool lived_in(const TimelineLane& lane, const TimeWindow& window) {
    if (lane.kind != TimelineLane::Kind::actor) return true;
    if (static_cast<double>(lane.began_ns) > window.to_ns()) return false;
    if (lane.ended == no_event || (lane.zombie != no_event && lane.reaped == no_event)) return true;
    return static_cast<double>(std::max(lane.ended_ns, lane.reaped_ns)) >= window.from_ns;
}

float lane_height(const TimelineLane& lane, float scale) {
    const RowPlace last = place_row(lane, lane.rows.size() - 1, scale);
    return last.y + last.h + timeline_lane_pad * scale;
}

}  // namespace

TimeWindow zoomed(const TimeWindow& window, double factor, double anchor) {
    TimeWindow next = window;
    next.span_ns = std::clamp(window.span_ns * factor, least_span_ns, most_span_ns);
    next.from_ns = window.from_ns + (window.span_ns - next.span_ns) * anchor;
    return bounded(next);
}

TimeWindow fitted(std::uint64_t latest_ns) {
    const double all_ns = std::max(static_cast<double>(latest_ns), least_span_ns);
    return bounded({0, all_ns / (1 - room_behind)});
}

TimeWindow followed(const TimeWindow& window, std::uint64_t now_ns) {
    return bounded({std::max(static_cast<double>(now_ns) - window.span_ns * (1 - room_behind), 0.0), window.span_ns});
}

TimeWindow with_in_sight(const TimeWindow& window, std::uint64_t at_ns) {
    const auto at = static_cast<double>(at_ns);
    if (at >= window.from_ns && at <= window.to_ns()) return window;
    return bounded({std::max(at - window.span_ns / 2, 0.0), window.span_ns});
}

std::uint64_t axis_step_ns(double least_ns) {
    for (std::uint64_t power = 1; power <= second_ns; power *= 10) {
        for (const std::uint64_t step : {power, 2 * power, 5 * power}) {
            if (static_cast<double>(step) >= least_ns) return step;
        }
    }
    constexpr std::uint64_t steps[] = {10 * second_ns, 15 * second_ns, 30 * second_ns, minute_ns,      2 * minute_ns,
                                       5 * minute_ns,  10 * minute_ns, 15 * minute_ns, 30 * minute_ns, hour_ns,
                                       2 * hour_ns,    6 * hour_ns,    12 * hour_ns};
    for (const std::uint64_t step : steps) {
        if (static_cast<double>(step) >= least_ns) return step;
    }
    std::uint64_t days = 24 * hour_ns;
    while (static_cast<double>(days) < least_ns) days *= 2;
    return days;
}

std::string axis_label(std::uint64_t at_ns, std::uint64_t step_ns) {
    int decimals = 0;
    for (std::uint64_t unit = second_ns; decimals < 9 && step_ns % unit != 0; unit /= 10) ++decimals;
    return session_time(at_ns, decimals);
}

RowPlace place_row(const TimelineLane& lane, std::size_t row, float scale) {
    const bool equal = lane.kind == TimelineLane::Kind::segments;
    const float first = equal ? timeline_nested_h : timeline_bar_h;
    const float above = row == 0 ? 0 : first + static_cast<float>(row - 1) * timeline_nested_h + static_cast<float>(row);
    return {(timeline_lane_pad + above) * scale, (row == 0 ? first : timeline_nested_h) * scale};
}

LanePlaces place_lanes(const TimelineIndex& index, EventIndex limit, const TimeWindow& window, float scale) {
    LanePlaces places;
    std::uint64_t group = 0;
    for (const std::uint32_t at : index.shown_order()) {
        const TimelineLane& lane = index.lanes()[at];
        if (!is_known(lane, limit)) continue;
        if (!lived_in(lane, window)) {
            ++places.out;
            continue;
        }
        if (!places.lanes.empty() && lane.group != group) places.height += timeline_group_gap * scale;
        group = lane.group;
        const float height = lane_height(lane, scale);
        places.lanes.push_back({at, places.height, height});
        places.height += height;
    }
    return places;
}

}  // namespace synoptic
