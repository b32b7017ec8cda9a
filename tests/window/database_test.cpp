// The Database pane: rows and the file as clients change them, compared with the file itself; a server that is killed in the middle of a write, and started again.
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/window/kernel_facts.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

class DatabasePane : public WindowTest {
   protected:
    void TearDown() override {
        // What killed servers leave in shared memory: nobody else would come to remove it.
        struct stat lock {};
        const bool there = stat((database().string() + ".lock").c_str(), &lock) == 0;
        WindowTest::TearDown();
        if (there) shm_unlink(("/synoptic-store-" + std::to_string(lock.st_dev) + "-" + std::to_string(lock.st_ino)).c_str());
    }
    std::filesystem::path database() const { return folder() / "data/synoptic/database.txt"; }
    std::string file() const {
        std::ostringstream all;
        all << std::ifstream(database()).rdbuf();
        return all.str();
    }
    void has_in_file(const std::string& text) const {
        std::filesystem::create_directories(database().parent_path());
        std::ofstream(database()) << text;
    }
    /** A key-value server with a process per client, and clients that are accepted. */
    App& with_clients(int count) {
        App& app = start();
        app.click("toolbar.server");
        app.click("toolbar.server.2");
        app.wait_until("key-value is chosen", [](const App& a) { return a.widget("toolbar.server").value == "Key-value"; });
        start_server(app, "server 1");
        add_clients(app, count, static_cast<std::size_t>(count));
        return app;
    }
    static bool row_is(const App& a, int key, const std::string& state) {
        const std::string id = "database.row." + std::to_string(key) + ".state";
        return a.has(id) && a.widget(id).label == state;
    }
};

TEST_F(DatabasePane, OpensByItselfAndShowsRowsAndTheFile) {
    has_in_file("1 one\n5 five\n");
    App& app = with_clients(2);
    app.wait_for("database.row.5");
    EXPECT_EQ(app.widget("database.row.5").label, "5 five");
    EXPECT_EQ(app.widget("database.row.5.state").value, "from the file");
    say(app, "client 1", "put 7 two  words");
    app.wait_until("the row is on the disk", [](const App& a) { return row_is(a, 7, "on disk"); });
    EXPECT_EQ(app.widget("database.row.7").label, "7 \"two  words\"") << "spaces that would be overlooked";
    EXPECT_EQ(app.widget("database.row.7.state").value.rfind("client 1", 0), 0u);
    EXPECT_EQ(file(), "1 one\n5 five\n7 two  words\n");
    EXPECT_EQ(app.widget("database.file").value, "26 bytes, all on the disk");
    EXPECT_TRUE(app.shows("7 two  words")) << "as it stands in the file";

    say(app, "client 2", "del 5");
    app.wait_until("the row is deleted", [](const App& a) { return row_is(a, 5, "deleted"); });
    EXPECT_EQ(app.widget("database.row.5.state").value.rfind("client 2", 0), 0u);

    // Selecting a row selects its event, and a call of its request the row.
    app.click("database.row.7");
    app.wait_until("its event is selected", [](const App& a) { return !a.dump().at("selection").at("event").is_null(); });
    app.key("ctrl+c");
    app.wait_until("the pair is copied", [](const App& a) { return a.dump().at("note") == "Copied: 7 two  words"; });
    app.right_click("database.row.7");
    app.click("database.menu.value");
    app.wait_until("the value is copied", [](const App& a) { return a.dump().at("note") == "Copied: two  words"; });
    app.key("r");
    app.wait_for("inspector.title");
    app.key("r");
    app.wait_for("database.row.7");
}

TEST_F(DatabasePane, ARowThatAMomentOfThePastHasChangedIsInSight) {
    std::string many;
    for (int key = 1; key <= 80; ++key) many += std::to_string(key) + " value\n";
    has_in_file(many);
    App& app = with_clients(1);
    app.wait_for("database.row.1");
    say(app, "client 1", "put 99 last");
    app.wait_until("it is answered", [](const App& a) { return printed(a, "client 1", "OK"); });
    ASSERT_FALSE(app.has("database.row.99")) << "the list is too long for its pane";
    for (int steps = 0; steps < 60 && !app.has("database.row.99.new"); ++steps) {
        // Of the present more may be told until the key is seen.
        const Json before = app.dump().at("moment");
        const bool live = before.at("past") == false;
        app.key("Prior");
        app.wait_until("the moment before", [&](const App& a) {
            const Json& moment = a.dump().at("moment");
            return moment.at("past") == true && (live || moment.at("index") < before.at("index")) &&
                   a.widget("past.number").value == std::to_string(a.dump().at("moment").at("index").get<std::uint64_t>());
        });
    }
    const Widget row = app.widget("database.row.99.new"), pane = app.widget("pane.inspector");
    EXPECT_GE(row.y, pane.y);
    EXPECT_LE(row.y + row.h, pane.y + pane.h);
}

