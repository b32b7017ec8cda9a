// The Ladder's calls: bars on the programs' lifelines from enter to exit, and the bytes that they move between program and kernel.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "gui/panels/ladder_paint.h"
#include "gui/panels/ladder_words.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"

namespace synoptic {

namespace {

using ui::px;
using ui::Rect;

class CallPainter {
   public:
    CallPainter(const LadderSheet& sheet, const LadderCall& call)
        : sheet_(sheet),
          call_(call),
          words_(ladder_call_words(sheet.panel.history, call, sheet.limit)),
          is_client_(call.side == LadderSide::client) {
        const float half = px(ladder_row_h) * 0.36f;
        const bool ended = call.ended() < sheet.limit;
        one_row_ = ended && call.exit_y == call.enter_y;
        top_ = sheet.y(call.enter_y) - (one_row_ ? half : 0);
        exit_ = ended ? sheet.y(call.exit_y) : sheet.bottom();
        bottom_ = one_row_ ? exit_ + half : exit_;
        x_ = sheet.columns.program_of(call.side);
        const EventIndex chosen = sheet.panel.selection.event;
        selected_ = (chosen != no_event && (chosen == call.enter || chosen == call.exit)) || sheet.panel.is_of_row(call.enter);
    }

    void paint() {
        light();
        touch();
        paint_bar();
        paint_words();
        if (call_.bytes > 0 && call_.exit < sheet_.limit) paint_bytes();
    }

   private:
    ImU32 colour() const { return is_client_ ? ui::theme().client : ui::theme().server; }

    /** The row in which it began or came back, where that is what the moment that is shown is about. */
    void light() const {
        const float left = is_client_ ? sheet_.columns.client_text : x_ - px(ladder_bar_w),
                    right = is_client_ ? x_ + px(ladder_bar_w) : sheet_.columns.server_text_right;
        const PanelContext& panel = sheet_.panel;
        const bool begun = panel.is_new(call_.enter), slept = panel.is_new(call_.blocked), over = panel.is_new(call_.ended());
        if (!begun && !slept && !over) return;
        const Rect row = sheet_.row(left, right, over ? exit_ : sheet_.y(call_.enter_y));
        mark::lit(row);
        ui::record(fmt::format("ladder.call.{}.new", call_.enter), row, words_.call, over ? "returned" : slept ? "sleeps" : "began");
    }

    void touch() {
        const float left = is_client_ ? sheet_.columns.client_text : x_ - px(ladder_bar_w),
                    right = is_client_ ? x_ + px(ladder_bar_w) : sheet_.columns.server_text_right;
        const std::string id = fmt::format("ladder.call.{}", call_.enter);
        target(id, sheet_.row(left, right, sheet_.y(call_.enter_y)));
        if (one_row_) return;
        const float y = sheet_.y(call_.enter_y), row = px(ladder_row_h);
        if (exit_ - y > 1.5f * row) target(id + ".bar", {x_ - px(ladder_bar_w), y + row / 2, px(2 * ladder_bar_w), exit_ - y - row});
        if (call_.ended() < sheet_.limit) target(id + ".exit", sheet_.row(left, right, exit_));
    }

    void target(const std::string& id, const Rect& rect) {
        const bool over = mark::pointer_over(rect);
        const std::string story = over ? call_story(sheet_.panel.history, call_, sheet_.limit) : std::string();
        bool hovered = false;
        const std::string label = words_.result.empty() ? words_.call : words_.call + " " + words_.result;
        if (ui::hit(id.c_str(), rect, label, &hovered, story.c_str()))
            sheet_.panel.selection = select_event(sheet_.panel.world, sheet_.panel.history, call_.enter);
        over_ = over_ || hovered;
    }

    void paint_bar() const {
        const Theme& theme = ui::theme();
        const float half = px(ladder_bar_w) / 2, top = std::max(top_, sheet_.area.y - px(8)),
                    bottom = std::min(bottom_, sheet_.area.bottom() + px(8));
        if (bottom <= top) return;
        ImDrawList& canvas = ui::canvas();
        const auto fill = [&](float from, float to, ImU32 with) { canvas.AddRectFilled({x_ - half, from}, {x_ + half, to}, with, px(2)); };
        fill(top, bottom, theme.panel);
        fill(top, bottom, words_.never ? theme.text_faint : faded(colour(), 0.85f));
        if (words_.blocked) {
            // From the moment at which the kernel said that it sleeps: from the row above that moment on.
            const float from = std::max(top, top_ + px(5));
            fill(from, std::max(bottom - px(words_.open ? 0 : 5), from), theme.panel);
            fill(from, std::max(bottom - px(words_.open ? 0 : 5), from), faded(theme.blocked, 0.85f));
            if (bottom - from > px(16)) mark::clock({x_, std::min(from + px(10), bottom - px(8))}, px(4.5f), theme.panel);
        }
        if (selected_ || over_)
            mark::outline({x_ - half - px(2), top - px(2), half * 2 + px(4), bottom - top + px(4)}, theme.accent, px(1.6f));
    }

