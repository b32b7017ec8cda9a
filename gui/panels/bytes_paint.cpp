// One lane of the Bytes panel, row by row.
#include "gui/panels/bytes_paint.h"

#include <fmt/format.h>

#include <algorithm>

#include "gui/panels/ladder_words.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

class LanePainter {
   public:
    explicit LanePainter(const LaneSheet& sheet)
        : sheet_(sheet), lane_(sheet.lane), counts_(sheet.counts), scale_(sheet.scale), left_x_(sheet.rows.x), room_w_(sheet.rows.w) {}

    void paint() {
        const float sends_y = sheet_.rows.y, messages_y = sends_y + px(lane_row_h + lane_row_gap),
                    receives_y = messages_y + px(lane_row_h + lane_row_gap);
        paint_boundaries();
        paint_pieces(lane_.sends(), counts_.sends, sends_y, sheet_.look.writer, "send");
        paint_pieces(lane_.receives(), counts_.receives, receives_y, sheet_.look.taker, "receive");
        if (lane_.framed()) {
            paint_messages(messages_y);
        } else {
            paint_offsets(messages_y);
        }
        paint_rest(receives_y);
    }

   private:
    float place(std::uint64_t offset) const { return left_x_ + scale_.x(offset) - sheet_.scroll_x; }

    void paint_pieces(const std::vector<LanePiece>& pieces, std::size_t count, float y, ImU32 colour, const char* row) {
        const float from = sheet_.scroll_x;
        const PieceRange seen = pieces_between(pieces, count, scale_, from, from + room_w_);
        for (std::size_t number = seen.first; number < seen.end; ++number) {
            const LanePiece& piece = pieces[number];
            const float x = place(piece.offset), right = place(piece.end());
            const Rect box{x + px(1), y, std::max(right - x - px(2), px(2)), px(lane_row_h)};
            const char* name = kind_info(piece.kind).name;
            const bool selected = sheet_.panel.selection.event == piece.enter || sheet_.panel.is_of_row(piece.enter),
                       is_new = sheet_.panel.is_new(piece.exit);
            const std::string id = fmt::format("{}.{}.{}", sheet_.look.id, row, number);
            const Rect target = mark::clipped(box, {left_x_, y, room_w_, px(lane_row_h)});
            const std::string story = mark::pointer_over(target) ? story_of(piece) : std::string();
            bool over = false;
            if (ui::hit(id.c_str(), target, fmt::format("{} {}", name, piece.bytes), &over, story.c_str())) {
                sheet_.panel.selection = select_event(sheet_.panel.world, sheet_.panel.history, piece.enter);
                sheet_.view.sighted = piece.enter;
                sheet_.panel.needs_frame = true;
            }
            if (is_new) ui::record(id + ".new", target, fmt::format("{} {}", name, piece.bytes));
            ui::canvas().AddRectFilled(box.min(), box.max(),
                                       is_new ? ui::theme().highlight : faded(colour, over || selected ? 0.42f : 0.24f), px(4));
            mark::outline(box, selected ? ui::theme().accent : is_new ? ui::theme().user : colour, px(selected || is_new ? 2.2f : 1.2f));
            paint_label(box, ui::theme().text, {fmt::format("{} {}", name, piece.bytes), std::to_string(piece.bytes)});
        }
    }

    /** For the tooltip: which bytes of the stream these are, and the call as the ladder tells it. */
    std::string story_of(const LanePiece& piece) const {
        const LadderCall call{.enter = piece.enter, .exit = piece.exit, .kind = piece.kind};
        return fmt::format("bytes {} to {} of the stream\n{}", piece.offset, piece.end() - 1,
                           call_story(sheet_.panel.history, call, sheet_.limit));
    }

    /** The first of these texts that has room in the visible part of a box, centred there. */
    void paint_label(const Rect& box, ImU32 colour, std::initializer_list<std::string> texts) const {
        const Rect seen = mark::clipped(box, {left_x_, box.y, room_w_, box.h});
        ImFont* font = ui::fonts().code_small;
        for (const std::string& text : texts) {
            const float width = ui::text_width(font, text);
            if (width > seen.w - px(4)) continue;
            mark::text(font, seen.x + (seen.w - width) / 2, seen.y + seen.h / 2, colour, text);
            return;
        }
    }

    /** A line through all rows where a message begins: whatever crosses it below was cut elsewhere. */
    void paint_boundaries() const {
        const float from = sheet_.scroll_x;
        const PieceRange seen = messages_between(lane_.messages(), counts_.messages, scale_, from, from + room_w_);
        const auto line = [&](std::uint64_t offset, ImU32 colour, float thickness) {
            const float x = place(offset);
            ui::canvas().AddLine({x, sheet_.rows.y - px(3)}, {x, sheet_.rows.bottom() + px(1)}, colour, thickness);
        };
        for (std::size_t number = seen.first; number < seen.end; ++number) {
            const LaneMessage& message = lane_.messages()[number];
            line(message.offset, ui::theme().text_dim, px(1.6f));
            line(message.end(), ui::theme().text_dim, px(1.6f));
        }
    }

