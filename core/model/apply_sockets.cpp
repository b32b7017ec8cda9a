// What a call on a socket does to that socket once it has returned. The socket is the one that the descriptor pointed to when the call was entered.
//
//              bind           listen
//   created ─────────▶ bound ─────────▶ listening                          close, by the last holder: closed, from any state
//      │                 │
//      └──── connect ────┴─▶ connecting ──▶ connected ── shutdown, end of file ──▶ half_closed
//                                │  ▲
//                                ▼  │ connect
//                              failed
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/model/fold.h"
#include "core/trace/format.h"

namespace synoptic::fold {
namespace {

void bind_returned(const Return& back) {
    if (!back.ok()) return;
    const Address bound = payload_address(back.step.payload);  // with the port that the kernel chose for 0
    back.socket->local = bound.known() ? bound : back.call.address;
    if (back.socket->state == Socket::State::created) back.socket->state = Socket::State::bound;
}

void listen_returned(const Return& back) {
    if (!back.ok()) return;
    Socket& socket = *back.socket;
    if (socket.state == Socket::State::closed) return;
    if (const Address bound = payload_address(back.step.payload); bound.known()) socket.local = bound;
    socket.state = Socket::State::listening;
    socket.read_shut = false;
    socket.backlog = static_cast<int>(back.call.a);
    if (socket.backlog < 0) socket.backlog = 0;
    socket.kernel_backlog = -1;
    back.world().listening.insert(socket.id);
    Program* program = find_in(back.world().programs, back.actor.program);
    if (program && program->is_server) program->listener = socket.id;
}

/** The handshake is over, as far as this socket can tell. */
void client_is_connected(const Return& back, std::uint64_t since_ns) {
    Socket& socket = *back.socket;
    if (socket.state == Socket::State::closed || socket.state == Socket::State::listening) return;
    socket.state = Socket::State::connected;
    socket.last_error = 0;
    join_as_client(back.world(), socket, since_ns, back.time());
}

void connect_returned(const Return& back) {
    Socket& socket = *back.socket;
    const AddressPair pair = payload_pair(back.step.payload);
    const bool goes_on = back.error() == EINPROGRESS || back.error() == EINTR || back.error() == EALREADY;
    if (back.ok() || goes_on || back.error() == EISCONN) {
        if (pair.local.known()) socket.local = pair.local;
        if (socket.connection == ConnectionId::none) socket.peer = pair.peer.known() ? pair.peer : back.call.address;
        Program* program = find_in(back.world().programs, back.actor.program);
        if (program && !program->is_server) program->clientfd = socket.id;
        if (!goes_on)
            client_is_connected(back, socket.last_error == EINPROGRESS ? socket.created_ns : back.call.since_ns);
        else if (socket.state != Socket::State::closed)
            socket.last_error = EINPROGRESS;
    } else if (socket.state == Socket::State::connecting) {
        socket.state = Socket::State::failed;
    }
}

/** A connecting socket that carries bytes, or names its peer, has been connected meanwhile. */
void notice_connected(const Return& back) {
    if (back.socket->state == Socket::State::connecting) client_is_connected(back, back.socket->created_ns);
}

void half_close(Socket& socket) {
    if (socket.state == Socket::State::connected) socket.state = Socket::State::half_closed;
}

void note_reset(const Return& back) {
    // EPIPE after the program's own shutdown is no news of the other end.
    if (back.error() == ECONNRESET || (back.error() == EPIPE && !back.socket->write_shut)) back.socket->reset = true;
}

void sent(const Return& back) {
    if (!back.ok()) return note_reset(back);
    if (back.value() == 0) return;
    notice_connected(back);
    count_bytes(back.world(), *back.socket, true, static_cast<std::uint64_t>(back.value()), back.time());
}

void received(const Return& back) {
    if (!back.ok()) return note_reset(back);
    const bool has_flags = back.call.kind == EventKind::recv || back.call.kind == EventKind::recvfrom;
    if (has_flags && (back.call.b & MSG_PEEK)) return;  // the bytes stay in the queue
    if (back.value() > 0) {
        notice_connected(back);
        count_bytes(back.world(), *back.socket, false, static_cast<std::uint64_t>(back.value()), back.time());
    } else if (back.call.a != 0 && is_stream(*back.socket)) {
        back.socket->end_of_file = true;
        half_close(*back.socket);
    }
}

void shutdown_returned(const Return& back) {
    if (!back.ok()) return;
    Socket& socket = *back.socket;
    const std::int64_t how = back.call.a;
    if (how == SHUT_RD || how == SHUT_RDWR) socket.read_shut = true;
    if (socket.state == Socket::State::listening) {
        if (!socket.read_shut) return;
        socket.state = Socket::State::bound;  // and whoever waited in its queue is reset (inet_shutdown)
        socket.backlog = socket.kernel_backlog = -1;
        back.world().listening.erase(socket.id);
        settle_queue_of(back.world(), socket.id, back.time());
    } else if (how == SHUT_WR || how == SHUT_RDWR) {
        socket.write_shut = true;
        half_close(socket);
    }
}

}  // namespace

/** An int from the start of an option's value. */
int option_value(std::string_view payload) {
    int value = 0;
    if (!payload.empty()) std::memcpy(&value, payload.data(), std::min(payload.size(), sizeof value));
    return value;
}

void returned_on_socket(const Return& back) {
    switch (back.call.kind) {
        case EventKind::bind:
            return bind_returned(back);
        case EventKind::listen:
            return listen_returned(back);
        case EventKind::connect:
            return connect_returned(back);
        case EventKind::send:
        case EventKind::write:
            return sent(back);
        case EventKind::sendto:
            if (const Address own = payload_address(back.step.payload); back.ok() && own.known()) back.socket->local = own;
            return sent(back);
        case EventKind::recv:
        case EventKind::recvfrom:
        case EventKind::read:
            return received(back);
        case EventKind::shutdown:
            return shutdown_returned(back);
        case EventKind::setsockopt:
            if (back.ok())
                back.socket->options[{static_cast<int>(back.call.a), static_cast<int>(back.call.b)}] = static_cast<int>(back.call.value);
            return;
        case EventKind::getsockopt:
            if (back.ok() && back.call.a == SOL_SOCKET && back.call.b == SO_ERROR && option_value(back.step.payload) != 0) {
                back.socket->last_error = option_value(back.step.payload);
                back.socket->last_error_call = EventKind::connect;
                if (back.socket->state == Socket::State::connecting) back.socket->state = Socket::State::failed;
            }
            return;
        case EventKind::getsockname:
            if (const Address own = payload_address(back.step.payload); back.ok() && own.known()) back.socket->local = own;
            return;
        case EventKind::getpeername:
            if (const Address peer = payload_address(back.step.payload); back.ok() && peer.known()) {
                if (back.socket->connection == ConnectionId::none) back.socket->peer = peer;
                notice_connected(back);
            }
            return;
        default:
            return;
    }
}

}  // namespace synoptic::fold
