// The lesson's pane: the step as far as it was reached, between head and foot.
#include "gui/panels/lesson.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using State = Player::State;
using ui::px;
using ui::Rect;

constexpr float head_height = 34, margin = 18, least_width = 340, least_panes = 300;  // at zoom 1

/** The mistakes of the file, as they are now: the lesson goes on as it was read before. */
float draw_mistakes(const std::vector<Mistake>& mistakes, ImVec2 at, float width) {
    constexpr std::size_t most = 12;
    std::string text;
    ImFont* font = ui::fonts().code_small;
    for (std::size_t index = 0; index < std::min(most, mistakes.size()); ++index) {
        Mistake one = mistakes[index];
        one.file = std::filesystem::path(one.file).filename().string();  // the folder would take two lines of each
        text += (text.empty() ? "" : "\n") + ui::showable(font, one.text());
    }
    if (mistakes.size() > most) text += fmt::format("\nand {} more", mistakes.size() - most);
    const Theme& theme = ui::theme();
    const float pad = px(12), inner = width - 2 * pad, head = imgui::font_size(ui::fonts().strong) + px(6);
    const Rect rect{at.x, at.y, width, head + ui::wrapped_height(font, text, inner) + 2 * px(10)};
    ui::draw_card(rect, theme.card, theme.outline, theme.trouble);
    const std::string title = fmt::format("{} mistake{} in this file", mistakes.size(), mistakes.size() == 1 ? "" : "s");
    ui::draw_text(ui::fonts().strong, {rect.x + pad, rect.y + px(10)}, theme.text, title, inner);
    ui::draw_wrapped(font, {rect.x + pad, rect.y + px(10) + head}, theme.text_dim, text, inner);
    ui::record("lesson.mistakes", rect, title, text);
    return rect.h + px(14);
}

void draw_end(LessonSheet& sheet) {
    AppState& state = sheet.state;
    std::size_t right = 0, given = 0;
    const std::size_t count = sheet.player.lesson().question_count();
    for (const auto& [step, question] : sheet.player.lesson().questions()) {
        const Answered* answered = sheet.player.answered(question->number_of_question);
        right += answered && answered->right;
        given += answered && !answered->answer.skipped;
    }
    const LessonEntry* next = lesson_after(state.desk->list(), sheet.player.lesson().name);
    std::string text = count == 0 ? "" : score_words(right, given, count - given) + ". ";
    text += next != nullptr ? fmt::format("Next comes lesson {}: {}.", next->number, next->title) : "F6 shows all lessons.";
    sheet.part();
    draw_lesson_word(sheet, "lesson.end", "The end of this lesson", text, ui::theme().alive);
}

/** Panels that the step wants and that have no room at this size and zoom. */
void draw_no_room(LessonSheet& sheet) {
    const AppState& state = sheet.state;
    std::string missing;
    for (const Pane pane : {Pane::stage, Pane::calls, Pane::code, Pane::inspector}) {
        const LayoutState& layout = state.settings.layout;
        if (layout.full || !layout.shows(pane) || state.layout.has_room(pane)) continue;
        missing += (missing.empty() ? "" : ", ") + std::string(pane_title(pane));
    }
    if (missing.empty()) return;
    const std::string text = fmt::format("No room for: {}. A larger window or Ctrl − makes some.", missing);
    ImFont* font = ui::fonts().small_text;
    const float height = ui::draw_wrapped(font, {sheet.x, sheet.y}, ui::theme().blocked, ui::showable(font, text), sheet.width);
    ui::record("lesson.no_room", {sheet.x, sheet.y, sheet.width, height}, text);
    sheet.y += height + px(8);
}

void draw_step(LessonSheet& sheet) {
    const Player& player = sheet.player;
    const LessonStep& step = player.lesson().steps[player.step()];
    const std::string heading = player.step() == 0 ? player.lesson().title : plain_text(step.heading);
    const float height =
        ui::draw_wrapped(ui::fonts().title, {sheet.x, sheet.y}, ui::theme().text, ui::showable(ui::fonts().title, heading), sheet.width);
    ui::record("lesson.heading", {sheet.x, sheet.y, sheet.width, height}, heading, std::to_string(player.step()));
    sheet.y += height + px(12);
    draw_no_room(sheet);
    if (player.state() == State::impossible)
        draw_lesson_word(sheet, "lesson.impossible", "This lesson can't be played here", player.why(), ui::theme().trouble);
    const std::size_t shown = std::min(player.blocks_shown(), step.blocks.size());
    for (std::size_t block = 0; block < shown; ++block) draw_lesson_block(sheet, block);
    for (const std::string& remark : player.remarks()) {
        sheet.part();
        draw_lesson_word(sheet, "lesson.remark", "Left out here", remark, ui::theme().blocked);
    }
    if (player.state() == State::ended) draw_end(sheet);
}

