// The desk with a session of its own: what is kept of a lesson that is played again, and what is said of one that would not end.
#include "gui/lesson_desk.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <variant>

#include "tests/session/session_fixture.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

using State = Player::State;

class LessonDeskTest : public SessionTest {
   protected:
    void SetUp() override {
        SessionTest::SetUp();
        desk.begin({[this](Command command) { return submit(std::move(command)); }, &session->history(), [] {}, progress_file});
    }
    void open(const std::string& steps) {
        const std::string path = folder / "01-test.md";
        std::ofstream(path) << "# Title\n\n```lesson\nnetwork loopback\n```\n\n" << steps;
        desk.open(path);
    }
    /** As frames do. */
    State until(State wanted) {
        EXPECT_TRUE(session->wait_for(
            [&](const World& now) {
                desk.advance(now, session->now_ns());
                return desk.player() && desk.player()->state() == wanted;
            },
            patience_ms));
        return desk.player() ? desk.player()->state() : State::prepares;
    }

    std::function<std::uint64_t(Command)> submit = [this](Command command) { return session->submit(std::move(command)); };
    const TemporaryFolder folder;
    const std::string progress_file = folder / "lessons.json";
    LessonDesk desk;
};

TEST_F(LessonDeskTest, RestartAsksAgainAndTheFirstAnswersStay) {
    open("## S\n\n```question\nq\n\n- [ ] wrong\n- [x] right\n\nr\n```\n");
    ASSERT_EQ(until(State::stands), State::stands);
    desk.next();
    ASSERT_EQ(until(State::asks), State::asks);
    ASSERT_TRUE(desk.choose(0));
    ASSERT_EQ(until(State::stands), State::stands);
    ASSERT_TRUE(desk.restart());
    EXPECT_EQ(desk.player()->answered(1), nullptr);
    ASSERT_EQ(until(State::stands), State::stands);
    EXPECT_EQ(desk.player()->step(), 0u);
    desk.next();
    ASSERT_EQ(until(State::asks), State::asks) << "a second class is asked, too";
    ASSERT_TRUE(desk.choose(1));
    ASSERT_EQ(until(State::stands), State::stands);
    EXPECT_TRUE(desk.player()->answered(1)->right);
    const LessonProgress kept = Progress::open(progress_file).of("01-test");
    EXPECT_EQ(kept.answers.at(1).answer, "wrong");
    EXPECT_EQ(kept.reached, 1u);
}

TEST_F(LessonDeskTest, AProgressFileThatBreaksMeanwhileIsSetAsideAndSaid) {
    open("## S\n\nText.\n");
    ASSERT_EQ(until(State::stands), State::stands);
    EXPECT_FALSE(desk.take_trouble());
    std::ofstream(progress_file) << "{";
    desk.next();
    ASSERT_EQ(until(State::stands), State::stands);
    const std::optional<std::string> trouble = desk.take_trouble();
    ASSERT_TRUE(trouble);
    EXPECT_NE(trouble->find("was set aside as " + progress_file + ".bad"), std::string::npos) << *trouble;
    EXPECT_EQ(Progress::open(progress_file).of("01-test").reached, 1u);
}

TEST_F(LessonDeskTest, SaysWhatWouldNotEndWithItsLesson) {
    open("## S\n\n```do\nstart echo_iterative as One\nstart echo_thread as Two\n```\n");
    ASSERT_EQ(until(State::stands), State::stands);
    desk.next();
    ASSERT_EQ(until(State::stands), State::stands);
    ASSERT_EQ(desk.player()->step(), 1u);
    submit = [this](Command command) {
        return std::holds_alternative<StopServer>(command) ? std::uint64_t{1'000'000} : session->submit(std::move(command));
    };
    desk.close();
    const World now = world();
    const std::uint64_t began = session->now_ns();
    for (const std::uint64_t seconds : {0, 21, 27}) desk.advance(now, began + seconds * 1'000'000'000);
    EXPECT_EQ(
        desk.take_trouble(),
        "The lesson has ended, but One (echo_iterative) has not ended, and runs on: stop it by hand; Two (echo_thread) has not ended, "
        "and runs on: stop it by hand.");
}

}  // namespace
}  // namespace synoptic
