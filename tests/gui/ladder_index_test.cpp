// The Ladder's rows, and which events belong to which connection.
#include "gui/panels/ladder_index.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "core/model/tcp_fact.h"
#include "gui/panel.h"
#include "gui/panels/ladder_words.h"
#include "tests/model/story.h"
#include "tests/wire/packets.h"

namespace synoptic {
namespace {

using Kind = LadderItem::Kind;

const Address wire_server = ipv4("10.77.0.2", 6666);
Address wire_client(std::uint16_t port = 40000) {
    return ipv4("10.77.0.1", port);
}

/** A server and clients in the lab, and the wire between them. */
struct WireStory : EchoStory {
    LadderIndex index;
    std::uint64_t next_wire = 1;

    std::uint64_t sent(const PacketOf& of) {
        const Bytes bytes = make_packet(of);
        fact(EventKind::segment_sent, {.a = static_cast<std::int64_t>(bytes.size()),
                                       .b = of.from_client ? 0 : 1,
                                       .payload = std::string(bytes.begin(), bytes.end()),
                                       .socket = next_wire});
        return next_wire++;
    }
    void arrived(std::uint64_t id) { fact(EventKind::segment_arrived, {.socket = id}); }
    void held(std::uint64_t id, std::int64_t copy_of = 0) { fact(EventKind::segment_held, {.a = copy_of, .socket = id}); }
    void delivered(std::uint64_t id) {
        fact(EventKind::segment_delivered, {.a = static_cast<int>(DeliverReason::hand), .socket = id});
        arrived(id);
    }
    void dropped(std::uint64_t id, DropReason reason) { fact(EventKind::segment_dropped, {.a = static_cast<int>(reason), .socket = id}); }
    void pass(const PacketOf& of) { arrived(sent(of)); }
    void table_says(TcpHost host, std::uint64_t cookie, const Address& local, const Address& peer, TcpState state) {
        TcpFact told;
        told.host = host;
        told.socket.cookie = cookie;
        told.socket.local = local;
        told.socket.peer = peer;
        told.socket.state = state;
        const Args args = tcp_args(told);
        fact(EventKind::tcp_state,
             {.fd = args.fd, .a = args.a, .b = args.b, .value = args.value, .payload = tcp_payload(told), .socket = args.socket});
    }
    void wait(std::uint64_t ns) { now_ns += ns; }

    const Ladder& only() {
        EXPECT_TRUE(index.update(history));
        const Ladder* found = nullptr;
        for (const Ladder& ladder : index.ladders()) {
            if (!has_begun(ladder, history.size())) continue;
            EXPECT_EQ(found, nullptr) << "more than one ladder";
            found = &ladder;
        }
        static const Ladder nothing;
        return found ? *found : nothing;
    }
    std::size_t count() {
        EXPECT_TRUE(index.update(history));
        std::size_t ladders = 0;
        for (const Ladder& ladder : index.ladders()) ladders += has_begun(ladder, history.size());
        return ladders;
    }
    std::vector<std::string> calls(const Ladder& ladder) const {
        std::vector<std::string> names;
        for (const LadderItem& item : ladder.rows.items()) {
            if (item.kind != Kind::call_enter) continue;
            const LadderCall& call = ladder.rows.calls()[item.index];
            names.push_back(std::string(call.side == LadderSide::client ? "client " : "server ") + kind_info(call.kind).name);
        }
        return names;
    }
    std::vector<std::string> states(const Ladder& ladder, LadderSide side) const {
        std::vector<std::string> names;
        for (const LadderState& state : ladder.rows.states(side))
            names.push_back(std::string(name_of(state.state)) + (state.known == Known::inferred ? "?" : ""));
        return names;
    }

