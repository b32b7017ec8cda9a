// What changed between two moments of the past is lit in every panel: each one is asked where its kind of thing has changed.
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

constexpr int most_steps = 400;

class Changes : public WindowTest {
   protected:
    App& start_with_an_echo() {
        App& app = start();
        start_server(app, "server 1");
        add_clients(app, 1, 1);
        say(app, "client 1", "hello");
        app.wait_until("the echo is back", [](const App& a) { return printed(a, "client 1", "hello"); });
        return app;
    }
    static std::uint64_t index(const App& a) { return a.dump().at("moment").at("index").get<std::uint64_t>(); }
    /** The panels show the moment that the window has come to: what a key asks for is drawn in the next frame. */
    static bool is_drawn(const App& a) { return a.has("past.number") && a.widget("past.number").value == std::to_string(index(a)); }
    /** Widgets that begin so and tell of something new. */
    static std::vector<Widget> lit(const App& a, const std::string& prefix) {
        std::vector<Widget> found;
        for (const Widget& widget : a.widgets()) {
            const bool is_new = widget.id.size() > 4 && widget.id.compare(widget.id.size() - 4, 4, ".new") == 0;
            if (widget.id.rfind(prefix, 0) == 0 && is_new) found.push_back(widget);
        }
        return found;
    }
    /** Steps back until `there` holds; fails at the beginning. */
    static void go_back_until(App& app, const std::string& what, const std::function<bool(const App&)>& there) {
        for (int step = 0; step < most_steps; ++step) {
            if (app.dump().at("moment").at("past") == true && there(app)) return;
            const bool live = app.dump().at("moment").at("past") == false;
            const std::uint64_t before = index(app);
            ASSERT_GT(before, 0u) << "no moment of which " << what;
            app.key("Prior");
            app.wait_until("the moment before", [&](const App& a) {
                return a.dump().at("moment").at("past") == true && (live || index(a) < before) && is_drawn(a);
            });
        }
        FAIL() << "no moment of which " << what;
    }
    /** To the moment that the strip tells of in these words. */
    static void go_back_to(App& app, const std::string& words) {
        go_back_until(app, words, [&](const App& a) { return a.widget("past.what").label.find(words) != std::string::npos; });
    }
};

constexpr const char* client_has_sent = "The kernel has taken 6 bytes of client 1";

TEST_F(Changes, InTheCallsAndTheCode) {
    App& app = start_with_an_echo();
    EXPECT_TRUE(lit(app, "").empty()) << "nothing is lit live";
    go_back_to(app, client_has_sent);
    const std::vector<Widget> rows = lit(app, "calls.row."), lines = lit(app, "code.line.");
    ASSERT_EQ(rows.size(), 1u);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].label.find("os.send("), std::string::npos) << lines[0].label;
    app.key("End");
    app.wait_until("live again", [](const App& a) { return a.dump().at("moment").at("past") == false; });
    app.wait_until("nothing is lit", [](const App& a) { return lit(a, "").empty(); });
}

TEST_F(Changes, InTheLadder) {
    App& app = start_with_an_echo();
    app.click("stage.client.1");  // other programs of this machine may connect, too
    app.key("l");
    app.wait_for("ladder.list");
    go_back_to(app, client_has_sent);
    const std::vector<Widget> calls = lit(app, "ladder.call.");
    ASSERT_EQ(calls.size(), 1u);
    EXPECT_EQ(calls[0].label.rfind("send(", 0), 0u) << calls[0].label;
    EXPECT_EQ(calls[0].value, "returned");
    go_back_until(app, "an end's state was told", [](const App& a) { return !lit(a, "ladder.state.").empty(); });
}

TEST_F(Changes, InTheStates) {
    App& app = start_with_an_echo();
    app.click("stage.client.1");
    app.key("a");
    app.wait_for("states.client");
    go_back_until(app, "an end came to a state", [](const App& a) { return !lit(a, "states.").empty(); });
    const Widget state = lit(app, "states.").front();
    EXPECT_EQ(app.widget("states.marker." + state.value).value, state.label) << "where that end stands now";
}

TEST_F(Changes, InTheBytes) {
    App& app = start_with_an_echo();
    app.click("stage.client.1");
    app.key("b");
    app.wait_for("bytes.to_server.send.0");
    go_back_to(app, client_has_sent);
    const std::vector<Widget> sent = lit(app, "bytes.");
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].id, "bytes.to_server.send.0.new");
    EXPECT_EQ(sent[0].label, "send 6");
}

TEST_F(Changes, InTheTimeline) {
    App& app = start_with_an_echo();
    app.key("i");
    app.click("timeline.fit");
    go_back_to(app, client_has_sent);
    const std::vector<std::string> spans = app.ids("timeline.new.");
    ASSERT_EQ(spans.size(), 1u);
    EXPECT_EQ(app.widget(spans[0]).label, "client 1") << "its lane";
    go_back_to(app, "Client 1 begins");
    const std::vector<Widget> lanes = lit(app, "timeline.name.");
    ASSERT_EQ(lanes.size(), 1u);
    EXPECT_EQ(lanes[0].label, "client 1");
    // The axis tells no time that the moment's chip covers.
    const Widget chip = app.widget("timeline.moment");
    const std::vector<std::string> ticks = app.ids("timeline.tick.");
    EXPECT_FALSE(ticks.empty());
    for (const std::string& id : ticks) {
        const Widget tick = app.widget(id);
        EXPECT_TRUE(tick.x + tick.w <= chip.x || tick.x >= chip.x + chip.w) << tick.label;
    }
}

}  // namespace
}  // namespace synoptic::window
