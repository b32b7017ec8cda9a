// The pace is the user's: pause, step, run; and the recorded past, to which nothing in the kernel goes back.
#include "tests/window/kernel_facts.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

constexpr int limit_ms = 10'000;

class Time : public WindowTest {
   protected:
    void wait_for_gate(const std::string& mode) {
        app().wait_until("the pace is " + mode, [&](const App& a) { return a.dump().at("world").at("gate") == mode; });
    }
    static std::uint64_t calls_made(const App& a, const std::string& label) {
        const Json id = program(a, label).at("id");
        for (const Json& actor : a.dump().at("world").at("actors")) {
            if (actor.at("program") == id) return actor.at("calls_made").get<std::uint64_t>();
        }
        return 0;
    }
};

TEST_F(Time, StepsGoFromCallToCall) {
    App& app = start();
    start_server(app, "server 1");
    add_clients(app, 1, 1);
    app.key("p");
    wait_for_gate("step");

    // The client waits in fgets; what is typed lets it return, and there it stands.
    say(app, "client 1", "one step at a time");
    app.wait_until("the client stands after fgets", [](const App& a) { return actor_state(a, "client 1") == "after the call"; });
    EXPECT_FALSE(printed(app, "client 1", "one step at a time"));

    app.key("space");
    app.wait_until("it stands before send",
                   [](const App& a) { return actor_state(a, "client 1") == "at the gate" && actor_call(a, "client 1") == "send"; });
    const std::uint64_t made = calls_made(app, "client 1");
    app.key("space");
    app.wait_until("it has sent", [&](const App& a) { return actor_state(a, "client 1") == "after the call"; });
    EXPECT_LE(calls_made(app, "client 1"), made + 1) << "a step is one move";

    // The rest at full speed.
    app.key("p");
    wait_for_gate("run");
    app.wait_until("the echo is back", [](const App& a) { return printed(a, "client 1", "one step at a time"); });
}

TEST_F(Time, ThePastIsALookAndNotAnUndo) {
    App& app = start();
    const std::uint16_t port = start_server(app, "server 1");
    add_clients(app, 1, 1);
    say(app, "client 1", "remember this");
    app.wait_until("the echo is back", [](const App& a) { return printed(a, "client 1", "remember this"); });
    const std::uint64_t now = app.dump().at("moment").at("index");

    app.key("Prior");  // Page Up
    app.wait_until("the window shows the past", [](const App& a) { return a.dump().at("moment").at("past") == true; });
    app.wait_until("PAST is said", [](const App& a) { return a.widget("toolbar.live").label == "PAST"; });
    const std::uint64_t one_back = app.dump().at("moment").at("index");
    EXPECT_LT(one_back, app.dump().at("history").get<std::uint64_t>());
    app.key("Prior");
    app.wait_until("further back", [&](const App& a) { return a.dump().at("moment").at("index") < one_back; });
    app.key("Next");  // Page Down: forward again
    app.wait_until("forward again", [&](const App& a) { return a.dump().at("moment").at("index") == one_back; });

    app.key("Home");
    app.wait_until("the beginning", [](const App& a) { return a.dump().at("moment").at("index") == 0; });
    EXPECT_TRUE(app.dump().at("world").at("programs").empty());
    // Meanwhile everything is there, and works.
    EXPECT_EQ(exchange(port, "in the present\n", limit_ms), "in the present\n");

    app.key("End");
    app.wait_until("live again", [](const App& a) { return a.dump().at("moment").at("past") == false; });
    app.wait_until("LIVE is said", [](const App& a) { return a.widget("toolbar.live").label == "LIVE"; });
    EXPECT_GE(app.dump().at("moment").at("index").get<std::uint64_t>(), now);
    EXPECT_TRUE(printed(app, "client 1", "remember this"));
}

