// Moments of the past: where one stops on the way, which events touch a thing, and what is different between two.
#include "core/model/moments.h"
#include "core/model/touching.h"

#include <gtest/gtest.h>

#include <functional>

#include "story.h"

namespace synoptic {
namespace {

/** By a look at every event, one after the other. */
std::vector<EventIndex> all_touching(const History& history, const Subject& subject) {
    std::vector<EventIndex> found;
    World world;
    for (EventIndex index = 0; index < history.size(); ++index) {
        const World before = world;
        apply(world, history.event(index), history.payload(index));
        if (touches(before, world, history.event(index), subject)) found.push_back(index + 1);
    }
    return found;
}

std::vector<EventIndex> forwards(const History& history, const Subject& subject) {
    std::vector<EventIndex> found;
    for (EventIndex at = next_touching(history, 0, history.size(), subject); at != no_event;
         at = next_touching(history, at, history.size(), subject))
        found.push_back(at);
    return found;
}

std::vector<EventIndex> backwards(const History& history, const Subject& subject) {
    std::vector<EventIndex> found;
    for (EventIndex at = last_touching(history, history.size() + 1, subject); at != no_event; at = last_touching(history, at, subject))
        found.insert(found.begin(), at);
    return found;
}

TEST(Moments, StopAtCallsAndAtWhatBeginsOrEnds) {
    EchoStory story;
    const EventIndex enter = story.enter(story.client, EventKind::printf, {.payload = "x"});
    story.fact(EventKind::gate_set, {.a = 0, .b = 0});
    const EventIndex exit = story.exit(story.client, EventKind::printf, {.value = 1});
    EXPECT_EQ(moment_before(story.history, story.history.size()), enter + 1);
    EXPECT_EQ(moment_after(story.history, enter + 1, story.history.size()), exit + 1);
    EXPECT_EQ(moment_after(story.history, exit + 1, story.history.size()), story.history.size());
    EXPECT_EQ(moment_before(story.history, 0), 0u);
    EXPECT_EQ(moment_before(story.history, 1), 0u);
}

TEST(Moments, TouchADescriptorInItsOwnProcessOnly) {
    EchoStory story;
    story.connect_and_accept();
    const ProcessId server = find(story.world(), story.server)->process;
    const std::vector<EventIndex> before = all_touching(story.history, {.process = server, .fd = 4});
    ASSERT_EQ(before.size(), 1u) << "accept returned it";
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.enter(story.client, EventKind::recv, {.fd = 4, .a = 100});
    EXPECT_EQ(all_touching(story.history, {.process = server, .fd = 4}).size(), 2u);
}

TEST(Moments, AreFoundForwardsAndBackwardsAlike) {
    EchoStory story;
    const ConnectionId connection = story.connect_and_accept();
    while (story.history.size() < 3 * History::chunk_events) {
        story.enter(story.client, EventKind::send, {.fd = 10, .a = 3, .payload = "hi\n"});
        story.exit(story.client, EventKind::send, {.fd = 10, .value = 3});
        for (int other = 0; other < 700; ++other) story.fact(EventKind::gate_set, {.a = 0, .b = 0});
    }
    const Subject subjects[] = {
        {.program = story.client_program}, {.actor = story.client},    {.process = find(story.world(), story.server)->process},
        {.socket = SocketId{7000}},        {.connection = connection}, {.process = find(story.world(), story.client)->process, .fd = 10}};
    for (const Subject& subject : subjects) {
        const std::vector<EventIndex> all = all_touching(story.history, subject);
        EXPECT_FALSE(all.empty());
        EXPECT_EQ(forwards(story.history, subject), all);
        EXPECT_EQ(backwards(story.history, subject), all);
    }
    EXPECT_TRUE(all_touching(story.history, {}).empty()) << "nothing touches nothing";
    EXPECT_EQ(next_touching(story.history, story.history.size(), story.history.size(), subjects[0]), no_event);
    EXPECT_EQ(last_touching(story.history, 0, subjects[0]), no_event);
}

TEST(Moments, AreFoundInManyGoesAsInOne) {
    EchoStory story;
    story.connect_and_accept();
    const EventIndex first = story.history.size();
    story.enter(story.server, EventKind::printf, {.payload = "x"});
    while (story.history.size() < 2 * History::chunk_events + 100) story.fact(EventKind::gate_set, {.a = 0, .b = 0});
    story.enter(story.client, EventKind::printf, {.payload = "x"});
    const EventIndex size = story.history.size();
    const struct {
        TouchSearch::Way way;
        EventIndex from;
        Subject subject;
        EventIndex found;
    } searches[] = {{TouchSearch::Way::forward, first, {.actor = story.client}, size},
                    {TouchSearch::Way::forward, first + 1, {.actor = story.server}, no_event},
                    {TouchSearch::Way::back, size, {.actor = story.server}, first + 1},
                    {TouchSearch::Way::back, size, {.fd = 77}, no_event}};
    for (const auto& [way, from, subject, found] : searches) {
        TouchSearch search(story.history, from, size, subject, way);
        double share = 0;
        int goes = 0;
        for (; !search.advance(1); ++goes) {
            EXPECT_EQ(search.found(), no_event);
            EXPECT_GE(search.share(), share);
            EXPECT_LE(share = search.share(), 1);
        }
        EXPECT_GT(goes, 10);
        EXPECT_EQ(search.found(), found);
        EXPECT_EQ(search.share(), 1);
        EXPECT_TRUE(search.advance(1)) << "it stays over";
        EXPECT_EQ(search.found(), found);
    }
}

TEST(Moments, TouchARowOfItsDatabaseOnly) {
    EchoStory story;
    story.fact(EventKind::store_opened, {.payload = "database.txt", .socket = 5});
    const EventIndex put = story.fact(EventKind::row_put, {.a = 7, .b = 0, .value = 8, .payload = "pear", .socket = 5}, story.server);
    story.fact(EventKind::row_put, {.a = 8, .b = 8, .value = 16, .payload = "fig", .socket = 5}, story.server);
    story.fact(EventKind::row_put, {.a = 7, .b = 0, .value = 8, .payload = "pear", .socket = 6}, story.server);
    EXPECT_EQ(all_touching(story.history, {.database = 5, .key = 7}), std::vector<EventIndex>{put + 1});
}

TEST(Changes, AreWhatIsDifferent) {
    EchoStory story;
    story.socket(story.client, 10, 7000);
    const World none = story.world();
    EXPECT_TRUE(changes_between(none, none).empty());
    story.accept_enter(story.server, 3);
    Changes changes = changes_between(none, story.world());
    EXPECT_EQ(changes.actors, std::set<ActorId>{story.server});
    EXPECT_TRUE(changes.descriptors.empty());
    EXPECT_FALSE(changes.empty());

    story.connect_enter(story.client, 10, server_address);
    story.connect_exit(story.client, 10, client_address(40000), server_address);
    const World before = story.world();
    story.accept_exit(story.server, 3, 4, 7001, server_address, client_address(40000));
    changes = changes_between(before, story.world());
    const ProcessId server = find(story.world(), story.server)->process;
    EXPECT_EQ(changes.descriptors, (std::set<std::pair<ProcessId, int>>{{server, 4}}));
    EXPECT_TRUE(changes.sockets.contains(SocketId{7001}));
    EXPECT_EQ(changes.connections.size(), 1u);
    EXPECT_FALSE(changes.actors.contains(story.client));
}

TEST(Changes, TellOfARowThatIsOnTheDiskNow) {
    EchoStory story;
    story.fact(EventKind::store_opened, {.payload = "database.txt", .socket = 5});
    story.fact(EventKind::row_put, {.a = 7, .b = 0, .value = 8, .payload = "pear", .socket = 5}, story.server);
    const World before = story.world();
    story.fact(EventKind::store_synced, {.value = 8, .socket = 5}, story.server);
    EXPECT_EQ(changes_between(before, story.world()).rows, (std::set<std::pair<std::uint64_t, std::int64_t>>{{5, 7}}));
}

}  // namespace
}  // namespace synoptic
