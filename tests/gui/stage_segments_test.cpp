// Segments on the stage's wires: which wire, where on it, and what letting one go there means.
#include "gui/panels/stage_segments.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "small_world.h"

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

/** A stage with more clients than it has cards for; the last of them is in no card. */
struct Crowd {
    test::SmallWorld small;
    ProgramId server{}, last{};
    Crowd() {
        server = small.add_server(test::Model::fork, 6666);
        for (int at = 0; at < 60; ++at) {
            last = small.add_client(server);
            if (at < 50) small.serve(server, last);
        }
    }
    StageLayout layout() const {
        StageMeasure measure;
        measure.width = 700;
        measure.height = 300;
        measure.now_ns = test::SmallWorld::now_ns;
        return stage_layout(small.world, measure);
    }
    /** The last client's flow, with a segment that is held. */
    void hold_its_segment() {
        WireFlow& flow = small.world.flows[FlowId{1}];
        flow.id = FlowId{1};
        flow.client = address("10.77.0.1", 40000);
        flow.server = address("10.77.0.2", 6666);
        small.world.flow_between[{flow.client, flow.server}] = flow.id;
        WireSegment& segment = small.world.segments[WireId{1}];
        segment.id = WireId{1};
        segment.flow = flow.id;
        segment.state = WireSegment::State::held;
    }
};

TEST(StageSegments, AClientWithoutACardHasItsSegmentsOnTheWireOfTheCardThatCountsIt) {
    Crowd crowd;
    crowd.hold_its_segment();
    Connection& connection = crowd.small.world.connections[crowd.small.connection_of(crowd.last)];
    connection.client_address = address("10.77.0.1", 40000);
    connection.server_address = address("10.77.0.2", 6666);
    const StageLayout layout = crowd.layout();
    ASSERT_FALSE(layout.groups[0].more_clients.dots.empty());
    const auto pills = segment_pills(crowd.small.world, layout, test::SmallWorld::now_ns);
    ASSERT_EQ(pills.size(), 1u);
    const StageWire& wire = layout.wires[pills[0].wire];
    EXPECT_EQ(wire.to, StageWire::To::queue) << "it waits to be accepted, like nine others";
    EXPECT_EQ(wire.bundled, 10u);
    EXPECT_FLOAT_EQ(wire.from.x, layout.groups[0].more_clients.rect.right());
    EXPECT_EQ(pills[0].who, "client 60") << "many share that wire";
}

TEST(StageSegments, AClientWithoutACardThatIsStillConnectingIsOnThatWireToo) {
    Crowd crowd;
    crowd.hold_its_segment();
    World& world = crowd.small.world;
    Socket& socket = world.sockets[world.programs[crowd.last].clientfd];
    world.connections.erase(socket.connection);
    socket.connection = ConnectionId::none;
    socket.state = Socket::State::connecting;
    const WireFlow& flow = world.flows[FlowId{1}];
    TcpEnd& end = world.tcp_ends[TcpEndKey::of(TcpHost::client, flow.client, flow.server)];
    end.host = TcpHost::client;
    end.local = flow.client;
    end.peer = flow.server;
    end.socket = socket.id;
    const StageLayout layout = crowd.layout();
    const auto pills = segment_pills(world, layout, test::SmallWorld::now_ns);
    ASSERT_EQ(pills.size(), 1u) << "its SYN is to be seen";
    EXPECT_EQ(layout.wires[pills[0].wire].bundled, 10u);
    EXPECT_EQ(pills[0].who, "client 60");
}

TEST(StageSegments, OnACardsOwnWireNobodyIsNamed) {
    OneWire one;
    one.add(1, Direction::to_server, WireSegment::State::held);
    ASSERT_EQ(one.pills().size(), 1u);
    EXPECT_EQ(one.pills()[0].who, "");
}

TEST(StageSegments, ANameIsShortenedAndNeverLost) {
    const auto width_of = [](std::string_view text) { return static_cast<float>(text.size()); };
    WireSegment segment;
    segment.reading.title = "SYN";
    EXPECT_EQ(pill_words(segment, 0, 100, width_of, "client 12"), "client 12: SYN →");
    EXPECT_EQ(pill_words(segment, 0, 12, width_of, "client 12"), "12: SYN →");
    EXPECT_EQ(pill_words(segment, 0, 1, width_of, "client 12"), "12: SYN");
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
