// The questions that panels, tests and lessons ask a World.
#include "core/model/world.h"

#include <algorithm>

namespace synoptic {
namespace {

template <class Map, class Id>
const typename Map::mapped_type* find_in(const Map& map, Id id) {
    const auto at = map.find(id);
    return at == map.end() ? nullptr : &at->second;
}

/** Live actors of a process, but no more than two: more than one is all that anybody asks. */
std::vector<ActorId> first_actors_of(const World& world, ProcessId process) {
    std::vector<ActorId> found;
    for (const auto& [id, actor] : world.actors) {
        if (actor.process == process && actor.state != Actor::State::ended) found.push_back(id);
        if (found.size() == 2) break;
    }
    return found;
}

}  // namespace

const Actor* find(const World& world, ActorId id) {
    return find_in(world.actors, id);
}
const Process* find(const World& world, ProcessId id) {
    return find_in(world.processes, id);
}
const Description* find(const World& world, DescriptionId id) {
    return find_in(world.descriptions, id);
}
const Socket* find(const World& world, SocketId id) {
    return find_in(world.sockets, id);
}
const Connection* find(const World& world, ConnectionId id) {
    return find_in(world.connections, id);
}
const Program* find(const World& world, ProgramId id) {
    return find_in(world.programs, id);
}

const Socket* socket_behind(const World& world, ProcessId process_id, int fd) {
    const Process* process = find(world, process_id);
    if (!process) return nullptr;
    const auto at = process->fds.find(fd);
    if (at == process->fds.end()) return nullptr;
    const Description* description = find(world, at->second);
    return description ? find(world, description->socket) : nullptr;
}

std::vector<Holder> holders_of(const World& world, SocketId id) {
    const Socket* socket = find(world, id);
    const Description* description = socket ? find(world, socket->description) : nullptr;
    return description ? description->holders : std::vector<Holder>{};
}

std::vector<ConnectionId> accept_queue(const World& world, SocketId listener) {
    std::vector<const Connection*> waiting;
    for (const auto& [id, connection] : world.connections) {
        if (connection.listener == listener && connection.state == Connection::State::queued) waiting.push_back(&connection);
    }
    std::stable_sort(waiting.begin(), waiting.end(),
                     [](const Connection* left, const Connection* right) { return left->began_ns < right->began_ns; });
    std::vector<ConnectionId> ids;
    ids.reserve(waiting.size());
    for (const Connection* connection : waiting) ids.push_back(connection->id);
    return ids;
}

std::int64_t accept_queue_room(const Socket& listener) {
    // Linux compares with >, so one more than the backlog fits (sk_acceptq_is_full).
    return std::int64_t{listener.kernel_backlog >= 0 ? listener.kernel_backlog : listener.backlog} + 1;
}

std::vector<ActorId> workers_of(const World& world, ConnectionId id) {
    std::vector<ActorId> workers;
    const Connection* connection = find(world, id);
    if (!connection || connection->server == SocketId::none) return workers;
    for (const auto& [actor_id, actor] : world.actors) {
        if (actor.state != Actor::State::ended && actor.serves == connection->server) workers.push_back(actor_id);
    }
    if (!workers.empty()) return workers;
    // Nobody has used it yet: whoever could. A process of several threads holds it for all of them, which tells nothing.
    for (const Holder& holder : holders_of(world, connection->server)) {
        const std::vector<ActorId> candidates = first_actors_of(world, holder.process);
        if (candidates.size() == 1) workers.push_back(candidates.front());
    }
    return workers;
}

std::size_t zombie_count(const World& world) {
    const auto is_zombie = [](const auto& entry) { return entry.second.state == Process::State::zombie; };
    return static_cast<std::size_t>(std::count_if(world.processes.begin(), world.processes.end(), is_zombie));
}

std::size_t live_actor_count(const World& world) {
    const auto lives = [](const auto& entry) { return entry.second.state != Actor::State::ended; };
    return static_cast<std::size_t>(std::count_if(world.actors.begin(), world.actors.end(), lives));
}

const char* state_name(Actor::State state) {
    switch (state) {
        case Actor::State::computes:
            return "computes";
        case Actor::State::arrives:
            return "at the gate";
        case Actor::State::calls:
            return "in the kernel";
        case Actor::State::blocked:
            return "blocked";
        case Actor::State::rests:
            return "after the call";
        case Actor::State::ended:
            return "ended";
    }
    return "?";
}

const char* state_name(Process::State state) {
    switch (state) {
        case Process::State::runs:
            return "runs";
        case Process::State::zombie:
            return "zombie";
        case Process::State::reaped:
            return "reaped";
    }
    return "?";
}

const char* state_name(Socket::State state) {
    switch (state) {
        case Socket::State::created:
            return "created";
        case Socket::State::bound:
            return "bound";
        case Socket::State::listening:
            return "LISTEN";
        case Socket::State::connecting:
            return "connecting";
        case Socket::State::connected:
            return "connected";
        case Socket::State::half_closed:
            return "half-closed";
        case Socket::State::failed:
            return "failed";
        case Socket::State::closed:
            return "closed";
    }
    return "?";
}

const char* state_name(Connection::State state) {
    switch (state) {
        case Connection::State::queued:
            return "queued";
        case Connection::State::accepted:
            return "accepted";
        case Connection::State::closing:
            return "closing";
        case Connection::State::closed:
            return "closed";
    }
    return "?";
}

const char* state_name(Program::State state) {
    switch (state) {
        case Program::State::starting:
            return "starting";
        case Program::State::runs:
            return "runs";
        case Program::State::ended:
            return "ended";
    }
    return "?";
}

}  // namespace synoptic
