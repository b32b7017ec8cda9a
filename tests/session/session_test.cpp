// Programs in the app and in processes of their own: started, talked to, stopped, killed; what the World says of it, and what is left behind.
#include "core/session/session.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "core/kernel/proc.h"
#include "tests/session/session_fixture.h"

namespace synoptic {
namespace {

struct ServerKind {
    const char* program;
    Place place;
};

class EveryWorkerModel : public SessionTest, public testing::WithParamInterface<ServerKind> {};
INSTANTIATE_TEST_SUITE_P(Models, EveryWorkerModel,
                         testing::Values(ServerKind{"echo_iterative", Place::in_app}, ServerKind{"echo_thread", Place::in_app},
                                         ServerKind{"echo_fork", Place::own_process}, ServerKind{"echo_iterative", Place::own_process},
                                         ServerKind{"echo_thread", Place::own_process}),
                         [](const auto& which) {
                             return std::string(which.param.program) + (which.param.place == Place::in_app ? "_in_app" : "_own_process");
                         });

TEST_P(EveryWorkerModel, ServesAClientAndStops) {
    const std::string port = start_server(GetParam().program, GetParam().place);
    ASSERT_FALSE(port.empty());
    add_clients(port, 1);
    session->submit(Say{id_of("client 1"), "hello there"});
    EXPECT_TRUE(hears("client 1", "hello there"));
    EXPECT_TRUE(eventually([](const World& w) {
        return std::any_of(w.commands.begin(), w.commands.end(),
                           [](const CommandRecord& command) { return command.text == "say \"hello there\" as client 1"; });
    })) << "programs are called what they are called everywhere";
    session->submit(CloseClient{id_of("client 1")});
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "client 1")->state == Program::State::ended; }));
    EXPECT_EQ(by_label(world(), "client 1")->exit_status, 0);
    session->submit(StopServer{id_of("server 1")});
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "server 1")->state == Program::State::ended; }));
    const World w = world();
    EXPECT_EQ(by_label(w, "server 1")->exit_status, 0);
    EXPECT_TRUE(by_label(w, "server 1")->stopped_by_user);
    EXPECT_EQ(zombie_count(w), 0u);
    for (const auto& [id, socket] : w.sockets) EXPECT_EQ(socket.state, Socket::State::closed);
    EXPECT_EQ(live_actor_count(w), 0u);
}

TEST_P(EveryWorkerModel, StopsWithClientsConnected) {
    const std::string port = start_server(GetParam().program, GetParam().place);
    add_clients(port, 3);
    session->submit(StopServer{id_of("server 1")});
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "server 1")->state == Program::State::ended; }));
    EXPECT_EQ(zombie_count(world()), 0u);
}

TEST_F(SessionTest, ClientsOfAForkedServerAreServedByChildrenAtOnce) {
    const std::string port = start_server("echo_fork", Place::own_process);
    add_clients(port, 3);
    for (int i = 1; i <= 3; ++i) {
        const std::string label = "client " + std::to_string(i);
        session->submit(Say{id_of(label), "message of " + label});
        EXPECT_TRUE(hears(label, "message of " + label));
    }
    // Each child holds its connfd alone: the parent has closed it, the child has closed listenfd.
    EXPECT_TRUE(eventually([&](const World& w) {
        int children = 0;
        for (const auto& [id, process] : w.processes) {
            children += process.state == Process::State::runs && !process.is_app && process.parent != ProcessId::none && process.fds.size() == 1;
        }
        return children == 3;
    }));
    const World w = world();
    int accepted = 0;
    for (const auto& [id, connection] : w.connections) {
        accepted += connection.state == Connection::State::accepted;
        EXPECT_NE(connection.client, SocketId::none);
        EXPECT_NE(connection.server, SocketId::none);
        EXPECT_EQ(holders_of(w, connection.server).size(), 1u);
        EXPECT_EQ(workers_of(w, id).size(), 1u);
    }
    EXPECT_EQ(accepted, 3);
    // recv may be told before the send that it answers has returned: equal they are once all have.
    EXPECT_TRUE(eventually([](const World& now) {
        for (const auto& [id, connection] : now.connections) {
            if (connection.bytes_to_client == 0 || connection.bytes_to_client != connection.read_by_client) return false;
            if (connection.bytes_to_server != connection.read_by_server) return false;
        }
        return true;
    }));
}

