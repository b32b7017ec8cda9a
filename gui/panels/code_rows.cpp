// The code pane's lines: colours, differences, and a pill for each actor. See code_sheet.h.
#include <fmt/format.h>

#include <algorithm>

#include "gui/imgui_versions.h"
#include "gui/panels/code_sheet.h"
#include "gui/panels/markdown_paint.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using Change = CodeLine::Change;
using ui::px;
using ui::Rect;

/** One program's half of a row, or all of it. */
struct Side {
    Rect rect;
    float gutter;
    bool corrected;
};

class RowsPainter {
   public:
    explicit RowsPainter(CodeSheet& sheet) : sheet_(sheet), theme_(ui::theme()) {}

    void paint() {
        const Rect& list = sheet_.list;
        float y = list.y + px(8) - sheet_.view.scroll;
        for (std::size_t row = 0; row < sheet_.rows.size(); ++row, y += px(code_row_h)) {
            // A line's first row takes the clicks for all of its rows, also when it lies above the list.
            if (y + px(code_row_h * 8) < list.y || y > list.bottom()) continue;
            const PaneRow& both = sheet_.rows[row];
            const float here_w = sheet_.beside ? list.w / 2 : list.w;
            if (both.here)
                paint_row(*both.here, {{list.x, y, here_w, px(code_row_h)}, sheet_.gutter, false}, row);
            else if (sheet_.beside)
                fill({list.x, y, here_w, px(code_row_h)}, theme_.text, 0.03f);
            if (!sheet_.beside) continue;
            const Rect right{list.x + here_w, y, here_w, px(code_row_h)};
            if (both.there)
                paint_row(*both.there, {right, px(code_gutter_beside), true}, row);
            else
                fill(right, theme_.text, 0.03f);
        }
        if (sheet_.beside) {
            const float x = std::floor(sheet_.middle());
            ui::canvas().AddRectFilled({x, list.y}, {x + std::max(1.0f, px(1)), list.bottom()}, theme_.outline);
        }
    }

