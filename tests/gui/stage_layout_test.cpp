// The stage's layout: whatever is on the stage, nothing overlaps, nothing sticks out, and nobody is forgotten.
#include "gui/panels/stage_layout.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>

#include "small_world.h"

namespace synoptic {
namespace {

using test::Model;
using test::SmallWorld;
using ui::Rect;

StageMeasure measure_of(float width, float height, float scale = 1) {
    StageMeasure measure;
    measure.width = width;
    measure.height = height;
    measure.scale = scale;
    measure.now_ns = SmallWorld::now_ns;
    return measure;
}

bool overlap(const Rect& left, const Rect& right) {
    constexpr float hair = 0.01f;
    return left.x + hair < right.right() && right.x + hair < left.right() && left.y + hair < right.bottom() &&
           right.y + hair < left.bottom();
}

bool inside(const Rect& inner, const Rect& outer) {
    constexpr float hair = 0.01f;
    return inner.x >= outer.x - hair && inner.y >= outer.y - hair && inner.right() <= outer.right() + hair &&
           inner.bottom() <= outer.bottom() + hair;
}

/** Everything that may not overlap anything else. Threads stand inside their server's card, below its head. */
std::vector<Rect> cards_of(const StageLayout& layout) {
    std::vector<Rect> cards;
    for (const StageGroup& group : layout.groups) {
        for (const ClientCard& card : group.clients) cards.push_back(card.rect);
        for (const WorkerCard& card : group.workers) cards.push_back(card.rect);
        if (group.has_server) cards.push_back(group.server.head);
        if (!group.more_clients.dots.empty()) cards.push_back(group.more_clients.rect);
        if (!group.more_workers.dots.empty()) cards.push_back(group.more_workers.rect);
        if (group.add_client.h > 0) cards.push_back(group.add_client);
    }
    return cards;
}

/** A queue's name, its slots and its note stand one behind the other, and between where the card's words begin and end. */
template <typename Slots>
void expect_line(const ServerCard& server, const Slots& slots, const std::string& name, const std::string& note,
                 const StageMeasure& measure) {
    if (measure.width < 280 * measure.scale) return;  // no pane is so narrow
    const auto width_of = [&](const std::string& text) { return small_text_w(text) * measure.scale; };
    float at = server.left + width_of(name);
    for (const auto& slot : slots) {
        EXPECT_GE(slot.rect.x, at - 0.01f);
        EXPECT_GE(slot.rect.w, 12 * measure.scale) << "a figure has room";
        at = slot.rect.right();
    }
    EXPECT_LE(at + width_of(note), server.right + 0.01f) << name << ": " << note;
    EXPECT_FALSE(slots.empty() && note.empty()) << name << " says nothing";
}

void expect_sound(const StageLayout& layout, const StageMeasure& measure, const std::string& what) {
    SCOPED_TRACE(what);
    const std::vector<Rect> cards = cards_of(layout);
    const Rect content{0, 0, measure.width, std::max(layout.height, 1.0f)};
    std::size_t overlaps = 0, outside = 0;
    for (std::size_t i = 0; i < cards.size(); ++i) {
        outside += !inside(cards[i], content);
        for (std::size_t j = i + 1; j < cards.size(); ++j) overlaps += overlap(cards[i], cards[j]);
    }
    EXPECT_EQ(overlaps, 0u);
    EXPECT_EQ(outside, 0u);
    for (const StageGroup& group : layout.groups) {
        for (const WorkerCard& card : group.workers) EXPECT_TRUE(!card.inside || inside(card.rect, group.server.rect));
        for (const QueueSlot& slot : group.server.slots) EXPECT_TRUE(inside(slot.rect, group.server.head));
        if (group.server.queue.h > 0)
            expect_line(group.server, group.server.slots, group.server.queue_name, group.server.queue_shown, measure);
        if (group.server.syn_queue.h > 0)
            expect_line(group.server, group.server.requests, group.server.syn_name, group.server.syn_shown, measure);
        const auto dots_inside = [](const MoreCard& more) {
            for (std::size_t at = 0; at < more.dots.size(); ++at) {
                if (!inside(more.dot_rect(at), more.rect)) return false;
            }
            return true;
        };
        EXPECT_TRUE(dots_inside(group.more_clients));
        EXPECT_TRUE(dots_inside(group.more_workers));
    }
}

class StageLayouts : public testing::TestWithParam<std::tuple<Model, int>> {};

TEST_P(StageLayouts, NothingOverlapsAtAnySize) {
    const auto [model, clients] = GetParam();
    SmallWorld small;
    const ProgramId server = small.add_server(model, 6666);
    for (int at = 0; at < clients; ++at) {
        const ProgramId client = small.add_client(server);
        if (model != Model::iterative || at == 0) small.serve(server, client);
    }
    const std::pair<float, float> sizes[] = {{300, 130}, {320, 122}, {360, 600}, {420, 200}, {700, 360}, {960, 560}, {1800, 1200}};
    for (const auto& [width, height] : sizes) {
        for (const float scale : {0.75f, 1.0f, 2.5f}) {
            const StageMeasure measure = measure_of(width * scale, height * scale, scale);
            const StageLayout layout = stage_layout(small.world, measure);
            expect_sound(layout, measure, fmt::format("{} x {} at {}", width, height, scale));
            ASSERT_EQ(layout.groups.size(), 1u);
            const StageGroup& group = layout.groups[0];
            EXPECT_EQ(group.clients.size() + group.more_clients.dots.size(), static_cast<std::size_t>(clients));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(ModelsAndClients, StageLayouts,
                         testing::Combine(testing::Values(Model::iterative, Model::fork, Model::thread),
                                          testing::Values(0, 1, 3, 12, 100, 1000)));

TEST(StageLayout, AnEmptyWorldHasAnEmptyStage) {
    EXPECT_TRUE(stage_layout(World{}, measure_of(900, 500)).empty());
}

TEST(StageLayout, FewClientsHaveFullCardsAndManyAreGroupedAndAllCanBeShown) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    for (int at = 0; at < 3; ++at) small.serve(server, small.add_client(server));
    EXPECT_EQ(stage_layout(small.world, measure_of(960, 560)).shape, CardShape::full);
    for (int at = 0; at < 97; ++at) small.serve(server, small.add_client(server));
    StageMeasure measure = measure_of(960, 560);
    const StageLayout grouped = stage_layout(small.world, measure);
    EXPECT_EQ(grouped.shape, CardShape::grouped);
    EXPECT_LE(grouped.height, measure.height);
    ASSERT_FALSE(grouped.groups[0].more_clients.doing.empty());
    EXPECT_EQ(grouped.groups[0].more_clients.doing[0].first, "blocked in recv");
    EXPECT_EQ(grouped.groups[0].more_clients.doing[0].second, grouped.groups[0].more_clients.dots.size());
    measure.show_all = true;
    const StageLayout all = stage_layout(small.world, measure);
    EXPECT_EQ(all.groups[0].clients.size(), 100u);
    EXPECT_GT(all.height, measure.height);
    expect_sound(all, measure, "all shown");
}

TEST(StageLayout, TheSelectedClientKeepsItsCard) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::thread, 6666);
    ProgramId last{};
    for (int at = 0; at < 200; ++at) small.serve(server, last = small.add_client(server));
    StageMeasure measure = measure_of(960, 560);
    measure.selected = last;
    const StageLayout layout = stage_layout(small.world, measure);
    const auto& shown = layout.groups[0].clients;
    EXPECT_TRUE(std::any_of(shown.begin(), shown.end(), [last](const ClientCard& card) { return card.program == last; }));
}

TEST(StageLayout, WiresLeadFromEachClientToWhoServesItOrToTheQueue) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ProgramId served = small.add_client(server), waiting = small.add_client(server);
    const ActorId worker = small.serve(server, served);
    const StageLayout layout = stage_layout(small.world, measure_of(960, 560));
    ASSERT_EQ(layout.wires.size(), 2u);
    const StageGroup& group = layout.groups[0];
    ASSERT_EQ(group.workers.size(), 1u);
    EXPECT_EQ(group.workers[0].actor, worker);
    EXPECT_EQ(layout.wires[0].to, StageWire::To::worker);
    EXPECT_FLOAT_EQ(layout.wires[0].at.y, group.workers[0].rect.y + group.workers[0].rect.h / 2);
    EXPECT_EQ(layout.wires[1].to, StageWire::To::queue);
    EXPECT_FLOAT_EQ(layout.wires[1].at.y, group.server.queue.y + group.server.queue.h / 2);
    EXPECT_EQ(group.server.slots.size(), 4u);  // backlog 3, and one more
    EXPECT_EQ(group.server.slots[0].connection, small.connection_of(waiting));
    EXPECT_EQ(group.server.queued, 1u);
}

TEST(StageLayout, ClientsWithoutACardShareAWireForThoseServedAndOneForThoseThatWait) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    for (int at = 0; at < 200; ++at) {
        const ProgramId client = small.add_client(server);
        if (at % 2 == 0) small.serve(server, client);
    }
    const StageLayout layout = stage_layout(small.world, measure_of(960, 560));
    std::size_t served = 0, waiting = 0;
    for (const StageWire& wire : layout.wires) (wire.to == StageWire::To::queue ? waiting : served) += wire.bundled;
    EXPECT_EQ(served, 100u);
    EXPECT_EQ(waiting, 100u);
    EXPECT_EQ(layout.wires.size(), layout.groups[0].clients.size() + 2);
}