TEST_F(DatabasePane, AWorkerBetweenWriteAndSyncIsSeenToWait) {
    App& app = with_clients(1);
    app.key("p");
    app.wait_until("all wait for steps", [](const App& a) { return a.dump().at("world").at("gate") == "step"; });
    say(app, "client 1", "put 3 fig");
    const auto waits = [](const App& a) { return row_is(a, 3, "waits for disk"); };
    for (int steps = 0; steps < 60 && !waits(app); ++steps) {
        const auto done = app.dump().at("history").get<std::uint64_t>();
        app.key("space");
        app.wait_until("the step is made", [&](const App& a) { return a.dump().at("history").get<std::uint64_t>() > done; });
    }
    app.wait_until("its line is written, and the disk has yet to get it", waits);
    EXPECT_EQ(file(), "3 fig\n");
    EXPECT_NE(app.widget("database.file").value.find("6 not on the disk yet"), std::string::npos);
    app.wait_until("who holds the lock is said",
                   [](const App& a) { return a.widget("database.news.0").label.find("holds the lock") != std::string::npos; });
    app.key("p");
    app.wait_until("the disk has it", [](const App& a) { return row_is(a, 3, "on disk"); });
}

TEST_F(DatabasePane, AServerIsKilledMidWriteAndStartedAgain) {
    App& app = with_clients(1);
    const pid_t server = server_pid(app, "server 1");
    ASSERT_GT(server, 0);
    app.click("database.kill");
    app.wait_for("database.armed");
    say(app, "client 1", "put 7 seven");
    app.wait_until("the server is dead", [](const App& a) { return program_state(a, "server 1") == "ended"; });
    EXPECT_TRUE(wait_until_ended({server}, 10'000));
    EXPECT_FALSE(printed(app, "client 1", "OK")) << "nobody was told";
    EXPECT_EQ(file(), "7 seven\n");
    app.wait_until("it is said", [](const App& a) { return told(a, "after the write"); });
    EXPECT_FALSE(told(app, "SIGKILL")) << "what was asked for is no trouble";
    app.click("stage.server.1.dismiss");
    app.wait_until("what tells of it is put away with it", [](const App& a) { return !told(a, "after the write"); });
    app.click("database.restart");
    app.wait_until("the same runs again", [](const App& a) { return listening_port(a, "server 2") != 0; });
    app.wait_until("what was written is there", [](const App& a) { return row_is(a, 7, "on disk"); });
    EXPECT_EQ(app.widget("database.row.7.state").value, "from the file");
}

TEST_F(DatabasePane, OfTwoServersOfAFileTheOneThatFellIsStartedAgainAndTheOtherGoesOn) {
    App& app = with_clients(1);
    start_server(app, "server 2");
    app.click("stage.server.2");
    app.wait_until("it is named",
                   [](const App& a) { return a.has("database.kill") && a.widget("database.kill").label == "Kill server 2"; });
    EXPECT_EQ(app.widget("database.restart").label, "Restart server 2");
    app.click("database.kill");
    app.wait_for("database.armed");
    app.click("toolbar.client");
    app.wait_until("its client is accepted", [](const App& a) { return connections(a, "accepted") == 2; });
    app.click("stage.client.1");
    app.wait_until("a client of the other one is selected", [](const App& a) {
        const Json& programs = a.dump().at("world").at("programs");
        return std::any_of(programs.begin(), programs.end(), [&](const Json& one) {
            return one.at("label") == "client 1" && one.at("id") == a.dump().at("selection").at("program");
        });
    });
    EXPECT_EQ(app.widget("database.kill").label, "Don't kill it") << "whoever is selected";
    say(app, "client 2", "put 7 seven");
    app.wait_until("the second server is dead", [](const App& a) { return program_state(a, "server 2") == "ended"; });
    EXPECT_EQ(program_state(app, "server 1"), "runs");
    const pid_t first = server_pid(app, "server 1");
    app.wait_until("it is offered", [](const App& a) { return a.has("database.start_fallen"); });
    EXPECT_EQ(app.widget("database.start_fallen").label, "Start server 2 again");
    app.click("database.start_fallen");
    app.wait_until("it runs again", [](const App& a) { return listening_port(a, "server 3") != 0; });
    EXPECT_EQ(program_state(app, "server 1"), "runs");
    EXPECT_EQ(server_pid(app, "server 1"), first);
    app.wait_until_gone("database.start_fallen");
}

TEST_F(DatabasePane, AFileThatCanNotBeUsedIsSaidBeforeAndAtTheStart) {
    App& app = start();
    app.click("toolbar.server");
    app.click("toolbar.server.2");
    app.click("toolbar.options");
    app.fill("options.database", "/nowhere/pairs.txt");
    app.wait_until("it can't be started", [](const App& a) { return !a.widget("options.start").enabled; });
    has_in_file("1 one\nwhat\n");
    app.fill("options.database", database().string());
    app.wait_until("this one will do", [](const App& a) { return a.widget("options.start").enabled; });
    app.fill("options.max_clients", "none");
    app.wait_until("a limit is a number", [](const App& a) { return !a.widget("options.start").enabled; });
    app.fill("options.max_clients", "7");
    app.click("options.start");
    app.wait_until("the damage is said with its line", [](const App& a) { return told(a, "database.txt:2"); });
    EXPECT_EQ(file(), "1 one\nwhat\n") << "it stays untouched";
}

TEST_F(DatabasePane, ThreadsOfTheWindowAreStartedAnewAsAProcess) {
    App& app = start();
    app.click("toolbar.server");
    app.click("toolbar.server.2");
    app.wait_until("key-value is chosen", [](const App& a) { return a.widget("toolbar.server").value == "Key-value"; });
    app.key("w");
    start_server(app, "server 1");
    app.wait_for("database.own_process");
    EXPECT_FALSE(app.widget("database.kill").enabled) << "threads can't be killed";
    app.click("database.own_process");
    app.wait_until("it is a process", [](const App& a) { return listening_port(a, "server 2") != 0 && server_pid(a, "server 2") > 0; });
    app.wait_until("it can be killed", [](const App& a) { return a.has("database.kill") && a.widget("database.kill").enabled; });
}

TEST_F(DatabasePane, OfferedRequestsAreSaid) {
    App& app = with_clients(1);
    app.right_click("stage.client.1");
    app.click("stage.menu.request.0");
    app.wait_until("it is stored", [](const App& a) { return row_is(a, 1, "on disk"); });
    EXPECT_EQ(file(), "1 hello from client 1\n");
    app.right_click("stage.client.1");
    app.click("stage.menu.request.3");
    app.wait_until("it has said Bye", [](const App& a) { return program_state(a, "client 1") == "ended"; });
}

TEST_F(DatabasePane, ARowThatIsChosenIsLitEverywhereAndGoneThrough) {
    App& app = with_clients(1);
    for (const char* request : {"put 7 seven", "put 8 eight", "get 7"}) {
        const std::size_t replies = program(app, "client 1").at("output").size();
        say(app, "client 1", request);
        app.wait_until("it is answered", [&](const App& a) { return program(a, "client 1").at("output").size() > replies; });
    }
    app.click("database.row.7");
    app.wait_until("the row is chosen", [](const App& a) { return a.dump().at("selection").at("key") == 7; });
    const double narrow = app.widget("pane.calls").w;
    app.click("pane.calls.full");
    app.wait_until("the calls fill the window", [&](const App& a) { return a.widget("pane.calls").w > narrow; });
    const auto of_row = [](const App& a) {
        std::vector<std::string> calls;
        for (const Widget& widget : a.widgets()) {
            if (widget.id.rfind("calls.row.", 0) == 0 && widget.id.ends_with(".of_row"))
                calls.push_back(a.widget(widget.id.substr(0, widget.id.size() - 7)).label);
        }
        return calls;
    };
    app.wait_until("its calls are marked", [&](const App& a) { return of_row(a).size() > 3; });
    const std::vector<std::string> calls = of_row(app);
    const auto one_has = [&](const char* text) {
        return std::any_of(calls.begin(), calls.end(), [&](const std::string& call) { return call.find(text) != std::string::npos; });
    };
    EXPECT_TRUE(one_has("pwrite("));
    EXPECT_TRUE(one_has("7 seven"));
    EXPECT_FALSE(one_has("8 eight")) << "another row's";
    app.click("pane.calls.full");
    app.wait_until("all panes are there", [&](const App& a) { return a.widget("pane.calls").w == narrow; });
    app.key("i");
    app.click("timeline.fit");
    app.wait_until("and its marks in the timeline", [](const App& a) { return !a.ids("timeline.of_row.").empty(); });

    // Backwards from live: the get, the sync's row is told of once, the put.
    const auto index = [](const App& a) { return a.dump().at("moment").at("index").get<std::uint64_t>(); };
    app.key("bracketleft");
    app.wait_until("the get", [](const App& a) { return a.dump().at("moment").at("past") == true; });
    const std::uint64_t read = index(app);
    app.key("bracketleft");
    app.wait_until("the put", [&](const App& a) { return index(a) < read; });
    EXPECT_NE(app.widget("past.what").label.find("added a line for key 7"), std::string::npos) << app.widget("past.what").label;
    app.wait_until("its row is lit", [](const App& a) { return a.has("database.row.7.new"); });
    EXPECT_FALSE(app.has("database.row.8.new"));
    app.key("bracketright");
    app.wait_until("and forward again", [&](const App& a) { return index(a) == read; });
}

}  // namespace
}  // namespace synoptic::window
