// The names at the left of the Timeline's lanes: whose each lane is, whether it is selected, whether it has just begun or ended.
#pragma once

#include "gui/panel.h"
#include "gui/panels/timeline_words.h"
#include "gui/ui.h"

namespace synoptic {

/** Draws the name of a lane into `rect`, which is the whole lane; the name ends at `right` (px). A click selects whose lane it is. */
void paint_timeline_name(PanelContext& panel, const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane,
                         const ui::Rect& rect, float right);

}  // namespace synoptic
