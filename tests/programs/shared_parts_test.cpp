// What the programs share: short sends, names of peers, connecting, the echo client, hostinfo; and the registry with its embedded sources.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "server_under_test.h"
#include "typed_input.h"

namespace synoptic {
namespace {

TEST(SendAll, ShortSendsAreSaidAndTheRestIsSent) {
    struct sigaction action {};
    action.sa_handler = [](int) {};  // without SA_RESTART: it interrupts a send that has copied something already
    struct sigaction before {};
    sigaction(SIGUSR1, &action, &before);
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    Untraced untraced;
    const std::string message(8u << 20, 'm');
    std::atomic<bool> sent{false};
    std::thread sender([&] { sent = send_all(untraced.os, ends[0], message.data(), message.size()); });
    std::string received;
    char buffer[65536];
    while (received.size() < message.size()) {
        pthread_kill(sender.native_handle(), SIGUSR1);
        const ssize_t count = recv(ends[1], buffer, sizeof buffer, 0);
        ASSERT_GT(count, 0);
        received.append(buffer, static_cast<std::size_t>(count));
    }
    sender.join();
    sigaction(SIGUSR1, &before, nullptr);
    EXPECT_TRUE(sent);
    EXPECT_EQ(received, message);
    EXPECT_NE(untraced.printed.find("short send: "), std::string::npos);
    close(ends[0]);
    close(ends[1]);
}

TEST(SendAll, BrokenConnectionIsSaidAndNoSigpipe) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    close(ends[1]);
    Untraced untraced;
    EXPECT_FALSE(send_all(untraced.os, ends[0], "x", 1));
    EXPECT_EQ(untraced.printed, "send: Broken pipe\n");
    close(ends[0]);
}

TEST(PeerName, ReadsBothProtocols) {
    Untraced untraced;
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(52684);
    ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(peer_name(untraced.os, (SA*)&ipv4, sizeof ipv4), "127.0.0.1:52684");
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(7);
    ipv6.sin6_addr = in6addr_loopback;
    EXPECT_EQ(peer_name(untraced.os, (SA*)&ipv6, sizeof ipv6), "[::1]:7");
    EXPECT_EQ(peer_name(untraced.os, (SA*)&ipv4, 3), "?");
}

TEST(OpenClientfd, SaysWhatFailed) {
    int unused = socket(AF_INET, SOCK_STREAM, 0);  // bound, but nobody listens: a port that refuses
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(unused, (SA*)&own, sizeof own), 0);
    socklen_t length = sizeof own;
    getsockname(unused, (SA*)&own, &length);
    Untraced untraced;
    EXPECT_EQ(open_clientfd(untraced.os, "127.0.0.1", std::to_string(ntohs(own.sin_port)).c_str()), -1);
    EXPECT_EQ(errno, ECONNREFUSED);
    EXPECT_EQ(untraced.printed, "connect: Connection refused\n");
    close(unused);

    Untraced unknown;
    EXPECT_EQ(open_clientfd(unknown.os, "no-such-host.invalid", "7"), -2);
    EXPECT_EQ(unknown.printed.rfind("getaddrinfo no-such-host.invalid: ", 0), 0u) << unknown.printed;
}

TEST(EchoClient, SendsLinesUntilANumberSign) {
    ServerUnderTest server("echo_iterative");
    Typed typed({"hello\n", "two words\n", "# the end\n", "never sent\n"});
    Untraced client(&typed);
    EXPECT_EQ(echo_client(client.os, {"127.0.0.1", server.port_text().c_str()}), 0);
    EXPECT_EQ(client.printed, "hello\ntwo words\n");
    EXPECT_TRUE(server.wait_for_output("disconnected"));
    EXPECT_EQ(server.output().find("never"), std::string::npos);
}

TEST(EchoClient, LongLinesAndAMissingNewline) {
    ServerUnderTest server("echo_iterative");
    const std::string line(5000, 'x');
    Typed typed({line + "\n", "no newline"});
    Untraced client(&typed);
    EXPECT_EQ(echo_client(client.os, {"127.0.0.1", server.port_text().c_str()}), 0);
    EXPECT_EQ(client.printed, line + "\nno newline");
}

