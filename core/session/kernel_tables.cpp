#include "core/session/kernel_tables.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <system_error>
#include <utility>

#include "core/base/clock.h"

namespace synoptic {

namespace {

constexpr std::uint64_t read_every_ns = 100 * ms_ns;
constexpr std::uint64_t data_every_ns = 20 * ms_ns;    // a frame or so
constexpr std::uint64_t data_share_of_time = 60;       // of which this takes one
constexpr std::uint64_t walk_every_ns = 1000 * ms_ns;  // where nothing moves
constexpr std::uint64_t share_of_time = 20;  // readings take a twentieth of the time at most: they are put off where there are many sockets
constexpr std::uint64_t try_again_ns = 1000 * ms_ns;  // a table that could not be read
constexpr int looks_between_readings = 200;           // 2 to 3 µs each
constexpr std::size_t most_single_looks = 150;        // ends of a host; of more, a walk says which have changed
// A timer that was not set again is told to expire at the same moment, but for the kernel's tick.
constexpr std::uint64_t timer_slack_ns = 30 * ms_ns;

/** What this thread has had of a processor: what a reading costs, however long it had to wait for its turn. */
std::uint64_t thread_time_ns() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

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

/** True if the World knows this socket there, and in this state. */
bool knows_state(const TcpEnd* end, const TcpSocket& socket) {
    return end && end->known == Known::observed && end->socket == SocketId{socket.cookie} && end->state == socket.state;
}

/** True if the World says all of this already. */
bool is_known(const TcpEnd* end, const TcpSocket& socket, std::uint64_t timer_due_ns) {
    return knows_state(end, socket) && end->receive_queue_bytes == socket.receive_queue_bytes &&
           end->send_queue_bytes == socket.send_queue_bytes && end->timer.kind == socket.timer.kind &&
           end->timer.retransmits == socket.timer.retransmits && is_near(end->timer_due_ns, timer_due_ns);
}

bool is_same_end(const Address& wildcard_or_end, const Address& local) {
    if (wildcard_or_end.port() != local.port()) return false;
    return wildcard_or_end.is_wildcard() || wildcard_or_end.canonical() == local.canonical();
}

/** True if a server of ours on this machine's own network listens where this end is. */
bool is_at_our_listener(const World& world, const Address& local) {
    return std::any_of(world.listening.begin(), world.listening.end(), [&](SocketId id) {
        const Socket* listener = find(world, id);
        return listener && listener->host == TcpHost::here && listener->local.port() != 0 && is_same_end(listener->local, local);
    });
}

/** Those of this machine's own network that concern us: ours, and both ends of who talks to a server of ours. */
std::set<TcpEndKey> ours_among(const World& world, const std::vector<TcpSocket>& table) {
    std::set<TcpEndKey> ours;
    for (const TcpSocket& socket : table) {
        const TcpEndKey key = TcpEndKey::of(TcpHost::here, socket.local, socket.peer);
        const bool known = world.sockets.count(SocketId{socket.cookie}) != 0 || world.tcp_ends.count(key) != 0;
        if (known || is_at_our_listener(world, socket.local)) ours.insert({key, key.other(TcpHost::here)});
    }
    return ours;
}

bool has_listener(const World& world, TcpHost host) {
    return std::any_of(world.listening.begin(), world.listening.end(), [&](SocketId id) {
        const Socket* listener = find(world, id);
        return listener && listener->host == host;
    });
}

template <class Visitor>
void for_each_live_end(const World& world, TcpHost host, Visitor visitor) {
    for (auto at = world.tcp_ends.lower_bound({host, {}, {}}); at != world.tcp_ends.end() && at->first.host == host; ++at) {
        if (!is_gone(at->second)) visitor(at->first, at->second);
    }
}

}  // namespace

KernelTables::KernelTables(Hooks hooks) : hooks_(std::move(hooks)) {
    host(TcpHost::here).diag = std::make_unique<SockDiag>();
}

void KernelTables::read_hosts(int client_netlink_fd, int server_netlink_fd) {
    const int fds[] = {client_netlink_fd, server_netlink_fd};
    for (int at = 0; at < 2; ++at) hosts_[at + 1] = Host{fds[at] >= 0 ? std::make_unique<SockDiag>(fds[at]) : nullptr, false, 0};
    next_read_ns_ = next_walk_ns_ = 0;
    moved_ = true;  // what was on the wire before is not known
}

bool KernelTables::is_readable(TcpHost which, std::uint64_t now_ns) const {
    const Host& asked = hosts_[static_cast<int>(which)];
    return asked.diag && now_ns >= asked.not_before_ns;
}

void KernelTables::note_pair(std::set<TcpEndKey>& noted, TcpHost which, const Address& local, const Address& peer) {
    if (!local.known() || !peer.known() || local.port() == 0 || peer.port() == 0) return;
    const TcpEndKey key = TcpEndKey::of(which, local, peer);
    noted.insert({key, key.other(other_end(which))});
}

bool KernelTables::note_socket(std::set<TcpEndKey>& noted, const World& world, SocketId id) {
    const Socket* socket = find(world, id);
    if (!socket || !host(socket->host).diag) return false;
    note_pair(noted, socket->host, socket->local, socket->peer);
    return true;
}

void KernelTables::note_change(const World& world, SocketId id) {
    if (note_socket(urgent_, world, id)) moved_ = true;
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
            if (event.kind == EventKind::accept) return note_change(world, SocketId{event.socket});
            if (event.kind == EventKind::close) {
                if (!world.ended_sockets.empty()) note_change(world, world.ended_sockets.back());
                return;
            }
            const Socket* socket = socket_behind(world, actor->process, event.fd);
            if (!socket) return;
            if (event.kind == EventKind::connect || event.kind == EventKind::shutdown) return note_change(world, socket->id);
            data_sockets_.insert(socket->id);
            return;
        }
        case EventKind::segment_sent:
        case EventKind::segment_arrived: {
            const WireSegment* segment = find(world, WireId{event.socket});
            if (!segment || (!segment->on_loopback && !host(TcpHost::client).diag)) return;
            const bool begins_or_ends = (segment->flags & (tcp_syn | tcp_fin | tcp_rst)) != 0;
            const bool is_data = !begins_or_ends && segment->payload_bytes != 0;
            moved_ = moved_ || begins_or_ends;
            const bool to_server = segment->direction == Direction::to_server;
            return note_pair(is_data ? data_ : urgent_,
                             segment->on_loopback ? TcpHost::here
                             : to_server          ? TcpHost::client
                                                  : TcpHost::server,
                             segment->source, segment->destination);
        }
        case EventKind::listen:         // the table has its limit
        case EventKind::process_ended:  // whatever it held was closed without a call
            next_read_ns_ = 0;
            moved_ = true;
            return;
        default:
            return;
    }
}

