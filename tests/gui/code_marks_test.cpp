// Who stands where in the sources, and which calls came from a line.
#include "gui/panels/code_marks.h"

#include <gtest/gtest.h>

#include "gui/panels/line_calls.h"
#include "small_world.h"
#include "tests/model/story.h"

namespace synoptic {
namespace {

TEST(CodeMarks, MarksTheLinesThatActorsStandOnAndCountsCrowds) {
    test::SmallWorld small;
    History history;
    const std::uint16_t file = history.intern_file("core/programs/echo_client.cpp");
    const ProgramId server = small.add_server(test::Model::fork, 6666);
    for (int at = 0; at < 5; ++at) small.add_client(server);
    int line = 10;
    for (auto& [id, actor] : small.world.actors) {
        if (small.world.programs[actor.program].is_server) continue;
        actor.file = file;
        actor.line = static_cast<std::uint16_t>(line == 10 ? line : 30);  // the first alone, the others together
        line = 30;
    }
    const auto marks = marks_in(small.world, history, "core/programs/echo_client.cpp");
    ASSERT_EQ(marks.size(), 2u);
    EXPECT_EQ(marks.at(10)[0].label, "client 1");
    EXPECT_TRUE(marks.at(10)[0].blocked);
    ASSERT_EQ(marks.at(30).size(), 1u);
    EXPECT_EQ(marks.at(30)[0].label, "clients × 4");
    EXPECT_TRUE(marks_in(small.world, history, "core/programs/echo.cpp").empty());
}

TEST(CodeMarks, ACrowdIsNamedAndWhatItDoesIsCounted) {
    test::SmallWorld small;
    History history;
    const std::uint16_t file = history.intern_file("core/programs/echo_client.cpp");
    const ProgramId server = small.add_server(test::Model::fork, 6666);
    for (int at = 0; at < 14; ++at) small.add_client(server);
    Actor* last = nullptr;
    for (auto& [id, actor] : small.world.actors) {
        if (small.world.programs[actor.program].is_server) continue;
        actor.file = file;
        actor.line = 20;
        last = &actor;
    }
    ASSERT_NE(last, nullptr);
    last->state = Actor::State::computes;
    auto marks = marks_in(small.world, history, "core/programs/echo_client.cpp");
    ASSERT_EQ(marks.at(20).size(), 1u);
    EXPECT_FALSE(marks.at(20)[0].blocked) << "one of them is not";
    EXPECT_EQ(at_line_now(small.world, marks.at(20)), 13u);
    const std::string text = mark_text(small.world, marks.at(20)[0]);
    EXPECT_NE(text.find("client 1, client 2,"), std::string::npos) << text;
    EXPECT_NE(text.find("client 12 and 2 more: "), std::string::npos) << text;
    EXPECT_NE(text.find("13 blocked in recv"), std::string::npos) << text;
    EXPECT_NE(text.find("1 between two calls"), std::string::npos) << text;
    last->state = Actor::State::arrives;
    last->at_breakpoint = true;
    marks = marks_in(small.world, history, "core/programs/echo_client.cpp");
    EXPECT_TRUE(marks.at(20)[0].at_breakpoint);
    EXPECT_NE(mark_text(small.world, marks.at(20)[0]).find("1 at a breakpoint before recv"), std::string::npos);
}

TEST(LineCalls, AreCountedByLineUpToAMoment) {
    Story story;
    const std::uint16_t echo = story.history.intern_file("core/programs/echo.cpp");
    EXPECT_EQ(file_number(story.history, "core/programs/echo.cpp"), echo);
    EXPECT_EQ(file_number(story.history, "core/programs/other.cpp"), 0);
    std::vector<EventIndex> enters;
    for (int call = 0; call < 5; ++call) {
        Event event;
        event.kind = EventKind::recv;
        event.phase = Phase::arrive;  // who stands before a call has not made it
        event.file = echo;
        event.line = 14;
        story.history.append(event, {});
        event.phase = Phase::enter;
        enters.push_back(story.history.append(event, {}));
        event.phase = Phase::exit;
        story.history.append(event, {});
        event.phase = Phase::enter;
        event.line = 15;
        story.history.append(event, {});
    }
    LineCalls calls;
    EXPECT_FALSE(calls.update(story.history, 3)) << "not all at once";
    EXPECT_TRUE(calls.update(story.history));
    EXPECT_EQ(calls.count(echo, 14, story.history.size()), 5u);
    EXPECT_EQ(calls.count(echo, 14, enters[3]), 3u) << "in the past, those that had been made";
    EXPECT_EQ(calls.call(echo, 14, 2), enters[2]);
    EXPECT_EQ(calls.place_of(echo, 14, enters[2]), 2u);
    EXPECT_EQ(calls.call(echo, 14, 5), no_event);
    EXPECT_EQ(calls.count(echo, 16, story.history.size()), 0u);
    History other;
    EXPECT_TRUE(calls.update(other));
    EXPECT_EQ(calls.count(echo, 14, no_event), 0u);
}

}  // namespace
}  // namespace synoptic
