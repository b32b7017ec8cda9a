// How the Timeline looks at the session.
#pragma once

#include "gui/panels/timeline_folds.h"
#include "gui/panels/timeline_layout.h"
#include "imgui.h"

namespace synoptic {

struct TimelineView {
    TimelineIndex index;
    FoldMemo folds;
    const History* folds_of = nullptr;
    TimeWindow window;
    bool follow = true;  // what happens now stays in sight, at the right
    float scroll_y = 0;
    // Keys ask for these; the next frame does them.
    int zoom_steps = 0;  // above 0: nearer
    bool fit = false;
    EventIndex sighted = no_event;  // the selected event that was brought into sight
    EventIndex moment = no_event;   // of the past, likewise; no_event: live
    bool pressed = false, dragged = false;
    ImVec2 pressed_at;
};

}  // namespace synoptic