TEST(StageLayout, NoMoreSlotsAreFilledThanTheKernelHasRoomFor) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::iterative, 6666);
    for (int at = 0; at < 9; ++at) small.add_client(server);
    const auto filled = [&] {
        std::size_t count = 0;
        for (const QueueSlot& slot : stage_layout(small.world, measure_of(960, 560)).groups[0].server.slots)
            count += slot.connection != ConnectionId::none;
        return count;
    };
    EXPECT_EQ(filled(), 4u);
    small.world.sockets[small.world.programs[server].listener].kernel_queue = 2;  // the others' handshakes are not over for the server
    EXPECT_EQ(filled(), 2u);
}

TEST(StageLayout, OnTheWireTheSynQueueHasALineOfItsOwn) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::iterative, 6666, 1);
    EXPECT_EQ(stage_layout(small.world, measure_of(960, 560)).groups[0].server.syn_queue.h, 0) << "on loopback handshakes take no time";
    small.world.programs[server].network = Network::wire;
    Socket& listener = small.world.sockets[small.world.programs[server].listener];
    listener.host = TcpHost::server;
    for (const int port : {40000, 40001}) {
        TcpEnd& end = small.world.tcp_ends[TcpEndKey::of(TcpHost::server, listener.local, test::loopback(port))];
        end.host = TcpHost::server;
        end.local = listener.local;
        end.peer = test::loopback(port);
        end.state = TcpState::syn_rcvd;
        end.since_ns = static_cast<std::uint64_t>(50'000 - port);  // the second came first
    }
    const ServerCard card = stage_layout(small.world, measure_of(960, 560)).groups[0].server;
    EXPECT_TRUE(inside(card.syn_queue, card.head));
    EXPECT_FALSE(overlap(card.syn_queue, card.queue));
    ASSERT_EQ(card.requests.size(), 2u) << "backlog 1 has room for two";
    EXPECT_EQ(card.requests[0].end.peer.port(), 40001);
    EXPECT_TRUE(card.requests[1].filled());
    EXPECT_EQ(card.syn_note, "2 of 2");
    EXPECT_EQ(card.queued, 0u);
}

