// Pictures of the window as PNG files.
#pragma once

#include <string>

#include "core/base/result.h"
#include "gui/layout.h"
#include "gui/window.h"

namespace synoptic {

/** Writes a part of a picture, all of it where `part` has no width, in place of a file that is there. Errors name the path. */
Status save_picture(const std::string& path, const Window::Picture& picture, const ui::Rect& part = {});

/** A panel by its name: which pane shows it, and as which of the lower tabs. False if there is none of this name. */
bool find_panel(const std::string& name, Pane& pane, int& lower_tab);
/** "stage, calls, …". */
std::string panel_names();

}  // namespace synoptic
