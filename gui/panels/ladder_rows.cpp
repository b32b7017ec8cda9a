// Rows of the Ladder: see ladder_rows.h.
#include "gui/panels/ladder_rows.h"

#include <algorithm>

namespace synoptic {

namespace {

using Kind = LadderItem::Kind;

constexpr std::size_t items_between_marks = 128;

bool begins(Kind kind) {
    return kind == Kind::call_enter || kind == Kind::segment_sent;
}
bool ends(Kind kind) {
    return kind == Kind::call_exit || kind == Kind::segment_end;
}
bool is_of_call(Kind kind) {
    return kind == Kind::call_enter || kind == Kind::call_exit;
}
/** What is told of something that stands in a row already. */
bool shares_row(const LadderItem& before, const LadderItem& item) {
    switch (item.kind) {
        case Kind::client_state:
        case Kind::server_state:
        case Kind::segment_held:
            return true;
        case Kind::call_exit:
            return before.kind == Kind::call_enter && before.index == item.index;
        default:
            return false;
    }
}

}  // namespace

std::uint32_t LadderRows::add_call(const LadderCall& call, std::uint64_t time_ns) {
    const auto index = static_cast<std::uint32_t>(calls_.size());
    calls_.push_back(call);
    put(Kind::call_enter, index, call.enter, time_ns);
    return index;
}

std::uint32_t LadderRows::add_segment(const LadderSegment& segment, std::uint64_t time_ns) {
    const auto index = static_cast<std::uint32_t>(segments_.size());
    segments_.push_back(segment);
    put(Kind::segment_sent, index, segment.sent, time_ns);
    return index;
}

void LadderRows::end_call(std::uint32_t call, EventIndex at, std::uint64_t time_ns, bool returned) {
    (returned ? calls_[call].exit : calls_[call].gone) = at;
    put(Kind::call_exit, call, at, time_ns);
}

void LadderRows::hold(std::uint32_t segment, EventIndex at, std::uint64_t time_ns) {
    LadderSegment& held = segments_[segment];
    if (held.held != no_event) return;  // its clock was stopped, or it was put before others: it goes on waiting where it is
    held.column = free_column();
    held.held = at;
    put(Kind::segment_held, segment, at, time_ns);
}

void LadderRows::deliver(std::uint32_t segment, EventIndex at, std::uint64_t time_ns) {
    segments_[segment].delivered = at;
    put(Kind::segment_delivered, segment, at, time_ns);
}

/** The item of a call that a segment has let return, although its arrival is not told yet; items_.size() if there is none. */
std::size_t LadderRows::first_effect(const LadderSegment& segment) const {
    std::size_t effect = items_.size();
    if (segment.dropped) return effect;
    const EventIndex left = segment.delivered != no_event ? segment.delivered : segment.held != no_event ? segment.held : segment.sent;
    const LadderSide receiver = segment.direction == Direction::to_server ? LadderSide::server : LadderSide::client;
    for (std::size_t at = items_.size(); at-- > 0 && items_[at].at > left;) {
        if (items_[at].kind != Kind::call_exit) continue;
        const LadderCall& call = calls_[items_[at].index];
        const bool waits_for_segments = call.kind == EventKind::recv || call.kind == EventKind::read || call.kind == EventKind::connect ||
                                        call.kind == EventKind::accept;
        if (call.side == receiver && waits_for_segments) effect = at;
    }
    return effect;
}

void LadderRows::end_segment(std::uint32_t segment, EventIndex at, std::uint64_t time_ns) {
    const std::size_t effect = first_effect(segments_[segment]);
    if (effect == items_.size()) {
        segments_[segment].end = at;
        return put(Kind::segment_end, segment, at, time_ns);
    }
    const LadderItem item{items_[effect].at, items_[effect].time_ns, segment, 0, Kind::segment_end};
    segments_[segment].end = item.at;
    items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(effect), item);
    place_from(effect);
}

void LadderRows::add_state(LadderSide side, const LadderState& state, std::uint64_t time_ns) {
    std::vector<LadderState>& states = states_[static_cast<int>(side)];
    states.push_back(state);
    put(side == LadderSide::client ? Kind::client_state : Kind::server_state, static_cast<std::uint32_t>(states.size() - 1), state.at,
        time_ns);
}

