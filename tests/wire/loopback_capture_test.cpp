// Segments on this machine's own loopback, captured where the tests may (as root).
#include "core/wire/loopback_capture.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <map>
#include <string>
#include <thread>

#include "core/base/clock.h"

namespace synoptic {
namespace {

constexpr auto patience = std::chrono::seconds(20);

class Notes : public WireSink {
   public:
    struct Note {
        Direction direction{};
        std::uint8_t flags = 0;
        std::uint32_t payload_bytes = 0;
        std::uint16_t server_port = 0;
        std::uint64_t sent = 0, arrived = 0;
    };
    void sent(const SentPacket& packet) override {
        const std::lock_guard lock(mutex_);
        const bool to_server = packet.direction == Direction::to_server;
        notes_[packet.id] = {packet.direction,
                             packet.segment.flags,
                             packet.segment.payload_bytes,
                             (to_server ? packet.segment.destination : packet.segment.source).port(),
                             packet.ticks,
                             0};
    }
    void arrived(WireId id, Direction, std::uint64_t ticks) override {
        const std::lock_guard lock(mutex_);
        notes_[id].arrived = ticks;
        changed_.notify_all();
    }
    void held(const HeldPacket&) override { ADD_FAILURE() << "nothing waits on loopback"; }
    void delivered(WireId, DeliverReason, std::uint64_t) override {}
    void dropped(WireId, DropReason, int, std::uint64_t) override {}
    void duplicated(WireId, WireId, std::uint64_t) override {}

    /** Waits until a segment has arrived of which `condition` is true. */
    template <class Condition>
    bool wait_for(Condition condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] {
            return std::any_of(notes_.begin(), notes_.end(),
                               [&](const auto& note) { return note.second.arrived != 0 && condition(note.second); });
        });
    }
    std::map<WireId, Note> all() const {
        const std::lock_guard lock(mutex_);
        return notes_;
    }

   private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<WireId, Note> notes_;
};

int listen_on(int family, std::uint16_t& port) {
    const int listenfd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_storage storage{};
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    storage.ss_family = static_cast<sa_family_t>(family);
    socklen_t length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (family == AF_INET)
        reinterpret_cast<sockaddr_in*>(&storage)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        reinterpret_cast<sockaddr_in6*>(&storage)->sin6_addr = in6addr_loopback;
    if (bind(listenfd, address, length) < 0 || listen(listenfd, 3) < 0 || getsockname(listenfd, address, &length) < 0) {
        close(listenfd);
        return -1;
    }
    port = ntohs(family == AF_INET ? reinterpret_cast<sockaddr_in*>(&storage)->sin_port
                                   : reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port);
    return listenfd;
}

int connect_to(int listenfd) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    getsockname(listenfd, reinterpret_cast<sockaddr*>(&storage), &length);
    const int clientfd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(clientfd, reinterpret_cast<sockaddr*>(&storage), length), 0);
    return clientfd;
}

class LoopbackCaptureTest : public testing::TestWithParam<int> {
   protected:
    void SetUp() override {
        Result<std::unique_ptr<LoopbackCapture>> started = LoopbackCapture::start({.sink = &notes, .next_id = &next_id});
        if (!started && started.error().err == EPERM) GTEST_SKIP() << "this user may not capture";
        ASSERT_TRUE(started) << started.error().text();
        capture = std::move(*started);
    }
    Notes notes;
    std::atomic<std::uint64_t> next_id = 17;
    std::unique_ptr<LoopbackCapture> capture;
};

