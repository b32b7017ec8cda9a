// Recordings and exports from the window: saved, opened in a window of their own, and offered after a crash.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/window/kernel_facts.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/** For what files tell, which wake nobody. */
bool soon(const std::function<bool()>& condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > limit) return false;
        poll(nullptr, 0, 5);
    }
    return true;
}

class Recordings : public WindowTest {
   protected:
    /** One echo, live. */
    App& start_story() {
        App& app = start();
        start_server(app, "server 1");
        add_clients(app, 1, 1);
        say(app, "client 1", "keep this");
        app.wait_until("the echo is back", [](const App& a) { return printed(a, "client 1", "keep this"); });
        return app;
    }
    /** Confirms the file dialog with this name. */
    static void confirm(App& app, const std::string& path) {
        app.wait_for("files.path");
        app.fill("files.path", path);
        app.click("files.confirm");
    }
    static void wait_for_note(App& app, const std::string& text) {
        app.wait_until("the note says " + text,
                       [&](const App& a) { return a.dump().at("note").get<std::string>().find(text) != std::string::npos; });
    }
    std::string path(const char* name) const { return (folder() / name).string(); }
};

TEST_F(Recordings, OneThatWasSavedOpensWithAllThatWasThere) {
    App& app = start_story();
    app.key("ctrl+s");
    confirm(app, path("story.synoptic"));
    wait_for_note(app, "Saved " + path("story.synoptic"));
    app.key("ctrl+q");
    app.click("close.close");
    ASSERT_EQ(app.process().wait(10'000), 0);
    EXPECT_TRUE(fs::is_empty(folder() / "state" / "synoptic")) << "nothing is kept for a crash that was none";

    App& again = start({path("story.synoptic")});
    again.wait_until("its end is shown", [](const App& a) { return printed(a, "client 1", "keep this"); });
    EXPECT_EQ(again.dump().at("moment").at("past"), true);
    EXPECT_EQ(again.widget("toolbar.live").label, "RECORDING");
    EXPECT_NE(again.widget("past.strip").label.find("RECORDING story.synoptic"), std::string::npos);
    EXPECT_FALSE(again.widget("toolbar.start").enabled);
    EXPECT_TRUE(children_of(again.pid()).empty()) << "nothing runs for it";

    const std::uint64_t end = again.dump().at("moment").at("index");
    again.key("Prior");
    again.wait_until("the moment before", [&](const App& a) { return a.dump().at("moment").at("index") < end; });
    again.key("Home");
    again.wait_until("the beginning", [&](const App& a) { return a.dump().at("moment").at("index") == 0; });
    again.key("s");
    wait_for_note(again, "This is a recording");
    again.key("End");
    again.wait_until("the end", [&](const App& a) { return a.dump().at("moment").at("index") == end; });
    again.key("ctrl+q");
    EXPECT_EQ(again.process().wait(10'000), 0) << "closing asks nothing";
}

TEST_F(Recordings, AreExportedByTheNamesEnding) {
    App& app = start_story();
    app.key("ctrl+shift+e");
    confirm(app, path("story.pdf"));
    app.wait_until("it says which endings there are", [](const App& a) { return a.has("files") && a.shows("story.pdf"); });
    confirm(app, path("story.json"));
    wait_for_note(app, "Saved " + path("story.json"));
    const nlohmann::json trace = nlohmann::json::parse(contents(path("story.json")), nullptr, false);
    ASSERT_TRUE(trace.is_object());
    EXPECT_FALSE(trace.at("traceEvents").empty());
}

TEST_F(Recordings, AreExportedFromTheMenuAsTextAndPicture) {
    App& app = start_story();
    app.click("toolbar.view");
    app.click("files.export");
    confirm(app, path("story.txt"));
    wait_for_note(app, "Saved " + path("story.txt"));
    EXPECT_NE(contents(path("story.txt")).find("accept("), std::string::npos);
    app.key("ctrl+shift+e");
    confirm(app, path("story.png"));
    wait_for_note(app, "Saved " + path("story.png"));
    EXPECT_EQ(contents(path("story.png")).substr(0, 4), "\x89PNG");
    app.key("ctrl+shift+e");
    confirm(app, path("no/story.txt"));
    app.wait_until("the failure is said", [](const App& a) { return told(a, "No such file"); });
}

TEST_F(Recordings, OneThatIsNoneIsSaid) {
    std::ofstream(path("other.synoptic")) << "something else";
    App& app = start();
    app.key("ctrl+o");
    confirm(app, path("none.synoptic"));
    app.wait_until("it is still asked for", [](const App& a) { return a.has("files.path"); });
    confirm(app, path("other.synoptic"));
    app.wait_until("the other window's failure is told here", [](const App& a) { return told(a, "not a recording"); });
}

TEST_F(Recordings, WhatACrashLeftIsOffered) {
    App& app = start_story();
    const fs::path state = folder() / "state" / "synoptic";
    ASSERT_TRUE(soon([&] { return fs::exists(state) && !fs::is_empty(state); }));
    const auto kept = [&] {
        std::uintmax_t bytes = 0;
        for (const auto& entry : fs::directory_iterator(state)) bytes += entry.file_size();
        return bytes;
    };
    ASSERT_TRUE(soon([&] { return kept() > 2000; }));
    app.process().signal(SIGKILL);
    app.process().wait(10'000);
    ASSERT_EQ(contents(fs::directory_iterator(state)->path()).substr(0, 8), "SYNOPTIC");

    App& again = start();
    again.wait_until("it is offered", [](const App& a) { return told(a, "A session ended unexpectedly"); });
    const std::string message = again.ids("message.").front();
    const std::string number = message.substr(0, message.find('.', 8));
    again.click(number + ".dismiss");
    again.wait_until_gone(number);
    EXPECT_FALSE(fs::is_empty(state)) << "later";
    again.key("ctrl+q");
    ASSERT_EQ(again.process().wait(10'000), 0);

    App& third = start();
    third.wait_until("it is offered again", [](const App& a) { return told(a, "A session ended unexpectedly"); });
    const std::string offer = third.ids("message.").front();
    third.click(offer.substr(0, offer.find('.', 8)) + ".left0.delete");
    ASSERT_TRUE(soon([&] { return fs::is_empty(state); }));
}

TEST_F(Recordings, OfOnePanelAPictureIsSavedFromTheMenu) {
    App& app = start_story();
    app.key("l");
    app.wait_for("ladder.list");
    app.click("toolbar.view");
    app.click("files.picture");
    app.click("files.panel.ladder");
    app.wait_until("its name is offered",
                   [](const App& a) { return a.widget("files.path").value.find("synoptic-ladder.png") != std::string::npos; });
    confirm(app, path("ladder.pdf"));
    app.wait_until("that is no picture's name", [](const App& a) { return a.has("files") && a.shows("ladder.pdf"); });
    confirm(app, path("ladder.png"));
    wait_for_note(app, "Saved " + path("ladder.png"));
    const std::string png = contents(path("ladder.png"));
    ASSERT_EQ(png.substr(0, 4), "\x89PNG");
    const auto number_at = [&](std::size_t at) {  // of the header IHDR, big endian
        int value = 0;
        for (std::size_t byte = at; byte < at + 4; ++byte) value = value << 8 | static_cast<unsigned char>(png[byte]);
        return value;
    };
    const Widget pane = app.widget("pane.calls");
    EXPECT_NEAR(number_at(16), pane.w, 2) << "as wide as the panel";
    EXPECT_GE(number_at(20), pane.h) << "and as high, with its head";
    EXPECT_LT(number_at(20), app.dump().at("window").at("height"));
}

TEST_F(Recordings, AFileThatIsThereIsReplacedOnlyIfThatIsAskedFor) {
    App& app = start_story();
    std::ofstream(path("stage.png")) << "mine";
    app.click("toolbar.view");
    app.click("files.picture");
    app.wait_for("files.path");
    app.fill("files.path", path("stage"));  // .png is added
    app.click("files.panel.stage");         // Enter counts wherever the keyboard is
    app.key("Return");
    app.wait_until("it asks", [&](const App& a) {
        return a.has("files.trouble") && a.widget("files.trouble").label.find(path("stage.png") + " is there already") == 0;
    });
    EXPECT_EQ(app.widget("files.confirm").label, "Replace");
    app.key("Return");
    EXPECT_TRUE(app.has("files.trouble")) << "a second Enter is no answer";
    app.fill("files.path", path("other.png"));
    app.wait_until("another name is none",
                   [](const App& a) { return !a.has("files.trouble") && a.widget("files.confirm").label == "Save"; });
    EXPECT_EQ(contents(path("stage.png")), "mine");
    app.fill("files.path", path("stage.png"));
    app.wait_until("it asks again", [](const App& a) { return a.widget("files.confirm").label == "Replace"; });
    app.click("files.confirm");
    wait_for_note(app, "Saved " + path("stage.png"));
    EXPECT_EQ(contents(path("stage.png")).substr(0, 4), "\x89PNG");
}

TEST_F(Recordings, ASignalEndsTheAppInOrderAndLeavesNothingToOffer) {
    for (const int number : {SIGTERM, SIGHUP, SIGINT}) {
        SCOPED_TRACE(strsignal(number));
        signal(number, SIG_DFL);  // who runs tests behind a shell may ignore it, and the app leaves that as it is
        App& app = start_story();
        const fs::path state = folder() / "state" / "synoptic";
        ASSERT_TRUE(soon([&] { return fs::exists(state) && !fs::is_empty(state); }));
        app.process().signal(number);
        const int status = app.process().wait(10'000);
        ASSERT_TRUE(WIFEXITED(status)) << "without a question, though programs run";
        EXPECT_EQ(WEXITSTATUS(status), 128 + number);
        EXPECT_TRUE(fs::is_empty(state)) << "its session did not end unexpectedly";
    }
}

}  // namespace
}  // namespace synoptic::window
