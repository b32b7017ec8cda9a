// System B: what each corrected message server must do, whatever its worker model, for a client that was written to B's facts.
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#include <memory>

#include "message_under_test.h"

namespace synoptic {
namespace {

class MessageServer : public testing::TestWithParam<const char*> {};

TEST_P(MessageServer, SaysWhatSystemBSays) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    ASSERT_TRUE(client.connected());
    EXPECT_TRUE(says(client, "hello"));
    EXPECT_TRUE(says(client, "Disconnect !")) << "acknowledged like any other";
    EXPECT_TRUE(client.sees_end());
    const std::string peer = "127.0.0.1:" + std::to_string(client.local_port());
    EXPECT_TRUE(server.wait_for_output("[DISCONNECTED] " + peer + ": the client said \"Disconnect !\"\n")) << server.output();
    for (const std::string& said :
         {std::string("[STARTING] server is starting\n"), "[LISTENING] server is listening on 127.0.0.1:" + server.port_text() + "\n",
          "[NEW CONNECTION] " + peer + " connected\n", std::string("[ACTIVE CONNECTIONS] 1\n"), "[" + peer + "] \"hello\"\n",
          "[" + peer + "] \"Disconnect !\"\n"}) {
        EXPECT_TRUE(server.wait_for_output(said)) << said << "is missing from\n" << server.output();
    }
    EXPECT_EQ(server.stop(), 0);
}

TEST_P(MessageServer, BodiesOfAllSizesUpToTheLimit) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    for (const std::size_t size : {0u, 1u, 63u, 64u, 65u, 5000u, 1u << 20}) EXPECT_TRUE(says(client, std::string(size, 'x'))) << size;
    EXPECT_TRUE(says(client, "äöü \xe2\x82\xac \xff no UTF-8, and acknowledged all the same"));
    EXPECT_TRUE(server.wait_for_output("] \"äöü \xe2\x82\xac \\xff no UTF-8")) << server.output();
}

TEST_P(MessageServer, OneByteAtATime) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    const int on = 1;
    setsockopt(client.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // a segment for each
    for (const char byte : framed("byte by byte")) ASSERT_TRUE(client.send({&byte, 1}));
    EXPECT_TRUE(acknowledged(client));
    EXPECT_TRUE(server.wait_for_output("] \"byte by byte\"\n")) << server.output();
}

TEST_P(MessageServer, ManyMessagesInOneSend) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    std::string all;
    for (int i = 0; i < 20; ++i) all += framed("number " + std::to_string(i));
    ASSERT_TRUE(client.send(all + framed("Disconnect !")));
    for (int i = 0; i < 21; ++i) EXPECT_TRUE(acknowledged(client)) << i;
    EXPECT_TRUE(client.sees_end());
}

TEST_P(MessageServer, PaddingOnEitherSideAndLeadingZeros) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    for (const std::string& number : {std::string(63, ' ') + "2", std::string(60, '0') + "2", std::string(" 2")}) {
        ASSERT_TRUE(client.send(header_of(number) + "hi"));
        EXPECT_TRUE(acknowledged(client)) << number;
    }
}

struct Refused {
    std::string header, says;
};

TEST_P(MessageServer, HeadersThatAreRefusedEndTheConnectionWithAReason) {
    ServerUnderTest server(GetParam());
    const Refused cases[] = {
        {header_of("hello"), "the header is no number: \"hello\"\n"},
        {header_of("-5"), "the header is no number: \"-5\"\n"},
        {header_of("+5"), "the header is no number: \"+5\"\n"},
        {header_of("5 5"), "the header is no number: \"5 5\"\n"},
        {header_of("0x10"), "the header is no number"},
        {std::string(64, ' '), "the header is no number: \"\"\n"},
        {"5" + std::string(63, '\0'), "the header is no number: \"5\\0"},
        {header_of("1048577"), "the header announces more than 1 MiB: \"1048577\""},
        {std::string(64, '9'), "the header announces more than 1 MiB: \"9999"},
        {header_of("18446744073709551617"), "the header announces more than 1 MiB"},  // 2^64 + 1
    };
    for (const Refused& refused : cases) {
        PlainClient client("127.0.0.1", server.port());
        ASSERT_TRUE(client.send(refused.header));
        EXPECT_TRUE(client.sees_end()) << refused.header;
        EXPECT_TRUE(server.wait_for_output("127.0.0.1:" + std::to_string(client.local_port()) + ": " + refused.says)) << server.output();
    }
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(says(client, "others are served"));
}

