// What keys and buttons ask of the session.
#include <gtest/gtest.h>

#include "gui/app_state.h"

namespace synoptic {
namespace {

class ActionsTest : public testing::Test {
   protected:
    void gate_is(GateMode mode) {
        Event event;
        event.kind = EventKind::gate_set;
        event.b = static_cast<std::int64_t>(mode);
        history.append(event, {});
        state.moment.catch_up(1'000'000'000);
    }
    std::vector<Command> asked_by(Action action) {
        state.out.clear();
        perform(state, action);
        return state.out;
    }

    History history;
    AppState state{history};
};

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

}  // namespace
}  // namespace synoptic
