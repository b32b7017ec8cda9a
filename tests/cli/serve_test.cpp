// synoptic serve echo: its first line, its transcript, its end, and what it says when it cannot serve.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <regex>
#include <set>

#include "command_under_test.h"

namespace synoptic {
namespace {

class Serve : public testing::TestWithParam<const char*> {};

TEST_P(Serve, ListensEchoesAndEnds) {
    ServeUnderTest server({"--workers", GetParam()});
    ASSERT_TRUE(std::regex_match(server.first_line(), std::regex("listening on 127\\.0\\.0\\.1:\\d+"))) << server.first_line();
    EXPECT_EQ(exchange("127.0.0.1", server.port(), "hello\n"), "hello\n");
    EXPECT_NE(server.line_with("recv("), "");
    server.send_signal(SIGTERM);
    const Outcome outcome = server.finish();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_TRUE(server.left_nothing_behind());
}

INSTANTIATE_TEST_SUITE_P(All, Serve, testing::Values("iterative", "fork", "thread"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(ServeEcho, InterruptEndsItWhileClientsAreConnected) {
    ServeUnderTest server;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(server.port())));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_NE(server.line_with("fork() = "), "");
    server.send_signal(SIGINT);
    const Outcome outcome = server.finish();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("waitpid("), std::string::npos) << "children reaped: " << outcome.out;
    EXPECT_TRUE(server.left_nothing_behind());
    close(fd);
}

TEST(ServeEcho, EveryLineHasTheDocumentedForm) {
    ServeUnderTest server;
    const std::string bytes = "line one\nNUL " + std::string(1, '\0') + " tab \t escape \x1b[31m broken \xff\xfe quote \" ) = 5\n";
    EXPECT_EQ(exchange("127.0.0.1", server.port(), bytes), bytes);
    std::vector<std::string> lines;
    while (lines.empty() || lines.back().find("_exit(") == std::string::npos) {
        lines.push_back(server.line());
        ASSERT_NE(lines.back(), "") << "no _exit";
    }
    server.send_signal(SIGTERM);
    EXPECT_EQ(server.finish().status, 0);
    const std::regex form(R"(^ *(\d+\.\d{6})  (\S+(?: \d+)?) +(.*)$)");
    const std::regex call(R"((\w+)\((.*)\)( = (-?\d+|\?|s|NULL)( .*)?| <blocked>))");
    std::set<std::string> calls;
    for (const std::string& line : lines) {
        std::smatch parts;
        ASSERT_TRUE(std::regex_match(line, parts, form)) << line;
        for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << "a control character: " << line;
        const std::string what = parts[3];
        if (what.starts_with("--- ")) continue;
        std::smatch words;
        ASSERT_TRUE(std::regex_match(what, words, call)) << line;
        calls.insert(words[1]);
    }
    for (const char* name :
         {"getaddrinfo", "socket", "setsockopt", "bind", "listen", "accept", "getnameinfo", "fork", "close", "recv", "send", "printf"}) {
        EXPECT_TRUE(calls.count(name)) << name;
    }
}

TEST(ServeEcho, AddressesOfAllKinds) {
    ServeUnderTest all({"--address", "", "--workers", "thread"});
    EXPECT_TRUE(std::regex_match(all.first_line(), std::regex("listening on (\\[::\\]|0\\.0\\.0\\.0):\\d+"))) << all.first_line();
    EXPECT_EQ(exchange("127.0.0.1", all.port(), "four\n"), "four\n");
    if (all.first_line().find('[') == std::string::npos) GTEST_SKIP() << "no IPv6 here";
    EXPECT_EQ(exchange("::1", all.port(), "six\n"), "six\n");
    ServeUnderTest ipv6({"--address", "::1", "--workers", "iterative"});
    EXPECT_TRUE(std::regex_match(ipv6.first_line(), std::regex("listening on \\[::1\\]:\\d+"))) << ipv6.first_line();
    EXPECT_EQ(exchange("::1", ipv6.port(), "six\n"), "six\n");
}

TEST(ServeEcho, BacklogOfAnySize) {
    for (const char* backlog : {"0", "2147483647"}) {
        ServeUnderTest server({"--backlog", backlog});
        EXPECT_EQ(exchange("127.0.0.1", server.port(), "x"), "x") << backlog;
        EXPECT_NE(server.line_with(std::string("listen(3, ") + backlog + ") = 0"), "");
    }
}

TEST(ServeEcho, VariantsAreFoundByNameAlone) {
    ServeUnderTest fork({"--variant", "no-wait"});
    EXPECT_EQ(exchange("127.0.0.1", fork.port(), "x"), "x");
    ServeUnderTest iterative({"--variant", "ipv4-only"});
    EXPECT_EQ(exchange("127.0.0.1", iterative.port(), "x"), "x");
}

TEST(ServeEcho, PortInUseIsSaid) {
    ServeUnderTest first;
    for (const char* workers : {"iterative", "fork", "thread"}) {
        const Outcome outcome = run({"serve", "echo", "--port", first.port(), "--workers", workers});
        EXPECT_EQ(outcome.status, 1) << workers;
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err.find("Address already in use"), std::string::npos) << outcome.err;
    }
}