/** That the text goes on below the pane's edge is seen, whatever stands at that edge; a click turns the page. */
void draw_more(LessonView& view, const Rect& rect, float scroll_bar) {
    const Theme& theme = ui::theme();
    ImFont* font = ui::fonts().small_text;
    const ImU32 none = faded(theme.panel, 0);
    const float y = rect.bottom() - px(44);
    ui::canvas().AddRectFilledMultiColor({rect.x, y}, {rect.right() - scroll_bar, rect.bottom()}, none, none, theme.panel, theme.panel);
    const std::string text = "more below";
    const float width = ui::text_width(font, text) + px(38), height = px(22);
    const Rect pill{std::floor(rect.x + (rect.w - scroll_bar - width) / 2), std::floor(rect.bottom() - height - px(6)), width, height};
    bool hovered = false;
    if (ui::hit("lesson.more", pill, text, &hovered, "Page Down")) view.scroll.page_down();
    ui::canvas().AddRectFilled(pill.min(), pill.max(), hovered ? theme.accent : mixed(theme.card_raised, theme.accent, 0.25f), height / 2);
    imgui::stroke_rect(ui::canvas(), pill.min(), pill.max(), theme.accent, height / 2, std::max(1.0f, px(1)));
    const ImU32 ink = hovered ? theme.on_accent : theme.text;
    ui::draw_text(font, {pill.x + px(12), pill.y + (height - imgui::font_size(font)) / 2}, ink, text);
    draw_icon(ui::canvas(), Icon::chevron_down, {pill.right() - px(15), pill.y + height / 2}, px(9), ink);
}

void draw_body(AppState& state, const Rect& rect) {
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::BeginChild("lesson.body", {rect.w, rect.h}, 0, ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav);
    ui::record("lesson.body", rect);
    LessonView& view = *state.lesson;
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const Player* player = state.desk->player();
    const float x = std::floor(origin.x + px(margin)), width = std::floor(rect.w - 2 * px(margin));
    float end = std::floor(origin.y + px(10));
    if (!state.desk->mistakes().empty()) end += draw_mistakes(state.desk->mistakes(), {x, end}, width);
    LessonScroll::Sheet places;
    if (player != nullptr) {
        const std::size_t step = player->step();
        if (view.step != step || view.lesson != player->lesson().path) view.begin_step();
        view.step = step;
        view.lesson = player->lesson().path;
        LessonSheet sheet{state, *player, x, end, width, origin.y, places};
        draw_step(sheet);
        end = sheet.y;
    }
    places.rest = px(16);
    places.content = end - origin.y + places.rest;
    places.height = rect.h;
    places.scroll = ImGui::GetScrollY();
    places.margin = px(12);
    ImGui::SetCursorScreenPos(origin);
    ImGui::Dummy({1, places.content});
    const float scroll_bar = places.content > rect.h ? ImGui::GetStyle().ScrollbarSize : 0;
    if (const std::optional<float> to = view.scroll.follow(std::move(places))) {
        ImGui::SetScrollY(*to);
        ui::wake_in(0);
    }
    if (view.scroll.has_more_below()) draw_more(view, rect, scroll_bar);
    ImGui::EndChild();
}

}  // namespace

float lesson_width(const AppState& state, const Rect& area) {
    const float least = px(least_width), most = std::max(least, area.w - px(least_panes));
    // Where there is no room for both, they share.
    if (area.w < px(least_width + least_panes)) return std::floor(area.w / 2);
    return std::floor(std::clamp(area.w * state.settings.layout.lesson_share, least, most));
}

void draw_lesson_splitter(AppState& state, const Rect& area, float x) {
    const Rect rect{x - px(4), area.y, px(8), area.h};
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::BeginChild("splitter.lesson", {rect.w, rect.h}, 0, ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav);
    ImVec2 moved;
    const bool held = ui::drag("splitter.lesson", rect, &moved, ImGuiMouseCursor_ResizeEW);
    const bool hovered = ImGui::IsWindowHovered() && rect.contains(ImGui::GetIO().MousePos);
    if (held) state.settings.layout.lesson_share = std::clamp(lesson_width(state, area) / area.w + moved.x / area.w, 0.15f, 0.7f);
    if (held || hovered) {
        const float thick = std::max(2.0f, px(2));
        ui::canvas().AddRectFilled({x - thick / 2, rect.y}, {x + thick / 2, rect.bottom()}, ui::theme().accent);
    }
    ImGui::EndChild();
}

void draw_lesson(AppState& state, const Rect& area) {
    const Theme& theme = ui::theme();
    ui::canvas().AddRectFilled(area.min(), area.max(), theme.panel);
    ui::record("pane.lesson", area, state.desk->path());
    const float head = std::floor(px(head_height)), foot = lesson_foot_height(area);
    draw_lesson_head(state, {area.x, area.y, area.w, head});
    if (!state.desk->is_open()) return;  // it was closed just now
    draw_body(state, {area.x, area.y + head, area.w, std::max(1.0f, area.h - head - foot)});
    draw_lesson_foot(state, {area.x, area.bottom() - foot, area.w, foot});
}

}  // namespace synoptic
