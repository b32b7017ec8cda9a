// Data on its way, against the real kernel: lost, swapped, delayed, duplicated, unread, and what the rules and hands of the relay do.
#include <netinet/tcp.h>

#include "core/base/clock.h"
#include "tests/wire/wire_fixture.h"

namespace synoptic {
namespace {

TEST_F(WireTest, LostDataComesAgain) {
    ASSERT_TRUE(lab->set_rto_min(20));
    const Connection made = make_connection();
    relay->set_rules(Rules::hold_only(kind_data));
    send_text(made.clientfd, "hello");
    const auto first = sink.wait_for(waits(is_client_data));
    drop(first);
    const auto again = sink.wait_for(waits(is_client_data));
    ASSERT_TRUE(first && again);
    EXPECT_EQ(again->segment.seq, first->segment.seq);
    deliver(again);
    EXPECT_EQ(receive(made.connfd, 5), "hello");
}

TEST_F(WireTest, RetransmissionsAreStackedOnWhatTheyRepeat) {
    ASSERT_TRUE(lab->set_rto_min(20));
    const Connection made = make_connection();
    relay->set_rules(Rules::hold_only(kind_data));
    send_text(made.clientfd, "hello");
    const auto first = sink.wait_for(waits(is_client_data));
    ASSERT_TRUE(first);
    const auto third = sink.wait_for([&](const Seen& one) { return one.copy_of == first->id; }, 2);
    ASSERT_TRUE(third);
    EXPECT_EQ(third->segment.seq, first->segment.seq);
    EXPECT_GE(socket_at(Host::client, ends_of(made.clientfd)).timer.retransmits, 1);
    relay->set_rules({});
    relay->drop(first->id, Stack::with_copies);
    EXPECT_EQ(receive(made.connfd, 5), "hello") << "the next copy is not held";
    EXPECT_EQ(relay->counters().waiting, 0u);
    EXPECT_GE(relay->counters().dropped_by_hand[0], 3u);
}

TEST_F(WireTest, ARaisedRtoMinKeepsRetransmissionsAway) {
    ASSERT_TRUE(lab->set_rto_min(60'000));
    const Connection made = make_connection();
    relay->set_rules(Rules::hold_only(kind_data));
    send_text(made.clientfd, "hello");
    const auto data = sink.wait_for(waits(is_client_data));
    const TcpSocket client = socket_at(Host::client, ends_of(made.clientfd));
    EXPECT_EQ(client.timer.kind, TcpTimer::Kind::retransmission);
    EXPECT_GT(client.timer.expires_ms, 50'000u);
    deliver(data);
    EXPECT_EQ(receive(made.connfd, 5), "hello");
}

TEST_F(WireTest, TwoSwappedSegmentsArriveInOrder) {
    const Connection made = make_connection();
    const int on = 1;
    ASSERT_EQ(setsockopt(made.clientfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
    ASSERT_TRUE(lab->set_rto_min(5000));
    relay->set_rules(Rules::hold_only(kind_data));
    send_text(made.clientfd, "first ");
    send_text(made.clientfd, "second");
    const auto first = sink.wait_for(waits(is_client_data)), second = sink.wait_for(waits(is_client_data), 2);
    deliver(second);
    const auto duplicate_ack = sink.wait_for([](const Seen& one) { return one.segment.options.sack_count == 1; });
    ASSERT_TRUE(first && second && duplicate_ack);
    EXPECT_EQ(duplicate_ack->segment.ack, first->segment.seq) << "it still waits for the first";
    EXPECT_EQ(duplicate_ack->segment.options.sack[0], (SackBlock{second->segment.seq, second->segment.seq + 6}));
    EXPECT_FALSE(becomes(made.connfd, POLLIN, 0));
    deliver(first);
    EXPECT_EQ(receive(made.connfd, 12), "first second");
}

TEST_F(WireTest, ADuplicateIsReadOnce) {
    const Connection made = make_connection();
    relay->set_rules(Rules::hold_only(kind_data));
    send_text(made.clientfd, "once");
    const auto data = sink.wait_for(waits(is_client_data));
    ASSERT_TRUE(data);
    relay->duplicate(data->id);
    const auto copy = sink.wait_for([&](const Seen& one) { return one.copy_of == data->id; });
    deliver(data);
    deliver(copy);
    relay->set_rules({});
    send_text(made.clientfd, "!");
    EXPECT_EQ(receive(made.connfd, 5), "once!");
}

TEST_F(WireTest, AnUnreadConnectionClosesItsWindowAndIsProbed) {
    ASSERT_TRUE(lab->set_rto_min(20));
    const Connection made = make_connection();
    const Ends ends = ends_of(made.clientfd);
    const std::string block(4096, 'x');
    std::size_t sent = 0;
    // Until both the server's receive queue and the client's send queue are full.
    while (becomes(made.clientfd, POLLOUT, 300)) {
        const ssize_t size = send(made.clientfd, block.data(), block.size(), MSG_NOSIGNAL);
        if (size > 0) sent += static_cast<std::size_t>(size);
    }
    const auto closed = sink.wait_for([](const Seen& one) { return is_server_ack(one) && one.segment.window == 0; });
    ASSERT_TRUE(closed);
    EXPECT_TRUE(eventually([&] { return socket_at(Host::client, ends).timer.kind == TcpTimer::Kind::zero_window_probe; }));
    // A probe repeats the last number that was acknowledged, so that it must be answered (tcp_xmit_probe_skb).
    EXPECT_TRUE(sink.wait_for(
        [&](const Seen& one) { return is_client_ack(one) && one.id > closed->id && one.segment.seq == closed->segment.ack - 1; }));
    const TcpSocket server = socket_at(Host::server, ends);
    EXPECT_GT(server.receive_queue_bytes, 0u);
    EXPECT_EQ(server.receive_queue_bytes + socket_at(Host::client, ends).send_queue_bytes, sent);
    EXPECT_EQ(receive(made.connfd, sent).size(), sent);
    EXPECT_TRUE(sink.wait_for([&](const Seen& one) { return is_server_ack(one) && one.id > closed->id && one.segment.window > 0; }));
}

TEST_F(WireTest, TheSecondClientOfAnIterativeServerHasItsBytesInTheKernel) {
    const OwnFd listenfd = listen_at(6666, 3);
    const OwnFd first = begin_connect(6666);
    ASSERT_TRUE(connected(first));
    const OwnFd connfd = accept_from(listenfd);
    const OwnFd second = begin_connect(6666);
    ASSERT_TRUE(connected(second));
    send_text(second, "anybody there?");
    const Ends ends = ends_of(second);
    EXPECT_TRUE(eventually([&] { return socket_at(Host::server, ends).receive_queue_bytes == 14; }));
    EXPECT_EQ(state_at(Host::server, ends), TcpState::established);
    EXPECT_EQ(listener().accept_queue, 1u);
}

/** Header and body in two small sends, on a connection whose receiver delays its ACKs; the body's segment and what came before it. */
struct TwoSends {
    std::optional<Seen> header, ack, body;
};

class NagleTest : public WireTest {
   protected:
    TwoSends send_header_and_body(bool no_delay) {
        const Connection made = make_connection();
        const int on = 1, off = 0;
        if (no_delay) setsockopt(made.clientfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        // Early in a connection Linux acknowledges at once, so that the congestion window grows (tcp_enter_quickack_mode).
        setsockopt(made.connfd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
        send_text(made.clientfd, "header");
        send_text(made.clientfd, "body");
        TwoSends sent{sink.wait_for(is_client_data), {}, sink.wait_for(is_client_data, 2)};
        EXPECT_EQ(receive(made.connfd, 10), "headerbody");
        sent.ack = sink.wait_for([&](const Seen& one) { return is_server_ack(one) && one.id > sent.header->id; });
        return sent;
    }
};

TEST_F(NagleTest, TheBodyWaitsForTheDelayedAckOfTheHeader) {
    const TwoSends sent = send_header_and_body(false);
    ASSERT_TRUE(sent.header && sent.ack && sent.body);
    EXPECT_LT(sent.ack->id, sent.body->id) << "RFC 1122, 4.2.3.4: a small segment waits while another is not acknowledged";
    const TickScale scale = TickScale::measure();
    const std::uint64_t waited_ns = scale.to_ns(sent.ack->ticks) - scale.to_ns(sent.header->fate_ticks);
    EXPECT_GT(waited_ns, 20'000'000u) << "RFC 1122, 4.2.3.2: the ACK is delayed, on Linux by 40 ms";
}

TEST_F(NagleTest, WithNoDelayItDoesNot) {
    const TwoSends sent = send_header_and_body(true);
    ASSERT_TRUE(sent.header && sent.ack && sent.body);
    EXPECT_GT(sent.ack->id, sent.body->id);
}

// ------------------------------------------------------------------------------------------------------------- the relay's own promises

TEST_F(WireTest, EveryByteIsCarriedUnchanged) {
    sink.keep_bytes = true;
    const Connection made = make_connection();
    send_text(made.clientfd, "hello");
    EXPECT_EQ(receive(made.connfd, 5), "hello");
    for (const Seen& one : sink.all()) {
        const Packet packet = parse_packet(one.bytes);
        ASSERT_TRUE(packet);
        EXPECT_TRUE(packet.segment.checksum_ok && packet.segment.ip_checksum_ok) << "a TUN without offloads has complete checksums";
    }
}

TEST_F(WireTest, ADelayIsKeptAndReordersNothing) {
    const Connection made = make_connection();
    const int on = 1;
    ASSERT_EQ(setsockopt(made.clientfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
    Rules rules;
    rules.to_server.delay_ms = 60;
    relay->set_rules(rules);
    send_text(made.clientfd, "a");
    const auto first = sink.wait_for(waits(is_client_data));
    rules.to_server.delay_ms = 1;
    relay->set_rules(rules);
    send_text(made.clientfd, "b");
    const auto second = sink.wait_for(was_delivered(is_client_data), 2);
    EXPECT_EQ(receive(made.connfd, 2), "ab");
    const auto delivered = sink.wait_for(was_delivered(is_client_data));
    ASSERT_TRUE(first && second && delivered);
    const TickScale scale = TickScale::measure();
    const std::uint64_t took_ns = scale.to_ns(delivered->fate_ticks) - scale.to_ns(delivered->ticks);
    EXPECT_GE(took_ns, 59'000'000u);
    EXPECT_LT(took_ns, 2'000'000'000u);
    EXPECT_GE(second->fate_ticks, delivered->fate_ticks);
}

TEST_F(WireTest, ADelayedOneCanBeHeldAndCanOvertake) {
    const Connection made = make_connection();
    const int on = 1;
    ASSERT_EQ(setsockopt(made.clientfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
    ASSERT_TRUE(lab->set_rto_min(30'000));
    Rules rules;
    rules.to_server.delay_ms = 300;
    relay->set_rules(rules);
    for (const char* text : {"a", "b", "c"}) send_text(made.clientfd, text);
    const auto a = sink.wait_for(is_client_data), b = sink.wait_for(is_client_data, 2), c = sink.wait_for(is_client_data, 3);
    ASSERT_TRUE(a && b && c);
    relay->hold(a->id);
    relay->overtake(c->id);
    const auto b_delivered = sink.wait_for([&](const Seen& one) { return one.id == b->id && one.fate == Seen::Fate::delivered; });
    const auto c_delivered = sink.wait_for([&](const Seen& one) { return one.id == c->id && one.fate == Seen::Fate::delivered; });
    ASSERT_TRUE(b_delivered && c_delivered);
    EXPECT_LT(c_delivered->fate_ticks, b_delivered->fate_ticks);
    EXPECT_EQ(sink.all([&](const Seen& one) { return waits(is_client_data)(one) && one.id == a->id; }).size(), 1u)
        << "its clock was stopped";
    deliver(a);
    EXPECT_EQ(receive(made.connfd, 3), "abc");
}

TEST_F(WireTest, EveryThirdIsLostAndTheDataComesAllTheSame) {
    ASSERT_TRUE(lab->set_rto_min(20));
    const Connection made = make_connection();
    Rules rules;
    rules.to_server.lose_every_nth = 3;
    relay->set_rules(rules);
    const std::string text(20'000, 'x');
    send_text(made.clientfd, text);
    EXPECT_EQ(receive(made.connfd, text.size()).size(), text.size());
    EXPECT_GT(relay->counters().dropped_by_rule[0], 0u);
    EXPECT_EQ(relay->counters().dropped_by_rule[1], 0u);
}

TEST_F(WireTest, WhatFindsNoRoomIsDroppedAndSaid) {
    start_relay(Rules::hold_everything(), 2);
    const OwnFd listenfd = listen_at(6666, 8);
    std::vector<OwnFd> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(begin_connect(6666));
    const auto third = sink.wait_for([](const Seen& one) { return one.fate == Seen::Fate::dropped; });
    ASSERT_TRUE(third);
    EXPECT_EQ(third->reason, DropReason::no_room);
    EXPECT_EQ(relay->counters().waiting, 2u);
    EXPECT_EQ(relay->counters().dropped_for_room[0], 1u);
}

TEST_F(WireTest, AnOrderThatComesTooLateIsSaid) {
    relay->deliver(WireId{4711});
    EXPECT_TRUE(eventually([&] { return sink.was_late(WireId{4711}); }));
}

TEST_F(WireTest, WhatWaitsWhenTheRelayEndsIsToldDropped) {
    relay->set_rules(Rules::hold_everything());
    const OwnFd clientfd = begin_connect(6666);
    sink.wait_for(waits(is_syn));
    relay.reset();
    const auto dropped = sink.wait_for([](const Seen& one) { return one.fate == Seen::Fate::dropped; });
    ASSERT_TRUE(dropped);
    EXPECT_EQ(dropped->reason, DropReason::relay_end);
}

TEST_F(WireTest, ARelayThatRestsEndsAtOnce) {
    // Repeated, as a packet that happens to come would wake it.
    for (int i = 0; i < 20; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        start_relay({});
        relay.reset();
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
    }
}

TEST_F(WireTest, WhatIsNoSegmentPassesAllRulesAndIsCounted) {
    relay->set_rules(Rules::hold_everything());
    const OwnFd from = open(Host::client, SOCK_DGRAM), to = open(Host::server, SOCK_DGRAM);
    const SocketAddress address = address_on_wire(Host::server, AF_INET, 6666);
    ASSERT_EQ(bind(to, address.get(), address.length), 0);
    const std::uint64_t before = relay->counters().other_packets[0];
    // Longer than the MTU: it travels in fragments.
    const std::string text(4000, 'x');
    ASSERT_EQ(sendto(from, text.data(), text.size(), 0, address.get(), address.length), 4000);
    EXPECT_TRUE(becomes(to, POLLIN));
    EXPECT_GE(relay->counters().other_packets[0] - before, 3u) << "its fragments; a kernel that reports its multicast groups may add to them";
    EXPECT_TRUE(sink.all().empty());
}

}  // namespace
}  // namespace synoptic
