// The code pane's layout, and where it is scrolled to: see code_sheet.h.
#include "gui/panels/code_sheet.h"

#include <algorithm>

#include "core/programs/registry.h"
#include "core/session/call_lines.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/sources.h"

namespace synoptic {
namespace {

using ui::px;

constexpr float beside_w = 760;  // from this width on, at zoom 1, two programs have room side by side

/** Letters that the pills at a line's end take. */
std::size_t letters_of_pills(const CodeSheet& sheet, const CodeLine& line) {
    const auto marks = line.number > 0 ? sheet.marks.find(line.number) : sheet.marks.end();
    if (marks == sheet.marks.end()) return 0;
    float pills = 0;
    for (const LineMark& one : marks->second) pills += ui::text_width(ui::fonts().small_text, one.label) + px(16 + 15 + 6);
    return static_cast<std::size_t>(pills / sheet.letter_w);
}

/** The line, in the file that is shown, of the call by which this moment of the past differs from the one before. */
int changed_line(const PanelContext& panel, std::uint16_t file) {
    if (!panel.before || panel.world.events == 0 || file == 0) return 0;
    const EventIndex last = panel.world.events - 1;
    const EventIndex call = panel.history.event(last).phase == Phase::exit ? panel.history.enter_of(last) : last;
    if (call == no_event) return 0;
    const Event event = panel.history.event(call);
    return is_call(event.kind) && event.file == file ? event.line : 0;
}

void break_lines(CodeSheet& sheet) {
    const float side = sheet.beside ? sheet.list.w / 2 : sheet.list.w;
    const float room = side - sheet.gutter - px(24);
    const auto letters = static_cast<std::size_t>(std::max(room / sheet.letter_w, 1.0f));
    const auto less = [&sheet](const CodeLine& line) { return letters_of_pills(sheet, line); };
    sheet.rows = sheet.beside ? rows_side_by_side(sheet.lines, letters, less) : rows_of(sheet.lines, letters, less);
    bool in_comment = false;
    for (const CodeLine& line : sheet.lines) sheet.inks.push_back(highlight(line.text, in_comment));
}

float clamped(const CodeSheet& sheet, float scroll) {
    return std::clamp(scroll, 0.0f, std::max(sheet.content() - sheet.list.h, 0.0f));
}

void scroll_to(CodeSheet& sheet, std::size_t line, bool also_if_in_sight) {
    const float y = sheet.top_of(line);
    if (y < 0) return;
    const bool in_sight = y >= sheet.view.scroll + px(code_row_h) && y + px(2 * code_row_h) <= sheet.view.scroll + sheet.list.h;
    if (!in_sight || also_if_in_sight) sheet.view.scroll = clamped(sheet, y - sheet.list.h * 0.4f);
}

void scroll_to_number(CodeSheet& sheet, int number) {
    const auto found =
        std::find_if(sheet.lines.begin(), sheet.lines.end(), [number](const CodeLine& line) { return line.number == number; });
    if (found != sheet.lines.end()) scroll_to(sheet, static_cast<std::size_t>(found - sheet.lines.begin()), false);
}

/** The bar that tells of the selected line takes room below the lines, which must not be that line's. */
void keep_selected_in_sight(CodeSheet& sheet) {
    const SourceLine& chosen = sheet.panel.selection.source;
    if (chosen.name != sheet.place.file) return;
    const auto found =
        std::find_if(sheet.lines.begin(), sheet.lines.end(), [&](const CodeLine& line) { return line.number == chosen.line; });
    if (found == sheet.lines.end()) return;
    const float y = sheet.top_of(static_cast<std::size_t>(found - sheet.lines.begin()));
    sheet.view.scroll = clamped(sheet, std::max(sheet.view.scroll, y + px(2 * code_row_h) - sheet.list.h));
}

void go_to_difference(CodeSheet& sheet, bool next) {
    const std::size_t count = sheet.differences.size();
    if (count == 0) return;
    std::size_t& at = sheet.view.difference;
    at = next ? at % count + 1 : at <= 1 ? count : at - 1;
    scroll_to(sheet, sheet.differences[at - 1], false);
}

/** Selects the next call from the selected line, or the one before; its line stays selected. */
void go_to_call(CodeSheet& sheet, bool next) {
    Selection& chosen = sheet.panel.selection;
    const int line = chosen.source.line;
    const std::size_t count = sheet.calls(line);
    if (count == 0) return;
    const bool among_them = chosen.event != no_event;
    std::size_t at = among_them ? sheet.view.calls.place_of(sheet.file, line, chosen.event) : next ? count - 1 : count;
    if (among_them && next) at = at + 1 < count ? at + 1 : 0;
    if (!next) at = at > 0 ? at - 1 : count - 1;
    const SourceLine source = chosen.source;
    chosen = select_event(sheet.panel.world, sheet.panel.history, sheet.view.calls.call(sheet.file, line, at));
    chosen.source = source;
}

void answer(CodeSheet& sheet, CodeAsk ask) {
    switch (ask) {
        case CodeAsk::pin:
            sheet.view.file = sheet.pinned ? std::string() : sheet.place.file;
            break;
        case CodeAsk::breakpoint:
            set_code_breakpoint(
                sheet, sheet.panel.selection.source.name == sheet.place.file ? sheet.panel.selection.source.line : sheet.place.line);
            break;
        case CodeAsk::next_difference:
        case CodeAsk::previous_difference:
            if (!sheet.corrected.empty()) sheet.view.compare = true;
            go_to_difference(sheet, ask == CodeAsk::next_difference);
            break;
        case CodeAsk::next_call:
        case CodeAsk::previous_call:
            if (sheet.panel.selection.source.name != sheet.place.file && sheet.place.line > 0)  // of the line that is followed
                sheet.panel.selection = Selection{.source = {sheet.place.file, sheet.file, sheet.place.line}};
            go_to_call(sheet, ask == CodeAsk::next_call);
            break;
    }
    sheet.panel.needs_frame = true;
}

}  // namespace

int CodeSheet::stop_line(int line) const {
    const auto found = std::lower_bound(call_lines.begin(), call_lines.end(), line);
    return found == call_lines.end() ? 0 : *found;
}

float CodeSheet::content() const {
    return static_cast<float>(rows.size()) * px(code_row_h) + px(16);
}

float CodeSheet::top_of(std::size_t line) const {
    const auto is_it = [line](const std::optional<CodeRow>& row) { return row && row->line == line; };
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (is_it(rows[row].here) || is_it(rows[row].there)) return static_cast<float>(row) * px(code_row_h) + px(8);
    }
    return -1;
}