TEST(StageLayout, ANarrowStageShortensWhatIsSaidOfTheQueuesAndKeepsTheSlots) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    small.world.programs[server].network = Network::wire;
    for (const float scale : {1.0f, 2.0f, 2.5f}) {
        const StageMeasure measure = measure_of(320 * scale, 130 * scale, scale);
        const StageLayout layout = stage_layout(small.world, measure);
        expect_sound(layout, measure, fmt::format("at {}", scale));
        const ServerCard& card = layout.groups[0].server;
        EXPECT_EQ(card.slots.size(), 4u) << "backlog 3, and one more";
        EXPECT_EQ(card.queue_shown, "") << "the slots say how many there are";
        EXPECT_EQ(card.queue_note, "backlog 3 (+1)") << "in full for the tooltip";
    }
}

TEST(StageLayout, OnANarrowStageNoNewsIsLeftOutForASlot) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::iterative, 6666);
    for (int at = 0; at < 6; ++at) small.add_client(server);
    const ServerCard over = stage_layout(small.world, measure_of(320, 130)).groups[0].server;
    EXPECT_EQ(over.queued, 6u);
    EXPECT_EQ(over.queue_shown, "6/4") << "more wait than fit";
    small.world.sockets[small.world.programs[server].listener].kernel_queue = 2;
    const ServerCard differs = stage_layout(small.world, measure_of(960, 560)).groups[0].server;
    EXPECT_NE(differs.queue_shown.find("kernel: 2"), std::string::npos) << differs.queue_shown;
    SmallWorld many;
    many.add_server(Model::iterative, 7777, 64);
    const ServerCard large = stage_layout(many.world, measure_of(320, 130)).groups[0].server;
    EXPECT_LT(large.slots.size(), 65u);
    EXPECT_NE(large.queue_shown.find("64"), std::string::npos) << "the slots do not say how many there are: " << large.queue_shown;
}

