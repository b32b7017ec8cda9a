// The wire in the window: segments are held, delivered by key and by drag, dropped; the lab can go and come back.
#include <signal.h>

#include "tests/window/kernel_facts.h"
#include "tests/window/wire_app.h"

namespace synoptic::window {
namespace {

using Wire = WireWindowTest;

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
    await(app, "SYN, resent #1 →");
    app.right_click(segment(app, "SYN, resent #1 →"));
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
    // The wire was chosen, and is not replaced by loopback without a word.
    EXPECT_TRUE(app.has("toolbar.network"));
    app.key("s");
    app.wait_until("it is said what to do", [](const App& a) { return told(a, "The wire has ended: restart it"); });
    EXPECT_TRUE(program(app, "server 2").is_null());
    remedy.clear();
    for (const Widget& widget : app.widgets()) {
        if (widget.label == "Restart the wire") remedy = widget.id;
    }
    app.click(remedy);
    app.wait_until("there is another lab", [&](const App& a) { return lab_lives(a) && a.dump().at("world").at("lab").at("pid") != lab; });
}

TEST_F(Wire, WhatWaitsCanBeMovedAfterTheLabHasEnded) {
    App& app = start_on_wire();
    if (!lab_lives(app)) GTEST_SKIP() << "no lab here";
    start_server(app, "server 1");
    app.key("h");
    app.wait_until("all is held", [](const App& a) { return a.dump().at("world").at("lab").at("held") == 63; });
    app.key("c");
    await(app, "SYN →");
    ASSERT_EQ(kill(app.dump().at("world").at("lab").at("pid").get<pid_t>(), SIGKILL), 0);
    app.wait_until("it is said", [](const App& a) { return a.shows("The lab process") && !lab_lives(a); });
    EXPECT_TRUE(app.has("toolbar.hold"));
    EXPECT_TRUE(app.has("toolbar.wire"));
    app.key("g");
    await(app, "← SYN+ACK");
}

TEST_F(Wire, PausedCallsAndSegmentsMoveInTurn) {
    App& app = start_on_wire();
    if (!lab_lives(app)) GTEST_SKIP() << "no lab here";
    start_server(app, "server 1");
    app.key("p");
    app.wait_until("all is paused, segments too", [](const App& a) { return a.dump().at("world").at("lab").at("paused") == true; });
    app.key("c");
    app.wait_until("the client stands", [](const App& a) { return actor_state(a, "client 1") == "at the gate"; });
    for (int steps = 0; segment(app, "SYN →").empty() && steps < 20; ++steps) {
        const Json before = app.dump().at("world").at("events");
        app.key("space");
        app.wait_until("the step is made", [&](const App& a) { return a.dump().at("world").at("events") > before; });
    }
    await(app, "SYN →");
    app.key("space");
    await(app, "← SYN+ACK");
    app.key("p");
    app.wait_until("all goes on", [](const App& a) { return connections(a, "accepted") == 1; });
    EXPECT_EQ(app.dump().at("world").at("lab").at("paused"), false);
}

TEST_F(Wire, RequestsFillTheSynQueue) {
    App& app = start_on_wire(R"({"server": {"network": "wire", "workers": "iterative", "backlog": "1"}})");
    if (!lab_lives(app)) GTEST_SKIP() << "no lab here";
    start_server(app, "server 1");
    EXPECT_EQ(app.widget("stage.syn_queue.1").label, "0 of 2");
    app.key("n");
    app.click("wire.hold.syn_ack");
    app.wait_until("SYN+ACKs are held", [](const App& a) { return a.dump().at("world").at("lab").at("held") == 2; });
    app.key("Escape");
    app.key("c");
    app.wait_until("a request waits", [](const App& a) { return a.has("stage.request.client.1"); });
    EXPECT_EQ(app.widget("stage.syn_queue.1").label, "1 of 2");
    app.click("stage.request.client.1");
    app.wait_until("its client's socket is chosen", [](const App& a) { return a.dump().at("selection").at("socket") != 0; });
    app.key("c");
    app.key("c");
    app.wait_until("the third finds no room", [](const App& a) { return a.widget("stage.syn_queue.1").label == "2 of 2, 1 turned away"; });
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
