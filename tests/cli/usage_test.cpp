// Wrong usage is exit status 2 and one line that says what is wrong.
#include <gtest/gtest.h>

#include <algorithm>

#include "command_under_test.h"

namespace synoptic {
namespace {

struct Wrong {
    std::vector<std::string> arguments;
    const char* says;
};

TEST(Usage, OneLineSaysWhatIsWrong) {
    const Wrong cases[] = {
        {{"serve"}, "protocol is required"},
        {{"serve", "message", "--port", "-1"}, "--port"},
        {{"serve", "message", "--variant", "no-such"}, "thread: short-reads, spin, no-check, two-sends"},
        {{"client", "message", "127.0.0.1", "1", "--variant", "no-such"}, "there are two-sends, nodelay"},
        {{"client", "message", "127.0.0.1"}, "port is required"},
        {{"serve", "kv", "--max-clients", "0"}, "--max-clients \"0\""},
        {{"serve", "kv", "--max-line", "65562"}, "--max-line \"65562\""},
        {{"serve", "kv", "--idle", "long"}, "--idle \"long\""},
        {{"serve", "echo", "--idle", "5"}, "--idle: only a kv server"},
        {{"serve", "kv", "--variant", "no-such"}, "copies"},
        {{"serve", "chat"}, "no such protocol"},
        {{"serve", "echo", "--port", "65536"}, "--port \"65536\""},
        {{"serve", "echo", "--port", "-1"}, "-1"},
        {{"serve", "echo", "--port", "echo"}, "--port \"echo\""},
        {{"serve", "echo", "--port", "80x"}, "--port \"80x\""},
        {{"serve", "echo", "--port"}, "--port"},
        {{"serve", "echo", "--backlog", "2147483648"}, "--backlog \"2147483648\""},
        {{"serve", "echo", "--backlog", "many"}, "--backlog \"many\""},
        {{"serve", "echo", "--workers", "select"}, "there are iterative, fork and thread"},
        {{"serve", "echo", "--variant", "no-such"}, "no-close"},
        {{"serve", "echo", "--workers", "thread", "--variant", "no-close"}, "thread: none"},
        {{"serve", "echo", "--workers", "iterative", "--variant", "x\n\x1b[31m"}, "ipv4-only"},
        {{"serve", "echo", "--db", "x"}, "--db"},
        {{"serve", "echo", "--frobnicate"}, "--frobnicate"},
        {{"serve", "echo", "twice"}, "twice"},
        {{"client", "echo"}, "host is required"},
        {{"client", "echo", "127.0.0.1"}, "port is required"},
        {{"client", "echo", "127.0.0.1", "0"}, "\"0\" is no port"},
        {{"client", "echo", "127.0.0.1", "99999"}, "\"99999\" is no port"},
        {{"client", "kv", "127.0.0.1", "0"}, "\"0\" is no port"},
        {{"client", "echo", "", "1"}, "no name"},
        {{"hostinfo"}, "name is required"},
        {{"hostinfo", "x", "-4", "-6"}, "-4 and -6"},
        {{"check", "twice"}, "twice"},
        {{"--no-such-option"}, "--no-such-option"},
        {{"sevre", "echo"}, "\"sevre\" is no subcommand: did you mean serve? there are "},
        {{"cl"}, "did you mean client?"},
        {{"no-such-lesson"}, "there is no lesson"},
        {{"nowhere.md"}, "there is no lesson"},
        {{"nonsense"}, "\"nonsense\" is no subcommand: there are serve, client, hostinfo, play, lessons, export, check"},
    };
    for (const Wrong& wrong : cases) {
        const Outcome outcome = run(wrong.arguments);
        std::string given;
        for (const std::string& argument : wrong.arguments) given += argument + " ";
        EXPECT_EQ(outcome.status, 2) << given;
        EXPECT_EQ(outcome.out, "") << given;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << given << outcome.err;
        EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos) << given;
        EXPECT_EQ(outcome.err.rfind("synoptic: ", 0), 0u) << given << outcome.err;
        EXPECT_NE(outcome.err.find(wrong.says), std::string::npos) << given << outcome.err;
    }
}

TEST(Usage, TheVersionIsOneLine) {
    const Outcome outcome = run({"--version"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(outcome.out.starts_with("synoptic ")) << outcome.out;
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1) << outcome.out;
    EXPECT_EQ(outcome.err, "");
}

TEST(Usage, HelpIsNoError) {
    const Outcome outcome = run({"--help"});
    EXPECT_EQ(outcome.status, 0);
    for (const char* word : {"serve", "client", "hostinfo", "play", "export", "check"})
        EXPECT_NE(outcome.out.find(word), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.out.find("--dump"), std::string::npos) << "for tests only";
    EXPECT_EQ(outcome.out.find("LESSON"), std::string::npos) << "there are none";
    const Outcome serve = run({"serve", "--help"});
    EXPECT_EQ(serve.status, 0);
    EXPECT_NE(serve.out.find("no-close"), std::string::npos) << "variants are named: " << serve.out;
    for (const char* protocol : {"echo: ", "message: ", "kv: "})
        EXPECT_NE(serve.out.find(protocol), std::string::npos) << "variants stand behind their protocol: " << serve.out;
    EXPECT_NE(serve.out.find("--db"), std::string::npos);
}

}  // namespace
}  // namespace synoptic
