// The wire through the session: real servers and clients in the lab's two hosts, and what a World says of them.
#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/session/wire_fixture.h"

namespace synoptic {
namespace {

struct Model {
    const char* program;
    Place place;
};
class WireModels : public WireTest, public testing::WithParamInterface<Model> {};

TEST_P(WireModels, ClientsAreServedOverTheWire) {
    if (GetParam().place == Place::own_process) SYNOPTIC_NEEDS_JOINING();
    serve(GetParam().program, GetParam().place);
    join(1, GetParam().place);
    ASSERT_TRUE(is_connected("client 1"));
    join(1, Place::in_app, "fd77::2");
    session->submit(Chatter{ProgramId::none, 5});
    EXPECT_TRUE(hears("client 1", "hello 2 from client 1"));
    if (std::string(GetParam().program) != "echo_iterative") {
        EXPECT_TRUE(hears("client 2", "hello 2 from client 2"));
    }
    const World w = world();
    ASSERT_GE(w.flows.size(), 1u);
    const WireFlow& flow = w.flows.begin()->second;
    EXPECT_EQ(flow.client.host(), "10.77.0.1");
    EXPECT_EQ(flow.server.text(), "10.77.0.2:6666");
    EXPECT_EQ(w.lab.dropped[0] + w.lab.dropped[1], 0u);
    const Connection* connection = connection_of(w, flow);
    ASSERT_NE(connection, nullptr);
    const auto [client, server] = tcp_ends_of(w, *connection);
    ASSERT_TRUE(client && server);
    EXPECT_EQ(client->state, TcpState::established);
    EXPECT_EQ(client->socket, connection->client);
    EXPECT_EQ(server->state, TcpState::established);
}

INSTANTIATE_TEST_SUITE_P(All, WireModels,
                         testing::Values(Model{"echo_iterative", Place::in_app}, Model{"echo_iterative", Place::own_process},
                                         Model{"echo_thread", Place::in_app}, Model{"echo_thread", Place::own_process},
                                         Model{"echo_fork", Place::own_process}),
                         [](const auto& model) {
                             return std::string(model.param.program) + (model.param.place == Place::in_app ? "_in_app" : "_own_process");
                         });

TEST_F(WireTest, ConnectReturnsWhenTheSynAckIsDeliveredAndBeforeAcceptRuns) {
    serve("echo_iterative");
    const ActorId server = world().programs.begin()->second.actors.front();
    EXPECT_TRUE(eventually([&](const World& w) { return find(w, server)->state == Actor::State::blocked; })) << "accept waits";
    session->submit(SetGate{server, GateMode::step, 0});
    set_rules(Rules::hold_everything());
    join();
    const WireId syn = await_segment("SYN");
    EXPECT_TRUE(end_is(TcpHost::client, TcpState::syn_sent));
    EXPECT_EQ(socket_of(world(), "client 1")->state, Socket::State::connecting);
    deliver(syn);
    const WireId syn_ack = await_segment("SYN+ACK");
    EXPECT_TRUE(end_is(TcpHost::server, TcpState::syn_rcvd));
    EXPECT_TRUE(eventually([&](const World& w) { return listener_of(w, "server 1")->syn_queue == 1; }));
    deliver(syn_ack);
    EXPECT_TRUE(is_connected("client 1"));
    EXPECT_TRUE(end_is(TcpHost::client, TcpState::established));
    const WireId ack = await_segment("ACK");
    EXPECT_TRUE(end_is(TcpHost::server, TcpState::syn_rcvd)) << "the server's kernel waits for the third segment";
    const World before_the_ack = world();
    EXPECT_TRUE(accept_queue(before_the_ack, listener_of(before_the_ack, "server 1")->id).empty()) << "it is in the SYN queue";
    deliver(ack);
    EXPECT_TRUE(end_is(TcpHost::server, TcpState::established));
    EXPECT_TRUE(eventually([&](const World& w) { return listener_of(w, "server 1")->syn_queue == 0; }));
    // accept, which was entered before the gate was set, returns now, and its actor stands behind it.
    EXPECT_TRUE(eventually([&](const World& w) { return find(w, server)->state == Actor::State::rests; }));
}

TEST_F(WireTest, CopiesOfAHeldSegmentAreStackedOnItAndNamed) {
    serve("echo_iterative");
    set_rules(Rules::hold_only(kind_syn));
    join();
    const WireId syn = await_segment("SYN");
    ASSERT_TRUE(eventually([&](const World& w) {
        for (const auto& [id, segment] : w.segments) {
            if (segment.copy_of == syn) return segment.reading.nature == SegmentNature::syn_retransmission && segment.reading.count == 1;
        }
        return false;
    })) << "the kernel sends its SYN again after a second";
    deliver(syn);
    EXPECT_TRUE(is_connected("client 1"));
    EXPECT_TRUE(eventually([&](const World& w) { return waiting_segments(w).empty(); })) << "its copies are dropped with it";
}

TEST_F(WireTest, ADroppedSynIsSentAgain) {
    serve("echo_iterative");
    set_rules(Rules::hold_only(kind_syn));
    join();
    const WireId syn = await_segment("SYN");
    session->submit(MoveSegment{syn, SegmentMove::drop});
    ASSERT_TRUE(eventually([&](const World& w) {
        const WireSegment* segment = find(w, syn);
        return segment && segment->state == WireSegment::State::dropped && segment->by_hand && segment->drop_reason == DropReason::hand;
    }));
    deliver(await_segment("SYN"));
    EXPECT_TRUE(is_connected("client 1"));
}

TEST_F(WireTest, HoldingBothFinsBringsBothEndsToClosing) {
    serve("echo_iterative");
    join();
    ASSERT_TRUE(is_connected("client 1"));
    ASSERT_TRUE(eventually([&](const World& w) { return end_of(w, TcpHost::server)->state == TcpState::established; }));
    set_rules(Rules::hold_only(kind_fin));
    session->submit(CloseClient{ProgramId::none});
    const WireId from_client = await_segment("FIN+ACK");
    EXPECT_TRUE(end_is(TcpHost::client, TcpState::fin_wait_1));
    session->submit(StopServer{id_of("server 1")});
    WireId from_server{};
    ASSERT_TRUE(eventually([&](const World& w) {
        for (const WireId id : waiting_segments(w)) {
            const WireSegment* segment = find(w, id);
            if (segment->direction == Direction::to_client && segment->copy_of == WireId::none) from_server = id;
        }
        return from_server != WireId::none;
    }));
    Rules all = Rules::hold_everything();
    set_rules(all);
    deliver(from_client);
    EXPECT_TRUE(end_is(TcpHost::server, TcpState::closing));
    deliver(from_server);
    EXPECT_TRUE(end_is(TcpHost::client, TcpState::closing));
    set_rules(Rules{});
    session->submit(DeliverAll{});
    EXPECT_TRUE(eventually([&](const World& w) {
        const TcpState state = end_of(w, TcpHost::client)->state;
        return state == TcpState::time_wait || state == TcpState::closed;
    }));
}

TEST_F(WireTest, AStepMovesTheSegmentThatWaitsAndThenTheCallThatFollows) {
    serve("echo_iterative");
    set_rules(Rules::hold_everything());
    session->submit(SetGate{ActorId::none, GateMode::step, 0});
    join();
    const auto step = [&](StepOver over) {
        const EventIndex before = world().last_step_done;
        bool failed = false;
        const std::string said = outcome(session->submit(Step{ActorId::none, over}), &failed);
        EXPECT_FALSE(failed) << said;
        EXPECT_TRUE(eventually([&](const World& w) { return w.last_step_done != before && w.last_step_done != no_event; }));
    };
    ASSERT_TRUE(eventually([&](const World& w) {
        const Program* client = by_label(w, "client 1");
        return client && !client->actors.empty() && find(w, client->actors.front())->state == Actor::State::arrives;
    }));
    while (waiting(world(), "SYN") == WireId::none) step(StepOver::calls);  // getaddrinfo, socket, connect
    EXPECT_TRUE(end_is(TcpHost::client, TcpState::syn_sent));
    step(StepOver::segments);
    EXPECT_NE(waiting(world(), "SYN+ACK"), WireId::none);
    step(StepOver::both);
    EXPECT_TRUE(eventually([&](const World& w) {
        const Actor* client = find(w, by_label(w, "client 1")->actors.front());
        return client->state == Actor::State::rests;
    })) << "connect has returned";
    bool failed = false;
    set_rules(Rules{});
    session->submit(DeliverAll{});
    ASSERT_TRUE(eventually([&](const World& w) { return waiting_segments(w).empty(); }));
    outcome(session->submit(Step{ActorId::none, StepOver::segments}), &failed);
    EXPECT_TRUE(failed) << "no segment waits";
}

TEST_F(WireTest, DelayedSegmentsArriveByThemselvesWhenTheyAreDue) {
    serve("echo_iterative");
    Rules rules;
    rules.to_server.delay_ms = 30;
    set_rules(rules);
    join();
    EXPECT_TRUE(is_connected("client 1"));
    EXPECT_TRUE(eventually(
        [&](const World& w) { return end_of(w, TcpHost::server) && end_of(w, TcpHost::server)->state == TcpState::established; }));
    const World w = world();
    for (const auto& [id, segment] : w.segments) {
        if (segment.direction == Direction::to_client || !segment.has_ended()) continue;
        EXPECT_EQ(segment.state, WireSegment::State::arrived);
        EXPECT_GE(segment.ended_ns - segment.sent_ns, 29'000'000u);
        EXPECT_FALSE(segment.by_hand);
    }
    EXPECT_EQ(w.lab.rules, rules);
}

TEST_F(WireTest, BytesThatNobodyReadsAreSeenInTheReceiveQueue) {
    serve("echo_iterative");
    join();
    ASSERT_TRUE(is_connected("client 1"));
    ASSERT_TRUE(eventually([](const World& w) { return is_accepted(w, "client 1"); })) << "it has the server to itself";
    join();
    ASSERT_TRUE(is_connected("client 2"));
    session->submit(Say{id_of("client 2"), "nobody reads this yet"});
    EXPECT_TRUE(eventually([&](const World& w) {
        for (const auto& [key, end] : w.tcp_ends) {
            if (key.host == TcpHost::server && end.receive_queue_bytes == 22 && end.state == TcpState::established) return true;
        }
        return false;
    }));
}

TEST_F(WireTest, AKilledLabIsToldAndAnotherCanBeHadWithSegmentsHeld) {
    serve("echo_iterative");
    set_rules(Rules::hold_everything());
    join();
    await_segment("SYN");
    ASSERT_EQ(kill(world().lab.pid, SIGKILL), 0);
    ASSERT_TRUE(eventually([](const World& w) { return !w.lab.lives && !w.lab.trouble.empty(); }));
    bool failed = false;
    const std::string said =
        outcome(session->submit(StartServer{.program = "echo_fork", .address = "", .port = "7000", .network = Network::wire}), &failed);
    EXPECT_TRUE(failed);
    EXPECT_EQ(said, wire_has_ended);
    outcome(session->submit(StartLab{}), &failed);
    ASSERT_FALSE(failed);
    EXPECT_TRUE(eventually([](const World& w) { return w.lab.lives && waiting_segments(w).empty(); }));
    EXPECT_TRUE(eventually([](const World& w) { return by_label(w, "server 1")->state == Program::State::ended; })) << "its host is gone";
    set_rules(Rules{});
    serve("echo_thread");
    join();
    session->submit(Chatter{ProgramId::none, 5});
    EXPECT_TRUE(hears("client 2", "hello 1"));
}

TEST_F(WireTest, AHundredClientsAtOnceLoseNothing) {
    serve("echo_thread", Place::in_app, 128);
    join(100);
    EXPECT_TRUE(eventually([](const World& w) {
        std::size_t accepted = 0;
        for (const auto& [id, connection] : w.connections) accepted += connection.state == Connection::State::accepted;
        return accepted == 100;
    }));
    EXPECT_TRUE(eventually([](const World& w) {
        std::size_t established = 0;
        for (const auto& [key, end] : w.tcp_ends) established += end.state == TcpState::established && end.known == Known::observed;
        return established == 200;
    }));
    const World w = world();
    EXPECT_EQ(w.lost_events, 0u);
    EXPECT_EQ(w.lab.dropped[0] + w.lab.dropped[1], 0u);
}

using WireRefusal = SessionTest;

TEST_F(WireRefusal, WithoutTunThereIsASentenceThatSaysWhatIsMissing) {
    SessionSetup setup;
    setup.tun_path = "/nowhere/tun";
    Result<std::unique_ptr<Session>> started = Session::start(std::move(setup));
    ASSERT_TRUE(started);
    session = std::move(*started);
    bool failed = false;
    const std::string said =
        outcome(session->submit(StartServer{.program = "echo_fork", .address = "", .port = "0", .network = Network::wire}), &failed);
    EXPECT_TRUE(failed);
    EXPECT_NE(said.find("/nowhere/tun"), std::string::npos) << said;
    EXPECT_TRUE(eventually([&](const World& w) { return w.lab.asked && !w.lab.lives && w.lab.trouble == said; }));
    EXPECT_NE(start_server("echo_iterative"), "") << "loopback works all the same";
}

class LoopbackStates : public SessionTest {};

TEST_F(LoopbackStates, BothEndsAreReadFromTheKernelsTable) {
    const std::string port = start_server("echo_thread");
    add_clients(port, 1);
    EXPECT_TRUE(eventually([](const World& w) {
        if (w.connections.empty()) return false;
        const auto [client, server] = tcp_ends_of(w, w.connections.begin()->second);
        return client && server && client->state == TcpState::established && server->state == TcpState::established;
    }));
    session->submit(CloseClient{ProgramId::none});
    EXPECT_TRUE(eventually([](const World& w) {
        for (const auto& [key, end] : w.tcp_ends) {
            if (end.state == TcpState::time_wait && end.known == Known::observed && end.timer.kind == TcpTimer::Kind::time_wait)
                return true;
        }
        return false;
    })) << "the end that closed first waits";
}

TEST_F(LoopbackStates, AClientThatWasNotStartedHereIsNamed) {
    const std::string port = start_server("echo_thread");
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const pid_t stranger = fork();
    if (stranger == 0) {  // system calls only: other threads of this process may hold locks
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) pause();
        _exit(0);
    }
    EXPECT_TRUE(eventually([stranger](const World& w) {
        for (const auto& [key, end] : w.tcp_ends) {
            if (end.owner_pid == stranger && !end.owner.empty()) return true;
        }
        return false;
    }));
    kill(stranger, SIGKILL);
    EXPECT_EQ(waitpid(stranger, nullptr, 0), stranger);
}

}  // namespace
}  // namespace synoptic
