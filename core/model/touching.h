// Which events touch a thing, and the search for the next one that does.
#pragma once

#include <cstdint>

#include "core/model/history.h"

namespace synoptic {

/** Something that events may touch. What is not set does not count. */
struct Subject {
    ProgramId program{};
    ActorId actor{};
    ProcessId process{};
    int fd = -1;  // of `process`
    SocketId socket{};
    ConnectionId connection{};
    WireId segment{};
    std::uint64_t database = 0;  // StoreId of `key`
    std::int64_t key = 0;
};

/** True if an event touches the subject, with the World before it and the one after it. */
bool touches(const World& before, const World& after, const Event& event, const Subject& subject);

/** Looks for the next event behind a moment, or before it, that touches a subject. It folds what lies between (half a second for a million events), in
    as many goes as its owner likes. One thread. */
class TouchSearch {
   public:
    enum class Way { forward, back };
    /** From the World after `index` events on, until before `limit` (forward). `history` must outlive it. */
    TouchSearch(const History& history, EventIndex index, EventIndex limit, const Subject& subject, Way way);

    /** Goes on for about `budget_ns` (0: to its end). True once it is over. */
    bool advance(std::uint64_t budget_ns);
    /** The World's index right after the event that was found; no_event if there is none, or none yet. */
    EventIndex found() const { return is_over_ ? found_ : no_event; }
    Way way() const { return way_; }
    /** Of what there is to be looked through, 0 to 1. */
    double share() const;

   private:
    bool fold_event();
    void begin_chunk();

    const History& history_;
    const Subject subject_;
    const Way way_;
    const EventIndex from_;  // where it began
    EventIndex end_;         // back: before the chunk that is folded nothing was found behind this; forward: the limit
    EventIndex begin_ = 0;   // back: of that chunk
    EventIndex found_ = no_event;
    bool is_over_ = false;
    World world_;
};

/** The same to its end. */
EventIndex next_touching(const History& history, EventIndex index, EventIndex limit, const Subject& subject);
EventIndex last_touching(const History& history, EventIndex index, const Subject& subject);

}  // namespace synoptic
