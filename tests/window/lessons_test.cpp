// Lessons in the window, as a student and a presenter use them: by keys alone, with wrong answers, back and again, while the file is being written.
#include "core/lesson/catalog.h"
#include "core/lesson/lesson.h"
#include "tests/window/kernel_facts.h"
#include "tests/window/lesson_window.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

using Lessons = LessonWindow;

std::string failure_of(const App& app) {
    return app.has("lesson.failure") ? app.widget("lesson.failure").value : "";
}

/** How many servers, or clients, run. */
int live_count(const App& app, bool servers) {
    int count = 0;
    for (const Json& program : app.dump().at("world").at("programs"))
        count += program.at("server") == servers && program.at("state") != "ended";
    return count;
}

/** Answers the question that is asked by keys: rightly, or with the choice behind the right one. */
void answer(App& app, const Lesson& lesson, bool rightly) {
    const int number = app.dump().at("lesson").at("question");
    for (const auto& [step, question] : lesson.questions()) {
        if (question->number_of_question != number) continue;
        if (question->choices.empty()) {
            app.wait_for("lesson.number");
            app.type(std::to_string(question->number.value_or(6)));
            app.key("Return");
        } else {
            const std::size_t right = question->right_choice(), choice = rightly ? right : (right + 1) % question->choices.size();
            app.key(std::to_string(choice + 1));
        }
        return;
    }
    throw std::runtime_error("the lesson has no question " + std::to_string(number));
}

/** Plays on by keys alone, from wherever it is, until its end; false if it can't be played on this machine. */
bool play_to_end(App& app, const Lesson& lesson, bool rightly) {
    for (;;) {
        wait_for_user(app);
        const std::string state = state_of(app);
        if (state == "ended") return true;
        if (state == "can't be played here") return false;
        if (state == "failed") throw std::runtime_error("an expectation failed: " + failure_of(app));
        if (state == "waits for an answer")
            answer(app, lesson, rightly);
        else
            app.key("Next");
    }
}

TEST_F(Lessons, TheFirstOneByKeysAloneFromTheFirstStart) {
    const ReadLesson first = read_lesson_file(std::string(SYNOPTIC_SOURCE_DIR) + "/lessons/01-what-is-a-server.md");
    ASSERT_TRUE(first.mistakes.empty());
    App& app = start();
    app.wait_for("welcome.lesson");
    EXPECT_NE(app.widget("welcome.lesson").label.find(first.lesson.title), std::string::npos);
    app.key("Return");
    app.wait_until("lesson 1", [&](const App& a) { return a.dump().at("lesson").value("name", "") == first.lesson.name; });
    ASSERT_TRUE(play_to_end(app, first.lesson, true));
    EXPECT_TRUE(app.has("lesson.end"));

    app.key("F6");
    app.wait_for("lessons." + first.lesson.name + ".progress");
    EXPECT_NE(app.widget("lessons." + first.lesson.name + ".progress").label.find("done"), std::string::npos);
    const std::vector<std::string> files = lesson_files(std::string(SYNOPTIC_SOURCE_DIR) + "/lessons");
    EXPECT_EQ(app.widget("lessons." + fs::path(files.at(1)).stem().string() + ".progress").value, "next");
}

TEST_F(Lessons, PanesStayWhereTheyAreAsTheFirstProgramComes) {
    App& app = open_small();
    app.wait_for("pane.stage.head");
    const double before = app.widget("pane.stage.head").y;
    app.key("Next");
    wait_for_step(app, 1);
    EXPECT_EQ(live_count(app, true), 1);
    EXPECT_EQ(app.widget("pane.stage.head").y, before);
}

TEST_F(Lessons, AWrongAnswerAndARightOneShowTheReasonBesideWhatIsSo) {
    App& app = open_small();
    app.key("Next");
    wait_for_step(app, 1);
    EXPECT_EQ(printed(app, "Ann", "hello"), true);
    app.key("Next");
    wait_for_step(app, 2);
    EXPECT_EQ(app.widget("lesson.question.1").value, "asked");
    EXPECT_FALSE(app.has("lesson.reason"));
    app.key("3");
    app.wait_until("the reason", [](const App& a) { return a.widget("lesson.question.1").value == "wrong"; });
    EXPECT_EQ(app.widget("lesson.choice.3").value, "chosen");
    EXPECT_EQ(app.widget("lesson.choice.2").value, "right");
    EXPECT_NE(app.widget("lesson.reason").label.find("Ann is still there"), std::string::npos);
    EXPECT_FALSE(app.widget("lesson.found").label.empty());

    app.wait_for("lesson.number");
    app.type("6");
    app.key("Return");
    app.wait_until("the second reason", [](const App& a) { return a.widget("lesson.question.2").value == "right"; });
    EXPECT_EQ(app.widget("lesson.right_number").label, "6");
}