TEST_F(SessionTest, TheSecondClientOfAnIterativeServerWaits) {
    const std::string port = start_server("echo_iterative");
    add_clients(port, 1);
    add_clients(port, 1);  // after the first: the order of connects is the order of the accept queue
    session->submit(Say{id_of("client 2"), "anybody there?"});
    EXPECT_TRUE(eventually([&](const World& w) {
        const Program* client = by_label(w, "client 2");
        if (!client) return false;
        const Actor* actor = client->actors.empty() ? nullptr : find(w, client->actors.front());
        const Socket* listener = listener_of(w, "server 1");
        return actor && actor->state == Actor::State::blocked && actor->calls.back().kind == EventKind::recv &&
               accept_queue(w, listener->id).size() == 1;
    })) << "connected, it has sent, and it is blocked in recv";
    EXPECT_TRUE(eventually([&](const World& w) {
        const Socket* listener = listener_of(w, "server 1");
        return listener && listener->kernel_queue == 1;
    })) << "the kernel counts it, too";
    session->submit(CloseClient{id_of("client 1")});
    EXPECT_TRUE(hears("client 2", "anybody there?"));
}

TEST_F(SessionTest, TheKernelSaysHowManyMayWait) {
    int somaxconn = 0;
    ASSERT_TRUE(std::ifstream("/proc/sys/net/core/somaxconn") >> somaxconn);
    start_server("echo_iterative", Place::in_app, 2147483647);
    EXPECT_TRUE(eventually([&](const World& w) { return listener_of(w, "server 1")->kernel_backlog == somaxconn; }));
}

TEST_F(SessionTest, PortInUseIsSaidInWordsAndTheAppGoesOn) {
    const int taken = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ASSERT_EQ(bind(taken, reinterpret_cast<sockaddr*>(&address), length), 0);
    ASSERT_EQ(listen(taken, 1), 0);
    getsockname(taken, reinterpret_cast<sockaddr*>(&address), &length);
    session->submit(StartServer{.program = "echo_iterative", .place = Place::in_app, .address = "127.0.0.1", .port = std::to_string(ntohs(address.sin_port))});
    ++servers;
    EXPECT_TRUE(eventually([&](const World& w) {
        const Program* server = by_label(w, "server 1");
        return server && server->state == Program::State::ended;
    }));
    const World w = world();
    EXPECT_EQ(by_label(w, "server 1")->trouble_error, EADDRINUSE);
    EXPECT_NE(by_label(w, "server 1")->trouble.find("ddress already in use"), std::string::npos) << by_label(w, "server 1")->trouble;
    close(taken);
    EXPECT_FALSE(start_server("echo_iterative").empty());
}

