// What the States panel says beside its diagram: what lines look like, and what a state means. Private to the panel.
#pragma once

#include "gui/panels/states_layout.h"
#include "gui/panels/states_view.h"

namespace synoptic {

// The band that shows a way taken: how opaque.
inline constexpr float taken_seen = 0.42f, taken_unseen = 0.16f;

/** In the corner that the diagram leaves free; where labels have no room, how to be told what an arrow means. */
void paint_states_legend(const StatesLayout& layout, const ui::Rect& room);
/** What the state means that was asked for: a card over the half of the diagram that its box is not in. */
void paint_state_meaning(StatesView& view, const StatesLayout& layout, const ui::Rect& room);

}  // namespace synoptic