TEST_F(Lessons, AQuestionIsAnsweredByAClickAndSkippedByPageDown) {
    App& app = open_small();
    app.key("Next");
    wait_for_step(app, 1);
    app.key("Next");
    wait_for_step(app, 2);
    app.click("lesson.choice.2");
    app.wait_until("the answer is right", [](const App& a) { return a.widget("lesson.question.1").value == "right"; });
    app.wait_for("lesson.number");
    app.key("Next");
    app.wait_until("it was skipped", [](const App& a) { return a.widget("lesson.question.2").value == "skipped"; });
    EXPECT_EQ(app.widget("lesson.right_number").label, "6");
}

TEST_F(Lessons, WhatTheUserDoesBesidesIsAllowedAndRestartStepLeadsBack) {
    App& app = open_small();
    app.key("Next");
    wait_for_step(app, 1);
    app.key("c");
    app.wait_until("a client of the user's own", [](const App& a) { return live_count(a, false) == 2; });
    app.key("shift+Prior");
    app.wait_until("it plays again",
                   [](const App& a) { return a.dump().at("lesson").value("hurries", false) || state_of(a) != "waits for next"; });
    wait_for_step(app, 1);
    EXPECT_EQ(state_of(app), "waits for next") << failure_of(app);
    app.key("Prior");
    wait_for_step(app, 0);
    app.wait_until("its programs have ended", [](const App& a) { return live_count(a, true) == 0; });
}

TEST_F(Lessons, OnlyThePanelsOfTheStepAreShownAndTheOthersComeBack) {
    App& app = open_small();
    app.key("Next");
    wait_for_step(app, 1);
    app.wait_until("stage and code", [](const App& a) {
        return a.has("pane.stage") && a.has("pane.code") && !a.has("pane.calls") && !a.has("pane.inspector");
    });
    app.click("lesson.progress.3");
    wait_for_step(app, 3);
    app.wait_until("the stage alone", [](const App& a) { return a.has("pane.stage") && !a.has("pane.code"); });
    app.click("lesson.close");
    app.wait_until_gone("pane.lesson");
    app.wait_until("all panes", [](const App& a) {
        return a.has("pane.stage") && a.has("pane.calls") && a.has("pane.code") && a.has("pane.inspector");
    });
}

TEST_F(Lessons, ASavedChangeShowsAtOnceAndMistakesAreNamedByFileAndLine) {
    App& app = open_small();
    app.key("Next");
    wait_for_step(app, 1);
    write(replaced(small_lesson, "## An echo", "## Another echo"));
    app.wait_until("the new heading",
                   [](const App& a) { return a.has("lesson.heading") && a.widget("lesson.heading").label == "Another echo"; });
    wait_for_step(app, 1);

    write(replaced(small_lesson, "connect Ann to server", "conect Ann to server"));
    app.wait_for("lesson.mistakes");
    EXPECT_NE(app.widget("lesson.mistakes").value.find("07-small.md:21: "), std::string::npos) << app.widget("lesson.mistakes").value;
    EXPECT_EQ(app.widget("lesson.heading").label, "Another echo") << "what was read before goes on";
    write(small_lesson);
    app.wait_until_gone("lesson.mistakes");
    app.wait_until("the first heading", [](const App& a) { return a.widget("lesson.heading").label == "An echo"; });
}

TEST_F(Lessons, AFileWithMistakesFromTheStartIsShownAndPlaysOnceItIsMended) {
    write(replaced(small_lesson, "```expect", "```exepct"));
    App& app = start({file().string()});
    app.wait_for("lesson.mistakes");
    EXPECT_NE(app.widget("lesson.mistakes").value.find("exepct"), std::string::npos);
    write(small_lesson);
    wait_for_step(app, 0);
    EXPECT_FALSE(app.has("lesson.mistakes"));
}

