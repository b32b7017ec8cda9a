// A track of the timeline: spans that follow one another and never overlap, such as the calls of a thread; and what a frame asks of them without
// touching each: which lie in a stretch of time, those too narrow to be seen folded into one, and how much of it they cover.
//
//   nodes_[1]                    one for 256 spans    time covered until there, the longest
//   nodes_[0]   one for 16 spans   …
//   spans_    ▂▂▂ ▂ ▂▂ ▂▂▂▂▂ ▂ …   16 bytes each: begin, end, event
//
// Times are ns since the session began, of 50 bits: 13 days. Begins and ends never go back: a span that is told to begin before the one in front
// of it has ended (clocks of two cores differ by little) begins at that end. Not thread-safe: the window's thread only.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/history.h"

namespace synoptic {

class SpanTrack {
   public:
    static constexpr std::uint64_t latest_ns = (std::uint64_t{1} << 50) - 2;
    static constexpr std::uint64_t still_open = latest_ns + 1;

    /** A span begins; one that is still open ends there. `event` is greater than that of the span before. */
    void begin(EventIndex event, std::uint64_t at_ns);
    /** The last one ends, if it is open. */
    void end(std::uint64_t at_ns);
    /** A moment: a span without length. */
    void mark(EventIndex event, std::uint64_t at_ns) {
        begin(event, at_ns);
        end(at_ns);
    }

    std::size_t size() const { return spans_.size(); }
    bool is_open() const { return !spans_.empty() && end_ns(size() - 1) == still_open; }
    EventIndex event(std::size_t span) const { return (spans_[span].begin & event_low) | (spans_[span].end & event_low) << event_bits; }
    std::uint64_t begin_ns(std::size_t span) const { return spans_[span].begin >> event_bits; }
    std::uint64_t end_ns(std::size_t span) const { return spans_[span].end >> event_bits; }  // still_open: of the last one only
    /** How many spans began with events before `limit`. */
    std::size_t before(EventIndex limit) const;
    /** The span that began with this event; size() if there is none. */
    std::size_t find(EventIndex event) const;

    struct Sum {
        std::uint64_t covered_ns = 0;
        std::size_t longest = 0;
        std::uint64_t longest_ns = 0;
    };
    /** Of the ended spans `first` … `last` - 1; looks at a few for each power of 16. */
    Sum sum(std::size_t first, std::size_t last) const;
    /** Its covered_ns alone; looks at some spans at both ends, however many lie between them. */
    std::uint64_t covered_ns(std::size_t first, std::size_t last) const;

    std::size_t memory_bytes() const;

   private:
    static constexpr int event_bits = 14;  // half of an EventIndex in each word
    static constexpr std::uint64_t event_low = (1u << event_bits) - 1;
    static_assert(History::most_events <= std::uint64_t{1} << (2 * event_bits));
    static constexpr std::size_t fan_out = 16;

    struct Span {
        std::uint64_t begin, end;  // ns << event_bits | half of the event's index
    };
    struct Node {
        std::uint64_t covered_ns;  // by all spans until its last one
        std::uint32_t longest;     // of its own
    };
    void add_nodes();
    std::uint64_t covered_by(std::size_t level, std::size_t node) const;

    std::vector<Span> spans_;
    std::vector<std::vector<Node>> nodes_;  // of ended spans, sixteen to one
};

/** A track as it was known at a moment: the spans that had begun, the last of them perhaps still open, and reaching until then. */
class SeenTrack {
   public:
    SeenTrack(const SpanTrack& track, std::size_t size, bool last_open, std::uint64_t now_ns)
        : track_(track), size_(size), last_open_(last_open && size > 0), now_ns_(now_ns) {}

    const SpanTrack& track() const { return track_; }
    std::size_t size() const { return size_; }
    bool is_open(std::size_t span) const { return last_open_ && span + 1 == size_; }
    std::uint64_t begin_ns(std::size_t span) const { return track_.begin_ns(span); }
    std::uint64_t end_ns(std::size_t span) const { return is_open(span) ? std::max(now_ns_, track_.begin_ns(span)) : track_.end_ns(span); }
    std::uint64_t length_ns(std::size_t span) const { return end_ns(span) - begin_ns(span); }
    SpanTrack::Sum sum(std::size_t first, std::size_t last) const;
    std::uint64_t covered_by_spans_ns(std::size_t first, std::size_t last) const;
    /** How much of a stretch of time they cover. */
    std::uint64_t covered_ns(std::uint64_t from_ns, std::uint64_t to_ns) const;
    /** The first span that ends at `at_ns` or later; size() if none does. */
    std::size_t first_ending(std::uint64_t at_ns) const;
    /** The first span after `from` that begins at `at_ns` or later; near ones are found at once. */
    std::size_t first_beginning(std::size_t from, std::uint64_t at_ns) const;

   private:
    const SpanTrack& track_;
    std::size_t size_;
    bool last_open_;
    std::uint64_t now_ns_;
};

/** What is drawn in one place: a span, or several that are too narrow to be told apart. */
struct Piece {
    std::size_t first = 0, end = 0;  // spans
    std::uint64_t begin_ns = 0, end_ns = 0;
    std::size_t count() const { return end - first; }
    bool folded() const { return count() > 1; }
};

/** The width of the cells in which spans are folded: four sizes to each power of two, so that folds stay what they are while the view moves. */
inline std::uint64_t fold_cell_ns(double least_ns) {
    const auto least = static_cast<std::uint64_t>(std::clamp(least_ns, 1.0, 0x1p49));
    const std::uint64_t step = std::max<std::uint64_t>(std::bit_floor(least) / 4, 1);
    return (least + step - 1) / step * step;
}

/** Calls `draw(Piece)` for all from the span `at` on until a time, in order: spans as long as a cell by themselves, shorter ones that begin in one
    cell together. */
template <class Draw>
void for_each_piece_from(const SeenTrack& seen, std::size_t at, std::uint64_t to_ns, std::uint64_t cell_ns, Draw draw) {
    while (at < seen.size() && seen.begin_ns(at) <= to_ns) {
        std::size_t end = at + 1;
        if (seen.length_ns(at) < cell_ns) {
            end = seen.first_beginning(at, (seen.begin_ns(at) / cell_ns + 1) * cell_ns);
            // Only the last one can reach out of the cell: they do not overlap.
            if (end - 1 > at && seen.length_ns(end - 1) >= cell_ns) --end;
        }
        draw(Piece{at, end, seen.begin_ns(at), seen.end_ns(end - 1)});
        at = end;
    }
}

/** The same for all that lies between two times. */
template <class Draw>
void for_each_piece(const SeenTrack& seen, std::uint64_t from_ns, std::uint64_t to_ns, std::uint64_t cell_ns, Draw draw) {
    // From the cell's begin on, lest a fold at the edge be another one for each place of the edge.
    for_each_piece_from(seen, seen.first_ending(from_ns / cell_ns * cell_ns), to_ns, cell_ns, draw);
}

}  // namespace synoptic
