// What each key-value server must do, whatever its worker model: system E's protocol, over real connections.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "core/store/pairs.h"
#include "server_under_test.h"
#include "tests/store/leftovers.h"
#include "tests/store/scripted_disk.h"

namespace synoptic {
namespace {

class KvTest : public testing::TestWithParam<const char*> {
   public:
    std::string database() const { return folder_ / "database.txt"; }
    std::string file() const {
        std::ifstream in(database(), std::ios::binary);
        std::ostringstream all;
        all << in.rdbuf();
        return all.str();
    }
    ServerOptions options(const ServerLimits& limits = {}) const { return {.database = database(), .limits = limits}; }

   private:
    DatabaseFolder folder_;
};

/** Sends, and expects exactly these bytes. */
testing::AssertionResult replies(PlainClient& client, std::string_view sent, std::string_view expected) {
    client.send(sent);
    const std::string got = client.receive(expected.size());
    if (got == expected) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "to " << sent << " came " << got;
}

class KvServer : public KvTest {};

TEST_P(KvServer, TheProtocol) {
    ServerUnderTest server(GetParam(), options());
    PlainClient client("127.0.0.1", server.port());
    ASSERT_TRUE(client.connected());
    EXPECT_TRUE(replies(client, "put 7 seven\n", "OK\n"));
    EXPECT_TRUE(replies(client, "get 7\n", "seven\n"));
    EXPECT_TRUE(replies(client, "put 7 again\n", "ERROR key exists\n"));
    EXPECT_TRUE(replies(client, "get 8\n", "ERROR key not found\n"));
    EXPECT_TRUE(replies(client, "del 7\r\n", "OK\n"));
    EXPECT_TRUE(replies(client, "del 7\n", "ERROR key not found\n"));
    EXPECT_TRUE(replies(client, "get x\n", "ERROR key is not an integer\n"));
    EXPECT_TRUE(replies(client, "put 7\n", "ERROR missing value\n"));
    EXPECT_TRUE(replies(client, "hello\n", "ERROR unknown command: there are put, get, del and Bye\n"));
    EXPECT_TRUE(replies(client, "put 7  spaces  kept \n", "OK\n"));
    EXPECT_TRUE(replies(client, "get 7\n", " spaces  kept \n"));
    EXPECT_TRUE(replies(client, "Bye\n", "Goodbye\n"));
    EXPECT_TRUE(client.sees_end());
    EXPECT_EQ(server.stop(), 0);
    EXPECT_EQ(file(), "7  spaces  kept \n");
}

TEST_P(KvServer, PipelinedRequestsAreAnsweredInOrder) {
    ServerUnderTest server(GetParam(), options());
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(replies(client, "put 1 one\r\nget 1\nput 1 uno\ndel 1\r\nget 1\nBye\nget 1\n",
                        "OK\none\nERROR key exists\nOK\nERROR key not found\nGoodbye\n"));
    EXPECT_TRUE(client.sees_end()) << "nothing behind Bye is answered";
}

TEST_P(KvServer, LinesCutAnywhere) {
    ServerUnderTest server(GetParam(), options());
    PlainClient client("127.0.0.1", server.port());
    for (const char byte : std::string("put 1 one\r\n")) client.send({&byte, 1});
    EXPECT_EQ(client.receive(3), "OK\n");
    client.send("get 1");
    EXPECT_TRUE(client.hears_nothing(50));
    EXPECT_TRUE(replies(client, "\nge", "one\n"));
    EXPECT_TRUE(replies(client, "t 1\n", "one\n"));
}

TEST_P(KvServer, LongValuesAndLongerLines) {
    ServerUnderTest server(GetParam(), options());
    PlainClient client("127.0.0.1", server.port());
    const std::string longest(value_bytes_limit, 'v');
    EXPECT_TRUE(replies(client, "put -9223372036854775808 " + longest + "\r\n", "OK\n"));
    EXPECT_TRUE(replies(client, "get -9223372036854775808\n", longest + "\n"));
    EXPECT_TRUE(replies(client, "put 1 x" + longest + "\n", "ERROR value too long: at most 65536 bytes\n"));
    const std::string too_long = "ERROR line too long: at most 65561 bytes\n";
    EXPECT_TRUE(replies(client, "put 1 " + std::string(65556, 'v') + "\n", too_long));
    EXPECT_TRUE(replies(client, std::string(1u << 20, 'x') + "\nget 1\n", too_long + "ERROR key not found\n"));
}

TEST_P(KvServer, ManyLongRepliesToAClientThatReadsLate) {
    ServerUnderTest server(GetParam(), options());
    PlainClient client("127.0.0.1", server.port());
    const std::string value(60'000, 'v');
    EXPECT_TRUE(replies(client, "put 1 " + value + "\n", "OK\n"));
    std::string requests;
    for (int i = 0; i < 200; ++i) requests += "get 1\n";
    client.send(requests);
    std::string all = client.receive(200 * (value.size() + 1));
    EXPECT_EQ(all.size(), 200 * (value.size() + 1));
}

TEST_P(KvServer, ClientThatAsksAndDoesNotReadIsLeft) {
    ServerUnderTest server(GetParam(), options({.idle_seconds = 1}));
    PlainClient deaf("127.0.0.1", server.port());
    const std::string value(60'000, 'v');
    EXPECT_TRUE(replies(deaf, "put 1 " + value + "\n", "OK\n"));
    std::string requests;
    for (int i = 0; i < 1000; ++i) requests += "get 1\n";  // more than the buffers of both ends hold
    deaf.send(requests);
    EXPECT_TRUE(server.wait_for_output("no reply was taken for 1 seconds\n")) << server.output();
    PlainClient next("127.0.0.1", server.port());
    EXPECT_TRUE(replies(next, "get 2\n", "ERROR key not found\n"));
}

TEST_P(KvServer, StopThatCanNotLeaveTheFileInOrderIsSaid) {
    ServerOptions failing = options();
    failing.in_process = [] {
        static ScriptedDisk disk;
        disk.on_rename = [](const char*, const char*) { return fails_with(EIO); };
        use_disk(&disk);
    };
    ServerUnderTest server(GetParam(), failing);
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(replies(client, "put 2 two\nput 1 one\n", "OK\nOK\n"));
    EXPECT_EQ(server.stop(), 1);
    EXPECT_TRUE(server.wait_for_output("rename: Input/output error")) << server.output();
    EXPECT_EQ(file(), "2 two\n1 one\n") << "nothing is lost";
}

TEST_P(KvServer, PairsOutliveARestart) {
    {
        ServerUnderTest server(GetParam(), options());
        PlainClient client("127.0.0.1", server.port());
        EXPECT_TRUE(replies(client, "put 2 two\nput 1 one\nput 3 three\ndel 3\n", "OK\nOK\nOK\nOK\n"));
        client.close();
        EXPECT_EQ(server.stop(), 0);
    }
    EXPECT_EQ(file(), "1 one\n2 two\n");
    ServerUnderTest server(GetParam(), options());
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(replies(client, "get 2\nget 3\n", "two\nERROR key not found\n"));
}

TEST_P(KvServer, StopsWhileClientsSayNothing) {
    ServerUnderTest server(GetParam(), options());
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(replies(client, "put 2 two\nput 1 one\n", "OK\nOK\n"));
    EXPECT_EQ(server.stop(), 0);
    EXPECT_TRUE(client.sees_end());
    EXPECT_EQ(file(), "1 one\n2 two\n") << "in order, though a client was still there";
}

TEST_P(KvServer, KilledItLosesNothingThatWasAcknowledged) {
    {
        ServerUnderTest server(GetParam(), options());
        PlainClient client("127.0.0.1", server.port());
        EXPECT_TRUE(replies(client, "put 2 two\nput 1 one\n", "OK\nOK\n"));
        kill(-server.pid(), SIGKILL);
        EXPECT_EQ(server.wait_for_exit(), 1000 + SIGKILL);
    }
    ServerUnderTest server(GetParam(), options());
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(replies(client, "get 1\nget 2\n", "one\ntwo\n"));
}

TEST_P(KvServer, DamagedDatabaseIsSaid) {
    std::ofstream(database()) << "1 one\nwhat is this\n";
    ServerUnderTest server(GetParam(), options());
    EXPECT_EQ(server.wait_for_exit(), 1);
    EXPECT_EQ(server.output(), database() + ":2: neither \"KEY VALUE\" nor \"del KEY\": the key is no integer of 64 bits\n");
    EXPECT_EQ(file(), "1 one\nwhat is this\n");
}

TEST_P(KvServer, SaysItsLimitsAndWhatWasTorn) {
    std::ofstream(database()) << "1 one\n2 tw";
    ServerUnderTest server(GetParam(), options());
    EXPECT_TRUE(server.wait_for_output(database() + ": 1 pairs\nat most 1000 clients, 65561 bytes a line, 600 s idle\n"))
        << server.output();
    EXPECT_NE(server.output().find(":2: the last line has no end: 4 bytes were set aside in "), std::string::npos) << server.output();
}

TEST_P(KvServer, SilentClientIsSentAway) {
    ServerUnderTest server(GetParam(), options({.idle_seconds = 1}));
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(replies(client, "get 1\n", "ERROR key not found\n"));
    const std::string farewell = "ERROR no request for 1 seconds\n";
    EXPECT_EQ(client.receive(farewell.size()), farewell);
    EXPECT_TRUE(client.sees_end());
}

TEST_P(KvServer, ByteAfterByteIsNoRequest) {
    ServerUnderTest server(GetParam(), options({.idle_seconds = 1}));
    PlainClient client("127.0.0.1", server.port());
    const std::string farewell = "ERROR no request for 1 seconds\n";
    EXPECT_TRUE(wait_until([&] { return !client.send("x") || !client.hears_nothing(100); }));
    EXPECT_EQ(client.receive(farewell.size()), farewell);
}

TEST_P(KvServer, ShorterLinesCanBeAskedFor) {
    ServerUnderTest server(GetParam(), options({.line_bytes = 20}));
    PlainClient client("127.0.0.1", server.port());
    EXPECT_TRUE(replies(client, "put 1 12345678901234\r\n", "OK\n"));
    EXPECT_TRUE(replies(client, "put 2 123456789012345\n", "ERROR line too long: at most 20 bytes\n"));
}

INSTANTIATE_TEST_SUITE_P(All, KvServer, testing::Values("kv_iterative", "kv_fork", "kv_thread"),
                         [](const auto& tested) { return std::string(tested.param); });

class KvConcurrent : public KvTest {};

TEST_P(KvConcurrent, EachSeesWhatTheOthersStored) {
    ServerUnderTest server(GetParam(), options());
    PlainClient one("127.0.0.1", server.port()), other("127.0.0.1", server.port());
    EXPECT_TRUE(replies(one, "put 1 by one\n", "OK\n"));
    EXPECT_TRUE(replies(other, "get 1\nput 1 by other\ndel 1\n", "by one\nERROR key exists\nOK\n"));
    EXPECT_TRUE(replies(one, "get 1\n", "ERROR key not found\n"));
}

TEST_P(KvConcurrent, ForkAndThreadsShareADatabase) {
    ServerUnderTest server(GetParam(), options()), beside("kv_thread", options());
    PlainClient one("127.0.0.1", server.port()), other("127.0.0.1", beside.port());
    EXPECT_TRUE(replies(one, "put 2 by one\n", "OK\n"));
    EXPECT_TRUE(replies(other, "get 2\nput 1 by other\n", "by one\nOK\n"));
    one.close();
    EXPECT_EQ(server.stop(), 0);
    other.close();
    EXPECT_EQ(beside.stop(), 0);
    EXPECT_EQ(file(), "1 by other\n2 by one\n");
}

TEST_P(KvConcurrent, TooManyClientsAreTurnedAway) {
    ServerUnderTest server(GetParam(), options({.clients = 2}));
    auto first = std::make_unique<PlainClient>("127.0.0.1", server.port());
    PlainClient second("127.0.0.1", server.port());
    EXPECT_TRUE(replies(*first, "get 1\n", "ERROR key not found\n"));
    EXPECT_TRUE(replies(second, "get 1\n", "ERROR key not found\n"));
    PlainClient third("127.0.0.1", server.port());
    const std::string text = "ERROR too many clients: at most 2\n";
    EXPECT_EQ(third.receive(text.size()), text);
    EXPECT_TRUE(third.sees_end());
    first.reset();
    const auto served = [&] {
        PlainClient next("127.0.0.1", server.port());
        return static_cast<bool>(replies(next, "get 1\n", "ERROR key not found\n"));
    };
    EXPECT_TRUE(wait_until(served)) << "there is room again";
}

INSTANTIATE_TEST_SUITE_P(All, KvConcurrent, testing::Values("kv_fork", "kv_thread"),
                         [](const auto& tested) { return std::string(tested.param); });

class KvCopies : public KvTest {};

TEST_F(KvCopies, ForkedChildrenEachHaveTheirOwn) {
    ServerUnderTest server("kv_copies_fork", options());
    PlainClient one("127.0.0.1", server.port()), other("127.0.0.1", server.port());
    EXPECT_TRUE(replies(one, "put 1 by one\nget 1\n", "OK\nby one\n"));
    EXPECT_TRUE(replies(other, "get 1\n", "ERROR key not found\n"));
    EXPECT_TRUE(replies(other, "put 1 by other\n", "OK\n"));
    EXPECT_TRUE(replies(one, "get 1\n", "by one\n"));
    EXPECT_FALSE(std::filesystem::exists(database()));
}

TEST_F(KvCopies, ThreadsHaveOneForAll) {
    ServerUnderTest server("kv_copies_thread", options());
    PlainClient one("127.0.0.1", server.port()), other("127.0.0.1", server.port());
    EXPECT_TRUE(replies(one, "put 1 by one\n", "OK\n"));
    EXPECT_TRUE(replies(other, "get 1\nput 1 by other\ndel 1\n", "by one\nERROR key exists\nOK\n"));
    EXPECT_TRUE(replies(one, "get 1\n", "ERROR key not found\n"));
}

}  // namespace
}  // namespace synoptic
