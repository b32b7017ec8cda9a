// How the Bytes panel draws the rows of a lane: sends above, messages in the middle, receives below.
#pragma once

#include "gui/panel.h"
#include "gui/panels/bytes_view.h"

namespace synoptic {

inline constexpr float lane_row_h = 26, lane_row_gap = 4;  // at zoom 1
inline constexpr float lane_rows_h = 3 * lane_row_h + 2 * lane_row_gap;

/** How one direction is named and coloured. */
struct LaneLook {
    const char* id;
    ImU32 writer, taker;
};

/** A lane as it is drawn now. */
struct LaneSheet {
    PanelContext& panel;
    BytesView& view;
    const ByteLane& lane;
    const LaneCounts& counts;
    const BytesScale& scale;
    LaneLook look;
    ui::Rect rows;       // of all three
    float scroll_x = 0;  // what is scrolled out at the left
    EventIndex limit = no_event;
};
void paint_lane_rows(const LaneSheet& sheet);

}  // namespace synoptic
