// What can be done by key: one table for the keyboard, the tooltips and the overview (F1).
#pragma once

#include <span>
#include <string>

namespace synoptic {

enum class Action {
    none,
    start_server,
    stop_server,
    server_options,
    next_workers,
    demonstrations,
    lessons,            // the chooser
    open_first_lesson,  // the one to go on with
    lesson_next,
    lesson_back,
    restart_step,
    lesson_steps,
    speaker_notes,
    add_client,
    add_ten_clients,
    chatter,
    step,
    back,
    run_or_pause,
    slower,
    faster,
    first,
    live,
    earlier_touching,
    later_touching,
    go_to_number,
    bookmark,
    next_bookmark,
    copy,
    fill,
    hold,
    deliver,
    drop,
    deliver_all,
    wire_menu,
    export_capture,
    save_recording,
    open_recording,
    export_history,
    save_panel,
    file_menu,
    tab_ladder,
    tab_states,
    tab_bytes,
    tab_database,
    tab_timeline,
    timeline_in,
    timeline_out,
    timeline_fit,
    pane_stage,
    pane_calls,
    pane_code,
    pane_inspector,
    pin_code,
    breakpoint,
    next_difference,
    previous_difference,
    next_call,
    previous_call,
    view_menu,
    preset_lecture,
    preset_explore,
    preset_code,
    zoom_in,
    zoom_out,
    zoom_reset,
    theme,
    fullscreen,
    help,
    escape,
    quit,
};

struct KeyBinding {
    Action action;
    int key;            // GLFW_KEY_…; letters are matched by what the keyboard's layout types
    int mods;           // GLFW_MOD_…
    const char* text;   // "Ctrl +"
    const char* what;   // "Zoom in"; null: a further key of the binding before it
    const char* group;  // heading of the overview; null: as the one before
};

std::span<const KeyBinding> key_bindings();
/** The keys of an action as people read them, "Space, F10, Page Down". */
std::string keys_of(Action action);
/** True for what a key that is held does again and again: to move in time, in size and from one to the next. All else is done once for a press, so that
    a finger that rests neither turns the steps of a lesson nor starts a crowd. */
bool goes_on_while_held(Action action);
/** What a pressed key asks for. While a field is typed in, only keys that type nothing count. */
Action action_of(int key, int scancode, int mods, bool typing);

}  // namespace synoptic
