// The call list: every call and fact in order, the newest at the bottom, as strace prints them. Only the lines that can be seen are made into text.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/icons.h"
#include "gui/moment.h"
#include "gui/panel.h"
#include "gui/panels/calls_query.h"
#include "gui/panels/calls_row.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float bar_h = 40;
constexpr std::size_t copied_lines = 20'000;

/** The lines that are shown: all of the index up to the moment that is looked at, or those that the filter let through. */
struct Shown {
    const CallsIndex& index;
    const std::vector<std::size_t>* filtered;  // null: all
    std::size_t count;

    const CallLine& line(std::size_t row) const { return index.lines()[filtered ? (*filtered)[row] : row]; }
    /** The row of a line, or of the last one before it. */
    std::size_t row_of(std::size_t line) const {
        if (!filtered) return std::min(line, count);
        const auto end = filtered->begin() + static_cast<std::ptrdiff_t>(count);
        return static_cast<std::size_t>(std::lower_bound(filtered->begin(), end, line) - filtered->begin());
    }
};

class CallsPainter {
   public:
    CallsPainter(PanelContext& panel, CallsView& view, const Rect& area) : panel_(panel), view_(view), area_(area) {
        limit_ = std::min<EventIndex>(panel.world.events, panel.history.size());
        list_ = {area.x, area.y + px(bar_h), area.w, std::max(area.h - px(bar_h), px(call_row_height))};
    }

    void paint() {
        const bool indexed = view_.index.update(panel_.history);
        CallsQuery query = query_of(panel_.world, panel_.selection, view_);
        const EventIndex run_began = panel_.run_began(limit_);
        if (!view_.all_runs) query.from = run_began;
        bool searched = true;
        if (!query.all()) searched = view_.filtered.update(view_.index, panel_.history, query);
        if (!indexed || !searched) panel_.needs_frame = true;
        const Shown shown = what_is_shown(query.all());
        paint_bar(shown, searched);
        if (const std::size_t before = view_.index.lines_before(run_began); before > 0) paint_run(before);
        paint_list(shown, query.all());
    }

   private:
    /** Says above the lines that they are those of the present run, and lets one see what was before it. */
    void paint_run(std::size_t before) {
        const float mid = list_.y + px(call_row_height) / 2;
        const char* word = view_.all_runs ? "Hide them" : "Show them";
        const std::string lines = fmt::format("{} {} from before", with_commas(before), before == 1 ? "line" : "lines");
        const std::string text = view_.all_runs ? fmt::format("With {} this run of the lesson", lines)
                                                : fmt::format("This run of the lesson. {} {} hidden", lines, before == 1 ? "is" : "are");
        ImFont* font = ui::fonts().small_text;
        const float word_w = ui::text_width(font, word) + px(16);
        const float width = mark::text(font, list_.x + px(12), mid, ui::theme().text_dim, text, list_.w - word_w - px(24));
        const Rect rect{list_.x + px(12) + width + px(4), list_.y, word_w, px(call_row_height)};
        bool over = false;
        if (ui::hit("calls.runs", rect, word, &over, "what earlier runs, other lessons and you yourself did before"))
            view_.all_runs = !view_.all_runs;
        mark::text(font, rect.x + px(4), mid, over ? ui::theme().text : ui::theme().accent, word);
        ui::record("calls.run", {list_.x, list_.y, list_.w, px(call_row_height)}, text);
        list_.y += px(call_row_height);
        list_.h = std::max(list_.h - px(call_row_height), px(call_row_height));
    }

    Shown what_is_shown(bool all) const {
        const std::size_t lines = view_.index.lines_before(limit_);
        if (all) return {view_.index, nullptr, lines};
        const std::vector<std::size_t>& fit = view_.filtered.lines();
        const auto end = std::lower_bound(fit.begin(), fit.end(), lines);
        return {view_.index, &fit, static_cast<std::size_t>(end - fit.begin())};
    }

    void toggle(const char* id, const char* label, bool* on, const char* tip, float* x) const {
        ui::Face face;
        face.label = label;
        face.height = 26;
        *x -= ui::button_width(face);
        ImGui::SetCursorScreenPos({*x, area_.y + px(6)});
        ui::icon_toggle(id, label, on, tip);
        *x -= px(6);
    }

