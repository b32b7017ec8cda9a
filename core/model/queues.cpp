// A listener's two queues: requests whose handshake is not over, and connections that accept has not taken.
#include <algorithm>

#include "core/model/world.h"

namespace synoptic {
namespace {

bool came_to(const Socket& listener, const Address& address) {
    const Address local = listener.local.canonical();
    return listener.local.is_wildcard() ? address.port() == local.port() : address == local;
}

std::vector<TcpEndKey> oldest_first(std::vector<const TcpEnd*> ends) {
    std::stable_sort(ends.begin(), ends.end(), [](const TcpEnd* left, const TcpEnd* right) { return left->since_ns < right->since_ns; });
    std::vector<TcpEndKey> keys;
    keys.reserve(ends.size());
    for (const TcpEnd* end : ends) keys.push_back({end->host, end->local, end->peer});
    return keys;
}

/** True if the latest SYN of a flow has arrived. */
bool syn_has_arrived(const World& world, FlowId flow) {
    for (auto at = world.segments.rbegin(); at != world.segments.rend(); ++at) {
        const WireSegment& segment = at->second;
        if (segment.flow == flow && segment.direction == Direction::to_server && (segment.flags & tcp_syn) != 0)
            return segment.state == WireSegment::State::arrived;
    }
    return false;
}

}  // namespace

std::vector<TcpEndKey> syn_requests(const World& world, const Socket& listener) {
    std::vector<const TcpEnd*> ends;
    for (const auto& [key, end] : world.tcp_ends) {
        if (end.state == TcpState::syn_rcvd && end.host == listener.host && came_to(listener, end.local)) ends.push_back(&end);
    }
    return oldest_first(std::move(ends));
}

std::vector<TcpEndKey> turned_away(const World& world, const Socket& listener) {
    std::vector<const TcpEnd*> ends;
    if (listener.host != TcpHost::server) return {};
    for (const auto& [key, end] : world.tcp_ends) {
        if (end.state != TcpState::syn_sent || end.host != TcpHost::client || !came_to(listener, end.peer)) continue;
        const auto flow = world.flow_between.find({end.local, end.peer});
        const TcpEnd* request = tcp_end(world, TcpHost::server, end.peer, end.local);
        const bool is_taken = request && request->state != TcpState::closed && request->state != TcpState::none;
        if (!is_taken && flow != world.flow_between.end() && syn_has_arrived(world, flow->second)) ends.push_back(&end);
    }
    return oldest_first(std::move(ends));
}

std::int64_t syn_queue_room(const Socket& listener) {
    // Linux compares this length with the same limit (inet_csk_reqsk_queue_is_full), from 4.10 on with >; before it was >=, one less.
    return accept_queue_room(listener);
}

std::vector<ConnectionId> accept_queue(const World& world, SocketId listener) {
    std::vector<const Connection*> waiting;
    for (const auto& [id, connection] : world.connections) {
        if (connection.listener != listener || connection.state != Connection::State::queued) continue;
        // Its connect has returned, but the server's kernel has not had the handshake's last segment: it is in the SYN queue yet.
        const TcpEnd* server_end = tcp_ends_of(world, connection).second;
        if (!server_end || server_end->state != TcpState::syn_rcvd) waiting.push_back(&connection);
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

}  // namespace synoptic
