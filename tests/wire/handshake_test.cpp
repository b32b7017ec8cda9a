// The handshake in slow motion, against the real kernel: what returns when, and what a lost segment brings about.
#include <sys/wait.h>

#include "tests/wire/wire_fixture.h"

namespace synoptic {
namespace {

TEST_F(WireTest, ConnectReturnsAfterTheSynAckAndBeforeAccept) {
    relay->set_rules(Rules::hold_everything());
    const OwnFd listenfd = listen_at(6666, 3);
    const OwnFd clientfd = begin_connect(6666);
    const Ends ends = ends_of(clientfd);
    deliver(sink.wait_for(waits(is_syn)));
    const auto syn_ack = sink.wait_for(waits(is_syn_ack));
    EXPECT_EQ(state_at(Host::client, ends), TcpState::syn_sent);
    EXPECT_EQ(state_at(Host::server, ends), TcpState::syn_rcvd);
    EXPECT_FALSE(becomes(clientfd, POLLOUT, 0)) << "connect has not returned";
    deliver(syn_ack);
    EXPECT_TRUE(connected(clientfd));
    EXPECT_EQ(state_at(Host::client, ends), TcpState::established);
    const auto ack = sink.wait_for(waits(is_client_ack));
    EXPECT_EQ(state_at(Host::server, ends), TcpState::syn_rcvd) << "the last segment of the handshake is on its way";
    EXPECT_FALSE(becomes(listenfd, POLLIN, 0));
    deliver(ack);
    EXPECT_TRUE(becomes(listenfd, POLLIN));
    EXPECT_EQ(state_at(Host::server, ends), TcpState::established) << "before anybody has called accept";
    EXPECT_EQ(listener().accept_queue, 1u);
}

TEST_F(WireTest, TheCookieIsTheSocketsFromTheSynQueueOn) {
    relay->set_rules(Rules::hold_only(kind_ack));
    const OwnFd listenfd = listen_at(6666, 3);
    const OwnFd clientfd = begin_connect(6666);
    const auto ack = sink.wait_for(waits(is_client_ack));
    const std::uint64_t cookie = socket_at(Host::server, ends_of(clientfd)).cookie;
    deliver(ack);
    const OwnFd connfd = accept_from(listenfd);
    std::uint64_t own = 0;
    socklen_t length = sizeof own;
    ASSERT_EQ(getsockopt(connfd, SOL_SOCKET, SO_COOKIE, &own, &length), 0);
    EXPECT_EQ(own, cookie);
}

TEST_F(WireTest, ADroppedSynIsSentAgain) {
    relay->set_rules(Rules::hold_only(kind_syn));
    const OwnFd listenfd = listen_at(6666, 3);
    const OwnFd clientfd = begin_connect(6666);
    const auto first = sink.wait_for(waits(is_syn));
    drop(first);
    const auto again = sink.wait_for(is_syn, 2);
    ASSERT_TRUE(first && again);
    EXPECT_EQ(again->segment.seq, first->segment.seq);
    EXPECT_EQ(again->copy_of, WireId::none) << "the first one does not wait any more";
    EXPECT_EQ(socket_at(Host::client, ends_of(clientfd)).timer.retransmits, 1);
    relay->set_rules({});
    relay->deliver_all();
    EXPECT_TRUE(connected(clientfd));
}

TEST_F(WireTest, ADroppedSynAckIsSentAgain) {
    relay->set_rules(Rules::hold_only(kind_syn_ack));
    const OwnFd listenfd = listen_at(6666, 3);
    const OwnFd clientfd = begin_connect(6666);
    drop(sink.wait_for(waits(is_syn_ack)));
    const auto again = sink.wait_for(waits(is_syn_ack));
    EXPECT_EQ(state_at(Host::server, ends_of(clientfd)), TcpState::syn_rcvd);
    deliver(again);
    EXPECT_TRUE(connected(clientfd));
}

TEST_F(WireTest, DataCompletesAHandshakeWhoseLastAckWasLost) {
    relay->set_rules(Rules::hold_everything());
    const OwnFd listenfd = listen_at(6666, 3);
    const OwnFd clientfd = begin_connect(6666);
    deliver(sink.wait_for(waits(is_syn)));
    deliver(sink.wait_for(waits(is_syn_ack)));
    drop(sink.wait_for(waits(is_client_ack)));
    ASSERT_TRUE(connected(clientfd));
    send_text(clientfd, "hello");
    const auto data = sink.wait_for(waits(is_client_data));
    EXPECT_EQ(state_at(Host::server, ends_of(clientfd)), TcpState::syn_rcvd);
    deliver(data);
    const OwnFd connfd = accept_from(listenfd);
    EXPECT_EQ(receive(connfd, 5), "hello");
}

TEST_F(WireTest, OneMoreThanTheBacklogFitsAndFurtherClientsStayInSynSent) {
    const OwnFd listenfd = listen_at(6666, 3);
    std::vector<OwnFd> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(begin_connect(6666));
        ASSERT_TRUE(connected(clients.back()));
    }
    EXPECT_TRUE(eventually([&] { return listener().accept_queue == 4; }));
    EXPECT_EQ(listener().backlog, 3u);
    for (int i = 0; i < 3; ++i) clients.push_back(begin_connect(6666));
    EXPECT_TRUE(sink.wait_for(is_syn, 8)) << "a SYN that found no room is sent again";
    for (std::size_t i = 4; i < clients.size(); ++i) EXPECT_EQ(state_at(Host::client, ends_of(clients[i])), TcpState::syn_sent);
    const OwnFd connfd = accept_from(listenfd);
    EXPECT_TRUE(eventually([&] { return listener().accept_queue == 4; })) << "room for one of those that went on trying";
}

TEST_F(WireTest, HeldSynAcksLeaveTheirConnectionsInTheSynQueue) {
    relay->set_rules(Rules::hold_only(kind_syn_ack));
    const OwnFd listenfd = listen_at(6666, 8);
    std::vector<OwnFd> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(begin_connect(6666));
    sink.wait_for(waits(is_syn_ack), 3);
    const auto table = diag[1]->tcp_sockets();
    ASSERT_TRUE(table);
    EXPECT_EQ(syn_queue_length(*table, listener()), 3u);
    EXPECT_EQ(listener().accept_queue, 0u);
    relay->set_rules({});
    relay->deliver_all();
    EXPECT_TRUE(eventually([&] { return listener().accept_queue == 3; }));
    EXPECT_EQ(syn_queue_length(*diag[1]->tcp_sockets(), listener()), 0u);
}

TEST_F(WireTest, NobodyListensThere) {
    const OwnFd clientfd = begin_connect(6667);
    sink.wait_for(is_rst);
    ASSERT_TRUE(becomes(clientfd, POLLOUT));
    int error = 0;
    socklen_t length = sizeof error;
    ASSERT_EQ(getsockopt(clientfd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
    EXPECT_EQ(error, ECONNREFUSED);
}

TEST_F(WireTest, AHundredClientsAtOnce) {
    const OwnFd listenfd = listen_at(6666, 128);
    std::vector<OwnFd> clients, servers;
    for (int i = 0; i < 100; ++i) clients.push_back(begin_connect(6666));
    for (int i = 0; i < 100; ++i) servers.push_back(accept_from(listenfd));
    for (const OwnFd& clientfd : clients) {
        ASSERT_TRUE(connected(clientfd));
        send_text(clientfd, "x");
    }
    for (const OwnFd& connfd : servers) EXPECT_EQ(receive(connfd, 1), "x");
}

TEST_F(WireTest, AThousandConnectionsLoseNoSegment) {
    OwnFd netlink[2];
    LinkCounters before[2];
    for (const int at : {0, 1}) {
        netlink[at] = open(static_cast<Host>(at), SOCK_RAW, AF_NETLINK, NETLINK_ROUTE);
        before[at] = *link_counters(netlink[at], wire_device);
    }
    const RelayCounters started = relay->counters();
    const OwnFd listenfd = listen_at(6666, 64);
    for (int round = 0; round < 20; ++round) {
        std::vector<OwnFd> clients;
        for (int i = 0; i < 50; ++i) clients.push_back(begin_connect(6666));
        for (int i = 0; i < 50; ++i) {
            const OwnFd connfd = accept_from(listenfd);
            send_text(connfd, "hello");
        }
        for (const OwnFd& clientfd : clients) {
            EXPECT_EQ(receive(clientfd, 5), "hello");
            EXPECT_TRUE(at_end(clientfd));
        }
    }
    // What each host has sent is what the relay has read, and what it has written is what the other has received.
    const auto packets = [](const RelayCounters& c, int direction, std::uint64_t tcp) { return tcp + c.other_packets[direction]; };
    EXPECT_TRUE(eventually([&] {
        const RelayCounters now = relay->counters();
        for (const int from : {0, 1}) {
            const auto sender = link_counters(netlink[from], wire_device), receiver = link_counters(netlink[1 - from], wire_device);
            if (!sender || !receiver) return false;
            if (sender->sent - before[from].sent < packets(now, from, now.sent[from]) - packets(started, from, started.sent[from]))
                return false;
            if (receiver->received - before[1 - from].received !=
                packets(now, from, now.delivered[from]) - packets(started, from, started.delivered[from])) {
                return false;
            }
            if (now.sent[from] != now.delivered[from] || sender->sent_dropped != 0 || receiver->received_dropped != 0) return false;
        }
        return true;
    }));
    EXPECT_GE(relay->counters().sent[0], 1000u * 3) << "SYN, ACK, FIN at least";
    const auto retransmitted = sink.all([](const Seen& one) { return one.segment.is_syn(); });
    EXPECT_EQ(retransmitted.size(), 1000u) << "no SYN was sent twice";
}

TEST_F(WireTest, OverIPv6Likewise) {
    if (!lab->has_ipv6()) GTEST_SKIP() << lab->shortcomings().back();
    const Connection made = make_connection(6666, AF_INET6);
    send_text(made.clientfd, "hello");
    EXPECT_EQ(receive(made.connfd, 5), "hello");
    const auto syn = sink.wait_for(is_syn);
    ASSERT_TRUE(syn);
    EXPECT_EQ(syn->segment.ip_version, 6);
    EXPECT_EQ(syn->segment.destination.text(), "[fd77::2]:6666");
    const auto found = diag[0]->find_tcp_socket(name_of_socket(made.clientfd, false), name_of_socket(made.clientfd, true));
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->state, TcpState::established);
}

TEST_F(WireTest, TheLabMayDieWhileSegmentsAreHeld) {
    relay->set_rules(Rules::hold_everything());
    const OwnFd listenfd = listen_at(6666, 3);
    const OwnFd clientfd = begin_connect(6666);
    const auto syn = sink.wait_for(waits(is_syn));
    kill(lab->pid(), SIGKILL);
    ASSERT_TRUE(becomes(lab->pidfd(), POLLIN));
    EXPECT_FALSE(lab->open_socket(Host::client, AF_INET, SOCK_STREAM));
    // The hosts live on with the descriptors that the app holds.
    relay->set_rules({});
    deliver(syn);
    EXPECT_TRUE(connected(clientfd));
    // Another lab has the same addresses, and nothing in common with the first.
    Result<std::unique_ptr<Lab>> another = Lab::start(lab_setup(lifeline_read_end));
    ASSERT_TRUE(another) << another.error().text();
    relay.reset();
    lab = std::move(*another);
    start_relay({});
    const Connection made = make_connection(6666);
    send_text(made.clientfd, "again");
    EXPECT_EQ(receive(made.connfd, 5), "again");
}

TEST_F(WireTest, AServerKilledInMidConnectionSendsAFin) {
    const pid_t server = fork();
    if (server == 0) {
        if (join_host(lab->descriptors(Host::server)) < 0) _exit(1);
        const int listenfd = socket(AF_INET, SOCK_STREAM, 0);
        const SocketAddress address = address_on_wire(Host::server, AF_INET, 6666);
        if (bind(listenfd, address.get(), address.length) < 0 || listen(listenfd, 3) < 0) _exit(2);
        send_text(accept(listenfd, nullptr, nullptr), "x");
        for (;;) pause();
    }
    ASSERT_TRUE(eventually([&] { return listener().state == TcpState::listen; }));
    const OwnFd clientfd = begin_connect(6666);
    ASSERT_TRUE(connected(clientfd));
    EXPECT_EQ(receive(clientfd, 1), "x");
    kill(server, SIGKILL);
    EXPECT_TRUE(sink.wait_for(is_server_fin)) << "the kernel closes what the process had open";
    EXPECT_TRUE(at_end(clientfd));
    int status;
    EXPECT_EQ(waitpid(server, &status, 0), server);
}

}  // namespace
}  // namespace synoptic