TEST(StageLayout, AnIterativeServerServesOnItsOwnCard) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::iterative, 6666);
    const ProgramId client = small.add_client(server);
    small.serve(server, client);
    const StageLayout layout = stage_layout(small.world, measure_of(960, 560));
    EXPECT_EQ(layout.groups[0].server.connection, small.connection_of(client));
    ASSERT_EQ(layout.wires.size(), 1u);
    EXPECT_EQ(layout.wires[0].to, StageWire::To::server);
    EXPECT_GT(layout.groups[0].server.served_y, 0);
}

TEST(StageLayout, ThreadsStandInsideTheirServerAndProcessesDoNot) {
    for (const Model model : {Model::thread, Model::fork}) {
        SmallWorld small;
        const ProgramId server = small.add_server(model, 6666);
        small.serve(server, small.add_client(server));
        const StageLayout layout = stage_layout(small.world, measure_of(960, 560));
        const StageGroup& group = layout.groups[0];
        EXPECT_EQ(group.threads_inside, model == Model::thread);
        EXPECT_EQ(inside(group.workers[0].rect, group.server.rect), model == Model::thread);
    }
}

TEST(StageLayout, AZombieStaysOnTheStage) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ActorId worker = small.serve(server, small.add_client(server));
    small.make_zombie(worker);
    StageMeasure measure = measure_of(960, 560);
    measure.now_ns += 3'600'000'000'000;  // an hour later
    const StageLayout layout = stage_layout(small.world, measure);
    ASSERT_EQ(layout.groups[0].workers.size(), 1u);
    EXPECT_TRUE(layout.groups[0].workers[0].zombie);
    EXPECT_EQ(layout.groups[0].workers[0].process, small.process_of(worker));
    EXPECT_EQ(layout.groups[0].zombies_total, 1u);
}

TEST(StageLayout, WhyAClientFailedIsReadUntilItGoes) {
    SmallWorld small;
    Program& client = small.world.programs[small.add_client(small.add_server(Model::fork, 6666))];
    client.state = Program::State::ended;
    client.ended_ns = SmallWorld::now_ns;
    client.trouble = "connect 10.77.0.2:9: Connection refused";
    StageMeasure measure = measure_of(960, 560);
    measure.now_ns += failed_shown_ns / 2;
    StageLayout layout = stage_layout(small.world, measure);
    ASSERT_EQ(layout.groups[0].clients.size(), 1u);
    EXPECT_FLOAT_EQ(layout.groups[0].clients[0].opacity, 1);
    measure.now_ns += failed_shown_ns;
    layout = stage_layout(small.world, measure);
    EXPECT_TRUE(layout.groups[0].clients.empty());
}

TEST(StageLayout, WhatEndedFadesAndGoes) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ProgramId client = small.add_client(server);
    small.world.programs[client].state = Program::State::ended;
    small.world.programs[client].ended_ns = SmallWorld::now_ns;
    StageMeasure measure = measure_of(960, 560);
    StageLayout layout = stage_layout(small.world, measure);
    ASSERT_EQ(layout.groups[0].clients.size(), 1u);
    EXPECT_LT(layout.groups[0].clients[0].opacity, 1);
    EXPECT_GT(layout.changes_in_ns, 0u);
    measure.now_ns += ended_shown_ns - 100'000'000;
    layout = stage_layout(small.world, measure);
    EXPECT_TRUE(layout.fading);
    measure.now_ns += 200'000'000;
    layout = stage_layout(small.world, measure);
    EXPECT_TRUE(layout.groups[0].clients.empty());
    EXPECT_FALSE(layout.fading);
    EXPECT_EQ(layout.changes_in_ns, 0u);
}

