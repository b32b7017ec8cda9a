// The wire's panels in the window: the ladder, the states, and a segment's page in the inspector; each is opened, something in it is chosen.
#include "tests/window/wire_app.h"

namespace synoptic::window {
namespace {

class WirePanels : public WireWindowTest {
   protected:
    /** The app with one client that is accepted over the wire; null where there is no lab. */
    App* with_a_connection() {
        App& app = start_on_wire();
        if (!lab_lives(app)) return nullptr;
        start_server(app, "server 1");
        add_clients(app, 1, 1);
        return &app;
    }
    /** The first widget whose id begins and whose label begins so. */
    static std::string with_label(const App& a, const std::string& prefix, const std::string& label) {
        for (const Widget& widget : a.widgets()) {
            if (widget.id.rfind(prefix, 0) == 0 && widget.label.rfind(label, 0) == 0) return widget.id;
        }
        return {};
    }
    static std::string await_label(App& app, const std::string& prefix, const std::string& label) {
        app.wait_until(prefix + "… says " + label, [&](const App& a) { return !with_label(a, prefix, label).empty(); });
        return with_label(app, prefix, label);
    }
};

TEST_F(WirePanels, TheLadderDrawsAConnectionAndItsSegmentsCanBeChosen) {
    App* app = with_a_connection();
    if (!app) GTEST_SKIP() << "no lab here";
    app->key("l");
    await_label(*app, "ladder.segment.", "SYN seq");
    await_label(*app, "ladder.segment.", "SYN+ACK");
    await_label(*app, "ladder.segment.", "ACK");
    await_label(*app, "ladder.call.", "connect");
    app->click(with_label(*app, "ladder.segment.", "SYN seq"));
    app->wait_until("it is chosen", [](const App& a) { return a.dump().at("selection").at("segment") != 0; });
    EXPECT_EQ(app->widget("inspector.title").label, "SYN");

    // Another connection: it is drawn, and the first one can be chosen again.
    app->click("toolbar.client");
    app->wait_until("there are two to choose from", [](const App& a) { return a.has("ladder.connection"); });
    const std::string before = app->widget("ladder.connection").value + app->widget("ladder.connection").label;
    app->click("ladder.connection");
    app->click(before.find("client 1") != std::string::npos ? "ladder.connection.0" : "ladder.connection.1");
    app->wait_until("the other one is drawn",
                    [&](const App& a) { return a.widget("ladder.connection").value + a.widget("ladder.connection").label != before; });
}

TEST_F(WirePanels, TheStatesShowBothEndsAndWhatTheyMean) {
    App* app = with_a_connection();
    if (!app) GTEST_SKIP() << "no lab here";
    app->key("a");
    app->wait_until("both ends stand on their states", [](const App& a) {
        return a.has("states.marker.client") && a.widget("states.marker.client").value == "ESTABLISHED" && a.has("states.marker.server") &&
               a.widget("states.marker.server").value == "ESTABLISHED";
    });
    app->wait_until("the tables have told",
                    [](const App& a) { return a.widget("states.client").value.find("ESTABLISHED, observed") == 0; });
    app->click("states.CLOSE_WAIT");
    app->wait_for("states.meaning");
    EXPECT_EQ(app->widget("states.meaning").label, "CLOSE_WAIT");
    app->click("states.meaning");
    app->wait_until_gone("states.meaning");
    app->right_click("stage.client.1");
    app->click("stage.menu.close");
    app->wait_until("the client's end has closed", [](const App& a) {
        const std::string value = a.has("states.marker.client") ? a.widget("states.marker.client").value : "";
        return value == "TIME_WAIT" || value == "FIN_WAIT_2";
    });
}

TEST_F(WirePanels, APacketsFieldsAndBytesAreLinked) {
    App* app = with_a_connection();
    if (!app) GTEST_SKIP() << "no lab here";
    app->key("l");
    app->click(await_label(*app, "ladder.segment.", "SYN+ACK"));
    app->click("pane.inspector.full");  // the header stands below the facts
    const std::string version = await_label(*app, "inspector.field.", "Version: 4");
    app->click(version);
    app->wait_until("its meaning is said", [](const App& a) { return a.has("inspector.strip"); });
    EXPECT_EQ(app->widget("inspector.strip").label, "Version");
    const std::string source = with_label(*app, "inspector.field.", "Source");
    ASSERT_FALSE(source.empty());
    app->click(source);
    app->wait_until("another field is chosen", [](const App& a) { return a.widget("inspector.strip").label.rfind("Source", 0) == 0; });
}

}  // namespace
}  // namespace synoptic::window