bool KernelTables::has_tables(const World& world) const {
    if (!world.listening.empty()) return true;
    return std::any_of(world.tcp_ends.begin(), world.tcp_ends.end(),
                       [this](const auto& entry) { return !is_gone(entry.second) && hosts_[static_cast<int>(entry.first.host)].diag; });
}

bool KernelTables::look(const World& world) {
    told_ = false;
    tell_owners(world);
    const std::uint64_t now_ns = hooks_.now().ns;
    if (now_ns >= next_read_ns_ && (has_tables(world) || has_noted())) {
        const std::uint64_t began_ns = thread_time_ns();
        read_by_the_clock(world);
        next_read_ns_ = now_ns + std::max(read_every_ns, (thread_time_ns() - began_ns) * share_of_time);
        return told_;
    }
    const bool looks_at_data = now_ns >= next_data_look_ns_ && (!data_.empty() || !data_sockets_.empty());
    const std::uint64_t began_ns = looks_at_data ? thread_time_ns() : 0;
    if (looks_at_data) {
        for (const SocketId id : std::exchange(data_sockets_, {})) note_socket(data_, world, id);
        urgent_.merge(data_);
        data_.clear();
    }
    while (!urgent_.empty() && looks_left_ > 0) {
        --looks_left_;
        look_at(world, *urgent_.begin());
        urgent_.erase(urgent_.begin());
    }
    if (looks_at_data) next_data_look_ns_ = now_ns + std::max(data_every_ns, (thread_time_ns() - began_ns) * data_share_of_time);
    return told_;
}

