// How the window looks at the lesson that is open: what was scrolled and typed, and which panels its step has asked for.
#pragma once

#include <optional>
#include <string>

#include "core/lesson/player.h"
#include "gui/notes_window.h"
#include "gui/settings.h"

namespace synoptic {

struct LessonView {
    // The pane.
    std::size_t step = 0, shown = 0;  // what was drawn last
    Player::State state = Player::State::prepares;
    std::size_t anchor = 0;  // the block that stays in sight while others come below it
    float anchor_top = 0;    // where it was drawn last, px from the beginning
    float content = 0;       // the height of what was drawn last
    std::string number;      // typed as an answer
    int focused = 0;         // the question whose field has been given the keyboard
    bool steps_menu = false;
    // The panels.
    std::string applied;                             // what was asked for by the step, as it was carried out last
    std::size_t quoted_step = 0, quoted_blocks = 0;  // whose quotes were shown in the code pane
    bool selects = false;                            // what it wants selected is still to come
    std::optional<Settings> before;                  // how the window was before the lesson
    int beside_before = 0;
    // The chooser.
    bool chooser = false;
    std::size_t entry = 0;        // the one that keys have led to
    std::size_t entry_shown = 0;  // in the frame before
    bool entry_in_sight = false;
    bool notes = false;  // the presenter's window is open
    NotesPage page;      // what it shows
};

}  // namespace synoptic