TEST_F(Time, ThePastIsGoneThroughByNumberTouchAndBookmark) {
    App& app = start();
    start_server(app, "server 1");
    add_clients(app, 1, 1);
    const auto index = [](const App& a) { return a.dump().at("moment").at("index").get<std::uint64_t>(); };
    app.key("j");
    app.wait_until("the number is asked for", [](const App& a) { return a.has("past.number") && a.widget("past.number").value.empty(); });
    app.type("25");
    app.key("Return");
    app.wait_until("event 25", [&](const App& a) { return index(a) == 25; });
    EXPECT_NE(app.widget("past.what").label, "");
    app.key("k");  // a bookmark
    app.wait_until("the note says so", [](const App& a) { return a.has("note") && a.widget("note").label == "Bookmark set at event 25"; });
    app.click("stage.server.1");
    app.key("bracketright");
    app.wait_until("the next event of the server", [&](const App& a) { return index(a) > 25; });
    const std::uint64_t later = index(app);
    app.key("bracketright");
    app.wait_until("one more", [&](const App& a) { return index(a) > later; });
    app.key("bracketleft");
    app.wait_until("and back", [&](const App& a) { return index(a) == later; });
    app.key("shift+k");
    app.wait_until("the bookmark", [&](const App& a) { return index(a) == 25; });
    app.key("j");
    app.type("9999999");
    app.key("Return");
    app.wait_until("no such event",
                   [](const App& a) { return a.has("note") && a.widget("note").label.find("There is no event 9999999") == 0; });
    EXPECT_EQ(index(app), 25u);
}

TEST_F(Time, NothingIsDoneInThePastByMistake) {
    App& app = start();
    start_server(app, "server 1");
    app.key("Prior");
    app.wait_until("the window shows the past", [](const App& a) { return a.dump().at("moment").at("past") == true; });
    app.key("shift+s");
    app.wait_until("it asks", [](const App& a) { return a.has("past.question"); });
    EXPECT_NE(app.widget("past.question").label.find("stop server 1"), std::string::npos) << app.widget("past.question").label;
    app.key("Escape");
    app.wait_until("the question is gone, the past is not",
                   [](const App& a) { return !a.has("past.question") && a.dump().at("moment").at("past") == true; });
    EXPECT_EQ(program(app, "server 1").at("state"), "runs");
    app.key("shift+s");
    app.wait_until("it asks again", [](const App& a) { return a.has("past.question.live"); });
    app.click("past.question.live");
    app.wait_until("live, and stopped",
                   [](const App& a) { return a.dump().at("moment").at("past") == false && program(a, "server 1").at("state") == "ended"; });
}

TEST_F(Time, EverybodyCanBePausedWhileThePastIsLookedAt) {
    App& app = start();
    start_server(app, "server 1");
    app.key("Prior");
    app.wait_until("the window shows the past", [](const App& a) { return a.has("past.pause"); });
    app.click("past.pause");
    app.key("End");
    app.wait_until("live", [](const App& a) { return a.dump().at("moment").at("past") == false; });
    app.key("Prior");
    app.wait_until("all are paused meanwhile", [](const App& a) {
        return a.has("past.strip") && a.widget("past.strip").label.find("all are paused meanwhile") != std::string::npos;
    });
    app.key("End");
    wait_for_gate("run");
}

TEST_F(Time, ASlowerPaceIsAKeyAway) {
    App& app = start();
    start_server(app, "server 1");
    app.key("comma");
    wait_for_gate("slow");
    const int ms = app.dump().at("world").at("gate_ms").get<int>();
    app.key("comma");
    app.wait_until("slower still", [&](const App& a) { return a.dump().at("world").at("gate_ms") > ms; });
    app.key("period");
    app.key("period");
    wait_for_gate("run");
}

TEST_F(Time, ADemonstrationThatIsChosenInThePastIsAskedFor) {
    App& app = start();
    start_server(app, "server 1");
    app.key("Prior");
    app.wait_until("the window shows the past", [](const App& a) { return a.dump().at("moment").at("past") == true; });
    const std::string pace = app.widget("toolbar.pace").value;
    app.key("comma");
    app.wait_until("it asks", [](const App& a) { return a.has("past.question"); });
    EXPECT_EQ(app.widget("toolbar.pace").value, pace) << "the pace is what it was";
    app.click("past.question.stay");
    app.wait_until_gone("past.question");
    app.click("toolbar.demonstrations");
    app.click("demonstration.second_client_waits");
    app.wait_until("it asks", [](const App& a) { return a.has("past.question"); });
    EXPECT_NE(app.widget("past.question").label.find("The second client waits"), std::string::npos);
    EXPECT_TRUE(app.dump().at("moment").at("past") == true);
    app.key("End");
    app.wait_until("live, and on stage",
                   [](const App& a) { return a.dump().at("moment").at("past") == false && program_state(a, "server 2") == "runs"; });
    EXPECT_EQ(app.dump().at("world").at("gate"), "run");
}

}  // namespace
}  // namespace synoptic::window
