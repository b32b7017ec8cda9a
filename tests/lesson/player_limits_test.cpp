// What the player waits for and never comes: it says so, and gets on. Time is the test's own: the player is told what time it is.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "player_fixture.h"

namespace synoptic {
namespace {

constexpr std::uint64_t s_ns = 1'000'000'000;

class PlayerLimitsTest : public PlayerTest {
   protected:
    /** Looks once, so many seconds from now. */
    State look_after(std::uint64_t seconds) {
        player->poll(seen ? *seen : world(), began + seconds * s_ns);
        return player->state();
    }
    /** Commands of one kind are not carried out, as if the session had not heard of them. */
    template <class Kind>
    void session_is_deaf_to() {
        submit = [this](Command command) {
            return std::holds_alternative<Kind>(command) ? std::uint64_t{1'000'000} : session->submit(std::move(command));
        };
    }
    void begin_to_look() { began = session->now_ns(); }
    /** From now on the player sees the World as it is now: where a session has done nothing, what its own threads tell late counts, too. */
    void stand_still() { seen = world(); }

   private:
    std::uint64_t began = 0;
    std::optional<World> seen;
};

TEST_F(PlayerLimitsTest, ACommandThatIsNeverCarriedOutFails) {
    open("## S\n\n```do\nstart echo_iterative\n```\n\nText.\n");
    ASSERT_EQ(until_it_waits(), State::stands);
    session_is_deaf_to<StartServer>();
    player->next();
    begin_to_look();
    stand_still();
    EXPECT_EQ(look_after(0), State::does);
    EXPECT_EQ(look_after(29), State::does);
    ASSERT_EQ(look_after(31), State::failed);
    EXPECT_EQ(player->failures().at(0).text,
              "test.md:10: “start echo_iterative” was not carried out: the session has done nothing for 30 s");
    EXPECT_TRUE(player->next()) << "one can go on all the same";
}

TEST_F(PlayerLimitsTest, ASessionThatGetsOnIsWaitedFor) {
    open("## S\n\n```do\nstart echo_iterative\n```\n\nText.\n");
    ASSERT_EQ(until_it_waits(), State::stands);
    session_is_deaf_to<StartServer>();
    player->next();
    begin_to_look();
    stand_still();
    EXPECT_EQ(look_after(0), State::does);
    outcome(session->submit(SetGate{.mode = GateMode::run}));  // the user's: the session has much to do
    stand_still();
    EXPECT_EQ(look_after(31), State::does);
    EXPECT_EQ(look_after(62), State::failed);
}

TEST_F(PlayerLimitsTest, WhatDoesNotEndIsKilledOrNamed) {
    open("## S\n\n```do\nstart echo_iterative as One in a process\nstart echo_thread as Two\n```\n\nText.\n");
    ASSERT_EQ(until_it_waits(), State::stands);
    player->next();
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    const ProgramId process = player->program("One"), thread = player->program("Two");
    session_is_deaf_to<StopServer>();
    player->end();
    begin_to_look();
    EXPECT_EQ(look_after(0), State::prepares);
    EXPECT_EQ(look_after(19), State::prepares);
    EXPECT_TRUE(player->remarks().empty());
    EXPECT_EQ(look_after(21), State::prepares);
    ASSERT_TRUE(eventually([&](const World& w) { return find(w, process)->state == Program::State::ended; })) << "it was killed";
    EXPECT_EQ(look_after(22), State::prepares) << "the other has a little time";
    ASSERT_EQ(look_after(27), State::ended);
    EXPECT_EQ(player->remarks(), (std::vector<std::string>{"One (echo_iterative) did not end in 20 s, and was killed",
                                                           "Two (echo_thread) has not ended, and runs on: stop it by hand"}));
    EXPECT_NE(find(world(), thread)->state, Program::State::ended);
}

TEST_F(PlayerLimitsTest, AWireThatNeverComesCanNotBeHad) {
    session_is_deaf_to<StartLab>();
    open(read_lesson("# T\n\n```lesson\nneeds wire\n```\n\n## S\n\nText.\n", "test.md"));
    begin_to_look();
    EXPECT_EQ(look_after(0), State::prepares);
    EXPECT_EQ(look_after(29), State::prepares);
    ASSERT_EQ(look_after(31), State::impossible);
    EXPECT_NE(player->why().find("it was not there in time"), std::string::npos) << player->why();
}

}  // namespace
}  // namespace synoptic
