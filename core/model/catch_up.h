// What follows a History: an index that is made of its events as they are appended, and goes on where it was.
#pragma once

#include <algorithm>

#include "core/model/history.h"

namespace synoptic {

/** True if an index that has come to `next` in `of` must begin anew: it is of no History yet, of another one, or of more events than there are. */
inline bool begins_anew(const History* of, EventIndex next, const History& history) {
    return of != &history || history.size() < next;
}

/** Calls take(index) for each event from `next` on, which grows with them, but for no more than `most_events`. True once that was the last one. */
template <class Take>
bool catch_up(const History& history, EventIndex& next, EventIndex most_events, const Take& take) {
    const EventIndex size = history.size(), end = std::min(size, next + most_events);
    for (; next < end; ++next) take(next);
    return next == size;
}

}  // namespace synoptic
