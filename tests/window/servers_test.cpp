// Servers and clients, started and used by clicks; what the window says is compared with what the kernel says.
#include <netinet/tcp.h>
#include <signal.h>

#include <algorithm>

#include "tests/window/kernel_facts.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

constexpr int limit_ms = 10'000;

class Servers : public WindowTest {};

TEST_F(Servers, AForkedServerAndThreeClientsTalk) {
    App& app = start();
    const std::uint16_t port = start_server(app, "server 1");
    EXPECT_EQ(tcp_entries(port, TCP_LISTEN).size(), 1u);
    add_clients(app, 3, 3);

    const pid_t parent = server_pid(app, "server 1");
    ASSERT_GT(parent, 0);
    EXPECT_EQ(children_of(parent).size(), 3u) << "a child for each client";
    EXPECT_EQ(tcp_entries(port, TCP_ESTABLISHED).size(), 3u);

    for (const char* client : {"client 1", "client 2", "client 3"}) {
        const std::string line = std::string("hello from ") + client;
        say(app, client, line);
        app.wait_until(line + " comes back", [&](const App& a) { return printed(a, client, line); });
    }
    // It is a real server: anybody can use it, and is seen.
    EXPECT_EQ(exchange(port, "from outside\n", limit_ms), "from outside\n");
    app.wait_until("the client from outside is shown",
                   [](const App& a) { return connections(a, "closed") == 1 || !a.ids("stage.outside.").empty(); });
}

TEST_F(Servers, MessagesAreFramedAndTheirBytesAreSeen) {
    App& app = start();
    app.click("toolbar.server");
    app.click("toolbar.server.1");
    app.wait_until("messages are chosen", [](const App& a) { return a.widget("toolbar.server").value == "Messages"; });
    const std::uint16_t port = start_server(app, "server 1");
    add_clients(app, 1, 1);
    say(app, "client 1", "hello");
    app.wait_until("it is acknowledged", [](const App& a) { return printed(a, "client 1", "Message received successfully...."); });
    EXPECT_TRUE(printed(app, "server 1", "] \"hello\""));
    EXPECT_FALSE(tcp_entries(port, TCP_ESTABLISHED).empty());

    app.key("b");
    app.wait_for("bytes.to_server.message.0");
    EXPECT_EQ(app.widget("bytes.to_server.message.0").label, "header 5");
    EXPECT_EQ(app.widget("bytes.to_server.send.0").label, "send 69") << "header and body by one send";
    EXPECT_EQ(app.widget("bytes.to_server.receive.0").label, "recv 64");
    EXPECT_EQ(app.widget("bytes.to_server.receive.1").label, "recv 5");
    EXPECT_EQ(app.widget("bytes.to_client.message.0").label, "header 33");
    app.click("bytes.to_server.receive.1");
    app.wait_until("the call is selected everywhere", [](const App& a) { return a.widget("inspector.title").label == "recv(2)"; });

    say(app, "client 1", "Disconnect !");
    app.wait_until("the connection ends", [](const App& a) { return program_state(a, "client 1") == "ended"; });
    app.wait_until("the server says why", [](const App& a) { return printed(a, "server 1", "the client said \"Disconnect !\""); });
}

TEST_F(Servers, AClosedClientLeavesNoChildAndNoZombie) {
    App& app = start();
    const std::uint16_t port = start_server(app, "server 1");
    add_clients(app, 2, 2);
    const pid_t parent = server_pid(app, "server 1");

    app.right_click("stage.client.2");
    app.click("stage.menu.close");
    app.wait_until("client 2 has ended", [](const App& a) { return program_state(a, "client 2") == "ended"; });
    app.wait_until("its child has been waited for",
                   [](const App& a) { return a.dump().at("world").at("zombies") == 0 && connections(a, "accepted") == 1; });
    app.wait_until("the kernel says so, too", [&](const App&) { return children_of(parent).size() == 1; });
    EXPECT_EQ(tcp_entries(port, TCP_ESTABLISHED).size(), 1u);
}

TEST_F(Servers, AKilledChildEndsItsConnectionOnly) {
    App& app = start();
    const std::uint16_t port = start_server(app, "server 1");
    add_clients(app, 2, 2);
    const pid_t parent = server_pid(app, "server 1");
    const std::vector<pid_t> children = children_of(parent);
    ASSERT_EQ(children.size(), 2u);

    app.right_click("stage.worker." + std::to_string(children.front()));
    app.click("stage.menu.kill");
    EXPECT_TRUE(wait_until_ended({children.front()}, limit_ms));
    app.wait_until("one connection is left", [](const App& a) { return connections(a, "accepted") == 1; });
    app.wait_until("the server has waited for it", [](const App& a) { return a.dump().at("world").at("zombies") == 0; });
    EXPECT_EQ(children_of(parent), std::vector<pid_t>{children.back()});
    EXPECT_EQ(exchange(port, "still there?\n", limit_ms), "still there?\n");
}