TEST_F(SessionTest, CommandsThatMakeNoSenseAreRefusedInWords) {
    bool failed = false;
    EXPECT_NE(outcome(session->submit(StartServer{.program = "no_such", .address = "", .port = "0"}), &failed).find("no_such"), std::string::npos);
    EXPECT_TRUE(failed);
    EXPECT_NE(outcome(session->submit(StartServer{.program = "echo_fork", .address = "", .port = "70000"}), &failed).find("70000"), std::string::npos);
    EXPECT_TRUE(failed);
    outcome(session->submit(StopServer{ProgramId{99}}), &failed);
    EXPECT_TRUE(failed);
    outcome(session->submit(Say{ProgramId{99}, "x"}), &failed);
    EXPECT_TRUE(failed);
    outcome(session->submit(CloseClient{}), &failed);
    EXPECT_TRUE(failed);
    outcome(session->submit(Chatter{ProgramId{99}, 5}), &failed);
    EXPECT_TRUE(failed);
    EXPECT_EQ(outcome(session->submit(Chatter{}), &failed), "0 clients");
    EXPECT_FALSE(failed) << "all of none are silent";
    outcome(session->submit(AddClients{.program = "echo_client", .host = "", .port = ""}), &failed);
    EXPECT_TRUE(failed) << "no port, and nobody to connect to";
    outcome(session->submit(KillProcess{getpid()}), &failed);
    EXPECT_TRUE(failed) << "only processes of the session can be killed";
    outcome(session->submit(Step{}), &failed);
    EXPECT_TRUE(failed);
    outcome(session->submit(Step{ActorId{12345}}), &failed);
    EXPECT_TRUE(failed);
    outcome(session->submit(SetGate{ActorId{12345}, GateMode::step, 0}), &failed);
    EXPECT_TRUE(failed);
    outcome(session->submit(AddClients{.program = "echo_client", .host = "127.0.0.1", .port = "1", .count = 0}), &failed);
    EXPECT_TRUE(failed);
    outcome(session->submit(RestartHelper{}), &failed);
    EXPECT_TRUE(failed) << "it runs";
}

TEST_F(SessionTest, AClientToAPortWhereNobodyListensIsRefused) {
    // A port that was free a moment ago, on an address of this machine.
    const int probe = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ASSERT_EQ(bind(probe, reinterpret_cast<sockaddr*>(&address), length), 0);
    getsockname(probe, reinterpret_cast<sockaddr*>(&address), &length);
    session->submit(AddClients{.program = "echo_client", .host = "127.0.0.1", .port = std::to_string(ntohs(address.sin_port))});
    EXPECT_TRUE(eventually([&](const World& w) {
        const Program* client = by_label(w, "client 1");
        return client && client->state == Program::State::ended;
    }));
    const World w = world();
    EXPECT_EQ(by_label(w, "client 1")->trouble_error, ECONNREFUSED);
    EXPECT_FALSE(by_label(w, "client 1")->trouble.empty());
    close(probe);
}

TEST_F(SessionTest, AKilledServersWorkersLiveOnUntilTheSessionEnds) {
    const std::string port = start_server("echo_fork", Place::own_process);
    add_clients(port, 2);
    pid_t parent = 0;
    std::vector<pid_t> children;
    ASSERT_TRUE(eventually([&](const World& w) {
        children.clear();
        for (const auto& [id, process] : w.processes) {
            if (process.is_app || process.state != Process::State::runs) continue;
            if (process.parent == ProcessId::none) parent = process.pid;
            else children.push_back(process.pid);
        }
        return parent != 0 && children.size() == 2;
    }));
    session->submit(KillProcess{parent});
    ASSERT_TRUE(eventually([&](const World& w) {
        for (const auto& [id, process] : w.processes) {
            if (process.pid == parent) return process.state == Process::State::reaped;
        }
        return false;
    }));
    for (const pid_t child : children) EXPECT_EQ(kill(child, 0), 0) << "lives on";
    session->submit(Say{id_of("client 1"), "still there?"});
    EXPECT_TRUE(hears("client 1", "still there?"));
    session.reset();
    for (const pid_t child : children) EXPECT_EQ(kill(child, 0), -1) << "nothing is left behind";
}

TEST_F(SessionTest, AKilledChildIsReapedByItsParent) {
    const std::string port = start_server("echo_fork", Place::own_process);
    add_clients(port, 1);
    pid_t child = 0;
    ASSERT_TRUE(eventually([&](const World& w) {
        for (const auto& [id, process] : w.processes) {
            if (!process.is_app && process.parent != ProcessId::none) child = process.pid;
        }
        return child != 0;
    }));
    session->submit(KillProcess{child});
    EXPECT_TRUE(eventually([&](const World& w) {
        for (const auto& [id, process] : w.processes) {
            if (process.pid == child) return process.state == Process::State::reaped && WIFSIGNALED(process.wait_status);
        }
        return false;
    })) << "waitpid in the server's SIGCHLD handler told its status";
    add_clients(port, 1);
    EXPECT_EQ(by_label(world(), "server 1")->state, Program::State::runs);
}

