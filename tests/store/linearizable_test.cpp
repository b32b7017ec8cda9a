// Eight forked writers on a few keys: what they are told can be put in one order.
#include "linearizable.h"

#include <sys/mman.h>

#include <random>
#include <vector>

#include "core/base/clock.h"
#include "store_fixture.h"

namespace synoptic {
namespace {

using Asked = KeyRequest::Kind;

TEST(Linearization, TellsRightFromWrong) {
    const KeyRequest put{Asked::put, true, 1, 0, 10}, late_get{Asked::get, true, 1, 5, 20}, early_miss{Asked::get, false, 0, 1, 2},
        late_miss{Asked::get, false, 0, 30, 40};
    EXPECT_TRUE(Linearization({put, late_get}).exists());
    EXPECT_TRUE(Linearization({put, early_miss, late_get}).exists());
    EXPECT_FALSE(Linearization({put, late_get, late_miss}).exists()) << "it was there before";
    const KeyRequest other_put{Asked::put, true, 2, 0, 10};
    EXPECT_FALSE(Linearization({put, other_put}).exists()) << "both were told OK";
    const KeyRequest del{Asked::del, true, 0, 2, 8};
    EXPECT_TRUE(Linearization({put, other_put, del}).exists());
    const KeyRequest wrong_value{Asked::get, true, 3, 20, 30};
    EXPECT_FALSE(Linearization({put, wrong_value}).exists());
    const KeyRequest lost_put{Asked::put, true, 1, 0, never_told};
    EXPECT_TRUE(Linearization({lost_put, early_miss, late_miss}).exists()) << "never carried out";
    EXPECT_TRUE(Linearization({lost_put, early_miss, late_get}).exists()) << "carried out between them";
    EXPECT_FALSE(Linearization({lost_put, late_get, late_miss}).exists()) << "and not undone";
}

constexpr int processes = 8;
constexpr std::uint32_t requests_of_each = 60;
constexpr std::int64_t keys = 4;

struct Seen {
    std::int64_t key;
    KeyRequest request;
};

/** Asks at random, and notes what was told. */
void ask(Store& store, int writer, Seen* seen) {
    std::mt19937 random(static_cast<std::uint32_t>(writer));
    for (std::uint32_t i = 0; i < requests_of_each; ++i) {
        Seen& now = seen[i];
        now.key = static_cast<std::int64_t>(random() % keys);
        KeyRequest& request = now.request;
        request.kind = static_cast<Asked>(random() % 3);
        request.value = 1 + static_cast<std::uint32_t>(writer) * requests_of_each + i;
        request.asked_ns = monotonic_ns();
        const PairsAnswer answer = request.kind == Asked::put   ? store.put(now.key, std::to_string(request.value))
                                   : request.kind == Asked::get ? store.get(now.key)
                                                                : store.del(now.key);
        request.told_ns = monotonic_ns();
        request.ok = answer.kind == Kind::ok;
        if (request.kind == Asked::get && request.ok) request.value = static_cast<std::uint32_t>(std::stoul(answer.text));
        if (answer.kind == Kind::failed) _exit(1);
    }
}

TEST_F(StoreTest, WhatEightForkedWritersSeeIsLinearizable) {
    const auto store = open();
    const std::size_t bytes = sizeof(Seen) * processes * requests_of_each;
    auto* all = static_cast<Seen*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    std::vector<pid_t> children;
    for (int writer = 0; writer < processes; ++writer) {
        const pid_t pid = fork();
        if (pid == 0) {
            ask(*store, writer, all + static_cast<std::size_t>(writer) * requests_of_each);
            _exit(0);
        }
        children.push_back(pid);
    }
    for (const pid_t pid : children) {
        int status = 0;
        waitpid(pid, &status, 0);
        ASSERT_EQ(status, 0);
    }
    for (std::int64_t key = 0; key < keys; ++key) {
        std::vector<KeyRequest> of_key;
        for (std::size_t i = 0; i < processes * requests_of_each; ++i) {
            if (all[i].key == key) of_key.push_back(all[i].request);
        }
        EXPECT_GT(of_key.size(), 50u);
        EXPECT_TRUE(Linearization(of_key).exists()) << "key " << key;
    }
    munmap(all, bytes);
}

}  // namespace
}  // namespace synoptic
