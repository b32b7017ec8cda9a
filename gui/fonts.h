// Fonts: Inter for text, JetBrains Mono for code, found where distributions put them; baked anew for each zoom, so that text is crisp.
#pragma once

#include <string>

#include "gui/theme.h"

namespace synoptic {

struct LoadedFonts {
    Fonts fonts;
    std::string trouble;  // which fonts are missing, and the packages that bring them; empty if none is
};

/** Fills ImGui's atlas for this scale: pixels of the screen for a unit at zoom 1. Needs an OpenGL context; between frames only. */
LoadedFonts load_fonts(float scale);

}  // namespace synoptic