TEST_F(SessionTest, AChildThatNobodyWaitsForIsAZombie) {
    const std::string port = start_server("echo_fork_no_wait", Place::own_process);
    add_clients(port, 1);
    session->submit(CloseClient{id_of("client 1")});
    EXPECT_TRUE(eventually([&](const World& w) { return zombie_count(w) == 1; }));
    pid_t zombie = 0;
    for (const World w = world(); const auto& [id, process] : w.processes) {
        if (process.state == Process::State::zombie) zombie = process.pid;
    }
    EXPECT_TRUE(kernel_says([&] { return process_state(zombie) == 'Z'; }));
    bool refused = true;
    EXPECT_NE(outcome(session->submit(KillProcess{zombie}), &refused).find("is a zombie"), std::string::npos);
    EXPECT_FALSE(refused) << "kill(2) succeeds";
    EXPECT_EQ(zombie_count(world()), 1u);
    session->submit(StopServer{id_of("server 1")});
    EXPECT_TRUE(eventually([&](const World& w) { return zombie_count(w) == 0; }));
}

TEST_F(SessionTest, TheHelperKilledIsSaidAndCanBeRestarted) {
    const std::string port = start_server("echo_fork", Place::own_process);
    add_clients(port, 1);
    const pid_t first = session->helper_pid();
    kill(first, SIGKILL);
    EXPECT_TRUE(eventually([&](const World& w) { return !w.helper_lives && !w.helper_trouble.empty(); }));
    session->submit(Say{id_of("client 1"), "the server goes on"});
    EXPECT_TRUE(hears("client 1", "the server goes on"));
    bool failed = false;
    const std::string refused = outcome(session->submit(StartServer{.program = "echo_fork", .address = "127.0.0.1", .port = "0"}), &failed);
    ++servers;
    EXPECT_TRUE(failed);
    EXPECT_NE(refused.find("helper"), std::string::npos);
    session->submit(RestartHelper{});
    EXPECT_TRUE(eventually([&](const World& w) { return w.helper_lives && w.helper_pid != first; }));
    EXPECT_FALSE(start_server("echo_fork", Place::own_process).empty());
    session->submit(StopServer{id_of("server 1")});
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "server 1")->state == Program::State::ended; }));
}

TEST_F(SessionTest, TheHelperMapsNoLibraryOfTheWindow) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitized code is compiled by the folder, and so linked";
#endif
    // What a fork costs is what is mapped.
    std::string seen;
    EXPECT_TRUE(kernel_says([&] {  // the kernel is still loading it
        std::ifstream maps("/proc/" + std::to_string(session->helper_pid()) + "/maps");
        seen.clear();
        for (std::string line; std::getline(maps, line);) seen += line + "\n";
        return seen.find("synoptic-helper") != std::string::npos && seen.find("libc.so") != std::string::npos;
    })) << seen;
    for (const char* library : {"libGL", "libX11", "libglfw", "libfreetype", "libfmt", "libmnl"}) {
        EXPECT_EQ(seen.find(library), std::string::npos) << seen;
    }
}

TEST(SessionWithoutHelper, SaysWhatIsMissingAndRunsServersInsideTheApp) {
    SessionSetup setup;
    setup.helper = "/nonexistent/synoptic-helper";
    Result<std::unique_ptr<Session>> session = Session::start(std::move(setup));
    ASSERT_TRUE(session) << session.error().text();
    World seen;
    const auto eventually = [&](const std::function<bool(const World&)>& condition) {
        return (*session)->wait_for([&](const World& w) { seen = w; return condition(w); }, patience_ms);
    };
    EXPECT_TRUE(eventually([](const World& w) { return !w.helper_trouble.empty(); }));
    EXPECT_NE(seen.helper_trouble.find("/nonexistent/synoptic-helper"), std::string::npos) << seen.helper_trouble;
    EXPECT_FALSE(seen.helper_lives);
    (*session)->submit(StartServer{.program = "echo_thread", .address = "127.0.0.1", .port = "0"});
    EXPECT_TRUE(eventually([](const World& w) { return !w.listening.empty(); }));
    const std::uint64_t forked = (*session)->submit(StartServer{.program = "echo_fork", .address = "127.0.0.1", .port = "0"});
    EXPECT_TRUE(eventually([&](const World& w) {
        for (const CommandRecord& command : w.commands) {
            if (command.number == forked) return command.failed && command.outcome.find("helper") != std::string::npos;
        }
        return false;
    }));
}

