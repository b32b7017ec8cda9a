// How the window looks, and how that is changed: theme, zoom, presets, panes. All by key or by pointer; all kept until the next start.
#include <cmath>

#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

class Looks : public WindowTest {
   protected:
    void wait_for_field(const std::string& field, const Json& value) {
        app().wait_until(field + " is " + value.dump(), [&](const App& a) { return a.dump().at(field) == value; });
    }
};

TEST_F(Looks, ThemeZoomAndPresetsHaveKeys) {
    App& app = start();
    const std::string theme = app.dump().at("theme");
    app.key("t");
    wait_for_field("theme", theme == "dark" ? "light" : "dark");
    app.key("t");
    wait_for_field("theme", theme);

    wait_for_field("zoom", 100);
    app.key("ctrl+plus");
    wait_for_field("zoom", 110);
    app.key("ctrl+minus");
    app.key("ctrl+minus");
    wait_for_field("zoom", 90);
    app.key("ctrl+0");
    wait_for_field("zoom", 100);
    app.key("ctrl+plus");
    wait_for_field("zoom", 110);

    app.key("F2");
    wait_for_field("preset", "lecture");
    EXPECT_EQ(app.dump().at("theme"), "light");
    EXPECT_GE(app.dump().at("zoom").get<int>(), 175);
    app.key("F4");
    wait_for_field("preset", "code");
    EXPECT_EQ(app.dump().at("theme"), theme) << "as before the lecture";
    EXPECT_EQ(app.dump().at("zoom"), 110);
    app.key("F3");
    wait_for_field("preset", "explore");
}

TEST_F(Looks, ZoomStaysWithinItsBounds) {
    App& app = start();
    for (int i = 0; i < 12; ++i) app.key("ctrl+plus");
    wait_for_field("zoom", 250);
    EXPECT_TRUE(app.has("toolbar.start")) << "the toolbar still has its most important button";
    for (int i = 0; i < 14; ++i) app.key("ctrl+minus");
    wait_for_field("zoom", 75);
}

TEST_F(Looks, APaneThatHasNoRoomFillsTheWindowWhereAKeyAsksForIt) {
    write_settings(R"({"zoom": 250, "server": {"network": "loopback"}})");
    App& app = start({"--size", "1280x720"});
    start_server(app, "server 1");
    EXPECT_FALSE(app.has("tab.ladder"));
    app.key("l");
    wait_for_field("full_pane", "calls");
    app.wait_until("the ladder is shown", [](const App& a) { return a.has("tab.ladder") && a.widget("tab.ladder").value == "on"; });
    app.key("Escape");
    wait_for_field("full_pane", "");
    app.key("l");
    wait_for_field("full_pane", "calls");
    app.let_draw();
    EXPECT_EQ(app.widget("tab.ladder").value, "on") << "it was not in sight: the key asks for it again";
    app.key("Escape");
    wait_for_field("full_pane", "");
    app.key("2");
    wait_for_field("full_pane", "calls");
}

TEST_F(Looks, EveryKeyIsListed) {
    App& app = start();
    app.key("F1");
    wait_for_field("help", true);
    app.key("Escape");
    wait_for_field("help", false);
}

TEST_F(Looks, PanesAreHiddenAndShown) {
    App& app = start();
    start_server(app, "server 1");
    for (const auto& [key, pane] :
         {std::pair{"2", "calls"}, std::pair{"3", "code"}, std::pair{"4", "inspector"}, std::pair{"1", "stage"}}) {
        const std::string id = std::string("pane.") + pane;
        app.wait_for(id);
        app.key(key);
        app.wait_until_gone(id);
        app.key(key);
        app.wait_for(id);
    }
    app.click("pane.calls.hide");
    app.wait_until_gone("pane.calls");
    app.click("toolbar.view");
    app.click("view.pane.calls");
    app.key("Escape");
    app.wait_for("pane.calls");
}

TEST_F(Looks, APaneFillsTheWindow) {
    App& app = start();
    start_server(app, "server 1");
    const Widget before = app.widget("pane.code");
    app.click("pane.code.full");
    wait_for_field("full_pane", "code");
    app.wait_until_gone("pane.stage");
    EXPECT_GT(app.widget("pane.code").w, before.w * 2);
    app.key("Escape");
    wait_for_field("full_pane", "");
    app.wait_for("pane.stage");

    app.move_to(app.widget("pane.stage").centre_x(), app.widget("pane.stage").centre_y());
    app.key("f");
    wait_for_field("full_pane", "stage");
    app.key("f");
    wait_for_field("full_pane", "");
}

TEST_F(Looks, PanesAreDraggedAndSettingsKept) {
    App& app = start();
    start_server(app, "server 1");
    app.wait_for("splitter.middle");
    const double width = app.widget("pane.stage").w, height = app.widget("pane.stage").h;
    app.drag("splitter.middle", -120, 0);
    app.wait_until("the stage is narrower", [&](const App& a) { return std::abs(a.widget("pane.stage").w - (width - 120)) < 8; });
    app.drag("splitter.stage", 0, 60);
    app.wait_until("the stage is higher", [&](const App& a) { return std::abs(a.widget("pane.stage").h - (height + 60)) < 8; });
    app.key("t");
    const double dragged = app.widget("pane.stage").w;
    const std::string theme = app.dump().at("theme");

    // Something runs: the window asks first.
    app.key("ctrl+q");
    app.click("close.close");
    EXPECT_EQ(app.process().wait(10'000), 0);
    App& again = start();
    EXPECT_EQ(again.dump().at("theme"), theme);
    start_server(again, "server 1");
    EXPECT_NEAR(again.widget("pane.stage").w, dragged, 4);
}

}  // namespace
}  // namespace synoptic::window
