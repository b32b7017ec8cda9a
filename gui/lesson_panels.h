// The panels that a lesson's step needs, and what it wants selected; and how the window was before. The window's thread only.
#pragma once

#include <functional>
#include <string>

#include "gui/app_state.h"
#include "gui/lesson_desk.h"
#include "gui/panels/lesson_view.h"

namespace synoptic {

/** Opens a lesson in this window; a step other than 0 is played up to. */
void open_lesson(AppState& state, const std::string& path, std::size_t step = 0);
/** Ends it; the panes come back as they were before the first one. */
void close_lesson(AppState& state);
/** Each frame: what the step shows. What the user changes stays until the next step asks for something else. */
void follow_lesson(AppState& state);
/** The settings to be kept: those that were there before a lesson asked for panels of its own. */
Settings settings_to_keep(const AppState& state);
/** Leads the lesson to another step, or to the same one again: `turn` is one of the desk's, which says whether that can be. */
void turn_lesson(AppState& state, const std::function<bool()>& turn);
/** Answers the question that is asked; nothing where none is. */
void choose_in_lesson(AppState& state, std::size_t choice);
void answer_in_lesson(AppState& state, std::int64_t number);
/** Before a frame begins: digits that were pressed for the number that is asked for go to its field, once that has the keyboard. */
void feed_digits(AppState& state);
/** Carries out what keys and buttons ask of a lesson. True if it was one of these. */
bool perform_in_lesson(AppState& state, Action action);
/** What the presenter sees of a step; the time is not set. */
void fill_notes_page(NotesPage& page, const Player& player);
/** Opens it where it was left; one that is done, from its beginning. */
void open_lesson_entry(AppState& state, const LessonEntry& entry);
/** In the chooser: the arrows, Home and End; Enter opens. */
void turn_chooser(AppState& state, int key);
/** What a key asks for while a lesson is open, or before anything was started: the presenter's keys turn its steps, digits answer. */
Action turn_key_to_lesson(AppState& state, Action action, int key, int mods, bool typing);

}  // namespace synoptic
