// What perform() is put together from, beside what app_state.h offers to everybody. Private to actions*.cpp.
#pragma once

#include "gui/app_state.h"

namespace synoptic {

// actions_time.cpp
/** Pauses everyone, or lets all go on at the chosen pace; from the past, back to live. */
void run_or_pause(AppState& state);
/** One move of one actor or segment; the first press only pauses. In the past, the next moment. */
void step(AppState& state);

// actions_programs.cpp
/** Delivers or drops the chosen segment, else the one that has waited longest. */
void move_segment(AppState& state, SegmentMove move);
/** Stops the server that is meant, or asks which. */
void stop_server(AppState& state);

// actions_copy.cpp
/** The selected thing in words, to the clipboard. */
void copy_selected(AppState& state);

// actions_panes.cpp
/** Shows this view (LowerTab) in the lower left pane; the calls again if it was there already. */
void show_lower(AppState& state, int tab);
/** Shows the database in the lower right pane; the inspector again if it was there already. */
void show_database(AppState& state);
/** Has the code pane do something, which must be in sight for it. */
void ask_code(AppState& state, CodeAsk ask);
/** By a key: shows it or hides it. */
void toggle_pane(AppState& state, Pane pane);
/** Keys that only the timeline knows do nothing while it is not there. */
bool shows_timeline(const AppState& state);

// actions_files.cpp
/** Has what is shown of the wire written beside earlier files of its kind. */
void save_capture(AppState& state);

}  // namespace synoptic
