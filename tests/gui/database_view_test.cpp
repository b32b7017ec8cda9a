// What the Database panel shows: rows in words, the file line by line, who has the lock; and which row an event is about.
#include "gui/panels/database_view.h"

#include <gtest/gtest.h>

#include "gui/panel.h"
#include "gui/panels/kv_requests.h"
#include "gui/panels/words.h"
#include "tests/model/story.h"

namespace synoptic {
namespace {

constexpr std::uint64_t store = 77;

/** A server with two children, and a database of two pairs: "1 one", "5 kiwi". */
struct KvStory : Story {
    ProgramId server_program = program(1, true, true, "kv_fork");
    ActorId server = begin(1, 100, server_program);
    ActorId one = fork(server, 1, 101, server_program, 2), other = fork(server, 2, 102, server_program, 3);

    KvStory() {
        fact(EventKind::store_opened, {.a = 2, .value = 13, .payload = "/db/database.txt", .socket = store}, server);
        loaded(1, 0, 6, "one");
        loaded(5, 6, 13, "kiwi");
    }
    void loaded(std::int64_t key, std::int64_t begin, std::int64_t end, const std::string& value) {
        fact(EventKind::row_loaded, {.a = key, .b = begin, .value = end, .payload = value, .socket = store}, server);
    }
    void put(ActorId actor, std::int64_t key, std::int64_t begin, std::int64_t end, const std::string& value) {
        fact(EventKind::row_put, {.a = key, .b = begin, .value = end, .payload = value, .socket = store}, actor);
    }
    void del(ActorId actor, std::int64_t key, std::int64_t begin, std::int64_t end) {
        fact(EventKind::row_deleted, {.a = key, .b = begin, .value = end, .socket = store}, actor);
    }
    void synced(std::int64_t end) { fact(EventKind::store_synced, {.value = end, .socket = store}, one); }
    const Database& database() { return *find_database(world(), "/db/database.txt"); }
    std::string file() {
        std::string text;
        for (const FileLine& line : file_lines(database())) {
            const char kind = line.kind == FileLine::Kind::read       ? 'r'
                              : line.kind == FileLine::Kind::appended ? 'a'
                              : line.kind == FileLine::Kind::written  ? 'w'
                              : line.kind == FileLine::Kind::pending  ? 'p'
                                                                      : '?';
            text += std::to_string(line.begin) + kind + (line.on_disk ? " " : "~") + line.text + "|";
        }
        return text;
    }
};

TEST(DatabaseView, RowsSayWhetherTheDiskHasThem) {
    KvStory story;
    story.put(story.one, 7, 13, 21, "seven");
    story.del(story.other, 5, 21, 27);
    const Database& database = story.database();
    EXPECT_EQ(row_state(database, database.rows.at(1)), RowState::on_disk);
    EXPECT_EQ(row_state(database, database.rows.at(7)), RowState::waits);
    EXPECT_EQ(row_state(database, database.rows.at(5)), RowState::deletion_waits);
    EXPECT_EQ(database_summary(database), "database.txt · 2 pairs · 2 wait for the disk");
    story.synced(21);
    EXPECT_EQ(database_summary(story.database()), "database.txt · 2 pairs · 1 waits for the disk");
    story.synced(27);
    EXPECT_EQ(row_state(story.database(), story.database().rows.at(5)), RowState::deleted);
    EXPECT_EQ(database_summary(story.database()), "database.txt · 2 pairs");
}

TEST(DatabaseView, ValuesAreQuotedWhereSomethingWouldBeOverlooked) {
    EXPECT_EQ(value_words("two words", 9), "two words");
    EXPECT_EQ(value_words(" two", 4), "\" two\"");
    EXPECT_EQ(value_words("two  words", 10), "\"two  words\"");
    EXPECT_EQ(value_words("a\tb", 3), "\"a\\tb\"");
    EXPECT_EQ(value_words("", 0), "");
    const std::string words = value_words(std::string(256, 'x'), 65536);
    EXPECT_TRUE(words.ends_with("… 65,536 bytes")) << words;
    EXPECT_LT(words.size(), 160u);
}

TEST(DatabaseView, ALongValuesLengthIsKnownByItsPlaceInTheFile) {
    KvStory story;
    const std::int64_t length = 60'000;
    story.put(story.one, 42, 13, 13 + 2 + 1 + length + 1, std::string(300, 'x'));  // the trace has its first bytes
    EXPECT_EQ(value_length(story.database().rows.at(42)), 60'000u);
    EXPECT_EQ(value_length(story.database().rows.at(1)), 3u);
}

TEST(DatabaseView, RowsNameTheirWriters) {
    KvStory story;
    story.put(story.one, 7, 13, 21, "seven");
    EXPECT_EQ(writer_words(story.world(), story.database().rows.at(1), false), "from the file");
    EXPECT_EQ(writer_words(story.world(), story.database().rows.at(7), false), actor_label(story.world(), story.one));
    Row row = story.database().rows.at(7);
    row.client = "client 3";
    EXPECT_EQ(writer_words(story.world(), row, false), "client 3 · " + actor_label(story.world(), story.one));
    EXPECT_EQ(writer_words(story.world(), row, true), "client 3");
    EXPECT_EQ(writer_words(World{}, row, false), "client 3") << "its worker is forgotten";
    row.client.clear();
    EXPECT_EQ(writer_words(World{}, row, false), "somebody who has ended");
}

TEST(DatabaseView, TheFileIsWhatWasReadAndWhatWasAppended) {
    KvStory story;
    EXPECT_EQ(story.file(), "0r 1 one|6r 5 kiwi|");
    story.del(story.one, 5, 13, 19);
    story.put(story.one, 7, 19, 27, "seven");
    story.synced(19);
    EXPECT_EQ(story.file(), "0r 1 one|6r 5 kiwi|13a del 5|19a~7 seven|") << "a deleted pair's line still stands there";
}

TEST(DatabaseView, AWrittenLineThatDoesNotCountYetIsInTheFile) {
    KvStory story;
    story.enter(story.one, EventKind::pthread_mutex_lock, {.socket = store});
    story.exit(story.one, EventKind::pthread_mutex_lock, {.socket = store});
    story.enter(story.one, EventKind::pwrite, {.fd = 5, .a = 8, .b = 13, .payload = "7 seven\n"});
    EXPECT_EQ(story.file(), "0r 1 one|6r 5 kiwi|");
    story.exit(story.one, EventKind::pwrite, {.fd = 5, .value = 8});
    EXPECT_EQ(story.file(), "0r 1 one|6r 5 kiwi|13p~7 seven|");
}

TEST(DatabaseView, WhatIsNotKeptOfTheFileIsSaid) {
    KvStory story;
    std::int64_t at = 13;
    for (std::int64_t key = 100; key < 100 + static_cast<std::int64_t>(log_lines_kept) + 3; ++key, at += 6)
        story.put(story.one, key, at, at + 6, "v");
    const std::vector<FileLine> lines = file_lines(story.database());
    ASSERT_EQ(lines.size(), 2 + 1 + log_lines_kept);
    EXPECT_EQ(lines[2].kind, FileLine::Kind::unknown);
    EXPECT_EQ(lines[2].begin, 13u);
    EXPECT_EQ(lines[2].end, 13u + 3 * 6);
    EXPECT_EQ(lines[2].event, no_event);
}

TEST(DatabaseView, AFileWrittenAnewFollowsFromItsRows) {
    KvStory story;
    story.put(story.one, -3, 13, 22, "minus");
    story.fact(EventKind::store_written, {.a = 3, .value = 22, .socket = store}, story.server);
    EXPECT_EQ(story.file(), "0w -3 minus|9w 1 one|15w 5 kiwi|");
    story.fact(EventKind::store_written, {.a = 4, .value = 30, .socket = store}, story.server);
    EXPECT_EQ(story.file(), "0? |") << "not all of its pairs are known: nothing is made up";
}

TEST(DatabaseView, TheLocksHolderAndThoseWhoWaitAreNamed) {
    KvStory story;
    ASSERT_EQ(store_news(story.world(), story.database()).size(), 1u);
    EXPECT_EQ(store_news(story.world(), story.database())[0].kind, StoreNews::Kind::nobody);
    story.enter(story.one, EventKind::pthread_mutex_lock, {.socket = store});
    story.exit(story.one, EventKind::pthread_mutex_lock, {.socket = store});
    story.enter(story.other, EventKind::pthread_mutex_lock, {.socket = store});
    std::vector<StoreNews> news = store_news(story.world(), story.database());
    ASSERT_EQ(news.size(), 2u);
    EXPECT_EQ(news[0].text, actor_label(story.world(), story.one) + " holds the lock");
    EXPECT_EQ(news[1].text, actor_label(story.world(), story.other) + " waits for the lock");
    story.enter(story.one, EventKind::pthread_mutex_unlock, {.socket = store});
    story.exit(story.one, EventKind::pthread_mutex_unlock, {.socket = store});
    story.enter(story.one, EventKind::fdatasync, {.fd = 5});
    story.exit(story.other, EventKind::pthread_mutex_lock, {.error = 1});
    story.enter(story.other, EventKind::futex, {.socket = store});
    news = store_news(story.world(), story.database());
    ASSERT_EQ(news.size(), 2u);
    EXPECT_EQ(news[0].kind, StoreNews::Kind::syncs);
    EXPECT_EQ(news[1].kind, StoreNews::Kind::sleeps);
}

TEST(DatabaseView, TheDatabaseShownIsTheSelectedServersElseTheChosenElseTheLatest) {
    KvStory story;
    const ProgramId second = story.program(2, true, true, "kv_thread");
    const ActorId beside = story.begin(2, 200, second);
    EXPECT_EQ(database_to_show(World{}, Selection{}, 0), nullptr);
    story.fact(EventKind::store_opened, {.a = 0, .value = 0, .payload = "/db/other.txt", .socket = 78}, beside);
    EXPECT_EQ(database_to_show(story.world(), Selection{}, 0)->path, "/db/other.txt");
    EXPECT_EQ(database_to_show(story.world(), Selection{}, store)->path, "/db/database.txt");
    Selection selection;
    selection.program = second;
    EXPECT_EQ(database_to_show(story.world(), selection, store)->path, "/db/other.txt");
    selection = Selection{};
    selection.actor = story.one;
    EXPECT_EQ(database_to_show(story.world(), selection, 78)->path, "/db/database.txt") << "a child's is its program's";
    EXPECT_EQ(server_of_database(story.world(), Selection{}, story.database())->id, story.server_program);
    EXPECT_EQ(servers_of_database(story.world(), story.database()).size(), 1u);
    story.fact(EventKind::process_ended, {.a = 200, .b = 1, .value = 9});
    EXPECT_EQ(database_to_show(story.world(), Selection{}, 0)->path, "/db/database.txt") << "one that somebody has open comes first";
}

TEST(DatabaseView, OfServersThatShareADatabaseTheOneIsMeantThatIsSelectedElseThatWroteLast) {
    KvStory story;
    const ProgramId second = story.program(2, true, true, "kv_fork");
    const ActorId beside = story.begin(7, 200, second);
    story.fact(EventKind::store_opened, {.a = 2, .b = 1, .value = 13, .payload = "/db/database.txt", .socket = store}, beside);
    ASSERT_EQ(servers_of_database(story.world(), story.database()).size(), 2u);
    EXPECT_EQ(server_of_database(story.world(), Selection{}, story.database())->id, second) << "the latest";
    story.put(story.one, 7, 13, 21, "seven");
    EXPECT_EQ(server_of_database(story.world(), Selection{}, story.database())->id, story.server_program) << "its child wrote";
    Selection selection;
    selection.program = second;
    EXPECT_EQ(server_of_database(story.world(), selection, story.database())->id, second);
}

TEST(DatabaseView, ACallOfARequestIsItsRows) {
    KvStory story;
    const EventIndex recv = story.enter(story.one, EventKind::recv, {.fd = 4});
    story.exit(story.one, EventKind::recv, {.fd = 4, .value = 12});
    const EventIndex write = story.enter(story.one, EventKind::pwrite, {.fd = 5});
    story.exit(story.one, EventKind::pwrite, {.fd = 5, .value = 8});
    story.put(story.other, 9, 21, 28, "nine");
    story.put(story.one, 7, 13, 21, "seven");
    const EventIndex told = story.history.size() - 1;
    const EventIndex send = story.enter(story.one, EventKind::send, {.fd = 4});
    story.exit(story.one, EventKind::send, {.fd = 4, .value = 3});
    const EventIndex next = story.enter(story.one, EventKind::recv, {.fd = 4});
    const EventIndex all = story.history.size();
    for (const EventIndex event : {recv, write, told, send}) EXPECT_EQ(key_of_event(story.history, event, all), 7) << event;
    EXPECT_EQ(key_of_event(story.history, next, all), std::nullopt) << "the next request has not come";
    EXPECT_EQ(key_of_event(story.history, write, write + 1), std::nullopt) << "in the past it was not told yet";
    EXPECT_EQ(key_of_event(story.history, no_event, all), std::nullopt);
    EXPECT_EQ(row_text(story.history.event(told), story.history.payload(told)), "7 seven");
    EXPECT_EQ(row_text(story.history.event(send), ""), "");
}

TEST(DatabaseView, ServersInMemoryAreKnown) {
    Story story;
    story.program(1, true, true, "kv_fork");
    EXPECT_EQ(server_without_file(story.world()), nullptr);
    const ProgramId copies = story.program(2, true, true, "kv_copies_fork");
    ASSERT_NE(server_without_file(story.world()), nullptr);
    EXPECT_EQ(server_without_file(story.world())->id, copies);
}

TEST(DatabaseView, RowsInMemoryWaitForNoDisk) {
    KvStory story;
    story.fact(EventKind::store_opened, {.b = 2, .payload = "memory of process 101", .socket = 78}, story.one);
    story.fact(EventKind::row_put, {.a = 1, .b = -1, .value = 1, .payload = "one", .socket = 78}, story.one);
    story.fact(EventKind::row_put, {.a = 2, .b = -1, .value = 2, .payload = "two", .socket = 78}, story.one);
    story.fact(EventKind::row_deleted, {.a = 1, .b = -1, .value = 3, .socket = 78}, story.one);
    const Database* memory = find_database(story.world(), "memory of process 101");
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(row_state(*memory, memory->rows.at(1)), RowState::deleted);
    EXPECT_EQ(row_state(*memory, memory->rows.at(2)), RowState::in_memory);
    EXPECT_STREQ(state_words(RowState::in_memory), "in memory");
    EXPECT_STREQ(state_words(RowState::in_memory, false), "gone");
    EXPECT_EQ(database_summary(*memory), "memory of process 101 · 1 pair");
    EXPECT_TRUE(file_lines(*memory).empty());
}

TEST(DatabaseView, RequestsThatAreOfferedAreWholeAndFit) {
    Program client;
    client.label = "client 1";
    client.name = "echo_client";
    EXPECT_TRUE(kv_requests(World{}, client).empty());
    EXPECT_STREQ(say_hint(client, "a line"), "a line");
    client.name = "kv_client";
    EXPECT_EQ(kv_requests(World{}, client), (std::vector<std::string>{"put 1 hello from client 1", "get 1", "del 1", "Bye"}));
    EXPECT_STREQ(say_hint(client, "a line"), "put 7 seven, get 7, Bye");
}

}  // namespace
}  // namespace synoptic
