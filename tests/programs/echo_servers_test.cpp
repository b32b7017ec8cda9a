// What each corrected echo server must do, whatever its worker model.
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>

#include "server_under_test.h"

namespace synoptic {
namespace {

class EchoServer : public testing::TestWithParam<const char*> {};

TEST_P(EchoServer, EchoesAndNamesWhatItReceived) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    ASSERT_TRUE(client.connected());
    EXPECT_TRUE(client.echoes("hello\n"));
    client.close();
    if (GetParam() != std::string("echo_lab_fork")) {
        EXPECT_TRUE(server.wait_for_output("server received 6 bytes: \"hello\\n\"\n")) << server.output();
    }
    EXPECT_TRUE(server.wait_for_output("disconnected")) << server.output();
    EXPECT_EQ(server.stop(), 0);
}

TEST_P(EchoServer, ClientOfSystemASendsLineAndNul) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    const char line[] = "good morning\n";  // strlen + 1 bytes, and one recv
    ASSERT_TRUE(client.send({line, sizeof line}));
    EXPECT_EQ(client.receive(sizeof line), std::string(line, sizeof line));
}

TEST_P(EchoServer, ClientOfSystemDSendsWordsAndLeaves) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(client.echoes("hello"));
    EXPECT_TRUE(client.echoes("world"));
    client.send(":exit");  // it closes without waiting for an answer
    client.close();
    EXPECT_TRUE(server.wait_for_output("disconnected"));
}

TEST_P(EchoServer, BytesComeBackUnchanged) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
    EXPECT_TRUE(client.echoes(every_byte));
    EXPECT_TRUE(client.echoes(std::string(3, '\0')));
    EXPECT_TRUE(client.echoes("\xff\xfe broken \xc3 utf-8 \x1b[31m"));
}

TEST_P(EchoServer, MessagesOfAllSizes) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    for (const std::size_t size : {1u, 99u, 100u, 101u, 1023u, 1024u, 1025u, 5000u}) {
        EXPECT_TRUE(client.echoes(std::string(size, 'x'))) << size;
    }
}

TEST_P(EchoServer, OneByteAtATime) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    for (const char byte : std::string("one byte each\n")) EXPECT_TRUE(client.echoes({&byte, 1}));
}

TEST_P(EchoServer, MegabyteInOneGo) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    std::string message(1u << 20, '.');
    for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<char>('a' + i * 7919 % 26);
    std::string echoed;  // received meanwhile: nobody may wait for the other with full queues
    std::thread receiver([&] { echoed = client.receive(message.size()); });
    EXPECT_TRUE(client.send(message));
    receiver.join();
    EXPECT_EQ(echoed, message);
}

TEST_P(EchoServer, HalfCloseStillBringsTheEcho) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    client.send("last words");
    client.finish_sending();
    EXPECT_EQ(client.receive(100), "last words");
    EXPECT_TRUE(client.sees_end());
}

TEST_P(EchoServer, ResetByPeerEndsOneConnectionOnly) {
    ServerUnderTest server(GetParam());
    for (int round = 0; round < 3; ++round) {
        PlainClient client("127.0.0.1", server.port());
        client.send(std::string(1000, 'x'));
        client.receive(10);
        client.reset();
    }
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(client.echoes("still here\n"));
    client.close();
    EXPECT_EQ(server.stop(), 0);
}

