#include "gui/keys.h"

#include <GLFW/glfw3.h>

#include <cctype>

namespace synoptic {
namespace {

constexpr int ctrl = GLFW_MOD_CONTROL, shift = GLFW_MOD_SHIFT;
constexpr int only_told = -2;  // no key of this number: lesson_keys.cpp says when the keys that are told mean this

constexpr KeyBinding bindings[] = {
    {Action::start_server, GLFW_KEY_S, 0, "S", "Start a server", "Servers and clients"},
    {Action::stop_server, GLFW_KEY_S, shift, "Shift S", "Stop the server", nullptr},
    {Action::next_workers, GLFW_KEY_W, 0, "W", "Next worker model", nullptr},
    {Action::server_options, GLFW_KEY_O, 0, "O", "Options of the next server", nullptr},
    {Action::add_client, GLFW_KEY_C, 0, "C", "Add a client", nullptr},
    {Action::add_ten_clients, GLFW_KEY_C, shift, "Shift C", "Add ten clients", nullptr},
    {Action::chatter, GLFW_KEY_M, 0, "M", "Let clients chatter, or be silent", nullptr},
    {Action::demonstrations, GLFW_KEY_D, 0, "D", "Demonstrations", nullptr},

    {Action::lessons, GLFW_KEY_F6, 0, "F6", "Choose a lesson", "Lessons"},
    {Action::lesson_steps, GLFW_KEY_F6, shift, "Shift F6", "The steps of this lesson", nullptr},
    {Action::speaker_notes, GLFW_KEY_F12, 0, "F12", "Speaker notes in a window of their own", nullptr},
    {Action::lesson_next, only_told, 0, "Page Down", "In a lesson: read on, then the next step; skip a question", nullptr},
    {Action::lesson_back, only_told, 0, "Page Up", "In a lesson: to the top of the step, then the step before", nullptr},
    {Action::restart_step, only_told, 0, "Shift Page Up", "In a lesson: restart this step", nullptr},
    {Action::none, only_told, 0, "1 … 9", "In a lesson: answer a question", nullptr},

    {Action::step, GLFW_KEY_SPACE, 0, "Space", "One step", "Time"},
    {Action::step, GLFW_KEY_F10, 0, "F10", nullptr, nullptr},
    {Action::step, GLFW_KEY_PAGE_DOWN, 0, "Page Down", nullptr, nullptr},
    {Action::back, GLFW_KEY_PAGE_UP, 0, "Page Up", "Back: look at the moment before", nullptr},
    {Action::back, GLFW_KEY_BACKSPACE, 0, "Backspace", nullptr, nullptr},
    {Action::run_or_pause, GLFW_KEY_P, 0, "P", "Pause everyone, or run", nullptr},
    {Action::run_or_pause, GLFW_KEY_F5, 0, "F5", nullptr, nullptr},
    {Action::slower, GLFW_KEY_COMMA, 0, ",", "Slower", nullptr},
    {Action::faster, GLFW_KEY_PERIOD, 0, ".", "Faster", nullptr},
    {Action::first, GLFW_KEY_HOME, 0, "Home", "To the beginning", nullptr},
    {Action::live, GLFW_KEY_END, 0, "End", "Back to live", nullptr},
    {Action::earlier_touching, GLFW_KEY_LEFT_BRACKET, 0, "[", "The event before that touches what is selected", nullptr},
    {Action::later_touching, GLFW_KEY_RIGHT_BRACKET, 0, "]", "The next event that touches what is selected", nullptr},
    {Action::go_to_number, GLFW_KEY_J, 0, "J", "Go to an event by its number", nullptr},
    {Action::bookmark, GLFW_KEY_K, 0, "K", "Set a bookmark here, or take it away", nullptr},
    {Action::next_bookmark, GLFW_KEY_K, shift, "Shift K", "To the next bookmark", nullptr},

    {Action::hold, GLFW_KEY_H, 0, "H", "Hold every segment, or let all go", "The wire"},
    {Action::deliver, GLFW_KEY_G, 0, "G", "Deliver the chosen segment, or the one that waits longest", nullptr},
    {Action::deliver_all, GLFW_KEY_G, shift, "Shift G", "Deliver all that wait", nullptr},
    {Action::drop, GLFW_KEY_X, 0, "X", "Drop the chosen segment, or the one that waits longest", nullptr},
    {Action::export_capture, GLFW_KEY_E, ctrl, "Ctrl E", "Save the segments for Wireshark", nullptr},
    {Action::wire_menu, GLFW_KEY_N, 0, "N", "The wire: rules, terminals, export", nullptr},

    {Action::breakpoint, GLFW_KEY_F9, 0, "F9", "Set or clear a breakpoint on the chosen line", "The code"},
    {Action::pin_code, GLFW_KEY_U, 0, "U", "Keep this file in sight, or follow what happens", nullptr},
    {Action::next_call, GLFW_KEY_F8, 0, "F8", "The next call of the chosen line", nullptr},
    {Action::previous_call, GLFW_KEY_F8, shift, "Shift F8", "The call of that line before", nullptr},
    {Action::next_difference, GLFW_KEY_F7, 0, "F7", "The next difference from the corrected program", nullptr},
    {Action::previous_difference, GLFW_KEY_F7, shift, "Shift F7", "The difference before", nullptr},

    {Action::save_recording, GLFW_KEY_S, ctrl, "Ctrl S", "Save a recording", "Files"},
    {Action::open_recording, GLFW_KEY_O, ctrl, "Ctrl O", "Open a recording, in a window of its own", nullptr},
    {Action::export_history, GLFW_KEY_E, ctrl | shift, "Ctrl Shift E", "Export: transcript, trace, segments, picture", nullptr},

    {Action::preset_lecture, GLFW_KEY_F2, 0, "F2", "Lecture: large, light, two panes", "The window"},
    {Action::preset_explore, GLFW_KEY_F3, 0, "F3", "Explore: all panes", nullptr},
    {Action::preset_code, GLFW_KEY_F4, 0, "F4", "Code: the source beside the stage", nullptr},
    {Action::pane_stage, GLFW_KEY_1, 0, "1", "Show or hide the stage", nullptr},
    {Action::pane_calls, GLFW_KEY_2, 0, "2", "Show or hide the calls", nullptr},
    {Action::pane_code, GLFW_KEY_3, 0, "3", "Show or hide the code", nullptr},
    {Action::pane_inspector, GLFW_KEY_4, 0, "4", "Show or hide the inspector", nullptr},
    {Action::tab_ladder, GLFW_KEY_L, 0, "L", "The ladder of one connection, or the calls", nullptr},
    {Action::tab_states, GLFW_KEY_A, 0, "A", "The states of TCP, or the calls", nullptr},
    {Action::tab_bytes, GLFW_KEY_B, 0, "B", "The bytes of one connection, or the calls", nullptr},
    {Action::tab_database, GLFW_KEY_R, 0, "R", "A key-value server's database, or the inspector", nullptr},
    {Action::tab_timeline, GLFW_KEY_I, 0, "I", "The timeline of everybody, or the calls", nullptr},
    {Action::timeline_in, GLFW_KEY_EQUAL, 0, "+", "The timeline nearer; − farther, 0 all of it", nullptr},
    {Action::timeline_in, GLFW_KEY_EQUAL, shift, nullptr, nullptr, nullptr},
    {Action::timeline_in, GLFW_KEY_KP_ADD, 0, nullptr, nullptr, nullptr},
    {Action::timeline_out, GLFW_KEY_MINUS, 0, "−", nullptr, nullptr},
    {Action::timeline_out, GLFW_KEY_KP_SUBTRACT, 0, nullptr, nullptr, nullptr},
    {Action::timeline_fit, GLFW_KEY_0, 0, "0", nullptr, nullptr},
    {Action::timeline_fit, GLFW_KEY_KP_0, 0, nullptr, nullptr, nullptr},
    {Action::fill, GLFW_KEY_F, 0, "F", "Maximise the pane under the pointer", nullptr},
    {Action::fullscreen, GLFW_KEY_F11, 0, "F11", "The window fills the screen", nullptr},
    {Action::view_menu, GLFW_KEY_V, 0, "V", "View menu", nullptr},

    {Action::zoom_in, GLFW_KEY_EQUAL, ctrl, "Ctrl +", "Larger", "Looks and the rest"},
    {Action::zoom_in, GLFW_KEY_KP_ADD, ctrl, nullptr, nullptr, nullptr},
    {Action::zoom_in, GLFW_KEY_EQUAL, ctrl | shift, nullptr, nullptr, nullptr},
    {Action::zoom_out, GLFW_KEY_MINUS, ctrl, "Ctrl −", "Smaller", nullptr},
    {Action::zoom_out, GLFW_KEY_KP_SUBTRACT, ctrl, nullptr, nullptr, nullptr},
    {Action::zoom_reset, GLFW_KEY_0, ctrl, "Ctrl 0", "100 %", nullptr},
    {Action::zoom_reset, GLFW_KEY_KP_0, ctrl, nullptr, nullptr, nullptr},
    {Action::theme, GLFW_KEY_T, 0, "T", "Dark or light", nullptr},
    {Action::copy, GLFW_KEY_C, ctrl, "Ctrl C", "Copy what is selected", nullptr},
    {Action::help, GLFW_KEY_F1, 0, "F1", "This overview", nullptr},
    {Action::escape, GLFW_KEY_ESCAPE, 0, "Escape", "Close, restore, select nothing", nullptr},
    {Action::quit, GLFW_KEY_Q, ctrl, "Ctrl Q", "Close the window", nullptr},
};

/** Keys with a printed sign stand elsewhere on other layouts: the sign counts, not the place. */
int by_layout(int key, int scancode) {
    if (key < GLFW_KEY_SPACE + 1 || key > GLFW_KEY_GRAVE_ACCENT) return key;
    const char* name = glfwGetKeyName(key, scancode);
    if (name == nullptr || name[0] == 0 || name[1] != 0) return key;
    if (name[0] == '+') return GLFW_KEY_EQUAL;
    return std::toupper(static_cast<unsigned char>(name[0]));
}

bool types_something(int key, int mods) {
    if ((mods & (GLFW_MOD_CONTROL | GLFW_MOD_ALT)) != 0)
        return key == GLFW_KEY_C || key == GLFW_KEY_V || key == GLFW_KEY_X || key == GLFW_KEY_A;
    const bool moves_caret = key == GLFW_KEY_HOME || key == GLFW_KEY_END;
    return key < GLFW_KEY_ESCAPE || key == GLFW_KEY_BACKSPACE || moves_caret;
}

}  // namespace

std::span<const KeyBinding> key_bindings() {
    return bindings;
}

std::string keys_of(Action action) {
    std::string all;
    for (const KeyBinding& binding : bindings) {
        if (binding.action != action || binding.text == nullptr) continue;
        all += (all.empty() ? "" : ", ") + std::string(binding.text);
    }
    return all;
}

bool goes_on_while_held(Action action) {
    switch (action) {
        case Action::step:
        case Action::back:
        case Action::slower:
        case Action::faster:
        case Action::earlier_touching:
        case Action::later_touching:
        case Action::next_bookmark:
        case Action::next_call:
        case Action::previous_call:
        case Action::next_difference:
        case Action::previous_difference:
        case Action::timeline_in:
        case Action::timeline_out:
        case Action::zoom_in:
        case Action::zoom_out:
            return true;
        default:
            return false;
    }
}

Action action_of(int key, int scancode, int mods, bool typing) {
    const int wanted = by_layout(key, scancode), held = mods & (ctrl | shift | GLFW_MOD_ALT | GLFW_MOD_SUPER);
    if (typing && types_something(wanted, held)) return Action::none;
    for (const KeyBinding& binding : bindings) {
        if (binding.key == wanted && binding.mods == held) return binding.action;
    }
    // The overview, as many programs have it; the sign's place differs between layouts.
    if (!typing && (wanted == '?' || (wanted == GLFW_KEY_SLASH && held == shift))) return Action::help;
    // On layouts where + or digits need Shift.
    if (wanted == GLFW_KEY_EQUAL && (held & ctrl) != 0) return Action::zoom_in;
    return Action::none;
}

}  // namespace synoptic
