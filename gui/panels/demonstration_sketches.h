// What a demonstration shows, in a few strokes: clients, servers, the wires between them.
#pragma once

#include "gui/demonstrations.h"
#include "gui/ui.h"

namespace synoptic {

/** Draws the sketch of a demonstration; one that has none stays empty. */
void draw_sketch(const Demonstration& one, const ui::Rect& area);

}  // namespace synoptic
