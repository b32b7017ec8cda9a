// The lesson's pane at the left, and the chooser of lessons. Private to the window.
//
//   lesson.cpp           the pane, the step in it           lesson_head.cpp, lesson_foot.cpp   title and menu; progress, status, the way on
//   lesson_question.cpp  questions and their reasons        lesson_blocks.cpp                  text, what is done, what is expected, quotes
//   lesson_list.cpp      the chooser
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
    float top = 0;  // of the whole text
    LessonScroll::Sheet& places;
    /** What is drawn now is a part that comes by itself; or a place at which a page may begin. */
    void part() { places.parts.push_back(y - top); }
    void stop() { places.stops.push_back(y - top); }
    void gap(float at_zoom_1) { y += ui::px(at_zoom_1); }
};

/** The pane's upper and lower edge: title and menu; progress, what is waited for, and the way on. */
void draw_lesson_head(AppState& state, const ui::Rect& rect);
void draw_lesson_foot(AppState& state, const ui::Rect& rect);
/** The foot's height, px: where there is little room, it takes less. */
float lesson_foot_height(const ui::Rect& pane);

/** Draws one block of the step at the sheet's place. */
void draw_lesson_block(LessonSheet& sheet, std::size_t number);
void draw_lesson_question(LessonSheet& sheet, const QuestionBlock& question);
/** A calm word in a box of its own: what was found, what is missing. */
void draw_lesson_word(LessonSheet& sheet, const char* id, const char* title, const std::string& text, ImU32 colour);

}  // namespace synoptic
