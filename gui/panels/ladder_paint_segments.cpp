// The Ladder's segments: slanted lines from the moment they were sent to the moment they arrived; those who wait hang where they wait.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "gui/panels/ladder_paint.h"
#include "gui/panels/ladder_words.h"
#include "gui/panels/marks.h"

namespace synoptic {

namespace {

using ui::px;
using ui::Rect;

void dashed(ImVec2 from, ImVec2 to, ImU32 colour, float thickness) {
    const float length = std::hypot(to.x - from.x, to.y - from.y), dash = px(5), gap = px(4);
    if (length <= 0) return;
    const float dx = (to.x - from.x) / length, dy = (to.y - from.y) / length;
    for (float at = 0; at < length; at += dash + gap) {
        const float end = std::min(at + dash, length);
        ui::canvas().AddLine({from.x + dx * at, from.y + dy * at}, {from.x + dx * end, from.y + dy * end}, colour, thickness);
    }
}

void arrow_head(ImVec2 from, ImVec2 tip, ImU32 colour) {
    const float length = std::max(std::hypot(tip.x - from.x, tip.y - from.y), 0.001f), size = px(8);
    const float dx = (tip.x - from.x) / length, dy = (tip.y - from.y) / length;
    const ImVec2 base{tip.x - dx * size, tip.y - dy * size};
    const ImVec2 left{base.x - dy * size * 0.5f, base.y + dx * size * 0.5f}, right{base.x + dy * size * 0.5f, base.y - dx * size * 0.5f};
    ui::canvas().AddTriangleFilled(tip, left, right, colour);
}

bool tells_of_loss(SegmentNature nature) {
    switch (nature) {
        case SegmentNature::syn_retransmission:
        case SegmentNature::retransmission:
        case SegmentNature::fast_retransmission:
        case SegmentNature::tail_loss_probe:
        case SegmentNature::spurious_retransmission:
        case SegmentNature::duplicate_ack:
        case SegmentNature::zero_window:
            return true;
        default:
            return false;
    }
}

class SegmentPainter {
   public:
    SegmentPainter(const LadderSheet& sheet, const LadderSegment& segment) : sheet_(sheet), segment_(segment) {
        const Theme& theme = ui::theme();
        const LadderSegment& s = segment;
        way_ = segment_way(
            s, {sheet.y(s.sent_y), sheet.y(s.held_y), sheet.y(s.delivered_y), sheet.y(s.end_y), sheet.bottom(), px(ladder_row_h)},
            sheet.columns, sheet.limit, ui::scale());
        selected_ = sheet.panel.selection.segment == s.id;
        to_server_ = s.direction == Direction::to_server;
        const bool lost = way_.end == SegmentWay::End::dropped || (s.flags & tcp_rst) != 0;
        colour_ = lost ? theme.trouble : s.duplicate_of != WireId::none ? theme.user : to_server_ ? theme.client : theme.server;
    }

    void paint() {
        touch();
        const float thickness = px(selected_ || over_ ? 2.6f : 1.6f);
        light();
        if (selected_) {
            for (int at = 1; at < way_.count; ++at)
                ui::canvas().AddLine(way_.points[at - 1], way_.points[at], faded(ui::theme().accent, 0.35f), px(7));
        }
        for (int at = 1; at < way_.count; ++at) {
            const bool waits = way_.waited && at == 2;
            const bool uncertain = way_.end == SegmentWay::End::moving && at + 1 == way_.count;
            ImVec2 from = way_.points[at - 1], to = way_.points[at];
            if (waits || uncertain || segment_.duplicate_of != WireId::none)
                dashed(clamped(from), clamped(to), waits ? held_colour() : colour_, thickness);
            else
                ui::canvas().AddLine(from, to, colour_, thickness);
        }
        const ImVec2 last = way_.points[way_.count - 1];
        if (way_.end == SegmentWay::End::arrived) arrow_head(way_.points[way_.count - 2], last, colour_);
        if (way_.end == SegmentWay::End::dropped) mark::cross(last, px(11), ui::theme().trouble);
        if (way_.end == SegmentWay::End::waits) ui::canvas().AddCircleFilled(last, px(4.5f), held_colour());
    }

