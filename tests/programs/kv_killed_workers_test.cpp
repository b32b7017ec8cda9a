// Forked workers that are killed in the middle of a put or del, while others' clients go on: what all clients were told, over TCP, can be put in one order, and what was lost with a
// worker was carried out whole or not at all.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <thread>

#include "core/base/clock.h"
#include "server_under_test.h"
#include "tests/store/leftovers.h"
#include "tests/store/linearizable.h"
#include "tests/store/scripted_disk.h"

namespace synoptic {
namespace {

using Asked = KeyRequest::Kind;

constexpr int clients = 8;
constexpr std::uint32_t requests_of_each = 60;
constexpr std::int64_t keys = 4;
constexpr unsigned one_in = 60;  // calls on the disk that a worker does not survive

/** In the server's process. Its workers die before, within or behind a call: nobody else does. */
void let_workers_die(std::uint32_t seed) {
    static ScriptedDisk disk;
    static const pid_t server = getpid();
    static std::mt19937 random;
    static pid_t seeded_for = 0;
    const auto dies = [seed] {
        if (getpid() == server) return false;
        if (std::exchange(seeded_for, getpid()) != getpid())
            random.seed(seed + static_cast<std::uint32_t>(getpid()));  // else all would die alike
        return random() % one_in == 0;
    };
    const auto die = [] { kill(getpid(), SIGKILL); };
    disk.on_pwrite = [=](int fd, const void* bytes, std::size_t count, off_t offset) {
        if (dies()) die();
        if (dies()) {
            (void)!::pwrite(fd, bytes, count / 2, offset);
            die();
        }
        const ssize_t written = ::pwrite(fd, bytes, count, offset);
        if (dies()) die();
        return written;
    };
    disk.on_fdatasync = [=](int fd) {
        if (dies()) die();
        const int result = ::fdatasync(fd);
        if (dies()) die();
        return result;
    };
    use_disk(&disk);
}

struct Seen {
    std::int64_t key;
    KeyRequest request;
};

/** One line; "" if the worker died before. */
std::string line_from(PlainClient& client) {
    std::string line;
    for (std::string byte; (byte = client.receive(1)) != "";) {
        if (byte == "\n") return line;
        line += byte;
    }
    return {};
}

std::string text_of(const Seen& seen) {
    const std::string key = std::to_string(seen.key);
    if (seen.request.kind == Asked::put) return "put " + key + " " + std::to_string(seen.request.value) + "\n";
    return (seen.request.kind == Asked::get ? "get " : "del ") + key + "\n";
}

/** Asks at random, of another worker when one is dead. What nobody knows of a get is not kept. */
std::vector<Seen> ask(std::uint16_t port, std::uint32_t nth, std::uint32_t seed, std::atomic<int>& lost) {
    std::mt19937 random(seed * clients + nth);
    auto client = std::make_unique<PlainClient>("127.0.0.1", port);
    std::vector<Seen> all;
    for (std::uint32_t i = 0; i < requests_of_each; ++i) {
        Seen now{static_cast<std::int64_t>(random() % keys), {}};
        now.request.kind = static_cast<Asked>(random() % 3);
        now.request.value = 1 + nth * requests_of_each + i;
        now.request.asked_ns = monotonic_ns();
        const std::string reply = client->send(text_of(now)) ? line_from(*client) : "";
        now.request.told_ns = monotonic_ns();
        now.request.ok = !reply.starts_with("ERROR key ");
        EXPECT_TRUE(now.request.ok || reply == "ERROR key exists" || reply == "ERROR key not found") << reply;
        if (reply.empty()) {
            ++lost;
            now.request.told_ns = never_told;
            client = std::make_unique<PlainClient>("127.0.0.1", port);
            if (now.request.kind == Asked::get) continue;
        } else if (now.request.kind == Asked::get && now.request.ok) {
            now.request.value = static_cast<std::uint32_t>(std::strtoul(reply.c_str(), nullptr, 10));
        } else if (now.request.ok) {
            EXPECT_EQ(reply, "OK");
        }
        all.push_back(now);
    }
    return all;
}

/** What each key holds in the end, asked by one who comes behind all others. */
std::vector<Seen> ask_for_all(std::uint16_t port) {
    std::vector<Seen> all;
    for (std::int64_t key = 0; key < keys; ++key) {
        Seen now{key, {.kind = Asked::get, .asked_ns = monotonic_ns()}};
        std::string reply;
        for (int attempt = 0; attempt < 50 && reply.empty(); ++attempt) {
            PlainClient client("127.0.0.1", port);
            if (client.send(text_of(now))) reply = line_from(client);
        }
        now.request.ok = reply != "ERROR key not found";
        now.request.value = static_cast<std::uint32_t>(std::strtoul(reply.c_str(), nullptr, 10));
        now.request.told_ns = monotonic_ns();
        all.push_back(now);
    }
    return all;
}

/** One server's life: "" or what is wrong. */
void live(const std::string& database, std::uint32_t seed, std::atomic<int>& lost) {
    ServerUnderTest server("kv_fork", {.backlog = 64, .in_process = [seed] { let_workers_die(seed); }, .database = database});
    const std::uint16_t port = server.port();
    ASSERT_NE(port, 0);
    std::vector<std::vector<Seen>> seen(clients);
    std::vector<std::thread> threads;
    for (std::uint32_t nth = 0; nth < clients; ++nth) threads.emplace_back([&, nth] { seen[nth] = ask(port, nth, seed, lost); });
    for (std::thread& thread : threads) thread.join();
    seen.push_back(ask_for_all(port));
    std::string expected;
    for (std::int64_t key = 0; key < keys; ++key) {
        std::vector<KeyRequest> of_key;
        for (const std::vector<Seen>& of_one : seen) {
            for (const Seen& one : of_one) {
                if (one.key == key) of_key.push_back(one.request);
            }
        }
        EXPECT_TRUE(Linearization(of_key).exists()) << "seed " << seed << ", key " << key;
        const KeyRequest& last = seen.back()[static_cast<std::size_t>(key)].request;
        if (last.ok) expected += std::to_string(key) + " " + std::to_string(last.value) + "\n";
    }
    EXPECT_EQ(server.stop(), 0) << server.output();
    std::ostringstream file;
    file << std::ifstream(database).rdbuf();
    EXPECT_EQ(file.str(), expected) << "seed " << seed;
}

/** A few of them; of more, --gtest_repeat and --gtest_random_seed. */
TEST(KvKilledWorkers, WhatIsToldIsLinearizableAndNothingIsLost) {
    static std::uint32_t seed = static_cast<std::uint32_t>(testing::UnitTest::GetInstance()->random_seed());
    const DatabaseFolder folder;
    std::atomic<int> lost = 0;
    for (int round = 0; round < 5; ++round) {
        live(folder / ("database" + std::to_string(round) + ".txt"), ++seed, lost);
        if (testing::Test::HasFailure()) break;
    }
    EXPECT_GT(lost, 0) << "no worker died";
}

}  // namespace
}  // namespace synoptic