    /** connect is entered, and the SYN goes on its way. */
    std::uint64_t begin_connect(int fd = 10, std::uint64_t cookie = 7000) {
        socket(client, fd, cookie);
        connect_enter(client, fd, wire_server);
        return sent({.from_client = true, .flags = tcp_syn, .seq = 1000});
    }
    void shake_hands() {
        accept_enter(server, 3);
        const std::uint64_t syn = begin_connect();
        table_says(TcpHost::client, 7000, wire_client(), wire_server, TcpState::syn_sent);
        arrived(syn);
        pass({.from_client = false, .flags = tcp_syn | tcp_ack, .seq = 5000, .ack = 1001});
        pass({.from_client = true, .flags = tcp_ack, .seq = 1001, .ack = 5001});
        connect_exit(client, 10, wire_client(), wire_server);
        accept_exit(server, 3, 4, 7001, wire_server, wire_client());
    }
};

using Names = std::vector<std::string>;

TEST(LadderIndex, ASynAndTheConnectThatWaitsForItAreOneLadderOnceTheTableTells) {
    WireStory story;
    story.begin_connect();
    EXPECT_EQ(story.count(), 2u);
    story.table_says(TcpHost::client, 7000, wire_client(), wire_server, TcpState::syn_sent);
    const Ladder& ladder = story.only();
    EXPECT_EQ(story.calls(ladder), (Names{"client socket", "client connect"}));
    ASSERT_EQ(ladder.rows.segments().size(), 1u);
    EXPECT_EQ(story.index.text(ladder.rows.segments()[0].title), "SYN");
    EXPECT_EQ(ladder.client_label, "client 2");
    EXPECT_EQ(ladder.client_address, wire_client());
    EXPECT_EQ(story.index.of_socket(SocketId{7000}), story.index.of_flow(ladder.flow));
}

TEST(LadderIndex, AHandshakeHasBothProgramsAndAllSegmentsInOrder) {
    WireStory story;
    story.shake_hands();
    const Ladder& ladder = story.only();
    EXPECT_EQ(story.calls(ladder), (Names{"server accept", "client socket", "client connect"}));
    ASSERT_EQ(ladder.rows.segments().size(), 3u);
    std::vector<Kind> kinds;
    EventIndex before = 0;
    std::uint32_t y = 0;
    for (const LadderItem& item : ladder.rows.items()) {
        EXPECT_GE(item.at, before);
        EXPECT_GE(item.y, y);
        before = item.at;
        y = item.y;
    }
    EXPECT_EQ(ladder.client_label, "client 2");
    EXPECT_EQ(ladder.server_label, "server 1");
    EXPECT_EQ(story.states(ladder, LadderSide::client), (Names{"SYN_SENT?", "SYN_SENT", "ESTABLISHED?"}));
    EXPECT_EQ(story.states(ladder, LadderSide::server), (Names{"SYN_RCVD?", "ESTABLISHED?"}));
}

TEST(LadderIndex, CallsOnBothSocketsAndTheirBytesFollow) {
    WireStory story;
    story.shake_hands();
    story.enter(story.client, EventKind::send, {.fd = 10, .a = 5, .payload = "hello"});
    story.pass({.from_client = true, .flags = tcp_psh | tcp_ack, .seq = 1001, .ack = 5001, .payload = "hello"});
    story.exit(story.client, EventKind::send, {.fd = 10, .value = 5});
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.exit(story.server, EventKind::recv, {.fd = 4, .value = 5, .payload = "hello"});
    story.close(story.server, 4);
    const Ladder& ladder = story.only();
    EXPECT_EQ(story.calls(ladder),
              (Names{"server accept", "client socket", "client connect", "client send", "server recv", "server close"}));
    for (const LadderCall& call : ladder.rows.calls()) {
        const bool moves = call.kind == EventKind::send || call.kind == EventKind::recv;
        EXPECT_EQ(call.bytes, moves ? 5 : 0);
        EXPECT_NE(call.exit, no_event);
    }
    EXPECT_EQ(story.index.text(ladder.rows.segments().back().title), "data 5 bytes");
}

TEST(LadderIndex, ASecondConnectionIsALadderOfItsOwn) {
    WireStory story;
    story.shake_hands();
    const ProgramId other = story.program(3, false, false, "echo_client");
    const ActorId second = story.begin(3, 50, other, {}, 0, 52);
    story.socket(second, 11, 7100);
    story.connect_enter(second, 11, wire_server);
    story.sent({.from_client = true, .flags = tcp_syn, .seq = 9000, .client_port = 40001});
    story.table_says(TcpHost::client, 7100, wire_client(40001), wire_server, TcpState::syn_sent);
    EXPECT_EQ(story.count(), 2u);
    const std::size_t first_of = story.index.of_socket(SocketId{7000}), second_of = story.index.of_socket(SocketId{7100});
    EXPECT_NE(first_of, second_of);
    EXPECT_EQ(story.index.ladders()[second_of].rows.segments().size(), 1u);
    Selection selection;
    selection.program = other;
    EXPECT_EQ(ladder_of(story.index, story.world(), selection), second_of);
    selection = Selection{.segment = WireId{1}};
    EXPECT_EQ(ladder_of(story.index, story.world(), selection), first_of);
    EXPECT_EQ(latest_ladder(story.index, story.history.size()), second_of);
    const EventIndex second_began = story.index.ladders()[second_of].rows.items().front().at;
    EXPECT_EQ(latest_ladder(story.index, story.history.size(), second_began), second_of);
    EXPECT_EQ(latest_ladder(story.index, story.history.size(), second_began + 1), LadderIndex::none) << "of an earlier run";
    selection = Selection{.event = story.index.ladders()[first_of].rows.calls()[1].exit};
    EXPECT_EQ(ladder_of(story.index, story.world(), selection), first_of);
}

TEST(LadderIndex, OnLoopbackThereAreCallsAndStatesOnly) {
    WireStory story;
    story.connect_and_accept();
    story.table_says(TcpHost::here, 7000, client_address(40000), server_address, TcpState::established);
    const Ladder& ladder = story.only();
    EXPECT_FALSE(ladder.on_wire);
    EXPECT_TRUE(ladder.rows.segments().empty());
    EXPECT_EQ(story.calls(ladder), (Names{"client socket", "server accept", "client connect"}));
    EXPECT_EQ(story.states(ladder, LadderSide::client), (Names{"ESTABLISHED"}));
}

TEST(LadderIndex, HeldAndDroppedAndRepeatedSegmentsAreSeenAsSuch) {
    WireStory story;
    const std::uint64_t syn = story.begin_connect();
    story.table_says(TcpHost::client, 7000, wire_client(), wire_server, TcpState::syn_sent);
    story.held(syn);
    story.wait(1'000'000'000);
    const std::uint64_t again = story.sent({.from_client = true, .flags = tcp_syn, .seq = 1000});
    story.held(again, static_cast<std::int64_t>(syn));
    const EventIndex waiting = story.history.size();
    story.delivered(syn);
    story.dropped(again, DropReason::hand);
    const Ladder& ladder = story.only();
    ASSERT_EQ(ladder.rows.segments().size(), 2u);
    const LadderSegment &first = ladder.rows.segments()[0], &second = ladder.rows.segments()[1];
    EXPECT_EQ(segment_fate(first, waiting), "held");
    EXPECT_EQ(segment_fate(second, waiting), "a copy, held");
    EXPECT_NE(first.column, second.column);
    EXPECT_EQ(segment_fate(first, story.history.size()), "");
    EXPECT_EQ(segment_fate(second, story.history.size()), "dropped by hand");
    EXPECT_EQ(story.index.text(second.note), "SYN retransmission #1");
    EXPECT_LT(first.delivered, first.end);
}

TEST(LadderIndex, ACallWhoseMakerDiedIsNotOpenForEver) {
    WireStory story;
    story.shake_hands();
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.fact(EventKind::process_ended, {.a = 100, .b = 1, .value = 9});
    const Ladder& ladder = story.only();
    const LadderCall& recv = ladder.rows.calls().back();
    EXPECT_EQ(recv.exit, no_event);
    EXPECT_NE(recv.gone, no_event);
    EXPECT_TRUE(ladder_call_words(story.history, recv, story.history.size()).never);
    EXPECT_FALSE(ladder_call_words(story.history, recv, recv.gone).never);
}

TEST(LadderIndex, APortThatIsUsedAgainBeginsANewLadder) {
    WireStory story;
    story.shake_hands();
    story.close(story.client, 10);
    story.pass({.from_client = true, .flags = tcp_rst | tcp_ack, .seq = 1001, .ack = 5001});
    story.socket(story.client, 10, 7200);
    story.connect_enter(story.client, 10, wire_server);
    story.pass({.from_client = true, .flags = tcp_syn, .seq = 77000});
    story.table_says(TcpHost::client, 7200, wire_client(), wire_server, TcpState::syn_sent);
    EXPECT_EQ(story.count(), 2u);
    const Ladder& second = story.index.ladders()[story.index.of_socket(SocketId{7200})];
    EXPECT_EQ(second.rows.segments().size(), 1u);
    EXPECT_EQ(story.calls(second), (Names{"client socket", "client connect"}));
}

TEST(LadderIndex, WorkersAreToldFromTheServerThatForkedThem) {
    WireStory story;
    story.shake_hands();
    const ActorId child = story.fork(story.server, 1, 101, story.server_program, 3);
    story.close(story.server, 4);
    story.enter(child, EventKind::recv, {.fd = 4, .a = 100});
    const Ladder& ladder = story.only();
    const std::vector<LadderCall>& calls = ladder.rows.calls();
    ASSERT_GE(calls.size(), 2u);
    EXPECT_EQ(calls.back().kind, EventKind::recv);
    EXPECT_EQ(calls.back().worker_tid, 101);
    EXPECT_EQ(calls[calls.size() - 2].kind, EventKind::close);
    EXPECT_EQ(calls[calls.size() - 2].worker_tid, 0);
}

TEST(LadderIndex, WhoeverWaitsInAcceptMayGetTheConnectionThatIsBeingMade) {
    WireStory story;
    story.socket(story.client, 10, 7000);
    story.connect_enter(story.client, 10, server_address);
    const Ladder& ladder = story.only();
    EXPECT_EQ(waiting_accept(story.world(), ladder), nullptr);
    story.accept_enter(story.server, 3);
    const Actor* waits = waiting_accept(story.world(), ladder);
    ASSERT_NE(waits, nullptr);
    EXPECT_EQ(waits->id, story.server);
    story.connect_exit(story.client, 10, client_address(40000), server_address);
    story.accept_exit(story.server, 3, 4, 7001, server_address, client_address(40000));
    story.accept_enter(story.server, 3);
    EXPECT_EQ(waiting_accept(story.world(), story.only()), nullptr);
}

TEST(LadderIndex, AttemptsThatTheirConnectRefusesAreLaddersToo) {
    WireStory story;
    const std::uint64_t syn = story.begin_connect();
    story.table_says(TcpHost::client, 7000, wire_client(), wire_server, TcpState::syn_sent);
    story.arrived(syn);
    story.pass({.from_client = false, .flags = tcp_rst | tcp_ack, .seq = 0, .ack = 1001});
    story.exit(story.client, EventKind::connect, {.fd = 10, .value = -1, .error = ECONNREFUSED});
    story.close(story.client, 10);
    const Ladder& ladder = story.only();
    EXPECT_EQ(story.calls(ladder), (Names{"client socket", "client connect", "client close"}));
    EXPECT_EQ(ladder.rows.segments().size(), 2u);
    EXPECT_EQ(story.index.text(ladder.rows.segments()[1].note), "nobody listens at this port");
    EXPECT_TRUE(ladder_call_words(story.history, ladder.rows.calls()[1], story.history.size()).failed);
    EXPECT_EQ(story.states(ladder, LadderSide::client).back(), "CLOSED?");
}

TEST(LadderIndex, IsBuiltInStepsAndStartsAgainWithAnotherHistory) {
    WireStory story;
    story.shake_hands();
    for (int at = 0; at < 2000; ++at) {
        story.enter(story.client, EventKind::send, {.fd = 10, .a = 1, .payload = "x"});
        story.exit(story.client, EventKind::send, {.fd = 10, .value = 1});
    }
    int steps = 1;
    while (!story.index.update(story.history, 1)) ++steps;
    EXPECT_GT(steps, 10);
    EXPECT_EQ(story.only().rows.calls().size(), 2003u);
    History other;
    EXPECT_TRUE(story.index.update(other));
    EXPECT_TRUE(story.index.ladders().empty());
}

TEST(LadderIndex, WhatCameLaterIsNotKnownInThePast) {
    WireStory story;
    story.shake_hands();
    const Ladder& ladder = story.only();
    const LadderCall* connect = nullptr;
    for (const LadderCall& call : ladder.rows.calls()) {
        if (call.kind == EventKind::connect) connect = &call;
    }
    ASSERT_NE(connect, nullptr);
    const LadderCallWords then = ladder_call_words(story.history, *connect, connect->exit);
    EXPECT_TRUE(then.open);
    EXPECT_EQ(then.result, "");
    EXPECT_EQ(ladder_call_words(story.history, *connect, story.history.size()).result, "= 0");
    EXPECT_LT(ladder.rows.height(connect->exit), ladder.rows.height(story.history.size()));
}

}  // namespace
}  // namespace synoptic
