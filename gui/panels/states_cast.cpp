#include "gui/panels/states_cast.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "gui/panels/tcp_words.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

EndPair pair_between(TcpHost client_host, TcpHost server_host, const Address& client, const Address& server) {
    const TcpEndKey end = TcpEndKey::of(client_host, client, server);
    return {end, end.other(server_host)};
}
EndPair pair_on(bool wire, const Address& client, const Address& server) {
    return pair_between(wire ? TcpHost::client : TcpHost::here, wire ? TcpHost::server : TcpHost::here, client, server);
}

bool is_on_wire(const WireFlow* flow) {
    return flow && !flow->on_loopback;
}

const TcpEnd* end_at(const World& world, const TcpEndKey& key) {
    const auto found = world.tcp_ends.find(key);
    return found == world.tcp_ends.end() ? nullptr : &found->second;
}

/** Ports that somebody of ours listens at on this machine, or did. */
std::set<std::uint16_t> server_ports(const World& world) {
    std::set<std::uint16_t> ports;
    for (const auto& [id, socket] : world.sockets) {
        if (socket.backlog >= 0 && socket.host == TcpHost::here) ports.insert(socket.local.port());
    }
    return ports;
}

EndPair pair_of(const TcpEnd& end, const std::set<std::uint16_t>& ports) {
    bool is_client = end.host == TcpHost::client;
    if (end.host == TcpHost::here) {
        const bool from_server = ports.contains(end.local.port()), to_server = ports.contains(end.peer.port());
        // Of two that are not ours, the one with the smaller port number is the server: clients' ports are chosen from 32768 on (ip(7)).
        is_client = from_server == to_server ? end.local.port() > end.peer.port() : to_server;
    }
    const bool wire = end.host != TcpHost::here;
    return is_client ? pair_on(wire, end.local, end.peer) : pair_on(wire, end.peer, end.local);
}

const Socket* listener_of(const World& world, const TcpEndKey& server) {
    for (const SocketId id : world.listening) {
        const Socket* socket = find(world, id);
        if (socket && socket->host == server.host && socket->local.port() == server.local.port()) return socket;
    }
    return nullptr;
}

EventIndex began(const TcpPaths& paths, const EndPair& pair, EventIndex limit) {
    EventIndex first = no_event;
    for (const TcpEndKey* key : {&pair.client, &pair.server}) {
        const std::vector<PathStep> path = paths.of(*key, limit);
        if (!path.empty()) first = std::min(first, path.front().event);
    }
    return first == no_event ? 0 : first;
}

/** The latest connection to this listener. */
std::optional<EndPair> latest_to(const World& world, const TcpPaths& paths, const Socket& listener) {
    std::vector<EndPair> pairs = end_pairs(world);
    std::erase_if(
        pairs, [&](const EndPair& pair) { return pair.server.host != listener.host || pair.server.local.port() != listener.local.port(); });
    return latest_pair(world, paths, pairs);
}

std::optional<EndPair> pair_of_socket(const World& world, const TcpPaths& paths, SocketId id) {
    if (const TcpEnd* end = tcp_end(world, id)) return synoptic::pair_of(world, *end);
    const Socket* socket = find(world, id);
    if (!socket) return {};
    if (socket->state == Socket::State::listening) return latest_to(world, paths, *socket);
    const Connection* connection = find(world, socket->connection);
    if (!connection || !connection->client_address.known()) return {};
    return pair_on(is_on_wire(flow_of(world, *connection)), connection->client_address, connection->server_address);
}

std::string who_at(const World& world, const TcpEndKey& key) {
    const TcpEnd* end = end_at(world, key);
    const Socket* socket = end ? find(world, end->socket) : nullptr;
    const Program* program = socket ? find(world, socket->program) : nullptr;
    if (!program) {
        const Socket* listener = listener_of(world, key);
        program = listener ? find(world, listener->program) : nullptr;
    }
    if (program) return program->label;
    if (end && !end->owner.empty()) return fmt::format("{} (pid {})", end->owner, end->owner_pid);
    return key.local.text();
}

