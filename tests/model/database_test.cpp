// What a database tells, folded: rows, who wrote them, what waits for the disk, who holds the lock.
#include "core/model/database.h"

#include <gtest/gtest.h>

#include "story.h"

namespace synoptic {
namespace {

constexpr std::uint64_t store = 77;

struct KvStory : Story {
    ProgramId server_program = program(1, true, true, "kv_fork");
    ActorId server = begin(1, 100, server_program);
    ActorId one = fork(server, 1, 101, server_program, 2), other = fork(server, 2, 102, server_program, 3);

    KvStory() { open(2, 20); }
    void open(std::int64_t pairs, std::int64_t bytes, bool beside = false) {
        fact(EventKind::store_opened, {.a = pairs, .b = beside, .value = bytes, .payload = "/db/database.txt", .socket = store}, server);
    }
    void put(ActorId actor, std::int64_t key, std::int64_t begin, std::int64_t end, const std::string& value) {
        fact(EventKind::row_put, {.a = key, .b = begin, .value = end, .payload = value, .socket = store}, actor);
    }
    void del(ActorId actor, std::int64_t key, std::int64_t begin, std::int64_t end) {
        fact(EventKind::row_deleted, {.a = key, .b = begin, .value = end, .socket = store}, actor);
    }
    void synced(std::int64_t end) { fact(EventKind::store_synced, {.value = end, .socket = store}, one); }
    const Database& database() { return *find_database(world(), "/db/database.txt"); }
};

TEST(DatabaseModel, RowsWaitForTheDiskUntilASyncCoversThem) {
    KvStory story;
    EXPECT_EQ(story.database().pairs, 2u);
    story.put(story.one, 7, 20, 28, "seven");
    story.put(story.other, 8, 28, 36, "eight");
    const Database& database = story.database();
    EXPECT_EQ(database.pairs, 4u);
    EXPECT_EQ(database.rows.at(7).writer, story.one);
    EXPECT_EQ(database.rows.at(8).writer, story.other);
    EXPECT_EQ(database.rows.at(8).value, "eight");
    EXPECT_EQ(rows_waiting(database), 2u);
    story.synced(28);
    EXPECT_TRUE(is_on_disk(database, database.rows.at(7)));
    EXPECT_FALSE(is_on_disk(database, database.rows.at(8)));
    story.synced(36);
    EXPECT_EQ(rows_waiting(database), 0u);
    EXPECT_EQ(database.log.size(), 2u);
    EXPECT_EQ(database.read_end, 20u) << "what lies behind was appended";
}

TEST(DatabaseModel, TheLineThatStandsLastCountsWhateverIsToldLast) {
    KvStory story;
    story.put(story.one, 7, 20, 28, "seven");
    story.put(story.other, 7, 34, 42, "again");
    story.del(story.one, 7, 28, 34);  // told late
    EXPECT_FALSE(story.database().rows.at(7).deleted);
    EXPECT_EQ(story.database().rows.at(7).value, "again");
    EXPECT_EQ(story.database().pairs, 3u);
    EXPECT_TRUE(story.database().log[1].is_del) << "the log is in the order of the file";
    story.del(story.one, 7, 42, 48);
    EXPECT_TRUE(story.database().rows.at(7).deleted);
    EXPECT_EQ(story.database().rows.at(7).writer, story.one);
}

TEST(DatabaseModel, LinesThatWereReadStayWhateverBecomesOfTheirRows) {
    KvStory story;
    const auto loaded = [&](std::int64_t key, std::int64_t begin, std::int64_t end) {
        story.fact(EventKind::row_loaded, {.a = key, .b = begin, .value = end, .payload = "v", .socket = store}, story.server);
    };
    loaded(1, 5, 9);
    loaded(2, 0, 4);
    story.del(story.one, 1, 20, 26);
    ASSERT_EQ(story.database().read_lines.size(), 2u);
    EXPECT_EQ(story.database().read_lines[0].key, 2) << "in the order of the file";
    EXPECT_EQ(story.database().read_lines[1].writer, ActorId::none);
    story.fact(EventKind::store_written, {.a = 1, .value = 4, .socket = store}, story.server);
    EXPECT_TRUE(story.database().read_lines.empty());
}

TEST(DatabaseModel, ARowNamesTheClientThatItsWriterServedThen) {
    KvStory story;
    const Address at = ipv4("127.0.0.1", 7777), from = ipv4("127.0.0.1", 40001), later = ipv4("127.0.0.1", 40002);
    story.listener(story.server, 3, 500, at);
    const auto accept = [&](int connfd, std::uint64_t cookie, const Address& client) {
        story.accept_enter(story.server, 3);
        story.accept_exit(story.server, 3, connfd, cookie, at, client);
        story.enter(story.server, EventKind::recv, {.fd = connfd});
        story.exit(story.server, EventKind::recv, {.fd = connfd, .value = 8});
    };
    accept(4, 501, from);
    story.put(story.server, 7, 20, 28, "seven");
    accept(5, 502, later);
    EXPECT_EQ(story.database().rows.at(7).client, from.text()) << "whom it serves now is somebody else";
    EXPECT_EQ(story.database().log[0].client, from.text());
}

TEST(DatabaseModel, AWrittenLineIsPendingUntilTheStoreTellsOfIt) {
    KvStory story;
    const auto lock = [&](ActorId actor) {
        story.enter(actor, EventKind::pthread_mutex_lock, {.socket = store});
        story.exit(actor, EventKind::pthread_mutex_lock, {.socket = store});
    };
    lock(story.one);
    story.enter(story.one, EventKind::pwrite, {.fd = 5, .a = 8, .b = 20, .payload = "7 seven\n"});
    ASSERT_TRUE(has_pending(story.database()));
    EXPECT_FALSE(story.database().pending_is_written);
    story.exit(story.one, EventKind::pwrite, {.fd = 5, .value = 8});
    EXPECT_TRUE(story.database().pending_is_written);
    EXPECT_EQ(story.database().pending.key, 7);
    EXPECT_EQ(story.database().pending.end, 28u);
    EXPECT_EQ(story.database().rows.count(7), 0u) << "it does not count yet";
    story.put(story.one, 7, 20, 28, "seven");
    EXPECT_FALSE(has_pending(story.database()));

    story.enter(story.one, EventKind::pwrite, {.fd = 5, .a = 8, .b = 28, .payload = "8 eight\n"});
    story.exit(story.one, EventKind::pwrite, {.fd = 5, .value = 3});
    EXPECT_FALSE(has_pending(story.database())) << "half a line is taken back";
    story.enter(story.one, EventKind::pwrite, {.fd = 5, .a = 6, .b = 28, .payload = "del 7\n"});
    story.exit(story.one, EventKind::pwrite, {.fd = 5, .value = 6});
    EXPECT_TRUE(story.database().pending.is_del);
    story.enter(story.one, EventKind::pthread_mutex_unlock, {.socket = store});
    EXPECT_FALSE(has_pending(story.database()));
    story.enter(story.other, EventKind::pwrite, {.fd = 5, .a = 8, .b = 28, .payload = "9 nine_\n"});
    EXPECT_FALSE(has_pending(story.database())) << "who has no database's lock writes elsewhere";
}

TEST(DatabaseModel, TheLockHasOneHolderAndOthersWait) {
    KvStory story;
    story.enter(story.one, EventKind::pthread_mutex_lock, {.socket = store});
    story.exit(story.one, EventKind::pthread_mutex_lock, {.socket = store});
    story.enter(story.other, EventKind::pthread_mutex_lock, {.socket = store});
    EXPECT_EQ(story.database().lock_holder, story.one);
    EXPECT_EQ(waiting_for_lock(story.world()), std::vector{story.other});
    story.enter(story.one, EventKind::pthread_mutex_unlock, {.socket = store});
    EXPECT_EQ(story.database().lock_holder, ActorId::none);
    story.exit(story.other, EventKind::pthread_mutex_lock, {.socket = store});
    story.exit(story.one, EventKind::pthread_mutex_unlock, {.socket = store});
    EXPECT_EQ(story.database().lock_holder, story.other);
    story.enter(story.one, EventKind::futex, {});
    EXPECT_EQ(waiting_for_sync(story.world()), std::vector{story.one});
}

TEST(DatabaseModel, ManyRowsAreCrowdedOut) {
    KvStory story;
    for (std::int64_t key = 0; key < static_cast<std::int64_t>(rows_kept) + 10; ++key)
        story.put(story.one, key, 20 + key * 8, 28 + key * 8, "value");
    EXPECT_LE(story.database().rows.size(), rows_kept);
    EXPECT_GE(story.database().rows.size(), rows_kept * 7 / 8);
    const auto last = static_cast<std::int64_t>(rows_kept) + 9;
    EXPECT_EQ(story.database().rows.rbegin()->first, last);
    EXPECT_EQ(story.database().rows.begin()->first, last + 1 - static_cast<std::int64_t>(story.database().rows.size()))
        << "the oldest ones are gone";
    EXPECT_EQ(story.database().log.size(), log_lines_kept);
    EXPECT_EQ(story.database().pairs, rows_kept + 12);
}

TEST(DatabaseModel, TroubleIsTheProgramsToo) {
    KvStory story;
    story.fact(EventKind::store_trouble, {.a = 1, .payload = "it was changed", .socket = store}, story.one);
    EXPECT_EQ(story.database().trouble, "it was changed");
    EXPECT_EQ(find(story.world(), story.server_program)->trouble, "it was changed");
    story.fact(EventKind::store_torn, {.a = 3, .b = 5, .payload = "a line has no end", .socket = store}, story.server);
    EXPECT_EQ(story.database().torn, "a line has no end");
}

TEST(DatabaseModel, LineThatIsToldTwiceCountsOnce) {
    KvStory story;
    story.put(story.one, 7, 20, 28, "seven");
    story.put(story.other, 7, 20, 28, "seven");  // by who took it in from a killed one
    EXPECT_EQ(story.database().pairs, 3u);
    EXPECT_EQ(story.database().puts, 1u);
    EXPECT_EQ(story.database().log.size(), 1u);
    EXPECT_EQ(story.database().rows.at(7).writer, story.one);
}

TEST(DatabaseModel, KilledServerHasItOpenNoMore) {
    KvStory story;
    const ActorId beside = story.begin(2, 200, story.program(2, true, true, "kv_thread"));
    story.fact(EventKind::store_opened, {.a = 2, .b = 1, .value = 20, .payload = "/db/database.txt", .socket = store}, beside);
    story.enter(beside, EventKind::pthread_mutex_lock, {.socket = store});
    story.exit(beside, EventKind::pthread_mutex_lock, {.socket = store});
    EXPECT_EQ(servers_now(story.world(), story.database()), 2u);
    EXPECT_EQ(lock_holder_now(story.world(), story.database()), beside);
    story.fact(EventKind::process_ended, {.a = 200, .b = 1, .value = 9});
    EXPECT_EQ(servers_now(story.world(), story.database()), 1u);
    EXPECT_EQ(lock_holder_now(story.world(), story.database()), ActorId::none);
    story.synced(20);
    EXPECT_EQ(story.database().servers, 1u);
    EXPECT_EQ(story.database().lock_holder, ActorId::none);
}

TEST(DatabaseModel, TornLineIsSaidOfItsOwnStartOnly) {
    KvStory story;
    story.fact(EventKind::store_closed, {.socket = store}, story.server);
    story.fact(EventKind::store_torn, {.a = 3, .b = 5, .payload = "a line has no end", .socket = store}, story.server);
    story.open(2, 20);
    EXPECT_EQ(story.database().torn, "a line has no end");
    story.open(2, 20);  // the one before was killed
    EXPECT_EQ(story.database().torn, "");
}

TEST(DatabaseModel, WaitersAreEachDatabasesOwn) {
    KvStory story;
    constexpr std::uint64_t elsewhere = 78;
    story.fact(EventKind::store_opened, {.a = 0, .value = 0, .payload = "/db/elsewhere.txt", .socket = elsewhere}, story.server);
    story.enter(story.one, EventKind::pthread_mutex_lock, {.socket = store});
    story.enter(story.other, EventKind::futex, {.socket = elsewhere});
    const Database& here = story.database();
    const Database& there = *find_database(story.world(), "/db/elsewhere.txt");
    EXPECT_EQ(waiting_for_lock(story.world(), here), std::vector{story.one});
    EXPECT_TRUE(waiting_for_lock(story.world(), there).empty());
    EXPECT_EQ(waiting_for_sync(story.world(), there), std::vector{story.other});
    EXPECT_TRUE(waiting_for_sync(story.world(), here).empty());
}

TEST(DatabaseModel, ServersComeAndGo) {
    KvStory story;
    story.put(story.one, 7, 20, 28, "seven");
    story.open(3, 28, true);
    EXPECT_EQ(story.database().servers, 2u);
    EXPECT_EQ(story.database().rows.size(), 1u) << "what is known holds";
    story.fact(EventKind::store_closed, {.socket = store}, story.server);
    story.fact(EventKind::store_written, {.a = 3, .value = 28, .socket = store}, story.server);
    EXPECT_EQ(rows_waiting(story.database()), 0u);
    EXPECT_TRUE(story.database().log.empty());
    story.fact(EventKind::store_closed, {.socket = store}, story.server);
    EXPECT_EQ(story.database().servers, 0u);
    story.open(3, 28);
    EXPECT_TRUE(story.database().rows.empty());
}

}  // namespace
}  // namespace synoptic
