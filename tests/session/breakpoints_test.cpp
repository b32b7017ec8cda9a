// Breakpoints, through the session: who comes to a line waits before its call, in whatever process or thread it is; all others run on.
#include <algorithm>

#include "core/session/call_lines.h"
#include "core/programs/registry.h"
#include "tests/session/session_fixture.h"

namespace synoptic {
namespace {

constexpr const char* echo_file = "core/programs/echo.cpp";

/** The first line of a source that holds this text; 0 if none does. */
int line_with(std::string_view file, std::string_view text) {
    const std::string_view source = source_text(file);
    const std::size_t at = source.find(text);
    return at == std::string_view::npos
               ? 0
               : 1 + static_cast<int>(std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

class BreakpointsTest : public SessionTest {
   protected:
    std::string set(const std::string& file, int line, bool on = true, bool* failed = nullptr) {
        bool ignored = false;
        return outcome(session->submit(SetBreakpoint{file, line, on}), failed ? failed : &ignored);
    }
    /** Who stands at a breakpoint now. */
    static std::vector<const Actor*> stopped(const World& w) {
        std::vector<const Actor*> those;
        for (const auto& [id, actor] : w.actors) {
            if (actor.at_breakpoint) those.push_back(&actor);
        }
        return those;
    }
    void run_all() { session->submit(SetGate{ActorId::none, GateMode::run, 0}); }
};

TEST_F(BreakpointsTest, AForkedChildStopsBeforeItsCallAndAllOthersRunOn) {
    const std::string port = start_server("echo_fork");
    add_clients(port, 2);
    const int line = line_with(echo_file, "os.recv(");
    ASSERT_TRUE(eventually([&](const World& w) {  // both children wait in recv: they have passed the line
        return std::count_if(w.actors.begin(), w.actors.end(), [](const auto& each) {
                   return each.second.state == Actor::State::blocked && each.second.calls.back().kind == EventKind::recv &&
                          each.second.name == "child";
               }) == 2;
    }));
    set(echo_file, line);
    EXPECT_EQ(world().breakpoints.count({echo_file, line}), 1u);
    session->submit(Say{id_of("client 1"), "stops its child"});
    ASSERT_TRUE(eventually([](const World& w) { return stopped(w).size() == 1; })) << "echoed, and now about to receive again";
    const World w = world();
    const Actor& child = *stopped(w).front();
    EXPECT_EQ(child.state, Actor::State::arrives);
    EXPECT_EQ(child.calls.back().kind, EventKind::recv);
    EXPECT_EQ(child.line, line);
    EXPECT_EQ(session->history().file(child.file), echo_file);
    EXPECT_EQ(child.gate, GateMode::step);
    EXPECT_TRUE(child.broke);
    EXPECT_EQ(w.gate, GateMode::run);
    EXPECT_NE(find(w, child.process)->pid, getpid()) << "in a process of its own";
    // The other child is not stopped before it has been round once more, and a new client is served as far as its own first recv.
    session->submit(Say{id_of("client 2"), "runs on"});
    EXPECT_TRUE(hears("client 2", "runs on"));
    run_all();
    ASSERT_TRUE(eventually([&](const World& v) { return stopped(v).empty(); }));
    set(echo_file, line, false);
    run_all();
    session->submit(Say{id_of("client 1"), "free again"});
    EXPECT_TRUE(hears("client 1", "free again"));
    EXPECT_TRUE(world().breakpoints.empty());
}

TEST_F(BreakpointsTest, AThreadStopsAndAStepIsOneMoveOfIt) {
    const std::string port = start_server("echo_thread");
    const int line = line_with(echo_file, "os.recv(");
    set(echo_file, line);
    session->submit(AddClients{.program = "echo_client", .host = "127.0.0.1", .port = port, .count = 3});
    ASSERT_TRUE(eventually([](const World& w) { return stopped(w).size() == 3; })) << "each of three threads, in its own gate";
    const ActorId first = stopped(world()).front()->id;
    bool failed = false;
    outcome(session->submit(Step{first}), &failed);
    EXPECT_FALSE(failed);
    ASSERT_TRUE(eventually([&](const World& w) { return find(w, first)->state == Actor::State::blocked; }))
        << "it is in recv now, which waits";
    EXPECT_EQ(stopped(world()).size(), 2u);
    EXPECT_TRUE(find(world(), first)->broke) << "its gate is closed until it is set";
    outcome(session->submit(Step{}), &failed);
    EXPECT_FALSE(failed) << "without a choice: who has stood longest";
    ASSERT_TRUE(eventually([&](const World& w) { return stopped(w).size() == 1; }));
    session->submit(SetGate{stopped(world()).front()->id, GateMode::run, 0});
    EXPECT_TRUE(eventually([&](const World& w) { return stopped(w).empty(); })) << "one alone can be let go, too";
    set(echo_file, line, false);
    run_all();
}

TEST_F(BreakpointsTest, WhoIsLetGoRunsToTheNextHit) {
    const std::string port = start_server("echo_thread");
    add_clients(port, 1);
    const int line = line_with(echo_file, "os.printf(");
    set(echo_file, line);
    for (std::uint64_t round = 1; round <= 3; ++round) {
        session->submit(Say{id_of("client 1"), "round " + std::to_string(round)});
        ASSERT_TRUE(eventually([&](const World& w) { return w.breakpoint_hits == round && stopped(w).size() == 1; }));
        EXPECT_EQ(world().last_broke, stopped(world()).front()->id);
        run_all();
        EXPECT_TRUE(hears("client 1", "round " + std::to_string(round)));
    }
}

TEST_F(BreakpointsTest, ASlowActorAndOneThatBeginsLaterStopToo) {
    session->submit(SetGate{ActorId::none, GateMode::slow, 1});
    set("core/programs/echo_iterative.cpp", line_with("core/programs/echo_iterative.cpp", "os.accept("));
    session->submit(StartServer{.program = "echo_iterative", .place = Place::in_app, .address = "127.0.0.1", .port = "0"});
    ++servers;
    ASSERT_TRUE(eventually([](const World& w) { return stopped(w).size() == 1; }));
    EXPECT_EQ(stopped(world()).front()->calls.back().kind, EventKind::accept);
    // A server that stands at a breakpoint ends when it is asked to, and meets no further one on its way.
    set("core/programs/echo_iterative.cpp", line_with("core/programs/echo_iterative.cpp", "os.close(listenfd)"));
    session->submit(StopServer{id_of("server 1")});
    EXPECT_TRUE(eventually([](const World& w) { return by_label(w, "server 1")->state == Program::State::ended; }));
}

TEST_F(BreakpointsTest, TheHistoryTellsOfThem) {
    const int line = line_with(echo_file, "os.recv(");
    EXPECT_EQ(set(echo_file, line), std::string(echo_file) + ":" + std::to_string(line) + " has a breakpoint");
    const World before = world();
    EXPECT_EQ(before.commands.back().text, std::string("set a breakpoint at ") + echo_file + ":" + std::to_string(line));
    set(echo_file, line, false);
    EXPECT_TRUE(world().breakpoints.empty());
    EXPECT_EQ(session->history().at(before.events).breakpoints.size(), 1u) << "in the past it is still there";
}

TEST_F(BreakpointsTest, WhereNobodyCouldStopThereIsNone) {
    bool failed = false;
    EXPECT_NE(set("core/programs/nothing.cpp", 3, true, &failed).find("there is no source file \"core/programs/nothing.cpp\""),
              std::string::npos);
    EXPECT_TRUE(failed);
    EXPECT_NE(set(echo_file, 4000, true, &failed).find("there is no line 4000"), std::string::npos);
    EXPECT_TRUE(failed);
    EXPECT_NE(set(echo_file, 0, true, &failed).find("there is no line 0"), std::string::npos);
    EXPECT_TRUE(failed);
    const std::string said = set(echo_file, 1, true, &failed);
    EXPECT_NE(said.find("core/programs/echo.cpp:1 makes no call"), std::string::npos) << said;
    EXPECT_NE(said.find("the next line that does is " + std::to_string(line_with(echo_file, "os.recv("))), std::string::npos) << said;
    EXPECT_TRUE(failed);
    const std::string_view source = source_text(echo_file);
    EXPECT_NE(set(echo_file, static_cast<int>(std::count(source.begin(), source.end(), '\n')), true, &failed).find("no line below it does"),
              std::string::npos);
    EXPECT_TRUE(failed);
    EXPECT_TRUE(world().breakpoints.empty());
}

TEST_F(BreakpointsTest, OneTooManyIsRefused) {
    bool failed = false;
    std::uint32_t set_so_far = 0;
    for (const ProgramInfo& info : all_programs()) {
        for (const int line : call_lines(source_text(info.file))) {
            const std::string said = set(info.file, line, true, &failed);
            if (!failed) {
                ++set_so_far;
                continue;
            }
            EXPECT_NE(said.find("clear one first"), std::string::npos) << said;
            EXPECT_EQ(set_so_far, most_breakpoints);
            EXPECT_EQ(world().breakpoints.size(), most_breakpoints);
            return;
        }
    }
    FAIL() << "there are more calls than breakpoints";
}

TEST_F(BreakpointsTest, EveryCallComesFromALineThatCanHaveOne) {
    for (const char* program : {"echo_fork", "echo_thread", "echo_iterative"}) {
        const std::string port = start_server(program);
        add_clients(port, 1);
        const std::string client = "client " + std::to_string(clients);
        session->submit(Say{id_of(client), "hi"});
        EXPECT_TRUE(hears(client, "hi"));
    }
    session->submit(CloseClient{});
    EXPECT_TRUE(
        eventually([&](const World& w) { return by_label(w, "client " + std::to_string(clients))->state == Program::State::ended; }));
    const History& history = session->history();
    for (EventIndex index = 0; index < history.size(); ++index) {
        const Event event = history.event(index);
        if (event.phase != Phase::enter) continue;
        const std::vector<int> lines = call_lines(source_text(history.file(event.file)));
        EXPECT_TRUE(std::binary_search(lines.begin(), lines.end(), int{event.line}))
            << history.file(event.file) << ":" << event.line << " " << kind_info(event.kind).name;
    }
}

}  // namespace
}  // namespace synoptic
