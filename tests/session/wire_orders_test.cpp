// What the user orders on the wire, as the session carries it out: moves that come too late, steps, pauses.
#include "tests/session/wire_fixture.h"

namespace synoptic {
namespace {

class WireOrders : public WireTest {
   protected:
    std::string fails(const Command& command) {
        bool failed = false;
        const std::string said = outcome(session->submit(command), &failed);
        EXPECT_TRUE(failed) << said;
        return said;
    }
    void works(const Command& command) {
        bool failed = false;
        const std::string said = outcome(session->submit(command), &failed);
        EXPECT_FALSE(failed) << said;
    }
    /** Two clients' SYNs, held; the earlier one first. */
    std::pair<WireId, WireId> hold_two_syns() {
        serve("echo_thread");
        set_rules(Rules::hold_only(kind_syn));
        join();
        const WireId first = await_segment("SYN");
        join();
        WireId second{};
        EXPECT_TRUE(eventually([&](const World& w) {
            for (const WaitingStack& stack : waiting_stacks(w)) {
                if (stack.top != first) second = stack.top;
            }
            return second != WireId::none;
        }));
        return {first, second};
    }
    void step(const Step& command) {
        const EventIndex before = world().last_step_done;
        works(command);
        EXPECT_TRUE(eventually([&](const World& w) { return w.last_step_done != before && w.last_step_done != no_event; }));
    }
    bool arrived(WireId id) {
        return eventually([&](const World& w) {
            const WireSegment* segment = find(w, id);
            return segment && segment->state == WireSegment::State::arrived;
        });
    }
};

TEST_F(WireOrders, AnOrderThatComesTooLateFailsAndSaysSo) {
    const auto [first, second] = hold_two_syns();
    works(MoveSegment{first, SegmentMove::deliver_once});
    for (const SegmentMove move : {SegmentMove::deliver, SegmentMove::deliver_once, SegmentMove::drop, SegmentMove::duplicate,
                                   SegmentMove::hold, SegmentMove::overtake}) {
        EXPECT_NE(fails(MoveSegment{first, move}).find("does not wait any more"), std::string::npos);
    }
    EXPECT_NE(fails(Step{.segment = first}).find("does not wait any more"), std::string::npos);
    EXPECT_TRUE(find(world(), second)->waits());
}

TEST_F(WireOrders, AStepTakesTheOneThatWasLetOvertake) {
    const auto [first, second] = hold_two_syns();
    works(MoveSegment{second, SegmentMove::overtake});
    EXPECT_TRUE(eventually([&, later = second](const World& w) { return waiting_segments(w).front() == later; }));
    step(Step{.over = StepOver::segments});
    EXPECT_TRUE(arrived(second));
    EXPECT_TRUE(find(world(), first)->waits());
}

TEST_F(WireOrders, AStepTakesTheSegmentThatItNames) {
    const auto [first, second] = hold_two_syns();
    step(Step{.over = StepOver::both, .segment = second});
    EXPECT_TRUE(arrived(second));
    EXPECT_TRUE(find(world(), second)->by_hand);
    EXPECT_TRUE(find(world(), first)->waits());
}

TEST_F(WireOrders, ADuplicateArrivesToo) {
    const auto [first, second] = hold_two_syns();
    works(MoveSegment{second, SegmentMove::drop});
    works(MoveSegment{first, SegmentMove::duplicate});
    WireId duplicate{};
    ASSERT_TRUE(eventually([&](const World& w) {
        for (const auto& [id, segment] : w.segments) {
            if (segment.duplicate_of != WireId::none && segment.waits()) duplicate = id;
        }
        return duplicate != WireId::none;
    }));
    works(MoveSegment{first, SegmentMove::deliver_once});
    EXPECT_TRUE(find(world(), duplicate)->waits());
    works(MoveSegment{duplicate, SegmentMove::deliver_once});
    EXPECT_TRUE(arrived(duplicate));
}

TEST_F(WireOrders, PausedCallsAndSegmentsMoveInTurnAndRunLetsAllGo) {
    serve("echo_iterative");
    session->submit(SetGate{ActorId::none, GateMode::step, 0, true});
    join();
    ASSERT_TRUE(eventually([&](const World& w) {
        const Program* client = by_label(w, "client 1");
        return w.lab.paused && client && !client->actors.empty() && find(w, client->actors.front())->state == Actor::State::arrives;
    }));
    WireId syn{};
    for (int steps = 0; syn == WireId::none && steps < 20; ++steps) {
        step(Step{});  // getaddrinfo, socket, connect
        // Behind connect nobody can move until its segment is on the wire.
        ASSERT_TRUE(eventually([](const World& w) {
            const Actor* client = find(w, by_label(w, "client 1")->actors.front());
            return client->state == Actor::State::arrives || client->state == Actor::State::rests || !waiting_segments(w).empty();
        }));
        syn = waiting(world(), "SYN");
    }
    ASSERT_NE(syn, WireId::none);
    EXPECT_EQ(find(world(), syn)->hold_reason, HoldReason::pause);
    step(Step{});
    EXPECT_TRUE(arrived(syn)) << "the client is blocked in connect, the server in accept: the segment is next";
    EXPECT_NE(waiting(world(), "SYN+ACK"), WireId::none) << "and its answer waits";
    session->submit(SetGate{ActorId::none, GateMode::run, 0});
    EXPECT_TRUE(is_connected("client 1"));
    EXPECT_TRUE(eventually([](const World& w) { return !w.lab.paused && waiting_segments(w).empty(); }));
    EXPECT_EQ(world().lab.rules, Rules{}) << "the user's own rules are what they were";
}

TEST_F(WireOrders, AWireThatIsMadeWhileAllIsPausedIsPausedToo) {
    session->submit(SetGate{ActorId::none, GateMode::step, 0, true});
    works(StartLab{});
    session->submit(SetGate{ActorId::none, GateMode::run, 0, true});  // programs run, segments wait
    serve("echo_iterative");
    join();
    const WireId syn = await_segment("SYN");
    EXPECT_EQ(find(world(), syn)->hold_reason, HoldReason::pause);
    session->submit(SetGate{ActorId::none, GateMode::run, 0});
    EXPECT_TRUE(is_connected("client 1"));
}

}  // namespace
}  // namespace synoptic
