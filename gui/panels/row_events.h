// What touched a row of a database: the facts that tell of it, and the calls of the requests in which its server came to it. Kept beside a History as it grows.
//
//   worker   recv ── flock … pwrite ── row_put ── fdatasync ── send
//              └──── calls of the request ──┴──────────────────┘      from the recv that took the request to the send that answers it
//
// Not thread-safe: the window's thread only. It reads what History::size() covers.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/model/history.h"

namespace synoptic {

/** True of the facts that tell of one row. */
bool tells_of_row(EventKind kind);

class RowEvents {
   public:
    /** Looks at what was appended since, at most so many events; another row begins anew. True if nothing is left to do. */
    bool update(const History& history, std::uint64_t database, std::int64_t key, std::size_t most_events = 100'000);
    /** Facts and enters of calls, in their order. A request's calls are known once its fact is: they come in late, in their places. */
    const std::vector<EventIndex>& events() const { return events_; }
    bool touched_by(EventIndex event) const;
    /** Those from `first` to `last`. */
    std::span<const EventIndex> between(EventIndex first, EventIndex last) const;

   private:
    static constexpr std::size_t most_calls = 200;  // of a request
    struct Request {
        std::vector<EventIndex> calls;  // since its recv
        bool is_of_row = false;
    };
    void take(const History& history, EventIndex index);
    void add_call(Request& request, EventIndex index, EventKind kind);
    void add(EventIndex index);

    const History* of_ = nullptr;
    std::uint64_t database_ = 0;
    std::int64_t key_ = 0;
    EventIndex next_ = 0;
    std::vector<EventIndex> events_;
    std::unordered_map<ActorId, Request> requests_;
};

}  // namespace synoptic
