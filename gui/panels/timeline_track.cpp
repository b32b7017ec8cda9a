#include "gui/panels/timeline_track.h"

namespace synoptic {

namespace {

/** Grows by a quarter: doubling would leave up to half of the memory unused. */
template <class T>
void append(std::vector<T>& vector, const T& value) {
    if (vector.size() == vector.capacity()) vector.reserve(vector.size() + std::max<std::size_t>(vector.size() / 4, 4));
    vector.push_back(value);
}

/** The first of the numbers from `low` to `high` for which `holds`; it holds for all behind it. */
template <class Holds>
std::size_t first_that(std::size_t low, std::size_t high, Holds holds) {
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (holds(middle))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

}  // namespace

void SpanTrack::begin(EventIndex event, std::uint64_t at_ns) {
    end(at_ns);
    at_ns = std::min(at_ns, latest_ns);
    if (!spans_.empty()) at_ns = std::max(at_ns, end_ns(size() - 1));
    append(spans_, Span{at_ns << event_bits | (event & event_low), still_open << event_bits | (event >> event_bits & event_low)});
}

void SpanTrack::end(std::uint64_t at_ns) {
    if (!is_open()) return;
    Span& last = spans_.back();
    const std::uint64_t end_ns = std::clamp(at_ns, last.begin >> event_bits, latest_ns);
    last.end = end_ns << event_bits | (last.end & event_low);
    if (size() % fan_out == 0) add_nodes();
}

/** Sixteen spans have ended: a node for them; sixteen nodes: one for those, and so on. */
void SpanTrack::add_nodes() {
    std::size_t covered = fan_out;  // spans of one node at this level
    for (std::size_t level = 0; size() % covered == 0; ++level, covered *= fan_out) {
        const Sum all = sum(size() - covered, size());
        if (level == nodes_.size()) nodes_.emplace_back();
        const std::uint64_t before_ns = nodes_[level].empty() ? 0 : nodes_[level].back().covered_ns;
        append(nodes_[level], Node{before_ns + all.covered_ns, static_cast<std::uint32_t>(all.longest)});
    }
}

std::uint64_t SpanTrack::covered_by(std::size_t level, std::size_t node) const {
    return nodes_[level][node].covered_ns - (node == 0 ? 0 : nodes_[level][node - 1].covered_ns);
}

std::uint64_t SpanTrack::covered_ns(std::size_t first, std::size_t last) const {
    std::uint64_t covered_ns = 0;
    const auto add = [&](std::size_t from, std::size_t to) {
        for (std::size_t span = from; span < to; ++span) covered_ns += end_ns(span) - begin_ns(span);
    };
    const std::size_t nodes = nodes_.empty() ? 0 : nodes_[0].size();
    const std::size_t first_node = (first + fan_out - 1) / fan_out, last_node = std::min(last / fan_out, nodes);
    if (first_node >= last_node) {
        add(first, last);
        return covered_ns;
    }
    add(first, first_node * fan_out);
    covered_ns += nodes_[0][last_node - 1].covered_ns - (first_node == 0 ? 0 : nodes_[0][first_node - 1].covered_ns);
    add(last_node * fan_out, last);
    return covered_ns;
}

std::size_t SpanTrack::before(EventIndex limit) const {
    return first_that(0, size(), [&](std::size_t span) { return event(span) >= limit; });
}

std::size_t SpanTrack::find(EventIndex wanted) const {
    const std::size_t span = before(wanted);
    return span < size() && event(span) == wanted ? span : size();
}

SpanTrack::Sum SpanTrack::sum(std::size_t first, std::size_t last) const {
    Sum all;
    all.longest = first;
    const auto take = [&](std::uint64_t covered_ns, std::size_t longest) {
        all.covered_ns += covered_ns;
        const std::uint64_t length_ns = end_ns(longest) - begin_ns(longest);
        if (length_ns <= all.longest_ns) return;
        all.longest = longest;
        all.longest_ns = length_ns;
    };
    while (first < last) {
        // The largest node that begins here and does not reach too far.
        std::size_t covered = 1, level = 0;
        for (std::size_t next = fan_out; level < nodes_.size() && first % next == 0 && first + next <= last; next *= fan_out) {
            if (first / next >= nodes_[level].size()) break;
            covered = next;
            ++level;
        }
        if (level == 0) {
            take(end_ns(first) - begin_ns(first), first);
        } else {
            take(covered_by(level - 1, first / covered), nodes_[level - 1][first / covered].longest);
        }
        first += covered;
    }
    return all;
}

std::size_t SpanTrack::memory_bytes() const {
    std::size_t bytes = spans_.capacity() * sizeof(Span) + nodes_.capacity() * sizeof nodes_[0];
    for (const std::vector<Node>& level : nodes_) bytes += level.capacity() * sizeof(Node);
    return bytes;
}

SpanTrack::Sum SeenTrack::sum(std::size_t first, std::size_t last) const {
    if (first >= last || !is_open(last - 1)) return track_.sum(first, last);
    SpanTrack::Sum all = track_.sum(first, last - 1);
    const std::uint64_t open_ns = length_ns(last - 1);
    all.covered_ns += open_ns;
    if (open_ns > all.longest_ns) {
        all.longest = last - 1;
        all.longest_ns = open_ns;
    }
    return all;
}

std::uint64_t SeenTrack::covered_by_spans_ns(std::size_t first, std::size_t last) const {
    if (first >= last) return 0;
    if (!is_open(last - 1)) return track_.covered_ns(first, last);
    return track_.covered_ns(first, last - 1) + length_ns(last - 1);
}

std::uint64_t SeenTrack::covered_ns(std::uint64_t from_ns, std::uint64_t to_ns) const {
    const std::size_t first = first_ending(from_ns), last = first_beginning(first, to_ns);
    if (first >= last) return 0;
    std::uint64_t covered_ns = covered_by_spans_ns(first, last);
    if (begin_ns(first) < from_ns) covered_ns -= std::min(from_ns - begin_ns(first), covered_ns);
    if (end_ns(last - 1) > to_ns) covered_ns -= std::min(end_ns(last - 1) - to_ns, covered_ns);
    return covered_ns;
}

std::size_t SeenTrack::first_ending(std::uint64_t at_ns) const {
    return first_that(0, size_, [&](std::size_t span) { return end_ns(span) >= at_ns; });
}

std::size_t SeenTrack::first_beginning(std::size_t from, std::uint64_t at_ns) const {
    std::size_t step = 1, low = from;
    while (low + step < size_ && begin_ns(low + step) < at_ns) {
        low += step;
        step *= 2;
    }
    return first_that(low, std::min(low + step, size_), [&](std::size_t span) { return begin_ns(span) >= at_ns; });
}

}  // namespace synoptic