    void paint_bar(const Shown& shown, bool searched) {
        float x = area_.right() - px(12);
        ui::Face copy;
        copy.icon = Icon::copy;
        copy.look = ui::Look::quiet;
        copy.height = 26;
        x -= ui::button_width(copy);
        ImGui::SetCursorScreenPos({x, area_.y + px(6)});
        if (ui::button("calls.copy", copy, "copy all lines shown as text (Ctrl+C copies the selected one)")) copy_all(shown);
        x -= px(6);
        if (area_.w > px(330)) toggle("calls.follow", "Follow", &view_.follow, "the newest line stays in sight", &x);
        if (area_.w > px(430))
            toggle("calls.facts", "Facts", &view_.with_facts,
                   "also what is not a call: programs and processes that begin and end, commands", &x);
        if (area_.w > px(540)) toggle("calls.selected", "Selection", &view_.of_selection, "only the calls of what is selected", &x);
        ImGui::SetCursorScreenPos({area_.x + px(12), area_.y + px(5)});
        const float width = std::max((x - area_.x - px(20)) / ui::scale(), 60.0f);
        const bool counts = !view_.filter.empty() && width > 260;
        const SourceLine& source = panel_.selection.source;
        const std::string hint = source.line > 0 ? fmt::format("calls from {}:{} (Escape: all)", file_name(source.name), source.line)
                                                 : std::string("filter: client 3, accept, -1, a descriptor …");
        ui::text_field("calls.filter", &view_.filter, hint.c_str(), counts ? width - 96 : width,
                       "all words must fit: who (client 3, child 4102), a call's name, -1 for errors, a number (descriptor, pid, tid, "
                       "result), or any text",
                       false);
        if (!counts) return;
        const std::string count =
            searched ? fmt::format("{} line{}", with_commas(shown.count), shown.count == 1 ? "" : "s") : "searching …";
        mark::text_right(ui::fonts().small_text, x - px(2), area_.y + px(20), ui::theme().text_dim, count);
    }

    void copy_all(const Shown& shown) const {
        std::string text;
        const std::size_t first = shown.count > copied_lines ? shown.count - copied_lines : 0;
        for (std::size_t row = first; row < shown.count; ++row) {
            text += call_text(view_.index, panel_.history, shown.line(row), limit_);
            text += '\n';
        }
        ImGui::SetClipboardText(text.c_str());
        ui::toast(fmt::format("Copied {} lines", with_commas(shown.count - first)));
    }

    void paint_list(const Shown& shown, bool all) {
        ImGui::PushClipRect(list_.min(), list_.max(), true);
        // Whole rows: the uppermost one is never cut, and what is left of the height stays free below the newest.
        const double seen = std::max(std::floor(static_cast<double>(list_.h / px(call_row_height))), 1.0),
                     rows = static_cast<double>(shown.count);
        const double before = view_.first_row;
        if (view_.follow) view_.first_row = std::max(rows - seen, 0.0);
        find_selected(shown, seen);
        find_new(shown, seen);
        ui::hit("calls.list", list_);
        const auto first = static_cast<std::size_t>(std::max(view_.first_row, 0.0));
        const CallRows painter(panel_, view_.index, list_, limit_);
        float y = list_.y;
        for (std::size_t row = first; row < shown.count && y < list_.bottom(); ++row, y += px(call_row_height))
            painter.paint(shown.line(row), y);
        if (shown.count == 0) {
            const char* text = panel_.history.size() == 0         ? "Every socket call will be a line here."
                               : all                              ? "No calls yet."
                               : panel_.selection.source.line > 0 ? "No call from the chosen line."
                                                                  : "No line fits the filter.";
            mark::text(ui::fonts().text, list_.x + px(16), list_.y + px(18), ui::theme().text_dim, text, list_.w - px(32));
        }
        const double scrolled = mark::scroll_rows("calls.scroll", view_.first_row, rows, seen, list_);
        // Scrolling up stops following; reaching the end again resumes it.
        if (scrolled < view_.first_row - 0.01 && rows > seen)
            view_.follow = false;
        else if (scrolled > view_.first_row + 0.01 && scrolled >= rows - seen - 0.01)
            view_.follow = true;
        view_.first_row = scrolled;
        if (std::abs(before - view_.first_row) > 0.01 && !view_.follow) panel_.needs_frame = true;
        ImGui::PopClipRect();
    }

    /** A selection that was made elsewhere is scrolled into sight, once. */
    void find_selected(const Shown& shown, double seen) {
        const EventIndex event = panel_.selection.event;
        if (event == view_.found) return;
        view_.found = event;
        if (event == no_event) return;
        if (bring_in_sight(shown, event, seen)) view_.follow = false;
    }

    /** While the newest is followed, the line that a moment of the past is about is in sight: it may have begun far above. */
    void find_new(const Shown& shown, double seen) {
        if (panel_.before && limit_ > 0 && view_.follow) bring_in_sight(shown, limit_ - 1, seen);
    }

    /** True if that took scrolling. */
    bool bring_in_sight(const Shown& shown, EventIndex event, double seen) {
        const std::size_t line = view_.index.line_of(panel_.history, event);
        if (line >= view_.index.lines().size()) return false;
        const auto row = static_cast<double>(shown.row_of(line));
        if (row >= view_.first_row && row + 1 <= view_.first_row + seen) return false;
        view_.first_row = std::max(std::floor(row - seen / 2), 0.0);
        return true;
    }

    PanelContext& panel_;
    CallsView& view_;
    Rect area_, list_;
    EventIndex limit_ = 0;
};

}  // namespace

void draw_calls(PanelContext& panel, CallsView& view, const ui::Rect& area) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    CallsPainter(panel, view, area).paint();
    ImGui::PopClipRect();
}

}  // namespace synoptic
