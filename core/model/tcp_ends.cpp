// The ends of connections: what the kernel's table says of them, and what a segment lets expect until it does (RFC 9293, 3.3.2).
//
//   a segment is sent or arrives ──▶ inferred ──▶ the table is read ──▶ observed
#include "core/model/fold.h"

namespace synoptic::fold {
namespace {

/** True if `a` is at or after `b` among sequence numbers. */
bool reaches(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(a - b) >= 0;
}

/** No program has anything to do with it. In TIME_WAIT the kernel keeps it for a minute: of a busy server's thousands the last hundred are kept here. */
bool is_over(TcpState state) {
    return state == TcpState::closed || state == TcpState::time_wait;
}

void set_state(const Step& step, TcpEnd& end, TcpState state, Known known) {
    const World& world = step.world;
    if (end.state != state) {
        end.before = end.state;
        end.state = state;
        end.since_ns = step.event.time;
        const TcpEndKey key = TcpEndKey::of(end.host, end.local, end.peer);
        if (is_over(state) && !is_over(end.before))
            step.world.ended_tcp_ends.push_back(key);
        else if (!is_over(state) && is_over(end.before))
            forget(step.world.ended_tcp_ends, key);
    }
    end.known = known;
    end.told_by = world.events;
}

TcpEnd& end_at(const Step& step, const TcpEndKey& key) {
    const auto [at, is_new] = step.world.tcp_ends.try_emplace(key);
    TcpEnd& end = at->second;
    if (is_new) {
        end.host = key.host;
        end.local = key.local;
        end.peer = key.peer;
        end.since_ns = step.event.time;
    }
    return end;
}

/** A new connection has these addresses now: what was known of the older one is no longer so. */
void begin_anew(const Step& step, TcpEnd& end) {
    const TcpEndKey key = TcpEndKey::of(end.host, end.local, end.peer);
    forget(step.world.ended_tcp_ends, key);
    if (end.socket != SocketId::none) step.world.tcp_end_of.erase(end.socket);
    end = TcpEnd{};
    end.host = key.host;
    end.local = key.local;
    end.peer = key.peer;
    end.since_ns = step.event.time;
}

/** What the table tells of a socket that calls have told of. */
void tell_socket(const Step& step, const TcpEnd& end) {
    Socket* socket = find_in(step.world.sockets, end.socket);
    if (!socket) return;
    socket->host = end.host;
    // connect chooses a port at its enter; until it returns only the table knows which.
    if (socket->state != Socket::State::closed && (!socket->local.known() || socket->local.port() == 0)) socket->local = end.local;
}

TcpHost host_of_sender(const WireSegment& segment) {
    if (segment.on_loopback) return TcpHost::here;
    return segment.direction == Direction::to_server ? TcpHost::client : TcpHost::server;
}
TcpHost host_of_receiver(const WireSegment& segment) {
    if (segment.on_loopback) return TcpHost::here;
    return segment.direction == Direction::to_server ? TcpHost::server : TcpHost::client;
}

TcpState after_sending(TcpState state, std::uint8_t flags) {
    if ((flags & tcp_rst) != 0) return TcpState::closed;
    if ((flags & tcp_syn) != 0) {
        // Of one that is sent again nothing follows: its end may be further on.
        const bool begins = state == TcpState::none || state == TcpState::closed || state == TcpState::syn_sent;
        if (!begins) return state;
        return (flags & tcp_ack) != 0 ? TcpState::syn_rcvd : TcpState::syn_sent;
    }
    if ((flags & tcp_fin) != 0) {
        if (state == TcpState::established || state == TcpState::syn_rcvd) return TcpState::fin_wait_1;
        if (state == TcpState::close_wait) return TcpState::last_ack;
    }
    return state;
}

/** `fin_acked`: the segment acknowledges this end's own FIN. */
TcpState after_receiving(TcpState state, std::uint8_t flags, bool fin_acked) {
    if ((flags & tcp_rst) != 0) return TcpState::closed;
    if (state == TcpState::syn_sent) {
        if ((flags & tcp_syn) == 0) return state;
        return (flags & tcp_ack) != 0 ? TcpState::established : TcpState::syn_rcvd;
    }
    if ((flags & tcp_syn) != 0) return state;  // a SYN+ACK that nobody waits for is answered with a RST
    if (state == TcpState::syn_rcvd && (flags & tcp_ack) != 0) state = TcpState::established;
    if (fin_acked) {
        if (state == TcpState::fin_wait_1)
            state = TcpState::fin_wait_2;
        else if (state == TcpState::closing)
            state = TcpState::time_wait;
        else if (state == TcpState::last_ack)
            state = TcpState::closed;
    }
    if ((flags & tcp_fin) != 0) {
        if (state == TcpState::established) return TcpState::close_wait;
        if (state == TcpState::fin_wait_1) return TcpState::closing;
        if (state == TcpState::fin_wait_2) return TcpState::time_wait;
    }
    return state;
}

bool may_begin(const TcpEnd& end) {
    return end.state == TcpState::none || end.state == TcpState::closed || end.state == TcpState::time_wait;
}

}  // namespace

void infer_sent(const Step& step, const WireSegment& segment) {
    const TcpEndKey key = TcpEndKey::of(host_of_sender(segment), segment.source, segment.destination);
    TcpEnd* known = find_in(step.world.tcp_ends, key);
    const bool opens = (segment.flags & tcp_syn) != 0;
    if (!known && !opens) return;  // a RST of no connection, or one that began unseen
    TcpEnd& end = known ? *known : end_at(step, key);
    if (opens && may_begin(end) && end.state != TcpState::none) begin_anew(step, end);
    const std::uint32_t length = segment.payload_bytes + (opens ? 1u : 0u) + ((segment.flags & tcp_fin) != 0 ? 1u : 0u);
    const std::uint32_t behind = segment.seq + length;
    if (opens || reaches(behind, end.next_seq)) end.next_seq = behind;
    end.fin_sent = end.fin_sent || (segment.flags & tcp_fin) != 0;
    const TcpState state = after_sending(end.state, segment.flags);
    if (state != end.state) set_state(step, end, state, Known::inferred);
}

void infer_arrived(const Step& step, const WireSegment& segment) {
    const TcpEndKey key = TcpEndKey::of(host_of_receiver(segment), segment.destination, segment.source);
    TcpEnd* end = find_in(step.world.tcp_ends, key);
    // What a SYN does to a listener depends on its queues: the answer's own way tells.
    if (!end || (segment.flags & (tcp_syn | tcp_ack)) == tcp_syn) return;
    const bool acks = (segment.flags & tcp_ack) != 0;
    const bool fin_acked = end->fin_sent && acks && reaches(segment.ack, end->next_seq);
    const TcpState state = after_receiving(end->state, segment.flags, fin_acked);
    if (state != end->state) set_state(step, *end, state, Known::inferred);
}

void tcp_state_told(const Step& step) {
    const TcpFact fact = read_tcp_fact(step.event, step.payload);
    const TcpSocket& told = fact.socket;
    const SocketId id{told.cookie};
    if (!told.local.known()) {
        // The table has no such socket any more.
        const auto key = step.world.tcp_end_of.find(id);
        TcpEnd* gone = key == step.world.tcp_end_of.end() ? nullptr : find_in(step.world.tcp_ends, key->second);
        if (gone && gone->socket == id) {
            set_state(step, *gone, TcpState::closed, Known::observed);
            gone->timer = TcpTimer{};
            gone->timer_due_ns = 0;
            gone->receive_queue_bytes = gone->send_queue_bytes = 0;
        }
        return;
    }
    TcpEnd& end = end_at(step, TcpEndKey::of(fact.host, told.local, told.peer));
    if (end.socket != SocketId::none && end.socket != id) begin_anew(step, end);
    if (end.socket == SocketId::none && id != SocketId::none) {
        end.socket = id;
        step.world.tcp_end_of[id] = TcpEndKey::of(fact.host, told.local, told.peer);
    }
    set_state(step, end, told.state, Known::observed);
    end.timer = told.timer;
    end.timer.expires_ms = 0;
    end.timer_due_ns = told.timer.kind == TcpTimer::Kind::none ? 0 : fact.timer_due_ns;
    end.receive_queue_bytes = told.receive_queue_bytes;
    end.send_queue_bytes = told.send_queue_bytes;
    tell_socket(step, end);
}

void owner_told(const Step& step) {
    const auto key = step.world.tcp_end_of.find(SocketId{step.event.socket});
    TcpEnd* end = key == step.world.tcp_end_of.end() ? nullptr : find_in(step.world.tcp_ends, key->second);
    if (!end) return;
    end->owner_pid = static_cast<pid_t>(step.event.a);
    end->owner = step.payload;
}

void table_lost(const Step& step) {
    const auto host = static_cast<std::size_t>(step.event.a);
    if (step.event.a < 0 || host >= step.world.table_trouble.size()) return;
    step.world.table_trouble[host] = step.event.b == 0 ? "" : step.payload;
    if (step.event.b == 0) return;
    for (auto& [key, end] : step.world.tcp_ends) {
        if (key.host == static_cast<TcpHost>(host)) end.known = Known::inferred;  // so it was, and may be no more
    }
}

void forget_tcp_end(World& world, const TcpEndKey& key) {
    const TcpEnd* end = find_in(world.tcp_ends, key);
    if (!end) return;
    const auto of = world.tcp_end_of.find(end->socket);
    if (of != world.tcp_end_of.end() && of->second == key) world.tcp_end_of.erase(of);
    world.tcp_ends.erase(key);
}

}  // namespace synoptic::fold
