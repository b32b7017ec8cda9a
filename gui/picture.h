// Pictures of the window as PNG files.
#pragma once

#include <string>

#include "core/base/result.h"
#include "gui/layout.h"
#include "gui/window.h"

namespace synoptic {

struct AppState;

/** Writes a part of a picture, all of it where `part` has no width, in place of a file that is there. Errors name the path. */
Status save_picture(const std::string& path, const Window::Picture& picture, const ui::Rect& part = {});

/** Where a panel is shown: in which pane, and behind which of its tabs. */
struct PanelPlace {
    const char* name;  // "ladder"
    Pane pane;
    int lower_tab = -1;   // of Pane::calls; -1: it has none
    int beside_tab = -1;  // of Pane::inspector
};
/** Null if there is none of this name. */
const PanelPlace* find_panel(const std::string& name);
/** Names of those that the window shows now: of panes that are there, or the one that fills it. */
std::vector<std::string> panels_in_sight(const AppState& state);
/** "stage, calls, …". */
std::string panel_names();

}  // namespace synoptic
