// One database for many: threads, forked children, servers that were started apart from each other; and children that are killed.
#include "store_fixture.h"

#include <signal.h>
#include <sys/mman.h>

#include <atomic>
#include <thread>
#include <vector>

#include "scripted_disk.h"

namespace synoptic {
namespace {

TEST_F(StoreTest, ChildrenAndParentSeeTheSame) {
    const auto store = open();
    store->put(1, "before the fork");
    EXPECT_EQ(in_child([&] {
                  if (store->get(1).text != "before the fork") _exit(1);
                  if (store->put(2, "by the child").kind != Kind::ok) _exit(2);
                  if (store->del(1).kind != Kind::ok) _exit(3);
              }),
              0);
    EXPECT_EQ(store->get(2).text, "by the child");
    EXPECT_EQ(store->get(1).kind, Kind::key_not_found);
    EXPECT_EQ(in_child([&] { _exit(store->get(2).text == "by the child" ? 0 : 1); }), 0);
}

TEST_F(StoreTest, ServersStartedApartShareIt) {
    const auto first = open(), second = open();
    EXPECT_EQ(first->put(1, "one").kind, Kind::ok);
    EXPECT_EQ(second->put(1, "uno").kind, Kind::key_exists);
    EXPECT_EQ(second->get(1).text, "one");
    EXPECT_EQ(second->put(0, "zero").kind, Kind::ok);
    EXPECT_TRUE(first->close());
    EXPECT_EQ(file(), "1 one\n0 zero\n") << "the second one still uses it";
    EXPECT_EQ(second->get(0).text, "zero");
    EXPECT_TRUE(second->close());
    EXPECT_EQ(file(), "0 zero\n1 one\n");
}

TEST_F(StoreTest, WhoeverWritesItWholeIsSeenFromOutside) {
    ScriptedDisk disk;
    std::vector<bool> seen;
    disk.on_rename = [&](const char* from, const char* to) {
        seen.push_back(Store::is_read_or_written_whole(path));
        return ::rename(from, to);
    };
    use_disk(&disk);
    EXPECT_FALSE(Store::is_read_or_written_whole(path)) << "there is no such file";
    const auto store = open();
    EXPECT_TRUE(store->in_order());
    store->put(1, "one");
    EXPECT_FALSE(store->in_order());
    EXPECT_FALSE(Store::is_read_or_written_whole(path));
    EXPECT_TRUE(store->close());
    EXPECT_EQ(seen, std::vector{true});
    EXPECT_FALSE(Store::is_read_or_written_whole(path));
}

TEST_F(StoreTest, WorkersOfAKilledServerGoOnBesideANewOne) {
    int told[2], ask[2];
    ASSERT_EQ(pipe(told) + pipe(ask), 0);
    const pid_t server = fork();
    if (server == 0) {
        const auto store = open();
        store->put(1, "by the server");
        if (fork() == 0) {
            char byte = 'x';
            (void)!write(told[1], &byte, 1);
            (void)!read(ask[0], &byte, 1);
            byte = store->put(3, "by the worker").kind == Kind::ok && store->get(2).text == "by the new one" ? 'y' : 'n';
            (void)!write(told[1], &byte, 1);
            _exit(0);
        }
        pause();
    }
    char byte;
    ASSERT_EQ(read(told[0], &byte, 1), 1);
    kill(server, SIGKILL);
    waitpid(server, nullptr, 0);
    const auto store = open();
    EXPECT_EQ(store->get(1).text, "by the server");
    EXPECT_EQ(store->put(2, "by the new one").kind, Kind::ok);
    ASSERT_EQ(write(ask[1], "x", 1), 1);
    ASSERT_EQ(read(told[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'y');
    EXPECT_EQ(store->get(3).text, "by the worker");
    for (const int fd : {told[0], told[1], ask[0], ask[1]}) ::close(fd);
}

TEST_F(StoreTest, OfManyPutsOfOneKeyOneWins) {
    const auto store = open();
    constexpr int keys = 100;
    std::vector<pid_t> children;
    auto* wins = static_cast<std::atomic<int>*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    for (int child = 0; child < 4; ++child) {
        const pid_t pid = fork();
        if (pid == 0) {
            const auto puts = [&] {
                for (int key = 0; key < keys; ++key) wins[key] += store->put(key, "by " + std::to_string(getpid())).kind == Kind::ok;
            };
            std::thread beside(puts);
            puts();
            beside.join();
            _exit(0);
        }
        children.push_back(pid);
    }
    for (const pid_t pid : children) waitpid(pid, nullptr, 0);
    for (int key = 0; key < keys; ++key) EXPECT_EQ(wins[key].load(), 1) << key;
    EXPECT_EQ(store->pairs(), static_cast<std::uint64_t>(keys));
    munmap(wins, 4096);
}

/** Kills its process at the n-th call of a kind, before it, in its middle or behind it. */
class KillingDisk : public Disk {
   public:
    enum class When { before_write, half_written, written, before_sync, synced };
    When when{};
    bool armed = false;

    ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t offset) override {
        if (armed && when == When::before_write) die();
        if (armed && when == When::half_written) count /= 2;
        const ssize_t written = Disk::pwrite(fd, bytes, count, offset);
        if (armed && (when == When::half_written || when == When::written)) die();
        return written;
    }
    int fdatasync(int fd) override {
        if (armed && when == When::before_sync) die();
        const int result = Disk::fdatasync(fd);
        if (armed && when == When::synced) die();
        return result;
    }

   private:
    static void die() {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
};

TEST_F(StoreTest, ChildThatIsKilledWithinAPutHindersNobody) {
    KillingDisk disk;
    use_disk(&disk);
    const auto store = open();
    using When = KillingDisk::When;
    std::int64_t key = 0;
    for (const When when : {When::before_write, When::half_written, When::written, When::before_sync, When::synced}) {
        disk.when = when;
        store->put(key, "before");
        disk.armed = true;
        EXPECT_EQ(in_child([&] { store->put(key + 1, "cut off"); }), 1000 + SIGKILL);
        EXPECT_EQ(in_child([&] { store->del(key); }), 1000 + SIGKILL);
        disk.armed = false;
        EXPECT_EQ(store->put(key + 2, "behind").kind, Kind::ok) << static_cast<int>(when);
        EXPECT_EQ(store->get(key + 2).text, "behind");
        const bool written = when >= When::written;
        EXPECT_EQ(store->get(key + 1).kind, written ? Kind::ok : Kind::key_not_found) << static_cast<int>(when);
        EXPECT_EQ(store->get(key).kind, written ? Kind::key_not_found : Kind::ok) << static_cast<int>(when);
        key += 3;
    }
    const std::uint64_t pairs = store->pairs();
    EXPECT_TRUE(store->close());
    use_disk(nullptr);
    EXPECT_EQ(open()->pairs(), pairs);
}

TEST_F(StoreTest, GrowsAndShrinks) {
    class NoSync : public Disk {
        int fdatasync(int) override { return 0; }
    } disk;
    use_disk(&disk);
    const auto store = open();
    for (std::int64_t key = 0; key < 20'000; ++key) ASSERT_EQ(store->put(key, std::to_string(key)).kind, Kind::ok);
    for (std::int64_t key = 0; key < 19'990; ++key) ASSERT_EQ(store->del(key).kind, Kind::ok);
    for (int round = 0; round < 20'000; ++round) {
        ASSERT_EQ(store->put(-1, "x").kind, Kind::ok);
        ASSERT_EQ(store->del(-1).kind, Kind::ok);
    }
    for (std::int64_t key = 0; key < 20'000; ++key) ASSERT_EQ(store->get(key).kind, key < 19'990 ? Kind::key_not_found : Kind::ok) << key;
    EXPECT_EQ(store->pairs(), 10u);
}

}  // namespace
}  // namespace synoptic