   private:
    static void fill(const Rect& rect, ImU32 colour, float opacity) {
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(colour, opacity));
    }

    const std::vector<LineMark>* marks_of(const CodeLine& line) const {
        const auto found = line.number > 0 ? sheet_.marks.find(line.number) : sheet_.marks.end();
        return found == sheet_.marks.end() ? nullptr : &found->second;
    }

    /** True if this row goes on with the line of the one before. */
    bool continues(std::size_t row) const { return row < sheet_.rows.size() && sheet_.rows[row].here && !sheet_.rows[row].here->first; }

    /** What lies behind a line: a change, an actor that stands there, the line that is followed, the one that is selected. */
    void paint_ground(const CodeLine& line, const Side& side, std::size_t row) const {
        if (line.change == Change::only_here) fill(side.rect, theme_.trouble, 0.14f);
        if (line.change == Change::only_corrected) fill(side.rect, theme_.alive, 0.12f);
        if (side.corrected || line.number == 0) return;
        const std::vector<LineMark>* marks = marks_of(line);
        const bool here = line.number == sheet_.place.line, selected = sheet_.selected(line.number);
        const bool stopped = marks && std::any_of(marks->begin(), marks->end(), [](const LineMark& mark) { return mark.at_breakpoint; });
        if (stopped)
            fill(side.rect, theme_.user, 0.22f);
        else if (marks)
            fill(side.rect, marks->front().server ? theme_.server : theme_.client, here ? 0.20f : 0.09f);
        else if (here)
            fill(side.rect, theme_.accent, 0.14f);
        if (line.number == sheet_.changed) {
            // Beside the bar of the line that is followed, which this one mostly is.
            mark::lit({side.rect.x + px(4), side.rect.y, side.rect.w - px(4), side.rect.h});
            if (!continues(row)) ui::record(fmt::format("code.line.{}.new", line.number), side.rect, line.text);
        }
        if (selected) {
            fill(side.rect, theme_.accent, 0.16f);
            const float edge = std::max(1.0f, px(1));
            const ImU32 colour = faded(theme_.accent, 0.6f);
            if (!continues(row)) ui::canvas().AddRectFilled(side.rect.min(), {side.rect.right(), side.rect.y + edge}, colour);
            if (!continues(row + 1)) ui::canvas().AddRectFilled({side.rect.x, side.rect.bottom() - edge}, side.rect.max(), colour);
        }
        if (here) ui::canvas().AddRectFilled(side.rect.min(), {side.rect.x + px(3), side.rect.bottom()}, theme_.accent);
    }

    /** A click on a line selects it, or no longer. */
    void take_clicks(const CodeLine& line, const Side& side, std::size_t row) {
        std::size_t rows = 1;
        while (continues(row + rows)) ++rows;
        const Rect rect{side.rect.x + px(24), side.rect.y, side.rect.w - px(24), px(code_row_h) * static_cast<float>(rows)};
        const std::vector<LineMark>* marks = marks_of(line);
        const std::size_t calls = sheet_.calls(line.number), now = marks ? at_line_now(sheet_.panel.world, *marks) : 0;
        std::string tip;
        if (calls > 0 || now > 0)
            tip = fmt::format("{} call{} here, {} now: click to see them", with_commas(calls), calls == 1 ? "" : "s", now);
        bool over = false;
        const std::string id = fmt::format("code.line.{}", line.number);
        if (ui::hit(id.c_str(), rect, line.text, &over, tip.empty() ? nullptr : tip.c_str())) {
            const bool again = sheet_.selected(line.number) && sheet_.panel.selection.event == no_event;
            sheet_.panel.selection = again ? Selection{} : Selection{.source = {sheet_.place.file, sheet_.file, line.number}};
        }
        if (over) fill({side.rect.x, rect.y, side.rect.w, rect.h}, theme_.text, 0.05f);
    }

    void paint_row(const CodeRow& row, const Side& side, std::size_t at) {
        const CodeLine& line = sheet_.lines[row.line];
        const float mid = side.rect.y + px(code_row_h) / 2;
        const bool own = !side.corrected && line.number > 0;
        paint_ground(line, side, at);
        if (row.first && own) {
            take_clicks(line, side, at);
            paint_code_margin(sheet_, line, {side.rect.x, side.rect.y, px(24), side.rect.h}, mid);
        }
        if (row.first) paint_number(line, side, mid);
        paint_text(row, line, side, mid);
        if (row.first && own) {
            if (const std::vector<LineMark>* marks = marks_of(line)) paint_marks(*marks, line.number, side.rect.right(), mid);
        }
    }

    void paint_number(const CodeLine& line, const Side& side, float mid) const {
        const bool here = !side.corrected && line.number > 0 && line.number == sheet_.place.line;
        const float right = side.rect.x + side.gutter - px(18);
        const int number = side.corrected ? line.other : line.number;
        const char* sign = line.change == Change::only_here ? "−" : line.change == Change::only_corrected ? "+" : "";
        if (number > 0)
            mark::text_right(ui::fonts().code_small, right, mid, here ? theme_.text : theme_.text_faint, std::to_string(number));
        if (*sign) mark::text(ui::fonts().code_small, right + px(4), mid, theme_.text_dim, sign);
    }

    void paint_text(const CodeRow& row, const CodeLine& line, const Side& side, float mid) const {
        ImFont* font = ui::fonts().code;
        float x = side.rect.x + side.gutter + static_cast<float>(row.indent) * sheet_.letter_w;
        ImGui::PushClipRect({x, sheet_.list.y}, {side.rect.right(), sheet_.list.bottom()}, true);
        if (is_picture(line.text)) x -= sheet_.view.scroll_x;
        for (const auto& [from, to] : line.changed) {
            const std::size_t begin = std::max(from, row.begin), end = std::min(to, row.end);
            if (begin >= end) continue;
            const float left = x + ui::text_width(font, line.text.substr(row.begin, begin - row.begin));
            const float width = ui::text_width(font, line.text.substr(begin, end - begin));
            const ImU32 colour = line.change == Change::only_here ? theme_.trouble : theme_.alive;
            ui::canvas().AddRectFilled({left - px(1), side.rect.y + px(2)}, {left + width + px(1), side.rect.bottom() - px(2)},
                                       faded(colour, 0.34f), px(3));
        }
        for (const Span& span : sheet_.inks[row.line]) {
            const std::size_t begin = std::max(span.begin, row.begin), end = std::min(span.end, row.end);
            if (begin < end) x += mark::text(font, x, mid, colour_of(span.ink), line.text.substr(begin, end - begin));
        }
        ImGui::PopClipRect();
    }

    void paint_marks(const std::vector<LineMark>& marks, int line, float right, float mid) {
        right -= px(14);
        for (std::size_t at = 0; at < marks.size(); ++at)
            right = paint_mark(marks[at], fmt::format("code.mark.{}.{}", line, at), right, mid) - px(5);
    }

    float paint_mark(const LineMark& one, const std::string& id, float right, float mid) {
        ImFont* font = ui::fonts().small_text;
        const World& world = sheet_.panel.world;
        const float width = ui::text_width(font, one.label) + px(16) + (one.blocked || one.at_gate ? px(15) : 0);
        const Rect rect{right - width, mid - px(9), width, px(18)};
        const ImU32 colour = one.server ? theme_.server : theme_.client;
        bool over = false;
        const std::string tip = mark_text(world, one);
        const bool selected = std::find(one.actors.begin(), one.actors.end(), sheet_.panel.selection.actor) != one.actors.end();
        if (ui::hit(id.c_str(), rect, one.label, &over, tip.c_str())) sheet_.panel.selection = select_actor(world, next_of(one));
        ui::canvas().AddRectFilled(rect.min(), rect.max(), over ? mixed(colour, theme_.text, 0.2f) : colour, px(9));
        if (selected) imgui::stroke_rect(ui::canvas(), rect.inset(-px(1)).min(), rect.inset(-px(1)).max(), theme_.text, px(10), px(1.5f));
        mark::text(font, rect.x + px(8), mid, theme_.on_accent, one.label);
        const Actor* actor = find(world, one.actors.front());
        if (one.blocked)
            mark::clock({rect.right() - px(13), mid}, px(5), theme_.on_accent);
        else if (one.at_gate)
            mark::gate({rect.right() - px(13), mid}, px(9), theme_.on_accent, actor && actor->state == Actor::State::rests);
        return rect.x;
    }

    /** Whom a click on a pill selects: of several, each click the next. */
    ActorId next_of(const LineMark& mark) const {
        const auto found = std::find(mark.actors.begin(), mark.actors.end(), sheet_.panel.selection.actor);
        return found == mark.actors.end() || found + 1 == mark.actors.end() ? mark.actors.front() : *(found + 1);
    }

    CodeSheet& sheet_;
    const Theme& theme_;
};

}  // namespace

void paint_code_rows(CodeSheet& sheet) {
    RowsPainter(sheet).paint();
}

}  // namespace synoptic
