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

}  // namespace synoptic
