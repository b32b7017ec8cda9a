// synoptic client echo and synoptic hostinfo.
#include <gtest/gtest.h>
#include <netdb.h>
#include <signal.h>
#include <unistd.h>

#include "command_under_test.h"

namespace synoptic {
namespace {

TEST(ClientEcho, PrintsEchoesOnStdoutAndCallsOnStderr) {
    ServeUnderTest server({"--workers", "thread"});
    CommandUnderTest client({"client", "echo", "127.0.0.1", server.port()});
    client.type("hello\n");
    EXPECT_EQ(client.line(), "hello");
    client.type("bytes \x01\xff\n# the end\n");
    const Outcome outcome = client.finish();
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, "bytes \x01\xff\n");
    EXPECT_NE(outcome.err.find(", \"hello\\n\", 6, MSG_NOSIGNAL) = 6\n"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("connect("), std::string::npos);
    EXPECT_EQ(outcome.err.find('\x01'), std::string::npos);
    EXPECT_NE(server.line_with("server received 6 bytes: \\\"hello\\\\n\\\""), "");
}

// Both go to one terminal as a rule; the answer once stood above the question.
TEST(ClientEcho, WhatItPrintsStandsBehindTheCallsThatCameBefore) {
    ServeUnderTest server;
    CommandSetup one_stream;
    one_stream.in_process = [] { dup2(STDOUT_FILENO, STDERR_FILENO); };
    CommandUnderTest client({"client", "echo", "127.0.0.1", server.port()}, one_stream);
    for (const std::string text : {"hello", "two"}) {
        client.type(text + "\n");
        bool received = false;
        std::string line;
        for (line = client.line(); !line.empty() && line != text; line = client.line())
            received = received || line.find("recv(") != std::string::npos;
        EXPECT_EQ(line, text);
        EXPECT_TRUE(received) << text;
    }
    client.close_stdin();
    EXPECT_EQ(client.finish().status, 0);
}

TEST(ClientEcho, EndOfInputEndsIt) {
    ServeUnderTest server;
    CommandUnderTest client({"client", "echo", "localhost", server.port()});
    client.type("no newline");
    client.close_stdin();
    const Outcome outcome = client.finish();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "no newline");
}

TEST(ClientEcho, RunsWithoutStandardStreams) {
    ServeUnderTest server;
    CommandSetup closed;
    closed.stdin_open = closed.stdout_open = false;
    CommandUnderTest client({"client", "echo", "127.0.0.1", server.port()}, closed);
    EXPECT_EQ(client.finish().status, 0);
}

TEST(ClientEcho, EndsWhenNobodyReadsItsOutput) {
    ServeUnderTest server;
    CommandUnderTest client({"client", "echo", "127.0.0.1", server.port()});
    client.close_stdout();
    client.type("one\ntwo\nthree\n");
    EXPECT_EQ(client.finish().status, 1);
}

TEST(ClientEcho, InterruptEndsIt) {
    ServeUnderTest server;
    CommandUnderTest client({"client", "echo", "127.0.0.1", server.port()});
    client.type("hello\n");
    EXPECT_EQ(client.line(), "hello");
    client.send_signal(SIGINT);
    EXPECT_EQ(client.finish().status, 1000 + SIGINT);
}

TEST(ClientEcho, FailuresAreSaid) {
    const Outcome refused = run({"client", "echo", "127.0.0.1", "1"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.err.find("synoptic: "), std::string::npos);
    EXPECT_NE(refused.err.find("Connection refused"), std::string::npos) << refused.err;
    EXPECT_EQ(refused.out, "") << "what stderr says already";
    const Outcome unknown = run({"client", "echo", "no-such-host.invalid", "6666"});
    EXPECT_EQ(unknown.status, 1);
    EXPECT_NE(unknown.err.find("no-such-host.invalid"), std::string::npos) << unknown.err;
}

TEST(HostinfoCommand, PrintsAddresses) {
    const Outcome numeric = run({"hostinfo", "127.0.0.1", "--numeric"});
    EXPECT_EQ(numeric.status, 0);
    EXPECT_EQ(numeric.out, "127.0.0.1\n");
    const Outcome with_service = run({"hostinfo", "::1", "80", "--numeric"});
    EXPECT_EQ(with_service.out, "[::1]:80\n");
    const Outcome ipv4 = run({"hostinfo", "localhost", "-4"});
    EXPECT_EQ(ipv4.status, 0);
    EXPECT_EQ(ipv4.out.rfind("127.0.0.1  ", 0), 0u) << ipv4.out;
    EXPECT_NE(ipv4.out.find("by the older calls:\ngethostbyname: "), std::string::npos) << ipv4.out;
    EXPECT_EQ(ipv4.out.find("::"), std::string::npos) << ipv4.out;
}

TEST(HostinfoCommand, FailureIsGaiStrerrorsText) {
    const Outcome outcome = run({"hostinfo", "::1", "-4"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, std::string("synoptic: ::1: ") + gai_strerror(EAI_ADDRFAMILY) + "\n");
    EXPECT_EQ(run({"hostinfo", "a\x1b[31mb"}).err.rfind("synoptic: a\\x1b[31mb: ", 0), 0u) << "no control character on the terminal";
}

}  // namespace
}  // namespace synoptic
