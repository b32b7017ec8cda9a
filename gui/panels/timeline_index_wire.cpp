// Segments and databases.
#include <algorithm>
#include <iterator>

#include "core/model/segment_fact.h"
#include "gui/panels/timeline_index.h"
#include "gui/panels/words.h"

namespace synoptic {

// ---- segments: as many rows as are on the wire at once, up to a limit ----------------------------------------------------------------------
void TimelineIndex::take_wire(EventIndex index, const Event& event, std::uint64_t at_ns) {
    const std::uint64_t id = event.socket;
    const auto waits = [&]() -> SpanTrack* {
        const auto found = segments_.find(id);
        return found == segments_.end() || found->second.row == no_row ? nullptr : &row(found->second.lane, found->second.row).waits;
    };
    switch (event.kind) {
        case EventKind::segment_sent:
            return segment_begins(index, id, segments_lane(event.b, index, at_ns), at_ns);
        case EventKind::segment_duplicated: {
            const auto original = segments_.find(static_cast<std::uint64_t>(event.a));
            if (original != segments_.end()) segment_begins(index, id, original->second.lane, at_ns);
            return;
        }
        case EventKind::segment_held:
            if (SpanTrack* track = waits(); track && !track->is_open()) track->begin(index, at_ns);
            return;
        case EventKind::segment_delivered:
            if (SpanTrack* track = waits()) track->end(at_ns);
            return;
        case EventKind::segment_arrived:
        case EventKind::segment_dropped:
            return segment_ended(index, id, event.kind == EventKind::segment_dropped, at_ns);
        case EventKind::lab_state:
            // What was on the wire went with it.
            if (event.b != 1) {
                std::vector<std::uint64_t> gone;
                for (const auto& [segment, open] : segments_) {
                    if (!lanes_[open.lane].on_loopback) gone.push_back(segment);
                }
                for (const std::uint64_t segment : gone) segment_ended(index, segment, false, at_ns);
            }
            return;
        default:
            return;
    }
}

void TimelineIndex::segment_begins(EventIndex index, std::uint64_t id, std::uint32_t lane, std::uint64_t at_ns) {
    std::size_t free = 0;
    while (free < lanes_[lane].rows.size() && lanes_[lane].rows[free].spans.is_open()) ++free;
    if (free == most_rows) {
        lanes_[lane].marks.mark(index, at_ns);
        segments_[id] = {lane, no_row};
        return;
    }
    row(lane, free).spans.begin(index, at_ns);
    segments_[id] = {lane, static_cast<std::uint8_t>(free)};
}

void TimelineIndex::segment_ended(EventIndex index, std::uint64_t id, bool dropped, std::uint64_t at_ns) {
    const auto found = segments_.find(id);
    if (found == segments_.end()) return;
    const auto [lane, at] = found->second;
    segments_.erase(found);
    if (at != no_row) {
        row(lane, at).waits.end(at_ns);
        row(lane, at).spans.end(at_ns);
    }
    if (dropped) lanes_[lane].marks.mark(index, at_ns);
}

std::uint32_t TimelineIndex::segments_lane(std::int64_t direction, EventIndex index, std::uint64_t at_ns) {
    const auto which = static_cast<std::size_t>(direction) % std::size(segment_lanes_);
    if (segment_lanes_[which] >= 0) return static_cast<std::uint32_t>(segment_lanes_[which]);
    TimelineLane lane;
    lane.kind = TimelineLane::Kind::segments;
    lane.group = wire_group;
    lane.on_loopback = (which & segment_on_loopback) != 0;
    lane.direction = (which & 1) == 0 ? Direction::to_server : Direction::to_client;
    lane.label = lane.on_loopback ? "loopback" : "wire";
    const std::uint32_t at = add_lane(std::move(lane), index, at_ns);
    segment_lanes_[which] = at;
    return at;
}

// ---- databases: row 0 what was written, row 1 what is on the disk --------------------------------------------------------------------------
void TimelineIndex::take_database(const History& history, EventIndex index, const Event& event, std::uint64_t at_ns) {
    switch (event.kind) {
        case EventKind::store_opened: {
            const std::uint32_t lane = database_lane(event.socket, index, at_ns);
            lanes_[lane].label = file_name(history.payload(index));
            return;
        }
        case EventKind::row_put:
        case EventKind::row_deleted:
            return row(database_lane(event.socket, index, at_ns), 0).spans.mark(index, at_ns);
        case EventKind::store_synced:
        case EventKind::store_written:
            return row(database_lane(event.socket, index, at_ns), 1).spans.mark(index, at_ns);
        case EventKind::store_torn:
        case EventKind::store_trouble:
            return lanes_[database_lane(event.socket, index, at_ns)].marks.mark(index, at_ns);
        default:
            return;
    }
}

std::uint32_t TimelineIndex::database_lane(std::uint64_t id, EventIndex index, std::uint64_t at_ns) {
    const auto known = databases_.find(id);
    if (known != databases_.end()) return known->second;
    TimelineLane lane;
    lane.kind = TimelineLane::Kind::database;
    lane.group = databases_group;
    lane.label = "database";
    const std::uint32_t at = add_lane(std::move(lane), index, at_ns);
    row(at, 1);
    databases_[id] = at;
    database_lanes_.push_back(at);
    return at;
}

}  // namespace synoptic
