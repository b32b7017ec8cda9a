// Which lines of the call list a selection means.
#pragma once

#include "gui/panel.h"

namespace synoptic {

/** What the filter, the toggles and the selection together ask for. The calls of a source line that is selected are shown alone; of anything else only while
    the view asks for it. */
CallsQuery query_of(const World& world, const Selection& chosen, const CallsView& view);

}  // namespace synoptic
