// What the textbook tells of TCP, brought up on the wire with the programs that are taught: losses, full queues, and ends of all kinds.
#include <signal.h>

#include <algorithm>

#include "tests/session/wire_fixture.h"

namespace synoptic {
namespace {

class WireStory : public WireTest {
   protected:
    bool some_segment(const std::function<bool(const WireSegment&)>& is_it) const {
        return eventually([&](const World& w) {
            return std::any_of(w.segments.begin(), w.segments.end(), [&](const auto& entry) { return is_it(entry.second); });
        });
    }
    static std::size_t ends_in(const World& w, TcpHost host, TcpState state) {
        return static_cast<std::size_t>(std::count_if(w.tcp_ends.begin(), w.tcp_ends.end(), [&](const auto& entry) {
            return entry.first.host == host && entry.second.state == state && entry.second.known == Known::observed;
        }));
    }
    bool queue_is(int accept_queue, int syn_queue) const {
        return eventually([&](const World& w) {
            const Socket* listener = listener_of(w, "server 1");
            return listener && listener->kernel_queue == accept_queue && listener->syn_queue == syn_queue;
        });
    }
    static std::size_t live_clients(const World& w) {
        return static_cast<std::size_t>(std::count_if(w.programs.begin(), w.programs.end(), [](const auto& entry) {
            return !entry.second.is_server && entry.second.state != Program::State::ended;
        }));
    }
    /** An iterative server that serves its first client and has no time for others. */
    void serve_one_only(int backlog) {
        serve("echo_iterative", Place::in_app, backlog);
        join();
        ASSERT_TRUE(eventually([](const World& w) { return is_accepted(w, "client 1"); }));
    }
};

TEST_F(WireStory, ADroppedSynAckIsSentAgainWhileTheServerIsInSynRcvd) {
    serve("echo_iterative");
    set_rules(Rules::hold_only(kind_syn_ack));
    join();
    const WireId first = await_segment("SYN+ACK");
    session->submit(MoveSegment{first, SegmentMove::drop});
    ASSERT_TRUE(some_segment([&](const WireSegment& one) { return one.id == first && one.state == WireSegment::State::dropped; }));
    const WireId again = await_segment("SYN+ACK");
    EXPECT_NE(again, first);
    EXPECT_EQ(find(world(), again)->reading.nature, SegmentNature::syn_retransmission);
    EXPECT_TRUE(end_is(TcpHost::server, TcpState::syn_rcvd));
    EXPECT_TRUE(end_is(TcpHost::client, TcpState::syn_sent));
    deliver(again);
    EXPECT_TRUE(is_connected("client 1"));
    EXPECT_TRUE(end_is(TcpHost::server, TcpState::established));
}

TEST_F(WireStory, ABacklogOfThreeHasRoomForFourAndFurtherClientsStayInSynSent) {
    serve_one_only(3);
    join(4);
    for (int number = 2; number <= 5; ++number) ASSERT_TRUE(is_connected("client " + std::to_string(number)));
    EXPECT_TRUE(queue_is(4, 0));
    {
        const World w = world();
        const Socket* listener = listener_of(w, "server 1");
        EXPECT_EQ(listener->kernel_backlog, 3);
        EXPECT_EQ(accept_queue_room(*listener), 4);
        EXPECT_EQ(accept_queue(w, listener->id).size(), 4u);
    }
    join(2);
    EXPECT_TRUE(eventually([](const World& w) { return ends_in(w, TcpHost::client, TcpState::syn_sent) == 2; }));
    EXPECT_TRUE(some_segment([](const WireSegment& one) { return one.reading.nature == SegmentNature::syn_retransmission; }))
        << "they go on trying";
    {
        const World w = world();
        EXPECT_EQ(socket_of(w, "client 6")->state, Socket::State::connecting);
        EXPECT_EQ(listener_of(w, "server 1")->kernel_queue, 4);
        EXPECT_EQ(w.lab.dropped[0] + w.lab.dropped[1], 0u) << "it is the server's kernel that has no room, not the wire";
    }
    session->submit(CloseClient{id_of("client 1")});
    // accept makes room for one of them. If both try again in that moment, the other is answered, too, and its last ACK finds the queue full.
    EXPECT_TRUE(eventually([](const World& w) {
        return ends_in(w, TcpHost::client, TcpState::syn_sent) <= 1 && listener_of(w, "server 1")->kernel_queue == 4;
    }));
}

TEST_F(WireStory, HeldSynAcksLeaveTheirConnectionsInTheSynQueue) {
    serve("echo_thread", Place::in_app, 8);
    set_rules(Rules::hold_only(kind_syn_ack));
    join(3);
    EXPECT_TRUE(queue_is(0, 3));
    EXPECT_TRUE(eventually([](const World& w) { return ends_in(w, TcpHost::server, TcpState::syn_rcvd) == 3; }));
    set_rules({});
    session->submit(DeliverAll{});
    for (int number = 1; number <= 3; ++number) EXPECT_TRUE(is_connected("client " + std::to_string(number)));
    EXPECT_TRUE(queue_is(0, 0));
}

TEST_F(WireStory, AcceptReturnsAClientThatHasLeftTheQueueLongAgo) {
    serve_one_only(8);
    join();
    ASSERT_TRUE(is_connected("client 2"));
    session->submit(CloseClient{id_of("client 2")});
    ASSERT_TRUE(eventually([](const World& w) { return ends_in(w, TcpHost::server, TcpState::close_wait) == 1; }));
    EXPECT_TRUE(queue_is(1, 0)) << "it waits for accept all the same";
    session->submit(CloseClient{id_of("client 1")});
    EXPECT_TRUE(eventually([&](const World& w) {
        const Socket* clientfd = socket_of(w, "client 2");
        const Connection* connection = clientfd ? find(w, clientfd->connection) : nullptr;
        const Socket* connfd = connection ? find(w, connection->server) : nullptr;
        return connfd && connfd->end_of_file && connfd->last_error == 0;
    })) << "accept succeeded, and recv returned 0 at once";
    EXPECT_TRUE(queue_is(0, 0));
}

TEST_F(WireStory, AKilledServersKernelSaysGoodbyeAndThenRefusesWhatComes) {
    SYNOPTIC_NEEDS_JOINING();
    serve("echo_iterative", Place::own_process);
    join();
    ASSERT_TRUE(is_connected("client 1"));
    session->submit(Say{id_of("client 1"), "hello"});
    ASSERT_TRUE(hears("client 1", "hello"));
    pid_t pid = 0;
    const World before = world();
    for (const auto& [id, process] : before.processes) {
        if (process.program == id_of("server 1") && process.state == Process::State::runs) pid = process.pid;
    }
    ASSERT_NE(pid, 0);
    session->submit(KillProcess{pid, SIGKILL});
    EXPECT_TRUE(some_segment([](const WireSegment& one) { return one.direction == Direction::to_client && (one.flags & tcp_fin) != 0; }));
    EXPECT_TRUE(end_is(TcpHost::client, TcpState::close_wait));
    EXPECT_TRUE(end_is(TcpHost::server, TcpState::fin_wait_2)) << "nobody's connection any more, but the kernel's";
    session->submit(Say{id_of("client 1"), "is somebody there?"});
    EXPECT_TRUE(some_segment([](const WireSegment& one) {
        return one.direction == Direction::to_client && (one.flags & tcp_rst) != 0 && !one.reading.note.empty();
    }));
    EXPECT_TRUE(hears("client 1", "the server has closed the connection"));
    EXPECT_TRUE(end_is(TcpHost::client, TcpState::closed));
    EXPECT_TRUE(end_is(TcpHost::server, TcpState::closed));
}

TEST_F(WireStory, WhereNobodyListensARstSaysSoAndConnectFails) {
    session->submit(AddClients{.program = "echo_client", .host = "10.77.0.2", .port = "6667", .network = Network::wire});
    std::string note;
    EXPECT_TRUE(eventually([&](const World& w) {
        for (const auto& [id, segment] : w.segments) {
            if (segment.direction == Direction::to_client && (segment.flags & tcp_rst) != 0) note = segment.reading.note;
        }
        const Program* client = by_label(w, "client 1");
        return client && client->state == Program::State::ended && client->trouble_error == ECONNREFUSED &&
               client->trouble_call == EventKind::connect;
    }));
    EXPECT_NE(note.find("nobody listens"), std::string::npos) << note;
    EXPECT_TRUE(hears("client 1", "Connection refused"));
}

class WireTimeWait : public WireStory, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, WireTimeWait, testing::Values("echo_fork", "echo_fork_no_reuseaddr"),
                         [](const auto& program) { return std::string(program.param); });

TEST_P(WireTimeWait, KeepsTheAddressInUseUnlessTheServerSetSoReuseAddr) {
    SYNOPTIC_NEEDS_JOINING();
    const bool reuses = std::string(GetParam()) == "echo_fork";
    serve(GetParam(), Place::own_process);
    join();
    ASSERT_TRUE(eventually([](const World& w) { return is_accepted(w, "client 1"); }));
    session->submit(StopServer{id_of("server 1")});
    ASSERT_TRUE(end_is(TcpHost::client, TcpState::close_wait)) << "the server is the one that closes first";
    session->submit(CloseClient{id_of("client 1")});
    ASSERT_TRUE(end_is(TcpHost::server, TcpState::time_wait));
    ASSERT_TRUE(eventually([](const World& w) { return by_label(w, "server 1")->state == Program::State::ended; }));
    serve(GetParam(), Place::own_process);
    const World w = world();
    const Socket* listener = listener_of(w, "server 2");
    ASSERT_NE(listener, nullptr);
    EXPECT_EQ(ends_in(w, TcpHost::server, TcpState::time_wait), 1u) << "the old connection is there yet";
    EXPECT_EQ(listener->local.port() == 6666, reuses) << "the defective one goes on at a port that the kernel chose";
    if (!reuses) {
        EXPECT_TRUE(hears("server 2", "bind: Address already in use"));
    }
}

TEST_F(WireStory, AThousandConnectionsLoseNoSegmentThatNobodyDropped) {
    constexpr int rounds = 10, clients_each = 100;
    serve("echo_thread", Place::in_app, 128);
    for (int round = 0; round < rounds; ++round) {
        join(clients_each);
        ASSERT_TRUE(eventually([&](const World& w) {
            std::size_t accepted = 0;
            for (const auto& [id, connection] : w.connections) accepted += connection.state == Connection::State::accepted;
            return accepted == clients_each;
        })) << "round "
            << round;
        session->submit(CloseClient{ProgramId::none});
        ASSERT_TRUE(eventually([&](const World& w) {
            const bool all_over = std::all_of(w.flows.begin(), w.flows.end(), [](const auto& entry) { return entry.second.is_over(); });
            return live_clients(w) == 0 && all_over;
        })) << "round "
            << round;
    }
    EXPECT_TRUE(eventually([](const World& w) { return w.lab.sent[0] == w.lab.arrived[0] && w.lab.sent[1] == w.lab.arrived[1]; }));
    const World w = world();
    EXPECT_EQ(w.lab.dropped[0] + w.lab.dropped[1], 0u);
    EXPECT_EQ(w.next_flow, 1u + rounds * clients_each) << "a flow for each connection";
    EXPECT_GE(w.lab.sent[0], 3u * rounds * clients_each) << "SYN, ACK, FIN at least";
    EXPECT_GE(w.lab.sent[1], 2u * rounds * clients_each);
    EXPECT_EQ(w.lost_events, 0u);
}

}  // namespace
}  // namespace synoptic
