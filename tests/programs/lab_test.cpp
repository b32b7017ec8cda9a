// System D: the text :exit ends a connection, however TCP cuts the stream; and its defective variants, each with its defect.
#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include "server_under_test.h"

namespace synoptic {
namespace {

TEST(EchoLabFork, ExitEndsTheConnection) {
    for (const std::string_view text : {":exit", ":exit\n", ":exit\r\n", ":::exit", ":e:exit"}) {
        ServerUnderTest server("echo_lab_fork");
        PlainClient client("127.0.0.1", server.port());
        ASSERT_TRUE(client.echoes("hello"));
        client.send(text);
        EXPECT_EQ(client.receive(text.find(":exit")), text.substr(0, text.find(":exit")));
        EXPECT_TRUE(client.sees_end()) << text;
        EXPECT_TRUE(server.wait_for_output("disconnected from 127.0.0.1:"));
    }
}

TEST(EchoLabFork, ExitIsSeenWhereverTheStreamIsCut) {
    const std::string text = "hello\n:exit\r\n";
    for (std::size_t cut = 6; cut <= 10; ++cut) {
        ServerUnderTest server("echo_lab_fork");
        PlainClient client("127.0.0.1", server.port());
        ASSERT_TRUE(client.echoes(text.substr(0, cut)));
        client.send(text.substr(cut));
        EXPECT_TRUE(client.sees_end()) << "cut at " << cut;
    }
}

TEST(EchoLabFork, ExitGluedToOtherTextIsSeen) {
    ServerUnderTest server("echo_lab_fork");
    PlainClient client("127.0.0.1", server.port());
    client.send("before\n:exit\nafter\n");
    EXPECT_EQ(client.receive(100), "before\n");
    EXPECT_TRUE(client.sees_end());
}

TEST(EchoLabFork, AlmostExitIsEchoed) {
    ServerUnderTest server("echo_lab_fork");
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(client.echoes(":exi\nt :ex:exi exit\n"));
    EXPECT_TRUE(client.echoes("still there"));
}

TEST(EchoLabExitSplit, MatchesOnlyIfTcpCutsItSo) {
    ServerUnderTest server("echo_lab_exit_split");
    PlainClient split("127.0.0.1", server.port());
    EXPECT_TRUE(split.echoes(":ex"));
    EXPECT_TRUE(split.echoes("it\n")) << "not recognized, so it is echoed";
    EXPECT_TRUE(split.echoes("goes on"));
    PlainClient glued("127.0.0.1", server.port());
    EXPECT_TRUE(glued.echoes("hello\n:exit\n"));
    EXPECT_TRUE(glued.echoes("goes on"));
    PlainClient whole("127.0.0.1", server.port());
    whole.send(":exit\r\n");
    EXPECT_TRUE(whole.sees_end());
}

TEST(EchoLabCrlf, TelnetsExitNeverMatches) {
    ServerUnderTest server("echo_lab_crlf");
    PlainClient telnet("127.0.0.1", server.port());
    EXPECT_TRUE(telnet.echoes(":exit\r\n"));
    EXPECT_TRUE(server.wait_for_output("line of 6 bytes")) << server.output();
    EXPECT_TRUE(telnet.echoes("goes on\r\n"));
    PlainClient nc("127.0.0.1", server.port());
    EXPECT_TRUE(nc.echoes(":exit\n"));
    EXPECT_TRUE(nc.sees_end());
}

TEST(EchoLabSpin, ChildOfVanishedClientNeverEnds) {
    ServerUnderTest server("echo_lab_spin");
    PlainClient client("127.0.0.1", server.port());
    ASSERT_TRUE(client.echoes("hello"));
    client.close();
    // It is not blocked in recv: it sleeps its millisecond between two rounds, and is still there.
    EXPECT_FALSE(server.wait_for_output("disconnected", 300));
    ASSERT_EQ(children_of(server.pid()).size(), 1u);
    EXPECT_NE(children_of(server.pid())[0].state, 'Z');
    PlainClient polite("127.0.0.1", server.port());
    polite.send(":exit");
    EXPECT_TRUE(polite.sees_end());
    EXPECT_EQ(server.stop(), 0);
}

TEST(EchoLabCloseUnreached, NoEndOfFileAfterExit) {
    ServerUnderTest server("echo_lab_close_unreached");
    ASSERT_NE(server.port(), 0);
    const std::size_t sockets = socket_count_of(server.pid());
    PlainClient client("127.0.0.1", server.port());
    client.send(":exit");
    ASSERT_TRUE(server.wait_for_output("disconnected"));
    ASSERT_TRUE(wait_until([&] { return children_of(server.pid()).empty(); }));
    EXPECT_TRUE(client.hears_nothing(200)) << "the parent still holds the connection";
    EXPECT_EQ(socket_count_of(server.pid()), sockets + 1);
    EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace synoptic