TEST_F(Lessons, AnExpectationThatFailsSaysWhatWasFoundAndOneGoesOn) {
    write(replaced(small_lesson, "```expect\nAnn printed \"hello\"", "```expect within 200 ms\nAnn printed \"good bye\""));
    App& app = open_small();
    app.key("Next");
    app.wait_until("the failure", [](const App& a) { return state_of(a) == "failed"; });
    app.wait_for("lesson.failure");
    EXPECT_NE(failure_of(app).find("Expected Ann printed \"good bye\""), std::string::npos) << failure_of(app);
    EXPECT_NE(failure_of(app).find("line "), std::string::npos);
    app.key("Next");
    app.wait_until("it has gone on", [](const App& a) { return state_of(a) == "waits for next"; });
    EXPECT_TRUE(app.has("lesson.failure")) << "what was found stays to be read";
}

TEST_F(Lessons, ProgressIsThereAfterARestartOfTheApp) {
    setenv("SYNOPTIC_LESSONS", folder().c_str(), 1);
    App& app = start();
    app.wait_for("welcome.lesson");
    app.key("Return");
    wait_for_step(app, 0);
    app.key("Next");
    wait_for_step(app, 1);
    app.key("Next");
    wait_for_step(app, 2);
    App& again = start();
    again.wait_for("welcome.lesson");
    again.key("Return");
    wait_for_step(again, 2);
    EXPECT_EQ(again.widget("lesson.question.1").value, "asked");
    EXPECT_TRUE(printed(again, "Ann", "hello")) << "the steps before were played";
    unsetenv("SYNOPTIC_LESSONS");
}

TEST_F(Lessons, SpeakerNotesHaveAWindowOfTheirOwnWhoseKeysTurnTheLesson) {
    App& app = open_small();
    app.key("F12");
    app.wait_until("the notes",
                   [](const App& a) { return a.dump().at("lesson").at("notes").value("text", "").find("Say hello") != std::string::npos; });
    EXPECT_EQ(app.dump().at("lesson").at("notes").at("next"), "An echo");
    EXPECT_FALSE(app.shows("Say hello to the class")) << "only the presenter sees them";
    const std::string notes = app.other_window("speaker notes");
    ASSERT_FALSE(notes.empty());
    app.key_in(notes, "Next");
    wait_for_step(app, 1);
    app.key("F12");
    app.wait_until("they are closed", [](const App& a) { return a.dump().at("lesson").at("notes").at("open") == false; });
}

TEST_F(Lessons, TheChooserIsUsedWithTheArrowsAndEnter) {
    App& app = start();
    app.key("F6");
    const std::vector<std::string> files = lesson_files(std::string(SYNOPTIC_SOURCE_DIR) + "/lessons");
    ASSERT_GE(files.size(), 30u);
    app.wait_for("lessons." + fs::path(files[0]).stem().string());
    app.key("Down");
    app.key("Return");
    app.wait_until("the second lesson",
                   [&](const App& a) { return a.dump().at("lesson").value("name", "") == fs::path(files[1]).stem().string(); });
}

// ---- every lesson ------------------------------------------------------------------------------------------------------------------------

class EveryLesson : public WindowTest, public testing::WithParamInterface<std::string> {};

TEST_P(EveryLesson, PlaysGreenInTheWindow) {
    const ReadLesson read = read_lesson_file(GetParam());
    ASSERT_TRUE(read.mistakes.empty()) << read.mistakes.front().text();
    App& app = start({GetParam()});
    if (!play_to_end(app, read.lesson, true)) GTEST_SKIP() << "this machine lacks what it needs";
    EXPECT_EQ(app.dump().at("lesson").at("failures"), 0);
}

std::string test_name_of(const testing::TestParamInfo<std::string>& info) {
    std::string name = fs::path(info.param).stem().string();
    for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
}

INSTANTIATE_TEST_SUITE_P(Course, EveryLesson, testing::ValuesIn(lesson_files(std::string(SYNOPTIC_SOURCE_DIR) + "/lessons")), test_name_of);

}  // namespace
}  // namespace synoptic::window
