// How the Ladder looks at a connection.
#pragma once

#include "gui/panels/ladder_index.h"

namespace synoptic {

struct LadderView {
    LadderIndex index;
    std::size_t shown = LadderIndex::none;   // the ladder that was drawn last
    std::size_t chosen = LadderIndex::none;  // by hand, in the chooser
    std::uint64_t looked_for = 0;            // what `found` is the ladder of: see ladder.cpp
    std::uint64_t sighted = 0;               // the selection that was scrolled into sight
    std::size_t found = LadderIndex::none;
    EventIndex moment = no_event;  // of the past, whose event was scrolled into sight
    bool follow = true;            // the newest stays in sight
    double first_row = 0;          // rows scrolled out at the top
    float scroll_x = 0;
};

}  // namespace synoptic
