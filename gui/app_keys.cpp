// What keys ask for, and what of that only the window itself can do.
#include <GLFW/glfw3.h>

#include "gui/app_class.h"
#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/panels/lesson.h"
#include "gui/widgets.h"
#include "imgui.h"

namespace synoptic {

void App::handle_keys() {
    AppState& state = *state_;
    const bool typing = ImGui::GetIO().WantTextInput;
    std::vector<KeyPress> presses = window_.take_keys();
    for (const KeyPress& press : notes_.take_keys()) presses.push_back(press);
    for (const KeyPress& press : presses) {
        const bool enter = press.key == GLFW_KEY_ENTER || press.key == GLFW_KEY_KP_ENTER, escape = press.key == GLFW_KEY_ESCAPE;
        if (press.repeated && (enter || escape)) continue;  // one press, one answer
        if (escape) ui::press_escape();
        if (enter) ui::press_enter();
        const bool asked = state.asks_something() || state.past.asks();
        const auto was_done = [&](Action one) { return press.repeated && !goes_on_while_held(one); };
        Action action = action_of(press.key, press.scancode, press.mods, typing);
        if (!asked && !ui::menu_is_open() && !was_done(action)) action = turn_key_to_lesson(state, action, press.key, press.mods, typing);
        if (state.lesson->chooser) turn_chooser(state, press.key);
        if (action == Action::none || was_done(action)) continue;
        ui::hide_tooltip();
        const bool looks =
            action == Action::zoom_in || action == Action::zoom_out || action == Action::zoom_reset || action == Action::theme;
        if (ui::menu_is_open()) {
            // A menu is used with the arrows, Enter and Escape, which ImGui and begin_menu take.
            if (looks) state.ask(action);
            continue;
        }
        if (action == Action::step && imgui::keyboard_navigates()) continue;  // Space presses the highlighted button
        const bool typed = state.files.task == FileTask::none || state.files.path != state.files.offered;
        if (typing && action == Action::escape && typed) continue;                    // takes back what was typed, and leaves the field
        if (state.files.task != FileTask::none && action == Action::theme) continue;  // beside its field
        const bool answers = action == Action::live && !state.asks_something();
        if (asked && !answers && !looks && action != Action::escape && action != Action::help && action != Action::lessons) continue;
        state.ask(action);
    }
}

void App::handle_action(Action action) {
    AppState& state = *state_;
    if (perform_in_lesson(state, action) || perform(state, action)) return;
    const float width = static_cast<float>(window_.width());
    switch (action) {
        case Action::preset_lecture:
            apply_preset(state, Preset::lecture, width);
            break;
        case Action::preset_explore:
            apply_preset(state, Preset::explore, width);
            break;
        case Action::preset_code:
            apply_preset(state, Preset::code, width);
            break;
        case Action::fullscreen:
            window_.toggle_fullscreen();
            break;
        case Action::quit:
            ask_to_close();
            break;
        default:
            break;
    }
}

}  // namespace synoptic
