// A lab with a relay, a sink that writes down what it hears, and the kernel's tables of both hosts.
#pragma once

#include <linux/netlink.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "core/kernel/link_counters.h"
#include "core/kernel/sock_diag.h"
#include "core/wire/relay.h"
#include "tests/wire/lab_fixture.h"

namespace synoptic {

/** A segment on the wire, and what became of it. */
struct Seen {
    enum class Fate { on_its_way, waits, delivered, dropped };
    WireId id{};
    Direction direction{};
    std::uint64_t ticks = 0, fate_ticks = 0;
    Segment segment;
    std::vector<std::uint8_t> bytes;
    Fate fate = Fate::on_its_way;
    DropReason reason{};
    DeliverReason delivered{};
    HoldReason held{};
    std::int64_t place = 0;
    WireId copy_of{};
    std::uint64_t due_ns = 0;
};

using Which = std::function<bool(const Seen&)>;

class RecordingSink : public WireSink {
   public:
    void sent(const SentPacket& packet) override {
        change([&] {
            Seen& one = seen_.emplace_back();
            one.id = packet.id;
            one.direction = packet.direction;
            one.ticks = packet.ticks;
            one.segment = packet.segment;
            if (keep_bytes) one.bytes.assign(packet.bytes.begin(), packet.bytes.end());
        });
    }
    void held(const HeldPacket& packet) override {
        change([&] {
            Seen& one = at(packet.id);
            one.fate = Seen::Fate::waits;
            one.due_ns = packet.due_ns;
            one.place = packet.place;
            one.held = packet.reason;
            if (packet.copy_of != WireId::none) one.copy_of = packet.copy_of;
        });
    }
    void delivered(WireId id, DeliverReason reason, std::uint64_t ticks) override {
        change([&] {
            at(id).fate_ticks = ticks;
            at(id).delivered = reason;
        });
    }
    void arrived(WireId id, Direction, std::uint64_t) override {
        change([&] { at(id).fate = Seen::Fate::delivered; });
    }
    void dropped(WireId id, DropReason reason, int, std::uint64_t) override {
        change([&] {
            at(id).fate = Seen::Fate::dropped;
            at(id).reason = reason;
        });
    }
    void duplicated(WireId original, WireId copy, std::uint64_t) override {
        change([&] {
            Seen duplicate = at(original);
            duplicate.id = copy;
            seen_.push_back(duplicate);
        });
    }
    void not_waiting(WireId id, std::uint64_t) override {
        change([&] { late_.push_back(id); });
    }

    /** Waits until `count` such segments have been seen; the last of these. Nothing after patience_ms, and the test has failed. */
    std::optional<Seen> wait_for(const Which& which, int count = 1) {
        std::unique_lock lock(mutex_);
        std::optional<Seen> found;
        const bool came = changed_.wait_for(lock, std::chrono::milliseconds(patience_ms), [&] {
            int left = count;
            for (const Seen& one : seen_) {
                if (!which(one) || --left > 0) continue;
                found = one;
                return true;
            }
            return false;
        });
        EXPECT_TRUE(came) << "no such segment; seen were\n" << text();
        return found;
    }
    std::vector<Seen> all(const Which& which = [](const Seen&) { return true; }) {
        const std::lock_guard lock(mutex_);
        std::vector<Seen> found;
        std::copy_if(seen_.begin(), seen_.end(), std::back_inserter(found), which);
        return found;
    }

    bool was_late(WireId id) {
        const std::lock_guard lock(mutex_);
        return std::find(late_.begin(), late_.end(), id) != late_.end();
    }

    bool keep_bytes = false;