CodeSheet lay_out_code(PanelContext& panel, CodeView& view, const ui::Rect& area) {
    CodeSheet sheet{.panel = panel, .view = view, .area = area};
    if (!view.calls.update(panel.history)) panel.needs_frame = true;
    sheet.limit = std::min<EventIndex>(panel.world.events, panel.history.size());
    sheet.place = followed_place(panel, view);
    sheet.pinned = !view.file.empty();
    if (sheet.pinned && view.file != sheet.place.file) sheet.place = {view.file, 0, {}};
    if (shown_source(sheet.place.file).empty() && !view.last_file.empty()) sheet.place = {view.last_file, 0, {}};
    sheet.source = shown_source(sheet.place.file);
    sheet.file = file_number(panel.history, sheet.place.file);
    if (panel.selection.source.name == sheet.place.file) panel.selection.source.file = sheet.file;
    sheet.changed = changed_line(panel, sheet.file);
    sheet.corrected = corrected_file(sheet.place.file);
    sheet.call_lines = call_lines(sheet.source);

    const float foot = panel.selection.source.name == sheet.place.file && !sheet.source.empty() ? px(code_foot_h) : 0;
    sheet.list = {area.x, area.y + px(code_bar_h), area.w, std::max(area.h - px(code_bar_h) - foot, px(code_row_h))};
    const bool compares = view.compare && !sheet.corrected.empty();
    sheet.beside = compares && area.w >= px(beside_w);
    sheet.gutter = px(area.w < px(360) ? 52 : 66);
    sheet.letter_w = ui::text_width(ui::fonts().code, "m");
    sheet.lines = compares ? compared_lines(sheet.source, shown_source(sheet.corrected)) : code_lines(sheet.source);
    if (compares) sheet.differences = differences(sheet.lines);
    sheet.marks = marks_in(panel.world, panel.history, sheet.place.file, area.w > px(420) && !sheet.beside ? 3 : 2);
    break_lines(sheet);
    return sheet;
}

void turn_code(CodeSheet& sheet) {
    CodeView& view = sheet.view;
    std::vector<CodeAsk> asks;
    asks.swap(view.asks);
    for (const CodeAsk ask : asks) answer(sheet, ask);
    const bool new_file = view.last_file != sheet.place.file;
    if (new_file) view.scroll = 0;
    if (new_file || sheet.differences.empty()) view.difference = 0;
    // Another size breaks lines elsewhere: what was in sight may not be any more.
    const bool compares = !sheet.differences.empty();
    const bool same_looks = view.last_width == sheet.list.w && view.last_height == sheet.list.h && view.last_scale == ui::scale() &&
                            view.last_compare == compares;
    if (compares && !view.last_compare && view.difference == 0)
        go_to_difference(sheet, true);
    else if (sheet.place.line != 0 && (new_file || !same_looks || view.last_line != sheet.place.line))
        scroll_to_number(sheet, sheet.place.line);
    else if (!same_looks)
        keep_selected_in_sight(sheet);
    view.last_file = sheet.place.file;
    view.last_line = sheet.place.line;
    view.last_compare = compares;
    view.last_width = sheet.list.w;
    view.last_height = sheet.list.h;
    view.last_scale = ui::scale();
}

}  // namespace synoptic
