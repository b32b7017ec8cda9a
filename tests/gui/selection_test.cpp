// Selecting one thing selects it everywhere: for each kind of thing, what each panel makes of it. The panels draw what these functions say.
#include <gtest/gtest.h>

#include "gui/panel.h"
#include "gui/panels/calls_query.h"
#include "gui/panels/code_marks.h"
#include "gui/panels/code_place.h"
#include "gui/panels/inspector_facts.h"
#include "gui/panels/ladder_words.h"
#include "gui/panels/words.h"
#include "tests/model/story.h"
#include "tests/wire/packets.h"

namespace synoptic {
namespace {

/** Two clients of one forked server; the first is served by a child that is blocked in recv at echo.cpp:14, and has sent a segment on the wire. */
class SelectionTest : public testing::Test {
   protected:
    SelectionTest() {
        const Address client_at = ipv4("10.77.0.1", 40000), server_at = ipv4("10.77.0.2", 6666);
        story.socket(story.client, 10, 7000);
        story.accept_enter(story.server, 3);
        story.connect_enter(story.client, 10, server_at);
        const Bytes packet = make_packet({.flags = tcp_syn, .seq = 1000});
        story.fact(EventKind::segment_sent,
                   {.a = static_cast<std::int64_t>(packet.size()), .payload = std::string(packet.begin(), packet.end()), .socket = 1});
        segment = WireId{1};
        story.connect_exit(story.client, 10, client_at, server_at);
        story.accept_exit(story.server, 3, 4, 7001, server_at, client_at);
        child = story.fork(story.server, 1, 200, story.server_program, 5);
        story.close(story.server, 4);  // the child serves, not the parent
        echo = story.history.intern_file("core/programs/echo.cpp");
        Event recv;
        recv.time = story.now_ns += 1000;
        recv.kind = EventKind::recv;
        recv.phase = Phase::enter;
        recv.actor = child;
        recv.fd = 4;
        recv.file = echo;
        recv.line = 14;
        recv_enter = story.history.append(recv, {});
        story.fact(EventKind::blocked, {.a = static_cast<std::int64_t>(child)}, child);
        other_program = story.program(3, false, false, "echo_client");
        other_client = story.begin(7, 50, other_program, {}, 0, 52);
        while (!index.update(story.history)) continue;
    }

    const World& world() const { return story.world(); }
    ConnectionId connection() const { return find(world(), SocketId{7001})->connection; }
    const Actor& actor(ActorId id) const { return *find(world(), id); }

    struct Shown {
        bool child_card, client_card, other_card;  // Stage, and the marks in the call list
        bool wire;                                 // Stage
        bool calls_of_child;                       // Calls, filtered by the selection
        int code_line;                             // Code
        std::string inspector;                     // its title
        bool ladder;                               // Ladder and Bytes: the connection's
        friend bool operator==(const Shown&, const Shown&) = default;
    };
    Shown shown(Selection selection) {
        std::vector<Command> out;
        EventIndex jump_to = no_event;
        bool needs_frame = false;
        PanelContext panel{world(), story.history, true, story.now_ns, selection, out, jump_to, needs_frame};
        CallsView calls;
        calls.of_selection = true;
        const CallsQuery query = query_of(world(), selection, calls);
        const bool by_line = query.line == 14 && query.file == echo;
        const bool by_actor = std::find(query.actors.begin(), query.actors.end(), child) != query.actors.end();
        const bool by_program = std::find(query.programs.begin(), query.programs.end(), story.server_program) != query.programs.end();
        const CodePlace place = followed_place(panel, CodeView{});
        const std::size_t ladder = ladder_of(index, world(), selection);
        return {concerns(world(), selection, actor(child)),
                concerns(world(), selection, actor(story.client)),
                concerns(world(), selection, actor(other_client)),
                concerns(world(), selection, *find(world(), connection())),
                by_line || by_actor || by_program,
                place.file == "core/programs/echo.cpp" ? place.line : 0,
                inspect(world(), story.history, selection, story.now_ns).title,
                ladder != LadderIndex::none && index.ladders()[ladder].connection == connection()};
    }

