// Segments on loopback: shown where capturing is allowed, and why not where it is not.
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "tests/session/session_fixture.h"

namespace synoptic {
namespace {

/** What this thread, and those that it starts, may capture from now on: nothing. */
void give_up_capturing() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2]{};
    ASSERT_EQ(syscall(SYS_capget, &header, data), 0);
    data[CAP_TO_INDEX(CAP_NET_RAW)].effective &= ~CAP_TO_MASK(CAP_NET_RAW);
    ASSERT_EQ(syscall(SYS_capset, &header, data), 0);
}

TEST_F(SessionTest, AConnectionOnLoopbackShowsItsSegmentsAndTheyCantBeHeld) {
    bool failed = false;
    const std::string said = outcome(session->submit(CaptureLoopback{}), &failed);
    if (failed && geteuid() != 0) GTEST_SKIP() << said;
    ASSERT_FALSE(failed) << said;
    add_clients(start_server("echo_thread"), 1);
    session->submit(Say{id_of("client 1"), "hello"});
    ASSERT_TRUE(eventually([](const World& w) {
        return std::any_of(w.segments.begin(), w.segments.end(), [](const auto& entry) {
            return entry.second.direction == Direction::to_client && entry.second.payload_bytes > 0 && entry.second.has_ended();
        });
    }));
    session->submit(CloseClient{});
    ASSERT_TRUE(eventually([](const World& w) { return !w.flows.empty() && w.flows.begin()->second.is_over(); }));
    const World w = world();
    ASSERT_EQ(w.flows.size(), 1u);
    const WireFlow& flow = w.flows.begin()->second;
    EXPECT_TRUE(flow.on_loopback);
    EXPECT_NE(connection_of(w, flow), nullptr);
    EXPECT_NE(client_socket_of(w, flow), SocketId::none);
    EXPECT_EQ(w.lab.sent[0], 0u) << "this is not the wire";
    EXPECT_TRUE(waiting_segments(w).empty());
    std::vector<std::uint8_t> flags;
    for (const auto& [id, segment] : w.segments) flags.push_back(segment.flags & (tcp_syn | tcp_ack));
    ASSERT_GE(flags.size(), 7u) << "three to open, two with data and at least one ACK, and the FINs";
    EXPECT_EQ(std::vector<std::uint8_t>(flags.begin(), flags.begin() + 3),
              (std::vector<std::uint8_t>{tcp_syn, tcp_syn | tcp_ack, tcp_ack}));
    for (const auto& [key, end] : w.tcp_ends) EXPECT_EQ(key.host, TcpHost::here);

    EXPECT_FALSE((outcome(session->submit(CaptureLoopback{false}), &failed), failed));
    EXPECT_TRUE(eventually([](const World& ended) { return !ended.capture.on; }));
}

TEST(SessionCapture, WhereItIsNotAllowedThatIsSaidAndServersRunAllTheSame) {
    give_up_capturing();
    Result<std::unique_ptr<Session>> session = Session::start({});
    ASSERT_TRUE(session);
    (*session)->submit(CaptureLoopback{});
    (*session)->submit(StartServer{.program = "echo_thread", .address = "127.0.0.1", .port = "0"});
    EXPECT_TRUE((*session)->wait_for([](const World& w) { return !w.capture.on && !w.capture.trouble.empty() && !w.listening.empty(); },
                                     patience_ms));
}

}  // namespace
}  // namespace synoptic
