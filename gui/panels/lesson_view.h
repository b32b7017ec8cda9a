// How the window looks at the lesson that is open: what was scrolled and typed, and which panels its step has asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/lesson/player.h"
#include "gui/lesson_scroll.h"
#include "gui/notes_window.h"
#include "gui/settings.h"
#include "gui/ui.h"

namespace synoptic {

struct LessonView {
    // The pane.
    std::string lesson;    // its path, and
    std::size_t step = 0;  // its step: what was drawn last
    LessonScroll scroll;
    std::string number;  // typed as an answer
    int focused = 0;     // the question whose field has been given the keyboard
    std::string typed;   // digits that came while the field had no keyboard: they go there as soon as it has
    bool types = false;  // it has
    bool steps_menu = false;
    /** The step is read from its beginning, also where it is the same as before: its questions are asked anew. */
    void begin_step() {
        scroll.turn_to_top();
        focused = 0;
        number.clear();
        typed.clear();
    }
    void type_digit(char digit) {
        focused = 0;
        types = false;
        typed += digit;
    }
    // What stands for the choices of the question that is asked: lesson_point.h.
    struct Point {
        std::size_t choice = 0;
        ui::Rect rect;
        bool over = false;  // the pointer
    };
    std::vector<std::vector<std::string>> places;  // for each choice, the ids of what may
    std::vector<Point> points;                     // what was found, in this frame or the one before
    std::size_t points_before = 0;
    // The panels.
    std::string applied;                             // what was asked for by the step, as it was carried out last
    std::size_t quoted_step = 0, quoted_blocks = 0;  // whose quotes were shown in the code pane
    bool selects = false;                            // what it wants selected is still to come
    bool replayed = false;                           // it is selected again: what was selected has ended meanwhile
    bool compares = false;                           // two programs, in the code pane
    std::optional<Settings> before;                  // how the window was before the lesson
    int beside_before = 0;
    // The chooser.
    bool chooser = false;
    std::size_t entry = 0;        // the one that keys have led to
    std::size_t entry_shown = 0;  // in the frame before
    bool entry_in_sight = false;
    bool notes = false;       // the presenter's window is open
    NotesPage page;           // what it shows
    bool notes_more = false;  // it goes on below
};

}  // namespace synoptic
