// Rules and waiting packets, without a kernel.
#include "core/wire/rules.h"

#include <gtest/gtest.h>

#include "core/wire/waiting.h"
#include "tests/wire/packets.h"

namespace synoptic {
namespace {

TEST(Rules, EachSegmentIsOfItsKinds) {
    EXPECT_EQ(kinds_of(make_segment({.flags = tcp_syn})), kind_syn);
    EXPECT_EQ(kinds_of(make_segment({.flags = tcp_syn | tcp_ack})), kind_syn_ack);
    EXPECT_EQ(kinds_of(make_segment({.flags = tcp_ack})), kind_ack);
    EXPECT_EQ(kinds_of(make_segment({.flags = tcp_ack, .payload = "x"})), kind_data);
    EXPECT_EQ(kinds_of(make_segment({.flags = tcp_fin | tcp_ack, .payload = "x"})), kind_fin | kind_data);
    EXPECT_EQ(kinds_of(make_segment({.flags = tcp_rst | tcp_ack})), kind_rst);
}

TEST(Rules, NoneLetEverythingPass) {
    RuleState state;
    EXPECT_TRUE(state.passes_all(Direction::to_server));
    EXPECT_EQ(decide(make_segment({}), Direction::to_server, state), Verdict::deliver);
}

TEST(Rules, HoldingFinsHoldsNothingElse) {
    RuleState state(Rules::hold_only(kind_fin));
    EXPECT_FALSE(state.passes_all(Direction::to_client));
    EXPECT_EQ(decide(make_segment({.payload = "x"}), Direction::to_client, state), Verdict::deliver);
    EXPECT_EQ(decide(make_segment({.flags = tcp_fin | tcp_ack}), Direction::to_client, state), Verdict::hold);
}

TEST(Rules, EveryNthIsLostInItsDirectionOnly) {
    Rules rules;
    rules.to_server.lose_every_nth = 3;
    rules.to_server.delay_ms = 5;
    RuleState state(rules);
    std::string verdicts;
    for (int i = 0; i < 7; ++i) verdicts += decide(make_segment({}), Direction::to_server, state) == Verdict::drop ? 'x' : '.';
    EXPECT_EQ(verdicts, "..x..x.");
    EXPECT_EQ(decide(make_segment({}), Direction::to_server, state), Verdict::delay);
    for (int i = 0; i < 9; ++i) EXPECT_EQ(decide(make_segment({}), Direction::to_client, state), Verdict::deliver);
}

std::string losses(std::uint64_t seed, double probability, int count) {
    Rules rules;
    rules.seed = seed;
    rules.to_client.lose_probability = probability;
    RuleState state(rules);
    const Segment segment = make_segment({});
    std::string verdicts;
    for (int i = 0; i < count; ++i) verdicts += decide(segment, Direction::to_client, state) == Verdict::drop ? 'x' : '.';
    return verdicts;
}

TEST(Rules, LossesByProbabilityAreThoseOfTheSeed) {
    EXPECT_EQ(losses(7, 0.3, 200), losses(7, 0.3, 200));
    EXPECT_NE(losses(7, 0.3, 200), losses(8, 0.3, 200));
    const std::string many = losses(1, 0.25, 10'000);
    const auto lost = std::count(many.begin(), many.end(), 'x');
    EXPECT_GT(lost, 2300);
    EXPECT_LT(lost, 2700);
    EXPECT_EQ(losses(1, 1, 20), std::string(20, 'x'));
    EXPECT_EQ(losses(1, 0, 20), std::string(20, '.'));
}

WaitingPacket packet(std::uint64_t id, std::uint64_t due_ns = 0, std::uint32_t seq = 0, Direction direction = Direction::to_server) {
    WaitingPacket made;
    made.id = WireId{id};
    made.direction = direction;
    made.due_ns = due_ns;
    made.key = CopyKey::of(make_segment({.seq = seq != 0 ? seq : static_cast<std::uint32_t>(id) * 100}), direction);
    return made;
}

std::string ids(Waiting& waiting) {
    std::string text;
    while (auto one = waiting.take_first()) text += std::to_string(static_cast<std::uint64_t>(one->id));
    return text;
}

TEST(Waiting, DeliversInOrderAndOvertakes) {
    Waiting waiting;
    for (const std::uint64_t id : {1, 2, 3, 4}) waiting.add(packet(id));
    EXPECT_TRUE(waiting.overtake(WireId{3}));
    EXPECT_TRUE(waiting.overtake(WireId{4}));
    EXPECT_FALSE(waiting.overtake(WireId{9}));
    EXPECT_TRUE(waiting.take(WireId{1}));
    EXPECT_FALSE(waiting.take(WireId{1}));
    EXPECT_EQ(ids(waiting), "432");
    EXPECT_EQ(waiting.size(), 0u);
}

TEST(Waiting, IsDueInTheOrderSent) {
    Waiting waiting;
    waiting.add(packet(1, 500));
    EXPECT_EQ(waiting.add(packet(2, 300)).due_ns, 500u) << "put off: a shorter delay does not overtake";
    EXPECT_EQ(waiting.add(packet(3, 400, 0, Direction::to_client)).due_ns, 400u);
    waiting.add(packet(4));
    EXPECT_EQ(waiting.next_due_ns(), 400u);
    EXPECT_FALSE(waiting.take_due(399));
    EXPECT_EQ(waiting.take_due(500)->id, WireId{3});
    EXPECT_EQ(waiting.take_due(500)->id, WireId{1});
    EXPECT_EQ(waiting.take_due(500)->id, WireId{2});
    EXPECT_FALSE(waiting.take_due(~0ull)) << "4 waits for somebody";
}

TEST(Waiting, AnOvertakingPacketIsDueWithTheFirstOfItsDirection) {
    Waiting waiting;
    waiting.add(packet(1, 100, 0, Direction::to_client));
    waiting.add(packet(2, 500));
    waiting.add(packet(3, 900));
    EXPECT_TRUE(waiting.overtake(WireId{3}));
    EXPECT_EQ(waiting.find(WireId{3})->due_ns, 500u);
    EXPECT_TRUE(waiting.hold(WireId{1}, HoldReason::hand));
    EXPECT_EQ(waiting.take_due(500)->id, WireId{3});
    EXPECT_EQ(waiting.take_due(500)->id, WireId{2});
    EXPECT_EQ(waiting.next_due_ns(), 0u);
}

// Of two that acknowledge different things a step once delivered the older one and threw the newer one away.
TEST(Waiting, AcknowledgementsThatSayDifferentThingsAreNoCopies) {
    Segment first;
    first.flags = tcp_ack;
    first.seq = 100;
    first.ack = 1;
    first.window = 500;
    Segment second = first;
    const auto key = [](const Segment& segment) { return CopyKey::of(segment, Direction::to_server); };
    EXPECT_EQ(key(first), key(second));
    second.ack = 2;
    EXPECT_NE(key(first), key(second));
    second = first;
    second.window = 400;
    EXPECT_NE(key(first), key(second)) << "a window update";
    first.payload_bytes = second.payload_bytes = 10;
    EXPECT_EQ(key(first), key(second)) << "data that is sent again acknowledges what has come meanwhile";
}

TEST(Waiting, CopiesNameTheOldest) {
    Waiting waiting;
    waiting.add(packet(1, 0, 77));
    waiting.add(packet(2, 0, 77));
    waiting.add(packet(3, 0, 88));
    waiting.add(packet(4, 0, 77));
    EXPECT_EQ(waiting.original_of(packet(5, 0, 77).key), WireId{1});
    EXPECT_EQ(waiting.original_of(packet(5, 0, 99).key), WireId::none);
    EXPECT_EQ(waiting.stack_of(WireId{1}, Stack::with_copies), (std::vector<WireId>{WireId{1}, WireId{2}, WireId{4}}));
    EXPECT_EQ(waiting.stack_of(WireId{1}, Stack::only_this).size(), 1u);
    waiting.take(WireId{1});
    EXPECT_EQ(waiting.original_of(packet(5, 0, 77).key), WireId{2});
}

}  // namespace
}  // namespace synoptic