/** The leftmost place where no other one waits. */
std::uint8_t LadderRows::free_column() const {
    std::vector<bool> taken(256);
    for (const Span& span : open_) {
        if (!span.is_call && segments_[span.index].held != no_event) taken[segments_[span.index].column] = true;
    }
    const auto free = std::find(taken.begin(), taken.end() - 1, false);
    return static_cast<std::uint8_t>(free - taken.begin());
}

void LadderRows::put(Kind kind, std::uint32_t index, EventIndex at, std::uint64_t time_ns) {
    const LadderItem item{at, time_ns, index, 0, kind};
    if (items_.empty() || items_.back().at <= at) {
        items_.push_back(item);
        place(items_.size() - 1);
        return;
    }
    // It belongs here, as is known only now: an accept that began before the client came.
    const auto behind =
        std::upper_bound(items_.begin(), items_.end(), at, [](EventIndex event, const LadderItem& each) { return event < each.at; });
    place_from(static_cast<std::size_t>(items_.insert(behind, item) - items_.begin()));
}

/** Items from here on have moved. */
void LadderRows::place_from(std::size_t first) {
    while (!marks_.empty() && marks_.back().item > first) marks_.pop_back();
    std::size_t item = 0;
    open_.clear();
    if (!marks_.empty()) {
        item = marks_.back().item;
        open_ = std::move(marks_.back().open);
        marks_.pop_back();  // place() makes it again
    }
    for (; item < items_.size(); ++item) place(item);
}

void LadderRows::place(std::size_t at) {
    LadderItem& item = items_[at];
    if (at > 0) {
        const LadderItem& before = items_[at - 1];
        const std::uint64_t gap_ns = item.time_ns > before.time_ns ? item.time_ns - before.time_ns : 0;
        const bool is_break = gap_ns >= break_ns;
        // That it waits is told a moment after it was sent; how long that took is nothing to show.
        const bool is_idle = is_break && item.kind != Kind::segment_held;
        item.y = before.y + (is_idle ? row_y + break_y : shares_row(before, item) ? 0 : row_y);
    } else {
        item.y = 0;
    }
    set_y(item);
    if (at % items_between_marks == 0) marks_.push_back({at, open_});
    if (begins(item.kind)) open_.push_back({is_of_call(item.kind), item.index});
    if (!ends(item.kind)) return;
    const bool is_call = is_of_call(item.kind);
    std::erase_if(open_, [&](const Span& span) { return span.is_call == is_call && span.index == item.index; });
}

void LadderRows::set_y(const LadderItem& item) {
    switch (item.kind) {
        case Kind::call_enter:
            calls_[item.index].enter_y = item.y;
            return;
        case Kind::call_exit:
            calls_[item.index].exit_y = item.y;
            return;
        case Kind::segment_sent:
            segments_[item.index].sent_y = item.y;
            return;
        case Kind::segment_held:
            segments_[item.index].held_y = item.y;
            return;
        case Kind::segment_delivered:
            segments_[item.index].delivered_y = item.y;
            return;
        case Kind::segment_end:
            segments_[item.index].end_y = item.y;
            return;
        case Kind::client_state:
            states_[0][item.index].y = item.y;
            return;
        case Kind::server_state:
            states_[1][item.index].y = item.y;
            return;
    }
}

