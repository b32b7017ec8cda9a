// Segments, flows and ends of connections in the World: from hand-made histories.
#include <gtest/gtest.h>

#include "tests/model/story.h"
#include "tests/wire/packets.h"

namespace synoptic {
namespace {

class WireStory : public testing::Test {
   protected:
    Story story;
    std::uint64_t next = 1;

    std::uint64_t sent(const PacketOf& of) {
        const Bytes packet = make_packet(of);
        const std::uint64_t id = next++;
        story.fact(EventKind::segment_sent, {.a = static_cast<std::int64_t>(packet.size()),
                                             .b = of.from_client ? 0 : 1,
                                             .payload = std::string(packet.begin(), packet.end()),
                                             .socket = id});
        return id;
    }
    void arrived(std::uint64_t id) { story.fact(EventKind::segment_arrived, {.socket = id}); }
    void crosses(const PacketOf& of) { arrived(sent(of)); }
    void table(TcpHost host, TcpState state, std::uint64_t cookie, std::uint32_t unread = 0) {
        TcpFact fact{host, {}, 0};
        fact.socket.cookie = cookie;
        fact.socket.state = state;
        fact.socket.local = host == TcpHost::client ? ipv4("10.77.0.1", 40000) : ipv4("10.77.0.2", 6666);
        fact.socket.peer = host == TcpHost::client ? ipv4("10.77.0.2", 6666) : ipv4("10.77.0.1", 40000);
        fact.socket.receive_queue_bytes = unread;
        const Args args = tcp_args(fact);
        story.fact(EventKind::tcp_state,
                   {.fd = args.fd, .a = args.a, .b = args.b, .value = args.value, .payload = tcp_payload(fact), .socket = args.socket});
    }
    const TcpEnd* end(TcpHost host) const {
        return host == TcpHost::client ? tcp_end(story.world(), host, ipv4("10.77.0.1", 40000), ipv4("10.77.0.2", 6666))
                                       : tcp_end(story.world(), host, ipv4("10.77.0.2", 6666), ipv4("10.77.0.1", 40000));
    }
    void expect(TcpHost host, TcpState state, Known known) const {
        ASSERT_NE(end(host), nullptr);
        EXPECT_STREQ(name_of(end(host)->state), name_of(state));
        EXPECT_EQ(end(host)->known, known);
    }
    void shake_hands() {
        crosses({.from_client = true, .flags = tcp_syn, .seq = 1000});
        crosses({.from_client = false, .flags = tcp_syn | tcp_ack, .seq = 5000, .ack = 1001});
        crosses({.from_client = true, .flags = tcp_ack, .seq = 1001, .ack = 5001});
    }
    const WireSegment& segment(std::uint64_t id) const { return *find(story.world(), WireId{id}); }
};

TEST_F(WireStory, AHandshakeLetsExpectItsStatesUntilTheTableTells) {
    const std::uint64_t syn = sent({.from_client = true, .flags = tcp_syn, .seq = 1000});
    expect(TcpHost::client, TcpState::syn_sent, Known::inferred);
    EXPECT_EQ(end(TcpHost::server), nullptr) << "its SYN has not arrived";
    table(TcpHost::client, TcpState::syn_sent, 71);
    expect(TcpHost::client, TcpState::syn_sent, Known::observed);
    arrived(syn);
    crosses({.from_client = false, .flags = tcp_syn | tcp_ack, .seq = 5000, .ack = 1001});
    expect(TcpHost::client, TcpState::established, Known::inferred);
    expect(TcpHost::server, TcpState::syn_rcvd, Known::inferred);
    crosses({.from_client = true, .flags = tcp_ack, .seq = 1001, .ack = 5001});
    expect(TcpHost::server, TcpState::established, Known::inferred);
    table(TcpHost::server, TcpState::established, 72, 9);
    expect(TcpHost::server, TcpState::established, Known::observed);
    EXPECT_EQ(end(TcpHost::server)->receive_queue_bytes, 9u);
    EXPECT_EQ(tcp_end(story.world(), SocketId{72}), end(TcpHost::server));
}

TEST_F(WireStory, ASynAckThatIsSentAgainTakesNothingBack) {
    shake_hands();
    sent({.from_client = false, .flags = tcp_syn | tcp_ack, .seq = 5000, .ack = 1001});
    expect(TcpHost::server, TcpState::established, Known::inferred);
}

TEST_F(WireStory, TheFourSegmentsOfAnOrderlyEnd) {
    shake_hands();
    crosses({.from_client = true, .flags = tcp_fin | tcp_ack, .seq = 1001, .ack = 5001});
    expect(TcpHost::client, TcpState::fin_wait_1, Known::inferred);
    expect(TcpHost::server, TcpState::close_wait, Known::inferred);
    crosses({.from_client = false, .flags = tcp_ack, .seq = 5001, .ack = 1002});
    expect(TcpHost::client, TcpState::fin_wait_2, Known::inferred);
    crosses({.from_client = false, .flags = tcp_fin | tcp_ack, .seq = 5001, .ack = 1002});
    expect(TcpHost::server, TcpState::last_ack, Known::inferred);
    expect(TcpHost::client, TcpState::time_wait, Known::inferred);
    crosses({.from_client = true, .flags = tcp_ack, .seq = 1002, .ack = 5002});
    expect(TcpHost::server, TcpState::closed, Known::inferred);
}

TEST_F(WireStory, TwoFinsThatCrossLeadToClosing) {
    shake_hands();
    const std::uint64_t up = sent({.from_client = true, .flags = tcp_fin | tcp_ack, .seq = 1001, .ack = 5001});
    const std::uint64_t down = sent({.from_client = false, .flags = tcp_fin | tcp_ack, .seq = 5001, .ack = 1001});
    arrived(up);
    arrived(down);
    expect(TcpHost::client, TcpState::closing, Known::inferred);
    expect(TcpHost::server, TcpState::closing, Known::inferred);
    crosses({.from_client = true, .flags = tcp_ack, .seq = 1002, .ack = 5002});
    expect(TcpHost::server, TcpState::time_wait, Known::inferred);
}

TEST_F(WireStory, AResetClosesBothEnds) {
    shake_hands();
    crosses({.from_client = false, .flags = tcp_rst | tcp_ack, .seq = 5001, .ack = 1001});
    expect(TcpHost::client, TcpState::closed, Known::inferred);
    expect(TcpHost::server, TcpState::closed, Known::inferred);
}

TEST_F(WireStory, AnEndOfAnOlderConnectionMakesRoomForTheNew) {
    shake_hands();
    table(TcpHost::client, TcpState::time_wait, 71);
    crosses({.from_client = true, .flags = tcp_syn, .seq = 900'000});
    expect(TcpHost::client, TcpState::syn_sent, Known::inferred);
    table(TcpHost::client, TcpState::syn_sent, 99);
    EXPECT_EQ(tcp_end(story.world(), SocketId{71}), nullptr);
    EXPECT_EQ(tcp_end(story.world(), SocketId{99}), end(TcpHost::client));
}

TEST_F(WireStory, TheWayOfASegmentThatIsHeldAndOfItsCopy) {
    const std::uint64_t syn = sent({.from_client = true, .flags = tcp_syn, .seq = 1000});
    story.fact(EventKind::segment_held, {.socket = syn});
    EXPECT_EQ(segment(syn).state, WireSegment::State::held);
    const std::uint64_t again = sent({.from_client = true, .flags = tcp_syn, .seq = 1000});
    story.fact(EventKind::segment_held, {.a = static_cast<std::int64_t>(syn), .socket = again});
    EXPECT_EQ(segment(again).copy_of, WireId{syn});
    EXPECT_EQ(segment(again).reading.nature, SegmentNature::syn_retransmission);
    EXPECT_EQ(waiting_segments(story.world()), (std::vector<WireId>{WireId{syn}, WireId{again}}));
    story.fact(EventKind::segment_delivered, {.a = static_cast<std::int64_t>(DeliverReason::hand), .socket = syn});
    arrived(syn);
    EXPECT_EQ(segment(syn).state, WireSegment::State::arrived);
    EXPECT_TRUE(segment(syn).by_hand);
    story.fact(EventKind::segment_dropped, {.a = static_cast<std::int64_t>(DropReason::copy), .socket = again});
    EXPECT_EQ(segment(again).drop_reason, DropReason::copy);
    EXPECT_FALSE(segment(again).by_hand) << "nobody dropped it";
    EXPECT_TRUE(waiting_segments(story.world()).empty());
    EXPECT_EQ(story.world().lab.sent[0], 2u);
    EXPECT_EQ(story.world().lab.arrived[0], 1u);
    EXPECT_EQ(story.world().lab.dropped[0], 1u);
}

TEST_F(WireStory, ADelayedOneIsByHandOnlyIfSomebodyDeliveredIt) {
    const auto delivered = [&](DeliverReason reason) {
        const std::uint64_t id = sent({.from_client = true, .flags = tcp_syn, .seq = 1000});
        story.fact(EventKind::segment_held, {.value = 5'000'000'000, .socket = id});
        story.fact(EventKind::segment_delivered, {.a = static_cast<std::int64_t>(reason), .socket = id});
        return segment(id);
    };
    EXPECT_FALSE(delivered(DeliverReason::due).by_hand);
    EXPECT_TRUE(delivered(DeliverReason::hand).by_hand) << "before it was due";
    EXPECT_EQ(delivered(DeliverReason::resumed).deliver_reason, DeliverReason::resumed);
    EXPECT_FALSE(delivered(DeliverReason::resumed).by_hand);
}

TEST_F(WireStory, StacksAreMadeOfWhatRepeatsEachOtherAndStandInTheOrderOfDelivery) {
    const PacketOf syn{.from_client = true, .flags = tcp_syn, .seq = 1000}, other{.from_client = true, .flags = tcp_syn, .seq = 2000};
    const std::uint64_t first = sent(syn), second = sent(syn), third = sent(syn), last = sent(other);
    std::int64_t place = 0;
    for (const std::uint64_t id : {first, second, third, last})
        story.fact(EventKind::segment_held,
                   {.a = id == first || id == last ? 0 : static_cast<std::int64_t>(first), .b = place++, .socket = id});
    const std::uint64_t duplicate = next++;
    story.fact(EventKind::segment_duplicated, {.a = static_cast<std::int64_t>(first), .socket = duplicate});
    story.fact(EventKind::segment_held, {.b = place++, .socket = duplicate});
    story.fact(EventKind::segment_dropped, {.a = static_cast<std::int64_t>(DropReason::hand), .socket = first});
    const WaitingStack copies{WireId{second}, {WireId{third}}}, alone{WireId{last}, {}}, made{WireId{duplicate}, {}};
    EXPECT_EQ(waiting_stacks(story.world()), (std::vector<WaitingStack>{copies, alone, made})) << "a duplicate stands for itself";
    story.fact(EventKind::segment_held, {.fd = static_cast<int>(HoldReason::overtake), .b = -1, .socket = last});
    EXPECT_EQ(waiting_stacks(story.world()), (std::vector<WaitingStack>{alone, copies, made}));
    EXPECT_TRUE(segment(last).by_hand);
}

TEST_F(WireStory, ADuplicateIsWhatItsOriginalIs) {
    const std::uint64_t syn = sent({.from_client = true, .flags = tcp_syn, .seq = 1000});
    story.fact(EventKind::segment_held, {.socket = syn});
    const std::uint64_t copy = next++;
    story.fact(EventKind::segment_duplicated, {.a = static_cast<std::int64_t>(syn), .socket = copy});
    EXPECT_EQ(segment(copy).duplicate_of, WireId{syn});
    EXPECT_EQ(segment(copy).reading.title, "SYN");
    EXPECT_TRUE(segment(copy).by_hand);
    EXPECT_EQ(story.world().flows.begin()->second.segments, 1u) << "no host sent it";
}

TEST_F(WireStory, RequestsInTheSynQueueAreCounted) {
    Socket listener;
    listener.host = TcpHost::server;
    listener.local = ipv4("0.0.0.0", 6666);
    EXPECT_EQ(syn_requests(story.world(), listener).size(), 0u);
    crosses({.from_client = true, .flags = tcp_syn, .seq = 1000});
    sent({.from_client = false, .flags = tcp_syn | tcp_ack, .seq = 5000, .ack = 1001});
    EXPECT_EQ(syn_requests(story.world(), listener).size(), 1u);
    listener.local = ipv4("0.0.0.0", 7777);
    EXPECT_EQ(syn_requests(story.world(), listener).size(), 0u);
}

TEST_F(WireStory, ASynThatArrivesAndIsNotTakenWasTurnedAway) {
    Socket listener;
    listener.host = TcpHost::server;
    listener.local = ipv4("0.0.0.0", 6666);
    const std::uint64_t syn = sent({.from_client = true, .flags = tcp_syn, .seq = 1000});
    EXPECT_TRUE(turned_away(story.world(), listener).empty()) << "it is on its way";
    arrived(syn);
    ASSERT_EQ(turned_away(story.world(), listener).size(), 1u);
    EXPECT_EQ(turned_away(story.world(), listener)[0].host, TcpHost::client);
    const std::uint64_t again = sent({.from_client = true, .flags = tcp_syn, .seq = 1000});
    EXPECT_TRUE(turned_away(story.world(), listener).empty()) << "it tries again";
    arrived(again);
    sent({.from_client = false, .flags = tcp_syn | tcp_ack, .seq = 5000, .ack = 1001});
    EXPECT_TRUE(turned_away(story.world(), listener).empty()) << "now it was taken";
}

TEST_F(WireStory, ManySegmentsAndFlowsAreForgottenWhatWaitsIsNot) {
    const std::uint64_t held = sent({.from_client = true, .flags = tcp_syn, .seq = 1, .client_port = 39'999});
    story.fact(EventKind::segment_held, {.socket = held});
    for (std::uint16_t port = 40'000; port < 40'300; ++port) {
        crosses({.from_client = true, .flags = tcp_syn, .seq = 1, .client_port = port});
        crosses({.from_client = false, .flags = tcp_rst | tcp_ack, .ack = 2, .client_port = port});
    }
    EXPECT_LE(story.world().segments.size(), ended_kept + 1);
    EXPECT_LE(story.world().flows.size(), ended_kept + 1);
    EXPECT_LE(story.world().tcp_ends.size(), 2 * ended_kept + 2);
    EXPECT_EQ(segment(held).state, WireSegment::State::held);
}

TEST_F(WireStory, DamagedHistoriesAreTakenAsTheyCome) {
    story.fact(EventKind::segment_sent, {.a = 60, .payload = "no packet", .socket = 1});
    story.fact(EventKind::segment_sent, {.a = -5, .b = 7, .socket = 2});
    for (const EventKind kind : {EventKind::segment_held, EventKind::segment_delivered, EventKind::segment_arrived,
                                 EventKind::segment_dropped, EventKind::segment_duplicated, EventKind::tcp_state, EventKind::socket_owner,
                                 EventKind::lab_state, EventKind::rules_set, EventKind::host_lost, EventKind::table_lost}) {
        story.fact(kind, {.fd = 99, .a = -1, .b = -1, .value = -1, .payload = "x", .socket = 12345});
    }
    EXPECT_TRUE(story.world().segments.empty());
}

}  // namespace
}  // namespace synoptic
