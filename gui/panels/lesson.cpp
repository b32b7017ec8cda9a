// The lesson's pane: its head, the step as far as it was reached, and the foot with what is waited for, how far one is, and the way on.
#include "gui/panels/lesson.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using State = Player::State;
using ui::px;
using ui::Rect;

constexpr float head_height = 34, foot_height = 104, margin = 18;  // at zoom 1
constexpr float least_width = 340, least_panes = 300;

bool button(const char* id, Icon icon, const char* label, const char* tip, bool enabled = true, ui::Look look = ui::Look::quiet,
            float height = 24) {
    ui::Face face;
    face.icon = icon;
    face.label = label;
    face.look = look;
    face.height = height;
    face.enabled = enabled;
    return ui::button(id, face, tip);
}

void draw_steps_menu(AppState& state, const Rect& anchor) {
    if (std::exchange(state.lesson->steps_menu, false)) ui::open_menu("lesson.steps");
    if (!ui::begin_menu("lesson.steps", anchor, 320)) return;
    const Player* player = state.desk->player();
    if (player != nullptr) {
        ui::menu_heading("Steps: the lesson plays up to the one you choose");
        const std::size_t reached = state.desk->progress().of(player->lesson().name).reached;
        for (std::size_t step = 0; step < player->lesson().steps.size(); ++step) {
            const std::string heading =
                step == 0 ? "Introduction" : fmt::format("{}. {}", step, plain_text(player->lesson().steps[step].heading));
            const std::string id = fmt::format("lesson.step.{}", step);
            const char* sign = step == player->step() ? "here" : step < player->step() || step <= reached ? "✓" : "";
            if (ui::menu_entry(id.c_str(), heading.c_str(), sign)) state.desk->jump(step);
        }
        ui::menu_line();
    }
    if (ui::menu_entry("lesson.restart", "Restart the lesson")) state.desk->restart();
    if (ui::menu_entry("lesson.restart_step", "Restart this step", keys_of(Action::restart_step).c_str())) state.ask(Action::restart_step);
    if (ui::menu_entry("lesson.notes", "Speaker notes in a window", keys_of(Action::speaker_notes).c_str(), state.lesson->notes))
        state.ask(Action::speaker_notes);
    if (ui::menu_entry("lesson.others", "Other lessons", keys_of(Action::lessons).c_str())) state.ask(Action::lessons);
    ui::end_menu();
}

