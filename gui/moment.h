// Moment: the World that the window shows, live or past, and the way between them. The window's thread only.
#pragma once

#include <string>

#include "core/model/history.h"

namespace synoptic {

class Moment {
   public:
    explicit Moment(const History& history) : history_(history) {}

    /** Folds new events into the live World for at most `budget_ns`. True if it has them all. */
    bool catch_up(std::uint64_t budget_ns);

    const World& live() const { return live_; }
    const World& shown() const { return past_ ? then_ : live_; }
    bool past() const { return past_; }
    /** How many events the shown World is behind the live one. */
    EventIndex events_ago() const { return past_ && live_.events > then_.events ? live_.events - then_.events : 0; }

    /** Shows the World after the first `index` events; the latest is live. */
    void look_at(EventIndex index);
    /** To the moment before, or after: a call that is entered or returns, a program or process that begins or ends. */
    void back();
    void forward();
    void first() { look_at(0); }
    void go_live() { past_ = false; }

   private:
    bool is_moment(EventIndex index) const;

    const History& history_;
    World live_, then_;
    bool past_ = false;
};

/** The time of day of a CLOCK_MONOTONIC time, "10:42:07.318". */
std::string time_of_day(std::uint64_t monotonic_ns);

}  // namespace synoptic
