// The Bytes panel's two lanes: fed by the calls of a ladder; and where each byte stands.
#include "gui/panels/bytes_view.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "tests/model/story.h"

namespace synoptic {
namespace {

std::string framed(const std::string& body) {
    std::string header = std::to_string(body.size());
    header.resize(64, ' ');
    return header + body;
}

/** A client at descriptor 10 and a server's at 4, of one connection. */
struct BytesStory : EchoStory {
    ConnectionId id = connect_and_accept();
    LadderIndex ladders;
    BytesFeed feed;

    void send(ActorId actor, int fd, const std::string& bytes, std::int64_t taken = -1) {
        enter(actor, EventKind::send, {.fd = fd, .a = static_cast<std::int64_t>(bytes.size()), .payload = bytes});
        exit(actor, EventKind::send, {.fd = fd, .value = taken < 0 ? static_cast<std::int64_t>(bytes.size()) : taken});
    }
    void receive(ActorId actor, int fd, const std::string& bytes, int flags = 0) {
        enter(actor, EventKind::recv, {.fd = fd, .a = 100, .b = flags});
        exit(actor, EventKind::recv, {.fd = fd, .value = static_cast<std::int64_t>(bytes.size()), .payload = bytes});
    }
    void update(bool is_framed) {
        ladders.update(history);
        feed.update(history, ladders, ladders.of_connection(id), is_framed);
    }
    const ByteLane& to_server() { return feed.lane(Direction::to_server); }
    const ByteLane& to_client() { return feed.lane(Direction::to_client); }
};

TEST(BytesFeed, EachSideFillsItsRowOfEitherLane) {
    BytesStory story;
    story.send(story.client, 10, framed("hello"));
    story.receive(story.server, 4, framed("hello").substr(0, 64));
    story.receive(story.server, 4, "hello");
    story.send(story.server, 4, framed("ok"));
    story.update(true);
    ASSERT_EQ(story.to_server().sends().size(), 1u);
    ASSERT_EQ(story.to_server().receives().size(), 2u);
    EXPECT_EQ(story.to_server().receives()[1].offset, 64u);
    ASSERT_EQ(story.to_server().messages().size(), 1u);
    EXPECT_EQ(story.to_server().messages()[0].body_bytes, 5u);
    ASSERT_EQ(story.to_client().sends().size(), 1u);
    EXPECT_TRUE(story.to_client().receives().empty());
    EXPECT_EQ(story.to_client().messages().size(), 1u);
}

TEST(BytesFeed, GoesOnWhereItWasAndCountsNothingTwice) {
    BytesStory story;
    for (int i = 0; i < 7; ++i) {
        story.send(story.client, 10, "0123456789");
        story.update(false);
    }
    story.update(false);
    ASSERT_EQ(story.to_server().sends().size(), 7u);
    EXPECT_EQ(story.to_server().sends()[6].offset, 60u);
    story.update(true);
    EXPECT_EQ(story.to_server().sends().size(), 7u) << "begun anew, for now it is known to be framed";
    EXPECT_NE(story.to_server().broken(), "");
}

TEST(BytesFeed, OpenCallsFollowWhenTheyReturn) {
    BytesStory story;
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.send(story.client, 10, "hello");
    story.update(false);
    EXPECT_TRUE(story.to_server().receives().empty());
    story.exit(story.server, EventKind::recv, {.fd = 4, .value = 5, .payload = "hello"});
    story.update(false);
    ASSERT_EQ(story.to_server().receives().size(), 1u);
    EXPECT_EQ(story.to_server().receives()[0].bytes, 5u);
}

TEST(BytesFeed, CountsWhatWasReallyMoved) {
    BytesStory story;
    story.send(story.client, 10, "a short send: the rest follows", 7);
    story.receive(story.server, 4, "a shor", MSG_PEEK);
    story.receive(story.server, 4, "a short");
    story.enter(story.server, EventKind::send, {.fd = 4, .a = 3, .payload = "bye"});
    story.exit(story.server, EventKind::send, {.fd = 4, .value = -1, .error = EPIPE});
    story.update(false);
    EXPECT_EQ(story.to_server().sends()[0].bytes, 7u);
    ASSERT_EQ(story.to_server().receives().size(), 1u) << "peeking takes nothing";
    EXPECT_TRUE(story.to_client().sends().empty()) << "the send failed";
    EXPECT_EQ(story.to_server().end_of_file(), no_event);
    story.receive(story.server, 4, "");
    story.update(false);
    EXPECT_NE(story.to_server().end_of_file(), no_event);
}

TEST(BytesScale, PlacesCutsAndWhatIsBetween) {
    ByteLane lane(true);
    const std::string bytes = framed("hello");
    lane.sent({.bytes = 69, .kind = EventKind::send, .enter = 1, .exit = 2}, bytes);
    lane.received({.bytes = 64, .kind = EventKind::recv, .enter = 3, .exit = 4}, bytes.substr(0, 64));
    const BytesScale scale(lane, count_lane(lane, no_event), 1);
    EXPECT_FLOAT_EQ(scale.x(0), 0);
    EXPECT_FLOAT_EQ(scale.x(64), 114) << "24 and 15 for each doubling";
    EXPECT_FLOAT_EQ(scale.x(32), 57) << "in the middle of the header";
    EXPECT_GT(scale.x(69), scale.x(64));
    EXPECT_FLOAT_EQ(scale.x(69), scale.width());
    EXPECT_FLOAT_EQ(scale.x(1000), scale.width()) << "what is not there yet stands at the end";
    EXPECT_FLOAT_EQ(BytesScale(lane, count_lane(lane, no_event), 2).x(64), 228);
    EXPECT_FLOAT_EQ(BytesScale().x(5), 0);
}

TEST(BytesScale, AnAnnouncedBodyThatNeverCameHasItsPlace) {
    ByteLane lane(true);
    lane.sent({.bytes = 64, .kind = EventKind::send, .enter = 1, .exit = 2}, framed(std::string(12, 'x')).substr(0, 64));
    const BytesScale scale(lane, count_lane(lane, no_event), 1);
    EXPECT_GT(scale.width(), scale.x(64));
    EXPECT_FLOAT_EQ(scale.x(76), scale.width());
}

TEST(BytesScale, OnlyWhatIsSeenIsDrawn) {
    ByteLane lane;
    for (EventIndex i = 0; i < 1000; ++i) lane.sent({.bytes = 1, .kind = EventKind::send, .enter = 2 * i, .exit = 2 * i + 1}, "x");
    const LaneCounts counts = count_lane(lane, no_event);
    const BytesScale scale(lane, counts, 1);
    EXPECT_FLOAT_EQ(scale.width(), 24'000);
    const PieceRange seen = pieces_between(lane.sends(), counts.sends, scale, 2400, 2640);
    EXPECT_LE(seen.first, 100u);
    EXPECT_GE(seen.end, 110u);
    EXPECT_LE(seen.end - seen.first, 13u);
}

TEST(LaneSummary, SaysWhetherSendsAndReceivesMatch) {
    LaneCounts counts;
    EXPECT_EQ(lane_summary(counts, true), "nothing was sent yet");
    counts.sends = 1;
    counts.written = 69;
    EXPECT_EQ(lane_summary(counts, false), "1 send wrote 69 bytes");
    counts.receives = 2;
    counts.taken = 69;
    counts.messages = 1;
    counts.misfits = 2;
    EXPECT_EQ(lane_summary(counts, true), "1 send wrote 69 bytes, 2 receives took 69 bytes, 1 message; 2 receives match no send");
}

TEST(SpeaksMessages, AsTheProgramsAtItsEndsDo) {
    World world;
    Ladder ladder;
    EXPECT_FALSE(speaks_messages(world, ladder));
    ladder.client_program = ProgramId{7};
    world.programs[ProgramId{7}].name = "echo_client";
    EXPECT_FALSE(speaks_messages(world, ladder));
    world.programs[ProgramId{7}].name = "message_client";
    EXPECT_TRUE(speaks_messages(world, ladder));
}

}  // namespace
}  // namespace synoptic
