// What keys and buttons ask of the session.
#include <gtest/gtest.h>

#include "gui/app_state.h"
#include "tests/wire/packets.h"

namespace synoptic {
namespace {

class ActionsTest : public testing::Test {
   protected:
    void gate_is(GateMode mode, bool holds_wire = false) {
        Event event;
        event.fd = holds_wire;
        event.kind = EventKind::gate_set;
        event.b = static_cast<std::int64_t>(mode);
        history.append(event, {});
        state.moment.catch_up(1'000'000'000);
    }
    WireId hold_a_segment(std::uint32_t seq = 1000, std::int64_t place = 0) {
        const Bytes packet = make_packet({.flags = tcp_syn, .seq = seq});
        Event event;
        event.kind = EventKind::segment_sent;
        event.socket = ++last_segment;
        event.a = static_cast<std::int64_t>(packet.size());
        history.append(event, std::string(packet.begin(), packet.end()));
        event.kind = EventKind::segment_held;
        event.a = 0;
        event.b = place;
        history.append(event, {});
        state.moment.catch_up(1'000'000'000);
        return WireId{last_segment};
    }
    std::vector<Command> asked_by(Action action) {
        state.out.clear();
        perform(state, action);
        return state.out;
    }

    History history;
    AppState state{history};
    std::uint64_t last_segment = 0;
};

TEST_F(ActionsTest, PauseHoldsTheWireWhereAStepMovesSegments) {
    for (const StepOver over : {StepOver::both, StepOver::calls, StepOver::segments}) {
        state.settings.step_over = over;
        const std::vector<Command> asked = asked_by(Action::run_or_pause);
        ASSERT_EQ(asked.size(), 1u);
        EXPECT_EQ(std::get<SetGate>(asked[0]).holds_wire, over != StepOver::calls);
    }
    gate_is(GateMode::step, true);
    EXPECT_TRUE(state.moment.live().lab.paused);
    EXPECT_FALSE(std::get<SetGate>(asked_by(Action::run_or_pause).at(0)).holds_wire) << "Run lets them go";
}

TEST_F(ActionsTest, WhoStoppedAtABreakpointIsChosenSteppedAndLetGo) {
    const ActorId actor = make_actor_id(3, 1);
    Event begin;
    begin.kind = EventKind::actor_begin;
    begin.actor = actor;
    begin.a = begin.b = 4000;
    history.append(begin, "worker");
    Event arrive;
    arrive.kind = EventKind::recv;
    arrive.phase = Phase::arrive;
    arrive.actor = actor;
    arrive.line = 14;
    arrive.flags = event_at_breakpoint;
    history.append(arrive, {});
    state.moment.catch_up(1'000'000'000);
    EXPECT_TRUE(stopped_by_breakpoints(state.moment.live()));
    turn_to_breakpoint(state);
    EXPECT_EQ(state.selection.actor, actor);
    state.selection = {};
    turn_to_breakpoint(state);
    EXPECT_TRUE(state.selection.empty()) << "once for each stop";
    EXPECT_EQ(std::get<Step>(asked_by(Action::step).at(0)).actor, actor) << "though all others run";
    EXPECT_EQ(std::get<SetGate>(asked_by(Action::run_or_pause).at(0)).mode, GateMode::run);
    gate_is(GateMode::run);
    EXPECT_FALSE(stopped_by_breakpoints(state.moment.live()));
    EXPECT_EQ(std::get<SetGate>(asked_by(Action::run_or_pause).at(0)).mode, GateMode::step) << "nobody is stopped: Pause";
}

TEST_F(ActionsTest, TheKeysOfTheCodePaneBringItIntoSight) {
    state.settings.layout.shows(Pane::code) = false;
    for (const Action action : {Action::pin_code, Action::breakpoint, Action::next_call, Action::previous_call, Action::next_difference,
                                Action::previous_difference})
        EXPECT_TRUE(asked_by(action).empty()) << "the pane asks the session, not the key";
    EXPECT_TRUE(state.settings.layout.shows(Pane::code));
    EXPECT_EQ(state.code.asks.size(), 6u);
}

TEST_F(ActionsTest, WhatAStepMovesCanBeChosenWhileAllIsPaused) {
    gate_is(GateMode::step, true);
    set_step_over(state, StepOver::calls);
    ASSERT_EQ(state.out.size(), 1u);
    EXPECT_FALSE(std::get<SetGate>(state.out[0]).holds_wire);
    EXPECT_EQ(std::get<SetGate>(state.out[0]).mode, GateMode::step);
    gate_is(GateMode::step, false);
    state.out.clear();
    set_step_over(state, StepOver::calls);
    EXPECT_TRUE(state.out.empty()) << "it is so already";
}

TEST_F(ActionsTest, AChosenSegmentIsSteppedOnlyWhereStepsMoveSegments) {
    const WireId id = hold_a_segment();
    state.selection.segment = id;
    EXPECT_TRUE(std::holds_alternative<SetGate>(asked_by(Action::step).at(0))) << "the first press pauses";
    gate_is(GateMode::step, true);
    EXPECT_EQ(std::get<Step>(asked_by(Action::step).at(0)).segment, id);
    state.settings.step_over = StepOver::calls;
    EXPECT_EQ(std::get<Step>(asked_by(Action::step).at(0)).segment, WireId::none);
    gate_is(GateMode::run);
    state.settings.step_over = StepOver::segments;
    EXPECT_EQ(std::get<Step>(asked_by(Action::step).at(0)).segment, id) << "segments are stepped while programs run";
}

TEST_F(ActionsTest, DeliverTakesTheNextInTheOrderOfDelivery) {
    hold_a_segment(1000, 5);
    const WireId overtook = hold_a_segment(2000, -1);
    EXPECT_EQ(std::get<MoveSegment>(asked_by(Action::deliver).at(0)).segment, overtook);
}

TEST_F(ActionsTest, TheFirstStepOnlyPauses) {
    std::vector<Command> asked = asked_by(Action::step);
    ASSERT_EQ(asked.size(), 1u) << "nobody stands at a gate yet";
    ASSERT_TRUE(std::holds_alternative<SetGate>(asked[0]));
    EXPECT_EQ(std::get<SetGate>(asked[0]).mode, GateMode::step);
    gate_is(GateMode::step);
    asked = asked_by(Action::step);
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<Step>(asked[0]));
}

class PastActions : public ActionsTest {
   protected:
    PastActions() {
        gate_is(GateMode::run);
        gate_is(GateMode::run);
        state.moment.look_at(1);
    }
    /** As at the end of a frame. */
    void hold() { state.past.held = std::move(state.out), state.out.clear(); }
};

TEST_F(PastActions, SettingsThatGoWithACommandWaitForTheAnswer) {
    const int pace = state.settings.pace;
    for (const bool does_it : {false, true}) {
        state.moment.look_at(1);
        ASSERT_EQ(asked_by(Action::slower).size(), 1u);
        hold();
        EXPECT_TRUE(state.past.asks());
        EXPECT_EQ(state.settings.pace, pace);
        answer_past_question(state, does_it);
        EXPECT_FALSE(state.past.asks());
        EXPECT_EQ(state.moment.past(), !does_it);
        EXPECT_EQ(state.settings.pace, does_it ? pace + 1 : pace);
        EXPECT_EQ(state.out.size(), does_it ? 1u : 0u);
    }
    state.moment.look_at(1);
    const bool chatter = state.settings.chatter;
    ASSERT_EQ(asked_by(Action::chatter).size(), 1u);
    hold();
    EXPECT_EQ(state.settings.chatter, chatter);
    perform(state, Action::escape);
    EXPECT_FALSE(state.past.asks());
    answer_past_question(state, true);
    EXPECT_EQ(state.settings.chatter, chatter) << "what was refused is forgotten";
}

TEST_F(PastActions, WhatAStepMovesWaitsToo) {
    state.moment.go_live();
    gate_is(GateMode::step, true);
    state.moment.look_at(1);
    state.out.clear();
    set_step_over(state, StepOver::calls);
    hold();
    EXPECT_EQ(state.settings.step_over, StepOver::both);
    perform(state, Action::live);
    EXPECT_EQ(state.settings.step_over, StepOver::calls) << "End is an answer";
    EXPECT_FALSE(state.moment.past());
    EXPECT_EQ(state.out.size(), 1u);
}

TEST_F(PastActions, ADemonstrationIsAskedForLikeACommand) {
    const Demonstration& one = demonstrations().front();
    start_demonstration(state, one);
    EXPECT_TRUE(state.past.asks());
    EXPECT_TRUE(state.moment.past());
    EXPECT_EQ(state.runner.running(), nullptr);
    answer_past_question(state, false);
    EXPECT_TRUE(state.moment.past());
    EXPECT_EQ(state.runner.running(), nullptr);
    start_demonstration(state, one);
    answer_past_question(state, true);
    EXPECT_FALSE(state.moment.past());
    EXPECT_EQ(state.runner.running(), &one);
}

}  // namespace
}  // namespace synoptic
