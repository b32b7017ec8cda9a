// The app on the wire, for window tests.
#pragma once

#include <fstream>

#include "tests/window/shown_world.h"

namespace synoptic::window {

class WireWindowTest : public WindowTest {
   protected:
    App& start_on_wire(const std::string& settings = R"({"server": {"network": "wire", "workers": "iterative"}})") {
        write_settings(settings);
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

}  // namespace synoptic::window