TEST(StageLayout, AServerThatFailedStaysUntilItIsPutAway) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    Program& program = small.world.programs[server];
    program.state = Program::State::ended;
    program.ended_ns = SmallWorld::now_ns;
    program.trouble = "bind: Address already in use. Choose another port.";
    StageMeasure measure = measure_of(960, 560);
    measure.now_ns += 3'600'000'000'000;
    StageLayout layout = stage_layout(small.world, measure);
    ASSERT_EQ(layout.groups.size(), 1u);
    EXPECT_GT(layout.groups[0].server.trouble_lines, 0);
    const std::vector<ProgramId> dismissed = {server};
    measure.dismissed = &dismissed;
    EXPECT_TRUE(stage_layout(small.world, measure).empty());
}

TEST(StageLayout, TwoServersStandOneBelowTheOtherEachWithItsClients) {
    SmallWorld small;
    const ProgramId fork = small.add_server(Model::fork, 6666), thread = small.add_server(Model::thread, 7777);
    for (int at = 0; at < 4; ++at) small.serve(at % 2 ? fork : thread, small.add_client(at % 2 ? fork : thread));
    const StageMeasure measure = measure_of(960, 560);
    const StageLayout layout = stage_layout(small.world, measure);
    ASSERT_EQ(layout.groups.size(), 2u);
    EXPECT_EQ(layout.groups[0].server.program, fork);
    EXPECT_LT(layout.groups[0].bottom, layout.groups[1].top);
    EXPECT_EQ(layout.groups[0].clients.size(), 2u);
    EXPECT_EQ(layout.groups[1].clients.size(), 2u);
    expect_sound(layout, measure, "two servers");
}

TEST(StageLayout, AClientOfAnEndedServerIsNotDrawnAtAnotherOneThatHasThePortNow) {
    SmallWorld small;
    const ProgramId ended = small.add_server(Model::iterative, 6666);
    const ProgramId client = small.add_client(ended);
    small.serve(ended, client);
    Connection& connection = small.world.connections[small.connection_of(client)];
    small.world.programs[ended].state = Program::State::ended;
    small.world.sockets[small.world.programs[ended].listener].state = Socket::State::closed;
    small.world.sockets[connection.server].state = Socket::State::closed;
    connection.state = Connection::State::closing;
    const ProgramId later = small.add_server(Model::fork, 6666);
    const StageLayout layout = stage_layout(small.world, measure_of(960, 560));
    ASSERT_EQ(layout.groups.size(), 2u);
    EXPECT_EQ(layout.groups[0].server.program, later);
    EXPECT_TRUE(layout.groups[0].clients.empty()) << "it never had this connection";
    EXPECT_FALSE(layout.groups[1].has_server);
    ASSERT_EQ(layout.groups[1].clients.size(), 1u);
    EXPECT_EQ(layout.groups[1].clients[0].program, client);
    EXPECT_TRUE(layout.wires.empty());
}

TEST(StageLayout, APeerThatIsNoneOfOursIsShownAsFromOutside) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ProgramId client = small.add_client(server);
    small.serve(server, client);
    Connection& connection = small.world.connections[small.connection_of(client)];
    connection.client = SocketId::none;
    connection.client_address = test::loopback(40123);
    small.world.programs.erase(client);
    StageMeasure measure = measure_of(960, 560);
    measure.now_ns = connection.began_ns;  // its other end may still be told
    EXPECT_TRUE(stage_layout(small.world, measure).groups[0].clients.empty());
    measure.now_ns = SmallWorld::now_ns;
    const StageLayout layout = stage_layout(small.world, measure);
    ASSERT_EQ(layout.groups[0].clients.size(), 1u);
    EXPECT_EQ(layout.groups[0].clients[0].program, ProgramId::none);
    EXPECT_EQ(layout.wires.size(), 1u);
}

