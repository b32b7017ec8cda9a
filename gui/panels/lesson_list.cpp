// The chooser: all lessons with number, title, how long they take, what was done of them and what comes next.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/panels/lesson.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float row_height = 34;  // at zoom 1

void draw_entry(AppState& state, const LessonEntry& entry, const Rect& rect, bool chosen, bool next) {
    const Theme& theme = ui::theme();
    const LessonProgress progress = state.desk->progress().of(entry.name);
    const std::string id = fmt::format("lessons.{}", entry.name), done = entry.broken ? "has mistakes" : progress_words(progress);
    bool hovered = false;
    const bool clicked = ui::hit(id.c_str(), rect, entry.title, &hovered);
    ui::record(id + ".progress", {rect.right() - px(10), rect.y, px(10), rect.h}, done, next ? "next" : "");
    if (chosen || hovered)
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(chosen ? theme.accent : theme.text, chosen ? 0.16f : 0.06f), px(6));
    const float middle = rect.y + rect.h / 2, line = imgui::font_size(ui::fonts().text), small = imgui::font_size(ui::fonts().small_text);
    if (progress.finished) draw_icon(ui::canvas(), Icon::check, {rect.x + px(14), middle}, px(12), theme.alive);
    const std::string number = entry.number > 0 ? std::to_string(entry.number) : "";
    ui::draw_text(ui::fonts().code,
                  {rect.x + px(52) - ui::text_width(ui::fonts().code, number), middle - imgui::font_size(ui::fonts().code) / 2},
                  theme.text_dim, number);
    float right = rect.right() - px(10);
    const std::string minutes = entry.minutes > 0 ? fmt::format("{} min", entry.minutes) : "";
    right -= px(52);
    ui::draw_text(ui::fonts().small_text, {right + px(52) - ui::text_width(ui::fonts().small_text, minutes), middle - small / 2},
                  theme.text_faint, minutes);
    if (next) right = ui::draw_badge({right, middle - small / 2 - px(2)}, "next", theme.accent, true, true).x - px(10);
    if (!done.empty()) {
        right -= ui::text_width(ui::fonts().small_text, done);
        ui::draw_text(ui::fonts().small_text, {right, middle - small / 2}, entry.broken ? theme.trouble : theme.text_dim, done);
    }
    ui::draw_text(next ? ui::fonts().strong : ui::fonts().text, {rect.x + px(66), middle - line / 2}, theme.text, entry.title,
                  right - rect.x - px(66 + 12));
    if (clicked) open_lesson_entry(state, entry);
}

}  // namespace

void draw_lesson_chooser(AppState& state, const Rect& area) {
    const Theme& theme = ui::theme();
    LessonView& view = *state.lesson;
    const std::vector<LessonEntry>& list = state.desk->list();
    const LessonEntry* next = lesson_to_go_on_with(list, state.desk->progress());
    const float pad = px(28), title = px(70), content = static_cast<float>(std::max<std::size_t>(list.size(), 2)) * px(row_height);
    const float width = std::min(px(720), area.w - px(40)), height = std::min(area.h - px(40), content + 2 * pad + title);
    const Rect card{std::floor(area.x + (area.w - width) / 2), std::floor(area.y + (area.h - height) / 2), std::floor(width),
                    std::floor(height)};
    bool close = begin_overlay("lessons", area, card);
    ui::record("lessons", card, "Lessons");
    ui::draw_text(ui::fonts().title, {card.x + pad, card.y + pad - px(4)}, theme.text, "Lessons");
    ui::draw_text(ui::fonts().small_text, {card.x + pad, card.y + pad + px(26)}, theme.text_dim,
                  "Arrows and Enter choose, as a click does. Escape closes.", card.w - 2 * pad);
    ImGui::SetCursorScreenPos({std::floor(card.right() - pad - px(22)), std::floor(card.y + pad - px(8))});
    ui::Face face;
    face.icon = Icon::close;
    face.look = ui::Look::quiet;
    if (ui::button("lessons.close", face, "Escape")) close = true;

    if (!view.entry_in_sight && next != nullptr) view.entry = static_cast<std::size_t>(next - list.data());
    if (!list.empty()) view.entry = std::min(view.entry, list.size() - 1);
    const ImVec2 top{card.x + pad - px(8), card.y + pad + title};
    ImGui::SetCursorScreenPos(top);
    const float room = card.bottom() - pad - top.y;
    ImGui::BeginChild("lessons.list", {card.w - 2 * pad + px(24), room}, 0, ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav);
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const float line = px(row_height), row_width = card.w - 2 * pad + px(8);
    const std::size_t before = view.entry;
    for (std::size_t index = 0; index < list.size(); ++index) {
        const Rect row{origin.x, std::floor(origin.y + static_cast<float>(index) * line), row_width, line - px(2)};
        draw_entry(state, list[index], row, index == view.entry, &list[index] == next);
    }
    if (list.empty()) {
        const std::string text = "There are no lessons here. SYNOPTIC_LESSONS can name a folder of them.";
        ui::draw_wrapped(ui::fonts().text, {origin.x + px(8), origin.y}, theme.text_dim, text, row_width - px(16));
    }
    ImGui::Dummy({1, content});
    if (view.entry != view.entry_shown || !view.entry_in_sight) {
        const float y = static_cast<float>(view.entry) * line;
        const float scroll = ImGui::GetScrollY();
        if (y < scroll) ImGui::SetScrollY(y);
        if (y + line > scroll + room) ImGui::SetScrollY(y + line - room);
    }
    view.entry_in_sight = true;
    view.entry_shown = before;
    ImGui::EndChild();
    ImGui::End();
    if (close) view.chooser = false;
}

}  // namespace synoptic
