// Reading a lesson in a pane that is lower than its text, as at a projector's zoom; and what is kept from step to step and from lesson to lesson.
#include "tests/window/lesson_window.h"

namespace synoptic::window {
namespace {

class LessonReading : public LessonWindow {
   protected:
    void TearDown() override {
        unsetenv("SYNOPTIC_LESSONS");
        unsetenv("TMPDIR");
        LessonWindow::TearDown();
    }
    /** As at a projector: the pane is lower than most steps. */
    App& open_large(const std::string& text) {
        write(text);
        App& app = start({file().string(), "--size", "1280x720"});
        wait_for_step(app, 0);
        for (int zoom = 0; zoom < 12 && app.dump().at("zoom") < 200; ++zoom) app.key("ctrl+plus");
        app.wait_until("zoom 200 %", [](const App& a) { return a.dump().at("zoom") == 200; });
        return app;
    }
};

/** Long enough for several panes at 200 %. */
std::string long_text() {
    std::string text;
    for (int line = 1; line <= 12; ++line) text += "Paragraph " + std::to_string(line) + " says something that takes a line or two.\n\n";
    return text;
}

/** At this step, and drawn from its top. */
void come_to_step(App& app, std::size_t step) {
    wait_for_step(app, step);
    app.let_draw();
}

bool in_sight(const App& app, const std::string& id) {
    if (!app.has(id)) return false;
    const Widget one = app.widget(id), pane = app.widget("lesson.body");
    return one.y >= pane.y && one.y + one.h <= pane.y + pane.h + 1;
}

/** Turns pages until nothing is below; how many there were. */
int read_to_the_end(App& app) {
    int pages = 0;
    const std::size_t step = step_of(app);
    for (; app.has("lesson.more"); ++pages) {
        if (pages > 20) throw std::runtime_error("the text has no end");
        const double before = app.dump().at("lesson").at("scroll");
        app.key("Next");
        app.wait_until("a page on", [&](const App& a) { return a.dump().at("lesson").at("scroll") > before; });
        app.let_draw();
        EXPECT_EQ(step_of(app), step) << "a page on is no step on";
    }
    return pages;
}

TEST_F(LessonReading, PageDownReadsToTheEndOfAStepFirstAndPageUpToItsBeginning) {
    App& app = open_large("# Long\n\n" + long_text() + "## Also long\n\n" + long_text() + "## The end\n\nThat was it.\n");
    app.wait_for("lesson.more");
    EXPECT_TRUE(in_sight(app, "lesson.heading"));
    EXPECT_EQ(app.widget("lesson.next").label, "More");
    EXPECT_GE(read_to_the_end(app), 2);
    EXPECT_FALSE(in_sight(app, "lesson.heading"));
    app.key("Next");
    come_to_step(app, 1);
    app.wait_for("lesson.more");
    EXPECT_TRUE(in_sight(app, "lesson.heading")) << "the next step begins at its top, wherever the last one was scrolled to";

    app.key("Next");
    app.wait_until("scrolled", [](const App& a) { return !in_sight(a, "lesson.heading"); });
    app.key("Prior");
    app.wait_until("the step's beginning", [](const App& a) { return in_sight(a, "lesson.heading"); });
    EXPECT_EQ(step_of(app), 1u);
    app.key("Prior");
    come_to_step(app, 0);
    app.click("lesson.more");
    app.wait_until("a page on by a click", [](const App& a) { return !in_sight(a, "lesson.heading"); });
}

class HeldKeys : public LessonReading {
   protected:
    bool keys_repeat() const override { return true; }
    /** At 200 % from the start: a key that is pressed for it may be pressed too long on a slow machine. */
    App& open_large(const std::string& text) {
        write_settings(R"({"zoom": 200, "server": {"network": "loopback"}})");
        write(text);
        App& app = start({file().string(), "--size", "1280x720"});
        come_to_step(app, 0);
        return app;
    }
    static bool repeated(const App& app, std::uint64_t before) { return app.dump().value("inputs", std::uint64_t{0}) >= before + 8; }
};

TEST_F(HeldKeys, PageDownTurnsOnePageAndOneStep) {
    App& app = open_large("# Long\n\n" + long_text() + "## Short\n\nOne.\n\n## Short, too\n\nTwo.\n\n## The end\n\nThat was it.\n");
    app.wait_for("lesson.more");
    std::uint64_t before = app.dump().at("inputs");
    app.hold("Next", [&](const App& a) { return repeated(a, before); });
    app.let_draw();
    EXPECT_EQ(step_of(app), 0u);
    EXPECT_TRUE(app.has("lesson.more")) << "one page on, not all of them";
    EXPECT_FALSE(in_sight(app, "lesson.heading"));
    read_to_the_end(app);
    before = app.dump().at("inputs");
    app.hold("Next", [&](const App& a) { return repeated(a, before) && step_of(a) > 0; });
    EXPECT_EQ(step_of(app), 1u);
}

TEST_F(HeldKeys, ZoomGoesOnAndAnOverviewStaysOpen) {
    App& app = start();
    app.hold("ctrl+plus", [](const App& a) { return a.dump().at("zoom") >= 140; });
    const std::uint64_t before = app.dump().at("inputs");
    bool was_open = false, has_closed = false;
    app.hold("F1", [&](const App& a) {
        const bool open = a.dump().at("help");
        has_closed = has_closed || (was_open && !open);
        was_open = was_open || open;
        return repeated(a, before);
    });
    EXPECT_TRUE(was_open);
    EXPECT_FALSE(has_closed);
}

TEST_F(LessonReading, AReasonIsScrolledToWhenItIsRevealed) {
    App& app = open_large("# Asks\n\nHello.\n\n## One\n\n" + long_text() +
                          "```question\nHow many?\n\n- [x] one\n- [ ] two\n\nIt is one, as was said above.\n```\n\n" + long_text());
    app.key("Next");
    come_to_step(app, 1);
    EXPECT_TRUE(app.has("lesson.more")) << "the question is below";
    EXPECT_FALSE(in_sight(app, "lesson.choice.1"));
    read_to_the_end(app);
    EXPECT_TRUE(in_sight(app, "lesson.choice.2"));
    EXPECT_EQ(state_of(app), "waits for an answer") << "nothing was skipped on the way";
    app.key("2");
    app.wait_until("the reason is in sight", [](const App& a) { return in_sight(a, "lesson.reason"); });
    EXPECT_TRUE(app.has("lesson.more")) << "what follows it is read next";
}

TEST_F(LessonReading, ANewPartIsScrolledToWhereItsBeginningWasBelow) {
    App& app = open_large("# Parts\n\n## One\n\n" + long_text() + "\n---\n\n> new\n\n" + long_text() + "\n---\n\nlast\n");
    app.key("Next");
    come_to_step(app, 1);
    read_to_the_end(app);
    const double before = app.dump().at("lesson").at("scroll");
    app.key("Next");
    app.wait_until("the new part", [&](const App& a) { return a.dump().at("lesson").at("scroll") > before; });
    app.let_draw();
    EXPECT_TRUE(app.has("lesson.text.2"));
    const Widget part = app.widget("lesson.text.2"), pane = app.widget("lesson.body");
    EXPECT_GE(part.y, pane.y);
    EXPECT_LT(part.y, pane.y + pane.h / 2) << "its beginning stands at the top";
}

TEST_F(LessonReading, RestartStepAsksForANumberAnew) {
    App& app = open_small();
    app.click("lesson.progress.2");
    come_to_step(app, 2);
    app.key("2");
    app.wait_for("lesson.number");
    app.type("7");
    app.key("shift+Prior");
    app.wait_until(
        "asked anew",
        [](const App& a) {
            return step_of(a) == 2 && waits_for_user(a) && a.has("lesson.question.1") && a.widget("lesson.question.1").value == "asked";
        },
        step_limit_ms);
    app.key("2");
    app.wait_for("lesson.number");
    EXPECT_EQ(app.widget("lesson.number").value, "") << "what was typed before is gone";
    app.type("6");
    app.key("Return");
    app.wait_until("the answer", [](const App& a) { return a.widget("lesson.question.2").value == "right"; });
}

TEST_F(LessonReading, TheNextLessonBeginsAtItsTopAndAsksItsOwnNumber) {
    const std::string asks = "```question\nHow many?\n\n= 2\n\nTwo.\n```\n";
    std::ofstream(folder() / "01-one.md") << "# One\n\nHello.\n\n## How many\n\n" + asks + long_text() + long_text() + long_text();
    std::ofstream(folder() / "02-two.md") << "# Two\n\nHello.\n\n## How many again\n\n" + long_text() + long_text() + long_text() + asks;
    fs::remove(file());
    setenv("SYNOPTIC_LESSONS", folder().c_str(), 1);
    App& app = start({(folder() / "01-one.md").string(), "--size", "1280x720"});
    app.key("Next");
    app.wait_for("lesson.number");
    app.type("2");
    app.key("Return");
    wait_for_user(app);
    while (state_of(app) != "ended") {
        app.key("Next");
        wait_for_user(app);
    }
    read_to_the_end(app);
    EXPECT_EQ(app.widget("lesson.next").label, "Next lesson");
    app.key("Next");
    app.wait_until("the second one", [](const App& a) { return a.dump().at("lesson").value("name", "") == "02-two"; });
    come_to_step(app, 0);
    EXPECT_TRUE(in_sight(app, "lesson.heading"));
    app.key("Next");
    come_to_step(app, 1);
    read_to_the_end(app);
    app.wait_for("lesson.number");
    EXPECT_EQ(app.widget("lesson.number").value, "");
    app.type("2");
    app.key("Return");
    app.wait_until("its question is answered", [](const App& a) { return a.widget("lesson.question.1").value == "right"; });
    while (state_of(app) != "ended") {
        app.key("Next");
        wait_for_user(app);
    }
    app.wait_until("no lesson comes after it", [](const App& a) { return a.has("lesson.end") && !a.widget("lesson.next").enabled; });
}

TEST_F(LessonReading, TheWidthThatLessonsTakeIsKept) {
    App& app = open_small();
    const double before = app.widget("pane.lesson").w;
    app.drag("splitter.lesson", 120, 0);
    app.wait_until("wider", [&](const App& a) { return a.widget("pane.lesson").w > before + 60; });
    const double wider = app.widget("pane.lesson").w;
    app.click("lesson.close");
    app.wait_until_gone("pane.lesson");
    app.key("F6");
    app.wait_for("lessons.01-what-is-a-server");
    app.click("lessons.01-what-is-a-server");
    app.wait_for("pane.lesson");
    EXPECT_NEAR(app.widget("pane.lesson").w, wider, 2);
}

TEST_F(LessonReading, WithoutAPlaceForItsFilesALessonSaysSoAndThePanesStay) {
    setenv("TMPDIR", (folder() / "nowhere").c_str(), 1);
    App& app = start({file().string()});
    app.wait_until("the reason", [](const App& a) { return a.shows("there is no folder for its files"); });
    EXPECT_FALSE(app.has("pane.lesson"));
    app.key("3");  // hides the code pane
    app.key("ctrl+q");
    ASSERT_EQ(app.process().wait(10'000), 0);
    App& again = start();
    again.key("s");
    again.wait_for("pane.stage");
    EXPECT_FALSE(again.has("pane.code")) << "what the user has hidden was kept as usual";
}

}  // namespace
}  // namespace synoptic::window
