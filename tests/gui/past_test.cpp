// The search for what touches the selection, where it takes longer than a frame: it goes on, says how far it is, and ends when it is told to.
#include "gui/past.h"

#include <gtest/gtest.h>

#include "gui/app_state.h"
#include "tests/model/story.h"

namespace synoptic {
namespace {

constexpr EventIndex many_events = 5000;  // far more than a frame looks through with the budget below

class PastTest : public testing::Test {
   protected:
    void SetUp() override {
        early = story.begin(1, 100, story.program(1, false, true));
        late = story.begin(2, 200, story.program(2, false, true));
        began = story.history.size();
        while (story.history.size() < many_events) {
            story.enter(late, EventKind::printf, {.payload = "of another one"});
            story.exit(late, EventKind::printf, {.value = 14});
        }
        while (!state.moment.catch_up(1'000'000'000)) {}
        state.past.search_budget_ns = 1;
    }
    void select(ActorId actor) { state.selection.actor = actor; }
    /** Frames until it is over. */
    int frames_of_search() {
        int frames = 1;
        while (advance_search(state)) ++frames;
        return frames;
    }
    const std::string& note() const { return state.messages.current_note(); }

    Story story;
    AppState state{story.history};
    ActorId early, late;
    EventIndex began = 0;
};

TEST_F(PastTest, ALongSearchGoesOnInTheNextFramesAndSaysHowFarItIs) {
    select(early);
    jump_to_touching(state, false);
    EXPECT_FALSE(state.moment.past()) << "not found yet";
    EXPECT_NE(note().find("Looking for what touches it: 0 %"), std::string::npos) << note();
    EXPECT_GT(frames_of_search(), 10);
    EXPECT_NE(note().find("Looking for what touches it"), std::string::npos) << note();
    EXPECT_EQ(note().find(" 0 %"), std::string::npos) << "it has come further: " << note();
    EXPECT_TRUE(state.moment.past());
    EXPECT_LE(state.moment.shown().events, began);
    EXPECT_NE(find(state.moment.shown(), early), nullptr) << "it has begun";
}

TEST_F(PastTest, EscapeEndsItAndLeavesTheMomentAndTheSelection) {
    state.moment.look_at(many_events - 1);
    select(early);
    jump_to_touching(state, false);
    ASSERT_TRUE(advance_search(state));
    EXPECT_TRUE(perform(state, Action::escape));
    EXPECT_EQ(note(), "It is no longer looked for");
    EXPECT_FALSE(advance_search(state));
    EXPECT_EQ(state.moment.shown().events, many_events - 1);
    EXPECT_EQ(state.selection.actor, early);
    EXPECT_TRUE(perform(state, Action::escape)) << "the next one is for the selection";
    EXPECT_TRUE(state.selection.empty());
}

TEST_F(PastTest, WhoGoesElsewhereMeanwhileStaysThere) {
    state.moment.look_at(many_events - 1);
    select(early);
    for (const bool live : {false, true}) {
        jump_to_touching(state, false);
        ASSERT_TRUE(advance_search(state));
        live ? state.moment.go_live() : state.moment.back();
        EXPECT_FALSE(advance_search(state));
        EXPECT_EQ(note(), "It is no longer looked for");
        EXPECT_FALSE(cancel_search(state)) << "there is none any more";
        EXPECT_EQ(state.moment.past(), !live);
        EXPECT_EQ(state.moment.shown().events, live ? many_events : many_events - 2);
    }
}

TEST_F(PastTest, WhileItLooksTheSameKeyBeginsNoOtherSearchAndTheOtherWayDoes) {
    state.moment.look_at(many_events - 1);
    select(early);
    jump_to_touching(state, false);
    ASSERT_TRUE(advance_search(state));
    const double share = state.past.search->share();
    jump_to_touching(state, false);
    EXPECT_GE(state.past.search->share(), share);
    jump_to_touching(state, true);
    frames_of_search();
    EXPECT_EQ(note(), "Nothing behind this touches it");
    EXPECT_EQ(state.moment.shown().events, many_events - 1);
}

}  // namespace
}  // namespace synoptic