TEST_F(SessionTest, ChatterGoesOnUntilItIsStopped) {
    const std::string port = start_server("echo_thread");
    add_clients(port, 3);
    session->submit(Chatter{ProgramId::none, 5});
    for (int i = 1; i <= 3; ++i) EXPECT_TRUE(hears("client " + std::to_string(i), "hello 5 from client " + std::to_string(i)));
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "client 1")->chatter_ms == 5; }));
    bool failed = true;
    outcome(session->submit(Chatter{ProgramId::none, 0}), &failed);
    EXPECT_FALSE(failed);
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "client 1")->chatter_ms == 0; }));
}

TEST_F(SessionTest, AClientInAProcessOfItsOwnTalksAndIsKilled) {
    const std::string port = start_server("echo_thread", Place::own_process);
    add_clients(port, 1, Place::own_process);
    session->submit(Say{id_of("client 1"), "from my own process"});
    EXPECT_TRUE(hears("client 1", "from my own process"));
    pid_t pid = 0;
    for (const World w = world(); const auto& [id, process] : w.processes) {
        if (process.program == id_of("client 1")) pid = process.pid;
    }
    ASSERT_NE(pid, 0);
    // The textbook's numbers: 0, 1 and 2 are taken, the first socket is 3.
    for (const World w = world(); const auto& [id, process] : w.processes) {
        if (process.pid != pid) continue;
        EXPECT_TRUE(process.fds.contains(3));
    }
    session->submit(KillProcess{pid});
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "client 1")->state == Program::State::ended; }));
    EXPECT_EQ(by_label(world(), "client 1")->exit_status, 128 + SIGKILL);
}

TEST_F(SessionTest, NoDescriptorsLeftAtAcceptIsSaidAndTheServerGoesOn) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "UndefinedBehaviorSanitizer looks at memory through a pipe, and there is no descriptor left for one";
#endif
    session->submit(StartServer{.program = "echo_thread", .place = Place::own_process, .address = "127.0.0.1", .port = "0", .backlog = 8, .descriptor_limit = 6});
    ++servers;
    std::string port;
    ASSERT_TRUE(eventually([&](const World& w) {
        const Socket* listener = listener_of(w, "server 1");
        if (listener) port = std::to_string(listener->local.port());
        return listener != nullptr;
    }));
    add_clients(port, 5);  // descriptors 3, 4 and 5: the listener and two clients fit
    EXPECT_TRUE(eventually([&](const World& w) {
        const Socket* listener = listener_of(w, "server 1");
        return listener && listener->last_error == EMFILE;
    }));
    session->submit(CloseClient{});
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "client 5")->state == Program::State::ended; }));
    add_clients(port, 1);
    session->submit(Say{id_of("client 6"), "room again"});
    EXPECT_TRUE(hears("client 6", "room again"));
}

