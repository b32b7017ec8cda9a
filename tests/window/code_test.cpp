// The code pane: what runs, who is there, breakpoints, the corrected program beside a defective one.
#include <algorithm>

#include "core/programs/registry.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

/** The line of a source that holds this text. */
int line_with(std::string_view file, std::string_view text) {
    const std::string_view source = source_text(file);
    return 1 + static_cast<int>(std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(source.find(text)), '\n'));
}

class Code : public WindowTest {
   protected:
    static std::size_t stopped(const App& a) {
        std::size_t count = 0;
        for (const Json& actor : a.dump().at("world").at("actors")) count += actor.at("at_breakpoint").get<bool>();
        return count;
    }
    static std::string id_of(const std::string& what, int line) { return "code." + what + "." + std::to_string(line); }
};

TEST_F(Code, ABreakpointStopsWhoComesThereAndRunLetsItGo) {
    App& app = start();
    start_server(app, "server 1");
    add_clients(app, 1, 1);
    const int line = line_with("core/programs/echo_client.cpp", "os.fgets(");
    app.click("stage.client.1");
    app.wait_for(id_of("margin", line));
    app.click(id_of("margin", line));
    app.wait_for(id_of("breakpoint", line));
    EXPECT_EQ(app.dump().at("world").at("breakpoints").at(0).at("line"), line);

    say(app, "client 1", "comes round to its next fgets");
    app.wait_until("it stops there", [](const App& a) { return stopped(a) == 1; });
    app.wait_until("the toolbar says so", [](const App& a) { return a.widget("toolbar.live").label == "breakpoint"; });
    EXPECT_EQ(actor_state(app, "client 1"), "at the gate");
    EXPECT_EQ(app.dump().at("world").at("gate"), "run") << "all others run";
    app.key("p");
    app.wait_until("it goes on", [](const App& a) { return stopped(a) == 0 && a.widget("toolbar.live").label == "LIVE"; });

    app.click(id_of("line", line));
    app.wait_until("the line is chosen", [&](const App& a) { return a.dump().at("selection").at("line") == line; });
    app.key("F9");
    app.wait_until_gone(id_of("breakpoint", line));
    EXPECT_TRUE(app.dump().at("world").at("breakpoints").empty());
}

TEST_F(Code, AMarginWithoutACallGivesTheBreakpointToTheNextLineThatHasOne) {
    App& app = start();
    start_server(app, "server 1");
    add_clients(app, 1, 1);
    const int line = line_with("core/programs/echo_client.cpp", "os.fgets(");
    app.click("stage.client.1");
    app.wait_for(id_of("margin", line - 1));
    app.click(id_of("margin", line - 1));
    app.wait_for(id_of("breakpoint", line));
    app.click(id_of("margin", line));
    app.wait_until_gone(id_of("breakpoint", line));
}

TEST_F(Code, ALineShowsItsCallsAndACallItsLine) {
    App& app = start();
    start_server(app, "server 1");
    add_clients(app, 1, 1);
    const int line = line_with("core/programs/echo_client.cpp", "os.fgets(");
    app.click("stage.client.1");
    app.click(id_of("line", line));
    app.wait_until("its calls are counted", [](const App& a) {
        return a.has("code.selected_line") && a.widget("code.selected_line").label.find("1 call") != std::string::npos;
    });
    app.wait_until("the list has them alone", [](const App& a) { return a.ids("calls.row.").size() == 1; });
    app.key("F8");
    app.wait_until("the call is chosen", [](const App& a) { return !a.dump().at("selection").at("event").is_null(); });
    EXPECT_EQ(app.dump().at("selection").at("line"), line) << "and its line stays so";
    app.key("Escape");
    app.wait_until("all calls are back", [](const App& a) { return a.ids("calls.row.").size() > 1; });
}

TEST_F(Code, APinnedFileStaysAndAFollowingPaneTurns) {
    App& app = start();
    start_server(app, "server 1");
    add_clients(app, 1, 1);
    app.click("stage.client.1");
    app.wait_until("the client's program",
                   [](const App& a) { return a.widget("code.file").value.find("echo_client.cpp") != std::string::npos; });
    app.key("u");
    app.wait_until("it is pinned", [](const App& a) { return a.widget("code.pin").value == "on"; });
    app.click("stage.server.1");  // its middle may be its listening socket's line
    app.wait_until("something of the server is chosen", [](const App& a) {
        const Json& chosen = a.dump().at("selection");
        return chosen.at("program") == 1 || chosen.at("socket") != 0;
    });
    EXPECT_NE(app.widget("code.file").value.find("echo_client.cpp"), std::string::npos);
    app.click("code.pin");
    app.wait_until("it follows", [](const App& a) { return a.widget("code.file").value.find("echo_client.cpp") == std::string::npos; });
}

TEST_F(Code, ADefectiveVariantIsComparedWithTheCorrectedProgram) {
    App& app = start();
    app.click("toolbar.options");
    app.click("options.variant");
    app.click("options.variant.1");
    app.key("Escape");
    start_server(app, "server 1");
    app.click("stage.server.1");
    app.wait_for("code.compare");
    app.key("F7");
    app.wait_until("both are shown", [](const App& a) { return a.widget("code.compare").value == "on" && a.has("code.next_difference"); });
    app.click("pane.code.full");
    app.wait_until("it has room for both side by side", [](const App& a) { return a.widget("pane.code").w > 800; });
    app.click("code.next_difference");
    app.click("code.compare");
    app.wait_until_gone("code.next_difference");
}

}  // namespace
}  // namespace synoptic::window
