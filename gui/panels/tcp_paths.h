// TcpPaths: the states that each end of each connection has passed through, folded from the History as it grows. A World knows only where an end is.
//
//   History ── segments, tcp_state ──▶ a World of its own, of nothing but these ──▶ the ends that changed ──▶ a step in a path
//
// A step that a segment lets expect is inferred until the kernel's table says the same. If the table says instead that the end is where it was before,
// it was never taken: from then on it is none.
//
// The window's thread only.
#pragma once

#include <map>
#include <vector>

#include "core/model/history.h"

namespace synoptic {

struct PathStep {
    EventIndex event = no_event;
    std::uint64_t time_ns = 0;
    TcpState state = TcpState::none;
    Known known = Known::observed;  // inferred: no table has said so
    bool begins = false;            // a new connection with these addresses
    friend bool operator==(const PathStep&, const PathStep&) = default;
};

class TcpPaths {
   public:
    /** Folds what is new, at most so many events. True if nothing is left to do. */
    bool update(const History& history, EventIndex most_events = 20'000);
    /** The states of the connection that had these addresses before event number `limit`, oldest first. */
    std::vector<PathStep> of(const TcpEndKey& key, EventIndex limit) const;

   private:
    struct Noted {
        PathStep step;                    // its `known` is not used: what was known changes
        EventIndex seen = no_event;       // a table said so
        EventIndex withdrawn = no_event;  // a table said that it was not so
    };
    void note(const TcpEndKey& key, const Event& event, EventIndex index);
    static bool table_knows(std::vector<Noted>& path, TcpState state, EventIndex index);

    World world_;
    std::map<TcpEndKey, std::vector<Noted>> paths_;
    EventIndex next_ = 0;
    const History* of_ = nullptr;
};

}  // namespace synoptic