TEST_P(MessageServer, ClientsThatVanishAreSaid) {
    ServerUnderTest server(GetParam());
    const auto ends = [&](std::string_view bytes, const std::string& reason, bool reset = false) {
        PlainClient client("127.0.0.1", server.port());
        ASSERT_TRUE(says(client, "first"));
        client.send(bytes);
        const std::string peer = "127.0.0.1:" + std::to_string(client.local_port());
        if (reset) {
            client.reset();
        } else {
            client.close();
        }
        EXPECT_TRUE(server.wait_for_output("[DISCONNECTED] " + peer + ": " + reason + "\n")) << server.output();
    };
    ends("", "end of file without \"Disconnect !\"");
    ends("12", "end of file after 2 of 64 bytes of the header");
    ends(header_of("12"), "end of file after 0 of 12 bytes of the body");
    ends(header_of("64"), "end of file after 0 of 64 bytes of the body");
    ends(header_of("12") + "hello", "end of file after 5 of 12 bytes of the body");
    ends("", "recv: Connection reset by peer", true);
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(says(client, "others are served"));
    client.close();
    EXPECT_EQ(server.stop(), 0);
}

TEST_P(MessageServer, StopsWhileClientsSayNothing) {
    ServerUnderTest server(GetParam());
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(says(client, "x"));
    EXPECT_EQ(server.stop(), 0);
    EXPECT_TRUE(client.sees_end());
    EXPECT_TRUE(server.wait_for_output(": this program was stopped\n")) << server.output();
}

TEST_P(MessageServer, RestartsOnItsPortAtOnce) {
    auto first = std::make_unique<ServerUnderTest>(GetParam());
    const std::string port = first->port_text();
    PlainClient client("127.0.0.1", first->port());
    EXPECT_TRUE(says(client, "x"));
    EXPECT_EQ(first->stop(), 0);  // the server closes first: its end goes to TIME_WAIT
    first.reset();
    ServerUnderTest second(GetParam(), {.port = port.c_str()});
    PlainClient again("127.0.0.1", second.port());
    EXPECT_TRUE(says(again, "again"));
    EXPECT_EQ(second.port_text(), port);
}

TEST_P(MessageServer, CannotStartIsSaid) {
    ServerUnderTest first(GetParam());
    ServerUnderTest second(GetParam(), {.port = first.port_text().c_str()});
    EXPECT_EQ(second.wait_for_exit(), 1);
    EXPECT_EQ(second.output(), "[STARTING] server is starting\nbind: Address already in use\n");
}

