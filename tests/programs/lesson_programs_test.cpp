// The programs that single lessons are about: calls by hand, descriptors' names, byte order, address bytes, forks.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "server_under_test.h"
#include "typed_input.h"

namespace synoptic {
namespace {

/** Runs a client in this process to its end: what it printed, and its exit status. */
struct Ran {
    std::string printed;
    int status = -1;
    Ran(const char* program, const char* host, const std::string& port, std::deque<std::string> lines) {
        Typed typed(std::move(lines));
        Untraced untraced(&typed);
        status = find_program(program)->talk(untraced.os, {host, port.c_str()});
        printed = untraced.printed;
    }
    bool has(std::string_view text) const { return printed.find(text) != std::string::npos; }
};

/** A port that refuses: bound, and nobody listens. */
struct RefusingPort {
    int fd;
    std::string text;
    explicit RefusingPort(int type = SOCK_STREAM) : fd(socket(AF_INET, type, 0)) {
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof own;
        EXPECT_EQ(bind(fd, (SA*)&own, sizeof own), 0);
        EXPECT_EQ(getsockname(fd, (SA*)&own, &length), 0);
        text = std::to_string(ntohs(own.sin_port));
    }
    ~RefusingPort() { close(fd); }
};

TEST(TcpByHand, EachLineIsACall) {
    ServerUnderTest server("echo_fork");
    const Ran ran("tcp_by_hand", "127.0.0.1", server.port_text(),
                  {"send hello\\r\\n\\0\n", "recv\n", "write ab\\\\\n", "recv\n", "getpeername\n", "lseek\n", "shutdown\n", "recv\n",
                   "close\n", "getsockname\n", "dance\n"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(ran.has("send returned 8\nrecv returned 8: \"hello\\r\\n\\0\"\n")) << ran.printed;
    EXPECT_TRUE(ran.has("write returned 3\nrecv returned 3: \"ab\\\\\"\n")) << ran.printed;
    EXPECT_TRUE(ran.has("getpeername: 127.0.0.1:" + server.port_text() + "\n")) << ran.printed;
    EXPECT_TRUE(ran.has("lseek: Illegal seek\n")) << ran.printed;
    EXPECT_TRUE(ran.has("shutdown returned 0\nrecv returned 0\nclose returned 0\n")) << ran.printed;
    EXPECT_TRUE(ran.has("getsockname: Bad file descriptor\n")) << ran.printed;
    EXPECT_TRUE(ran.has("there is no call dance here\n")) << ran.printed;
}

TEST(TcpByHand, ResetsTheConnection) {
    ServerUnderTest server("echo_fork");
    const Ran ran("tcp_by_hand", "127.0.0.1", server.port_text(), {"send x\\n\n", "recv\n", "reset\n"});
    EXPECT_TRUE(ran.has("close returned 0\n")) << ran.printed;
    EXPECT_TRUE(server.wait_for_output("recv: Connection reset by peer\n")) << server.output();
}

TEST(TcpByHand, DescriptorsAreTheLowestFreeNumbers) {
    ServerUnderTest server("echo_fork");
    const Ran ran("tcp_by_hand", "127.0.0.1", server.port_text(), {"open\n", "socket\n", "close\n"});
    int file = -1, another = -1;
    ASSERT_EQ(std::sscanf(ran.printed.c_str(), "open returned %d\nsocket returned %d\nclose returned 0\n", &file, &another), 2)
        << ran.printed;
    EXPECT_GT(another, file);
    close(file);  // in a process of its own the end would do so
    close(another);
}

TEST(Discard, ThrowsAwayWhatComes) {
    ServerUnderTest server("discard");
    const Ran ran("tcp_by_hand", "127.0.0.1", server.port_text(), {"fill 100000\n", "close\n"});
    EXPECT_TRUE(ran.has("send returned 100000\n")) << ran.printed;
    EXPECT_TRUE(server.wait_for_output("100000 bytes thrown away\n")) << server.output();
    EXPECT_EQ(server.stop(), 0);
}

TEST(EchoTwoDescriptors, ListenfdHasNoPeerAndNoData) {
    ServerUnderTest server("echo_two_descriptors");
    PlainClient client("127.0.0.1", server.port());
    ASSERT_TRUE(client.echoes("hello\n"));
    const std::string own = "own address 127.0.0.1:" + server.port_text() + "\n";
    EXPECT_NE(server.output().find("listenfd: " + own + "getpeername: Transport endpoint is not connected\n"), std::string::npos)
        << server.output();
    EXPECT_NE(server.output().find("connfd: " + own + "connfd: peer 127.0.0.1:" + std::to_string(client.local_port()) + "\n"),
              std::string::npos)
        << server.output();
    EXPECT_NE(server.output().find("recv from listenfd: Transport endpoint is not connected\n"), std::string::npos) << server.output();
    client.close();
    EXPECT_EQ(server.stop(), 0);
}

TEST(EchoNoHtons, ListensOnTheSwappedPort) {
    // Below those that the kernel gives to tests beside this one (ip(7), ip_local_port_range).
    auto swapped = static_cast<std::uint16_t>(10'000 + getpid() % 20'000);
    if (swapped >> 8 == (swapped & 0xff)) ++swapped;
    const std::string wanted = std::to_string(htons(swapped));
    ServerUnderTest server("echo_no_htons", {.port = wanted.c_str()});
    EXPECT_EQ(server.port(), swapped) << server.output();
    PlainClient client("127.0.0.1", swapped);
    EXPECT_TRUE(client.echoes("found you\n"));
    client.close();
    EXPECT_EQ(server.stop(), 0);
    ServerUnderTest wrong("echo_no_htons", {.address = "localhost", .port = "0"});
    EXPECT_EQ(wrong.wait_for_exit(), 1);
    EXPECT_EQ(wrong.output(), "localhost is no IPv4 address\n");
}

TEST(EchoClientFirst, DoesNotFindTheSecondAddress) {
    ServerUnderTest server("echo_iterative", {.address = "127.0.0.1"});
    PlainClient ipv6("::1", server.port());
    if (ipv6.error() != ECONNREFUSED) GTEST_SKIP() << "no IPv6 on loopback: " << strerror(ipv6.error());
    const Ran first("echo_client_first", "", server.port_text(), {"hello\n"});
    EXPECT_EQ(first.status, 1);
    EXPECT_EQ(first.printed, "connect: Connection refused\n");
    const Ran all("echo_client", "", server.port_text(), {"hello\n"});
    EXPECT_EQ(all.printed, "hello\n");
    const Ran one("echo_client_first", "127.0.0.1", server.port_text(), {"hello\n"});
    EXPECT_EQ(one.printed, "hello\n");
    const Ran none("echo_client_first", "127.0.0.1", "echo", {});
    EXPECT_EQ(none.status, 1);
    EXPECT_TRUE(none.has("getaddrinfo 127.0.0.1: ")) << none.printed;
}

TEST(EchoClientImpatient, EchoesAndSaysWhatFailed) {
    ServerUnderTest server("echo_iterative");
    EXPECT_EQ(Ran("echo_client_impatient", "127.0.0.1", server.port_text(), {"hello\n"}).printed, "hello\n");
    RefusingPort refusing;
    const Ran refused("echo_client_impatient", "127.0.0.1", refusing.text, {});
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.printed, "connect: Connection refused\n");
    EXPECT_EQ(Ran("echo_client_impatient", "127.0.0.1", "echo", {}).status, 1);
}

TEST(SockaddrBytes, AreTheNetworksButForTheFamily) {
    const Ran ipv4("sockaddr_bytes", "127.0.0.1", "6666", {});
    EXPECT_EQ(ipv4.status, 0);
    const sa_family_t family = AF_INET;
    char begin[128];
    const auto* bytes = reinterpret_cast<const unsigned char*>(&family);
    std::snprintf(begin, sizeof begin, "sockaddr_in, 16 bytes:\n %02x %02x 1a 0a 7f 00 00 01 00 00 00 00\n 00 00 00 00\n", bytes[0],
                  bytes[1]);
    EXPECT_EQ(ipv4.printed.find(begin), 0u) << ipv4.printed;
    EXPECT_TRUE(ipv4.has("getsockname with room for 4 bytes: the length is now 16\n")) << ipv4.printed;
    EXPECT_TRUE(ipv4.has("connect with a length of 8: Invalid argument\n")) << ipv4.printed;
    EXPECT_TRUE(ipv4.has("connect with the family AF_UNIX: Address family not supported by protocol\n")) << ipv4.printed;
    EXPECT_TRUE(Ran("sockaddr_bytes", "::1", "6666", {}).has("sockaddr_in6, 28 bytes:"));
    EXPECT_EQ(Ran("sockaddr_bytes", "no such host", "6666", {}).status, 1);
}

TEST(ForkLines, FourProcessesPrint) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t pid = fork();  // as the helper would: fork_lines wants a process of its own
    if (pid == 0) {
        Sockets os({.trace = nullptr,
                    .program = {},
                    .input = nullptr,
                    .output = [&](std::string_view text) { [[maybe_unused]] ssize_t n = write(ends[1], text.data(), text.size()); },
                    .own_process = true});
        _exit(find_program("fork_lines")->talk(os, {"", ""}));
    }
    close(ends[1]);
    std::string printed;
    char buffer[256];
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) printed.append(buffer, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = -1;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
    const auto count = [&](std::string_view text) {
        int found = 0;
        for (std::size_t at = 0; (at = printed.find(text, at)) != std::string::npos; ++at) ++found;
        return found;
    };
    EXPECT_EQ(count("clients is 0 in process"), 2) << printed;
    EXPECT_EQ(count("clients is 100 in process"), 2) << printed;
}

}  // namespace
}  // namespace synoptic