    /** Beside the bar, away from the wire. */
    void write(float y, ImU32 with, const std::string& text) const {
        const float gap = px(ladder_bar_w);
        if (is_client_)
            mark::text_right(ui::fonts().code_small, x_ - gap, y, with, text, x_ - gap - sheet_.columns.client_text);
        else
            mark::text(ui::fonts().code_small, x_ + gap, y, with, text, sheet_.columns.server_text_right - x_ - gap);
    }
    float room() const { return (is_client_ ? x_ - sheet_.columns.client_text : sheet_.columns.server_text_right - x_) - px(ladder_bar_w); }
    bool fits(const std::string& text) const { return ui::text_width(ui::fonts().code_small, text) <= room(); }

    void paint_words() const {
        const Theme& theme = ui::theme();
        const ImU32 of_result = words_.failed ? theme.trouble : words_.never ? theme.text_dim : theme.text;
        const ImU32 of_call = words_.open && words_.blocked && !words_.never ? theme.blocked : theme.text;
        // The errno's explanation is for the tooltip.
        std::string result = words_.result.substr(0, words_.result.find(" ("));
        const ShortCall brief = short_call(sheet_.panel.history, call_.enter, call_.exit < sheet_.limit ? call_.exit : no_event);
        const std::string who = call_.worker_tid != 0 ? fmt::format("[{}] ", call_.worker_tid) : "";
        if (one_row_) {
            for (const std::string& text :
                 {who + words_.call + " " + result, who + brief.text + " " + result, who + words_.name + " " + result}) {
                if (fits(text)) return write(exit_, of_result, text);
            }
            return write(exit_, of_result, words_.name + " " + result);
        }
        const ShortCall begun = short_call(sheet_.panel.history, call_.enter, no_event);
        write(sheet_.y(call_.enter_y), of_call, who + (fits(who + words_.begun) ? words_.begun : begun.text));
        if (call_.ended() < sheet_.limit) write(exit_, of_result, who + words_.name + " " + result);
    }

    void paint_bytes() const {
        const Theme& theme = ui::theme();
        const bool down = call_.kind == EventKind::send || call_.kind == EventKind::write;
        const float towards = is_client_ ? 1.0f : -1.0f;
        const float program = x_ + towards * px(ladder_bar_w), kernel = sheet_.columns.kernel_of(call_.side) - towards * px(12);
        // send hands its bytes over at once, recv gets them when it returns.
        const float y = down ? sheet_.y(call_.enter_y) : exit_;
        const float from = down ? program : kernel, to = down ? kernel : program, size = px(6), sign = to > from ? 1.0f : -1.0f;
        ui::canvas().AddLine({from, y}, {to - sign * size, y}, colour(), px(1.4f));
        ui::canvas().AddTriangleFilled({to, y}, {to - sign * size, y - size * 0.6f}, {to - sign * size, y + size * 0.6f}, colour());
        const std::string text = byte_count(static_cast<std::uint64_t>(call_.bytes));
        const float width = ui::text_width(ui::fonts().small_text, text);
        mark::text(ui::fonts().small_text, (from + to - width) / 2, y - px(8), theme.text_dim, text);
    }

    const LadderSheet& sheet_;
    const LadderCall& call_;
    LadderCallWords words_;
    bool is_client_ = false, one_row_ = false, selected_ = false, over_ = false;
    float x_ = 0, top_ = 0, bottom_ = 0, exit_ = 0;
};

}  // namespace

void paint_waiting_accept(const LadderSheet& sheet) {
    const Actor* actor = waiting_accept(sheet.panel.world, sheet.ladder);
    if (!actor) return;
    const Theme& theme = ui::theme();
    const float x = sheet.columns.server, half = px(ladder_bar_w) / 2;
    const float top = std::max(sheet.y(0), sheet.area.y), bottom = std::min(sheet.bottom(), sheet.area.bottom());
    if (bottom <= top) return;
    const Rect bar{x - half, top, 2 * half, bottom - top};
    ui::canvas().AddRectFilled(bar.min(), bar.max(), theme.panel);
    mark::dashed_rect(bar, theme.blocked, px(2));
    const ShortCall call = short_call(sheet.panel.world, sheet.panel.history, *actor);
    const float left = x + px(ladder_bar_w), y = top + px(ladder_row_h) / 2;
    mark::text(ui::fonts().code_small, left, y, theme.blocked, call.text, sheet.columns.server_text_right - left);
    const std::string tip =
        call.text + ": waits for a connection, this one or another. Its line is drawn in full once it has returned this one (accept(2))";
    if (ui::hit("ladder.accept", {x - half, top, sheet.columns.server_text_right - x, bar.h}, call.text, nullptr, tip.c_str()))
        sheet.panel.selection = select_event(sheet.panel.world, sheet.panel.history, actor->calls.back().enter);
}

void paint_calls(const LadderSheet& sheet) {
    for (const std::uint32_t number : sheet.seen.calls) CallPainter(sheet, sheet.ladder.rows.calls()[number]).paint();
}

}  // namespace synoptic