TEST_P(MessageServer, LeavesNothingBehind) {
    ServerUnderTest server(GetParam());
    ASSERT_NE(server.port(), 0);
    const std::size_t sockets = socket_count_of(server.pid());
    for (int i = 0; i < 50; ++i) {
        PlainClient client("127.0.0.1", server.port());
        ASSERT_TRUE(says(client, "x") && (i % 2 == 0 || says(client, "Disconnect !"))) << i;
    }
    EXPECT_TRUE(wait_until([&] { return children_of(server.pid()).empty() && socket_count_of(server.pid()) == sockets; }));
    EXPECT_EQ(sockets_in_state(server.port(), TCP_CLOSE_WAIT), 0u);
    EXPECT_EQ(server.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(All, MessageServer, testing::Values("message_iterative", "message_fork", "message_thread"),
                         [](const auto& tested) { return std::string(tested.param); });

class ConcurrentMessageServer : public testing::TestWithParam<const char*> {};

TEST_P(ConcurrentMessageServer, CountsItsConnections) {
    ServerUnderTest server(GetParam());
    PlainClient first("127.0.0.1", server.port());
    EXPECT_TRUE(says(first, "one"));
    PlainClient second("127.0.0.1", server.port());
    EXPECT_TRUE(says(second, "two"));
    EXPECT_TRUE(server.wait_for_output("[ACTIVE CONNECTIONS] 2\n")) << server.output();
    EXPECT_TRUE(says(first, "Disconnect !") && says(second, "Disconnect !"));
    // The count goes down when the worker has ended, which is somewhat later than its client's end of file.
    for (int tries = 0;
         tries < 1000 && server.output().rfind("[ACTIVE CONNECTIONS] 1\n") <= server.output().find("[ACTIVE CONNECTIONS] 2\n"); ++tries) {
        PlainClient next("127.0.0.1", server.port());
        ASSERT_TRUE(says(next, "x") && says(next, "Disconnect !"));
    }
    EXPECT_GT(server.output().rfind("[ACTIVE CONNECTIONS] 1\n"), server.output().find("[ACTIVE CONNECTIONS] 2\n")) << server.output();
}

TEST_P(ConcurrentMessageServer, OneWhoSaysNothingHoldsUpNobody) {
    ServerUnderTest server(GetParam());
    PlainClient silent("127.0.0.1", server.port());
    PlainClient half("127.0.0.1", server.port());
    ASSERT_TRUE(half.send("12"));
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(says(client, "served"));
}

INSTANTIATE_TEST_SUITE_P(All, ConcurrentMessageServer, testing::Values("message_fork", "message_thread"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(MessageHeader, IsSixtyFourBytesOfDecimalAndSpaces) {
    EXPECT_EQ(message_header(0), header_of("0"));
    EXPECT_EQ(message_header(1 << 20), header_of("1048576"));
    EXPECT_EQ(std::string(message_reply).size(), 33u);
    std::size_t length = 1;
    std::string why;
    EXPECT_TRUE(read_message_header(header_of("1048576").c_str(), length, why));
    EXPECT_EQ(length, 1u << 20);
    EXPECT_FALSE(read_message_header(std::string(64, '\xff').c_str(), length, why));
}

// ---- the defective variants ----------------------------------------------------------------------------------------------------------------

TEST(MessageShortReads, HeaderInTwoSegmentsPutsItOutOfStep) {
    ServerUnderTest server("message_thread_short_reads");
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(says(client, "in one segment all is well"));
    const std::string message = framed("twelve bytes");
    const int on = 1;
    setsockopt(client.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ASSERT_TRUE(client.send(message.substr(0, 1)));
    ASSERT_TRUE(wait_until([&] { return unread_bytes(server.port()) == 0; })) << "the server has read the \"1\"";
    ASSERT_TRUE(client.send(message.substr(1)));
    EXPECT_TRUE(server.wait_for_output("] \"2\"\n")) << "the rest of the header was taken for the body: " << server.output();
}

TEST(MessageSpin, ThreadOfAVanishedClientNeverEnds) {
    ServerUnderTest server("message_thread_spin");
    {
        PlainClient client("127.0.0.1", server.port());
        EXPECT_TRUE(says(client, "hello"));
    }
    EXPECT_TRUE(wait_until([&] { return sockets_in_state(server.port(), TCP_CLOSE_WAIT) == 1; }));
    PlainClient other("127.0.0.1", server.port());
    EXPECT_TRUE(says(other, "others are served"));
    EXPECT_TRUE(says(other, "Disconnect !"));
    EXPECT_TRUE(server.wait_for_output("[ACTIVE CONNECTIONS] 2\n")) << "the thread is still there: " << server.output();
    EXPECT_EQ(sockets_in_state(server.port(), TCP_CLOSE_WAIT), 1u);
    EXPECT_EQ(server.stop(), 0);
}

TEST(MessageNoCheck, HeaderThatIsNoNumberPutsItOutOfStep) {
    ServerUnderTest server("message_thread_no_check");
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(says(client, "hello"));
    ASSERT_TRUE(client.send(header_of("abc")));
    EXPECT_TRUE(acknowledged(client)) << "as if it were an empty message";
    ASSERT_TRUE(client.send(std::string(64, 'x')));
    EXPECT_TRUE(acknowledged(client)) << "the body was taken for the next header";
}

TEST(MessageNoCheck, HugeHeaderEndsEverybodysConnection) {
    ServerUnderTest server("message_thread_no_check");
    PlainClient innocent("127.0.0.1", server.port()), client("127.0.0.1", server.port());
    EXPECT_TRUE(says(innocent, "hello"));
    ASSERT_TRUE(client.send(std::string(64, '9')));
    EXPECT_NE(server.wait_for_exit(), 0);
    EXPECT_TRUE(innocent.sees_end());
}

TEST(MessageTwoSends, RepliesAreTheSameBytes) {
    ServerUnderTest server("message_thread_two_sends");
    PlainClient client("127.0.0.1", server.port());
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(says(client, "hello"));
    EXPECT_TRUE(says(client, "Disconnect !"));
    EXPECT_TRUE(client.sees_end());
}

}  // namespace
}  // namespace synoptic
