#include "gui/panels/ladder_layout.h"

#include <algorithm>
#include <cmath>

namespace synoptic {

namespace {

/** Widths at zoom 1. Where a pane is narrower than all of them together, columns shrink to their least before the pane scrolls. */
struct Widths {
    float time;  // "10:48.317788"
    float gap;   // between a program and its kernel: the state's name, the arrow of bytes
    float text;  // of calls
    float wire;  // between the kernels
};
constexpr Widths usual{90, 104, 84, 210}, least{86, 84, 44, 150};
constexpr float most_text_w = 300;
constexpr float margin = 12, bar = 18;
constexpr int waiting_columns = 8;

constexpr float sum(const Widths& widths) {
    return widths.time + 2 * (widths.gap + widths.text + margin + bar) + widths.wire;
}

Widths widths_for(float room) {
    const float share = std::clamp((room - sum(least)) / (sum(usual) - sum(least)), 0.0f, 1.0f);
    const auto between = [share](float low, float high) { return low + (high - low) * share; };
    return {between(least.time, usual.time), between(least.gap, usual.gap), between(least.text, usual.text),
            between(least.wire, usual.wire)};
}

}  // namespace

LadderColumns ladder_columns(float x, float room, float scale) {
    const Widths widths = widths_for(room / scale);
    const float time_w = widths.time, gap_w = widths.gap;
    const float fixed = time_w + 2 * (gap_w + margin + bar);
    LadderColumns columns;
    columns.width = std::max(room, sum(widths) * scale);
    const float free = columns.width / scale - fixed;
    // Calls have a fourth each, as far as the wire keeps what it needs.
    const float text_w = std::clamp(std::min(free * 0.3f, (free - widths.wire) / 2), widths.text, most_text_w);
    const auto at = [&](float units) { return std::floor(x + units * scale); };
    columns.time_right = at(time_w);
    columns.client_text = at(time_w + margin);
    columns.client = at(time_w + margin + text_w + bar / 2);
    columns.client_kernel = at(time_w + margin + text_w + bar + gap_w);
    const float units = columns.width / scale;
    columns.server_text_right = at(units - margin);
    columns.server = at(units - margin - text_w - bar / 2);
    columns.server_kernel = at(units - margin - text_w - bar - gap_w);
    return columns;
}

SegmentWay segment_way(const LadderSegment& segment, const SegmentHeights& y, const LadderColumns& columns, EventIndex limit, float scale) {
    SegmentWay way;
    const float from = columns.kernel_of(segment.direction), to = columns.other_kernel_of(segment.direction);
    const float towards = to > from ? 1.0f : -1.0f;
    const auto add = [&](float x, float at_y) { way.points[way.count++] = {std::floor(x), at_y}; };
    add(from, y.sent);
    const bool held = segment.held < limit, delivered = segment.delivered < limit, ended = segment.end < limit;
    way.waited = held;
    float x = from, last_y = y.sent;
    if (held) {
        // Those who wait hang side by side in the sender's half.
        const float place = static_cast<float>(segment.column % waiting_columns) / static_cast<float>(waiting_columns);
        x = from + (to - from) * (0.5f + 0.4f * (place - 0.5f));
        x = std::clamp(x, std::min(from, to) + 24 * scale, std::max(from, to) - 24 * scale);
        const float begin = std::max(y.held, y.sent) + y.row * 0.6f;
        add(x, begin);
        last_y = delivered ? y.delivered : ended ? y.end : y.bottom;
        last_y = std::max(last_y, begin);
        add(x, last_y);
    }
    if (ended && !segment.dropped) {
        way.end = SegmentWay::End::arrived;
        add(to, std::max(y.end, last_y));
    } else if (ended) {
        way.end = SegmentWay::End::dropped;
        if (!held) add(from + (to - from) * 0.5f, std::max(y.end, y.sent + y.row * 0.5f));
    } else if (held && !delivered) {
        way.end = SegmentWay::End::waits;
    } else {
        way.end = SegmentWay::End::moving;
        add(x + towards * 24 * scale, last_y + y.row * 0.3f);
    }
    return way;
}

}  // namespace synoptic