TEST_P(LoopbackCaptureTest, AConnectionsSegmentsAreToldOnce) {
    std::uint16_t port = 0, other_port = 0;
    const int listenfd = listen_on(GetParam(), port), otherfd = listen_on(GetParam(), other_port);
    if (listenfd < 0) GTEST_SKIP() << "this host has no such loopback";
    capture->watch({port});
    const int unwatched = connect_to(otherfd), clientfd = connect_to(listenfd), connfd = accept(listenfd, nullptr, nullptr);
    ASSERT_EQ(write(clientfd, "hello", 5), 5);
    char line[5];
    ASSERT_EQ(read(connfd, line, 5), 5);
    close(clientfd);
    close(connfd);
    ASSERT_TRUE(
        notes.wait_for([](const Notes::Note& note) { return note.direction == Direction::to_client && (note.flags & tcp_fin) != 0; }));

    int syns = 0, syn_acks = 0, with_data = 0;
    for (const auto& [id, note] : notes.all()) {
        EXPECT_EQ(note.server_port, port) << "not asked for";
        EXPECT_GE(static_cast<std::uint64_t>(id), 17u);
        if (note.arrived != 0) EXPECT_LE(note.sent, note.arrived);
        syns += (note.flags & (tcp_syn | tcp_ack)) == tcp_syn;
        syn_acks += (note.flags & (tcp_syn | tcp_ack)) == (tcp_syn | tcp_ack);
        with_data += note.payload_bytes == 5 && note.direction == Direction::to_server;
    }
    EXPECT_EQ(syns, 1);
    EXPECT_EQ(syn_acks, 1);
    EXPECT_EQ(with_data, 1);
    for (const int fd : {unwatched, otherfd, listenfd}) close(fd);
}

// Else a segment could stand behind the call that it ends, for the capture's thread comes late.
TEST_P(LoopbackCaptureTest, TimesAreTheKernelsOnTheTracesClock) {
    std::uint16_t port = 0;
    const int listenfd = listen_on(GetParam(), port);
    if (listenfd < 0) GTEST_SKIP() << "this host has no such loopback";
    capture->watch({port});
    const auto deadline = std::chrono::steady_clock::now() + patience;
    bool in_order = false;
    // The kernel begins to stamp packets a moment after it was asked to (net_enable_timestamp leaves it to a work queue).
    while (!in_order && std::chrono::steady_clock::now() < deadline) {
        const std::uint64_t before = read_ticks(tsc_is_reliable());
        const int clientfd = connect_to(listenfd);
        const std::uint64_t connected = read_ticks(tsc_is_reliable());
        ASSERT_TRUE(notes.wait_for([&](const Notes::Note& note) {
            return note.sent > before && (note.flags & tcp_syn) != 0 && note.direction == Direction::to_client;
        }));
        int syns = 0;
        for (const auto& [id, note] : notes.all()) syns += (note.flags & tcp_syn) != 0 && note.sent > before && note.arrived < connected;
        in_order = syns == 2;
        close(accept(listenfd, nullptr, nullptr));
        close(clientfd);
    }
    EXPECT_TRUE(in_order);
    close(listenfd);
}

TEST_P(LoopbackCaptureTest, ItEndsThoughTheTrafficDoesNot) {
    std::uint16_t port = 0;
    const int listenfd = listen_on(GetParam(), port);
    if (listenfd < 0) GTEST_SKIP() << "this host has no such loopback";
    capture->watch({port});
    const int clientfd = connect_to(listenfd), connfd = accept(listenfd, nullptr, nullptr);
    std::thread sender([clientfd] {
        const std::string block(65536, 'x');
        while (send(clientfd, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
        }
    });
    std::thread receiver([connfd] {
        std::string block(65536, 0);
        while (recv(connfd, block.data(), block.size(), 0) > 0) {
        }
    });
    ASSERT_TRUE(notes.wait_for([](const Notes::Note& note) { return note.payload_bytes > 0; }));
    capture.reset();
    shutdown(clientfd, SHUT_RDWR);
    sender.join();
    receiver.join();
    for (const int fd : {clientfd, connfd, listenfd}) close(fd);
}

TEST_P(LoopbackCaptureTest, ItEndsAtOnceWhileNothingComes) {
    capture.reset();
}

INSTANTIATE_TEST_SUITE_P(Families, LoopbackCaptureTest, testing::Values(AF_INET, AF_INET6),
                         [](const auto& family) { return family.param == AF_INET ? "IPv4" : "IPv6"; });

}  // namespace
}  // namespace synoptic
