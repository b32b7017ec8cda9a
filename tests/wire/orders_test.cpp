// Orders for segments that wait, what the relay answers, and why it says that it held, delivered and dropped.
#include <netinet/in.h>

#include "tests/wire/wire_fixture.h"

namespace synoptic {
namespace {

class OrdersTest : public WireTest {
   protected:
    /** A segment of data that is held, and a retransmission of it. */
    struct HeldData {
        Connection made;
        Seen original, copy;
    };
    HeldData hold_data_and_a_copy() {
        HeldData held;
        held.made = make_connection();
        EXPECT_TRUE(lab->set_rto_min(20));
        relay->set_rules(Rules::hold_only(kind_data));
        send_text(held.made.clientfd, "x");
        const auto original = sink.wait_for(waits(is_client_data)), copy = sink.wait_for(waits(is_client_data), 2);
        if (original) held.original = *original;
        if (copy) held.copy = *copy;
        return held;
    }
    Seen now(WireId id) {
        const std::vector<Seen> found = sink.all([id](const Seen& one) { return one.id == id; });
        return found.empty() ? Seen{} : found.front();
    }
};

TEST_F(OrdersTest, DeliverOnceDropsCopiesAsWhatTheyAreAndNoDuplicate) {
    const HeldData held = hold_data_and_a_copy();
    EXPECT_TRUE(relay->duplicate(held.original.id).get());
    const WireId duplicate = sink.all().back().id;
    EXPECT_EQ(now(duplicate).copy_of, WireId::none) << "it repeats nothing: it was made to arrive";
    EXPECT_TRUE(relay->deliver_once(held.original.id).get());
    EXPECT_EQ(now(held.original.id).delivered, DeliverReason::hand);
    EXPECT_EQ(now(held.copy.id).fate, Seen::Fate::dropped);
    EXPECT_EQ(now(held.copy.id).reason, DropReason::copy);
    EXPECT_EQ(now(duplicate).fate, Seen::Fate::waits);
    EXPECT_GE(relay->counters().dropped_as_copies[0], 1u);
    EXPECT_EQ(relay->counters().dropped_by_hand[0], 0u);
    EXPECT_TRUE(relay->deliver_once(duplicate).get());
    EXPECT_EQ(now(duplicate).fate, Seen::Fate::delivered);
}

TEST_F(OrdersTest, DeliverOnceOfOneThatIsGoneDoesNothing) {
    const HeldData held = hold_data_and_a_copy();
    EXPECT_TRUE(relay->drop(held.original.id).get());
    EXPECT_FALSE(relay->deliver_once(held.original.id).get());
    EXPECT_EQ(now(held.copy.id).fate, Seen::Fate::waits) << "else nothing would arrive";
    EXPECT_TRUE(relay->deliver_once(held.copy.id).get());
    EXPECT_EQ(receive(held.made.connfd, 1), "x");
}

TEST_F(OrdersTest, EveryOrderForOneThatIsGoneIsAnsweredSo) {
    const WireId gone{4711};
    EXPECT_FALSE(relay->deliver(gone).get());
    EXPECT_FALSE(relay->deliver_once(gone).get());
    EXPECT_FALSE(relay->drop(gone).get());
    EXPECT_FALSE(relay->duplicate(gone).get());
    EXPECT_FALSE(relay->hold(gone).get());
    EXPECT_FALSE(relay->overtake(gone).get());
}

TEST_F(OrdersTest, OneThatOvertakesHasTheFirstPlace) {
    relay->set_rules(Rules::hold_everything());
    const OwnFd listenfd = listen_at(6666, 8), one = begin_connect(6666), two = begin_connect(6666);
    const auto first = sink.wait_for(waits(is_syn)), second = sink.wait_for(waits(is_syn), 2);
    ASSERT_TRUE(first && second);
    EXPECT_LT(first->place, second->place);
    EXPECT_TRUE(relay->overtake(second->id).get());
    EXPECT_LT(now(second->id).place, first->place);
    EXPECT_EQ(now(second->id).held, HoldReason::overtake);
}

TEST_F(OrdersTest, ItIsSaidWhyASegmentWasDelivered) {
    const Connection made = make_connection();
    EXPECT_EQ(sink.wait_for(was_delivered(is_syn))->delivered, DeliverReason::at_once);
    Rules rules;
    rules.to_server.delay_ms = 5;
    relay->set_rules(rules);
    send_text(made.clientfd, "x");
    EXPECT_EQ(sink.wait_for(was_delivered(is_client_data))->delivered, DeliverReason::due);
}

TEST_F(OrdersTest, WhatAPauseHoldsGoesOnWhenItIsOverAndNothingElse) {
    relay->pause(true);
    const OwnFd listenfd = listen_at(6666, 8), clientfd = begin_connect(6666);
    const auto syn = sink.wait_for(waits(is_syn));
    ASSERT_TRUE(syn);
    EXPECT_EQ(syn->held, HoldReason::pause);
    EXPECT_EQ(syn->due_ns, 0u);
    relay->set_rules(Rules::hold_only(kind_syn));
    const OwnFd other = begin_connect(6666);
    const auto by_rule = sink.wait_for(waits(is_syn), 2);
    ASSERT_TRUE(by_rule);
    EXPECT_EQ(by_rule->held, HoldReason::rule);
    relay->pause(false);
    EXPECT_TRUE(connected(clientfd));
    EXPECT_EQ(now(syn->id).delivered, DeliverReason::resumed);
    EXPECT_EQ(now(by_rule->id).fate, Seen::Fate::waits) << "the rules hold it, whatever is paused";
}

TEST_F(OrdersTest, APauseStopsTheClocksOfWhatIsDelayed) {
    const Connection made = make_connection();
    EXPECT_TRUE(lab->set_rto_min(30'000));
    Rules rules;
    rules.to_server.delay_ms = 60'000;
    relay->set_rules(rules);
    send_text(made.clientfd, "x");
    const auto delayed = sink.wait_for(waits(is_client_data));
    ASSERT_TRUE(delayed);
    EXPECT_NE(delayed->due_ns, 0u);
    relay->pause(true);
    EXPECT_TRUE(relay->hold(delayed->id).get()) << "kept by hand, beyond the pause";
    send_text(made.clientfd, "y");
    const auto second = sink.wait_for(waits([&](const Seen& one) { return is_client_data(one) && one.id != delayed->id; }));
    ASSERT_TRUE(second);
    EXPECT_EQ(second->due_ns, 0u) << "while all is paused no clock runs";
    relay->pause(false);
    EXPECT_TRUE(sink.wait_for([&](const Seen& one) { return one.id == second->id && one.fate == Seen::Fate::delivered; }));
    EXPECT_EQ(now(delayed->id).fate, Seen::Fate::waits);
    EXPECT_EQ(now(delayed->id).held, HoldReason::hand);
    deliver(now(delayed->id));
    EXPECT_EQ(receive(made.connfd, 2), "xy");
}

}  // namespace
}  // namespace synoptic
