// Words of the Timeline: what is under the pointer, exactly. Pure functions; they draw nothing.
#pragma once

#include <string>

#include "gui/panels/timeline_index.h"

namespace synoptic {

/** What is known at the moment that is shown. */
struct TimelineMoment {
    const History& history;
    EventIndex limit = 0;      // what came later is not known yet
    std::uint64_t now_ns = 0;  // since the session began; what is open reaches until then
    bool live = true;
};

/** A track as it was known then. `calls`: its spans are calls, so that the history tells exactly which have returned. */
SeenTrack seen_track(const SpanTrack& track, const TimelineMoment& moment, bool calls = false);

/** "12.345678 s". */
std::string timeline_time(std::uint64_t at_ns);

/** "client 3", "child 4102", "wire → server". */
std::string lane_label(const TimelineIndex& index, const TimelineLane& lane);
/** What a lane is, when it lived, and what it did in all. */
std::string lane_story(const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane);

/** A bar's name: a call as it is printed, a segment's title; `brief` with fewer arguments. */
std::string span_title(const TimelineMoment& moment, const TimelineLane& lane, EventIndex event, bool brief);
/** All of one span: what, when, how long, and what of it was waiting. */
std::string span_story(const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane, const SeenTrack& seen,
                       const SeenTrack& waits, std::size_t span);
/** Several that are too narrow to be told apart: how many, and the longest of them. */
std::string fold_story(const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane, const SeenTrack& seen,
                       const SeenTrack& waits, const Piece& piece);
/** Of an actor, where nothing is drawn: "between two calls", "zombie"; empty before it began. */
std::string gap_story(const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane, std::uint64_t at_ns);

}  // namespace synoptic
