// The tabs in the panes' heads, where a window is small and its text large.
#include <algorithm>

#include "tests/window/lesson_window.h"

namespace synoptic::window {
namespace {

class Tabs : public LessonWindow {
   protected:
    App& start_at(int zoom_percent, const std::vector<std::string>& arguments) {
        write_settings(R"({"server": {"network": "loopback"}, "zoom": )" + std::to_string(zoom_percent) + "}");
        return start(arguments);
    }
    /** What stands in panes' heads: tabs, their menus, buttons. */
    static std::vector<Widget> heads(const App& app) {
        std::vector<Widget> found;
        for (const Widget& widget : app.widgets()) {
            const bool button = widget.id.rfind("pane.", 0) == 0 &&
                                (widget.id.ends_with(".hide") || widget.id.ends_with(".full") || widget.id.ends_with(".tabs"));
            if (button || widget.id.rfind("tab.", 0) == 0) found.push_back(widget);
        }
        return found;
    }
    static void expect_nothing_overlaps(const App& app) {
        const std::vector<Widget> all = heads(app);
        for (std::size_t one = 0; one < all.size(); ++one) {
            for (std::size_t other = one + 1; other < all.size(); ++other) {
                const Widget &a = all[one], &b = all[other];
                const bool apart = a.x + a.w <= b.x + 0.5 || b.x + b.w <= a.x + 0.5 || a.y + a.h <= b.y + 0.5 || b.y + b.h <= a.y + 0.5;
                EXPECT_TRUE(apart) << a.id << " lies over " << b.id;
            }
        }
    }
    /** Each of the lower left pane's tabs is shown by its key: it is in the row then, and nothing lies over anything. Returns how many were not in the row. */
    static std::size_t go_through_tabs(App& app) {
        std::size_t most_hidden = 0;
        for (const auto& [key, tab] :
             {std::pair{"l", "ladder"}, std::pair{"a", "states"}, std::pair{"b", "bytes"}, std::pair{"i", "timeline"}}) {
            SCOPED_TRACE(tab);
            const std::string id = std::string("tab.") + tab;
            app.key(key);
            app.wait_until(id + " is chosen", [&](const App& a) { return a.has(id) && a.widget(id).value == "on"; });
            const std::vector<std::string> in_row = app.ids("tab.");
            const auto lower = std::count_if(in_row.begin(), in_row.end(),
                                             [](const std::string& each) { return each != "tab.inspector" && each != "tab.database"; });
            EXPECT_EQ(app.has("pane.calls.tabs"), lower < 5) << "those without room are in a menu";
            most_hidden = std::max(most_hidden, 5 - static_cast<std::size_t>(lower));
            expect_nothing_overlaps(app);
        }
        return most_hidden;
    }
};

TEST_F(Tabs, LieOverNothingInASmallWindowWithLargeText) {
    App& app = start_at(200, {"--size", "1280x720"});
    app.key("s");
    app.wait_for("tab.calls");
    EXPECT_GT(go_through_tabs(app), 0u) << "at this zoom there is no room for all";
}

TEST_F(Tabs, AllHaveRoomInALargerOne) {
    App& app = start_at(150, {"--size", "1600x900"});
    app.key("s");
    app.wait_for("tab.calls");
    EXPECT_EQ(go_through_tabs(app), 0u);
}

TEST_F(Tabs, LieOverNothingBesideALesson) {
    App& app = start_at(225, {"--size", "1600x900", file().string()});
    wait_for_step(app, 0);
    app.wait_for("tab.calls");
    EXPECT_GT(go_through_tabs(app), 0u);
}

TEST_F(Tabs, ThoseWithoutRoomAreChosenInTheMenu) {
    App& app = start_at(200, {"--size", "1280x720"});
    app.key("s");
    app.wait_for("pane.calls.tabs");
    ASSERT_FALSE(app.has("tab.timeline"));
    app.click("pane.calls.tabs");
    app.click("tab.timeline");
    app.wait_until("the timeline is shown",
                   [](const App& a) { return a.has("tab.timeline") && a.widget("tab.timeline").value == "on" && !a.has("tab.states"); });
    expect_nothing_overlaps(app);
    app.click("pane.calls.tabs");
    app.wait_for("tab.states");
    app.key("Escape");
    app.wait_until_gone("tab.states");
    EXPECT_EQ(app.widget("tab.timeline").value, "on");
}

}  // namespace
}  // namespace synoptic::window
