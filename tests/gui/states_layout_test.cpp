// The state diagram: where everything stands, how an end came to its state, and whose ends are shown.
#include "gui/panels/states_layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "gui/panels/states_cast.h"
#include "gui/panels/words.h"
#include "tests/gui/small_world.h"
#include "tests/gui/wire_history.h"

namespace synoptic {
namespace {

using test::client_address;
using test::server_address;
using test::WireHistory;

StatesMeasure measure(float scale = 1) {
    StatesMeasure sizes;
    sizes.scale = scale;
    sizes.label_width = [scale](std::string_view text) { return 6.3f * scale * static_cast<float>(text.size()); };
    sizes.name_width = [scale](std::string_view text) { return 7.0f * scale * static_cast<float>(text.size()); };
    sizes.label_height = 14 * scale;
    return sizes;
}

bool overlap(const ui::Rect& a, const ui::Rect& b) {
    return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

ui::Rect rect_of(const StateLabel& label, float height) {
    return {label.at.x, label.at.y, label.width, height};
}

TEST(StatesLayout, HasTheTransitionsOfTheRfc) {
    std::set<std::pair<TcpState, TcpState>> drawn;
    for (const Transition& transition : transitions()) {
        if (transition.path != Path::rare) drawn.insert({state_of(transition.from), state_of(transition.to)});
    }
    using S = TcpState;
    const std::set<std::pair<S, S>> wanted = {
        {S::closed, S::listen},          {S::closed, S::syn_sent},       {S::listen, S::closed},        {S::listen, S::syn_rcvd},
        {S::listen, S::syn_sent},        {S::syn_rcvd, S::listen},       {S::syn_rcvd, S::established}, {S::syn_rcvd, S::fin_wait_1},
        {S::syn_sent, S::syn_rcvd},      {S::syn_sent, S::established},  {S::syn_sent, S::closed},      {S::established, S::fin_wait_1},
        {S::established, S::close_wait}, {S::fin_wait_1, S::fin_wait_2}, {S::fin_wait_1, S::closing},   {S::fin_wait_2, S::time_wait},
        {S::closing, S::time_wait},      {S::close_wait, S::last_ack},   {S::last_ack, S::closed},      {S::time_wait, S::closed}};
    EXPECT_EQ(drawn, wanted);
}

TEST(StatesLayout, FitsItsRoomAndNothingLiesOverAnother) {
    for (const auto& [w, h, scale] :
         {std::tuple{1010.0f, 262.0f, 1.0f}, {950.0f, 240.0f, 1.0f}, {1580.0f, 700.0f, 1.0f}, {2000.0f, 560.0f, 2.0f}}) {
        SCOPED_TRACE(std::to_string(w));
        const ui::Rect room{100, 50, w, h};
        const StatesLayout layout = lay_out_states(room, measure(scale));
        ASSERT_TRUE(layout.labelled);
        for (std::size_t at = 0; at < layout.edges.size(); ++at)
            EXPECT_EQ(layout.edges[at].labels.empty(), transitions()[at].path == Path::rare) << "no label was dropped: " << at;
        EXPECT_EQ(layout.width, w);
        std::vector<std::pair<std::string, ui::Rect>> boxes;
        for (std::size_t at = 0; at < state_node_count; ++at)
            boxes.push_back({name_of(state_of(static_cast<StateNode>(at))), layout.node[at]});
        for (std::size_t at = 0; at < layout.edges.size(); ++at) {
            for (const StateLabel& label : layout.edges[at].labels)
                boxes.push_back({std::to_string(at) + " " + label.text, rect_of(label, 14 * scale)});
        }
        for (std::size_t at = 0; at < boxes.size(); ++at) {
            const ui::Rect& box = boxes[at].second;
            EXPECT_TRUE(box.x >= room.x && box.y >= room.y && box.right() <= room.right() && box.bottom() <= room.bottom())
                << boxes[at].first;
            for (std::size_t other = 0; other < at; ++other)
                EXPECT_FALSE(overlap(box, boxes[other].second)) << boxes[at].first << " over " << boxes[other].first;
        }
    }
}

TEST(StatesLayout, NoLineRunsThroughALabelOrAForeignBox) {
    const StatesLayout layout = lay_out_states({0, 0, 1010, 262}, measure());
    for (std::size_t at = 0; at < layout.edges.size(); ++at) {
        const Transition& edge = transitions()[at];
        for (int step = 1; step < 100; ++step) {
            const ImVec2 point = layout.edges[at].curve.at(static_cast<float>(step) / 100);
            for (std::size_t node = 0; node < state_node_count; ++node) {
                const auto box = static_cast<StateNode>(node);
                if (box == edge.from || box == edge.to) continue;
                ASSERT_FALSE(layout.node[node].contains(point)) << at << " through " << name_of(state_of(box));
            }
            for (std::size_t other = 0; other < layout.edges.size(); ++other) {
                for (const StateLabel& label : layout.edges[other].labels)
                    ASSERT_FALSE(rect_of(label, 14).contains(point)) << at << " through " << other << " " << label.text;
            }
        }
    }
}

TEST(StatesLayout, ALineBeginsAndEndsAtItsBoxes) {
    const StatesLayout layout = lay_out_states({0, 0, 1010, 262}, measure());
    for (std::size_t at = 0; at < layout.edges.size(); ++at) {
        const auto touches = [&](StateNode node, ImVec2 point) {
            const ui::Rect box = layout.node[static_cast<std::size_t>(node)].inset(-0.5f);
            return box.contains(point) && !box.inset(1.5f).contains(point);
        };
        EXPECT_TRUE(touches(transitions()[at].from, layout.edges[at].curve.from)) << at;
        EXPECT_TRUE(touches(transitions()[at].to, layout.edges[at].curve.to)) << at;
    }
}

TEST(StatesLayout, WhereThereIsLittleRoomItDropsLabelsAndThenScrolls) {
    const StatesLayout small = lay_out_states({0, 0, 640, 200}, measure());
    std::size_t labelled = 0;
    for (const StateEdge& edge : lay_out_states({0, 0, 800, 300}, measure()).edges) labelled += !edge.labels.empty();
    EXPECT_GE(labelled, 10u) << "those that have room stay";
    EXPECT_LT(labelled, transitions().size() - 1);
    EXPECT_EQ(small.width, 640);
    for (std::size_t at = 0; at < state_node_count; ++at) {
        for (std::size_t other = 0; other < at; ++other) EXPECT_FALSE(overlap(small.node[at], small.node[other]));
    }
    const StatesLayout tiny = lay_out_states({0, 0, 300, 80}, measure());
    EXPECT_GT(tiny.width, 300);
    EXPECT_GT(tiny.height, 80);
}

TEST(StatesLayout, NamesAreNeverCut) {
    for (const float scale : {0.75f, 1.0f, 2.0f, 2.5f}) {
        for (const float w : {300.0f, 640.0f, 1024.0f, 1580.0f}) {
            const StatesLayout layout = lay_out_states({0, 0, w, 300}, measure(scale));
            const float name = 7.0f * scale * 11 * layout.name_scale;  // ESTABLISHED
            for (const ui::Rect& box : layout.node) EXPECT_GE(box.w, name) << w << " at " << scale;
            for (std::size_t at = 0; at < state_node_count; ++at) {
                for (std::size_t other = 0; other < at; ++other)
                    EXPECT_FALSE(overlap(layout.node[at], layout.node[other])) << w << " at " << scale;
            }
        }
    }
    EXPECT_EQ(lay_out_states({0, 0, 1024, 300}, measure(2)).width, 1024) << "smaller letters before a scroll bar";
    EXPECT_EQ(lay_out_states({0, 0, 1024, 300}, measure(1)).name_scale, 1);
}

TEST(StatesLayout, ALineIsFoundUnderThePointer) {
    const StatesLayout layout = lay_out_states({0, 0, 640, 168}, measure());
    ASSERT_FALSE(layout.labelled) << "no label has room: they are told where the pointer is";
    EXPECT_FALSE(layout.all_labelled);
    EXPECT_TRUE(lay_out_states({0, 0, 1010, 262}, measure()).all_labelled);
    for (std::size_t at = 0; at < transitions().size(); ++at) {
        if (transitions()[at].path != Path::rare) EXPECT_EQ(edge_near(layout, layout.edges[at].curve.at(0.5f), 6), at);
    }
    EXPECT_EQ(edge_near(layout, {-100, -100}, 6), transitions().size());
}

std::vector<std::pair<TcpState, bool>> steps(const std::vector<Taken>& way) {
    std::vector<std::pair<TcpState, bool>> states;
    for (const Taken& step : way) states.push_back({state_of(transitions()[step.transition].to), step.seen});
    return states;
}

/** The way of an end whose states were all seen. */
std::vector<Taken> way_of(const std::vector<TcpState>& states, bool is_client) {
    std::vector<Passed> passed;
    for (const TcpState state : states) passed.push_back({state});
    return way_through(passed, is_client);
}

TEST(WayThrough, FollowsWhatWasSeen) {
    using S = TcpState;
    const std::vector<S> client = {S::syn_sent, S::established, S::fin_wait_1, S::fin_wait_2, S::time_wait, S::closed};
    const auto way = steps(way_of(client, true));
    ASSERT_EQ(way.size(), 6u);
    for (std::size_t at = 0; at < 6; ++at) EXPECT_EQ(way[at], (std::pair{client[at], true}));
    const std::vector<S> both = {S::syn_rcvd, S::established, S::fin_wait_1, S::closing, S::time_wait};
    EXPECT_EQ(steps(way_of(both, false)), (std::vector<std::pair<S, bool>>{{S::listen, true},
                                                                           {S::syn_rcvd, true},
                                                                           {S::established, true},
                                                                           {S::fin_wait_1, true},
                                                                           {S::closing, true},
                                                                           {S::time_wait, true}}));
    const std::vector<S> at_once = {S::syn_sent, S::established, S::fin_wait_1, S::time_wait};
    EXPECT_EQ(transitions()[way_of(at_once, true).back().transition].path, Path::rare);
}

TEST(WayThrough, FillsInTheUsualWayAndMarksItUnseen) {
    using S = TcpState;
    const std::vector<S> known = {S::established, S::time_wait};
    EXPECT_EQ(steps(way_of(known, true)),
              (std::vector<std::pair<S, bool>>{
                  {S::syn_sent, false}, {S::established, false}, {S::fin_wait_1, false}, {S::fin_wait_2, false}, {S::time_wait, false}}));
    const std::vector<S> server = {S::established};
    EXPECT_EQ(steps(way_of(server, false)),
              (std::vector<std::pair<S, bool>>{{S::listen, false}, {S::syn_rcvd, false}, {S::established, false}}));
    const std::vector<S> reset = {S::syn_sent, S::established, S::closed};
    EXPECT_EQ(way_of(reset, true).size(), 2u) << "a reset is no transition of the figure";
}

TEST(WayThrough, WhatIsInferredWasNotSeen) {
    using S = TcpState;
    const Passed states[] = {{S::syn_rcvd}, {S::established, Known::inferred}, {S::close_wait}};
    EXPECT_EQ(steps(way_through(states, false)),
              (std::vector<std::pair<S, bool>>{{S::listen, true}, {S::syn_rcvd, true}, {S::established, false}, {S::close_wait, true}}));
}

class StatesCastTest : public testing::Test {
   protected:
    /** Both tables tell what is inferred so far: what was is seen now. */
    void tables(TcpState client, TcpState server) {
        wire.table(TcpHost::client, 7, client, client_address, server_address);
        wire.table(TcpHost::server, 8, server, server_address, client_address);
    }
    void handshake() {
        wire.carried({.flags = tcp_syn, .seq = 100});
        wire.carried({.from_client = false, .flags = tcp_syn | tcp_ack, .seq = 300, .ack = 101});
        wire.carried({.seq = 101, .ack = 301});
    }
    void close_by_client() {
        wire.carried({.flags = tcp_fin | tcp_ack, .seq = 101, .ack = 301});
        wire.carried({.from_client = false, .flags = tcp_ack, .seq = 301, .ack = 102});
        wire.carried({.from_client = false, .flags = tcp_fin | tcp_ack, .seq = 301, .ack = 102});
        wire.carried({.seq = 102, .ack = 302});
    }
    StatesCast cast(const World& world) {
        EXPECT_TRUE(paths.update(wire.history));
        pair = latest_pair(world, paths, end_pairs(world));
        return cast_states(world, paths, pair);
    }
    WireHistory wire;
    TcpPaths paths;
    std::optional<EndPair> pair;
};

TEST_F(StatesCastTest, BothEndsStandOnTheirStatesAndCameByTheirWays) {
    handshake();
    close_by_client();
    const StatesCast now = cast(wire.world());
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->client, (TcpEndKey{TcpHost::client, client_address, server_address}));
    EXPECT_EQ(now.client.state, TcpState::time_wait);
    EXPECT_EQ(now.client.known, Known::inferred);
    EXPECT_EQ(now.client.way.size(), 5u);
    EXPECT_EQ(now.server.state, TcpState::closed);
    EXPECT_EQ(now.server.node, StateNode::closed_again);
    EXPECT_EQ(steps(now.server.way).back(), (std::pair{TcpState::closed, false})) << "no table has said so";
    EXPECT_EQ(now.server.way.size(), 6u);
}

TEST_F(StatesCastTest, AStepIsSeenOnceTheTableSaysSo) {
    handshake();
    EXPECT_EQ(steps(cast(wire.world()).client.way).back(), (std::pair{TcpState::established, false}));
    const EventIndex before = wire.history.size();
    tables(TcpState::established, TcpState::established);
    EXPECT_EQ(steps(cast(wire.world()).client.way).back(), (std::pair{TcpState::established, true}));
    EXPECT_EQ(steps(cast(wire.world()).client.way).front(), (std::pair{TcpState::syn_sent, false})) << "the table has passed over it";
    EXPECT_EQ(steps(cast(wire.history.at(before)).client.way).back(), (std::pair{TcpState::established, false})) << "the past is as it was";
}

TEST_F(StatesCastTest, AnInferredStepThatTheTableContradictsIsNoWayTaken) {
    wire.carried({.flags = tcp_syn, .seq = 100});
    wire.carried({.from_client = false, .flags = tcp_syn | tcp_ack, .seq = 300, .ack = 101});
    tables(TcpState::established, TcpState::syn_rcvd);
    // The accept queue is full: the kernel drops the ACK, and the request stays in the SYN queue.
    wire.carried({.seq = 101, .ack = 301});
    const StatesCast inferred = cast(wire.world());
    EXPECT_EQ(inferred.server.state, TcpState::established);
    EXPECT_EQ(steps(inferred.server.way).back(), (std::pair{TcpState::established, false}));
    const EventIndex before = wire.history.size();
    tables(TcpState::established, TcpState::syn_rcvd);
    const StatesCast now = cast(wire.world());
    EXPECT_EQ(now.server.state, TcpState::syn_rcvd);
    EXPECT_EQ(steps(now.server.way), (std::vector<std::pair<TcpState, bool>>{{TcpState::listen, true}, {TcpState::syn_rcvd, true}}));
    EXPECT_EQ(steps(cast(wire.history.at(before)).server.way).back(), (std::pair{TcpState::established, false}));
    tables(TcpState::established, TcpState::established);
    EXPECT_EQ(steps(cast(wire.world()).server.way).back(), (std::pair{TcpState::established, true}));
    EXPECT_EQ(cast(wire.world()).server.way.size(), 3u);
}

TEST_F(StatesCastTest, ThePastIsAsItWas) {
    handshake();
    close_by_client();
    const StatesCast then = cast(wire.history.at(3));  // the SYN,ACK is on its way
    EXPECT_EQ(then.client.state, TcpState::syn_sent);
    EXPECT_EQ(steps(then.client.way), (std::vector<std::pair<TcpState, bool>>{{TcpState::syn_sent, false}}));
    EXPECT_EQ(then.server.state, TcpState::syn_rcvd);
    EXPECT_FALSE(cast(wire.history.at(0)).client.shown());
    EXPECT_FALSE(pair);
}

TEST_F(StatesCastTest, AConnectionWithTheSamePortsBeginsAnew) {
    handshake();
    close_by_client();
    wire.table(TcpHost::client, 7, TcpState::time_wait, client_address, server_address);
    wire.table(TcpHost::client, 7, TcpState::closed, {}, {});
    wire.carried({.flags = tcp_syn, .seq = 9000});
    const StatesCast now = cast(wire.world());
    EXPECT_EQ(now.client.state, TcpState::syn_sent);
    EXPECT_EQ(now.client.way.size(), 1u);
    EXPECT_FALSE(now.server.shown()) << "the older connection's end says nothing of this one";
}

TEST_F(StatesCastTest, TheTableCountsAndItsTimerIsSaid) {
    handshake();
    wire.table(TcpHost::client, 7, TcpState::established, client_address, server_address, {TcpTimer::Kind::retransmission, 0, 1},
               wire.now_ns() + 400'000'000);
    const StatesCast now = cast(wire.world());
    EXPECT_EQ(now.client.known, Known::observed);
    const std::string text = end_text(now.client, wire.now_ns());
    EXPECT_NE(text.find("ESTABLISHED, observed, for 0.0 s; retransmission in 0.4 s, 1 so far"), std::string::npos) << text;
    EXPECT_NE(end_text(now.server, wire.now_ns()).find("inferred"), std::string::npos);
    wire.carried({.from_client = false, .flags = tcp_rst | tcp_ack, .seq = 301, .ack = 101});
    EXPECT_EQ(end_text(cast(wire.world()).client, wire.now_ns()), "CLOSED, inferred from a segment, for 0.0 s") << "no timer runs any more";
}

TEST_F(StatesCastTest, OthersAreCountedAndTheListenerStandsForTheServerBeforeTheSynComes) {
    handshake();
    wire.sent({.flags = tcp_syn, .seq = 5, .client_port = 40001});
    World world = wire.world();
    Socket& listener = world.sockets[SocketId{50}];
    listener.id = SocketId{50};
    listener.state = Socket::State::listening;
    listener.host = TcpHost::server;
    listener.local = server_address;
    world.listening.insert(listener.id);
    const StatesCast now = cast(world);
    EXPECT_EQ(now.client.state, TcpState::syn_sent);
    EXPECT_EQ(now.server.state, TcpState::listen);
    EXPECT_EQ(now.server.node, StateNode::listen);
    EXPECT_EQ(now.server.way.size(), 1u);
    EXPECT_EQ(now.others[static_cast<std::size_t>(StateNode::established)], 2u);
    EXPECT_EQ(now.others[static_cast<std::size_t>(StateNode::listen)], 0u) << "it stands for the chosen one's server";
    EXPECT_EQ(end_pairs(world).size(), 2u);
    EXPECT_EQ(cast_states(world, paths, {}).others[static_cast<std::size_t>(StateNode::listen)], 1u);
}

TEST_F(StatesCastTest, TheSelectionMeansAConnection) {
    handshake();
    const WireId other = wire.sent({.flags = tcp_syn, .seq = 5, .client_port = 40001});
    wire.table(TcpHost::client, 7, TcpState::established, client_address, server_address);
    const World world = wire.world();
    ASSERT_TRUE(paths.update(wire.history));
    Selection selection;
    EXPECT_FALSE(selected_pair(world, paths, selection));
    selection.segment = other;
    EXPECT_EQ(selected_pair(world, paths, selection)->client.local.port(), 40001);
    Selection socket;
    socket.socket = SocketId{7};
    EXPECT_EQ(selected_pair(world, paths, socket)->client.local.port(), 40000);
}

TEST_F(StatesCastTest, OnThisMachineTheServerIsWhoListened) {
    test::SmallWorld small;
    const ProgramId server = small.add_server(test::Model::iterative, 50000);
    small.world.sockets[small.world.programs[server].listener].host = TcpHost::here;
    const Address low = test::loopback(40000), high = test::loopback(50000);
    for (const auto& [local, peer] : {std::pair{low, high}, std::pair{high, low}}) {
        TcpEnd& end = small.world.tcp_ends[{TcpHost::here, local, peer}];
        end.host = TcpHost::here;
        end.local = local;
        end.peer = peer;
        end.state = TcpState::established;
    }
    const std::vector<EndPair> pairs = end_pairs(small.world);
    ASSERT_EQ(pairs.size(), 1u);
    EXPECT_EQ(pairs[0].server.local.port(), 50000);
}

}  // namespace
}  // namespace synoptic
