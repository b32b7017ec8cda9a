// What the parts of the code pane share in a frame: code.cpp (the frame's order), code_sheet.cpp (layout), code_bar.cpp (above and below the lines),
// code_rows.cpp (lines and pills), code_margin.cpp (breakpoints). Private to the code pane.
#pragma once

#include <map>

#include "gui/panel.h"
#include "gui/panels/code_lines.h"
#include "gui/panels/code_marks.h"
#include "gui/panels/code_place.h"
#include "gui/panels/highlight.h"

namespace synoptic {

/** The pane's layout in this frame. */
struct CodeSheet {
    PanelContext& panel;
    CodeView& view;
    ui::Rect area;
    ui::Rect list{};    // where the lines are
    CodePlace place{};  // the file that is shown, and the line that is followed
    std::string_view source{};
    std::string corrected{};  // the corrected program's file; empty if the one that is shown is correct
    std::uint16_t file = 0;   // the History's number of the file that is shown
    EventIndex limit = 0;     // calls before this event are counted
    int changed = 0;          // the line of the call that began or returned at this moment of the past; 0: none here
    bool pinned = false;
    bool beside = false;  // both programs side by side
    float gutter = 0;     // px: breakpoints, numbers, signs of what differs
    float letter_w = 1;
    std::vector<CodeLine> lines{};
    std::vector<std::vector<Span>> inks{};  // of each line
    std::vector<PaneRow> rows{};
    std::map<int, std::vector<LineMark>> marks{};
    std::vector<int> call_lines{};
    std::vector<std::size_t> differences{};  // as indexes of lines

    bool has_breakpoint(int line) const { return panel.world.breakpoints.count({place.file, line}) != 0; }
    /** The line with a call that a breakpoint set at `line` goes to: that line, or the next below; 0 if there is none. */
    int stop_line(int line) const;
    bool selected(int line) const { return panel.selection.source.line == line && panel.selection.source.name == place.file; }
    std::size_t calls(int line) const { return view.calls.count(file, line, limit); }
    float content() const;
    /** Where a line begins in the scrolled list, px; negative if it is not in it. */
    float top_of(std::size_t line) const;
    /** The left edge of the corrected program, where both are side by side. */
    float middle() const { return list.x + list.w / 2; }
};

inline constexpr float code_row_h = 21, code_bar_h = 40, code_foot_h = 38, code_gutter_beside = 50;

CodeSheet lay_out_code(PanelContext& panel, CodeView& view, const ui::Rect& area);
/** Scrolls to where the followed one stands, when that has changed, and does what keys asked for. */
void turn_code(CodeSheet& sheet);
void set_code_breakpoint(CodeSheet& sheet, int line);

void paint_code_bar(CodeSheet& sheet);
/** Of the selected line: how many calls, and the way from one to the next. */
void paint_code_foot(CodeSheet& sheet);
void paint_code_rows(CodeSheet& sheet);
/** The margin of a line: a breakpoint, or the place for one. */
void paint_code_margin(CodeSheet& sheet, const CodeLine& line, const ui::Rect& margin, float mid);
/** Beside the scroll bar: where actors, breakpoints and differences are. */
void paint_code_ruler(const CodeSheet& sheet);

}  // namespace synoptic
