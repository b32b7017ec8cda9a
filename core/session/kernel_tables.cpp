#include "core/session/kernel_tables.h"

#include <algorithm>

#include "core/kernel/proc.h"

namespace synoptic {

namespace {

constexpr std::uint64_t ms_ns = 1'000'000;
constexpr std::uint64_t read_every_ns = 100 * ms_ns;
constexpr std::uint64_t data_every_ns = 10 * ms_ns;
constexpr int looks_between_readings = 200;  // 2 to 3 µs each
// A timer that was not set again is told to expire at the same moment, but for the kernel's tick.
constexpr std::uint64_t timer_slack_ns = 30 * ms_ns;

TcpHost other_end(TcpHost host) {
    if (host == TcpHost::here) return host;
    return host == TcpHost::client ? TcpHost::server : TcpHost::client;
}

/** A state that a segment lets expect is not gone yet: the table has to say so. */
bool is_gone(const TcpEnd& end) {
    return end.state == TcpState::none || (end.state == TcpState::closed && end.known == Known::observed);
}

bool is_near(std::uint64_t left, std::uint64_t right) {
    return (left > right ? left - right : right - left) < timer_slack_ns;
}

/** True if the World says all of this already. */
bool is_known(const TcpEnd* end, const TcpSocket& socket, std::uint64_t timer_due_ns) {
    return end && end->known == Known::observed && end->socket == SocketId{socket.cookie} && end->state == socket.state &&
           end->receive_queue_bytes == socket.receive_queue_bytes && end->send_queue_bytes == socket.send_queue_bytes &&
           end->timer.kind == socket.timer.kind && end->timer.retransmits == socket.timer.retransmits &&
           is_near(end->timer_due_ns, timer_due_ns);
}

/** True if a socket of this machine's own network concerns us: it is ours, or it talks to a server of ours. */
bool is_ours(const World& world, const TcpSocket& socket) {
    const SocketId id{socket.cookie};
    if (world.sockets.count(id) != 0 || world.tcp_end_of.count(id) != 0) return true;
    return std::any_of(world.listening.begin(), world.listening.end(), [&](SocketId listener_id) {
        const Socket* listener = find(world, listener_id);
        if (!listener || listener->host != TcpHost::here || listener->local.port() == 0) return false;
        return listener->local.port() == socket.local.port() || listener->local.port() == socket.peer.port();
    });
}

}  // namespace

KernelTables::KernelTables() {
    hosts_[0].diag = std::make_unique<SockDiag>();
    hosts_[0].readable = true;
}

void KernelTables::read_hosts(int client_netlink_fd, int server_netlink_fd) {
    const int fds[] = {client_netlink_fd, server_netlink_fd};
    for (int at = 0; at < 2; ++at) {
        Host& host = hosts_[at + 1];
        host.diag = fds[at] >= 0 ? std::make_unique<SockDiag>(fds[at]) : nullptr;
        host.readable = host.diag != nullptr;
    }
    next_read_ns_ = 0;
}

void KernelTables::note_pair(TcpHost host, const Address& local, const Address& peer, bool is_data) {
    if (!local.known() || !peer.known() || local.port() == 0 || peer.port() == 0) return;
    auto& noted = is_data ? data_ : urgent_;
    noted.insert({host, local.canonical(), peer.canonical()});
    noted.insert({other_end(host), peer.canonical(), local.canonical()});
}

void KernelTables::note_socket(const World& world, SocketId id, bool is_data) {
    const Socket* socket = find(world, id);
    if (!socket || !hosts_[static_cast<int>(socket->host)].readable) return;
    note_pair(socket->host, socket->local, socket->peer, is_data);
}

void KernelTables::note(const Event& event, const World& world) {
    switch (event.kind) {
        case EventKind::connect:
        case EventKind::accept:
        case EventKind::close:
        case EventKind::shutdown:
        case EventKind::send:
        case EventKind::recv:
        case EventKind::read:
        case EventKind::write: {
            // close frees its descriptor at its enter, and the others have done their work at their exit.
            if (event.phase != Phase::exit || event.value < 0) return;
            const Actor* actor = find(world, event.actor);
            if (!actor) return;
            const bool is_data = event.kind != EventKind::connect && event.kind != EventKind::accept && event.kind != EventKind::close &&
                                 event.kind != EventKind::shutdown;
            if (event.kind == EventKind::accept) return note_socket(world, SocketId{event.socket}, is_data);
            if (event.kind != EventKind::close) {
                if (const Socket* socket = socket_behind(world, actor->process, event.fd)) note_socket(world, socket->id, is_data);
                return;
            }
            if (!world.ended_sockets.empty()) note_socket(world, world.ended_sockets.back(), false);
            return;
        }
        case EventKind::segment_sent:
        case EventKind::segment_arrived: {
            const WireSegment* segment = find(world, WireId{event.socket});
            if (!segment || !hosts_[1].readable) return;
            const bool is_data = (segment->flags & (tcp_syn | tcp_fin | tcp_rst)) == 0 && segment->payload_bytes != 0;
            const bool to_server = segment->direction == Direction::to_server;
            return note_pair(to_server ? TcpHost::client : TcpHost::server, segment->source, segment->destination, is_data);
        }
        case EventKind::listen:         // the table has its limit
        case EventKind::process_ended:  // whatever it held was closed without a call
            next_read_ns_ = 0;
            return;
        default:
            return;
    }
}

bool KernelTables::has_tables(const World& world) const {
    if (!world.listening.empty()) return true;
    return std::any_of(world.tcp_ends.begin(), world.tcp_ends.end(),
                       [this](const auto& entry) { return !is_gone(entry.second) && hosts_[static_cast<int>(entry.first.host)].readable; });
}

bool KernelTables::look(const World& world, std::uint64_t now_ns, const Tell& tell) {
    told_ = false;
    if (now_ns >= next_read_ns_ && (has_tables(world) || has_noted())) {
        read_all(world, now_ns, tell);
        return told_;
    }
    if (now_ns >= next_data_look_ns_ && !data_.empty()) {
        urgent_.merge(data_);
        data_.clear();
        next_data_look_ns_ = now_ns + data_every_ns;
    }
    while (!urgent_.empty() && looks_left_ > 0) {
        --looks_left_;
        read_one(world, *urgent_.begin(), now_ns, tell);
        urgent_.erase(urgent_.begin());
    }
    return told_;
}

void KernelTables::read_all(const World& world, std::uint64_t now_ns, const Tell& tell) {
    next_read_ns_ = now_ns + read_every_ns;
    looks_left_ = looks_between_readings;
    urgent_.clear();
    data_.clear();
    for (const TcpHost host : {TcpHost::here, TcpHost::client, TcpHost::server}) {
        if (hosts_[static_cast<int>(host)].readable) read_table(world, host, now_ns, tell);
    }
}

void KernelTables::read_table(const World& world, TcpHost host, std::uint64_t now_ns, const Tell& tell) {
    Host& asked = hosts_[static_cast<int>(host)];
    const Result<std::vector<TcpSocket>> table = asked.diag->tcp_sockets();
    if (!table) {
        asked.readable = false;  // forbidden here, or the lab is gone: what is shown stays inferred
        return;
    }
    std::set<TcpEndKey> seen;
    for (const TcpSocket& socket : *table) {
        if (socket.state == TcpState::listen) {
            tell_listener(world, socket, *table, tell);
            continue;
        }
        if (!socket.peer.known() || socket.peer.port() == 0 || (host == TcpHost::here && !is_ours(world, socket))) continue;
        seen.insert({host, socket.local.canonical(), socket.peer.canonical()});
        tell_end(world, host, socket, now_ns, tell);
    }
    for (const auto& [key, end] : world.tcp_ends) {
        if (key.host == host && !is_gone(end) && seen.count(key) == 0) tell_gone(end, tell);
    }
}

void KernelTables::read_one(const World& world, const TcpEndKey& key, std::uint64_t now_ns, const Tell& tell) {
    Host& asked = hosts_[static_cast<int>(key.host)];
    if (!asked.readable) return;
    const Result<std::optional<TcpSocket>> found = asked.diag->find_tcp_socket(key.local, key.peer);
    if (!found) return;  // the next reading of all will tell why
    if (*found && (*found)->state != TcpState::listen) return tell_end(world, key.host, **found, now_ns, tell);
    const TcpEnd* known = tcp_end(world, key.host, key.local, key.peer);
    if (known && !is_gone(*known)) tell_gone(*known, tell);
}

void KernelTables::tell_end(const World& world, TcpHost host, const TcpSocket& socket, std::uint64_t now_ns, const Tell& tell) {
    TcpFact fact{host, socket, 0};
    if (socket.timer.kind != TcpTimer::Kind::none) fact.timer_due_ns = now_ns + socket.timer.expires_ms * ms_ns;
    const TcpEnd* known = tcp_end(world, host, socket.local, socket.peer);
    if (!is_known(known, socket, fact.timer_due_ns)) {
        tell(EventKind::tcp_state, tcp_args(fact), tcp_payload(fact));
        told_ = true;
    }
    if (socket.inode != 0 && world.sockets.count(SocketId{socket.cookie}) == 0) tell_owner(world, socket, tell);
}

void KernelTables::tell_gone(const TcpEnd& end, const Tell& tell) {
    TcpFact fact{end.host, TcpSocket{}, 0};
    fact.socket.cookie = static_cast<std::uint64_t>(end.socket);
    fact.socket.state = TcpState::closed;
    fact.socket.local = end.local;
    fact.socket.peer = end.peer;
    tell(EventKind::tcp_state, tcp_args(fact), tcp_payload(fact));
    told_ = true;
}

void KernelTables::tell_listener(const World& world, const TcpSocket& listener, const std::vector<TcpSocket>& table, const Tell& tell) {
    const Socket* socket = find(world, SocketId{listener.cookie});
    if (!socket || socket->state != Socket::State::listening) return;
    const int syn_queue = static_cast<int>(syn_queue_length(table, listener));
    if (socket->kernel_queue == static_cast<int>(listener.accept_queue) && socket->syn_queue == syn_queue &&
        socket->kernel_backlog == static_cast<int>(listener.backlog)) {
        return;
    }
    tell(EventKind::listen_queue, {.a = listener.accept_queue, .b = listener.backlog, .value = syn_queue, .socket = listener.cookie}, {});
    told_ = true;
}

/** Who has a socket that no call has told of: looked up once, for it means reading all of /proc. */
void KernelTables::tell_owner(const World& world, const TcpSocket& socket, const Tell& tell) {
    if (world.tcp_end_of.count(SocketId{socket.cookie}) == 0 || !owners_asked_.insert(socket.cookie).second) return;
    const std::optional<SocketOwner> owner = owner_of_socket(socket.inode);
    if (!owner) return;
    tell(EventKind::socket_owner, {.a = owner->pid, .socket = socket.cookie}, owner->name);
    told_ = true;
}

}  // namespace synoptic
