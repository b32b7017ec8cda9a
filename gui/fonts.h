// Fonts: Inter for text, JetBrains Mono for code, found where distributions put them; baked anew for each zoom, so that text is crisp.
#pragma once

#include <memory>
#include <string>

#include "gui/theme.h"

struct ImFontAtlas;

namespace synoptic {

struct LoadedFonts {
    Fonts fonts;
    std::string trouble;  // which fonts are missing, and the packages that bring them; empty if none is
};

/** An atlas of its own with the fonts for a scale, for the ImGui context that is made with it. No atlas where this version of ImGui has to fill its own: then
    load_fonts does all. */
struct BakedFonts {
    std::shared_ptr<ImFontAtlas> atlas;
    LoadedFonts loaded;
    float scale = 0;
};
/** Any thread, as long as no ImGui context is made or in use meanwhile (ImGui counts its allocations there): baking takes as long as a part of the window's
    opening, which needs no fonts. `scale`: as for load_fonts. */
BakedFonts bake_fonts(float scale);

/** Fills ImGui's atlas for this scale: pixels of the screen for a unit at zoom 1. Needs an OpenGL context; between frames only. */
LoadedFonts load_fonts(float scale);

}  // namespace synoptic