LadderRows::Shift LadderRows::merge(const LadderRows& other) {
    const Shift shift{static_cast<std::uint32_t>(calls_.size()), static_cast<std::uint32_t>(segments_.size())};
    calls_.insert(calls_.end(), other.calls_.begin(), other.calls_.end());
    segments_.insert(segments_.end(), other.segments_.begin(), other.segments_.end());
    for (LadderItem item : other.items_) {
        const bool is_state = item.kind == Kind::client_state || item.kind == Kind::server_state;
        if (is_state) continue;
        item.index += is_of_call(item.kind) ? shift.calls : shift.segments;
        items_.push_back(item);
    }
    for (const LadderSide side : {LadderSide::client, LadderSide::server}) {
        const Kind kind = side == LadderSide::client ? Kind::client_state : Kind::server_state;
        std::vector<LadderState>& states = states_[static_cast<int>(side)];
        const auto own = static_cast<std::uint32_t>(states.size());
        const std::vector<LadderState>& more = other.states(side);
        states.insert(states.end(), more.begin(), more.end());
        for (LadderItem item : other.items_) {
            if (item.kind != kind) continue;
            item.index += own;
            items_.push_back(item);
        }
    }
    std::stable_sort(items_.begin(), items_.end(), [](const LadderItem& left, const LadderItem& right) { return left.at < right.at; });
    // Bands are read in order: the states and the numbers by which items name them are put in order, too.
    for (std::vector<LadderState>& states : states_)
        std::stable_sort(states.begin(), states.end(),
                         [](const LadderState& left, const LadderState& right) { return left.at < right.at; });
    std::uint32_t next[2] = {0, 0};
    for (LadderItem& item : items_) {
        if (item.kind == Kind::client_state) item.index = next[0]++;
        if (item.kind == Kind::server_state) item.index = next[1]++;
    }
    place_from(0);
    return shift;
}

std::uint32_t LadderRows::height(EventIndex limit) const {
    const auto end =
        std::lower_bound(items_.begin(), items_.end(), limit, [](const LadderItem& item, EventIndex event) { return item.at < event; });
    return end == items_.begin() ? 0 : (end - 1)->y + row_y;
}

std::uint32_t LadderRows::y_of(EventIndex event) const {
    const auto at =
        std::lower_bound(items_.begin(), items_.end(), event, [](const LadderItem& item, EventIndex wanted) { return item.at < wanted; });
    return at != items_.end() && at->at == event ? at->y : height(no_event);
}

std::uint32_t LadderRows::whole_row_at(std::uint32_t y) const {
    const auto at =
        std::lower_bound(items_.begin(), items_.end(), y, [](const LadderItem& item, std::uint32_t wanted) { return item.y < wanted; });
    return at == items_.begin() ? y : std::max(y, (at - 1)->y + row_y);
}

LadderRows::Waiting LadderRows::waiting(EventIndex limit) const {
    // Whoever waits was sent before and has not ended: it is among those that the last row cuts.
    const std::uint32_t bottom = height(limit);
    Waiting waiting;
    for (const std::uint32_t number : seen(bottom > 0 ? bottom - 1 : 0, bottom + 1, limit).segments) {
        const LadderSegment& segment = segments_[number];
        if (segment.held >= limit || segment.delivered < limit || segment.end < limit) continue;
        ++(segment.delayed ? waiting.delayed : waiting.held);
    }
    return waiting;
}

LadderRows::Seen LadderRows::seen(std::uint32_t from_y, std::uint32_t to_y, EventIndex limit) const {
    Seen seen;
    const auto by_y = [](const LadderItem& item, std::uint32_t y) { return item.y < y; };
    seen.first = static_cast<std::size_t>(std::lower_bound(items_.begin(), items_.end(), from_y, by_y) - items_.begin());
    seen.end = static_cast<std::size_t>(std::lower_bound(items_.begin(), items_.end(), to_y, by_y) - items_.begin());
    while (seen.end > seen.first && items_[seen.end - 1].at >= limit) --seen.end;
    std::vector<Span> spans;
    std::size_t item = 0;
    if (!marks_.empty()) {
        const Mark& mark = marks_[std::min(seen.first / items_between_marks, marks_.size() - 1)];
        spans = mark.open;
        item = mark.item;
    }
    for (; item < seen.end; ++item) {
        if (begins(items_[item].kind)) spans.push_back({is_of_call(items_[item].kind), items_[item].index});
    }
    for (const Span& span : spans) {
        const EventIndex begin = span.is_call ? calls_[span.index].enter : segments_[span.index].sent;
        const EventIndex end = span.is_call ? calls_[span.index].ended() : segments_[span.index].end;
        const std::uint32_t end_y = span.is_call ? calls_[span.index].exit_y : segments_[span.index].end_y;
        if (begin >= limit || (end < limit && end_y < from_y)) continue;
        (span.is_call ? seen.calls : seen.segments).push_back(span.index);
    }
    return seen;
}

}  // namespace synoptic
