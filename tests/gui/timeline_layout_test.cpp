// The timeline's measures: what is shown, the axis, where lanes stand.
#include "gui/panels/timeline_layout.h"

#include <gtest/gtest.h>

#include "tests/model/story.h"

namespace synoptic {
namespace {

constexpr std::uint64_t us = 1000, ms = 1'000'000, s = 1'000'000'000;

TEST(TimeWindow, ZoomsAtAMomentThatStaysWhereItIs) {
    const TimeWindow near = zoomed({1e9, 2e9}, 0.5, 0.25);
    EXPECT_DOUBLE_EQ(near.span_ns, 1e9);
    EXPECT_DOUBLE_EQ(near.from_ns + 0.25 * near.span_ns, 1.5e9);
    EXPECT_DOUBLE_EQ(zoomed({0, 2e3}, 1e-6, 0.5).span_ns, least_span_ns);
    EXPECT_DOUBLE_EQ(zoomed({0, 1e15}, 1e6, 0.5).span_ns, most_span_ns);
}

TEST(TimeWindow, FollowsWithALittleRoomBehindNow) {
    const TimeWindow window = followed({0, 10e9}, 100 * s);
    EXPECT_LT(window.from_ns, 91e9);
    EXPECT_GT(window.to_ns(), 100e9);
    EXPECT_DOUBLE_EQ(window.span_ns, 10e9);
    EXPECT_DOUBLE_EQ(followed({5e9, 10e9}, 2 * s).from_ns, 0) << "a young session begins at the left";
    EXPECT_DOUBLE_EQ(fitted(8 * s).from_ns, 0);
    EXPECT_GT(fitted(8 * s).span_ns, 8e9);
}

TEST(TimeWindow, MovesOnlyForWhatIsOutOfSight) {
    const TimeWindow window{1e9, 1e9};
    EXPECT_EQ(with_in_sight(window, 1'500 * ms), window);
    EXPECT_DOUBLE_EQ(with_in_sight(window, 5 * s).from_ns, 4.5e9);
}

TEST(TimeScale, PlacesAndTimesAreInverse) {
    const TimeScale scale{{1e9, 1e6}, 100, 500};
    EXPECT_FLOAT_EQ(scale.x_of(1 * s), 100);
    EXPECT_FLOAT_EQ(scale.x_of(s + 500 * us), 350);
    EXPECT_EQ(scale.ns_at(350), s + 500 * us);
    EXPECT_EQ((TimeScale{{-1e9, 1e9}, 0, 100}.ns_at(10)), 0u) << "nothing was before the beginning";
}

TEST(Axis, StepsAreRound) {
    EXPECT_EQ(axis_step_ns(900), 1 * us);
    EXPECT_EQ(axis_step_ns(1001), 2 * us);
    EXPECT_EQ(axis_step_ns(2500 * 1000.0), 5 * ms);
    EXPECT_EQ(axis_step_ns(6e9), 10 * s);
    EXPECT_EQ(axis_step_ns(11e9), 15 * s);
    EXPECT_EQ(axis_step_ns(100e9), 120 * s);
    EXPECT_EQ(axis_step_ns(3 * 3600e9), 6 * 3600 * s);
    EXPECT_EQ(axis_step_ns(30 * 3600e9), 48 * 3600 * s);
}

TEST(Axis, LabelsHaveTheDecimalsThatTheyNeed) {
    EXPECT_EQ(axis_label(2 * s, s), "2 s");
    EXPECT_EQ(axis_label(2'500 * ms, 500 * ms), "2.5 s");
    EXPECT_EQ(axis_label(2'000'005 * us, 5 * us), "2.000005 s");
    EXPECT_EQ(axis_label(0, 200 * us), "0.0000 s");
    EXPECT_EQ(axis_label(65 * s, 5 * s), "1:05");
    EXPECT_EQ(axis_label(65 * s + 20 * ms, 10 * ms), "1:05.02");
    EXPECT_EQ(axis_label(7265 * s, s), "2:01:05");
}

TEST(Lanes, StandInGroupsAndOnlyWhileTheyLived) {
    EchoStory story;
    const ActorId child = story.fork(story.server, 1, 101, story.server_program, 3);
    const std::uint64_t forked_ns = story.now_ns;
    story.now_ns += s;
    const EventIndex ended = story.fact(EventKind::process_ended, {.a = 101, .b = 1});
    story.fact(EventKind::process_reaped, {.a = 101});
    story.now_ns += 10 * s;
    story.enter(story.server, EventKind::accept, {.fd = 3});
    TimelineIndex index;
    ASSERT_TRUE(index.update(story.history));

    const auto labels = [&](EventIndex limit, const TimeWindow& window) {
        std::vector<std::string> all;
        for (const PlacedLane& placed : place_lanes(index, limit, window, 1).lanes)
            all.push_back(index.makers().maker(index.lanes()[placed.lane].actor).label);
        return all;
    };
    const std::vector<std::string> everybody{"client 2", "server 1", "server 101"};
    EXPECT_EQ(labels(story.history.size(), fitted(index.latest_ns())), everybody);
    const TimeWindow late{5e9, 1e9};
    EXPECT_EQ(labels(story.history.size(), late), (std::vector<std::string>{"client 2", "server 1"})) << "the child was gone";
    EXPECT_EQ(place_lanes(index, story.history.size(), late, 1).out, 1u);
    EXPECT_EQ(labels(find(story.world(), child)->last_exit, fitted(index.latest_ns())).size(), 3u);
    EXPECT_EQ(labels(2, fitted(index.latest_ns())).size(), 1u) << "nobody knew of the client yet";
    EXPECT_GT(ended, 0u);
    EXPECT_GT(forked_ns, 0u);

    const LanePlaces places = place_lanes(index, story.history.size(), fitted(index.latest_ns()), 2);
    ASSERT_EQ(places.lanes.size(), 3u);
    EXPECT_GT(places.lanes[1].y, places.lanes[0].y + places.lanes[0].h) << "a gap between groups";
    EXPECT_FLOAT_EQ(places.lanes[2].y, places.lanes[1].y + places.lanes[1].h);
    EXPECT_FLOAT_EQ(places.height, places.lanes[2].y + places.lanes[2].h);
}

}  // namespace
}  // namespace synoptic
