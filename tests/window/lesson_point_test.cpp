// "Be the kernel" by pointing at what is on screen; what a lesson's `show` selects; and what a lesson's own commands say, or don't.
#include "tests/window/lesson_window.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

class LessonPoint : public LessonWindow {
   protected:
    /** Opens the lesson, and goes on to its first question. */
    App& open_at_question(const std::string& text) {
        write(text);
        App& app = start({file().string()});
        wait_for_step(app, 0);
        app.key("Next");
        app.wait_until(
            "a question", [](const App& a) { return state_of(a) == "waits for an answer"; }, step_limit_ms);
        return app;
    }
    static bool lies_in(const App& app, const std::string& inner, const std::string& outer) {
        const Widget a = app.widget(inner), b = app.widget(outer);
        return a.x >= b.x - 1 && a.y >= b.y - 1 && a.x + a.w <= b.x + b.w + 1 && a.y + a.h <= b.y + b.h + 1;
    }
    static void expect_answer(App& app, const std::string& verdict) {
        app.wait_until(
            "an answer", [](const App& a) { return a.has("lesson.reason"); }, step_limit_ms);
        EXPECT_EQ(app.widget("lesson.question.1").value, verdict);
    }
};

constexpr const char* begins = "# Point\n\n```lesson\nnetwork loopback\n```\n\n## One\n\n";

TEST_F(LessonPoint, AQueueOfTheServerIsPointedAt) {
    App& app = open_at_question(std::string(begins) +
                                "```do\nstart echo_iterative\nconnect Ann to server\n```\n\n```question\nWhere does Bob go?\n\n"
                                "- [x] to the accept queue => Bob's connection waits in the accept queue\n"
                                "- [ ] to a new descriptor => Bob's connection was accepted\n\n"
                                "do connect Bob to server\n\nThe server is busy.\n```\n");
    app.wait_for("lesson.point.2");
    EXPECT_TRUE(lies_in(app, "lesson.point.1", "stage.accept_queue.server"));
    EXPECT_TRUE(lies_in(app, "lesson.point.2", "stage.server"));
    app.wait_for("lesson.hint.point");
    app.click("lesson.point.1");
    expect_answer(app, "right");
    EXPECT_FALSE(app.has("lesson.point.1")) << "it was answered";
}

TEST_F(LessonPoint, ProcessesAndClientsArePointedAtAndAWrongOneIsWrong) {
    App& app = open_at_question(std::string(begins) +
                                "```do\nstart echo_fork\nconnect Ann to server\n```\n\n```question\nWho wakes?\n\n"
                                "- [ ] the first one => server called recv\n"
                                "- [x] the child => recv of server's child 1 returned\n"
                                "- [ ] nobody: Ann is told that she must wait => send of Ann failed\n\n"
                                "do Ann says \"hello\"\n\nThe child.\n```\n");
    app.wait_for("lesson.point.3");
    EXPECT_TRUE(lies_in(app, "lesson.point.1", "stage.server"));
    EXPECT_TRUE(lies_in(app, "lesson.point.2", app.ids("stage.worker.").front()));
    EXPECT_TRUE(lies_in(app, "lesson.point.3", "stage.Ann"));
    app.click("lesson.point.1");
    expect_answer(app, "wrong");
    EXPECT_EQ(app.widget("lesson.choice.2").value, "right");
}

TEST_F(LessonPoint, StatesArePointedAtWhereThatPanelIsShownAndWhatMeansTwoChoicesIsNot) {
    const std::string question =
        "```do\nstart echo_iterative\nconnect Ann to server\n```\n\n```question\nIn which state is Ann's end?\n\n"
        "- [x] ESTABLISHED => Ann's connection is ESTABLISHED\n- [ ] SYN_SENT => Ann's connection is SYN_SENT\n\nShe is connected.\n```\n";
    App& app = open_at_question(std::string(begins) + "```show\nstage, states\n```\n\n" + question);
    app.wait_for("lesson.point.2");
    EXPECT_TRUE(lies_in(app, "lesson.point.1", "states.ESTABLISHED"));
    EXPECT_TRUE(lies_in(app, "lesson.point.2", "states.SYN_SENT"));
    write(std::string(begins) + "```show\nstage\n```\n\n" + question);
    app.wait_until("without the states", [](const App& a) { return !a.has("states.ESTABLISHED") && a.has("stage.Ann"); });
    wait_for_step(app, 1);
    EXPECT_FALSE(app.has("lesson.point.1")) << "Ann's card could mean both";
    EXPECT_FALSE(app.has("lesson.hint.point"));
}

TEST_F(LessonPoint, SegmentsThatWaitArePointedAt) {
    const std::string text =
        "# Point\n\n```lesson\nneeds wire\n```\n\n## One\n\n"
        "```do\nstart echo_iterative\nhold SYN from clients\nconnect Ann to server\nconnect Bob to server\n```\n\n"
        "```expect\na SYN from Ann waits\na SYN from Bob waits\n```\n\n"
        "```question\nWhose request gets lost?\n\n"
        "- [ ] Ann's => a SYN from Ann was dropped\n- [x] Bob's => a SYN from Bob was dropped\n- [ ] nobody's => server has ended\n\n"
        "do drop SYN from Bob\n\nThe wire loses it.\n```\n";
    for (const auto& [pointed, verdict] : {std::pair{"lesson.point.2", "right"}, std::pair{"lesson.point.1", "wrong"}}) {
        SCOPED_TRACE(verdict);
        write(text);
        App& app = start({file().string()});
        wait_for_user(app);
        if (state_of(app) == "can't be played here") GTEST_SKIP() << "no lab here";
        app.key("Next");
        app.wait_until(
            "a question", [](const App& a) { return state_of(a) == "waits for an answer"; }, step_limit_ms);
        app.wait_for("lesson.point.2");
        const auto segment_under = [&app](const std::string& point) {
            for (const std::string& id : app.ids("stage.segment.")) {
                if (lies_in(app, point, id)) return app.widget(id);
            }
            return Widget{};
        };
        const Widget ann = segment_under("lesson.point.1"), bob = segment_under("lesson.point.2");
        EXPECT_EQ(ann.label, "SYN →");
        EXPECT_EQ(bob.label, "SYN →");
        EXPECT_NE(ann.id, bob.id);
        app.click(pointed);
        expect_answer(app, verdict);
        app.wait_until("Bob's SYN is gone", [&](const App& a) { return !a.has(bob.id); });
        EXPECT_TRUE(app.has(ann.id)) << "Ann's waits on";
    }
}

