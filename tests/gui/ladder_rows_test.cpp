// Rows, breaks, what can be seen of many, and the way of a segment.
#include "gui/panels/ladder_rows.h"

#include <gtest/gtest.h>

#include "gui/panels/ladder_layout.h"

namespace synoptic {
namespace {

constexpr std::uint64_t us = 1'000, ms = 1'000'000, second = 1'000'000'000;

LadderCall call_at(EventIndex enter, LadderSide side = LadderSide::client) {
    LadderCall call;
    call.enter = enter;
    call.side = side;
    return call;
}
LadderSegment segment_at(EventIndex sent, Direction direction = Direction::to_server) {
    LadderSegment segment;
    segment.id = WireId{sent + 1};
    segment.sent = sent;
    segment.direction = direction;
    return segment;
}

TEST(LadderRows, ACallInWhichNothingHappensTakesOneRow) {
    LadderRows rows;
    const std::uint32_t socket = rows.add_call(call_at(0), 0);
    rows.end_call(socket, 1, 10 * us, true);
    const std::uint32_t connect = rows.add_call(call_at(2), 20 * us);
    const std::uint32_t syn = rows.add_segment(segment_at(3), 30 * us);
    rows.end_segment(syn, 4, 40 * us);
    rows.end_call(connect, 5, 50 * us, true);
    EXPECT_EQ(rows.calls()[socket].exit_y, rows.calls()[socket].enter_y);
    EXPECT_EQ(rows.calls()[connect].enter_y, 2u);
    EXPECT_EQ(rows.segments()[syn].sent_y, 4u);
    EXPECT_EQ(rows.segments()[syn].end_y, 6u);
    EXPECT_EQ(rows.calls()[connect].exit_y, 8u);
    EXPECT_EQ(rows.height(no_event), 10u);
    EXPECT_EQ(rows.height(3), 4u);
    EXPECT_EQ(rows.height(0), 0u);
}

TEST(LadderRows, IdleTimeIsABreakOfOneHeightHoweverLong) {
    for (const std::uint64_t idle : {LadderRows::break_ns, second, 3600 * second}) {
        LadderRows rows;
        const std::uint32_t first = rows.add_segment(segment_at(0), 0);
        rows.end_segment(first, 1, 100 * us);
        rows.add_segment(segment_at(2), 100 * us + idle);
        EXPECT_EQ(rows.items()[2].y, rows.items()[1].y + LadderRows::row_y + LadderRows::break_y);
    }
    LadderRows busy;
    busy.add_segment(segment_at(0), 0);
    busy.add_segment(segment_at(1), 19 * ms);
    EXPECT_EQ(busy.items()[1].y, LadderRows::row_y);
}

TEST(LadderRows, ABlockedCallThatReturnsLongAfterHasABreakInside) {
    LadderRows rows;
    const std::uint32_t recv = rows.add_call(call_at(0), 0);
    rows.end_call(recv, 1, second, true);
    EXPECT_EQ(rows.calls()[recv].exit_y, LadderRows::row_y + LadderRows::break_y);
}

TEST(LadderRows, ACutLeavesRowsWhole) {
    LadderRows rows;
    rows.add_segment(segment_at(0), 0);
    rows.add_segment(segment_at(1), 100 * us);
    rows.add_segment(segment_at(2), second);  // behind a break
    ASSERT_EQ(rows.items()[2].y, 7u);
    EXPECT_EQ(rows.whole_row_at(0), 0u);
    EXPECT_EQ(rows.whole_row_at(1), 2u);
    EXPECT_EQ(rows.whole_row_at(2), 2u);
    EXPECT_EQ(rows.whole_row_at(3), 4u) << "the break is seen";
    EXPECT_EQ(rows.whole_row_at(6), 6u) << "and is no row";
    EXPECT_EQ(rows.whole_row_at(8), 9u);
    EXPECT_EQ(LadderRows().whole_row_at(5), 5u);
}

TEST(LadderRows, StatesStandBesideWhatBroughtThem) {
    LadderRows rows;
    rows.add_segment(segment_at(0), 0);
    rows.add_state(LadderSide::client, {1, TcpState::syn_sent, Known::inferred}, 0);
    rows.add_state(LadderSide::client, {2, TcpState::time_wait, Known::observed}, 60 * second);
    EXPECT_EQ(rows.states(LadderSide::client)[0].y, 0u);
    EXPECT_EQ(rows.states(LadderSide::client)[1].y, LadderRows::row_y + LadderRows::break_y);
}

TEST(LadderRows, WhatIsToldLateStandsWhereItHappened) {
    LadderRows rows;
    const std::uint32_t syn = rows.add_segment(segment_at(5), 50 * us);
    rows.end_segment(syn, 6, 60 * us);
    const std::uint32_t accept = rows.add_call(call_at(2, LadderSide::server), 20 * us);
    rows.end_call(accept, 9, 90 * us, true);
    EXPECT_EQ(rows.calls()[accept].enter_y, 0u);
    EXPECT_EQ(rows.segments()[syn].sent_y, 2u);
    EXPECT_EQ(rows.segments()[syn].end_y, 4u);
    EXPECT_EQ(rows.calls()[accept].exit_y, 6u);
}

TEST(LadderRows, ASegmentArrivesBeforeTheCallThatItWakesReturnsHoweverLateThatIsTold) {
    LadderRows rows;
    LadderCall wakes = call_at(0, LadderSide::server);
    wakes.kind = EventKind::recv;
    const std::uint32_t recv = rows.add_call(wakes, 0);
    const std::uint32_t data = rows.add_segment(segment_at(1), 10 * us);
    rows.end_call(recv, 2, 20 * us, true);
    rows.end_segment(data, 3, 30 * us);
    EXPECT_EQ(rows.segments()[data].sent_y, 2u);
    EXPECT_EQ(rows.segments()[data].end_y, 4u);
    EXPECT_EQ(rows.calls()[recv].exit_y, 6u);
    // What the sender's side does meanwhile is no effect of it.
    LadderCall sends = call_at(4);
    sends.kind = EventKind::recv;
    const std::uint32_t own = rows.add_call(sends, 40 * us);
    const std::uint32_t more = rows.add_segment(segment_at(5), 50 * us);
    rows.end_call(own, 6, 60 * us, true);
    rows.end_segment(more, 7, 70 * us);
    EXPECT_LT(rows.calls()[own].exit_y, rows.segments()[more].end_y);
    const LadderRows::Seen seen = rows.seen(0, 100, 3);
    EXPECT_EQ(seen.end, 4u);
}

TEST(LadderRows, LateNewsAmongManyLeaveWhatCanBeSeenRight) {
    LadderRows late, early;
    for (EventIndex event = 0; event < 1000; ++event) {
        if (event == 300) continue;
        late.add_segment(segment_at(event), event * us);
    }
    late.add_segment(segment_at(300), 300 * us);
    for (EventIndex event = 0; event < 1000; ++event) early.add_segment(segment_at(event), event * us);
    for (std::size_t at = 0; at < 1000; ++at) EXPECT_EQ(late.items()[at].y, early.items()[at].y);
    EXPECT_EQ(late.seen(800, 820, no_event).segments.size(), early.seen(800, 820, no_event).segments.size());
}

TEST(LadderRows, TwoPartsOfOneConnectionComeTogetherInOrder) {
    LadderRows calls, segments;
    const std::uint32_t connect = calls.add_call(call_at(1), 10 * us);
    segments.add_call(call_at(0, LadderSide::server), 0);
    const std::uint32_t syn = segments.add_segment(segment_at(2), 20 * us);
    segments.add_state(LadderSide::client, {2, TcpState::syn_sent, Known::inferred}, 20 * us);
    segments.end_segment(syn, 4, 40 * us);
    calls.add_state(LadderSide::client, {3, TcpState::syn_sent, Known::observed}, 30 * us);
    const LadderRows::Shift shift = calls.merge(segments);
    EXPECT_EQ(shift.calls, 1u);
    EXPECT_EQ(shift.segments, 0u);
    calls.end_call(connect, 6, 60 * us, true);
    EXPECT_EQ(calls.calls()[1].enter_y, 0u);
    EXPECT_EQ(calls.calls()[0].enter_y, 2u);
    EXPECT_EQ(calls.segments()[0].sent_y, 4u);
    EXPECT_EQ(calls.segments()[0].end_y, 6u);
    EXPECT_EQ(calls.calls()[0].exit_y, 8u);
    ASSERT_EQ(calls.states(LadderSide::client).size(), 2u);
    EXPECT_EQ(calls.states(LadderSide::client)[0].known, Known::inferred);
    EXPECT_EQ(calls.states(LadderSide::client)[1].y, 4u);
}

TEST(LadderRows, OfManyOnlyWhatCanBeSeenIsFoundAndWhatGoesOnAcrossIt) {
    LadderRows rows;
    EventIndex event = 0;
    const std::uint32_t recv = rows.add_call(call_at(event++), 0);
    const std::uint32_t held = rows.add_segment(segment_at(event++), us);
    rows.hold(held, event++, us);
    for (int at = 0; at < 5000; ++at) {
        const std::uint32_t segment = rows.add_segment(segment_at(event), event * us);
        ++event;
        rows.end_segment(segment, event, event * us);
        ++event;
    }
    const std::uint32_t middle = rows.height(no_event) / 2;
    const LadderRows::Seen seen = rows.seen(middle, middle + 40, no_event);
    EXPECT_EQ(seen.end - seen.first, 20u);
    EXPECT_EQ(seen.calls, std::vector<std::uint32_t>{recv});
    EXPECT_EQ(seen.segments.front(), held);
    EXPECT_GE(seen.segments.size(), 11u);
    EXPECT_LE(seen.segments.size(), 13u);
    const LadderRows::Seen then = rows.seen(0, UINT32_MAX, 3);
    EXPECT_EQ(then.segments, std::vector<std::uint32_t>{held});
    EXPECT_EQ(then.end, 3u);
    EXPECT_TRUE(rows.seen(0, 100, 0).calls.empty());
}

TEST(LadderRows, CountsAllThatWaitWhereverTheyStand) {
    LadderRows rows;
    EventIndex event = 0;
    for (int at = 0; at < 9; ++at) {
        LadderSegment segment = segment_at(event);
        segment.delayed = at == 8;
        const std::uint32_t number = rows.add_segment(segment, event * us);
        ++event;
        rows.hold(number, event, event * us);
        ++event;
        for (int other = 0; other < 200; ++other) {  // they stand far above each other
            const std::uint32_t passing = rows.add_segment(segment_at(event), event * us);
            ++event;
            rows.end_segment(passing, event, event * us);
            ++event;
        }
    }
    EXPECT_EQ(rows.waiting(no_event).held, 8u);
    EXPECT_EQ(rows.waiting(no_event).delayed, 1u);
    EXPECT_EQ(rows.waiting(1).held, 0u) << "sent, and not yet held";
    EXPECT_EQ(rows.waiting(2).held, 1u);
    rows.deliver(0, event, event * us);
    EXPECT_EQ(rows.waiting(no_event).held, 7u);
    EXPECT_EQ(rows.waiting(event).held, 8u) << "the past is as it was";
    EXPECT_EQ(LadderRows().waiting(no_event).held, 0u);
}

class SegmentWays : public testing::Test {
   protected:
    LadderColumns columns = ladder_columns(0, 900, 1);
    SegmentHeights y{100, 100, 300, 320, 400, 24};
};

TEST_F(SegmentWays, LifelinesStandInOrderAndInsideTheirRoom) {
    for (const float scale : {0.75f, 1.0f, 2.5f}) {
        for (const float room : {300.0f, 700.0f, 1600.0f}) {
            const LadderColumns at = ladder_columns(50, room, scale);
            EXPECT_LT(at.time_right, at.client_text);
            EXPECT_LT(at.client_text, at.client);
            EXPECT_LT(at.client, at.client_kernel);
            EXPECT_GE(at.server_kernel - at.client_kernel, 149 * scale);
            EXPECT_LT(at.server_kernel, at.server);
            EXPECT_LT(at.server, at.server_text_right);
            EXPECT_LE(at.server_text_right, 50 + at.width);
            EXPECT_GE(at.width, room);
        }
    }
}

TEST_F(SegmentWays, ColumnsShrinkBeforeThePaneScrolls) {
    const LadderColumns narrow = ladder_columns(0, 1290, 2.25f);
    EXPECT_FLOAT_EQ(narrow.width, 1290) << "both sides stand in a pane of a small window, at 225 %";
    EXPECT_LE(narrow.server_text_right, 1290);
    EXPECT_LT(ladder_columns(0, 640, 1).width, ladder_columns(0, 730, 1).width);
    EXPECT_GT(ladder_columns(0, 400, 1).width, 400) << "below their least it scrolls";
}

TEST_F(SegmentWays, OneThatArrivesSlantsFromSenderToReceiver) {
    LadderSegment segment = segment_at(0, Direction::to_client);
    segment.end = 4;
    const SegmentWay way = segment_way(segment, y, columns, no_event, 1);
    ASSERT_EQ(way.count, 2);
    EXPECT_EQ(way.end, SegmentWay::End::arrived);
    EXPECT_EQ(way.points[0].x, columns.server_kernel);
    EXPECT_EQ(way.points[1].x, columns.client_kernel);
    EXPECT_EQ(way.points[1].y, 320);
}

TEST_F(SegmentWays, OneThatWaitsHangsUntilItIsDelivered) {
    LadderSegment segment = segment_at(0);
    segment.held = 1;
    segment.delivered = 5;
    segment.end = 6;
    const SegmentWay waits = segment_way(segment, y, columns, 4, 1);
    ASSERT_EQ(waits.count, 3);
    EXPECT_EQ(waits.end, SegmentWay::End::waits);
    EXPECT_EQ(waits.points[1].x, waits.points[2].x);
    EXPECT_EQ(waits.points[2].y, 400);
    const SegmentWay after = segment_way(segment, y, columns, no_event, 1);
    ASSERT_EQ(after.count, 4);
    EXPECT_EQ(after.end, SegmentWay::End::arrived);
    EXPECT_EQ(after.points[2].y, 300);
    EXPECT_EQ(after.points[3].x, columns.server_kernel);
}

TEST_F(SegmentWays, ADroppedOneDoesNotReachTheOtherSide) {
    LadderSegment segment = segment_at(0);
    segment.end = 2;
    segment.dropped = true;
    const SegmentWay way = segment_way(segment, y, columns, no_event, 1);
    EXPECT_EQ(way.end, SegmentWay::End::dropped);
    EXPECT_LT(way.points[way.count - 1].x, columns.server_kernel - 50);
    EXPECT_EQ(segment_way(segment, y, columns, 1, 1).end, SegmentWay::End::moving);
    segment.held = 1;
    const SegmentWay held = segment_way(segment, y, columns, no_event, 1);
    EXPECT_EQ(held.end, SegmentWay::End::dropped);
    EXPECT_EQ(held.points[held.count - 1].x, held.points[1].x);
}

TEST_F(SegmentWays, ThoseWhoWaitTogetherHangSideBySide) {
    LadderSegment one = segment_at(0), other = segment_at(1);
    one.held = other.held = 2;
    other.column = 1;
    EXPECT_NE(segment_way(one, y, columns, no_event, 1).points[1].x, segment_way(other, y, columns, no_event, 1).points[1].x);
}

}  // namespace
}  // namespace synoptic
