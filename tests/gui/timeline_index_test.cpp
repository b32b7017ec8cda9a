// The timeline's lanes: lives, calls, gates, signal handlers, segments, rows; and random histories against what their maker wrote down.
#include "gui/panels/timeline_index.h"

#include <gtest/gtest.h>

#include <random>

#include "gui/panels/timeline_words.h"
#include "tests/gui/wire_history.h"
#include "tests/model/story.h"

namespace synoptic {
namespace {

struct TimelineStory : EchoStory {
    TimelineIndex index;

    const TimelineLane& lane(ActorId actor) {
        EXPECT_TRUE(index.update(history));
        for (const TimelineLane& lane : index.lanes()) {
            if (lane.actor == actor) return lane;
        }
        throw std::runtime_error("no lane");
    }
    const TimelineRow& row(ActorId actor, std::size_t at = 0) { return lane(actor).rows.at(at); }
    std::uint64_t at(EventIndex event) const { return history.event(event).time - history.event(0).time; }
    TimelineMoment moment(EventIndex limit) const { return {history, limit, at(limit - 1), limit == history.size()}; }
};

TEST(TimelineIndex, ACallIsASpanAndItsSleepAPartOfIt) {
    TimelineStory story;
    const std::size_t before = story.row(story.server).spans.size();
    const EventIndex enter = story.enter(story.server, EventKind::recv, {.fd = 4});
    const EventIndex asleep = story.fact(EventKind::blocked, {.a = static_cast<std::int64_t>(story.server)});
    EXPECT_TRUE(story.row(story.server).spans.is_open());
    const EventIndex exit = story.exit(story.server, EventKind::recv, {.fd = 4, .value = 5});
    const TimelineRow& row = story.row(story.server);
    ASSERT_EQ(row.spans.size(), before + 1);
    EXPECT_EQ(row.spans.event(before), enter);
    EXPECT_EQ(row.spans.begin_ns(before), story.at(enter));
    EXPECT_EQ(row.spans.end_ns(before), story.at(exit));
    ASSERT_EQ(row.waits.size(), 1u);
    EXPECT_EQ(row.waits.begin_ns(0), story.at(asleep));
    EXPECT_EQ(row.waits.end_ns(0), story.at(exit));
    for (const EventIndex event : {enter, exit}) {
        const TimelineIndex::Place place = story.index.find(story.history, event);
        EXPECT_EQ(place.track, &row.spans);
        EXPECT_EQ(place.span, before);
    }
}

TEST(TimelineIndex, StandsAtTheGateAreSpansOfTheirOwn) {
    TimelineStory story;
    const EventIndex arrive = story.put(EventKind::recv, Phase::arrive, story.server, {.fd = 4});
    const EventIndex go = story.put(EventKind::recv, Phase::go, story.server, {.fd = 4});
    story.enter(story.server, EventKind::recv, {.fd = 4});
    const EventIndex exit = story.exit(story.server, EventKind::recv, {.fd = 4});
    const EventIndex rest = story.put(EventKind::recv, Phase::rest, story.server, {.fd = 4});
    const TimelineRow& row = story.row(story.server);
    ASSERT_EQ(row.stands.size(), 2u);
    EXPECT_EQ(row.stands.event(0), arrive);
    EXPECT_EQ(row.stands.end_ns(0), story.at(go));
    EXPECT_EQ(row.stands.event(1), rest);
    EXPECT_TRUE(row.stands.is_open());
    EXPECT_EQ(row.spans.end_ns(row.spans.size() - 1), story.at(exit));
}

TEST(TimelineIndex, ASignalHandlersCallsHaveARowBelow) {
    TimelineStory story;
    const EventIndex accept = story.enter(story.server, EventKind::accept, {.fd = 3});
    const EventIndex wait = story.enter(story.server, EventKind::waitpid, {.flags = event_in_signal});
    const EventIndex waited = story.exit(story.server, EventKind::waitpid, {.value = 0, .flags = event_in_signal});
    const EventIndex interrupted = story.exit(story.server, EventKind::accept, {.fd = 3, .value = -1, .error = EINTR});
    const SpanTrack& outer = story.row(story.server, 0).spans;
    const SpanTrack& inner = story.row(story.server, 1).spans;
    EXPECT_EQ(outer.event(outer.size() - 1), accept);
    EXPECT_EQ(outer.end_ns(outer.size() - 1), story.at(interrupted));
    ASSERT_EQ(inner.size(), 1u);
    EXPECT_EQ(inner.event(0), wait);
    EXPECT_EQ(inner.end_ns(0), story.at(waited));
}

TEST(TimelineIndex, ACallWhoseExitWasLostEndsAtTheNext) {
    TimelineStory story;
    story.enter(story.server, EventKind::recv, {.fd = 4});
    const EventIndex next = story.enter(story.server, EventKind::send, {.fd = 4});
    story.exit(story.server, EventKind::send, {.fd = 4});
    const TimelineLane& lane = story.lane(story.server);
    const SpanTrack& calls = lane.rows[0].spans;
    EXPECT_EQ(lane.rows.size(), 1u);
    EXPECT_EQ(calls.end_ns(calls.size() - 2), story.at(next));
    // An exit without an enter is a moment.
    const EventIndex exit = story.exit(story.server, EventKind::close, {.fd = 4});
    story.index.update(story.history);
    EXPECT_EQ(calls.event(calls.size() - 1), exit);
    EXPECT_EQ(calls.begin_ns(calls.size() - 1), calls.end_ns(calls.size() - 1));
}

TEST(TimelineIndex, AKilledProcessIsAZombieUntilItsStatusIsRead) {
    TimelineStory story;
    const ActorId child = story.fork(story.server, 1, 101, story.server_program, 3);
    story.enter(child, EventKind::recv, {.fd = 4});
    const EventIndex killed = story.fact(EventKind::process_ended, {.a = 101, .b = 1, .value = 9});
    const TimelineLane& lane = story.lane(child);
    EXPECT_EQ(lane.ended, killed);
    EXPECT_EQ(lane.zombie, killed);
    EXPECT_EQ(lane.reaped, no_event);
    EXPECT_FALSE(lane.rows[0].spans.is_open()) << "it never returns";
    story.enter(story.server, EventKind::waitpid, {.a = 101});
    const EventIndex read = story.exit(story.server, EventKind::waitpid, {.a = 9, .value = 101});
    EXPECT_EQ(story.lane(child).reaped, read);
    EXPECT_EQ(story.lane(child).reaped_ns, story.at(read));
}

TEST(TimelineIndex, InThePastOnlyWhatHadHappenedIsKnown) {
    TimelineStory story;
    const EventIndex enter = story.enter(story.server, EventKind::recv, {.fd = 4});
    const EventIndex exit = story.exit(story.server, EventKind::recv, {.fd = 4, .value = 5, .payload = "hello"});
    story.enter(story.server, EventKind::send, {.fd = 4});
    const SpanTrack& calls = story.row(story.server).spans;
    const SeenTrack inside = seen_track(calls, story.moment(exit), true);
    const std::size_t last = inside.size() - 1;
    EXPECT_EQ(calls.event(last), enter) << "send comes later";
    EXPECT_TRUE(inside.is_open(last));
    EXPECT_EQ(inside.end_ns(last), story.at(exit - 1));
    EXPECT_FALSE(seen_track(calls, story.moment(exit + 1), true).is_open(last));
    EXPECT_TRUE(seen_track(calls, story.moment(story.history.size()), true).is_open(last + 1));
    EXPECT_EQ(seen_track(calls, story.moment(enter), true).size(), last);

    const TimelineLane& lane = story.lane(story.server);
    const SeenTrack none = seen_track(lane.rows[0].waits, story.moment(exit));
    const std::string then = span_story(story.index, story.moment(exit), lane, inside, none, last);
    EXPECT_EQ(then.find("hello"), std::string::npos) << then;
    EXPECT_NE(then.find("so far"), std::string::npos) << then;
    const TimelineMoment now = story.moment(story.history.size());
    const std::string later = span_story(story.index, now, lane, seen_track(calls, now, true), none, last);
    EXPECT_NE(later.find("hello"), std::string::npos) << later;
}

TEST(TimelineIndex, WhatIsUnderThePointerIsNamed) {
    TimelineStory story;
    for (int i = 0; i < 5; ++i) {
        story.enter(story.server, EventKind::recv, {.fd = 4});
        if (i == 3) story.now_ns += 50'000;
        story.exit(story.server, EventKind::recv, {.fd = 4, .value = i});
    }
    const TimelineLane& lane = story.lane(story.server);
    const TimelineMoment now = story.moment(story.history.size());
    const SeenTrack calls = seen_track(lane.rows[0].spans, now, true), waits = seen_track(lane.rows[0].waits, now);
    const std::size_t size = calls.size();
    const Piece piece{size - 5, size, calls.begin_ns(size - 5), calls.end_ns(size - 1)};
    const std::string fold = fold_story(story.index, now, lane, calls, waits, piece);
    EXPECT_NE(fold.find("5 calls"), std::string::npos) << fold;
    EXPECT_NE(fold.find("the longest, 51"), std::string::npos) << fold;
    EXPECT_NE(fold.find("= 3"), std::string::npos) << fold;
    const std::string gap = gap_story(story.index, now, lane, calls.end_ns(size - 3) + 500);
    EXPECT_NE(gap.find("between two calls"), std::string::npos) << gap;
    EXPECT_NE(lane_story(story.index, now, lane).find("pid 100"), std::string::npos);
}

// ---- segments and rows ---------------------------------------------------------------------------------------------------------------------
TEST(TimelineIndex, SegmentsThatOverlapHaveRowsOfTheirOwn) {
    test::WireHistory wire;
    const WireId first = wire.sent({}), second = wire.sent({});
    wire.held(first);
    wire.arrived(second);
    const WireId third = wire.sent({});
    wire.dropped(first, DropReason::hand);
    wire.arrived(third);
    wire.carried({.from_client = false});
    TimelineIndex index;
    ASSERT_TRUE(index.update(wire.history));
    ASSERT_EQ(index.lanes().size(), 2u) << "a lane for each direction";
    const TimelineLane& lane = index.lanes()[0];
    ASSERT_EQ(lane.rows.size(), 2u);
    EXPECT_EQ(lane.rows[0].spans.size(), 1u);
    EXPECT_EQ(lane.rows[1].spans.size(), 2u) << "the third takes the second's place";
    EXPECT_EQ(lane.rows[0].waits.size(), 1u);
    EXPECT_FALSE(lane.rows[0].waits.is_open());
    EXPECT_EQ(lane.marks.size(), 1u) << "dropped";
    EXPECT_EQ(lane_label(index, lane), "wire → server");
}

TEST(TimelineIndex, MoreSegmentsThanRowsAreMarks) {
    test::WireHistory wire;
    std::vector<WireId> sent;
    for (std::size_t i = 0; i < TimelineIndex::most_rows + 3; ++i) sent.push_back(wire.sent({}));
    for (const WireId id : sent) wire.arrived(id);
    TimelineIndex index;
    ASSERT_TRUE(index.update(wire.history));
    EXPECT_EQ(index.lanes()[0].rows.size(), TimelineIndex::most_rows);
    EXPECT_EQ(index.lanes()[0].marks.size(), 3u);
    for (const TimelineRow& row : index.lanes()[0].rows) EXPECT_FALSE(row.spans.is_open());
}

TEST(TimelineIndex, RowsAndSyncsAreMoments) {
    TimelineStory story;
    story.fact(EventKind::store_opened, {.payload = "/tmp/class/database.txt", .socket = 77}, story.server);
    const EventIndex put = story.fact(EventKind::row_put, {.a = 7, .payload = "pear", .socket = 77}, story.server);
    story.fact(EventKind::row_deleted, {.a = 7, .socket = 77}, story.server);
    const EventIndex synced = story.fact(EventKind::store_synced, {.value = 12, .socket = 77}, story.server);
    ASSERT_TRUE(story.index.update(story.history));
    const TimelineLane& lane = story.index.lanes().back();
    EXPECT_EQ(lane.label, "database.txt");
    ASSERT_EQ(lane.rows.size(), 2u);
    EXPECT_EQ(lane.rows[0].spans.size(), 2u);
    EXPECT_EQ(lane.rows[0].spans.begin_ns(0), lane.rows[0].spans.end_ns(0));
    EXPECT_EQ(lane.rows[1].spans.event(0), synced);
    EXPECT_EQ(story.index.find(story.history, put).track, &lane.rows[0].spans);
    EXPECT_EQ(story.index.shown_order().back(), story.index.lanes().size() - 1) << "below everybody";
}

// ---- random histories ------------------------------------------------------------------------------------------------------------------------
/** Actors that call, sleep, are interrupted and stand at gates, in any order that can happen; what is true is written down on the way. */
class RandomStory {
   public:
    struct Expected {
        ActorId actor;
        std::size_t row;
        char what;  // c a call, w its sleep, s a stand
        EventIndex event;
        std::uint64_t begin_ns, end_ns;
    };
    EchoStory story;
    std::vector<Expected> expected;

