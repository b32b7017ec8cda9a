// What stands out in a History, for the marks on the line along which one goes through it: connects, errors, drops, zombies. Kept beside a History as it
// grows; events are read once each.
//
// Not thread-safe: the window's thread only.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/model/history.h"

namespace synoptic {

enum class ScrubMark : std::uint8_t { connect, error, drop, zombie };
inline constexpr std::size_t scrub_mark_kinds = 4;
/** "2 connections accepted", "1 call failed"; of so many. */
std::string scrub_mark_words(ScrubMark kind, std::size_t count);

class ScrubMarks {
   public:
    /** Reads what was appended since; at most so many events, so that a frame stays short. True if nothing is left to do. */
    bool update(const History& history, EventIndex most_events = 60'000);
    /** Indices of its events, in order. */
    const std::vector<std::uint32_t>& of(ScrubMark kind) const { return marks_[static_cast<std::size_t>(kind)]; }
    /** How many of a kind there are from event `from` until before `to`. */
    std::size_t count(ScrubMark kind, EventIndex from, EventIndex to) const;

   private:
    std::array<std::vector<std::uint32_t>, scrub_mark_kinds> marks_;
    EventIndex next_ = 0;
};

}  // namespace synoptic
