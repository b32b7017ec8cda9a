// Systems A and F: each defective variant shows the defect that it is named after.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "server_under_test.h"

namespace synoptic {
namespace {

TEST(EchoForkNoClose, ConnectionStaysInCloseWait) {
    ServerUnderTest server("echo_fork_no_close");
    ASSERT_NE(server.port(), 0);
    const std::size_t sockets = socket_count_of(server.pid());
    for (int i = 0; i < 3; ++i) {
        PlainClient client("127.0.0.1", server.port());
        ASSERT_TRUE(client.echoes("hello\n"));
    }
    ASSERT_TRUE(wait_until([&] { return children_of(server.pid()).empty(); }));
    EXPECT_EQ(sockets_in_state(server.port(), TCP_CLOSE_WAIT), 3u);
    EXPECT_EQ(socket_count_of(server.pid()), sockets + 3);
    EXPECT_EQ(server.stop(), 0);
}

TEST(EchoForkNoExit, ChildBecomesASecondServer) {
    ServerUnderTest server("echo_fork_no_exit");
    {
        PlainClient client("127.0.0.1", server.port());
        ASSERT_TRUE(client.echoes("hello\n"));
    }
    ASSERT_TRUE(server.wait_for_output("disconnected"));
    const auto children = children_of(server.pid());
    ASSERT_EQ(children.size(), 1u);
    kill(server.pid(), SIGSTOP);  // so that only the child can accept
    ASSERT_TRUE(wait_until([&] {
        const auto ours = children_of(getpid());
        return std::any_of(ours.begin(), ours.end(),
                           [&](const ChildState& child) { return child.pid == server.pid() && child.state == 'T'; });
    }));
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(client.echoes("who serves me?\n"));
    EXPECT_EQ(children_of(children[0].pid).size(), 1u) << "the child has forked a child of its own";
    kill(server.pid(), SIGCONT);
}

TEST(EchoForkNoWait, ZombiesStay) {
    ServerUnderTest server("echo_fork_no_wait");
    for (int i = 0; i < 3; ++i) {
        PlainClient client("127.0.0.1", server.port());
        ASSERT_TRUE(client.echoes("hello\n"));
    }
    EXPECT_TRUE(wait_until([&] { return zombies_of(server.pid()) == 3; }));
    kill(children_of(server.pid())[0].pid, SIGKILL);
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(client.echoes("another\n"));
    EXPECT_EQ(zombies_of(server.pid()), 3u);
}

TEST(EchoForkSigpipe, ResetKillsTheChild) {
    ServerUnderTest server("echo_fork_sigpipe");
    PlainClient client("127.0.0.1", server.port());
    ASSERT_TRUE(client.echoes("hello\n"));
    client.reset();
    ASSERT_TRUE(wait_until([&] { return zombies_of(server.pid()) == 1; })) << server.output();
    EXPECT_NE(server.output().find("server received -1 bytes"), std::string::npos);
    EXPECT_EQ(server.output().find("disconnected"), std::string::npos);
    const pid_t child = children_of(server.pid())[0].pid;
    kill(server.pid(), SIGKILL);  // the zombie comes to us, and with it its status
    EXPECT_EQ(server.wait_for_exit(), 1000 + SIGKILL);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE) << status;
}

TEST(EchoForkOverrun, NeighbourOfTheBufferIsOverwritten) {
    ServerUnderTest server("echo_fork_overrun");
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(client.echoes(std::string(99, 'x')));
    EXPECT_TRUE(server.wait_for_output("the variable behind the buffer: \"intact\"\n"));
    EXPECT_TRUE(client.echoes(std::string(100, 'x')));
    EXPECT_TRUE(server.wait_for_output("the variable behind the buffer: \"\"\n")) << server.output();
}

TEST(EchoForkNoReuseaddr, GoesOnAfterAFailedBind) {
    auto first = std::make_unique<ServerUnderTest>("echo_fork_no_reuseaddr");
    const std::string port = first->port_text();
    PlainClient client("127.0.0.1", first->port());
    ASSERT_TRUE(client.echoes("x"));
    EXPECT_EQ(first->stop(), 0);  // the server closes first
    EXPECT_TRUE(client.sees_end());
    client.close();
    ASSERT_TRUE(wait_until([&] { return sockets_in_state(static_cast<std::uint16_t>(std::stoi(port)), TCP_TIME_WAIT) > 0; }));
    first.reset();
    ServerUnderTest second("echo_fork_no_reuseaddr", {.port = port.c_str()});
    EXPECT_NE(second.port_text(), port);
    EXPECT_TRUE(second.wait_for_output("bind: Address already in use\nlistening on port " + second.port_text() + "\n")) << second.output();
    PlainClient lost("127.0.0.1", second.port());
    EXPECT_TRUE(lost.echoes("found you\n"));
}

TEST(EchoForkNoReuseaddr, RefusesWhatIsNoIpv4Address) {
    ServerUnderTest server("echo_fork_no_reuseaddr", {.address = "::1"});
    EXPECT_EQ(server.wait_for_exit(), 1);
    EXPECT_EQ(server.output(), "::1 is no IPv4 address\n");
}

TEST(EchoIpv4Only, ClientToIpv6LoopbackIsRefused) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* list = nullptr;
    ASSERT_EQ(getaddrinfo(nullptr, "0", &hints, &list), 0);
    const bool ipv4_first = list->ai_family == AF_INET;
    freeaddrinfo(list);
    if (!ipv4_first) GTEST_SKIP() << "getaddrinfo lists :: first here";
    ServerUnderTest server("echo_ipv4_only", {.address = ""});
    PlainClient ipv4("127.0.0.1", server.port());
    EXPECT_TRUE(ipv4.echoes("four\n"));
    PlainClient ipv6("::1", server.port());
    if (ipv6.error() == EADDRNOTAVAIL || ipv6.error() == EAFNOSUPPORT) GTEST_SKIP() << "no IPv6 here";
    EXPECT_EQ(ipv6.error(), ECONNREFUSED);
}

