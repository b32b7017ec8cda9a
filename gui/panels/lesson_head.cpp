// The upper edge of the lesson's pane: its title, the menu of steps, and the way out.
#include <fmt/format.h>

#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/panels/lesson.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float margin = 18;  // at zoom 1

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
            if (ui::menu_entry(id.c_str(), heading.c_str(), sign)) turn_lesson(state, [&] { return state.desk->jump(step); });
        }
        ui::menu_line();
    }
    if (ui::menu_entry("lesson.restart", "Restart the lesson")) turn_lesson(state, [&] { return state.desk->restart(); });
    if (ui::menu_entry("lesson.restart_step", "Restart this step", keys_of(Action::restart_step).c_str())) state.ask(Action::restart_step);
    if (ui::menu_entry("lesson.notes", "Speaker notes in a window", keys_of(Action::speaker_notes).c_str(), state.lesson->notes))
        state.ask(Action::speaker_notes);
    if (ui::menu_entry("lesson.others", "Other lessons", keys_of(Action::lessons).c_str())) state.ask(Action::lessons);
    ui::end_menu();
}

}  // namespace

void draw_lesson_head(AppState& state, const Rect& rect) {
    const Theme& theme = ui::theme();
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::BeginChild("lesson.head", {rect.w, rect.h}, 0,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
    const float middle = rect.y + rect.h / 2 + px(1), top = std::floor(middle - px(12));
    float right = rect.right() - px(8);
    const auto corner = [&](const char* id, Icon icon, const char* tip) {
        right -= px(24);
        ImGui::SetCursorScreenPos({std::floor(right), top});
        ui::Face face;
        face.icon = icon;
        face.look = ui::Look::quiet;
        face.height = 24;
        return ui::button(id, face, tip);
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

}  // namespace synoptic