TEST_F(LessonPoint, ADigitIsAnAnswerAndNeverAPanesWhereAQuestionStands) {
    App& app = open_at_question(
        std::string(begins) +
        "```question\nHow many?\n\n- [x] one\n- [ ] two\n\nOne.\n```\n\n```question\nAnd how many bytes?\n\n= 42\n\nSo many.\n```\n");
    app.wait_for("pane.calls");
    app.key("2");
    expect_answer(app, "wrong");
    app.wait_for("lesson.number");
    app.click("stage.background");  // the field loses the keyboard
    app.key("4");
    app.wait_until("it is typed on in the field",
                   [](const App& a) { return a.has("lesson.number") && a.widget("lesson.number").value == "4"; });
    app.key("2");
    app.key("Return");
    app.wait_until("the second answer", [](const App& a) { return a.widget("lesson.question.2").value == "right"; });
    app.key("2");
    app.key("Prior");
    wait_for_step(app, 0);
    EXPECT_TRUE(app.has("pane.calls")) << "a digit that comes too late hides no pane";
    app.key("2");
    app.wait_until_gone("pane.calls");
}

TEST_F(LessonPoint, WhatAStepSelectsIsSelectedAgainWhenItIsPlayedAgain) {
    write(std::string(begins) +
          "```show\nstage\nselect server\n```\n\n```do\nstart echo_iterative\nconnect Ann to server\n```\n\n## Two\n\nMore.\n");
    App& app = start({file().string()});
    wait_for_step(app, 0);
    app.key("Next");
    wait_for_step(app, 1);
    const auto selected = [](const App& a) { return a.dump().at("selection").at("program").get<std::uint64_t>(); };
    app.wait_until("the server is selected", [&](const App& a) { return selected(a) != 0; });
    const std::uint64_t first = selected(app);
    app.key("Next");
    wait_for_step(app, 2);
    app.key("shift+Prior");
    app.wait_until(
        "the server of this time is selected", [&](const App& a) { return selected(a) != 0 && selected(a) != first; }, step_limit_ms);
    EXPECT_EQ(step_of(app), 2u);
}

TEST_F(LessonPoint, ARowAndADescriptorAreSelected) {
    write(std::string(begins) +
          "```show\nstage, database\nselect row 5\n```\n\n```do\nstart kv_thread\nconnect Ann to server\nAnn says \"put 5 five\"\n```\n\n"
          "```expect\nrow 5 is \"five\"\n```\n\n## Two\n\n```show\nstage, inspector\nselect descriptor 3 of server\n```\n\n```do\nstart "
          "echo_fork as server\n```\n");
    App& app = start({file().string()});
    wait_for_step(app, 0);
    app.key("Next");
    wait_for_step(app, 1);
    app.wait_until("the row",
                   [](const App& a) { return a.dump().at("selection").at("key") == 5 && a.dump().at("selection").at("database") != 0; });
    app.key("Next");
    wait_for_step(app, 2);
    app.wait_until("the descriptor", [](const App& a) { return a.dump().at("selection").at("fd") == 3; });
    EXPECT_NE(app.dump().at("selection").at("process"), 0);
}

TEST_F(LessonPoint, WhatALessonEndsByItselfIsNoTroubleOfTheUsers) {
    write(std::string(begins) +
          "```do\nstart echo_fork_no_reuseaddr\nconnect Ann to server\nstop server\nstart echo_iterative as again on server's "
          "port\n```\n\n## Two\n\nMore.\n");
    App& app = start({file().string()});
    wait_for_step(app, 0);
    app.key("Next");
    wait_for_user(app);
    app.key("shift+Prior");
    app.wait_until(
        "played again", [](const App& a) { return step_of(a) == 1 && waits_for_user(a); }, step_limit_ms);
    app.click("lesson.close");
    app.wait_until_gone("pane.lesson");
    EXPECT_TRUE(app.ids("message.").empty()) << app.widget(app.ids("message.").front()).label;
}

TEST_F(LessonPoint, LongSpeakerNotesAreMovedByTheArrows) {
    std::string notes;
    for (int line = 0; line < 60; ++line) notes += "Say this, too: point " + std::to_string(line) + ".\n\n";
    write("# Notes\n\n```notes\n" + notes + "```\n\n## One\n\nText.\n");
    App& app = start({file().string()});
    wait_for_step(app, 0);
    app.key("F12");
    const auto more = [](const App& a) { return a.dump().at("lesson").at("notes").value("more", false); };
    app.wait_until("more is below", more);
    const std::string window = app.other_window("speaker notes");
    for (int press = 0; press < 60; ++press) app.key_in(window, "Down");
    app.wait_until("the end of the notes", [&](const App& a) { return !more(a); });
    app.key("Next");
    wait_for_step(app, 1);
    app.key("Prior");
    wait_for_step(app, 0);
    app.wait_until("another page begins at its top", more);
}

}  // namespace
}  // namespace synoptic::window
