// The drawing of the Timeline's lanes: bars, folds, marks. What lies under the pointer is found on the way.
#pragma once

#include <string>
#include <vector>

#include "gui/panels/row_events.h"
#include "gui/panels/timeline_folds.h"
#include "gui/panels/timeline_layout.h"
#include "gui/panels/timeline_words.h"
#include "gui/ui.h"

namespace synoptic {

/** What the lanes of a frame have in common. */
struct TimelineSheet {
    const TimelineIndex& index;
    FoldMemo& folds;
    TimelineMoment moment;
    TimeScale scale;
    ui::Rect plot;                            // right of the lanes' names, below the axis
    std::uint64_t cell_ns = 1;                // spans that are shorter are folded
    TimelineIndex::Place chosen;              // the selected event's
    std::vector<TimelineIndex::Place> fresh;  // what began or ended with the event that made the moment which is shown
    const RowEvents* row = nullptr;           // what touched the selected row
    bool pointer_in = false;                  // the plot
    ImVec2 pointer;
};

/** What is under the pointer: one span, or several that are folded. */
struct TimelinePointed {
    const TimelineLane* lane = nullptr;
    const SpanTrack* track = nullptr;
    const SpanTrack* waits = nullptr;  // of the same row
    bool calls = false;                // of `track`
    Piece piece;
    ui::Rect rect;
    float distance = 0;  // px to the pointer
};

/** Draws a lane; sets `pointed` if something of it is under the pointer. */
void paint_timeline_lane(const TimelineSheet& sheet, const TimelineLane& lane, const ui::Rect& rect, TimelinePointed& pointed);

/** Diagonal stripes: waits. */
void paint_hatch(const ui::Rect& rect, ImU32 colour, float spacing);
/** A part of a call in which it slept, or of a segment's way in which it was held. */
void paint_wait(const ui::Rect& rect, ImU32 colour);
/** A fold: how much of it is covered, and how much of that was waiting, as shares. */
void paint_fold(const ui::Rect& rect, ImU32 colour, ImU32 of_wait, float covered, float waiting);
/** A stand at the gate. */
void paint_stand(const ui::Rect& rect, bool returned);

}  // namespace synoptic
