// The demonstrations that are two clicks away: the menu, and its entry.
#include <netinet/tcp.h>

#include "tests/window/kernel_facts.h"
#include "tests/window/shown_world.h"

namespace synoptic::window {
namespace {

class Demonstrations : public WindowTest {
   protected:
    static bool on_wire(const App& a) { return a.dump().at("world").at("lab").at("lives") == true; }
    /** Connections of this server that its host's kernel has as ESTABLISHED, as the window says. */
    static std::size_t established(const App& a, std::uint16_t port) {
        std::size_t count = 0;
        for (const Json& end : a.dump().at("world").at("tcp_ends")) {
            const std::string local = end.at("local");
            const bool here = local.size() > 5 && local.substr(local.rfind(':') + 1) == std::to_string(port);
            count += here && end.at("observed") == true && end.at("state") == "ESTABLISHED";
        }
        return count;
    }
};

TEST_F(Demonstrations, TheSecondClientWaits) {
    App& app = start();
    app.click("toolbar.demonstrations");
    app.click("demonstration.second_client_waits");
    app.wait_until("client 2 waits in the accept queue with its line sent", [](const App& a) {
        return connections(a, "accepted") == 1 && connections(a, "queued") == 1 && actor_call(a, "client 2") == "recv";
    });
    app.wait_for("stage.queue.client.2");
    const std::uint16_t port = listening_port(app, "server 1");
    app.wait_until("the server's kernel has both connections", [&](const App& a) { return established(a, port) == 2; });
    if (!on_wire(app)) {
        const auto listening = tcp_entries(port, TCP_LISTEN);
        ASSERT_EQ(listening.size(), 1u);
        EXPECT_EQ(listening[0].receive_queue, 1u) << "the kernel's accept queue has one connection";
    }
    EXPECT_FALSE(printed(app, "client 2", "is anybody there?"));

    // Once the first one goes, the second is served what it sent long ago.
    app.right_click("stage.client.1");
    app.click("stage.menu.close");
    app.wait_until("client 2 has its answer", [](const App& a) { return printed(a, "client 2", "is anybody there?"); });
    if (!on_wire(app)) {
        EXPECT_EQ(tcp_entries(port, TCP_LISTEN).at(0).receive_queue, 0u);
    }
    EXPECT_EQ(program(app, "server 1").at("listen_host") != "127.0.0.1", on_wire(app)) << "on the wire, where it can be had";
}

TEST_F(Demonstrations, ForkBesideThreads) {
    App& app = start();
    app.click("toolbar.demonstrations");
    app.click("demonstration.fork_beside_threads");
    app.wait_until("three clients talk with each server", [](const App& a) { return connections(a, "accepted") == 6; });
    const pid_t forking = server_pid(app, "server 1");
    ASSERT_GT(forking, 0) << "the first server forks: it is a process of its own";
    EXPECT_EQ(children_of(forking).size(), 3u);
    EXPECT_TRUE(children_of(app.pid()).size() <= 2) << "the threaded one needs no processes: there are only the helper and the lab";
    for (const char* server : {"server 1", "server 2"})  // both listen in the same network
        EXPECT_EQ(tcp_entries(listening_port(app, server), TCP_ESTABLISHED, forking).size(), 3u) << server;
    app.wait_until("every client has had an echo", [](const App& a) {
        const Json& all = a.dump().at("world").at("connections");
        return std::all_of(all.begin(), all.end(), [](const Json& one) { return one.at("bytes_to_client") > 0; });
    });
}

TEST_F(Demonstrations, TwoSmallSendsBesideTheSameWithoutDelay) {
    App& app = start();
    app.click("toolbar.demonstrations");
    app.click("demonstration.two_small_sends");
    app.wait_until("all was said and answered", [](const App& a) { return told(a, "TCP_NODELAY"); });
    EXPECT_EQ(program(app, "client 1").at("name"), "message_client_two_sends");
    EXPECT_EQ(program(app, "client 2").at("name"), "message_client_nodelay");
    EXPECT_EQ(program(app, "client 1").at("output").size(), 3u);
    EXPECT_TRUE(told(app, "Client 1: the body")) << "it names its own cast";
}

TEST_F(Demonstrations, AClientsProgramCanBeChosen) {
    App& app = start();
    app.click("toolbar.server");
    app.click("toolbar.server.1");
    app.wait_until("messages are chosen", [](const App& a) { return a.widget("toolbar.server").value == "Messages"; });
    start_server(app, "server 1");
    app.click("toolbar.clients");
    app.click("clients.program.message_client_nodelay");
    app.click("toolbar.client");
    app.wait_until("it is accepted", [](const App& a) { return connections(a, "accepted") == 1; });
    EXPECT_EQ(program(app, "client 1").at("name"), "message_client_nodelay");
    say(app, "client 1", "hello");
    app.wait_until("it is answered", [](const App& a) { return !program(a, "client 1").at("output").empty(); });
}

}  // namespace
}  // namespace synoptic::window