   private:
    template <class Change>
    void change(const Change& what) {
        const std::lock_guard lock(mutex_);
        what();
        changed_.notify_all();
    }
    Seen& at(WireId id) {
        // The numbers of one relay are consecutive, from 1.
        return seen_.at(static_cast<std::size_t>(id) - 1);
    }
    std::string text() const {
        std::string lines;
        for (const Seen& one : seen_) {
            lines += std::to_string(static_cast<std::uint64_t>(one.id)) +
                     (one.direction == Direction::to_server ? " to server " : " to client ") + flags_text(one.segment.flags) + " seq " +
                     std::to_string(one.segment.seq) + " ack " + std::to_string(one.segment.ack) + " length " +
                     std::to_string(one.segment.payload_bytes) + " window " + std::to_string(one.segment.window) + " fate " +
                     std::to_string(static_cast<int>(one.fate)) + "\n";
        }
        return lines;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Seen> seen_;
    std::vector<WireId> late_;  // orders that came too late
};

// ------------------------------------------------------------------------------------------------------------ which segment is meant

inline Which is_kind(std::uint8_t kind, Direction direction) {
    return [=](const Seen& one) { return one.direction == direction && (kinds_of(one.segment) & kind) != 0; };
}
inline const Which is_syn = is_kind(kind_syn, Direction::to_server);
inline const Which is_syn_ack = is_kind(kind_syn_ack, Direction::to_client);
inline const Which is_client_ack = is_kind(kind_ack, Direction::to_server);
inline const Which is_server_ack = is_kind(kind_ack, Direction::to_client);
inline const Which is_client_data = is_kind(kind_data, Direction::to_server);
inline const Which is_client_fin = is_kind(kind_fin, Direction::to_server);
inline const Which is_server_fin = is_kind(kind_fin, Direction::to_client);
inline const Which is_rst = [](const Seen& one) { return one.segment.has(tcp_rst); };
inline Which waits(const Which& which) {
    return [=](const Seen& one) { return one.fate == Seen::Fate::waits && which(one); };
}
inline Which was_delivered(const Which& which) {
    return [=](const Seen& one) { return one.fate == Seen::Fate::delivered && which(one); };
}

// ----------------------------------------------------------------------------------------------------------------------- the fixture

class WireTest : public LabTest {
   protected:
    void SetUp() override {
        LabTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        start_relay({});
        for (const Host host : {Host::client, Host::server}) {
            const Result<int> netlink = lab->open_socket(host, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
            ASSERT_TRUE(netlink) << netlink.error().text();
            diag[index_of(host)] = std::make_unique<SockDiag>(*netlink);
        }
    }
    void TearDown() override { relay.reset(); }

    void start_relay(const Rules& rules, std::size_t most_waiting = 10'000) {
        relay.reset();
        Result<std::unique_ptr<Relay>> started = Relay::start({.client_tun = lab->tun(Host::client),
                                                               .server_tun = lab->tun(Host::server),
                                                               .sink = &sink,
                                                               .rules = rules,
                                                               .next_id = &next_id,
                                                               .most_waiting = most_waiting});
        ASSERT_TRUE(started) << started.error().text();
        relay = std::move(*started);
    }

    OwnFd listen_at(std::uint16_t port, int backlog, int family = AF_INET, bool reuse_address = false) {
        OwnFd listenfd = open(Host::server, SOCK_STREAM, family);
        const int reuse = reuse_address;
        EXPECT_EQ(setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse), 0);
        const SocketAddress address = address_on_wire(Host::server, family, port);
        EXPECT_EQ(bind(listenfd, address.get(), address.length), 0) << strerror(errno);
        EXPECT_EQ(listen(listenfd, backlog), 0);
        return listenfd;
    }
    /** A client whose connect has begun. */
    OwnFd begin_connect(std::uint16_t port, int family = AF_INET) {
        OwnFd clientfd = open(Host::client, SOCK_STREAM | SOCK_NONBLOCK, family);
        const SocketAddress address = address_on_wire(Host::server, family, port);
        EXPECT_EQ(connect(clientfd, address.get(), address.length), -1);
        EXPECT_EQ(errno, EINPROGRESS);
        return clientfd;
    }
    static bool connected(int clientfd) {
        int error = 0;
        socklen_t length = sizeof error;
        return becomes(clientfd, POLLOUT) && getsockopt(clientfd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
    }
    static OwnFd accept_from(int listenfd) {
        EXPECT_TRUE(becomes(listenfd, POLLIN));
        OwnFd connfd(accept4(listenfd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        EXPECT_GE(connfd, 0) << strerror(errno);
        return connfd;
    }
    struct Connection {
        OwnFd listenfd, clientfd, connfd;
    };
    Connection make_connection(std::uint16_t port = 6666, int family = AF_INET, bool reuse_address = false) {
        Connection made;
        made.listenfd = listen_at(port, 8, family, reuse_address);
        made.clientfd = begin_connect(port, family);
        EXPECT_TRUE(connected(made.clientfd));
        made.connfd = accept_from(made.listenfd);
        return made;
    }
    static void send_text(int fd, const std::string& text) {
        EXPECT_EQ(::send(fd, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size())) << strerror(errno);
    }
    /** Reads until this many bytes have come, or the end. */
    static std::string receive(int fd, std::size_t size) {
        std::string text;
        while (text.size() < size && becomes(fd, POLLIN)) {
            char part[4096];
            const ssize_t got = recv(fd, part, std::min(sizeof part, size - text.size()), 0);
            if (got <= 0) break;
            text.append(part, static_cast<std::size_t>(got));
        }
        return text;
    }
    static bool at_end(int fd) {
        char byte;
        return becomes(fd, POLLIN) && recv(fd, &byte, 1, 0) == 0;
    }
    static Address name_of_socket(int fd, bool peer) {
        SocketAddress address;
        address.length = sizeof address.storage;
        if (peer)
            getpeername(fd, address.get(), &address.length);
        else
            getsockname(fd, address.get(), &address.length);
        return Address::from(address.get(), address.length);
    }

    /** A client's two ends by the kernels' tables, wherever its sockets are by now. */
    struct Ends {
        Address client, server;
    };
    static Ends ends_of(int clientfd, std::uint16_t port = 6666) {
        const SocketAddress server = address_on_wire(Host::server, AF_INET, port);
        return {name_of_socket(clientfd, false), Address::from(server.get(), server.length)};
    }
    TcpSocket socket_at(Host host, const Ends& ends) {
        const auto found =
            host == Host::client ? diag[0]->find_tcp_socket(ends.client, ends.server) : diag[1]->find_tcp_socket(ends.server, ends.client);
        EXPECT_TRUE(found) << found.error().text();
        TcpSocket closed;
        closed.state = TcpState::closed;
        return found && *found ? **found : closed;
    }
    TcpState state_at(Host host, const Ends& ends) { return socket_at(host, ends).state; }
    ::testing::AssertionResult comes_to(Host host, const Ends& ends, TcpState state) {
        if (eventually([&] { return state_at(host, ends) == state; })) return ::testing::AssertionSuccess();
        return ::testing::AssertionFailure() << addresses_of(host).name << " is in " << name_of(state_at(host, ends)) << " and not in "
                                             << name_of(state);
    }
    TcpSocket listener(std::uint16_t port = 6666) {
        const auto table = diag[1]->tcp_sockets();
        EXPECT_TRUE(table);
        const auto found = std::find_if(table->begin(), table->end(),
                                        [&](const TcpSocket& one) { return one.state == TcpState::listen && one.local.port() == port; });
        return found == table->end() ? TcpSocket{} : *found;
    }

    /** By hand, and waits until the relay has done it. */
    void deliver(const std::optional<Seen>& one) {
        if (!one) return;
        relay->deliver(one->id);
        sink.wait_for([&](const Seen& now) { return now.id == one->id && now.fate == Seen::Fate::delivered; });
    }
    void drop(const std::optional<Seen>& one) {
        if (!one) return;
        relay->drop(one->id);
        sink.wait_for([&](const Seen& now) { return now.id == one->id && now.fate == Seen::Fate::dropped; });
    }

    RecordingSink sink;
    std::atomic<std::uint64_t> next_id = 1;
    std::unique_ptr<Relay> relay;
    std::unique_ptr<SockDiag> diag[2];
};

}  // namespace synoptic