TEST_P(EchoServer, PeerThatResetsWhileWeSendIsNoSigpipe) {
    ServerUnderTest server(GetParam());
    {
        PlainClient client("127.0.0.1", server.port());
        // Nothing is read back: the server's send fills both queues and waits in send.
        const timeval limit{0, 200'000};
        setsockopt(client.fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        EXPECT_FALSE(client.send(std::string(64u << 20, 'x')));
        client.reset();
    }
    EXPECT_TRUE(server.wait_for_output("disconnected"));
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(client.echoes("still here\n"));
    client.close();
    EXPECT_EQ(server.stop(), 0);
}

TEST_P(EchoServer, StopsWhileClientsSayNothing) {
    ServerUnderTest server(GetParam());
    PlainClient first("127.0.0.1", server.port());
    PlainClient second("127.0.0.1", server.port());
    EXPECT_TRUE(first.echoes("x"));
    EXPECT_EQ(server.stop(), 0);
    EXPECT_TRUE(first.sees_end());
}

TEST_P(EchoServer, ListensOnIpv6) {
    ServerUnderTest server(GetParam(), {.address = "::1"});
    if (server.output().find("Cannot assign") != std::string::npos) GTEST_SKIP() << "no IPv6 here";
    PlainClient client("::1", server.port());
    ASSERT_TRUE(client.connected());
    EXPECT_TRUE(client.echoes("six\n"));
    EXPECT_TRUE(server.wait_for_output("[::1]:" + std::to_string(client.local_port()))) << server.output();
}

TEST_P(EchoServer, AllInterfacesServeBothProtocols) {
    ServerUnderTest server(GetParam(), {.address = ""});
    {
        PlainClient client("127.0.0.1", server.port());
        EXPECT_TRUE(client.echoes("four\n"));
    }
    PlainClient client("::1", server.port());
    if (client.error() == EADDRNOTAVAIL || client.error() == EAFNOSUPPORT) GTEST_SKIP() << "no IPv6 here";
    ASSERT_TRUE(client.connected());
    EXPECT_TRUE(client.echoes("six\n"));
}

TEST_P(EchoServer, RestartsOnItsPortAtOnce) {
    auto first = std::make_unique<ServerUnderTest>(GetParam());
    const std::string port = first->port_text();
    PlainClient client("127.0.0.1", first->port());
    EXPECT_TRUE(client.echoes("x"));
    EXPECT_EQ(first->stop(), 0);  // the server closes first: its end goes to TIME_WAIT
    first.reset();
    ServerUnderTest second(GetParam(), {.port = port.c_str()});
    EXPECT_EQ(second.port_text(), port);
    PlainClient again("127.0.0.1", second.port());
    EXPECT_TRUE(again.echoes("again\n"));
}

TEST_P(EchoServer, PortInUseIsSaid) {
    ServerUnderTest first(GetParam());
    const std::string port = first.port_text();
    ServerUnderTest second(GetParam(), {.port = port.c_str()});
    EXPECT_EQ(second.wait_for_exit(), 1);
    EXPECT_EQ(second.output(), "bind: Address already in use\n");
    PlainClient client("127.0.0.1", first.port());
    EXPECT_TRUE(client.echoes("undisturbed\n"));
}

TEST_P(EchoServer, UnknownHostIsSaid) {
    ServerUnderTest server(GetParam(), {.address = "no-such-host.invalid"});
    EXPECT_EQ(server.wait_for_exit(), 1);
    EXPECT_EQ(server.output().rfind("getaddrinfo no-such-host.invalid: ", 0), 0u) << server.output();
}

TEST_P(EchoServer, NoDescriptorsLeftAtSocketIsSaid) {
    ServerUnderTest server(GetParam(), {.descriptor_limit = 3});
    EXPECT_EQ(server.wait_for_exit(), 1);
    EXPECT_EQ(server.output(), "socket: Too many open files\n");
}

TEST_P(EchoServer, BacklogOfAnySize) {
    for (const int backlog : {0, 1, 2147483647}) {
        ServerUnderTest server(GetParam(), {.backlog = backlog});
        PlainClient client("127.0.0.1", server.port());
        EXPECT_TRUE(client.echoes("x")) << backlog;
    }
}

TEST_P(EchoServer, SignalsAtEveryCallAreSurvived) {
    ServerUnderTest server(GetParam(), {.in_process = [] {
                               struct sigaction action {};
                               action.sa_handler = [](int) {};  // without SA_RESTART
                               sigaction(SIGUSR1, &action, nullptr);
                           }});
    ASSERT_NE(server.port(), 0);
    std::atomic<bool> done{false};
    std::thread disturber([&] {
        while (!done) {
            kill(-server.pid(), SIGUSR1);
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    });
    bool all_echoed = true;
    for (int round = 0; round < 20; ++round) {
        PlainClient client("127.0.0.1", server.port());
        for (int message = 0; message < 20; ++message) all_echoed = all_echoed && client.echoes(std::string(90, 'x'));
    }
    done = true;
    disturber.join();
    EXPECT_TRUE(all_echoed) << server.output();
    EXPECT_EQ(server.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(All, EchoServer, testing::Values("echo_iterative", "echo_fork", "echo_thread", "echo_lab_fork"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(EchoIterative, SecondClientWaits) {
    ServerUnderTest server("echo_iterative");
    PlainClient first("127.0.0.1", server.port());
    ASSERT_TRUE(first.echoes("first\n"));
    PlainClient second("127.0.0.1", server.port());
    ASSERT_TRUE(second.connected()) << "the kernel completes the handshake";
    second.send("second\n");
    EXPECT_TRUE(second.hears_nothing(100));
    first.close();
    EXPECT_EQ(second.receive(7), "second\n");
}

TEST(EchoThread, NoDescriptorsLeftAtAccept) {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "the sanitizers look at memory through a pipe, and there is no descriptor left for one";
#endif
    ServerUnderTest server("echo_thread", {.backlog = 64, .descriptor_limit = 24});
    ASSERT_NE(server.port(), 0);
    std::vector<std::unique_ptr<PlainClient>> clients;
    for (int i = 0; i < 40; ++i) clients.push_back(std::make_unique<PlainClient>("127.0.0.1", server.port()));
    EXPECT_TRUE(server.wait_for_output("accept: Too many open files"));
    EXPECT_TRUE(clients.front()->echoes("the first is served meanwhile\n"));
    const auto count_said = [&] {
        std::size_t count = 0;
        const std::string& text = server.output();
        for (std::size_t at = 0; (at = text.find("accept: ", at)) != std::string::npos; ++at) ++count;
        return count;
    };
    const std::size_t before = count_said();
    EXPECT_TRUE(clients[1]->hears_nothing(300));
    EXPECT_LE(count_said() - before, 6u) << "it spins";
    for (int i = 0; i < 30; ++i) clients[static_cast<std::size_t>(i)]->close();
    EXPECT_TRUE(clients.back()->echoes("those who waited are served now\n"));
    clients.clear();
    EXPECT_EQ(server.stop(), 0);
}

class ConcurrentServer : public testing::TestWithParam<const char*> {};

TEST_P(ConcurrentServer, SilentClientsHinderNobody) {
    ServerUnderTest server(GetParam());
    std::vector<std::unique_ptr<PlainClient>> silent;
    for (int i = 0; i < 10; ++i) silent.push_back(std::make_unique<PlainClient>("127.0.0.1", server.port()));
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(client.echoes("served\n"));
}

/** Makes it impossible for this process to have another one, or another thread. */
void forbid_more_processes() {
    if (getuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(99);  // root has no limit
    const rlimit none{0, 0};
    setrlimit(RLIMIT_NPROC, &none);
}

TEST_P(ConcurrentServer, GoesOnWhenNoWorkerCanBeStarted) {
    ServerUnderTest server(GetParam(), {.in_process = forbid_more_processes});
    ASSERT_NE(server.wait_for_output("Resource temporarily unavailable", 1), true);
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(client.sees_end()) << "this client is turned away";
    EXPECT_TRUE(server.wait_for_output("Resource temporarily unavailable")) << server.output();
    PlainClient another("127.0.0.1", server.port());
    EXPECT_TRUE(another.sees_end());
    EXPECT_EQ(server.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(All, ConcurrentServer, testing::Values("echo_fork", "echo_thread", "echo_lab_fork"),
                         [](const auto& tested) { return std::string(tested.param); });

class ForkServer : public testing::TestWithParam<const char*> {};

TEST_P(ForkServer, LeavesNoZombiesAndNoDescriptors) {
    ServerUnderTest server(GetParam());
    ASSERT_NE(server.port(), 0);
    const std::size_t sockets = socket_count_of(server.pid());
    for (int i = 0; i < 100; ++i) {
        PlainClient client("127.0.0.1", server.port());
        ASSERT_TRUE(client.echoes("x")) << i;
    }
    EXPECT_TRUE(wait_until([&] { return children_of(server.pid()).empty(); }));
    EXPECT_EQ(socket_count_of(server.pid()), sockets);
    EXPECT_EQ(sockets_in_state(server.port(), TCP_CLOSE_WAIT), 0u);
    EXPECT_EQ(server.stop(), 0);
}

TEST_P(ForkServer, WaitsForItsChildrenAtTheEnd) {
    ServerUnderTest server(GetParam());
    PlainClient first("127.0.0.1", server.port()), second("127.0.0.1", server.port());
    ASSERT_TRUE(first.echoes("x") && second.echoes("y"));
    ASSERT_EQ(children_of(server.pid()).size(), 2u);
    EXPECT_EQ(server.stop(), 0);
    EXPECT_EQ(waitpid(-server.pid(), nullptr, WNOHANG), -1) << "a child was left to its subreaper";
    EXPECT_EQ(errno, ECHILD);
}

TEST_P(ForkServer, KilledServerLeavesItsWorkersServing) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    ASSERT_TRUE(client.echoes("x"));
    kill(server.pid(), SIGKILL);
    EXPECT_EQ(server.wait_for_exit(), 1000 + SIGKILL);
    EXPECT_TRUE(client.echoes("still served\n"));
}

INSTANTIATE_TEST_SUITE_P(All, ForkServer, testing::Values("echo_fork", "echo_lab_fork"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace synoptic
