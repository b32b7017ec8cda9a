// The app: a window over a session. It folds its own World from the History, draws when something changed, and sends Commands.
#pragma once

#include "core/cli/cli.h"

namespace synoptic {

/** Opens the window and runs until it is closed; returns the exit status. Where there is no display: a sentence on stderr, and 1. */
int open_window(const WindowOptions& options);

}  // namespace synoptic
