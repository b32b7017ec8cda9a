// Segments on the stage's wires: which wire, where on it, and what letting one go there means.
#include "gui/panels/stage_segments.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace synoptic {
namespace {

Address address(const char* host, std::uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    inet_pton(AF_INET, host, &in.sin_addr);
    return Address::from(reinterpret_cast<const sockaddr*>(&in), sizeof in);
}

/** One connection with its flow, and the wire that the stage draws for it. */
struct OneWire {
    World world;
    StageLayout layout;
    OneWire() {
        Connection& connection = world.connections[ConnectionId{1}];
        connection.id = ConnectionId{1};
        connection.client_address = address("10.77.0.1", 40000);
        connection.server_address = address("10.77.0.2", 6666);
        WireFlow& flow = world.flows[FlowId{1}];
        flow.id = FlowId{1};
        flow.client = connection.client_address;
        flow.server = connection.server_address;
        world.flow_between[{flow.client, flow.server}] = flow.id;
        StageWire wire;
        wire.connection = connection.id;
        wire.at = {100, 0};
        layout.wires.push_back(wire);
    }
    WireSegment& add(std::uint64_t id, Direction direction, WireSegment::State state) {
        WireSegment& segment = world.segments[WireId{id}];
        segment.id = WireId{id};
        segment.flow = FlowId{1};
        segment.direction = direction;
        segment.state = state;
        segment.sent_ns = 1'000'000'000;
        segment.seq = static_cast<std::uint32_t>(id);
        segment.place = static_cast<std::int64_t>(id);
        return segment;
    }
    std::vector<SegmentPill> pills(std::uint64_t after_ns = 0) const { return segment_pills(world, layout, 1'000'000'000 + after_ns); }
};

TEST(StageSegments, WhoWaitsFirstStandsNearestToItsReceiver) {
    OneWire one;
    one.add(1, Direction::to_server, WireSegment::State::held);
    one.add(2, Direction::to_server, WireSegment::State::held);
    one.add(3, Direction::to_client, WireSegment::State::held);
    const std::vector<SegmentPill> pills = one.pills();
    ASSERT_EQ(pills.size(), 3u);
    EXPECT_EQ(pills[2].segment, WireId{1}) << "the oldest lies on top";
    EXPECT_GT(pills[2].share, pills[1].share);
    EXPECT_LT(pills[0].share, 0.5f) << "the other way: near the client";
    for (const SegmentPill& pill : pills) EXPECT_FALSE(pill.moves);
}

TEST(StageSegments, CopiesOfOneThatWaitsAreStackedOnIt) {
    OneWire one;
    one.add(1, Direction::to_server, WireSegment::State::held);
    for (const std::uint64_t id : {2, 3}) {
        WireSegment& copy = one.add(id, Direction::to_server, WireSegment::State::held);
        copy.copy_of = WireId{1};
        copy.seq = 1;
    }
    const std::vector<SegmentPill> pills = one.pills();
    ASSERT_EQ(pills.size(), 1u);
    EXPECT_EQ(pills[0].copies, 2u);
    one.world.segments[WireId{1}].state = WireSegment::State::arrived;
    one.world.segments[WireId{1}].ended_ns = 1;
    ASSERT_EQ(one.pills(2 * passing_ns).size(), 1u);
    EXPECT_EQ(one.pills(2 * passing_ns)[0].segment, WireId{2});
    EXPECT_EQ(one.pills(2 * passing_ns)[0].copies, 1u) << "what repeated it repeats each other when it is gone";
}

TEST(StageSegments, OneThatOvertookStandsNearestToItsReceiver) {
    OneWire one;
    one.add(1, Direction::to_server, WireSegment::State::held);
    one.add(2, Direction::to_server, WireSegment::State::held).place = -1;
    const std::vector<SegmentPill> pills = one.pills();
    ASSERT_EQ(pills.size(), 2u);
    EXPECT_EQ(pills[1].segment, WireId{2});
    EXPECT_GT(pills[1].share, pills[0].share);
}

TEST(StageSegments, ADuplicateThatSomebodyMadeIsAPillOfItsOwn) {
    OneWire one;
    one.add(1, Direction::to_server, WireSegment::State::held);
    one.add(2, Direction::to_server, WireSegment::State::held).duplicate_of = WireId{1};
    const std::vector<SegmentPill> pills = one.pills();
    ASSERT_EQ(pills.size(), 2u);
    EXPECT_EQ(pills[0].copies + pills[1].copies, 0u);
}

TEST(StageSegments, WhatPassesIsSeenForAMomentAndWhatIsDelayedTravelsUntilItIsDue) {
    OneWire one;
    WireSegment& passed = one.add(1, Direction::to_server, WireSegment::State::arrived);
    passed.ended_ns = passed.sent_ns + 30'000;
    ASSERT_EQ(one.pills(passing_ns / 2).size(), 1u);
    EXPECT_TRUE(one.pills(passing_ns / 2)[0].moves);
    EXPECT_LT(one.pills(passing_ns / 4)[0].share, one.pills(passing_ns / 2)[0].share);
    EXPECT_TRUE(one.pills(passing_ns + 1).empty());
    WireSegment& delayed = one.add(2, Direction::to_client, WireSegment::State::delayed);
    delayed.due_ns = delayed.sent_ns + 4 * passing_ns;
    ASSERT_EQ(one.pills(2 * passing_ns).size(), 1u);
    EXPECT_NEAR(one.pills(2 * passing_ns)[0].share, 0.5f, 0.01f);
}

TEST(StageSegments, ADroppedOneStaysWhereItWasLostForAWhile) {
    OneWire one;
    WireSegment& lost = one.add(1, Direction::to_server, WireSegment::State::dropped);
    lost.ended_ns = lost.sent_ns;
    ASSERT_EQ(one.pills(lost_ns / 2).size(), 1u);
    EXPECT_NEAR(one.pills(lost_ns / 2)[0].opacity, 0.5f, 0.01f);
    EXPECT_TRUE(one.pills(lost_ns).empty());
}

TEST(StageSegments, OnlyTheLatestThatPassAreShown) {
    OneWire one;
    for (std::uint64_t id = 1; id <= 10; ++id) one.add(id, Direction::to_server, WireSegment::State::arrived);
    const std::vector<SegmentPill> pills = one.pills(1);
    ASSERT_EQ(pills.size(), most_passing);
    for (const SegmentPill& pill : pills) EXPECT_GT(pill.segment, WireId{7});
}

TEST(StageSegments, AClientWithoutAWireHasNoPill) {
    OneWire one;
    one.add(1, Direction::to_server, WireSegment::State::held).flow = FlowId{2};
    EXPECT_TRUE(one.pills().empty());
}

TEST(StageSegments, APillsWordsKeepToTheirRoom) {
    const auto width_of = [](std::string_view text) { return 7.0f * static_cast<float>(text.size()); };
    WireSegment segment;
    segment.reading.title = "SYN+ACK";
    segment.direction = Direction::to_client;
    segment.reading.nature = SegmentNature::syn_retransmission;
    segment.reading.count = 2;
    EXPECT_EQ(pill_words(segment, 0, 1000, width_of), "← SYN+ACK, resent #2") << "the second retransmission";
    EXPECT_EQ(pill_words(segment, 3, 1000, width_of), "← SYN+ACK × 4") << "it and the three behind it";
    std::size_t before = std::string::npos;
    for (float room = 200; room > 60; room -= 5) {
        const std::string words = pill_words(segment, 0, room, width_of);
        EXPECT_LE(width_of(words), room);
        EXPECT_LE(words.size(), before) << "the less room, the fewer letters";
        before = words.size();
    }
    EXPECT_EQ(pill_words(segment, 0, 1, width_of), "SYN+ACK") << "what it is, always";
    segment.payload_bytes = 64;
    segment.reading.title = "data 64 bytes";
    segment.reading.count = 0;
    EXPECT_EQ(pill_words(segment, 0, 1000, width_of), "← data 64 bytes");
    EXPECT_EQ(pill_words(segment, 0, 60, width_of), "←64 B");
}

TEST(StageSegments, DraggingToTheReceiverDeliversAndAwayDrops) {
    WireSegment segment;
    segment.direction = Direction::to_server;
    EXPECT_EQ(dragged_move(segment, 0.95f, 5, false), SegmentMove::deliver_once);
    EXPECT_EQ(dragged_move(segment, 0.95f, 200, false), SegmentMove::drop);
    EXPECT_EQ(dragged_move(segment, 0.7f, 5, true), SegmentMove::overtake);
    EXPECT_EQ(dragged_move(segment, 0.7f, 5, false), std::nullopt);
    segment.direction = Direction::to_client;
    EXPECT_EQ(dragged_move(segment, 0.05f, 5, false), SegmentMove::deliver_once);
}

}  // namespace
}  // namespace synoptic
