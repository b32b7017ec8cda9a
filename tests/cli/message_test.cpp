// synoptic serve message and synoptic client message.
#include <gtest/gtest.h>
#include <signal.h>

#include <regex>

#include "command_under_test.h"

namespace synoptic {
namespace {

/** The first line of a message server on a free port, and that port. */
struct MessageServer {
    CommandUnderTest command;
    std::string first_line, port;
    explicit MessageServer(std::vector<std::string> arguments) : command(with_port(std::move(arguments))), first_line(command.line()) {
        port = first_line.substr(first_line.rfind(':') + 1);
    }
    static std::vector<std::string> with_port(std::vector<std::string> more) {
        std::vector<std::string> arguments = {"serve", "message", "--port", "0"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
};

class ServeMessage : public testing::TestWithParam<const char*> {};

TEST_P(ServeMessage, TalksToItsClient) {
    MessageServer server({"--workers", GetParam()});
    ASSERT_TRUE(std::regex_match(server.first_line, std::regex("listening on 127\\.0\\.0\\.1:\\d+"))) << server.first_line;
    CommandUnderTest client({"client", "message", "127.0.0.1", server.port});
    client.type("hello\n");
    EXPECT_EQ(client.line(), "Message received successfully....");
    client.type("\nDisconnect !\nnever sent\n");
    const Outcome outcome = client.finish();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "Message received successfully....\nMessage received successfully....\n");
    EXPECT_EQ(outcome.err.find("never"), std::string::npos);
    EXPECT_NE(server.command.line_with("] \\\"hello\\\"\\n\""), "");
    EXPECT_NE(server.command.line_with("--- of descriptor "), "") << "why it ended is in the transcript";
    server.command.send_signal(SIGTERM);
    EXPECT_EQ(server.command.finish().status, 0);
}

INSTANTIATE_TEST_SUITE_P(All, ServeMessage, testing::Values("iterative", "fork", "thread"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(ServeMessageCommand, SaysWhyAConnectionEnds) {
    MessageServer server({"--workers", "thread"});
    EXPECT_EQ(exchange("127.0.0.1", server.port, std::string(64, 'x')), "") << "no reply: the connection ends";
    const std::string note = server.command.line_with("--- of descriptor ");
    EXPECT_NE(note.find("the header is no number: \"xxx"), std::string::npos) << note;
}

TEST(ClientMessage, VariantsAndEndOfInput) {
    MessageServer server({"--variant", "two-sends"});
    for (const char* variant : {"two-sends", "nodelay"}) {
        CommandUnderTest client({"client", "message", "127.0.0.1", server.port, "--variant", variant});
        client.type("no newline");
        client.close_stdin();
        const Outcome outcome = client.finish();
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        EXPECT_EQ(outcome.out, "Message received successfully....\n");
        EXPECT_NE(outcome.err.find(", 64, MSG_NOSIGNAL) = 64\n"), std::string::npos) << "the header by itself: " << outcome.err;
        EXPECT_EQ(outcome.err.find("TCP_NODELAY") != std::string::npos, std::string(variant) == "nodelay");
    }
}

TEST(ClientMessage, WhatIsNoMessageServerIsSaid) {
    ServeUnderTest echo({"--workers", "thread"});
    CommandUnderTest client({"client", "message", "127.0.0.1", echo.port()});
    client.type("hello\n");
    EXPECT_EQ(client.line(), "hello") << "an echo of a message is a message";
    client.close_stdin();
    EXPECT_EQ(client.finish().status, 0);
    MessageServer server({});
    CommandUnderTest other({"client", "echo", "127.0.0.1", server.port});
    other.type("a line that is longer than a header, so that the server reads something that is no number\n");
    const Outcome outcome = other.finish();
    EXPECT_EQ(outcome.status, 1) << outcome.out;
}

}  // namespace
}  // namespace synoptic