    void paint_messages(float y) {
        const Theme& theme = ui::theme();
        const float from = sheet_.scroll_x;
        const std::uint64_t there = std::max(counts_.written, counts_.taken);
        const PieceRange seen = messages_between(lane_.messages(), counts_.messages, scale_, from, from + room_w_);
        const auto box_of = [&](std::uint64_t begin, std::uint64_t end) {
            const float x = place(begin);
            return Rect{x + px(1), y, place(end) - x - px(2), px(lane_row_h)};
        };
        for (std::size_t number = seen.first; number < seen.end; ++number) {
            const LaneMessage& message = lane_.messages()[number];
            const Rect header = box_of(message.offset, message.body());
            ui::canvas().AddRectFilled(header.min(), header.max(), faded(theme.text, 0.20f), px(2));
            paint_label(header, theme.text, {fmt::format("header: {}", message.body_bytes), "header", "h"});
            const std::string id = fmt::format("{}.message.{}", sheet_.look.id, number);
            ui::record(id, box_of(message.offset, message.end()), "header " + std::to_string(message.body_bytes),
                       fmt::format("{} to {}", message.offset, message.end()));
            if (message.body_bytes == 0) continue;
            const std::uint64_t come = std::clamp(there, message.body(), message.end());
            if (come > message.body()) {
                const Rect body = box_of(message.body(), come);
                ui::canvas().AddRectFilled(body.min(), body.max(), faded(theme.text, 0.08f), px(2));
                paint_label(body, theme.text_dim, {fmt::format("body {}", come - message.body()), "body", "b"});
            }
            if (come == message.end()) continue;
            const Rect missing = box_of(come, message.end());
            mark::dashed_rect(missing, theme.blocked, px(2));
            // Of a program of somebody else it is only known what has come.
            const char* how = counts_.sends > 0 ? "not sent" : "not come";
            paint_label(missing, theme.blocked, {fmt::format("{} announced, {}", message.end() - come, how), how, "…"});
        }
        if (!counts_.broken) return;
        const std::uint64_t begin = counts_.messages == 0 ? 0 : lane_.messages()[counts_.messages - 1].end();
        if (begin >= there) return;
        const Rect unknown = box_of(begin, there);
        ui::canvas().AddRectFilled(unknown.min(), unknown.max(), faded(theme.trouble, 0.16f), px(2));
        paint_label(unknown, theme.trouble, {"this is no header", "?"});
        ui::record(fmt::format("{}.broken", sheet_.look.id), unknown, lane_.broken());
    }

    /** Where the stream has no messages: how far it has come at each cut. */
    void paint_offsets(float y) const {
        const Theme& theme = ui::theme();
        const float mid = y + px(lane_row_h / 2), from = sheet_.scroll_x;
        const std::uint64_t there = std::max(counts_.written, counts_.taken);
        if (there == 0) return;
        ui::canvas().AddLine({place(0), mid}, {place(there), mid}, theme.outline_strong, px(1));
        float free_x = left_x_ - px(100);
        const auto tick = [&](std::uint64_t offset) {
            const float x = place(offset);
            ui::canvas().AddLine({x, mid - px(4)}, {x, mid + px(4)}, theme.outline_strong, px(1));
            const std::string text = std::to_string(offset);
            const float width = ui::text_width(ui::fonts().code_small, text);
            if (x - width / 2 < free_x) return;
            ui::canvas().AddRectFilled({x - width / 2 - px(3), y + px(4)}, {x + width / 2 + px(3), y + px(lane_row_h - 4)}, theme.panel);
            mark::text(ui::fonts().code_small, x - width / 2, mid, theme.text_dim, text);
            free_x = x + width / 2 + px(8);
        };
        const bool by_sends = counts_.sends > 0;
        const std::vector<LanePiece>& pieces = by_sends ? lane_.sends() : lane_.receives();
        const PieceRange seen = pieces_between(pieces, by_sends ? counts_.sends : counts_.receives, scale_, from, from + room_w_);
        for (std::size_t number = seen.first; number < seen.end; ++number) {
            if (number == seen.first) tick(pieces[number].offset);
            tick(pieces[number].end());
        }
    }

    /** What was written and not taken yet; or that there will be no more. */
    void paint_rest(float y) const {
        const Theme& theme = ui::theme();
        float x = place(counts_.taken);
        if (counts_.written > counts_.taken && counts_.sends > 0) {
            const Rect rest{x + px(1), y, place(counts_.written) - x - px(2), px(lane_row_h)};
            mark::dashed_rect(rest, theme.blocked, px(4));
            const std::uint64_t bytes = counts_.written - counts_.taken;
            paint_label(rest, theme.blocked, {fmt::format("{} not taken yet", bytes), std::to_string(bytes), "…"});
            ui::record(fmt::format("{}.rest", sheet_.look.id), rest, fmt::format("{} not taken yet", bytes));
            x = rest.right();
        }
        if (counts_.ended) mark::chip(x + px(6), y + px(lane_row_h / 2), "end of file", theme.text_dim, false);
    }

    const LaneSheet& sheet_;
    const ByteLane& lane_;
    const LaneCounts& counts_;
    const BytesScale& scale_;
    float left_x_, room_w_;
};

}  // namespace

void paint_lane_rows(const LaneSheet& sheet) {
    LanePainter(sheet).paint();
}

}  // namespace synoptic
