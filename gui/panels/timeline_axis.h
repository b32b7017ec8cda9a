// What stands around the Timeline's lanes: the axis, the moment that is shown, the pointer's time, and what the patterns mean.
#pragma once

#include "gui/panels/timeline_layout.h"
#include "gui/panels/timeline_words.h"
#include "gui/ui.h"

namespace synoptic {

struct TimelineAxis {
    TimeScale scale;
    ui::Rect axis;  // above the plot, as wide
    ui::Rect plot;
};

/** Round steps with their labels, and a line down from each. */
void paint_timeline_axis(const TimelineAxis& at, const TimelineMoment& moment);
/** The line of the moment that is shown, and what is not known yet behind it. */
void paint_timeline_moment(const TimelineAxis& at, const TimelineMoment& moment);
/** A hairline with its time, so that far lanes can be compared. */
void paint_timeline_pointer(const TimelineAxis& at, const TimelineIndex& index);
/** What the patterns mean, as far as there is room. */
void paint_timeline_legend(float left, float right, float mid_y);

}  // namespace synoptic