TEST(EchoClient, ServerThatClosesIsSaid) {
    ServerUnderTest server("echo_lab_fork");
    Typed typed({"hello\n", ":exit\n", "more\n"});
    Untraced client(&typed);
    EXPECT_EQ(echo_client(client.os, {"127.0.0.1", server.port_text().c_str()}), 1);
    EXPECT_EQ(client.printed.rfind("hello\n", 0), 0u) << client.printed;
    EXPECT_TRUE(client.printed.ends_with("the server has closed the connection\n") ||
                client.printed.ends_with("recv: Connection reset by peer\n"))
        << client.printed;
}

TEST(EchoClient, NobodyListens) {
    Typed typed({"hello\n"});
    Untraced client(&typed);
    EXPECT_EQ(echo_client(client.os, {"127.0.0.1", "1"}), 1);
    EXPECT_EQ(client.printed, "connect: Connection refused\n");
}

TEST(Hostinfo, ListsAddressesAndNamesBack) {
    Untraced untraced;
    EXPECT_EQ(hostinfo(untraced.os, {"127.0.0.1", nullptr, AF_UNSPEC, true}), 0);
    EXPECT_EQ(untraced.printed, "127.0.0.1\n");
    Untraced with_service;
    EXPECT_EQ(hostinfo(with_service.os, {"::1", "6666", AF_INET6, true}), 0);
    EXPECT_EQ(with_service.printed, "[::1]:6666\n");
    Untraced named;
    EXPECT_EQ(hostinfo(named.os, {"localhost", "", AF_INET, false}), 0);
    EXPECT_EQ(named.printed.rfind("127.0.0.1  ", 0), 0u) << named.printed;
}

TEST(Hostinfo, FailuresAreSaidInWords) {
    Untraced wrong_protocol;
    EXPECT_EQ(hostinfo(wrong_protocol.os, {"::1", nullptr, AF_INET, true}), EAI_ADDRFAMILY);
    EXPECT_EQ(wrong_protocol.printed, std::string("::1: ") + gai_strerror(EAI_ADDRFAMILY) + "\n");
    Untraced no_service;
    EXPECT_EQ(hostinfo(no_service.os, {"127.0.0.1", "no-such-service", AF_UNSPEC, true}), EAI_SERVICE);
}

TEST(HostinfoOlder, StaticBufferIsOverwritten) {
    Untraced untraced;
    EXPECT_EQ(hostinfo_older(untraced.os, {"127.0.0.1", nullptr, AF_INET, false}), 0);
    EXPECT_NE(untraced.printed.find("then for its complement: 128.255.255.254 and 128.255.255.254: it has one static buffer,\n"),
              std::string::npos)
        << untraced.printed;
    EXPECT_NE(untraced.printed.find("which the second call has overwritten"), std::string::npos) << "the riddle is solved";
    EXPECT_NE(untraced.printed.find("gethostbyname2 AF_INET: 127.0.0.1\n  127.0.0.1\n"), std::string::npos);
}

TEST(Registry, EveryProgramHasItsSourceAndItsEntry) {
    std::set<std::string> names;
    for (const ProgramInfo& info : all_programs()) {
        EXPECT_TRUE(names.insert(info.name).second) << info.name;
        EXPECT_EQ(std::string(info.file), "core/programs/" + std::string(info.name) + ".cpp");
        EXPECT_EQ(find_program(info.name), &info);
        EXPECT_EQ(info.serve != nullptr, info.role == Role::server);
        EXPECT_EQ(info.talk != nullptr, info.role == Role::client);
        if (info.role == Role::server) {
            EXPECT_EQ(find_server(info.protocol, info.workers, info.variant), &info) << "two of one variant";
        }
        EXPECT_TRUE(info.own_process_only || info.workers != Workers::fork) << info.name;
        std::ifstream file(std::string(SYNOPTIC_SOURCE_DIR) + "/" + info.file);
        std::stringstream text;
        text << file.rdbuf();
        EXPECT_EQ(source_text(info.file), text.str()) << info.file;
        EXPECT_EQ(text.str().rfind("// DEFECTIVE", 0) == 0, *info.worth_showing != 0) << info.file;
    }
    EXPECT_EQ(find_program("echo_none"), nullptr);
    EXPECT_EQ(source_text("core/programs/none.cpp"), "");
    EXPECT_NE(source_text("core/programs/open_listenfd.cpp"), "");
}

TEST(Registry, TaughtProgramsStayShort) {
    for (const ProgramInfo& info : all_programs()) {
        const std::string_view text = source_text(info.file);
        EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 120) << info.file;
    }
}

}  // namespace
}  // namespace synoptic
