// The lesson's pane at the left, and the chooser of lessons. Private to the window.
//
//   lesson.cpp           the pane: head, steps, foot        lesson_blocks.cpp    text, what is done, what is expected, quotes
//   lesson_question.cpp  questions and their reasons        lesson_list.cpp      the chooser
#pragma once

#include "gui/app_state.h"
#include "gui/lesson_desk.h"
#include "gui/panels/lesson_view.h"
#include "gui/panels/markdown_paint.h"

namespace synoptic {

/** The width that a lesson takes of the window, px. */
float lesson_width(const AppState& state, const ui::Rect& area);
void draw_lesson(AppState& state, const ui::Rect& area);
/** The handle between the lesson and the panes. */
void draw_lesson_splitter(AppState& state, const ui::Rect& area, float x);
/** Over everything. */
void draw_lesson_chooser(AppState& state, const ui::Rect& area);

/** A step's blocks are drawn from top to bottom; this is where the next one goes. */
struct LessonSheet {
    AppState& state;
    const Player& player;
    float x = 0, y = 0, width = 0;
    void gap(float at_zoom_1) { y += ui::px(at_zoom_1); }
};

/** Draws one block of the step at the sheet's place. */
void draw_lesson_block(LessonSheet& sheet, std::size_t number);
void draw_lesson_question(LessonSheet& sheet, const QuestionBlock& question);
/** A calm word in a box of its own: what was found, what is missing. */
void draw_lesson_word(LessonSheet& sheet, const char* id, const char* title, const std::string& text, ImU32 colour);

}  // namespace synoptic
