#include "core/model/moments.h"

#include <algorithm>

#include "core/model/segment_fact.h"

namespace synoptic {
namespace {

bool is_row(EventKind kind) {
    return kind == EventKind::row_loaded || kind == EventKind::row_put || kind == EventKind::row_deleted || kind == EventKind::row_read;
}

bool socket_touched(const World& world, const Event& event, SocketId socket) {
    if (is_call(event.kind) || event.kind == EventKind::note || event.kind == EventKind::listen_queue ||
        event.kind == EventKind::tcp_state) {
        if (event.socket == static_cast<std::uint64_t>(socket)) return true;
    }
    const Actor* actor = find(world, event.actor);
    const Socket* behind = actor && event.fd >= 0 && is_call(event.kind) ? socket_behind(world, actor->process, event.fd) : nullptr;
    return behind && behind->id == socket;
}

bool connection_touched(const World& world, const Event& event, const Connection& connection) {
    if (tells_of_segment(event.kind)) {
        const WireSegment* segment = find(world, WireId{event.socket});
        const WireFlow* flow = segment ? find(world, segment->flow) : nullptr;
        return flow && connection_of(world, *flow) == &connection;
    }
    return (connection.client != SocketId::none && socket_touched(world, event, connection.client)) ||
           (connection.server != SocketId::none && socket_touched(world, event, connection.server));
}

bool descriptor_touched(const World& world, const Event& event, ProcessId process, int fd) {
    const Actor* actor = find(world, event.actor);
    if (!actor || actor->process != process || !is_call(event.kind)) return false;
    const bool makes_one = event.kind == EventKind::socket || event.kind == EventKind::accept;
    return event.fd == fd || (makes_one && event.phase == Phase::exit && event.value == fd);
}

/** What can be seen in one World. */
bool touched_in(const World& world, const Event& event, const Subject& subject) {
    const Actor* actor = find(world, event.actor);
    if (subject.fd >= 0) return descriptor_touched(world, event, subject.process, subject.fd);
    if (subject.actor != ActorId::none &&
        (event.actor == subject.actor || (event.kind == EventKind::blocked && event.a == static_cast<std::int64_t>(subject.actor))))
        return true;
    if (subject.process != ProcessId::none) {
        const Process* process = find(world, subject.process);
        const bool told = event.kind == EventKind::process_ended || event.kind == EventKind::process_reaped;
        if ((actor && actor->process == subject.process) || (told && process && event.a == process->pid)) return true;
    }
    if (subject.program != ProgramId::none) {
        const bool told =
            event.kind == EventKind::program_begin || event.kind == EventKind::program_ready || event.kind == EventKind::program_end;
        if ((actor && actor->program == subject.program) || (told && event.socket == static_cast<std::uint64_t>(subject.program)))
            return true;
    }
    if (subject.socket != SocketId::none && socket_touched(world, event, subject.socket)) return true;
    if (const Connection* connection = find(world, subject.connection); connection && connection_touched(world, event, *connection))
        return true;
    if (subject.segment != WireId::none && tells_of_segment(event.kind) && event.socket == static_cast<std::uint64_t>(subject.segment))
        return true;
    return subject.database != 0 && is_row(event.kind) && event.socket == subject.database && event.a == subject.key;
}

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

bool touches(const World& before, const World& after, const Event& event, const Subject& subject) {
    return touched_in(before, event, subject) || touched_in(after, event, subject);
}

EventIndex next_touching(const History& history, EventIndex index, EventIndex limit, const Subject& subject) {
    limit = std::min(limit, history.size());
    if (index >= limit) return no_event;
    World world = history.at(index);
    while (world.events < limit) {
        const Event event = history.event(world.events);
        const bool before = touched_in(world, event, subject);
        apply(world, event, history.payload(world.events));
        if (before || touched_in(world, event, subject)) return world.events;
    }
    return no_event;
}

EventIndex last_touching(const History& history, EventIndex index, const Subject& subject) {
    index = std::min(index, history.size());
    if (index == 0) return no_event;
    // The last event of the present moment is no step back.
    EventIndex end = index - 1;
    while (end > 0) {
        const EventIndex begin = (end - 1) / History::keyframe_events * History::keyframe_events;
        World world = history.at(begin);
        EventIndex found = no_event;
        while (world.events < end) {
            const Event event = history.event(world.events);
            const bool before = touched_in(world, event, subject);
            apply(world, event, history.payload(world.events));
            if (before || touched_in(world, event, subject)) found = world.events;
        }
        if (found != no_event) return found;
        end = begin;
    }
    return no_event;
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
