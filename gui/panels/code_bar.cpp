// Above and below the code pane's lines: which file, how it is shown, and of the selected line its calls. See code_sheet.h.
#include <fmt/format.h>

#include <algorithm>

#include "gui/keys.h"
#include "gui/panels/code_sheet.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

std::string tip_with(const std::string& text, Action action) {
    return text + " (" + keys_of(action) + ")";
}

/** Buttons in a row, from right to left. */
class RightToLeft {
   public:
    RightToLeft(float right, float y) : x_(right), y_(y) {}
    float x() const { return x_; }

    bool button(const char* id, const ui::Face& face, const std::string& tip) {
        x_ -= ui::button_width(face);
        ImGui::SetCursorScreenPos({x_, y_});
        const bool clicked = ui::button(id, face, tip.c_str());
        x_ -= px(4);
        return clicked;
    }
    void label(const std::string& text) {
        const float width = ui::text_width(ui::fonts().small_text, text);
        x_ -= width;
        mark::text(ui::fonts().small_text, x_, y_ + px(13), ui::theme().text_dim, text);
        x_ -= px(4);
    }

   private:
    float x_, y_;
};

ui::Face face_of(Icon icon, const char* label = "") {
    ui::Face face;
    face.icon = icon;
    face.label = label;
    face.look = ui::Look::quiet;
    face.height = 26;
    return face;
}

void paint_compare(CodeSheet& sheet, RightToLeft& row) {
    if (sheet.corrected.empty()) return;
    CodeView& view = sheet.view;
    const std::size_t count = sheet.differences.size();
    if (count > 0 && sheet.area.w > px(360)) {
        if (row.button("code.next_difference", face_of(Icon::chevron_down), tip_with("the next difference", Action::next_difference)))
            view.asks.push_back(CodeAsk::next_difference);
        row.label(fmt::format("{} of {}", std::max<std::size_t>(view.difference, 1), count));
        if (row.button("code.previous_difference", face_of(Icon::chevron_up),
                       tip_with("the difference before", Action::previous_difference)))
            view.asks.push_back(CodeAsk::previous_difference);
    }
    ui::Face compare = face_of(Icon::none, "Compare");
    compare.look = ui::Look::plain;
    compare.chosen = view.compare;
    const std::string tip = fmt::format("what {} has instead; side by side where there is room", file_name(sheet.corrected));
    if (row.button("code.compare", compare, tip)) view.compare = !view.compare;
}

void paint_files(CodeSheet& sheet, float right) {
    const Rect& area = sheet.area;
    const std::vector<std::string> files = files_to_show(sheet.panel.world);
    std::vector<std::string> names = {"Follow what happens"};
    int chosen = 0;
    for (std::size_t at = 0; at < files.size(); ++at) {
        names.emplace_back(file_name(files[at]));
        if (sheet.pinned && files[at] == sheet.view.file) chosen = static_cast<int>(at) + 1;
    }
    if (chosen == 0 && !sheet.place.file.empty()) names[0] = fmt::format("{} (follows)", file_name(sheet.place.file));
    ImGui::SetCursorScreenPos({area.x + px(12), area.y + px(5)});
    const float width = std::min((right - area.x - px(18)) / ui::scale(), 280.0f);
    if (!ui::combo("code.file", "File", &chosen, names, std::max(width, 80.0f),
                   "which source is shown; it follows the selection unless you choose one"))
        return;
    sheet.view.file = chosen == 0 ? std::string() : files[static_cast<std::size_t>(chosen) - 1];
    sheet.view.scroll = 0;
}

}  // namespace

void paint_code_bar(CodeSheet& sheet) {
    RightToLeft row(sheet.area.right() - px(12), sheet.area.y + px(7));
    if (row.button("code.copy", face_of(Icon::copy), "copy this file's text")) {
        ImGui::SetClipboardText(std::string(sheet.source).c_str());
        ui::toast(fmt::format("Copied {}", file_name(sheet.place.file)));
    }
    ui::Face pin = face_of(Icon::pin);
    pin.chosen = sheet.pinned;
    pin.enabled = !sheet.source.empty();
    const std::string name(file_name(sheet.place.file));
    const std::string tip = sheet.pinned ? name + " stays, whatever happens. Click to follow the selection again"
                                         : "keep " + name + " in sight, whatever happens";
    if (row.button("code.pin", pin, tip_with(tip, Action::pin_code))) sheet.view.asks.push_back(CodeAsk::pin);
    paint_compare(sheet, row);
    paint_files(sheet, row.x());
    if (!sheet.beside) return;
    const float x = sheet.middle() + px(code_gutter_beside);
    const std::string other = fmt::format("{}, the corrected program", file_name(sheet.corrected));
    mark::text(ui::fonts().small_text, x, sheet.area.y + px(20), ui::theme().text_dim, other, std::max(row.x() - x - px(8), px(20)));
}

void paint_code_foot(CodeSheet& sheet) {
    const SourceLine& source = sheet.panel.selection.source;
    if (source.name != sheet.place.file || sheet.source.empty()) return;
    const Theme& theme = ui::theme();
    const Rect foot{sheet.area.x, sheet.list.bottom(), sheet.area.w, sheet.area.bottom() - sheet.list.bottom()};
    ui::canvas().AddRectFilled(foot.min(), foot.max(), theme.card);
    ui::canvas().AddRectFilled(foot.min(), {foot.right(), foot.y + std::max(1.0f, px(1))}, theme.outline);
    const std::size_t calls = sheet.calls(source.line);
    const auto marks = sheet.marks.find(source.line);
    const std::size_t now = marks == sheet.marks.end() ? 0 : at_line_now(sheet.panel.world, marks->second);
    RightToLeft row(foot.right() - px(12), foot.y + px(6));
    if (calls > 0) {
        if (row.button("code.next_call", face_of(Icon::chevron_right), tip_with("the next call of this line", Action::next_call)))
            sheet.view.asks.push_back(CodeAsk::next_call);
        const bool among_them = sheet.panel.selection.event != no_event;
        const std::size_t place = among_them ? sheet.view.calls.place_of(sheet.file, source.line, sheet.panel.selection.event) + 1 : calls;
        row.label(among_them ? fmt::format("{} of {}", with_commas(place), with_commas(calls)) : fmt::format("of {}", with_commas(calls)));
        if (row.button("code.previous_call", face_of(Icon::chevron_left), tip_with("the call of this line before", Action::previous_call)))
            sheet.view.asks.push_back(CodeAsk::previous_call);
    }
    std::string text = fmt::format("line {}: ", source.line);
    if (calls == 0 && now == 0)
        text += "no call here so far";
    else
        text += fmt::format("{} call{}, {} now", with_commas(calls), calls == 1 ? "" : "s", now);
    const float mid = foot.y + px(19);
    const float width =
        mark::text(ui::fonts().small_text, foot.x + px(14), mid, theme.text, text, std::max(row.x() - foot.x - px(20), px(40)));
    ui::record("code.selected_line", {foot.x + px(14), mid - px(8), width, px(16)}, text);
}

}  // namespace synoptic