TEST_F(Servers, APortInUseIsSaidAndAnotherIsAClickAway) {
    const OccupiedPort occupied;
    App& app = start();
    app.click("toolbar.options");
    app.fill("options.port", std::to_string(occupied.port()));
    app.click("options.start");
    app.wait_until("the window says that the port is in use", [](const App& a) { return told(a, "in use") || told(a, "EADDRINUSE"); });
    app.wait_until("what to do is offered", [](const App& a) {
        const auto ids = a.ids("message.");
        return std::any_of(ids.begin(), ids.end(), [](const std::string& id) { return id.ends_with(".remedy"); });
    });
    for (const std::string& id : app.ids("message.")) {
        if (id.ends_with(".remedy")) {
            app.click(id);
            break;
        }
    }
    app.wait_until("a server listens on another port", [](const App& a) { return listening_port(a, "server 2") != 0; });
    EXPECT_NE(listening_port(app, "server 2"), occupied.port());
    EXPECT_EQ(tcp_entries(listening_port(app, "server 2"), TCP_LISTEN).size(), 1u);
}

TEST_F(Servers, TwoStandSideBySideAndStopIsStop) {
    App& app = start();
    const std::uint16_t first = start_server(app, "server 1");
    app.key("w");  // the next worker model: a thread per client
    const std::uint16_t second = start_server(app, "server 2");
    EXPECT_NE(first, second);
    EXPECT_EQ(exchange(first, "one\n", limit_ms), "one\n");
    EXPECT_EQ(exchange(second, "two\n", limit_ms), "two\n");

    app.click("toolbar.stop");
    app.click("stop.all");
    app.wait_until("both have ended",
                   [](const App& a) { return program_state(a, "server 1") == "ended" && program_state(a, "server 2") == "ended"; });
    EXPECT_TRUE(tcp_entries(first, TCP_LISTEN).empty());
    EXPECT_TRUE(tcp_entries(second, TCP_LISTEN).empty());
}

TEST_F(Servers, AHundredClientsComeAndGo) {
    App& app = start();
    // With a backlog of 3 most of them would have to try again, and some only after many seconds.
    app.click("toolbar.options");
    app.fill("options.backlog", "200");
    app.click("options.start");
    app.wait_until("server 1 listens", [](const App& a) { return listening_port(a, "server 1") != 0; });
    const pid_t parent = server_pid(app, "server 1");
    app.click("toolbar.clients");
    app.click("clients.100");
    app.wait_until(
        "a hundred connections are accepted", [](const App& a) { return connections(a, "accepted") == 100; }, 30'000);
    EXPECT_EQ(children_of(parent).size(), 100u);

    app.click("toolbar.clients");
    app.click("clients.close_all");
    app.wait_until(
        "all have gone", [](const App& a) { return connections(a, "accepted") == 0 && a.dump().at("world").at("zombies") == 0; }, 30'000);
    app.wait_until("the kernel says so, too", [&](const App&) { return children_of(parent).empty(); });
}

TEST_F(Servers, NothingOutlivesAKilledApp) {
    App& app = start();
    const std::uint16_t port = start_server(app, "server 1");
    add_clients(app, 3, 3);
    const std::vector<pid_t> all = app.processes();
    EXPECT_GE(all.size(), 6u) << "the app, its helper, the server and three children";
    app.process().signal(SIGKILL);
    EXPECT_TRUE(wait_until_ended(all, limit_ms));
    EXPECT_TRUE(app.processes().empty());
    EXPECT_TRUE(tcp_entries(port, TCP_LISTEN).empty());
}

TEST_F(Servers, AKilledHelperIsSaidAndStartedAgain) {
    App& app = start();
    app.wait_until("the helper runs", [](const App& a) { return a.dump().at("world").at("helper_lives").get<bool>(); });
    const pid_t helper = app.dump().at("world").at("helper_pid").get<pid_t>();
    ASSERT_GT(helper, 0);
    kill(helper, SIGKILL);
    app.wait_until("the window says that the helper is gone", [](const App& a) { return told(a, "helper"); });
    for (const std::string& id : app.ids("message.")) {
        if (id.ends_with(".remedy")) {
            app.click(id);
            break;
        }
    }
    app.wait_until("there is a new helper", [&](const App& a) {
        const Json& world = a.dump().at("world");
        return world.at("helper_lives").get<bool>() && world.at("helper_pid") != helper;
    });
    const std::uint16_t port = start_server(app, "server 1");
    EXPECT_EQ(exchange(port, "hello again\n", limit_ms), "hello again\n");
}

}  // namespace
}  // namespace synoptic::window