// Ends by itself when every client has left: connections one after another leave nothing behind. The long version is a command of its own.
TEST_F(SessionTest, ManyConnectionsLeaveNothingBehind) {
    for (const auto& [program, place] : {std::pair{"echo_fork", Place::own_process}, std::pair{"echo_thread", Place::in_app}}) {
        const std::string port = start_server(program, place);
        const auto exchange = [&port](int times) {
            for (int i = 0; i < times; ++i) {
                const int fd = socket(AF_INET, SOCK_STREAM, 0);
                sockaddr_in address{};
                address.sin_family = AF_INET;
                address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
                address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
                ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0) << i;
                char byte = 'x';
                ASSERT_EQ(send(fd, &byte, 1, MSG_NOSIGNAL), 1);
                ASSERT_EQ(recv(fd, &byte, 1, 0), 1);
                close(fd);
            }
        };
        exchange(20);  // what the session opens once and keeps is open now
        const int descriptors = open_descriptor_count();
        const char* wanted = std::getenv("SYNOPTIC_CONNECTIONS");
        exchange(wanted ? std::atoi(wanted) : 300);
        EXPECT_TRUE(eventually([&](const World& w) {
            const Program* server = by_label(w, "server " + std::to_string(servers));
            return server->actors.size() == 1 && zombie_count(w) == 0;
        })) << program;
        EXPECT_TRUE(kernel_says([&] { return open_descriptor_count() <= descriptors; })) << program << ": " << open_descriptor_count();
        const World w = world();
        EXPECT_LE(w.sockets.size(), 2 * ended_kept) << "the World forgets what ended long ago";
        EXPECT_EQ(w.lost_events, 0u);
    }
}


TEST_F(SessionTest, ProgramsAreCalledAsTheirStarterWants) {
    session->submit(StartServer{.program = "echo_thread", .address = "127.0.0.1", .port = "0", .label = "shop"});
    ASSERT_TRUE(eventually([](const World& w) {
        const Program* shop = by_label(w, "shop");
        return shop && find(w, shop->listener) && find(w, shop->listener)->state == Socket::State::listening;
    }));
    const World begun = world();
    const std::string port = std::to_string(find(begun, by_label(begun, "shop")->listener)->local.port());
    session->submit(AddClients{.host = "127.0.0.1", .port = port, .label = "Ann"});
    session->submit(AddClients{.host = "127.0.0.1", .port = port, .count = 2, .label = "C"});
    session->submit(AddClients{.host = "127.0.0.1", .port = port});
    ASSERT_TRUE(eventually([](const World& w) { return by_label(w, "Ann") && by_label(w, "C1") && by_label(w, "C2") && by_label(w, "client 1"); }))
        << "others are counted as if these were not there";
    session->submit(CloseClient{id_of("Ann")});
    ASSERT_TRUE(eventually([](const World& w) { return by_label(w, "Ann")->state == Program::State::ended; }));
    session->submit(CloseClient{id_of("Ann")});
    ASSERT_TRUE(eventually([](const World& w) { return w.commands.back().failed; }));
    EXPECT_EQ(world().commands.back().text, "close Ann");
    EXPECT_EQ(world().commands.back().outcome, "Ann has ended already");
}

TEST_F(SessionTest, ANameThatIsNoWordOnACardIsRefused) {
    const auto refused = [this](const Command& command) {
        const std::uint64_t number = session->submit(command);
        EXPECT_TRUE(eventually([number](const World& w) { return !w.commands.empty() && w.commands.back().number == number && w.commands.back().done; }));
        return world().commands.back().failed ? world().commands.back().outcome : "it was done";
    };
    const std::string longest(most_label_bytes, 'x');
    for (const std::string& name : {longest + "x", std::string("two\nlines"), std::string("a\0b", 3)}) {
        EXPECT_NE(refused(StartServer{.program = "echo_thread", .address = "127.0.0.1", .port = "0", .label = name}).find("at most 40 bytes"), std::string::npos);
        EXPECT_NE(refused(AddClients{.host = "127.0.0.1", .port = "1", .label = name}).find("at most 40 bytes"), std::string::npos);
    }
    EXPECT_NE(refused(AddClients{.host = "127.0.0.1", .port = "1", .count = 2, .label = longest}).find("at most 40 bytes"), std::string::npos)
        << "their numbers count";
    EXPECT_EQ(refused(AddClients{.host = "127.0.0.1", .port = "1", .label = longest}), "it was done");
}

}  // namespace
}  // namespace synoptic
