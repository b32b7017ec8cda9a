// Moments of a History: where the World is looked at when one goes back and forth, and what is different between two of them.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "core/model/history.h"

namespace synoptic {

/** True if something happened that people call an event: a call was entered or returned, a program or process began or ended, a segment moved, a row
    changed. What only the tables or the gates tell is none. */
bool is_moment(const Event& event);
/** The latest moment before `index` (the World after so many events), or the next one behind it; 0 and `limit` where there is none. */
EventIndex moment_before(const History& history, EventIndex index);
EventIndex moment_after(const History& history, EventIndex index, EventIndex limit);

/** What is different between two Worlds. */
struct Changes {
    std::set<ProgramId> programs;
    std::set<ActorId> actors;
    std::set<ProcessId> processes;
    std::set<std::pair<ProcessId, int>> descriptors;  // that came, went, or point to something else
    std::set<SocketId> sockets;
    std::set<ConnectionId> connections;
    std::set<WireId> segments;
    std::set<std::pair<std::uint64_t, std::int64_t>> rows;  // StoreId, key
    bool empty() const;
};
Changes changes_between(const World& before, const World& after);

}  // namespace synoptic
