// Which two sockets talk to each other: those whose addresses mirror each other, the socket pair.
//
//   connect's exit:  {local C, peer S}  ─┐
//                                        ├──▶ Connection {client C, server S}       either may come first
//   accept's exit:   {local S, peer C}  ─┘
//
// Ports are used again, so that the addresses alone do not tell one connection from an older one. An accept that returned before a client had
// even entered connect is not that client's other end: "enter of the cause before exit of the effect".
#include <netinet/in.h>

#include <algorithm>

#include "core/model/fold.h"

namespace synoptic::fold {
namespace {

bool same_endpoint(const Address& left, const Address& right) {
    return left.known() && right.known() && left.canonical() == right.canonical();
}

/** The peer that the kernel chose: connect to 0.0.0.0 or :: reaches this host, at the address that the client's socket got itself. */
Address true_peer(const Socket& client) {
    if (!client.peer.is_wildcard() || !client.local.known() || client.local.is_wildcard()) return client.peer;
    return client.local.with_port(client.peer.port());
}

/** How well a listener fits a destination: 0 not at all, 3 exactly, 2 by its wildcard, 1 as a dual-stack socket. */
int fit(const Socket& listener, const Address& destination) {
    const Address wanted = destination.canonical(), has = listener.local.canonical();
    if (!has.known() || has.port() == 0 || has.port() != wanted.port()) return 0;
    if (has == wanted) return 3;
    if (!has.is_wildcard()) return 0;
    if (has.family() == wanted.family()) return 2;
    const auto v6only = listener.options.find({IPPROTO_IPV6, IPV6_V6ONLY});
    const bool dual_stack =
        has.family() == AF_INET6 && wanted.family() == AF_INET && (v6only == listener.options.end() || v6only->second == 0);
    return dual_stack ? 1 : 0;
}

/** The listening socket of ours that a destination belongs to. One whose listen has not returned yet counts: it may well be listening. */
SocketId listener_for(const World& world, const Address& destination) {
    SocketId best = SocketId::none;
    int best_fit = 0;
    const auto look_at = [&](SocketId id) {
        const Socket* socket = find_in(world.sockets, id);
        const int how_well = socket ? fit(*socket, destination) : 0;
        if (how_well > best_fit) {
            best_fit = how_well;
            best = id;
        }
    };
    for (const SocketId id : world.listening) look_at(id);
    if (best_fit != 0) return best;
    for (const auto& [id, actor] : world.actors) {
        for (const OpenCall& call : actor.calls) {
            if (call.kind == EventKind::listen && call.entered && actor.state != Actor::State::ended) look_at(call.socket);
        }
    }
    return best;
}

Connection& make_connection(World& world, const Address& client, const Address& server, std::uint64_t time_ns) {
    const ConnectionId id{world.next_connection++};
    Connection& connection = world.connections[id];
    connection.id = id;
    connection.client_address = client;
    connection.server_address = server;
    connection.began_ns = time_ns;
    return connection;
}

/** The newest connection between two endpoints that `fits`; null if there is none. */
template <class Fits>
Connection* find_connection(World& world, const Address& client, const Address& server, Fits fits) {
    for (auto at = world.connections.rbegin(); at != world.connections.rend(); ++at) {
        Connection& connection = at->second;
        if (fits(connection) && same_endpoint(connection.client_address, client) && same_endpoint(connection.server_address, server))
            return &connection;
    }
    return nullptr;
}

bool is_closed(const World& world, SocketId id) {
    const Socket* socket = find_in(world.sockets, id);
    return !socket || socket->state == Socket::State::closed;
}

bool is_over(const World& world, SocketId listener) {
    const Socket* socket = find_in(world.sockets, listener);
    return !socket || socket->state == Socket::State::closed || socket->read_shut;
}

Connection::State state_from_ends(const World& world, const Connection& connection) {
    const bool has_client = connection.client != SocketId::none, has_server = connection.server != SocketId::none;
    const bool client_closed = has_client && is_closed(world, connection.client);
    if (has_server) {
        // Of an end that is not ours nobody tells when it closes: the connection is over for us when our end is.
        const bool server_closed = is_closed(world, connection.server);
        if (server_closed && (!has_client || client_closed)) return Connection::State::closed;
        return server_closed || client_closed ? Connection::State::closing : Connection::State::accepted;
    }
    // A client that has closed already stays in the accept queue: accept will return its connection all the same.
    if (connection.listener != SocketId::none && !is_over(world, connection.listener)) return Connection::State::queued;
    if (client_closed || !has_client) return Connection::State::closed;
    return connection.listener == SocketId::none ? Connection::State::accepted : Connection::State::closing;
}

}  // namespace

bool is_stream(const Socket& socket) {
    return socket.type == 0 || (socket.type & 0xf) == SOCK_STREAM;
}

void settle(World& world, Connection& connection, std::uint64_t time_ns) {
    const Connection::State before = connection.state;
    connection.state = state_from_ends(world, connection);
    const bool was_closed = before == Connection::State::closed, is_closed_now = connection.state == Connection::State::closed;
    if (is_closed_now && !was_closed) {
        connection.ended_ns = time_ns;
        world.ended_connections.push_back(connection.id);
    } else if (was_closed && !is_closed_now) {
        connection.ended_ns = 0;
        forget(world.ended_connections, connection.id);
    }
}

void settle_queue_of(World& world, SocketId listener, std::uint64_t time_ns) {
    for (auto& [id, connection] : world.connections) {
        if (connection.listener == listener && connection.server == SocketId::none) settle(world, connection, time_ns);
    }
}

void join_as_client(World& world, Socket& socket, std::uint64_t since_ns, std::uint64_t time_ns) {
    if (socket.connection != ConnectionId::none || !is_stream(socket)) return;
    socket.peer = true_peer(socket);
    Connection* connection = find_connection(world, socket.local, socket.peer, [&](const Connection& candidate) {
        return candidate.client == SocketId::none && candidate.server != socket.id && candidate.began_ns >= since_ns;
    });
    if (!connection) {
        connection = &make_connection(world, socket.local, socket.peer, time_ns);
        connection->listener = listener_for(world, socket.peer);
        if (connection->listener == SocketId::none) connection->queued_known = Known::unknown;
    }
    connection->client = socket.id;
    connection->bytes_to_server += socket.bytes_sent;
    connection->read_by_client += socket.bytes_received;
    socket.connection = connection->id;
    settle(world, *connection, time_ns);
}

void join_as_server(World& world, Socket& socket, std::uint64_t time_ns) {
    if (socket.connection != ConnectionId::none) return;
    const auto waits = [&](const Connection& candidate) {
        const bool same_listener =
            candidate.listener == SocketId::none || socket.listener == SocketId::none || candidate.listener == socket.listener;
        return candidate.server == SocketId::none && candidate.client != socket.id && same_listener;
    };
    Connection* connection = find_connection(world, socket.peer, socket.local, waits);
    if (!connection) connection = &make_connection(world, socket.peer, socket.local, time_ns);
    connection->server = socket.id;
    connection->server_address = socket.local;
    if (socket.listener != SocketId::none) connection->listener = socket.listener;
    connection->bytes_to_client += socket.bytes_sent;
    connection->read_by_server += socket.bytes_received;
    connection->queued_known = Known::observed;
    socket.connection = connection->id;
    settle(world, *connection, time_ns);
}

void count_bytes(World& world, Socket& socket, bool sent, std::uint64_t count, std::uint64_t time_ns) {
    (sent ? socket.bytes_sent : socket.bytes_received) += count;
    Connection* connection = find_in(world.connections, socket.connection);
    if (!connection) return;
    const bool is_client = connection->client == socket.id;
    if (sent) {
        (is_client ? connection->bytes_to_server : connection->bytes_to_client) += count;
        (is_client ? connection->last_to_server_ns : connection->last_to_client_ns) = time_ns;
    } else {
        (is_client ? connection->read_by_client : connection->read_by_server) += count;
    }
}

}  // namespace synoptic::fold