/** Looks at what is known; and walks through the tables if something moved, so that an end may be there which is not known yet. */
void KernelTables::read_by_the_clock(const World& world) {
    looks_left_ = looks_between_readings;
    urgent_.clear();
    data_.clear();
    data_sockets_.clear();
    const std::uint64_t now_ns = hooks_.now().ns;
    const bool moved = std::exchange(moved_, false);
    // Nothing can begin on the wire that no segment tells of, but another program on this machine's own network may.
    const bool may_be_unseen = now_ns >= next_walk_ns_;
    if (moved || may_be_unseen) next_walk_ns_ = now_ns + walk_every_ns;
    for (const TcpHost which : {TcpHost::here, TcpHost::client, TcpHost::server}) {
        if (!is_readable(which, now_ns)) continue;
        if (moved || host(which).told_lost || (may_be_unseen && which == TcpHost::here)) {
            walk(world, which);
        } else {
            look_at_listeners(world, which);
            look_at_known(world, which);
        }
    }
    find_owners(world);
}

void KernelTables::look_at_known(const World& world, TcpHost which) {
    std::vector<TcpEndKey> known;
    for_each_live_end(world, which, [&](const TcpEndKey& key, const TcpEnd&) { known.push_back(key); });
    if (known.size() > most_single_looks) return walk(world, which);
    for (const TcpEndKey& key : known) look_at(world, key);
}

/** The accept queues; how long a SYN queue is only a walk tells. */
void KernelTables::look_at_listeners(const World& world, TcpHost which) {
    if (!has_listener(world, which)) return;
    const Moment asked = hooks_.now();
    const Result<std::vector<TcpSocket>> listeners = host(which).diag->listeners();
    if (!listeners) return failed(which, listeners.error());
    for (const TcpSocket& listener : *listeners) {
        if (const Socket* socket = find(world, SocketId{listener.cookie})) tell_listener(world, listener, socket->syn_queue, asked);
    }
}

/** The table says which ends differ from what is known; each of them is looked at once more, for the moment of its own. */
void KernelTables::walk(const World& world, TcpHost which) {
    std::set<TcpEndKey> to_look_at;
    bool in_time_wait = false;
    for_each_live_end(world, which, [&](const TcpEndKey& key, const TcpEnd& end) {
        to_look_at.insert(key);  // unless it is found as it is known to be
        in_time_wait = in_time_wait || end.state == TcpState::time_wait;
    });
    if (to_look_at.empty() && !has_listener(world, which)) return;
    const Moment asked = hooks_.now();
    // Those in TIME_WAIT may be thousands, and other programs': they are left out while none is ours.
    const Result<std::vector<TcpSocket>> table = host(which).diag->tcp_sockets(in_time_wait ? WithTimeWait::yes : WithTimeWait::no);
    if (!table) return failed(which, table.error());
    if (std::exchange(host(which).told_lost, false)) tell(asked.ticks, EventKind::table_lost, {.a = static_cast<int>(which)}, {});
    const std::set<TcpEndKey> ours = which == TcpHost::here ? ours_among(world, *table) : std::set<TcpEndKey>{};
    for (const TcpSocket& socket : *table) {
        if (socket.state == TcpState::listen) {
            tell_listener(world, socket, static_cast<int>(syn_queue_length(*table, socket)), asked);
            continue;
        }
        const TcpEndKey key = TcpEndKey::of(which, socket.local, socket.peer);
        if (!socket.peer.known() || socket.peer.port() == 0 || (which == TcpHost::here && ours.count(key) == 0)) continue;
        const std::uint64_t due_ns = socket.timer.kind == TcpTimer::Kind::none ? 0 : asked.ns + socket.timer.expires_ms * ms_ns;
        if (is_known(tcp_end(world, which, socket.local, socket.peer), socket, due_ns))
            to_look_at.erase(key);
        else
            to_look_at.insert(key);
        if (socket.inode != 0 && world.sockets.count(SocketId{socket.cookie}) == 0) strangers_[socket.inode] = socket.cookie;
    }
    for (const TcpEndKey& key : to_look_at) look_at(world, key);
}

void KernelTables::look_at(const World& world, const TcpEndKey& key) {
    const Moment asked = hooks_.now();
    if (!is_readable(key.host, asked.ns)) return;
    const Result<std::optional<TcpSocket>> found = host(key.host).diag->find_tcp_socket(key.local, key.peer);
    if (!found) return failed(key.host, found.error());
    if (*found) return tell_end(world, key.host, **found, asked);
    const TcpEnd* known = tcp_end(world, key.host, key.local, key.peer);
    if (known && !is_gone(*known)) tell_gone(*known, asked);
}