/** Puts this process where there is no network but loopback. With status 99 it ends where that is forbidden. */
void leave_the_network() {
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) _exit(99);
    const int any = socket(AF_INET, SOCK_DGRAM, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    if (ioctl(any, SIOCGIFFLAGS, &request) < 0) _exit(99);
    request.ifr_flags |= IFF_UP;
    if (ioctl(any, SIOCSIFFLAGS, &request) < 0) _exit(99);
    close(any);
}

/** The same, and then gives loopback an address that counts as a network's: IPv4 is configured then, IPv6 is not. */
void leave_for_ipv4_only() {
    leave_the_network();
    const int any = socket(AF_INET, SOCK_DGRAM, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo:1");
    auto* address = reinterpret_cast<sockaddr_in*>(&request.ifr_addr);
    address->sin_family = AF_INET;
    inet_pton(AF_INET, "10.1.1.1", &address->sin_addr);
    if (ioctl(any, SIOCSIFADDR, &request) < 0) _exit(99);
    close(any);
}

/** Forks, runs `program` on `address` there, and one exchange with it. 0: echoed; 1: the server could not start; 99: forbidden here. */
int exchange_there(void (*there)(), const char* program, const char* address) {
    const pid_t pid = fork();
    if (pid == 0) {
        there();
        ServerUnderTest server(program, {.address = address});
        std::uint16_t port = 0;
        int status = -1;
        wait_until([&] {
            if (waitpid(server.pid(), &status, WNOHANG) > 0) return true;
            return (port = server.port_now()) != 0;
        });
        if (port == 0) _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
        int result = 0;
        {
            PlainClient client(address, port);
            result = client.connected() && client.echoes("no network\n") ? 0 : 3;
        }
        server.stop();
        _exit(result);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(WithoutANetwork, LiteralAddressesWork) {
    const int ipv4 = exchange_there(leave_the_network, "echo_iterative", "127.0.0.1");
    if (ipv4 == 99) GTEST_SKIP() << "no namespaces here";
    EXPECT_EQ(ipv4, 0);
    EXPECT_EQ(exchange_there(leave_the_network, "echo_fork", "127.0.0.1"), 0);
}

TEST(WithoutANetwork, OtherProtocolsLiteralAddressWorks) {
    const int ipv6 = exchange_there(leave_for_ipv4_only, "echo_iterative", "::1");
    if (ipv6 == 99) GTEST_SKIP() << "no namespaces here";
    EXPECT_EQ(ipv6, 0);
}

TEST(EchoAddrconfig, RejectsEvenLoopbackWithoutANetwork) {
    const int status = exchange_there(leave_the_network, "echo_addrconfig", "127.0.0.1");
    if (status == 99) GTEST_SKIP() << "no namespaces here";
    EXPECT_EQ(status, 1);
}

TEST(EchoAddrconfig, WorksWithANetworkOfItsOwn) {
    const int status = exchange_there(leave_for_ipv4_only, "echo_addrconfig", "127.0.0.1");
    if (status == 99) GTEST_SKIP() << "no namespaces here";
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace synoptic
