// The wire in the window: segments are held, delivered by key and by drag, dropped; the lab can go and come back.
#include <signal.h>

#include <fstream>

#include "tests/window/kernel_facts.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

class Wire : public WindowTest {
   protected:
    App& start_on_wire(const std::string& settings = R"({"server": {"network": "wire", "workers": "iterative"}})") {
        const std::filesystem::path file = folder() / "config" / "synoptic" / "settings.json";
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << settings;
        App& app = start();
        app.wait_until("the lab is had, or known not to be",
                       [](const App& a) { return a.dump().at("world").at("lab").at("asked") == true; });
        return app;
    }
    static bool lab_lives(const App& a) { return a.dump().at("world").at("lab").at("lives") == true; }
    /** The id of a segment on the stage with this text; "" if there is none. */
    static std::string segment(const App& a, const std::string& text) {
        for (const Widget& widget : a.widgets()) {
            if (widget.id.rfind("stage.segment.", 0) == 0 && widget.label == text) return widget.id;
        }
        return {};
    }
    static std::string await(App& app, const std::string& text) {
        app.wait_until("the segment " + text, [&](const App& a) { return !segment(a, text).empty(); });
        return segment(app, text);
    }
};

TEST_F(Wire, AHandshakeIsLedByHand) {
    App& app = start_on_wire();
    if (!lab_lives(app)) GTEST_SKIP() << "no lab here";
    start_server(app, "server 1");
    app.key("h");
    app.wait_until("all is held", [](const App& a) { return a.dump().at("world").at("lab").at("held") == 63; });
    app.key("c");
    await(app, "SYN →");
    EXPECT_TRUE(app.shows("SYN_SENT"));
    app.key("g");
    const std::string syn_ack = await(app, "← SYN+ACK");
    app.wait_until("the server's kernel is asked", [](const App& a) {
        for (const Json& end : a.dump().at("world").at("tcp_ends")) {
            if (end.at("host") == "server host" && end.at("state") == "SYN_RCVD" && end.at("observed") == true) return true;
        }
        return false;
    });
    // It is dragged to the client's card.
    const Widget pill = app.widget(syn_ack), client = app.widget("stage.client.1");
    app.drag(syn_ack, static_cast<int>(client.x + client.w - pill.x - pill.w / 2), 0);
    await(app, "ACK →");
    app.wait_until("connect has returned", [](const App& a) { return a.shows("ESTABLISHED"); });
    app.key("h");  // lets all go
    app.wait_until("nothing is held", [](const App& a) { return a.dump().at("world").at("lab").at("held") == 0; });
    say(app, "client 1", "over the wire");
    app.wait_until("the echo is back", [](const App& a) { return printed(a, "client 1", "over the wire"); });
}

TEST_F(Wire, ADroppedSegmentComesAgain) {
    App& app = start_on_wire();
    if (!lab_lives(app)) GTEST_SKIP() << "no lab here";
    start_server(app, "server 1");
    app.key("n");
    app.click("wire.hold.syn");
    app.wait_until("SYNs are held", [](const App& a) { return a.dump().at("world").at("lab").at("held") == 1; });
    app.key("Escape");
    app.key("c");
    await(app, "SYN →");
    app.key("x");
    await(app, "SYN #2 →");
    app.right_click(segment(app, "SYN #2 →"));
    app.click("stage.menu.deliver");
    app.wait_until("connect has returned", [](const App& a) { return a.shows("ESTABLISHED"); });
}

TEST_F(Wire, ALabThatWasKilledIsToldAndStartedAnew) {
    App& app = start_on_wire();
    if (!lab_lives(app)) GTEST_SKIP() << "no lab here";
    start_server(app, "server 1");
    const pid_t lab = app.dump().at("world").at("lab").at("pid").get<pid_t>();
    ASSERT_EQ(kill(lab, SIGKILL), 0);
    app.wait_until("it is said", [](const App& a) { return a.shows("The lab process") && !lab_lives(a); });
    std::string remedy;
    app.wait_until("a remedy is offered", [&](const App& a) {
        for (const Widget& widget : a.widgets()) {
            if (widget.label == "Restart the wire") remedy = widget.id;
        }
        return !remedy.empty();
    });
    app.click(remedy);
    app.wait_until("there is another lab", [&](const App& a) { return lab_lives(a) && a.dump().at("world").at("lab").at("pid") != lab; });
}

TEST_F(Wire, TheNetworkCanBeChosen) {
    App& app = start_on_wire();
    if (!lab_lives(app)) GTEST_SKIP() << "no lab here";
    app.click("toolbar.options");
    app.click("options.network.1");
    app.click("options.start");
    app.wait_until("the server listens on loopback", [](const App& a) { return a.shows("127.0.0.1:"); });
}

}  // namespace
}  // namespace synoptic::window