    explicit RandomStory(unsigned seed) : random_(seed) {
        actors_ = {{story.server, {}}, {story.client, {}}};
        for (std::uint32_t slot = 5; slot < 9; ++slot)
            actors_.push_back({story.begin(slot, 200 + static_cast<int>(slot), story.server_program, story.server), {}});
        begins_at_ = story.history.size();
    }
    void go_on(int moves) {
        for (int i = 0; i < moves; ++i) move(actors_[random_() % actors_.size()]);
    }
    EventIndex begins_at() const { return begins_at_; }

   private:
    struct Live {
        std::size_t expected;
        EventKind kind;
        bool stands;
    };
    struct Someone {
        ActorId id;
        std::vector<Live> open;
    };
    std::uint64_t at(EventIndex event) const { return story.history.event(event).time - story.history.event(0).time; }
    EventKind any_call() { return std::array{EventKind::recv, EventKind::send, EventKind::close, EventKind::accept}[random_() % 4]; }

    void begin(Someone& who, EventKind kind, Phase phase) {
        story.now_ns += random_() % 3000;
        const auto flags = static_cast<std::uint8_t>(who.open.empty() ? 0 : event_in_signal);
        const bool stands = phase != Phase::enter;
        const EventIndex event = story.put(kind, phase, who.id, {.fd = 4, .flags = flags});
        expected.push_back({who.id, who.open.size(), stands ? 's' : 'c', event, at(event), SpanTrack::still_open});
        who.open.push_back({expected.size() - 1, kind, stands});
    }
    void end(Someone& who) {
        story.now_ns += random_() % 3000;
        const Live live = who.open.back();
        who.open.pop_back();
        const auto flags = static_cast<std::uint8_t>(who.open.empty() ? 0 : event_in_signal);
        const EventIndex event = story.put(live.kind, live.stands ? Phase::go : Phase::exit, who.id, {.fd = 4, .flags = flags});
        expected[live.expected].end_ns = at(event);
        for (Expected& wait : expected) {
            if (wait.what == 'w' && wait.actor == who.id && wait.row == who.open.size() && wait.end_ns == SpanTrack::still_open)
                wait.end_ns = at(event);
        }
        if (live.stands && random_() % 2 == 0) begin(who, live.kind, Phase::enter);
    }
    void sleep(Someone& who) {
        const std::size_t row = who.open.size() - 1;
        for (const Expected& wait : expected) {
            if (wait.what == 'w' && wait.actor == who.id && wait.row == row && wait.end_ns == SpanTrack::still_open) return;
        }
        const EventIndex event = story.fact(EventKind::blocked, {.a = static_cast<std::int64_t>(who.id)});
        expected.push_back({who.id, row, 'w', event, at(event), SpanTrack::still_open});
    }
    void move(Someone& who) {
        const auto chance = random_() % 10;
        // A handler's stand inside a handler's would need a third level of signals; the second is deep enough.
        if (who.open.empty() || (chance == 0 && who.open.size() < 2 && !who.open.back().stands)) {
            begin(who, any_call(), random_() % 3 == 0 ? Phase::arrive : Phase::enter);
        } else if (chance < 3 && !who.open.back().stands) {
            sleep(who);
        } else {
            end(who);
        }
    }