void KernelTables::tell_end(const World& world, TcpHost which, const TcpSocket& socket, Moment asked) {
    TcpFact fact{which, socket, 0};
    if (socket.timer.kind != TcpTimer::Kind::none) fact.timer_due_ns = asked.ns + socket.timer.expires_ms * ms_ns;
    const TcpEnd* known = tcp_end(world, which, socket.local, socket.peer);
    if (is_known(known, socket, fact.timer_due_ns)) return;
    moved_ = moved_ || !knows_state(known, socket);
    tell(asked.ticks, EventKind::tcp_state, tcp_args(fact), tcp_payload(fact));
}

void KernelTables::tell_gone(const TcpEnd& end, Moment asked) {
    TcpFact fact{end.host, TcpSocket{}, 0};
    fact.socket.cookie = static_cast<std::uint64_t>(end.socket);
    fact.socket.state = TcpState::closed;
    fact.socket.local = end.local;
    fact.socket.peer = end.peer;
    moved_ = true;
    tell(asked.ticks, EventKind::tcp_state, tcp_args(fact), tcp_payload(fact));
}

void KernelTables::tell_listener(const World& world, const TcpSocket& listener, int syn_queue, Moment asked) {
    const Socket* socket = find(world, SocketId{listener.cookie});
    if (!socket || socket->state != Socket::State::listening) return;
    if (socket->kernel_queue == static_cast<int>(listener.accept_queue) && socket->syn_queue == syn_queue &&
        socket->kernel_backlog == static_cast<int>(listener.backlog)) {
        return;
    }
    moved_ = true;
    tell(asked.ticks, EventKind::listen_queue,
         {.a = listener.accept_queue, .b = listener.backlog, .value = syn_queue, .socket = listener.cookie}, {});
}

void KernelTables::tell(std::uint64_t ticks, EventKind kind, const Args& args, std::string payload) {
    hooks_.tell(ticks, kind, args, std::move(payload));
    told_ = true;
}

/** Forbidden here, out of memory, or the lab is gone: what is shown is inferred from now on, until an answer comes again. */
void KernelTables::failed(TcpHost which, const Error& error) {
    const Moment now = hooks_.now();
    host(which).not_before_ns = now.ns + try_again_ns;
    if (!std::exchange(host(which).told_lost, true))
        tell(now.ticks, EventKind::table_lost, {.a = static_cast<int>(which), .b = error.err}, error.text());
}

/** Who has a socket that no call has told of. One that accept has just made is known at the next reading: asked are those that are unknown twice. */
void KernelTables::find_owners(const World& world) {
    if (search_.valid() || strangers_.empty()) return;
    std::set<std::uint64_t> seen;
    std::set<std::uint32_t> inodes;
    for (const auto& [inode, cookie] : std::exchange(strangers_, {})) {
        const SocketId id{cookie};
        if (world.sockets.count(id) != 0 || owners_asked_.count(cookie) != 0) continue;
        seen.insert(cookie);
        if (strangers_before_.count(cookie) == 0 || world.tcp_end_of.count(id) == 0) continue;
        owners_asked_.insert(cookie);
        inodes.insert(inode);
        searched_[inode] = cookie;
    }
    strangers_before_ = std::move(seen);
    moved_ = moved_ || !strangers_before_.empty();  // so that the next reading is a walk
    if (inodes.empty()) return;
    try {
        search_ = std::async(std::launch::async, [inodes = std::move(inodes)] { return owners_of_sockets(inodes); });
    } catch (const std::system_error&) {  // no thread to be had: they stay unnamed
        searched_.clear();
    }
}

void KernelTables::tell_owners(const World& world) {
    if (!search_.valid() || search_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
    const Moment now = hooks_.now();
    for (const auto& [inode, owner] : search_.get()) {
        const bool ours =
            owner.pid == getpid() || std::any_of(world.processes.begin(), world.processes.end(), [pid = owner.pid](const auto& entry) {
                return entry.second.pid == pid && entry.second.state != Process::State::reaped;
            });
        if (!ours) tell(now.ticks, EventKind::socket_owner, {.a = owner.pid, .socket = searched_[inode]}, owner.name);
    }
    searched_.clear();
}

}  // namespace synoptic
