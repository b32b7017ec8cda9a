#include "core/model/moments.h"

#include <algorithm>

#include "core/model/segment_fact.h"

namespace synoptic {
namespace {

template <class Map, class Ids>
void differing(const Map& before, const Map& after, Ids& ids) {
    auto left = before.begin(), right = after.begin();
    while (left != before.end() || right != after.end()) {
        if (right == after.end() || (left != before.end() && left->first < right->first)) {
            ids.insert((left++)->first);
        } else if (left == before.end() || right->first < left->first) {
            ids.insert((right++)->first);
        } else {
            if (!(left->second == right->second)) ids.insert(left->first);
            ++left, ++right;
        }
    }
}

}  // namespace

bool is_moment(const Event& event) {
    if (event.phase == Phase::enter || event.phase == Phase::exit) return true;
    switch (event.kind) {
        case EventKind::actor_begin:
        case EventKind::program_end:
        case EventKind::process_ended:
        case EventKind::process_reaped:
        case EventKind::blocked:
        case EventKind::row_put:
        case EventKind::row_deleted:
        case EventKind::store_synced:
            return event.phase == Phase::happened;
        default:
            return tells_of_segment(event.kind) && event.phase == Phase::happened;
    }
}

EventIndex moment_before(const History& history, EventIndex index) {
    index = std::min(index, history.size());
    if (index == 0) return 0;
    // The World after event index - 2 is the one before the last event.
    for (--index; index > 0 && !is_moment(history.event(index - 1));) --index;
    return index;
}

EventIndex moment_after(const History& history, EventIndex index, EventIndex limit) {
    limit = std::min(limit, history.size());
    if (index >= limit) return limit;
    for (++index; index < limit && !is_moment(history.event(index - 1));) ++index;
    return index;
}

bool Changes::empty() const {
    return programs.empty() && actors.empty() && processes.empty() && descriptors.empty() && sockets.empty() && connections.empty() &&
           segments.empty() && rows.empty();
}

Changes changes_between(const World& before, const World& after) {
    Changes changes;
    differing(before.programs, after.programs, changes.programs);
    differing(before.actors, after.actors, changes.actors);
    differing(before.processes, after.processes, changes.processes);
    differing(before.sockets, after.sockets, changes.sockets);
    differing(before.connections, after.connections, changes.connections);
    differing(before.segments, after.segments, changes.segments);
    for (const ProcessId id : changes.processes) {
        const Process *was = find(before, id), *is = find(after, id);
        std::set<int> numbers;
        differing(was ? was->fds : std::map<int, DescriptionId>(), is ? is->fds : std::map<int, DescriptionId>(), numbers);
        for (const int fd : numbers) changes.descriptors.emplace(id, fd);
    }
    for (const auto& [id, database] : after.databases) {
        const auto was = before.databases.find(id);
        std::set<std::int64_t> keys;
        differing(was == before.databases.end() ? std::map<std::int64_t, Row>() : was->second.rows, database.rows, keys);
        for (const std::int64_t key : keys) changes.rows.emplace(id, key);
        if (was == before.databases.end()) continue;
        // A sync changes rows that say the same as before: they are on the disk now.
        for (const auto& [key, row] : database.rows) {
            const auto old = was->second.rows.find(key);
            if (old != was->second.rows.end() && is_on_disk(database, row) != is_on_disk(was->second, old->second))
                changes.rows.emplace(id, key);
        }
    }
    return changes;
}

}  // namespace synoptic