void draw_head(AppState& state, const Rect& rect) {
    const Theme& theme = ui::theme();
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::BeginChild("lesson.head", {rect.w, rect.h}, 0,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
    const float middle = rect.y + rect.h / 2 + px(1), top = std::floor(middle - px(12));
    float right = rect.right() - px(8);
    const auto corner = [&](const char* id, Icon icon, const char* tip) {
        right -= px(24);
        ImGui::SetCursorScreenPos({std::floor(right), top});
        return button(id, icon, "", tip);
    };
    if (corner("lesson.close", Icon::close, "Close the lesson: what it has started ends, the panes come back")) close_lesson(state);
    if (corner("lesson.menu", Icon::more, "Steps, restart, speaker notes, other lessons  (Shift F6)")) state.lesson->steps_menu = true;
    draw_steps_menu(state, ui::last_rect());
    const Player* player = state.desk->player();
    const std::string title = player == nullptr             ? "Lesson"
                              : player->lesson().number > 0 ? fmt::format("Lesson {}", player->lesson().number)
                                                            : "Lesson";
    const float line = imgui::font_size(ui::fonts().strong), small = imgui::font_size(ui::fonts().small_text), x = rect.x + px(margin);
    const float width = ui::draw_text(ui::fonts().strong, {x, middle - line / 2}, theme.text, title) + px(10);
    if (player != nullptr)
        ui::draw_text(ui::fonts().small_text, {x + width, middle - small / 2}, theme.text_dim, player->lesson().title,
                      right - x - width - px(8));
    ImGui::EndChild();
}

/** The mistakes of the file, as they are now: the lesson goes on as it was read before. */
float draw_mistakes(const std::vector<Mistake>& mistakes, ImVec2 at, float width) {
    constexpr std::size_t most = 12;
    std::string text;
    for (std::size_t index = 0; index < std::min(most, mistakes.size()); ++index)
        text += (text.empty() ? "" : "\n") + mistakes[index].text();
    if (mistakes.size() > most) text += fmt::format("\nand {} more", mistakes.size() - most);
    ImFont* font = ui::fonts().code_small;
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
    std::size_t right = 0;
    const std::size_t count = sheet.player.lesson().question_count();
    for (const auto& [step, question] : sheet.player.lesson().questions()) {
        const Answered* answered = sheet.player.answered(question->number_of_question);
        right += answered && answered->right;
    }
    const LessonEntry* next = lesson_after(state.desk->list(), sheet.player.lesson().name);
    std::string text = count == 0 ? "" : fmt::format("{} of {} answers right. ", right, count);
    text += next != nullptr ? fmt::format("Next comes lesson {}: {}.", next->number, next->title) : "This was the last lesson.";
    draw_lesson_word(sheet, "lesson.end", "The end of this lesson", text, ui::theme().alive);
}

/** Who is who: the lesson's names beside those on the stage. A click selects. Returns the height. */
float draw_names(AppState& state, const Player& player, float x, float y, float width) {
    const Theme& theme = ui::theme();
    ImFont* font = ui::fonts().small_text;
    const float line = imgui::font_size(font) + px(6);
    float at = 0, row = 0;
    bool any = false;
    for (const auto& [id, program] : state.moment.live().programs) {
        const std::string name = player.name_of(id);
        if (name.empty() || (program.state == Program::State::ended && program.trouble.empty())) continue;
        const std::string label = program.label.empty() ? program.name : program.label;
        if (label == name) continue;
        const float name_width = ui::text_width(font, name), whole = name_width + ui::text_width(font, " = " + label);
        if (any && at + whole > width) {
            at = 0;
            row += line;
        }
        const ui::Rect rect{x + at, y + row, std::min(whole, width), line};
        bool hovered = false;
        const std::string widget = "lesson.name." + name;
        if (ui::hit(widget.c_str(), rect, name + " = " + label, &hovered, "Select it everywhere")) {
            state.selection = Selection{};
            state.selection.program = id;
        }
        ui::draw_text(font, {rect.x, rect.y}, program.is_server ? theme.server : theme.client, name);
        ui::draw_text(font, {rect.x + name_width, rect.y}, hovered ? theme.text : theme.text_dim, " = " + label, rect.w - name_width);
        at += whole + px(14);
        any = true;
    }
    return any ? row + line : 0;
}

void draw_step(LessonSheet& sheet) {
    const Player& player = sheet.player;
    const LessonStep& step = player.lesson().steps[player.step()];
    const std::string heading = player.step() == 0 ? player.lesson().title : plain_text(step.heading);
    const float height =
        ui::draw_wrapped(ui::fonts().title, {sheet.x, sheet.y}, ui::theme().text, ui::showable(ui::fonts().title, heading), sheet.width);
    ui::record("lesson.heading", {sheet.x, sheet.y, sheet.width, height}, heading, std::to_string(player.step()));
    sheet.y += height + px(12);
    if (const float names = draw_names(sheet.state, player, sheet.x, sheet.y, sheet.width); names > 0) sheet.y += names + px(8);
    if (player.state() == State::impossible)
        draw_lesson_word(sheet, "lesson.impossible", "This lesson can't be played here", player.why(), ui::theme().trouble);
    LessonView& view = *sheet.state.lesson;
    float anchor = sheet.y;
    const float top = ImGui::GetCursorScreenPos().y;
    const std::size_t shown = std::min(player.blocks_shown(), step.blocks.size());
    for (std::size_t block = 0; block < shown; ++block) {
        if (block == view.anchor) anchor = sheet.y;
        draw_lesson_block(sheet, block);
    }
    for (const std::string& remark : player.remarks())
        draw_lesson_word(sheet, "lesson.remark", "Left out here", remark, ui::theme().blocked);
    if (player.state() == State::ended) draw_end(sheet);
    view.anchor_top = anchor - top;
}

/** What the user has come from stays in sight while what follows comes below it. */
void follow(LessonView& view, const Player& player, float content, float height) {
    const State now = player.state();
    const bool other_step = view.step != player.step();
    if (other_step) {
        view.anchor = 0;
    } else if (view.state == State::asks && now != State::asks) {
        view.anchor = view.shown > 0 ? view.shown - 1 : 0;  // the question, with its reason
    } else if ((view.state == State::stands || view.state == State::failed) && now != view.state) {
        view.anchor = view.shown;
    }
    if (other_step) {
        ImGui::SetScrollY(0);
    } else if (content != view.content) {
        ImGui::SetScrollY(std::clamp(view.anchor_top - px(12), 0.0f, std::max(0.0f, content - height)));
    }
    view.step = player.step();
    view.shown = player.blocks_shown();
    view.state = now;
    view.content = content;
}

void draw_body(AppState& state, const Rect& rect) {
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::BeginChild("lesson.body", {rect.w, rect.h}, 0, ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav);
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const Player* player = state.desk->player();
    const float x = std::floor(origin.x + px(margin)), width = std::floor(rect.w - 2 * px(margin));
    float end = std::floor(origin.y + px(10));
    if (!state.desk->mistakes().empty()) end += draw_mistakes(state.desk->mistakes(), {x, end}, width);
    if (player != nullptr) {
        LessonSheet sheet{state, *player, x, end, width};
        draw_step(sheet);
        end = sheet.y;
    }
    const float content = end - origin.y + px(16);
    ImGui::SetCursorScreenPos(origin);
    ImGui::Dummy({1, content});
    if (player != nullptr) follow(*state.lesson, *player, content, rect.h);
    ImGui::EndChild();
}

/** What is going on, and what is to be done about it. */
std::string status_of(const Player& player) {
    switch (player.state()) {
        case State::prepares:
            return "Getting ready …";
        case State::does:
        case State::expects: {
            if (player.hurries()) return "Playing up to this step …";
            const std::string what = player.waits_for();
            return what.empty() ? "Working …" : "Waiting until " + what;
        }
        case State::asks:
            if (player.question() && player.question()->choices.empty()) return "What do you think? Type a number, then Enter";
            return "What do you think? Click, or press its number";
        case State::reveals:
            return "The kernel decides: " + player.waits_for();
        case State::stands:
            return "Page Down goes on";
        case State::failed:
            return "Go on all the same, or restart this step";
        case State::ended:
            return "Done";
        case State::impossible:
            return "";
    }
    return "";
}

const char* next_label(const Player& player) {
    if (player.state() == State::asks) return "Skip";
    if (player.state() == State::ended) return "Next lesson";
    if (player.state() == State::failed) return "Go on";
    return player.step() + 1 == player.lesson().steps.size() ? "Finish" : "Next";
}

bool can_go_on(const AppState& state, const Player& player) {
    if (player.hurries()) return false;
    return player.state() == State::asks || player.state() == State::stands || player.state() == State::failed ||
           (player.state() == State::ended && !state.desk->progress().all().empty());
}

/** A bar for each step: done, here, to come. */
void draw_progress(AppState& state, const Player& player, const Rect& rect) {
    const Theme& theme = ui::theme();
    const std::size_t count = player.lesson().steps.size() - 1;
    if (count == 0) return;
    const float gap = px(4), width = (rect.w - gap * static_cast<float>(count - 1)) / static_cast<float>(count);
    for (std::size_t step = 1; step <= count; ++step) {
        const float x = rect.x + static_cast<float>(step - 1) * (width + gap), middle = rect.y + rect.h / 2, half = px(2.5f);
        const bool here = step == player.step(), done = step < player.step() || player.state() == State::ended;
        const Rect bar{x, rect.y, width, rect.h};
        const std::string id = fmt::format("lesson.progress.{}", step);
        bool hovered = false;
        const std::string tip = fmt::format("{}. {}", step, plain_text(player.lesson().steps[step].heading));
        if (ui::hit(id.c_str(), bar, tip, &hovered, tip.c_str())) state.desk->jump(step);
        const ImU32 colour = done ? theme.alive : here ? theme.accent : hovered ? theme.text_faint : theme.outline_strong;
        ui::canvas().AddRectFilled({x, middle - (here ? half + px(1) : half)}, {x + width, middle + (here ? half + px(1) : half)}, colour,
                                   half);
    }
}

void draw_foot(AppState& state, const Rect& rect) {
    const Theme& theme = ui::theme();
    const Player* player = state.desk->player();
    ui::canvas().AddLine({rect.x, rect.y}, {rect.right(), rect.y}, theme.outline);
    if (player == nullptr) return;
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::BeginChild("lesson.foot", {rect.w, rect.h}, 0,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
    const float x = rect.x + px(margin), width = rect.w - 2 * px(margin);
    draw_progress(state, *player, {x, rect.y + px(8), width, px(14)});
    const std::string status = status_of(*player);
    const bool waits = player->state() == State::does || player->state() == State::expects || player->state() == State::reveals ||
                       player->state() == State::prepares;
    const float text_y = rect.y + px(30);
    if (waits)
        draw_icon(ui::canvas(), Icon::clock, {x + px(7), text_y + imgui::font_size(ui::fonts().small_text) / 2}, px(12), theme.blocked);
    const float indent = waits ? px(20) : 0;
    ui::draw_text(ui::fonts().small_text, {x + indent, text_y}, theme.text_dim, status, width - indent);
    ui::record("lesson.status", {x, text_y, width, px(16)}, status, state_name(player->state()));

    const float y = std::floor(rect.bottom() - px(42));
    ImGui::SetCursorScreenPos({std::floor(x), y});
    if (button("lesson.back", Icon::chevron_left, "Back", "To the step before  (Page Up)", player->step() > 0, ui::Look::plain, 30))
        state.ask(Action::lesson_back);
    ImGui::SetCursorScreenPos({std::floor(ui::last_rect().right() + px(8)), y});
    if (button("lesson.again", Icon::none, "Restart step", "Plays again up to the beginning of this step  (Shift Page Up)", true,
               ui::Look::plain, 30))
        state.ask(Action::restart_step);
    ui::Face next;
    next.label = next_label(*player);
    next.icon = Icon::chevron_right;
    next.icon_right = true;
    next.look = player->state() == State::asks ? ui::Look::plain : ui::Look::primary;
    next.enabled = can_go_on(state, *player);
    ImGui::SetCursorScreenPos({std::floor(rect.right() - px(margin) - ui::button_width(next)), y});
    if (ui::button("lesson.next", next, "Page Down")) state.ask(Action::lesson_next);
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
    const float head = std::floor(px(head_height)), foot = std::floor(px(foot_height));
    draw_head(state, {area.x, area.y, area.w, head});
    if (!state.desk->is_open()) return;  // it was closed just now
    draw_body(state, {area.x, area.y + head, area.w, std::max(1.0f, area.h - head - foot)});
    draw_foot(state, {area.x, area.bottom() - foot, area.w, foot});
}

}  // namespace synoptic
