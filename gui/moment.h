// Moment: the World that the window shows, live or past, and the way between them. The window's thread only.
#pragma once

#include <string>

#include "core/model/moments.h"

namespace synoptic {

class Moment {
   public:
    explicit Moment(const History& history) : history_(history) {}

    /** Folds new events into the live World for at most `budget_ns`. True if it has them all. */
    bool catch_up(std::uint64_t budget_ns);

    const World& live() const { return live_; }
    const World& shown() const { return past_ ? then_ : live_; }
    bool past() const { return past_ || recorded_; }
    /** There is no live: the History is a recording's, and its end a moment of the past. */
    bool recorded() const { return recorded_; }
    void show_recording() { recorded_ = true; }
    /** How many events the shown World is behind the live one. */
    EventIndex events_ago() const { return past_ && live_.events > then_.events ? live_.events - then_.events : 0; }

    /** Shows the World after the first `index` events; the latest is live. */
    void look_at(EventIndex index);
    /** To the moment before, or after: see is_moment(). */
    void back();
    void forward();
    void first() { look_at(0); }
    /** Of a recording: to its end. */
    void go_live();

    // Of the past: what the last event of what is shown has changed.
    /** The World at the moment before; null when live. */
    const World* before() const { return past_ ? &before_ : nullptr; }
    const Changes& changes() const { return changes_; }
    /** In a sentence; empty when live, and at the beginning. */
    const std::string& what_happened() const { return what_; }

   private:
    const History& history_;
    World live_, then_, before_;
    Changes changes_;
    std::string what_;
    bool past_ = false;
    bool recorded_ = false;
};

/** The time of day of a CLOCK_MONOTONIC time, "10:42:07.318". */
std::string time_of_day(std::uint64_t monotonic_ns);
/** From now on times are those of a recording: what makes its nanoseconds those since 1970. */
void show_times_of_recording(std::uint64_t realtime_offset_ns);

}  // namespace synoptic
