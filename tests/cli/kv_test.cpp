// synoptic serve kv and synoptic client kv.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "command_under_test.h"
#include "tests/store/leftovers.h"

namespace synoptic {
namespace {

class KvCommand : public testing::TestWithParam<const char*> {
   public:
    DatabaseFolder temporary;
    const std::string folder = temporary.path(), path = temporary / "database.txt";
};

class KvWorkers : public KvCommand {};

TEST_P(KvWorkers, ServesAndKeeps) {
    CommandUnderTest server({"serve", "kv", "--port", "0", "--workers", GetParam(), "--db", path});
    const std::string first = server.line();
    ASSERT_EQ(first.rfind("listening on 127.0.0.1:", 0), 0u) << first;
    const std::string port = first.substr(first.rfind(':') + 1);
    EXPECT_EQ(exchange("127.0.0.1", port, "put 7 x\nBye\n"), "OK\nGoodbye\n");
    CommandUnderTest client({"client", "kv", "127.0.0.1", port});
    client.type("help\nget 7\nput 1  two  words\nget 1\nget 2\n\nBye\n");
    EXPECT_EQ(client.line(), "put KEY VALUE   stores a pair whose key is new; KEY is an integer, VALUE the rest of the line");
    EXPECT_NE(client.line_with("Bye "), "");
    for (const char* reply : {"x", "OK", " two  words", "ERROR key not found", "Goodbye"}) EXPECT_EQ(client.line(), reply);
    const Outcome ended = client.finish();
    EXPECT_EQ(ended.status, 0);
    EXPECT_NE(ended.err.find("connect("), std::string::npos) << "its calls are on stderr";
    server.send_signal(SIGTERM);
    const Outcome outcome = server.finish();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("fdatasync("), std::string::npos) << outcome.out;
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    EXPECT_EQ(all.str(), "1  two  words\n7 x\n");
}

INSTANTIATE_TEST_SUITE_P(All, KvWorkers, testing::Values("iterative", "fork", "thread"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_F(KvCommand, DamageIsSaid) {
    std::ofstream(path) << "1 one\n2\n";
    for (const char* workers : {"fork", "thread"}) {
        const Outcome outcome = run({"serve", "kv", "--port", "0", "--workers", workers, "--db", path});
        EXPECT_EQ(outcome.status, 1);
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(outcome.err, "synoptic: " + path + ":2: no space behind the key\n");
    }
}

TEST(KvClient, ARefusalAtATerminalIsSaidOnceAndWithoutTheHelp) {
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ASSERT_GE(terminal, 0);
    ASSERT_EQ(grantpt(terminal), 0);
    ASSERT_EQ(unlockpt(terminal), 0);
    const std::string name = ptsname(terminal);
    CommandUnderTest client({"client", "kv", "127.0.0.1", "1"}, {.in_process = [&name] {
                                const int fd = open(name.c_str(), O_RDWR | O_NOCTTY);
                                for (const int standard : {0, 1, 2}) dup2(fd, standard);
                            }});
    EXPECT_EQ(client.finish().status, 1);
    std::string shown;
    char part[512];
    // Behind the last byte it fails (EIO), for nobody has the other end any more.
    for (ssize_t got; (got = read(terminal, part, sizeof part)) > 0;) shown.append(part, static_cast<std::size_t>(got));
    close(terminal);
    EXPECT_EQ(shown.rfind("synoptic: ", 0), 0u) << shown;
    EXPECT_NE(shown.find("Connection refused"), std::string::npos) << shown;
    EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 1) << shown;
}

TEST_F(KvCommand, ClientEndsWithItsInput) {
    CommandUnderTest server({"serve", "kv", "--port", "0", "--db", path, "--max-clients", "5", "--idle", "60", "--max-line", "100"});
    const std::string first = server.line();
    CommandUnderTest client({"client", "kv", "127.0.0.1", first.substr(first.rfind(':') + 1)});
    client.type("put 1 no line feed");
    client.close_stdin();
    const Outcome outcome = client.finish();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "OK\n");
    EXPECT_NE(server.line_with("at most 5 clients, 100 bytes a line, 60 s idle"), "");
}

}  // namespace
}  // namespace synoptic
