// The Ladder's drawing, in parts. Private to the panel: ladder.cpp says what is shown and how far it is scrolled, these draw what can be seen of it.
#pragma once

#include "gui/panel.h"
#include "gui/panels/ladder_layout.h"

namespace synoptic {

inline constexpr float ladder_row_h = 22;  // at zoom 1
inline constexpr float ladder_bar_w = 10;  // of calls on a program's lifeline

/** A ladder as it is drawn in this frame. */
struct LadderSheet {
    PanelContext& panel;
    const LadderIndex& index;
    const Ladder& ladder;
    ui::Rect area;
    LadderColumns columns;
    double first_row = 0;
    EventIndex limit = 0;  // what happened before it is drawn
    LadderRows::Seen seen;

    /** The middle of the row at so many half rows. */
    float y(std::uint32_t half_rows) const {
        const double rows = static_cast<double>(half_rows) / 2 - first_row + 0.5;
        return area.y + static_cast<float>(rows * static_cast<double>(ui::px(ladder_row_h)));
    }
    /** Now: as far down as what goes on is drawn. */
    float bottom() const { return y(ladder.rows.height(limit)); }
    ui::Rect row(float left, float right, float mid_y) const {
        const float height = ui::px(ladder_row_h);
        return {left, mid_y - height / 2, right - left, height};
    }
};

void paint_lifelines(const LadderSheet& sheet);
void paint_states(const LadderSheet& sheet, LadderSide side);
void paint_breaks(const LadderSheet& sheet);
void paint_times(const LadderSheet& sheet);
void paint_segments(const LadderSheet& sheet);
/** How many segments hang on the wire at the moment that is shown, in sight or not: in the head, where it lies over nothing. */
void paint_waiting(const LadderSheet& sheet, const ui::Rect& head);
void paint_calls(const LadderSheet& sheet);
/** The accept that this connection will come to, if it is that one's turn: until it returns, that is not known. */
void paint_waiting_accept(const LadderSheet& sheet);

}  // namespace synoptic