StatesEnd cast_end(const World& world, const TcpPaths& paths, const TcpEndKey& key, bool is_client, bool peer_opens) {
    StatesEnd cast;
    cast.who = who_at(world, key);
    const TcpEnd* end = end_at(world, key);
    std::vector<Passed> states;
    for (const PathStep& step : paths.of(key, world.events)) {
        states.push_back({step.state, step.known});
        cast.entered = step.event;
    }
    // What is left of an older connection with these addresses says nothing of the one that is being opened.
    const bool is_old = peer_opens && end && (end->state == TcpState::closed || end->state == TcpState::time_wait);
    if (end && end->state != TcpState::none && !is_old) {
        cast.end = end;
        cast.state = end->state;
        cast.known = end->known;
        cast.since_ns = end->since_ns;
        if (states.empty() || states.back().state != end->state) {
            states.push_back({end->state, end->known});
            cast.entered = no_event;
        }
    } else if (const Socket* listener = is_client ? nullptr : listener_of(world, key)) {
        cast.state = TcpState::listen;
        cast.known = listener->state_known;
        cast.entered = no_event;
        states = {{TcpState::listen, listener->state_known}};
    } else {
        return cast;
    }
    cast.way = way_through(states, is_client);
    const bool opened = std::any_of(states.begin(), states.end(), [](const Passed& passed) {
        const TcpState state = passed.state;
        return state != TcpState::closed && state != TcpState::listen && state != TcpState::syn_sent && state != TcpState::syn_rcvd;
    });
    cast.node = node_of(cast.state, opened);
    return cast;
}

}  // namespace

EndPair pair_of(const World& world, const TcpEnd& end) {
    return pair_of(end, end.host == TcpHost::here ? server_ports(world) : std::set<std::uint16_t>{});
}

std::vector<EndPair> end_pairs(const World& world) {
    const std::set<std::uint16_t> ports = server_ports(world);
    std::set<EndPair> pairs;
    for (const auto& [key, end] : world.tcp_ends) {
        if (end.state != TcpState::none) pairs.insert(pair_of(end, ports));
    }
    return {pairs.begin(), pairs.end()};
}

std::optional<EndPair> selected_pair(const World& world, const TcpPaths& paths, const Selection& selection) {
    if (const WireSegment* segment = find(world, selection.segment)) {
        if (const WireFlow* flow = find(world, segment->flow)) return pair_on(is_on_wire(flow), flow->client, flow->server);
    }
    if (const Connection* connection = find(world, selection.connection)) {
        for (const SocketId end : {connection->client, connection->server}) {
            if (const TcpEnd* known = tcp_end(world, end)) return pair_of(world, *known);
        }
        return pair_on(is_on_wire(flow_of(world, *connection)), connection->client_address, connection->server_address);
    }
    if (selection.socket != SocketId::none) return pair_of_socket(world, paths, selection.socket);
    const Actor* actor = find(world, selection.actor);
    if (actor && actor->serves != SocketId::none) {
        if (const std::optional<EndPair> pair = pair_of_socket(world, paths, actor->serves)) return pair;
    }
    const Program* program = find(world, selection.program);
    if (!program) return {};
    return pair_of_socket(world, paths, program->is_server ? program->listener : program->clientfd);
}

std::optional<EndPair> latest_pair(const World& world, const TcpPaths& paths, std::span<const EndPair> pairs) {
    std::optional<EndPair> latest;
    EventIndex began_at = 0;
    for (const EndPair& pair : pairs) {
        const EventIndex at = began(paths, pair, world.events);
        if (latest && at < began_at) continue;
        latest = pair;
        began_at = at;
    }
    return latest;
}

std::string pair_label(const World& world, const EndPair& pair) {
    return fmt::format("{} ⇄ {}", who_at(world, pair.client), who_at(world, pair.server));
}

StatesCast cast_states(const World& world, const TcpPaths& paths, const std::optional<EndPair>& pair) {
    StatesCast cast;
    const auto count = [&cast](TcpState state) { ++cast.others[static_cast<std::size_t>(node_of(state))]; };
    for (const auto& [key, end] : world.tcp_ends) {
        const bool chosen = pair && (key == pair->client || key == pair->server);
        if (!chosen && end.state != TcpState::closed && end.state != TcpState::none) count(end.state);
    }
    if (pair) {
        cast.client = cast_end(world, paths, pair->client, true, false);
        cast.server = cast_end(world, paths, pair->server, false, cast.client.state == TcpState::syn_sent);
    }
    const Socket* shown = pair && cast.server.state == TcpState::listen ? listener_of(world, pair->server) : nullptr;
    for (const SocketId id : world.listening) {
        if (!shown || id != shown->id) count(TcpState::listen);
    }
    return cast;
}

std::string end_text(const StatesEnd& end, std::uint64_t now_ns) {
    if (!end.shown()) return "nothing is known of this end";
    std::string text = name_of(end.state);
    if (end.state == TcpState::listen && !end.end) return text + ": its listener, until the SYN has come";
    text += end.known == Known::inferred ? ", inferred from a segment" : ", observed";
    if (end.since_ns != 0) text += fmt::format(", for {}", clock_text(now_ns > end.since_ns ? now_ns - end.since_ns : 0));
    const std::string timer = end.end ? timer_text(*end.end, now_ns) : "";
    return timer.empty() ? text : text + "; " + timer;
}

}  // namespace synoptic