    EchoStory story;
    LadderIndex index;
    ActorId child{}, other_client{};
    ProgramId other_program{};
    EventIndex recv_enter = no_event;
    WireId segment{};
    std::uint16_t echo = 0;
};

TEST_F(SelectionTest, AnActor) {
    EXPECT_TRUE(world().segments.count(segment));
    const Shown all = shown(select_actor(world(), child));
    EXPECT_TRUE(all.child_card);
    EXPECT_FALSE(all.client_card);
    EXPECT_FALSE(all.other_card);
    EXPECT_TRUE(all.calls_of_child);
    EXPECT_EQ(all.code_line, 14);
    EXPECT_NE(all.inspector, "Click anything");
}

TEST_F(SelectionTest, AProcess) {
    const Shown all = shown(select_process(world(), actor(child).process));
    EXPECT_TRUE(all.child_card);
    EXPECT_FALSE(all.client_card);
    EXPECT_TRUE(all.calls_of_child);
    EXPECT_EQ(all.code_line, 14);
}

TEST_F(SelectionTest, AProgram) {
    const Shown all = shown(select_program(world(), story.client_program));
    EXPECT_TRUE(all.client_card);
    EXPECT_FALSE(all.child_card);
    EXPECT_FALSE(all.other_card);
    EXPECT_TRUE(all.wire);
    EXPECT_TRUE(all.ladder);
}

TEST_F(SelectionTest, ADescriptor) {
    const Shown all = shown(select_descriptor(world(), actor(child).process, 4));
    EXPECT_TRUE(all.child_card);
    EXPECT_FALSE(all.other_card);
    EXPECT_TRUE(all.wire);
    EXPECT_TRUE(all.calls_of_child);
    EXPECT_EQ(all.code_line, 14);
    EXPECT_TRUE(all.ladder);
    EXPECT_NE(all.inspector, "Click anything");
}

TEST_F(SelectionTest, ASocket) {
    Selection selection;
    selection.socket = SocketId{7001};
    EXPECT_EQ(shown(selection), shown(select_descriptor(world(), actor(child).process, 4))) << "whoever holds it";
}

TEST_F(SelectionTest, AConnection) {
    Selection selection;
    selection.connection = connection();
    const Shown all = shown(selection);
    EXPECT_TRUE(all.child_card);
    EXPECT_FALSE(all.other_card);
    EXPECT_TRUE(all.wire);
    EXPECT_TRUE(all.calls_of_child);
    EXPECT_EQ(all.code_line, 14);
    EXPECT_TRUE(all.ladder);
    EXPECT_NE(all.inspector, "Click anything");
}

TEST_F(SelectionTest, ASegmentIsItsConnection) {
    Selection selection;
    selection.segment = segment;
    const Shown all = shown(selection);
    EXPECT_TRUE(all.child_card);
    EXPECT_FALSE(all.other_card);
    EXPECT_TRUE(all.wire);
    EXPECT_TRUE(all.calls_of_child);
    EXPECT_EQ(all.code_line, 14);
    EXPECT_TRUE(all.ladder);
    EXPECT_NE(all.inspector, "Click anything");
}

TEST_F(SelectionTest, AnEventIsItsActorAndItsLine) {
    const Shown all = shown(select_event(world(), story.history, recv_enter));
    EXPECT_TRUE(all.child_card);
    EXPECT_FALSE(all.client_card);
    EXPECT_TRUE(all.calls_of_child);
    EXPECT_EQ(all.code_line, 14);
    EXPECT_TRUE(all.ladder);
    EXPECT_NE(all.inspector, "Click anything");
}

TEST_F(SelectionTest, ALineIsWhoStandsThereAndItsCalls) {
    Selection selection;
    selection.source = {"core/programs/echo.cpp", echo, 14};
    const Shown all = shown(selection);
    EXPECT_TRUE(all.child_card);
    EXPECT_FALSE(all.client_card);
    EXPECT_FALSE(all.other_card);
    EXPECT_TRUE(all.calls_of_child);
    EXPECT_EQ(all.inspector, "echo.cpp:14");
    selection.source.line = 15;
    EXPECT_FALSE(shown(selection).child_card);
}

TEST_F(SelectionTest, ALineOfAFileThatNobodyRanIsNobody) {
    Selection selection;
    selection.source = {"core/programs/kv_fork.cpp", 0, 3};
    const Shown all = shown(selection);
    EXPECT_FALSE(all.child_card);
    EXPECT_FALSE(all.calls_of_child);
    EXPECT_EQ(all.inspector, "kv_fork.cpp:3");
    selection.source.line = 5000;
    EXPECT_EQ(shown(selection).inspector, "Click anything") << "there is no such line";
}

TEST(Selection, AFactAboutARowSelectsTheRow) {
    Story story;
    const ProgramId server = story.program(1, true, true, "kv_fork");
    const ActorId worker = story.begin(1, 100, server);
    const EventIndex told = story.fact(EventKind::row_put, {.a = -7, .payload = "seven", .socket = 77}, worker);
    const Selection selected = select_event(story.world(), story.history, told);
    EXPECT_EQ(selected.database, 77u);
    EXPECT_EQ(selected.key, -7);
    EXPECT_EQ(selected.actor, worker) << "who wrote it";
    EXPECT_EQ(select_event(story.world(), story.history, told - 1).database, 0u);
}

TEST(SessionClock, IsTheSameFormEverywhere) {
    constexpr std::uint64_t s = 1'000'000'000;
    EXPECT_EQ(session_time(0), "0.000000 s");
    EXPECT_EQ(session_time(12 * s + 345'678'999), "12.345678 s") << "cut, not rounded: nothing is told before it happened";
    EXPECT_EQ(session_time(12 * s, 0), "12 s");
    EXPECT_EQ(session_clock(75 * s + 5'000'000, 3), "1:15.005");
    EXPECT_EQ(session_time(75 * s, 0), "1:15") << "no unit where it is not seconds alone";
    EXPECT_EQ(session_clock(7205 * s, 1), "2:00:05.0");
    Story story;
    EXPECT_EQ(since_beginning(story.history, 99), 0u) << "nothing has happened";
    story.program(1, true, true);
    const std::uint64_t began_ns = story.history.event(0).time;
    EXPECT_EQ(since_beginning(story.history, began_ns + 5), 5u);
    EXPECT_EQ(since_beginning(story.history, began_ns - 5), 0u) << "clocks of two cores differ by little";
}

}  // namespace
}  // namespace synoptic