    /** Above all lines, so that none crosses the words. */
    void label() const {
        const Theme& theme = ui::theme();
        const ui::Rect& area = sheet_.area;
        const float y = way_.points[0].y - px(8);
        fate();
        after_wait();
        if (y < area.y - px(ladder_row_h) || y > area.bottom() + px(ladder_row_h)) return;
        const float room = std::abs(sheet_.columns.server_kernel - sheet_.columns.client_kernel) - px(20);
        const std::string& title = sheet_.index.text(segment_.title);
        const std::string& note = sheet_.index.text(segment_.note);
        const ImU32 note_colour = tells_of_loss(segment_.nature) || (segment_.flags & tcp_rst) != 0 ? theme.trouble : theme.text_dim;
        ImFont *strong = ui::fonts().strong, *small = ui::fonts().small_text;
        const float title_w = std::min(ui::text_width(strong, title), room), space = px(7);
        float note_w = note.empty() ? 0 : ui::text_width(small, note) + space;
        // What it is comes first, then what is strange about it, then its numbers.
        std::string numbers = segment_numbers(segment_, true);
        float numbers_w = ui::text_width(small, numbers) + space;
        if (title_w + note_w + numbers_w > room) {
            numbers = segment_numbers(segment_, false);
            numbers_w = ui::text_width(small, numbers) + space;
        }
        if (title_w + note_w + numbers_w > room) {
            numbers.clear();
            numbers_w = 0;
        }
        note_w = std::min(note_w, room - title_w);
        const float width = title_w + numbers_w + note_w;
        float x = to_server_ ? sheet_.columns.client_kernel + px(8) : sheet_.columns.server_kernel - px(8) - width;
        const float half = mark::line_height(strong) / 2;
        ui::canvas().AddRectFilled({x - px(2), y - half}, {x + width + px(2), y + half - px(1)}, faded(theme.panel, 0.85f));
        x += mark::text(strong, x, y, segment_.duplicate_of != WireId::none ? theme.user : theme.text, title, title_w);
        if (!numbers.empty()) x += space + mark::text(small, x + space, y, theme.text_dim, numbers);
        if (note_w > space) mark::text(small, x + space, y, note_colour, note, note_w - space + 1);
    }

   private:
    ImU32 held_colour() const { return segment_.delayed ? ui::theme().text_dim : ui::theme().user; }
    /** Dashes are drawn one by one: only where they can be seen. */
    ImVec2 clamped(ImVec2 point) const {
        return way_.waited ? ImVec2{point.x, std::clamp(point.y, sheet_.area.y - px(12), sheet_.area.bottom() + px(12))} : point;
    }

    /** All of its way, its name included. */
    Rect around() const {
        const ImVec2 from = way_.points[0], to = way_.points[way_.count - 1];
        const float half = px(ladder_row_h) / 2;
        return {std::min(from.x, to.x), from.y - half, std::max(std::abs(to.x - from.x), px(1)), to.y - from.y + 2 * half};
    }

    /** A band below its line, where it was sent, held, let go, lost or taken by the event that made this moment. */
    void light() const {
        const PanelContext& panel = sheet_.panel;
        if (!panel.is_new(segment_.sent) && !panel.is_new(segment_.held) && !panel.is_new(segment_.delivered) &&
            !panel.is_new(segment_.end))
            return;
        for (int at = 1; at < way_.count; ++at)
            ui::canvas().AddLine(way_.points[at - 1], way_.points[at], faded(ui::theme().user, 0.6f), px(9));
        ui::record(fmt::format("ladder.segment.{}.new", static_cast<std::uint64_t>(segment_.id)), around(),
                   sheet_.index.text(segment_.title));
    }

    /** What has become of it, where that is not an arrow. */
    void fate() const {
        const std::string text = segment_fate(segment_, sheet_.limit);
        if (text.empty()) return;
        const ImU32 colour = way_.end == SegmentWay::End::dropped ? ui::theme().trouble : held_colour();
        if (way_.end == SegmentWay::End::waits) return;  // the head counts them
        // As high as it can be below the row above, whose name stands over its line, as that of the row below does.
        const ImVec2 last = way_.points[way_.count - 1], at{last.x, last.y - px(5)};
        if (way_.end == SegmentWay::End::dropped) {
            const float half = px(9);  // no line crosses the words
            ui::canvas().AddRectFilled({at.x + px(12), at.y - half}, {at.x + px(12) + mark::chip_width(text), at.y + half},
                                       ui::theme().panel, half);
            mark::chip(at.x + px(12), at.y, text, colour, false);
        } else {
            mark::chip(at.x + (to_server_ ? -px(14) : px(14)), at.y, text, ui::theme().user, false, to_server_);
        }
    }