TEST(ServeEcho, PrivilegedPortIsSaid) {
    std::ifstream setting("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    int first_free = 1024;
    setting >> first_free;
    if (first_free <= 1) GTEST_SKIP() << "no port needs privileges here";
    CommandSetup as_user;
    as_user.in_process = [] {
        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(99);
    };
    CommandUnderTest command({"serve", "echo", "--port", "1"}, as_user);
    const Outcome outcome = command.finish();
    if (outcome.status == 1127) GTEST_SKIP();
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("Permission denied"), std::string::npos) << outcome.err;
}

TEST(ServeEcho, UnknownHostIsSaid) {
    const Outcome outcome = run({"serve", "echo", "--port", "0", "--address", "no-such-host.invalid"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("no-such-host.invalid"), std::string::npos) << outcome.err;
}

TEST(ServeEcho, AddressThatIsNoTextIsSaid) {
    const Outcome outcome = run({"serve", "echo", "--port", "0", "--address", "\xff\x1b"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos) << "a control character on the terminal";
}

TEST(ServeEcho, ServesOnWhenNobodyReadsTheTranscript) {
    ServeUnderTest server;
    server.close_stdout();
    EXPECT_EQ(exchange("127.0.0.1", server.port(), "still there?\n"), "still there?\n");
    EXPECT_EQ(exchange("127.0.0.1", server.port(), "and again\n"), "and again\n");
    server.send_signal(SIGTERM);
    const Outcome outcome = server.finish();
    EXPECT_EQ(outcome.status, 0);
    EXPECT_NE(outcome.err.find("the transcript ends here"), std::string::npos) << outcome.err;
}

TEST(ServeEcho, StartsWithoutStandardInput) {
    CommandSetup closed;
    closed.stdin_open = false;
    ServeUnderTest server({"--workers", "thread"}, closed);
    EXPECT_EQ(exchange("127.0.0.1", server.port(), "x"), "x");
    server.send_signal(SIGTERM);
    EXPECT_EQ(server.finish().status, 0);
}

TEST(ServeEcho, ServesInAProcessOfItsOwnWithFewDescriptors) {
    CommandSetup few;
    few.in_process = [] {
        const rlimit limit{256, 256};
        setrlimit(RLIMIT_NOFILE, &limit);
    };
    ServeUnderTest server({"--workers", "fork"}, few);
    EXPECT_EQ(exchange("127.0.0.1", server.port(), "x"), "x");
    server.send_signal(SIGTERM);
    EXPECT_EQ(server.finish().status, 0);
}

TEST(ServeEcho, KilledItLeavesNothingBehind) {
    ServeUnderTest server;
    EXPECT_EQ(exchange("127.0.0.1", server.port(), "x"), "x");
    server.send_signal(SIGKILL);
    EXPECT_EQ(server.finish().status, 1000 + SIGKILL);
    // ~CommandUnderTest waits for helper and server, which have become our children: it would wait for ever if they lived on.
}

}  // namespace
}  // namespace synoptic
