// A key-value server in a session: what its World knows of the database while clients change it, and a worker that is stopped, and killed, between write and sync.
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "core/model/database.h"
#include "core/store/store.h"
#include "tests/session/session_fixture.h"
#include "tests/store/leftovers.h"

namespace synoptic {
namespace {

class DatabaseTest : public SessionTest {
   protected:
    void TearDown() override { session.reset(); }
    std::string start(const std::string& program) {
        session->submit(StartServer{.program = program, .place = Place::in_app, .address = "127.0.0.1", .port = "0", .database = path});
        const std::string label = "server " + std::to_string(++servers);
        std::string port;
        EXPECT_TRUE(eventually([&](const World& w) {
            const Socket* listener = listener_of(w, label);
            if (listener) port = std::to_string(listener->local.port());
            return listener != nullptr;
        }));
        return port;
    }
    void add_kv_clients(const std::string& port, int count) {
        session->submit(AddClients{.program = "kv_client", .host = "127.0.0.1", .port = port, .count = count});
        EXPECT_TRUE(eventually([&](const World& w) {
            const Program* client = by_label(w, "client " + std::to_string(count));
            const Socket* socket = client ? find(w, client->clientfd) : nullptr;
            return socket && socket->state == Socket::State::connected;
        }));
    }
    void say(const std::string& client, const std::string& text) { session->submit(Say{id_of(client), text}); }
    bool database_is(const std::function<bool(const Database&)>& condition) const {
        return eventually([&](const World& w) {
            const Database* database = find_database(w, path);
            return database && condition(*database);
        });
    }
    std::string file() const {
        std::ostringstream all;
        all << std::ifstream(path).rdbuf();
        return all.str();
    }

    DatabaseFolder temporary;
    const std::string folder = temporary.path(), path = temporary / "database.txt";
};

class EveryKvServer : public DatabaseTest, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Models, EveryKvServer, testing::Values("kv_iterative", "kv_fork", "kv_thread"),
                         [](const auto& which) { return std::string(which.param); });

TEST_P(EveryKvServer, RowsAreSeenAsTheyChange) {
    std::ofstream(path) << "1 one\n5 five\n";
    const std::string port = start(GetParam());
    EXPECT_TRUE(database_is(
        [](const Database& d) { return d.pairs == 2 && d.rows.size() == 2 && d.rows.at(5).value == "five" && d.rows.at(5).loaded; }));
    add_kv_clients(port, 1);
    say("client 1", "put 7 seven");
    EXPECT_TRUE(hears("client 1", "OK"));
    EXPECT_TRUE(database_is([](const Database& d) { return d.rows.count(7) && is_on_disk(d, d.rows.at(7)) && d.pairs == 3; }));
    say("client 1", "del 1");
    EXPECT_TRUE(database_is([](const Database& d) { return d.rows.at(1).deleted && d.dels == 1 && rows_waiting(d) == 0; }));
    say("client 1", "get 5");
    EXPECT_TRUE(hears("client 1", "five"));
    EXPECT_TRUE(database_is([](const Database& d) { return d.rows.at(5).reads == 1; }));
    say("client 1", "Bye");
    EXPECT_TRUE(hears("client 1", "Goodbye"));
    session->submit(StopServer{id_of("server 1")});
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "server 1")->state == Program::State::ended; }));
    EXPECT_EQ(by_label(world(), "server 1")->exit_status, 0);
    EXPECT_EQ(file(), "5 five\n7 seven\n");
    EXPECT_TRUE(database_is([](const Database& d) { return d.servers == 0 && d.lock_holder == ActorId::none; }));
}

TEST_F(DatabaseTest, WorkerIsStoppedBetweenWriteAndSyncAndKilledThere) {
    const std::string port = start("kv_fork");
    add_kv_clients(port, 2);
    ActorId worker{};
    EXPECT_TRUE(eventually([&](const World& w) {
        std::size_t children = 0;
        for (const auto& [id, actor] : w.actors) {
            if (actor.name != "child" || actor.state != Actor::State::blocked) continue;
            ++children;
            if (worker == ActorId::none) worker = id;
        }
        return children == 2;
    }));
    const World before = world();
    const Connection* served = nullptr;
    for (const auto& [id, connection] : before.connections) {
        for (const ActorId each : workers_of(before, id)) {
            if (each == worker) served = &connection;
        }
    }
    ASSERT_NE(served, nullptr);
    std::string its_client, other_client;
    for (const char* label : {"client 1", "client 2"})
        (by_label(before, label)->clientfd == served->client ? its_client : other_client) = label;
    session->submit(SetGate{worker, GateMode::step});
    say(its_client, "put 7 seven");
    // One step after the other until its line is in the file, and the disk is yet to have it.
    const auto written = [](const Database& d) { return d.rows.count(7) != 0; };
    bool there = false;
    // A step of one that has not come to its gate yet fails at once: they can't be counted.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (!there && std::chrono::steady_clock::now() < deadline) {
        const std::uint64_t number = session->submit(Step{worker});
        outcome(number);
        const Database* database = nullptr;
        const World w = world();
        database = find_database(w, path);
        there = database && written(*database);
    }
    ASSERT_TRUE(there);
    EXPECT_EQ(file(), "7 seven\n");
    EXPECT_TRUE(database_is([&](const Database& d) { return rows_waiting(d) == 1 && d.rows.at(7).writer == worker; }));
    session->submit(KillProcess{find(world(), find(world(), worker)->process)->pid, SIGKILL});
    EXPECT_TRUE(eventually([&](const World& w) { return find(w, worker)->state == Actor::State::ended; }));
    say(other_client, "put 8 eight");
    EXPECT_TRUE(hears(other_client, "OK")) << "the dead one's lock is no hindrance";
    EXPECT_EQ(file(), "7 seven\n8 eight\n");
}