    /** Where it goes on, its name may be far above. */
    void after_wait() const {
        if (!way_.waited || way_.end != SegmentWay::End::arrived) return;
        const History& history = sheet_.panel.history;
        const std::uint64_t from = history.event(segment_.held).time,
                            to = history.event(segment_.delivered < sheet_.limit ? segment_.delivered : segment_.end).time;
        const std::string text = sheet_.index.text(segment_.title) + ", waited " + duration(to > from ? to - from : 0);
        const ImVec2 begin = way_.points[2];
        const float y = begin.y - px(7), room = std::abs(way_.points[3].x - begin.x) - px(16);
        if (to_server_)
            mark::text_right(ui::fonts().small_text, way_.points[3].x - px(8), y, ui::theme().text_dim, text, room);
        else
            mark::text(ui::fonts().small_text, way_.points[3].x + px(8), y, ui::theme().text_dim, text, room);
    }

    void touch() {
        const auto number = static_cast<std::uint64_t>(segment_.id);
        const float left = sheet_.columns.client_kernel + px(4), right = sheet_.columns.server_kernel - px(4), middle = (left + right) / 2;
        const ImVec2 last = way_.points[way_.count - 1];
        target(fmt::format("ladder.segment.{}", number), sheet_.row(left, right, way_.points[0].y));
        if (way_.waited) {
            const float top = way_.points[1].y + px(4), bottom = way_.points[2].y - px(4);
            target(fmt::format("ladder.segment.{}.wait", number), {way_.points[1].x - px(8), top, px(16), std::max(bottom - top, px(4))});
        }
        if (last.y - way_.points[0].y > px(ladder_row_h) / 2) {
            const bool right_half = to_server_ || way_.end == SegmentWay::End::dropped;
            target(fmt::format("ladder.segment.{}.end", number),
                   sheet_.row(right_half ? middle : left, right_half ? right : middle, last.y));
        }
    }

    void target(const std::string& id, const Rect& rect) {
        const bool over = mark::pointer_over(rect);
        const std::string story = over ? segment_story(sheet_.index, sheet_.panel.history, segment_, sheet_.limit) : std::string();
        std::string label = sheet_.index.text(segment_.title) + " " + segment_numbers(segment_, false);
        if (segment_.note != 0) label += " " + sheet_.index.text(segment_.note);
        if (const std::string fate = segment_fate(segment_, sheet_.limit); !fate.empty()) label += " (" + fate + ")";
        bool hovered = false;
        ui::keep_clear(mark::clipped(around(), sheet_.area));
        if (ui::hit(id.c_str(), rect, label, &hovered, story.c_str())) sheet_.panel.selection = Selection{.segment = segment_.id};
        over_ = over_ || hovered;
    }

    const LadderSheet& sheet_;
    const LadderSegment& segment_;
    SegmentWay way_;
    ImU32 colour_ = 0;
    bool selected_ = false, over_ = false, to_server_ = false;
};

}  // namespace

void paint_segments(const LadderSheet& sheet) {
    std::vector<SegmentPainter> painters;
    painters.reserve(sheet.seen.segments.size());
    for (const std::uint32_t number : sheet.seen.segments) painters.emplace_back(sheet, sheet.ladder.rows.segments()[number]).paint();
    for (const SegmentPainter& painter : painters) painter.label();
}

void paint_waiting(const LadderSheet& sheet, const ui::Rect& head) {
    const LadderRows::Waiting waiting = sheet.ladder.rows.waiting(sheet.limit);
    const std::size_t all = waiting.held + waiting.delayed;
    if (all == 0) return;
    std::string text = waiting.held == 0 ? "" : fmt::format("{} held", waiting.held);
    if (waiting.delayed != 0) text += fmt::format("{}{} delayed", text.empty() ? "" : ", ", waiting.delayed);
    const ImU32 colour = waiting.held != 0 ? ui::theme().user : ui::theme().text_dim;
    const float middle = (sheet.columns.client_kernel + sheet.columns.server_kernel) / 2;
    const ui::Rect chip = mark::chip(middle - mark::chip_width(text) / 2, head.y + head.h / 2, text, colour);
    ui::record("ladder.waiting", chip, text);
}

}  // namespace synoptic
