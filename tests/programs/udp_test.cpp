// The servers and clients over UDP: datagrams keep their boundaries, and are lost without a word.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "typed_input.h"

namespace synoptic {
namespace {

/** A server on a thread of this process; its port by its getsockname, as a socket over UDP stands in no table of listeners. */
class UdpServer {
   public:
    explicit UdpServer(const char* program, const char* address = "127.0.0.1", std::function<void()> before_it_prints = {})
        : before_it_prints_(std::move(before_it_prints)) {
        const int free_one = socket(AF_INET, SOCK_DGRAM, 0);
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof own;
        bind(free_one, (SA*)&own, sizeof own);
        getsockname(free_one, (SA*)&own, &length);
        close(free_one);
        port_ = std::to_string(ntohs(own.sin_port));
        thread_ = std::thread([this, program, address] { status_ = find_program(program)->serve(os_, {address, port_.c_str(), 0}); });
    }
    ~UdpServer() { stop(); }
    int stop() {
        os_.stop();
        if (thread_.joinable()) thread_.join();
        return status_;
    }
    const std::string& port() const { return port_; }
    const std::string& printed() const { return printed_; }

   private:
    std::string port_;
    std::function<void()> before_it_prints_;
    std::string printed_;
    Sockets os_{{.trace = nullptr,
                 .program = {},
                 .input = nullptr,
                 .output =
                     [this](std::string_view text) {
                         if (before_it_prints_) before_it_prints_();
                         printed_ += text;
                     },
                 .own_process = false}};
    int status_ = -1;
    std::thread thread_;
};

/** What a client printed whose line was tried until it was answered: the server may not have bound its socket yet. */
std::string answered(const char* program, const std::string& port, const std::string& line, const std::string& wanted) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
        Typed typed({line});
        Untraced client(&typed);
        find_program(program)->talk(client.os, {"127.0.0.1", port.c_str()});
        if (client.printed.find(wanted) != std::string::npos) return client.printed;
    }
    return "";
}

TEST(UdpEcho, EachWordIsADatagram) {
    UdpServer server("udp_echo");
    ASSERT_NE(answered("udp_client_connected", server.port(), "x\n", "x\n"), "");
    Typed typed({"one two three\n", "#\n"});
    Untraced client(&typed);
    EXPECT_EQ(find_program("udp_client")->talk(client.os, {"127.0.0.1", server.port().c_str()}), 0);
    EXPECT_EQ(client.printed, "one\ntwo\nthree\n3 sent, 3 answered\n");
    EXPECT_EQ(server.stop(), 0);
    EXPECT_NE(server.printed().find("sent 5 bytes: \"three\"\n"), std::string::npos) << server.printed();
}

TEST(UdpEcho, AllInterfacesTakeIpv4) {
    UdpServer server("udp_echo", "");
    EXPECT_NE(answered("udp_client_connected", server.port(), "hello\n", "hello\n"), "");
}

TEST(UdpEcho, SaysWhyItCannotStart) {
    UdpServer server("udp_echo");
    ASSERT_NE(answered("udp_client_connected", server.port(), "x\n", "x\n"), "");
    Untraced second;
    EXPECT_EQ(find_program("udp_echo")->serve(second.os, {"127.0.0.1", server.port().c_str(), 0}), 1);
    EXPECT_EQ(second.printed, "bind: Address already in use\n");
    Untraced nowhere;
    EXPECT_EQ(find_program("udp_echo")->serve(nowhere.os, {"127.0.0.1", "echo", 0}), 1);
    EXPECT_EQ(nowhere.printed.find("getaddrinfo 127.0.0.1: "), 0u) << nowhere.printed;
}

TEST(UdpClient, IsNotToldThatNobodyIsThere) {
    UdpServer server("udp_echo");  // only for a port that is free once it has ended
    const std::string port = server.port();
    server.stop();
    Typed typed({"hello\n"});
    Untraced client(&typed);
    EXPECT_EQ(find_program("udp_client")->talk(client.os, {"127.0.0.1", port.c_str()}), 0);
    EXPECT_EQ(client.printed, "1 sent, 0 answered\n");
    Typed again({"hello\n"});
    Untraced connected(&again);
    EXPECT_EQ(find_program("udp_client_connected")->talk(connected.os, {"127.0.0.1", port.c_str()}), 0);
    EXPECT_EQ(connected.printed, "recv: Connection refused\n");
}

/** Its server stands in the printing of the first datagram until forty more were sent to it; how many of those it echoes. */
int echoed_of_forty(const char* program) {
    std::promise<void> printing, go_on;
    std::atomic<bool> armed{false};
    UdpServer server(program, "127.0.0.1", [&] {
        if (!armed.exchange(false)) return;
        printing.set_value();
        go_on.get_future().wait();
    });
    EXPECT_NE(answered("udp_client_connected", server.port(), "x\n", "x\n"), "");

    const int client = socket(AF_INET, SOCK_DGRAM, 0);
    const timeval patience{.tv_sec = 0, .tv_usec = 100'000};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(server.port())));
    armed = true;
    std::future<void> stands = printing.get_future();
    do {  // a word that was tried more than once may still fill a small queue: then this one is lost
        EXPECT_EQ(sendto(client, "f", 1, 0, (SA*)&to, sizeof to), 1);
    } while (stands.wait_for(std::chrono::seconds(1)) != std::future_status::ready);
    for (int i = 0; i < 40; ++i) EXPECT_EQ(sendto(client, "x", 1, 0, (SA*)&to, sizeof to), 1) << "the sender is not told";
    go_on.set_value();

    int echoed = 0;
    char byte = 0;
    for (int attempt = 0; attempt < 100 && byte != 'e'; ++attempt) {  // the end is lost, too, while the queue is full
        sendto(client, "e", 1, 0, (SA*)&to, sizeof to);
        while (byte != 'e' && recv(client, &byte, 1, 0) == 1) echoed += byte == 'x';
    }
    EXPECT_EQ(byte, 'e') << "the server has stopped to echo";
    close(client);
    EXPECT_EQ(server.stop(), 0);
    return echoed;
}

TEST(UdpEchoSmallQueue, DatagramsAreLostWithoutAWord) {
    const int echoed = echoed_of_forty("udp_echo_small_queue");
    EXPECT_GT(echoed, 0) << "its queue has room for a few";
    EXPECT_LT(echoed, 40);
    EXPECT_EQ(echoed_of_forty("udp_echo"), 40) << "the usual queue has room for all: the loss above is the small one's";
}

}  // namespace
}  // namespace synoptic
