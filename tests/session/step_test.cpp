// Pause, step and pace, through the session.
#include "tests/session/session_fixture.h"

namespace synoptic {
namespace {

class StepTest : public SessionTest {
   protected:
    static const Actor* actor_of(const World& w, const std::string& label) {
        const Program* program = by_label(w, label);
        return program && !program->actors.empty() ? find(w, program->actors.front()) : nullptr;
    }
    /** Steps one actor and waits until all is quiet. */
    void step(ActorId actor) {
        const EventIndex before = world().last_step_done;
        bool failed = false;
        const std::string said = outcome(session->submit(Step{actor}), &failed);
        ASSERT_FALSE(failed) << said;
        ASSERT_TRUE(eventually([&](const World& w) { return w.last_step_done != before && w.last_step_done != no_event; }));
        EXPECT_FALSE(world().step_still_running);
    }
};

TEST_F(StepTest, PauseStopsEverybodyAtTheirNextCallAndRunLetsThemGo) {
    const std::string port = start_server("echo_thread");
    add_clients(port, 2);
    session->submit(Chatter{ProgramId::none, 5});
    EXPECT_TRUE(hears("client 1", "hello 2"));
    session->submit(SetGate{ActorId::none, GateMode::step, 0});
    ASSERT_TRUE(eventually([&](const World& w) {
        for (const auto& [id, actor] : w.actors) {
            const bool still = actor.state == Actor::State::arrives || actor.state == Actor::State::rests || actor.state == Actor::State::blocked;
            if (actor.state != Actor::State::ended && !still) return false;
        }
        return live_actor_count(w) == 5;
    })) << "each stands at a gate, or is blocked in a call that it had entered";
    session->submit(SetGate{ActorId::none, GateMode::run, 0});
    EXPECT_TRUE(hears("client 1", "hello 20"));
    session->submit(Chatter{ProgramId::none, 0});
}

TEST_F(StepTest, OneStepIsOneMoveOfTheChosenActor) {
    const std::string port = start_server("echo_iterative");
    session->submit(SetGate{ActorId::none, GateMode::step, 0});
    session->submit(AddClients{.program = "echo_client", .host = "127.0.0.1", .port = port});
    ASSERT_TRUE(eventually([&](const World& w) {
        const Actor* client = actor_of(w, "client 1");
        return client && client->state == Actor::State::arrives;
    }));
    const ActorId client = actor_of(world(), "client 1")->id;
    // Every two moves are one call: through the gate before it, and through the gate after it.
    for (int move = 0; move < 6; ++move) {
        const World before = world();
        const std::uint64_t calls = find(before, client)->calls_made;
        const bool arrives = find(before, client)->state == Actor::State::arrives;
        step(client);
        const World after = world();
        EXPECT_EQ(find(after, client)->calls_made, calls + (arrives ? 1 : 0));
        EXPECT_EQ(find(after, client)->state, arrives ? Actor::State::rests : Actor::State::arrives);
    }
    session->submit(SetGate{ActorId::none, GateMode::run, 0});
}

TEST_F(StepTest, AStepIsDoneThoughOthersRunFreely) {
    const std::string port = start_server("echo_thread");
    add_clients(port, 4);
    const ActorId first = actor_of(world(), "client 1")->id;
    for (int i = 2; i <= 4; ++i) session->submit(Chatter{id_of("client " + std::to_string(i)), 1});
    session->submit(SetGate{first, GateMode::step, 0});
    session->submit(Say{id_of("client 1"), "one step"});
    ASSERT_TRUE(eventually([&](const World& w) { return find(w, first)->state == Actor::State::rests; }));
    EXPECT_TRUE(hears("client 2", "hello 5"));
    step(first);
    EXPECT_EQ(find(world(), first)->state, Actor::State::arrives);
}

TEST_F(StepTest, ASlowActorIsSteppedToo) {
    session->submit(SetGate{ActorId::none, GateMode::slow, 3'600'000});
    session->submit(StartServer{.program = "echo_iterative", .place = Place::in_app, .address = "127.0.0.1", .port = "0"});
    ++servers;
    ASSERT_TRUE(eventually([&](const World& w) { return actor_of(w, "server 1") != nullptr && actor_of(w, "server 1")->state == Actor::State::rests; }));
    step(actor_of(world(), "server 1")->id);
    EXPECT_TRUE(eventually([&](const World& w) { return actor_of(w, "server 1")->state == Actor::State::arrives; }));
}

TEST_F(StepTest, WithoutAChosenActorTheOneThatWaitedLongestMoves) {
    const std::string port = start_server("echo_thread");
    session->submit(SetGate{ActorId::none, GateMode::step, 0});
    for (int i = 1; i <= 2; ++i) {
        session->submit(AddClients{.program = "echo_client", .host = "127.0.0.1", .port = port});
        ASSERT_TRUE(eventually([&](const World& w) {
            const Actor* client = actor_of(w, "client " + std::to_string(i));
            return client && client->state == Actor::State::arrives;
        }));
    }
    step(ActorId::none);
    World w = world();
    EXPECT_EQ(actor_of(w, "client 1")->state, Actor::State::rests);
    EXPECT_EQ(actor_of(w, "client 2")->state, Actor::State::arrives);
    step(ActorId::none);
    w = world();
    EXPECT_EQ(actor_of(w, "client 2")->state, Actor::State::rests);
    session->submit(SetGate{ActorId::none, GateMode::run, 0});
}

TEST_F(StepTest, AStepIntoACallThatBlocksIsDone) {
    session->submit(SetGate{ActorId::none, GateMode::step, 0});
    session->submit(StartServer{.program = "echo_iterative", .place = Place::in_app, .address = "127.0.0.1", .port = "0"});
    ++servers;
    ASSERT_TRUE(eventually([&](const World& w) { return actor_of(w, "server 1") != nullptr && actor_of(w, "server 1")->state == Actor::State::arrives; }));
    const ActorId server = actor_of(world(), "server 1")->id;
    for (int moves = 0; moves < 40 && find(world(), server)->state != Actor::State::blocked; ++moves) {
        step(server);
        const World w = world();
        const Actor& actor = *find(w, server);
        if (!actor.calls.empty() && actor.calls.back().kind == EventKind::accept && actor.calls.back().entered) {
            ASSERT_TRUE(eventually([&](const World& v) { return find(v, server)->state == Actor::State::blocked; }));
        }
    }
    EXPECT_EQ(find(world(), server)->calls.back().kind, EventKind::accept);
    bool failed = false;
    outcome(session->submit(Step{server}), &failed);
    EXPECT_TRUE(failed) << "who is blocked has no move to make";
    // A server that stands at its gates, or is blocked, is stopped all the same.
    session->submit(StopServer{id_of("server 1")});
    EXPECT_TRUE(eventually([&](const World& w) { return by_label(w, "server 1")->state == Program::State::ended; }));
}

TEST_F(StepTest, AForkedServerIsSteppedInItsOwnProcess) {
    session->submit(SetGate{ActorId::none, GateMode::step, 0});
    session->submit(StartServer{.program = "echo_fork", .address = "127.0.0.1", .port = "0"});
    ++servers;
    ASSERT_TRUE(eventually([&](const World& w) { return actor_of(w, "server 1") != nullptr && actor_of(w, "server 1")->state == Actor::State::arrives; }));
    const ActorId server = actor_of(world(), "server 1")->id;
    for (int i = 0; i < 4; ++i) step(server);
    EXPECT_EQ(find(world(), server)->calls_made, 2u);
    session->submit(SetGate{server, GateMode::run, 0});
    EXPECT_TRUE(eventually([&](const World& w) { return listener_of(w, "server 1") != nullptr; }));
}

TEST_F(StepTest, AServerThatAChildsEndInterruptsAtItsGateIsSteppedOn) {
    const std::string port = start_server("echo_fork", Place::own_process);
    const ActorId server = actor_of(world(), "server 1")->id;
    session->submit(SetGate{server, GateMode::step, 0});
    add_clients(port, 1);
    const auto stands_before = [server](const World& w, EventKind kind) {
        const Actor& actor = *find(w, server);
        return actor.state == Actor::State::arrives && actor.calls.back().kind == kind;
    };
    ASSERT_TRUE(eventually([&](const World& w) { return find(w, server)->state == Actor::State::rests; })) << "behind accept";
    for (int moves = 0; moves < 40 && !stands_before(world(), EventKind::accept); ++moves) step(server);
    ASSERT_TRUE(stands_before(world(), EventKind::accept));
    session->submit(CloseClient{});
    ASSERT_TRUE(eventually([&](const World& w) { return stands_before(w, EventKind::waitpid); })) << "in the handler of SIGCHLD";
    EXPECT_EQ(find(world(), server)->calls.front().kind, EventKind::accept);
    for (int moves = 0; moves < 40 && !stands_before(world(), EventKind::accept); ++moves) step(server);
    ASSERT_TRUE(stands_before(world(), EventKind::accept)) << "where it was";
    step(server);
    EXPECT_TRUE(eventually([&](const World& w) {
        return find(w, server)->state == Actor::State::blocked && find(w, server)->calls.back().kind == EventKind::accept;
    }));
    EXPECT_EQ(find(world(), server)->calls.size(), 1u);
}

TEST_F(StepTest, SlowActorsTakeTheirTimeAndSpeedUpAtOnce) {
    session->submit(SetGate{ActorId::none, GateMode::slow, 3'600'000});
    session->submit(StartServer{.program = "echo_iterative", .place = Place::in_app, .address = "127.0.0.1", .port = "0"});
    ++servers;
    ASSERT_TRUE(eventually([&](const World& w) { return actor_of(w, "server 1") != nullptr && actor_of(w, "server 1")->state == Actor::State::rests; }));
    session->submit(SetGate{ActorId::none, GateMode::slow, 1});
    EXPECT_TRUE(eventually([&](const World& w) { return listener_of(w, "server 1") != nullptr; }));
}

}  // namespace
}  // namespace synoptic