    std::mt19937 random_;
    std::vector<Someone> actors_;
    EventIndex begins_at_ = 0;
};

TEST(TimelineIndex, RandomHistoriesGiveTheSpansThatTheyWereMadeOf) {
    for (unsigned seed = 1; seed <= 8; ++seed) {
        RandomStory random(seed);
        TimelineIndex index;
        for (int part = 0; part < 20; ++part) {
            random.go_on(60);
            while (!index.update(random.story.history, 7)) {}
        }
        std::size_t spans = 0;
        for (const TimelineLane& lane : index.lanes()) {
            for (const TimelineRow& row : lane.rows) {
                for (const SpanTrack* track : {&row.spans, &row.waits, &row.stands}) {
                    for (std::size_t at = 0; at < track->size(); ++at) spans += track->event(at) >= random.begins_at();
                }
            }
        }
        EXPECT_EQ(spans, random.expected.size());
        for (const RandomStory::Expected& wanted : random.expected) {
            const TimelineLane* lane = nullptr;
            for (const TimelineLane& each : index.lanes()) {
                if (each.actor == wanted.actor) lane = &each;
            }
            ASSERT_NE(lane, nullptr);
            ASSERT_LT(wanted.row, lane->rows.size());
            const TimelineRow& row = lane->rows[wanted.row];
            const SpanTrack& track = wanted.what == 'c' ? row.spans : wanted.what == 'w' ? row.waits : row.stands;
            const std::size_t span = track.find(wanted.event);
            ASSERT_LT(span, track.size()) << "seed " << seed << ", event " << wanted.event << ", " << wanted.what;
            EXPECT_EQ(track.begin_ns(span), wanted.begin_ns);
            EXPECT_EQ(track.end_ns(span), wanted.end_ns) << "seed " << seed << ", event " << wanted.event << ", " << wanted.what;
        }
    }
}

TEST(TimelineIndex, TakesAtMost24BytesForACall) {
    EchoStory story;
    std::vector<ActorId> workers;
    for (std::uint32_t slot = 5; slot < 15; ++slot)
        workers.push_back(story.begin(slot, 300 + static_cast<int>(slot), story.server_program, story.server));
    constexpr std::size_t calls = 100'000;
    for (std::size_t at = 0; at < calls; ++at) {
        story.enter(workers[at % workers.size()], EventKind::recv, {.fd = 4});
        story.exit(workers[at % workers.size()], EventKind::recv, {.fd = 4});
    }
    TimelineIndex index;
    while (!index.update(story.history)) {}
    EXPECT_LE(index.memory_bytes(), 24 * calls);
}

TEST(TimelineIndex, AnotherHistoryIsReadFromItsBeginning) {
    TimelineStory one, other;
    ASSERT_TRUE(one.index.update(one.history));
    const std::size_t lanes = one.index.lanes().size();
    ASSERT_TRUE(one.index.update(other.history));
    EXPECT_EQ(one.index.lanes().size(), lanes);
}

}  // namespace
}  // namespace synoptic