TEST(StageLayout, SlotsMakeRoomForALongNote) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666, 3);
    Socket& listener = small.world.sockets[small.world.programs[server].listener];
    listener.kernel_queue = 2;  // by our count there are none: both are said
    const StageLayout layout = stage_layout(small.world, measure_of(960, 560));
    const ServerCard& card = layout.groups[0].server;
    ASSERT_EQ(card.slots.size(), 4u);
    ASSERT_GE(card.queue_note.size(), 25u) << card.queue_note;
    const float letters = 6.6f * static_cast<float>(card.queue_note.size());
    EXPECT_LE(card.slots.back().rect.right() + 10 + letters, card.queue.right() - 20) << "nothing of it is cut";
}

TEST(StageLayout, AHugeBacklogHasAFewSlots) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::iterative, 6666, 2147483647);
    const StageMeasure measure = measure_of(960, 560);
    const StageLayout layout = stage_layout(small.world, measure);
    EXPECT_EQ(layout.groups[0].server.capacity, 2147483648);
    EXPECT_GE(layout.groups[0].server.slots.size(), 1u);
    EXPECT_LE(layout.groups[0].server.slots.size(), 12u);
    expect_sound(layout, measure, "huge backlog");
    // The kernel has its own idea of it.
    small.world.sockets[small.world.programs[server].listener].kernel_backlog = 4096;
    const StageLayout capped = stage_layout(small.world, measure);
    EXPECT_EQ(capped.groups[0].server.capacity, 4097);
    EXPECT_NE(capped.groups[0].server.queue_note.find("4,096 (+1)"), std::string::npos) << capped.groups[0].server.queue_note;
}

TEST(StageLayout, ADotIsFoundUnderThePointer) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::thread, 6666);
    for (int at = 0; at < 300; ++at) small.serve(server, small.add_client(server));
    const StageLayout layout = stage_layout(small.world, measure_of(960, 560));
    const MoreCard& more = layout.groups[0].more_clients;
    ASSERT_GT(more.dots.size(), 100u);
    for (std::size_t at = 0; at < more.dots.size(); ++at) {
        const Rect dot = more.dot_rect(at);
        ASSERT_EQ(more.dot_at({dot.x + dot.w / 2, dot.y + dot.h / 2}), at);
    }
    EXPECT_EQ(more.dot_at({more.rect.x - 5, more.rect.y}), more.dots.size());
}

TEST(StageLayout, WhatEndedBeforeALessonsRunIsNotShownEvenIfItFailed) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ProgramId client = small.add_client(server);
    for (const ProgramId id : {server, client}) {
        Program& program = small.world.programs[id];
        program.state = Program::State::ended;
        program.ended_ns = SmallWorld::now_ns - 1000;
        program.trouble = "bind: Address already in use";
    }
    StageMeasure measure = measure_of(960, 560);
    EXPECT_FALSE(stage_layout(small.world, measure).empty());
    measure.run_began_ns = SmallWorld::now_ns - 500;
    EXPECT_TRUE(stage_layout(small.world, measure).empty());
    measure.run_began_ns = SmallWorld::now_ns - 2000;
    EXPECT_FALSE(stage_layout(small.world, measure).empty()) << "it ended in this run";
}

TEST(StageLayout, AProgramThatForksStandsWithItsProcessesThoughItIsNoServer) {
    SmallWorld small;
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ActorId child = small.serve(server, small.add_client(server));
    ASSERT_NE(child, ActorId::none);
    Program& program = small.world.programs[server];
    program.is_server = false;
    program.listener = SocketId::none;
    const StageLayout layout = stage_layout(small.world, measure_of(960, 560));
    ASSERT_FALSE(layout.empty());
    EXPECT_EQ(layout.groups[0].server.program, server);
    ASSERT_EQ(layout.groups[0].workers.size(), 1u);
    EXPECT_EQ(layout.groups[0].workers[0].actor, child);
    EXPECT_EQ(layout.groups[0].add_client.h, 0) << "nobody can connect to it";
    for (const StageGroup& group : layout.groups) {
        for (const ClientCard& card : group.clients) EXPECT_NE(card.program, server) << "it stands there once";
    }
}

}  // namespace
}  // namespace synoptic
