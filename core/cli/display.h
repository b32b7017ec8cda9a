// Whether there is a display for the window, found out without a window's library.
#pragma once

#include "core/base/result.h"

namespace synoptic {

/** Connects to the display that DISPLAY or WAYLAND_DISPLAY names, and leaves it; its name. The error says why there is none. */
Result<std::string> reach_display();

}  // namespace synoptic
