// The servers and clients over UDP: datagrams keep their boundaries, and are lost without a word.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "typed_input.h"

namespace synoptic {
namespace {

/** A server on a thread of this process; its port by its getsockname, as a socket over UDP stands in no table of listeners. */
class UdpServer {
   public:
    explicit UdpServer(const char* program, const char* address = "127.0.0.1") {
        const int free_one = socket(AF_INET, SOCK_DGRAM, 0);
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof own;
        bind(free_one, (SA*)&own, sizeof own);
        getsockname(free_one, (SA*)&own, &length);
        close(free_one);
        port_ = std::to_string(ntohs(own.sin_port));
        thread_ = std::thread([this, program, address] {
            status_ = find_program(program)->serve(untraced_.os, {address, port_.c_str(), 0});
        });
    }
    ~UdpServer() { stop(); }
    int stop() {
        untraced_.os.stop();
        if (thread_.joinable()) thread_.join();
        return status_;
    }
    const std::string& port() const { return port_; }
    const std::string& printed() const { return untraced_.printed; }

   private:
    std::string port_;
    Untraced untraced_;
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

TEST(UdpEchoSmallQueue, DatagramsAreLostWithoutAWord) {
    // A queue of the same size, which nobody reads: what its kernel keeps of forty datagrams.
    const int queue = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
    int room = 1;
    setsockopt(queue, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof own;
    ASSERT_EQ(bind(queue, (SA*)&own, sizeof own), 0);
    getsockname(queue, (SA*)&own, &length);
    for (int i = 0; i < 40; ++i) EXPECT_EQ(sendto(sender, "x", 1, 0, (SA*)&own, length), 1) << "the sender is not told";
    int kept = 0;
    char byte;
    while (recv(queue, &byte, 1, MSG_DONTWAIT) == 1) ++kept;
    EXPECT_GT(kept, 0);
    EXPECT_LT(kept, 40);
    close(queue);
    close(sender);

    UdpServer server("udp_echo_small_queue");
    EXPECT_NE(answered("udp_client_connected", server.port(), "x\n", "x\n"), "");
    EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace synoptic