TEST_F(DatabaseTest, ForkedCopiesAreDatabasesOfTheirOwn) {
    const std::string port = start("kv_copies_fork");
    add_kv_clients(port, 2);
    say("client 1", "put 1 by one");
    say("client 2", "put 2 by two");
    EXPECT_TRUE(hears("client 1", "OK") && hears("client 2", "OK"));
    const auto keys_of = [](const World& w) {
        std::multiset<std::vector<std::int64_t>> all;
        for (const auto& [id, database] : w.databases) {
            EXPECT_TRUE(database.in_memory) << database.path;
            std::vector<std::int64_t> keys;
            for (const auto& [key, row] : database.rows) keys.push_back(key);
            all.insert(keys);
        }
        return all;
    };
    EXPECT_TRUE(eventually([&](const World& w) {
        return keys_of(w) == std::multiset<std::vector<std::int64_t>>{{}, {1}, {2}};
    })) << "the parent's, which has none, and each child's";
    const World now = world();
    for (const auto& [id, database] : now.databases) {
        EXPECT_EQ(rows_waiting(database), 0u) << "no disk is waited for";
        EXPECT_TRUE(database.log.empty()) << "there is no file";
        for (const auto& [key, row] : database.rows) EXPECT_FALSE(is_on_disk(database, row));
    }
    say("client 1", "Bye");
    EXPECT_TRUE(eventually([](const World& w) {
        return std::any_of(w.databases.begin(), w.databases.end(),
                           [&](const auto& d) { return d.second.rows.count(1) && servers_now(w, d.second) == 0; });
    })) << "a copy ends with its process";
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(DatabaseTest, ThreadsShareOneMemory) {
    const std::string port = start("kv_copies_thread");
    add_kv_clients(port, 2);
    say("client 1", "put 1 by one");
    EXPECT_TRUE(hears("client 1", "OK"));
    say("client 2", "del 1");
    EXPECT_TRUE(hears("client 2", "OK"));
    EXPECT_TRUE(eventually([](const World& w) {
        return w.databases.size() == 1 && w.databases.begin()->second.in_memory && w.databases.begin()->second.rows.count(1) &&
               w.databases.begin()->second.rows.at(1).deleted && w.databases.begin()->second.pairs == 0;
    }));
}

TEST_F(DatabaseTest, ServerThatPutsItsFileInOrderIsNotKilledMeanwhile) {
    std::string lines;
    for (int key = 1; key <= 1'000'000; ++key) lines += std::to_string(key) + " value\n";
    std::ofstream(path) << lines;
    const std::string port = start("kv_fork");
    add_kv_clients(port, 1);
    say("client 1", "put 0 zero");
    EXPECT_TRUE(hears("client 1", "OK"));
    say("client 1", "Bye");
    EXPECT_TRUE(hears("client 1", "Goodbye"));
    const World before = world();
    const pid_t server = find(before, find(before, by_label(before, "server 1")->actors.front())->process)->pid;
    session->submit(StopServer{id_of("server 1")});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (!Store::is_read_or_written_whole(path)) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    kill(server, SIGSTOP);  // now it takes as long as we like
    ASSERT_TRUE(Store::is_read_or_written_whole(path)) << "it was stopped in the middle";
    const auto ended = [&](const World& w) { return by_label(w, "server 1")->state == Program::State::ended; };
    EXPECT_FALSE(session->wait_for(ended, 2500)) << "longer than others are given";
    kill(server, SIGCONT);
    EXPECT_TRUE(eventually(ended));
    const Program end = *by_label(world(), "server 1");
    EXPECT_EQ(end.exit_status, 0);
    EXPECT_TRUE(std::any_of(end.output.begin(), end.output.end(),
                            [](const std::string& text) { return text.find("in order") != std::string::npos; }));
    EXPECT_EQ(file().substr(0, 15), "0 zero\n1 value\n");
}

TEST_F(DatabaseTest, ChangeByAnotherProgramIsSaid) {
    const std::string port = start("kv_thread");
    add_kv_clients(port, 1);
    std::ofstream(path, std::ios::app) << "9 by hand\n";
    say("client 1", "put 7 seven");
    EXPECT_TRUE(hears("client 1", "ERROR " + path + " was changed by another program"));
    EXPECT_TRUE(database_is([](const Database& d) { return !d.trouble.empty(); }));
    EXPECT_TRUE(eventually(
        [&](const World& w) { return by_label(w, "server 1")->trouble.find("changed by another program") != std::string::npos; }));
}

TEST_F(DatabaseTest, DamageIsTheServersTrouble) {
    std::ofstream(path) << "1 one\nwhat\n";
    session->submit(StartServer{.program = "kv_fork", .address = "127.0.0.1", .port = "0", .database = path});
    EXPECT_TRUE(
        eventually([&](const World& w) { return by_label(w, "server 1") && by_label(w, "server 1")->state == Program::State::ended; }));
    EXPECT_EQ(by_label(world(), "server 1")->trouble.rfind(path + ":2: neither", 0), 0u) << by_label(world(), "server 1")->trouble;
}

}  // namespace
}  // namespace synoptic
