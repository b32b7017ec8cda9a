// Escape, pressed in the window: it closes what is open, and cancels what goes on, one thing at a time.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "core/session/recording.h"
#include "tests/model/story.h"
#include "tests/window/lesson_window.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

class EscapeTest : public LessonWindow {
   protected:
    /** Presses `opens`, waits for this widget, presses Escape, and waits until it is gone. */
    static void expect_closed(App& app, const char* opens, const std::string& id) {
        SCOPED_TRACE(id);
        app.key(opens);
        app.wait_for(id);
        app.key("Escape");
        app.wait_until_gone(id);
    }
    static bool something_selected(const App& a) {
        const Json& selection = a.dump().at("selection");
        return selection.at("program") != 0 || selection.at("socket") != 0;
    }
    static void wait_for_note(App& app, const std::string& text) {
        app.wait_until("the note says " + text,
                       [&](const App& a) { return a.dump().at("note").get<std::string>().find(text) != std::string::npos; });
    }
    /** Of a server that prints again and again: so many events that to look through them takes many frames. */
    App& open_long_recording() {
        constexpr EventIndex many_events = 1'500'000;
        Story story;
        const ActorId early = story.begin(1, 100, story.program(1, true, true));
        const ActorId late = story.begin(2, 200, story.program(2, false, true));
        story.enter(early, EventKind::printf, {.payload = "once\n"});
        story.exit(early, EventKind::printf, {.value = 5});
        while (story.history.size() < many_events) {
            story.enter(late, EventKind::printf, {.payload = "of another one\n"});
            story.exit(late, EventKind::printf, {.value = 15});
        }
        const std::string path = (folder() / "long.synoptic").string();
        const Status saved = save_recording(path, story.history, {});
        if (!saved) throw std::runtime_error(saved.error().text());
        App& app = start({path});
        app.wait_until(
            "its end is shown", [](const App& a) { return a.dump().at("moment").at("index") == many_events; }, 60'000);
        return app;
    }
};

TEST_F(EscapeTest, EndsASearchForEventsAndOnlyThenForgetsTheSelection) {
    App& app = open_long_recording();
    const std::uint64_t end = app.dump().at("moment").at("index");
    app.click("stage.server.1");
    app.wait_until("the server is selected", something_selected);
    app.key("bracketleft");
    app.key("Escape");
    wait_for_note(app, "It is no longer looked for");
    EXPECT_EQ(app.dump().at("moment").at("index"), end) << "what it would have come to is not shown";
    EXPECT_TRUE(something_selected(app));
    app.key("Escape");
    app.wait_until("nothing is selected", [](const App& a) { return !something_selected(a); });
}

TEST_F(EscapeTest, EndsAnExport) {
    App& app = open_long_recording();
    // Who writes to a pipe waits for its reader: the export can't be over before Escape is pressed.
    const std::string path = (folder() / "pipe.txt").string();
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    app.key("ctrl+shift+e");
    app.wait_for("files.path");
    app.fill("files.path", path);
    app.click("files.confirm");
    wait_for_note(app, "Saving " + path);
    app.key("Escape");
    ASSERT_EQ(fcntl(reader, F_SETFL, 0), 0);
    std::thread drain([reader] {
        char bytes[65536];
        for (ssize_t got = 1; got > 0 || (got < 0 && errno == EINTR);) got = read(reader, bytes, sizeof bytes);
    });
    wait_for_note(app, path + " was not written");
    drain.join();
    close(reader);
    EXPECT_TRUE(app.ids("message.").empty()) << "that is no trouble";
}

TEST_F(EscapeTest, ClosesMenus) {
    App& app = start();
    start_server(app, "server 1");
    add_clients(app, 1, 1);
    expect_closed(app, "o", "options.variant");
    expect_closed(app, "d", "demonstration.second_client_waits");
    expect_closed(app, "v", "view.pane.calls");
    app.right_click("stage.client.1");
    app.wait_for("stage.menu.close");
    app.key("Escape");
    app.wait_until_gone("stage.menu.close");
    app.right_click("stage.client.1");
    app.wait_for("stage.menu.close");
    app.fill("stage.menu.say", "hello");
    app.key("Escape");  // takes back what was typed
    EXPECT_TRUE(app.has("stage.menu.close"));
    app.key("Escape");
    app.wait_until_gone("stage.menu.close");
    EXPECT_EQ(program_state(app, "client 1"), "runs");
}

TEST_F(EscapeTest, OfTwoMenusClosesTheUpperOne) {
    App& app = start();
    app.key("o");
    app.click("options.variant");
    app.wait_for("options.variant.1");
    app.key("Escape");
    app.wait_until_gone("options.variant.1");
    EXPECT_TRUE(app.has("options.variant"));
    app.key("Escape");
    app.wait_until_gone("options.variant");
}

TEST_F(EscapeTest, AnswersQuestionsWithNo) {
    App& app = start();
    start_server(app, "server 1");
    expect_closed(app, "ctrl+q", "close.close");
    EXPECT_EQ(program_state(app, "server 1"), "runs");
    expect_closed(app, "ctrl+o", "files");
    expect_closed(app, "F1", "help");
    expect_closed(app, "F6", "lessons");
    app.key("ctrl+s");
    app.wait_for("files.path");
    const std::string path = app.widget("files.path").value;
    app.key("Escape");
    app.wait_until_gone("files");
    EXPECT_FALSE(fs::exists(path));
}

TEST_F(EscapeTest, LeavesAFieldBeforeItClosesWhatHoldsIt) {
    App& app = start();
    app.key("ctrl+s");
    app.wait_for("files.path");
    app.let_draw();  // the field has the keyboard from the next frame on
    const std::string offered = app.widget("files.path").value, theme = app.dump().at("theme");
    app.type("t");
    app.wait_until("it is typed into the field", [](const App& a) { return a.widget("files.path").value == "t"; });
    EXPECT_EQ(app.dump().at("theme"), theme);
    app.key("Escape");
    app.wait_until("it is taken back", [&](const App& a) { return a.widget("files.path").value == offered; });
    app.key("Escape");
    app.wait_until_gone("files");
}

TEST_F(EscapeTest, RestoresAPaneBeforeItForgetsTheSelection) {
    App& app = start();
    start_server(app, "server 1");
    app.click("stage.server.1");
    app.wait_until("something of the server is selected", something_selected);
    app.click("pane.code.full");
    app.wait_until("the code fills the window", [](const App& a) { return a.dump().at("full_pane") == "code"; });
    app.key("Escape");
    app.wait_until("all panes are back", [](const App& a) { return a.dump().at("full_pane") == ""; });
    EXPECT_TRUE(something_selected(app));
    app.key("Escape");
    app.wait_until("nothing is selected", [](const App& a) { return !something_selected(a); });
}

TEST_F(EscapeTest, ClosesWhatATcpStateMeans) {
    App& app = start();
    start_server(app, "server 1");
    app.key("a");
    app.click("states.ESTABLISHED");
    app.wait_for("states.meaning");
    app.key("Escape");
    app.wait_until_gone("states.meaning");
}

TEST_F(EscapeTest, ClosesALessonsMenuAndLeavesTheLesson) {
    App& app = open_small();
    expect_closed(app, "shift+F6", "lesson.restart");
    app.key("Escape");
    EXPECT_TRUE(app.dump().at("lesson").at("open"));
}

}  // namespace
}  // namespace synoptic::window
