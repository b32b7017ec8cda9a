// The code pane's margin: breakpoints, and the marks beside the scroll bar. See code_sheet.h.
#include <fmt/format.h>

#include <algorithm>

#include "gui/imgui_versions.h"
#include "gui/keys.h"
#include "gui/panels/code_sheet.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

std::string margin_tip(const CodeSheet& sheet, int line) {
    const std::string key = " (" + keys_of(Action::breakpoint) + ")";
    if (sheet.has_breakpoint(line))
        return "a breakpoint: who comes to this call waits before it, all others run on. Click to clear it" + key;
    const int stop = sheet.stop_line(line);
    if (stop == 0) return "no call here or below: a program can be stopped only before a call";
    if (stop == line) return "set a breakpoint: who comes to this call waits before it, all others run on" + key;
    return fmt::format("no call on this line, and a program can be stopped only before a call: the breakpoint goes to line {}{}", stop,
                       sheet.has_breakpoint(stop) ? ", which has one" : "");
}

}  // namespace

void set_code_breakpoint(CodeSheet& sheet, int line) {
    const int stop = line > 0 ? sheet.stop_line(line) : 0;
    if (sheet.panel.past) {
        ui::toast("Breakpoints are set where programs run: go back to live first (" + keys_of(Action::live) + ")");
    } else if (line <= 0) {
        ui::toast("Choose a line first: click it");
    } else if (stop == 0) {
        ui::toast(fmt::format("{}:{}: no call here or below to stop before", file_name(sheet.place.file), line));
    } else {
        sheet.panel.out.push_back(SetBreakpoint{sheet.place.file, stop, !sheet.has_breakpoint(stop)});
    }
}

void paint_code_margin(CodeSheet& sheet, const CodeLine& line, const Rect& margin, float mid) {
    const Theme& theme = ui::theme();
    const bool set = sheet.has_breakpoint(line.number);
    const std::string id = fmt::format("code.margin.{}", line.number);
    bool over = false;
    const std::string tip = margin_tip(sheet, line.number);
    if (ui::hit(id.c_str(), margin, std::to_string(line.number), &over, tip.c_str())) set_code_breakpoint(sheet, line.number);
    const ImVec2 centre{margin.x + px(13), mid};
    if (set) {
        ui::canvas().AddCircleFilled(centre, px(5), theme.user, 20);
        ui::record(fmt::format("code.breakpoint.{}", line.number), {centre.x - px(5), mid - px(5), px(10), px(10)}, {}, "on");
    } else if (over && sheet.stop_line(line.number) == line.number) {
        ui::canvas().AddCircle(centre, px(4.5f), theme.user, 20, px(1.4f));
    }
}

void paint_code_ruler(const CodeSheet& sheet) {
    if (sheet.content() <= sheet.list.h) return;
    const Theme& theme = ui::theme();
    const Rect& list = sheet.list;
    const auto tick = [&](std::size_t row, float width, ImU32 colour) {
        const float y =
            list.y + px(2) + (list.h - px(4)) * static_cast<float>(row) / static_cast<float>(std::max<std::size_t>(sheet.rows.size(), 1));
        ui::canvas().AddRectFilled({list.right() - px(2) - width, y}, {list.right() - px(2), y + std::max(px(2.5f), 2.0f)}, colour, px(1));
    };
    for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
        const std::optional<CodeRow>&here = sheet.rows[row].here, &there = sheet.rows[row].there;
        const bool differs = (here && sheet.lines[here->line].change == CodeLine::Change::only_here) || (!here && there) ||
                             (here && sheet.lines[here->line].change == CodeLine::Change::only_corrected);
        if (differs) {
            const bool added = !here || sheet.lines[here->line].change == CodeLine::Change::only_corrected;
            tick(row, px(4), faded(added ? theme.alive : theme.trouble, 0.8f));
        }
        if (!here || !here->first) continue;
        const int number = sheet.lines[here->line].number;
        if (number == 0) continue;
        if (const auto marks = sheet.marks.find(number); marks != sheet.marks.end())
            tick(row, px(8), marks->second.front().server ? theme.server : theme.client);
        if (sheet.has_breakpoint(number)) tick(row, px(8), theme.user);
    }
}

}  // namespace synoptic
