// The questions that panels, tests and lessons ask a World.
#include "core/model/world.h"

#include <algorithm>
#include <tuple>
#include <utility>

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

const WireSegment* find(const World& world, WireId id) {
    return find_in(world.segments, id);
}
const WireFlow* find(const World& world, FlowId id) {
    return find_in(world.flows, id);
}

const TcpEnd* tcp_end(const World& world, SocketId id) {
    const TcpEndKey* key = find_in(world.tcp_end_of, id);
    return key ? find_in(world.tcp_ends, *key) : nullptr;
}

const TcpEnd* tcp_end(const World& world, TcpHost host, const Address& local, const Address& peer) {
    return find_in(world.tcp_ends, TcpEndKey::of(host, local, peer));
}

const WireFlow* flow_of(const World& world, const Connection& connection) {
    const FlowId* id = find_in(world.flow_between, std::pair{connection.client_address.canonical(), connection.server_address.canonical()});
    return id ? find(world, *id) : nullptr;
}

std::pair<const TcpEnd*, const TcpEnd*> tcp_ends_of(const World& world, const Connection& connection) {
    const WireFlow* flow = flow_of(world, connection);
    const bool wire = flow && !flow->on_loopback;
    const auto end_at = [&](SocketId socket, TcpHost host, const Address& local, const Address& peer) {
        const TcpEnd* by_socket = tcp_end(world, socket);
        return by_socket ? by_socket : tcp_end(world, wire ? host : TcpHost::here, local, peer);
    };
    return {end_at(connection.client, TcpHost::client, connection.client_address, connection.server_address),
            end_at(connection.server, TcpHost::server, connection.server_address, connection.client_address)};
}

const Connection* connection_of(const World& world, const WireFlow& flow) {
    for (auto at = world.connections.rbegin(); at != world.connections.rend(); ++at) {
        const Connection& connection = at->second;
        if (connection.client_address.canonical() == flow.client && connection.server_address.canonical() == flow.server)
            return &connection;
    }
    return nullptr;
}

SocketId client_socket_of(const World& world, const WireFlow& flow) {
    const TcpEnd* end = tcp_end(world, host_of(flow, Host::client), flow.client, flow.server);
    return end ? end->socket : SocketId::none;
}

std::vector<WireId> waiting_segments(const World& world) {
    std::vector<std::pair<std::int64_t, WireId>> waiting;
    for (const auto& [id, segment] : world.segments) {
        if (segment.waits()) waiting.push_back({segment.place, id});
    }
    std::sort(waiting.begin(), waiting.end());
    std::vector<WireId> ids;
    ids.reserve(waiting.size());
    for (const auto& [place, id] : waiting) ids.push_back(id);
    return ids;
}

std::vector<WaitingStack> waiting_stacks(const World& world) {
    // What a retransmission has in common with what it repeats (CopyKey), by whole addresses.
    using Key = std::tuple<Direction, Address, Address, std::uint32_t, std::uint8_t, std::uint32_t, std::uint32_t, std::uint16_t>;
    std::vector<WaitingStack> stacks;
    std::map<Key, std::size_t> at;
    for (const WireId id : waiting_segments(world)) {
        const WireSegment& one = *find(world, id);
        const bool only_acknowledges = one.payload_bytes == 0 && (one.flags & (tcp_syn | tcp_fin)) == 0;
        const Key key{one.direction,     one.source, one.destination, one.seq, one.flags,
                      one.payload_bytes, only_acknowledges ? one.ack : 0, only_acknowledges ? one.window : std::uint16_t{0}};
        const bool stands_alone = one.duplicate_of != WireId::none;  // made to arrive
        if (!stands_alone && !at.try_emplace(key, stacks.size()).second)
            stacks[at[key]].copies.push_back(id);
        else
            stacks.push_back({id, {}});
    }
    return stacks;
}

const WaitingStack* stack_of(const std::vector<WaitingStack>& stacks, WireId id) {
    const auto found = std::find_if(stacks.begin(), stacks.end(), [id](const WaitingStack& stack) {
        return stack.top == id || std::find(stack.copies.begin(), stack.copies.end(), id) != stack.copies.end();
    });
    return found == stacks.end() ? nullptr : &*found;
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

const char* state_name(WireSegment::State state) {
    switch (state) {
        case WireSegment::State::sent:
            return "on its way";
        case WireSegment::State::delayed:
            return "delayed";
        case WireSegment::State::held:
            return "held";
        case WireSegment::State::delivered:
            return "being delivered";
        case WireSegment::State::arrived:
            return "arrived";
        case WireSegment::State::dropped:
            return "dropped";
    }
    return "?";
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
