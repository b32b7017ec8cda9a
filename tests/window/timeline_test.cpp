// The Timeline, with the pointer and the keys: everybody has a lane, what is under the pointer is named, a moment can be gone to.
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

class Timeline : public WindowTest {
   protected:
    App& start_with_a_client() {
        App& app = start();
        start_server(app, "server 1");
        add_clients(app, 1, 1);
        say(app, "client 1", "hello");
        app.wait_until("the echo is back", [](const App& a) { return printed(a, "client 1", "hello"); });
        app.key("i");
        app.wait_for("timeline.name.client.1");
        return app;
    }
    /** The first bar that is wide enough for a name and begins with `text`; an empty id if there is none. */
    static Widget bar(const App& a, const std::string& text) {
        for (const Widget& widget : a.widgets()) {
            if (widget.id.rfind("timeline.span.", 0) == 0 && widget.label.rfind(text, 0) == 0) return widget;
        }
        return {};
    }
    static Widget await_bar(App& app, const std::string& text) {
        app.wait_until("a bar " + text, [&](const App& a) { return !bar(a, text).id.empty(); });
        return bar(app, text);
    }
};

TEST_F(Timeline, EverybodyHasALaneAndItsCallsAreNamed) {
    App& app = start_with_a_client();
    EXPECT_TRUE(app.has("timeline.name.server.1"));
    EXPECT_EQ(app.widget("timeline.follow").value, "on");
    app.click("timeline.fit");
    app.wait_until("it stands still", [](const App& a) { return a.widget("timeline.follow").value == "off"; });
    const Widget recv = await_bar(app, "accept(");
    app.click_at(recv.centre_x(), recv.centre_y());
    app.wait_until("the call is selected everywhere", [](const App& a) { return a.widget("inspector.title").label == "accept(2)"; });
    app.wait_until("and named", [](const App& a) { return a.widget("timeline.plot").label.find("server 1: accept(") == 0; });
    app.click("timeline.name.client.1");
    app.wait_until("a lane's name selects who it is", [](const App& a) { return a.widget("inspector.title").label.find("client 1") == 0; });
}

TEST_F(Timeline, KeysAndTheWheelZoom) {
    App& app = start_with_a_client();
    const auto shown = [](const App& a) { return a.widget("timeline.span").label; };
    EXPECT_EQ(shown(app), "10.0 s shown");
    app.key("plus");
    app.wait_until("nearer", [&](const App& a) { return shown(a) == "5.0 s shown"; });
    app.key("minus");
    app.key("minus");
    app.wait_until("farther", [&](const App& a) { return shown(a) == "20.0 s shown"; });
    EXPECT_EQ(app.widget("timeline.follow").value, "on") << "what happens now stays in sight";
    app.scroll("timeline.plot", -3);
    app.wait_until("nearer at the pointer", [&](const App& a) { return shown(a) != "20.0 s shown"; });
    EXPECT_EQ(app.widget("timeline.follow").value, "off");
    app.key("0");
    app.wait_until("all of it", [&](const App& a) { return a.has("timeline.tick.0 s") || a.has("timeline.tick.0.0 s"); });
    app.click("timeline.follow");
    app.wait_until("it follows again", [](const App& a) { return a.widget("timeline.follow").value == "on"; });
}

TEST_F(Timeline, ACallsMomentIsAKeyAway) {
    App& app = start_with_a_client();
    app.click("timeline.fit");
    const Widget call = await_bar(app, "accept(");
    app.click_at(call.centre_x(), call.centre_y());
    app.wait_until("it is selected", [](const App& a) { return a.widget("inspector.title").label == "accept(2)"; });
    app.key("Return");
    app.wait_until("its moment is shown", [](const App& a) { return a.dump().at("moment").at("past") == true; });
    app.wait_for("timeline.moment");
    EXPECT_EQ(app.widget("timeline.moment").label, "PAST");
    EXPECT_EQ(bar(app, "accept(").label.find("="), std::string::npos) << "it had not returned yet";
    EXPECT_FALSE(app.has("timeline.name.client.1") && bar(app, "fgets(").id != "") << "nothing of what came later";
    app.key("End");
    app.wait_until("live again", [](const App& a) { return a.dump().at("moment").at("past") == false; });
}

}  // namespace
}  // namespace synoptic::window
