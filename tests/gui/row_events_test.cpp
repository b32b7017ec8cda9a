// Which events touched a row: facts that tell of it, and the calls of the requests that came to it, and nobody else's.
#include "gui/panels/row_events.h"

#include <gtest/gtest.h>

#include "tests/model/story.h"

namespace synoptic {
namespace {

constexpr std::uint64_t store = 77;

struct Requests : Story {
    ProgramId server_program = program(1, true, true, "kv_fork");
    ActorId server = begin(1, 100, server_program);
    ActorId one = fork(server, 1, 101, server_program, 2), other = fork(server, 2, 102, server_program, 3);
    RowEvents row;

    EventIndex call(ActorId actor, EventKind kind) {
        const EventIndex index = enter(actor, kind, {.fd = 4});
        exit(actor, kind, {.fd = 4, .value = 1});
        return index;
    }
    EventIndex put(ActorId actor, std::int64_t key, std::uint64_t in = store) {
        return fact(EventKind::row_put, {.a = key, .payload = "x", .socket = in}, actor);
    }
    const std::vector<EventIndex>& of(std::int64_t key) {
        EXPECT_TRUE(row.update(history, store, key));
        return row.events();
    }
};

TEST(RowEvents, AreTheFactsAndTheCallsOfTheirRequests) {
    Requests story;
    const EventIndex recv = story.call(story.one, EventKind::recv), foreign = story.call(story.other, EventKind::recv);
    const EventIndex write = story.call(story.one, EventKind::pwrite), told = story.put(story.one, 7);
    const EventIndex ninth = story.put(story.other, 9);
    const EventIndex sync = story.call(story.one, EventKind::fdatasync), send = story.call(story.one, EventKind::send);
    const EventIndex later = story.call(story.one, EventKind::recv);
    EXPECT_EQ(story.of(7), (std::vector<EventIndex>{recv, write, told, sync, send}));
    EXPECT_TRUE(story.row.touched_by(write));
    EXPECT_FALSE(story.row.touched_by(later));
    EXPECT_EQ(story.row.between(write, sync).size(), 3u);
    EXPECT_TRUE(story.row.between(later, no_event).empty());
    EXPECT_EQ(story.of(9), (std::vector<EventIndex>{foreign, ninth})) << "another row begins anew";
}

TEST(RowEvents, RequestsOfOneRecvAreToldApart) {
    Requests story;
    const EventIndex recv = story.call(story.one, EventKind::recv), first = story.put(story.one, 7),
                     answer = story.call(story.one, EventKind::send);
    const EventIndex write = story.call(story.one, EventKind::pwrite), second = story.put(story.one, 8),
                     next_answer = story.call(story.one, EventKind::send);
    EXPECT_EQ(story.of(7), (std::vector<EventIndex>{recv, first, answer}));
    EXPECT_EQ(story.of(8), (std::vector<EventIndex>{write, second, next_answer}));
}

TEST(RowEvents, GrowWithTheHistoryAndKnowTheirDatabase) {
    Requests story;
    story.put(story.one, 7, store + 1);
    EXPECT_TRUE(story.of(7).empty()) << "another database has a row of that key, too";
    const EventIndex read = story.fact(EventKind::row_read, {.a = 7, .b = 1, .socket = store}, story.other);
    EXPECT_EQ(story.of(7), std::vector<EventIndex>{read});
    EXPECT_FALSE(story.row.update(story.history, store, 8, 1)) << "a frame's share";
    EXPECT_TRUE(story.row.update(story.history, store, 8));
}

}  // namespace
}  // namespace synoptic
