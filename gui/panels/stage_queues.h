// Where a server card shows its listener's two queues: a slot for each that has room, and what is to be said beside them. No drawing.
#pragma once

#include "gui/panels/stage_layout.h"

namespace synoptic {

/** Fills in `slots`, `queued` and `queue_note`; `queue` must be placed. `scale`: px at zoom 1. */
void place_accept_queue(const World& world, ServerCard& server, float scale);
/** Fills in `requests`, `syn_note` and `turned_away`; `syn_queue` must be placed. */
void place_syn_queue(const World& world, ServerCard& server, float scale);

}  // namespace synoptic
