// How connections end, against the real kernel, and every state of RFC 9293 on the way.
#include <set>

#include "tests/wire/wire_fixture.h"

namespace synoptic {
namespace {

TEST_F(WireTest, AcceptSucceedsAlthoughTheClientHasLeft) {
    const OwnFd listenfd = listen_at(6666, 3);
    OwnFd clientfd = begin_connect(6666);
    ASSERT_TRUE(connected(clientfd));
    const Ends ends = ends_of(clientfd);
    clientfd.close();
    ASSERT_TRUE(comes_to(Host::server, ends, TcpState::close_wait));
    const OwnFd connfd = accept_from(listenfd);
    EXPECT_TRUE(at_end(connfd));
}

TEST_F(WireTest, CloseWithDataUnreadSendsARst) {
    Connection made = make_connection();
    const Ends ends = ends_of(made.clientfd);
    send_text(made.clientfd, "unread");
    ASSERT_TRUE(eventually([&] { return socket_at(Host::server, ends).receive_queue_bytes == 6; }));
    made.connfd.close();
    const auto rst = sink.wait_for(is_rst);
    ASSERT_TRUE(rst);
    EXPECT_EQ(rst->direction, Direction::to_client);
    ASSERT_TRUE(becomes(made.clientfd, POLLIN));
    char byte;
    EXPECT_EQ(recv(made.clientfd, &byte, 1, 0), -1);
    EXPECT_EQ(errno, ECONNRESET);
    EXPECT_EQ(state_at(Host::server, ends), TcpState::closed);
}

TEST_F(WireTest, AHalfClosedConnectionStillCarriesDataTheOtherWay) {
    const Connection made = make_connection();
    const Ends ends = ends_of(made.clientfd);
    send_text(made.clientfd, "question");
    shutdown(made.clientfd, SHUT_WR);
    EXPECT_EQ(receive(made.connfd, 8), "question");
    EXPECT_TRUE(at_end(made.connfd));
    EXPECT_TRUE(comes_to(Host::client, ends, TcpState::fin_wait_2));
    EXPECT_EQ(state_at(Host::server, ends), TcpState::close_wait);
    send_text(made.connfd, "answer");
    EXPECT_EQ(receive(made.clientfd, 6), "answer");
}

TEST_F(WireTest, HoldingBothFinsBringsBothEndsToClosing) {
    Connection made = make_connection();
    const Ends ends = ends_of(made.clientfd);
    relay->set_rules(Rules::hold_everything());
    made.clientfd.close();
    made.connfd.close();
    const auto client_fin = sink.wait_for(waits(is_client_fin)), server_fin = sink.wait_for(waits(is_server_fin));
    EXPECT_EQ(state_at(Host::client, ends), TcpState::fin_wait_1);
    EXPECT_EQ(state_at(Host::server, ends), TcpState::fin_wait_1);
    deliver(client_fin);
    deliver(server_fin);
    EXPECT_TRUE(comes_to(Host::client, ends, TcpState::closing));
    EXPECT_TRUE(comes_to(Host::server, ends, TcpState::closing));
    relay->set_rules({});
    relay->deliver_all();
    EXPECT_TRUE(comes_to(Host::client, ends, TcpState::time_wait));
    EXPECT_TRUE(comes_to(Host::server, ends, TcpState::time_wait));
    EXPECT_EQ(socket_at(Host::client, ends).timer.kind, TcpTimer::Kind::time_wait);
}

class TimeWait : public WireTest, public testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Options, TimeWait, testing::Bool(), [](const auto& which) { return which.param ? "ReuseAddr" : "Plain"; });

TEST_P(TimeWait, KeepsTheAddressInUseWithoutSoReuseAddr) {
    const bool reuse_address = GetParam();
    Connection made = make_connection(6666, AF_INET, reuse_address);
    const Ends ends = ends_of(made.clientfd);
    made.connfd.close();
    ASSERT_TRUE(at_end(made.clientfd));
    made.clientfd.close();
    ASSERT_TRUE(comes_to(Host::server, ends, TcpState::time_wait)) << "the one that closes first";
    made.listenfd.close();
    const SocketAddress address = address_on_wire(Host::server, AF_INET, 6666);
    const OwnFd again = open(Host::server);
    const int reuse = reuse_address;
    ASSERT_EQ(setsockopt(again, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse), 0);
    EXPECT_EQ(bind(again, address.get(), address.length), reuse_address ? 0 : -1);
    if (!reuse_address) {
        EXPECT_EQ(errno, EADDRINUSE);
    }
}

TEST_F(WireTest, EveryStateOfRfc9293CanBeSeen) {
    std::set<TcpState> seen;
    const OwnFd listenfd = listen_at(6666, 3);
    seen.insert(listener().state);
    relay->set_rules(Rules::hold_everything());
    OwnFd clientfd = begin_connect(6666);
    const Ends ends = ends_of(clientfd);
    const auto look = [&] {
        seen.insert(state_at(Host::client, ends));
        seen.insert(state_at(Host::server, ends));
    };
    const auto let_pass = [&](const Which& which) {
        deliver(sink.wait_for(waits(which)));
        look();
    };
    look();  // SYN_SENT; and the server knows nothing: CLOSED
    let_pass(is_syn);
    let_pass(is_syn_ack);
    let_pass(is_client_ack);
    OwnFd connfd = accept_from(listenfd);
    clientfd.close();
    look();  // FIN_WAIT_1
    let_pass(is_client_fin);
    let_pass(is_server_ack);  // CLOSE_WAIT, FIN_WAIT_2
    connfd.close();
    look();  // LAST_ACK
    let_pass(is_server_fin);
    let_pass(is_client_ack);  // TIME_WAIT, CLOSED
    // CLOSING asks for FINs that cross on the way.
    relay->set_rules({});
    relay->deliver_all();
    OwnFd second = begin_connect(6666);
    ASSERT_TRUE(connected(second));
    OwnFd second_connfd = accept_from(listenfd);
    const Ends second_ends = ends_of(second);
    relay->set_rules(Rules::hold_everything());
    second.close();
    second_connfd.close();
    for (const Which& fin : {is_client_fin, is_server_fin}) deliver(sink.wait_for(waits(fin)));
    seen.insert(state_at(Host::client, second_ends));
    for (int state = 1; state <= static_cast<int>(TcpState::closing); ++state) {
        EXPECT_TRUE(seen.count(static_cast<TcpState>(state))) << name_of(static_cast<TcpState>(state)) << " was not seen";
    }
}

}  // namespace
}  // namespace synoptic
