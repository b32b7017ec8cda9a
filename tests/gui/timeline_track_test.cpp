// The timeline's tracks and folds, against a walk over every span.
#include "gui/panels/timeline_folds.h"

#include <gtest/gtest.h>

#include <random>

namespace synoptic {
namespace {

struct PlainSpan {
    std::uint64_t begin_ns, end_ns;
    EventIndex event;
};

/** Spans as threads make them: bursts of short ones, long ones between, some without length. */
struct RandomTrack {
    SpanTrack track;
    std::vector<PlainSpan> plain;
    std::uint64_t now_ns = 0;

    RandomTrack(unsigned seed, std::size_t count, bool last_open) {
        std::mt19937_64 random(seed);
        EventIndex event = 0;
        for (std::size_t at = 0; at < count; ++at) {
            now_ns += random() % 4 == 0 ? 0 : random() % (random() % 20 == 0 ? 5'000'000 : 900);
            const std::uint64_t length_ns = random() % 5 == 0 ? 0 : random() % (random() % 15 == 0 ? 3'000'000 : 700);
            event += 1 + random() % 3;
            plain.push_back({now_ns, now_ns + length_ns, event});
            track.begin(event, now_ns);
            now_ns += length_ns;
            if (!last_open || at + 1 < count) track.end(now_ns);
        }
    }
    /** What was known before an event: the last span is open if it had not ended at `then_ns`. */
    SeenTrack seen(std::size_t size, bool open, std::uint64_t then_ns) const { return {track, size, open, then_ns}; }
    std::uint64_t covered_ns(std::size_t first, std::size_t end) const {
        std::uint64_t sum = 0;
        for (std::size_t at = first; at < end; ++at) sum += plain[at].end_ns - plain[at].begin_ns;
        return sum;
    }
};

TEST(SpanTrack, KeepsTimesAndEvents) {
    SpanTrack track;
    track.begin(3, 1000);
    EXPECT_TRUE(track.is_open());
    EXPECT_EQ(track.end_ns(0), SpanTrack::still_open);
    track.end(2500);
    track.begin(History::most_events - 1, SpanTrack::latest_ns - 1);
    track.end(SpanTrack::latest_ns);
    EXPECT_FALSE(track.is_open());
    EXPECT_EQ(track.event(0), 3u);
    EXPECT_EQ(track.begin_ns(0), 1000u);
    EXPECT_EQ(track.end_ns(0), 2500u);
    EXPECT_EQ(track.event(1), History::most_events - 1);
    EXPECT_EQ(track.begin_ns(1), SpanTrack::latest_ns - 1);
    EXPECT_EQ(track.end_ns(1), SpanTrack::latest_ns);
}

TEST(SpanTrack, NeverOverlapsWhateverClocksSay) {
    SpanTrack track;
    track.begin(1, 1000);
    track.begin(2, 2000);  // the first one's end was lost
    EXPECT_EQ(track.end_ns(0), 2000u);
    track.end(1500);  // a clock that is behind
    EXPECT_EQ(track.end_ns(1), 2000u);
    track.begin(3, 1900);
    EXPECT_EQ(track.begin_ns(2), 2000u);
    track.end(~std::uint64_t{0} >> 1);
    EXPECT_EQ(track.end_ns(2), SpanTrack::latest_ns) << "13 days are the most";
    track.end(5);
    EXPECT_EQ(track.end_ns(2), SpanTrack::latest_ns) << "an end that nothing waits for";
}

TEST(SpanTrack, SumsAreThoseOfAWalk) {
    for (const unsigned seed : {1u, 2u, 3u}) {
        const RandomTrack random(seed, 5000, false);
        std::mt19937 draw(seed);
        for (int i = 0; i < 300; ++i) {
            std::size_t first = draw() % 5000, end = draw() % 5001;
            if (first > end) std::swap(first, end);
            const SpanTrack::Sum sum = random.track.sum(first, end);
            ASSERT_EQ(sum.covered_ns, random.covered_ns(first, end)) << first << " to " << end;
            ASSERT_EQ(random.track.covered_ns(first, end), sum.covered_ns) << first << " to " << end;
            std::uint64_t longest_ns = 0;
            for (std::size_t at = first; at < end; ++at)
                longest_ns = std::max(longest_ns, random.plain[at].end_ns - random.plain[at].begin_ns);
            ASSERT_EQ(sum.longest_ns, longest_ns);
            if (longest_ns == 0) continue;
            ASSERT_GE(sum.longest, first);
            ASSERT_LT(sum.longest, end);
            ASSERT_EQ(random.plain[sum.longest].end_ns - random.plain[sum.longest].begin_ns, longest_ns);
        }
    }
}

TEST(SpanTrack, FindsSpansByTheirEvents) {
    const RandomTrack random(4, 1000, true);
    for (std::size_t at = 0; at < random.plain.size(); ++at) {
        ASSERT_EQ(random.track.find(random.plain[at].event), at);
        ASSERT_EQ(random.track.before(random.plain[at].event), at);
        ASSERT_EQ(random.track.before(random.plain[at].event + 1), at + 1);
    }
    EXPECT_EQ(random.track.find(0), random.track.size());
}

/** What must be drawn, by a walk over all spans. */
std::vector<Piece> walked_pieces(const SeenTrack& seen, std::uint64_t from_ns, std::uint64_t to_ns, std::uint64_t cell_ns) {
    std::vector<Piece> pieces;
    const std::uint64_t left_ns = from_ns / cell_ns * cell_ns;
    std::uint64_t fold_cell = 0;
    bool may_join = false;
    for (std::size_t at = 0; at < seen.size(); ++at) {
        if (seen.end_ns(at) < left_ns) continue;
        const bool narrow = seen.length_ns(at) < cell_ns;
        const std::uint64_t cell = seen.begin_ns(at) / cell_ns;
        if (narrow && may_join && cell == fold_cell) {
            pieces.back().end = at + 1;
            pieces.back().end_ns = seen.end_ns(at);
        } else if (seen.begin_ns(at) <= to_ns) {
            pieces.push_back({at, at + 1, seen.begin_ns(at), seen.end_ns(at)});
        } else {
            break;
        }
        may_join = narrow;
        fold_cell = cell;
    }
    return pieces;
}

TEST(Pieces, AreThoseOfAWalkOverEverySpan) {
    std::mt19937_64 draw(7);
    for (const unsigned seed : {11u, 12u, 13u, 14u}) {
        const RandomTrack random(seed, 3000, seed % 2 == 0);
        for (int i = 0; i < 200; ++i) {
            const std::size_t size = i % 3 == 0 ? 3000 : draw() % 3001;
            const bool whole = size == 3000;
            const bool open = size > 0 && (whole ? random.track.is_open() : draw() % 2 == 0);
            const std::uint64_t then_ns = whole ? random.now_ns + 1000 : size == 0 ? 0 : random.plain[size - 1].begin_ns + draw() % 1000;
            const SeenTrack seen = random.seen(size, open, then_ns);
            const std::uint64_t from_ns = draw() % (random.now_ns + 1), to_ns = from_ns + draw() % (random.now_ns + 1);
            const std::uint64_t cell_ns = fold_cell_ns(static_cast<double>(1 + draw() % (i % 2 == 0 ? 2000 : 4'000'000)));
            std::vector<Piece> pieces;
            for_each_piece(seen, from_ns, to_ns, cell_ns, [&](const Piece& piece) { pieces.push_back(piece); });
            const std::vector<Piece> wanted = walked_pieces(seen, from_ns, to_ns, cell_ns);
            ASSERT_EQ(pieces.size(), wanted.size()) << "seed " << seed << ", cell " << cell_ns;
            for (std::size_t at = 0; at < pieces.size(); ++at) {
                ASSERT_EQ(pieces[at].first, wanted[at].first);
                ASSERT_EQ(pieces[at].end, wanted[at].end) << "as many are in the fold";
                ASSERT_EQ(pieces[at].begin_ns, wanted[at].begin_ns);
                ASSERT_EQ(pieces[at].end_ns, wanted[at].end_ns);
            }
        }
    }
}

TEST(Pieces, StayWhatTheyAreWhileTheViewMoves) {
    const RandomTrack random(21, 4000, false);
    const SeenTrack seen = random.seen(4000, false, random.now_ns);
    const std::uint64_t cell_ns = fold_cell_ns(40'000), whole_ns = random.now_ns;
    std::vector<Piece> all;
    for_each_piece(seen, 0, whole_ns, cell_ns, [&](const Piece& piece) { all.push_back(piece); });
    for (std::uint64_t from_ns = 1000; from_ns < whole_ns; from_ns += whole_ns / 37) {
        // Behind the first, which may have begun before the view.
        bool first = true;
        for_each_piece(seen, from_ns, from_ns + whole_ns / 10, cell_ns, [&](const Piece& piece) {
            const auto same = std::find_if(all.begin(), all.end(), [&](const Piece& other) { return other.first == piece.first; });
            if (!first) {
                ASSERT_NE(same, all.end());
                EXPECT_EQ(same->end, piece.end);
            }
            first = false;
        });
    }
}

TEST(FoldMemo, GivesWhatIsFoldedAnewWhereverTheViewGoes) {
    std::mt19937_64 draw(31);
    const RandomTrack random(31, 6000, true);
    FoldMemo memo;
    const SpanTrack none;
    const SeenTrack waits(none, 0, false, 0);
    std::uint64_t from_ns = 0, cell_ns = fold_cell_ns(20'000);
    const std::uint64_t whole_ns = random.now_ns;
    for (int i = 0; i < 400; ++i) {
        // The track grows while the view moves a little, jumps, or comes nearer.
        const std::size_t size = std::min<std::size_t>(500 + static_cast<std::size_t>(i) * 15, 6000);
        const SeenTrack seen(random.track, size, size == 6000, whole_ns + static_cast<std::uint64_t>(i) * 100);
        if (i % 23 == 0) from_ns = draw() % whole_ns;
        if (i % 41 == 0) cell_ns = fold_cell_ns(static_cast<double>(1000 << draw() % 8));
        from_ns = from_ns + draw() % 40'000 - std::min<std::uint64_t>(from_ns, i % 3 == 0 ? 30'000 : 0);
        const std::uint64_t to_ns = from_ns + 2'000'000;
        std::vector<Piece> wanted;
        for_each_piece(seen, from_ns, to_ns, cell_ns, [&](const Piece& piece) { wanted.push_back(piece); });
        const std::vector<MeasuredPiece>& pieces = memo.pieces(7, seen, waits, from_ns, to_ns, cell_ns, no_event);
        ASSERT_EQ(pieces.size(), wanted.size()) << "step " << i;
        for (std::size_t at = 0; at < wanted.size(); ++at) {
            ASSERT_EQ(pieces[at].piece.first, wanted[at].first) << "step " << i;
            ASSERT_EQ(pieces[at].piece.end, wanted[at].end) << "step " << i;
            ASSERT_EQ(pieces[at].piece.end_ns, wanted[at].end_ns) << "step " << i;
        }
    }
}

TEST(SeenTrack, TheLastOneIsOpenUntilTheMomentThatIsShown) {
    SpanTrack track;
    track.begin(1, 1000);
    track.end(2000);
    track.begin(5, 3000);
    track.end(9000);
    const SeenTrack seen(track, 2, true, 4000);
    EXPECT_TRUE(seen.is_open(1));
    EXPECT_EQ(seen.end_ns(1), 4000u);
    EXPECT_EQ(seen.sum(0, 2).covered_ns, 2000u);
    EXPECT_EQ(seen.covered_ns(1500, 3500), 1000u) << "parts at both edges";
    EXPECT_EQ(seen.covered_ns(2100, 2900), 0u);
    EXPECT_EQ(SeenTrack(track, 0, false, 4000).covered_ns(0, 9000), 0u);
}

TEST(SpanTrack, TakesLittleMemory) {
    const RandomTrack random(5, 200'000, false);
    EXPECT_LE(random.track.memory_bytes(), 24u * 200'000u);
}

}  // namespace
}  // namespace synoptic
