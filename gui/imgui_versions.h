// What differs between the versions of Dear ImGui that distributions ship (1.86 on Debian 12 to 1.92). The differences are in
// imgui_versions.cpp and nowhere else. The window's thread only.
#pragma once

#include "imgui.h"

namespace synoptic::imgui {

/** The size at which a font is drawn, in the window's units. */
float font_size(const ImFont* font);
void push_font(ImFont* font);
void pop_font();
bool has_glyph(ImFont* font, unsigned codepoint);

/** True if an atlas is drawn as a whole, so that it can be done beforehand. From 1.92 on glyphs are baked as they are needed, into an atlas of the context's own. */
bool bakes_beforehand();
/** Draws the atlas's glyphs, in the form in which the graphics card gets them. */
void bake(ImFontAtlas& atlas);
/** Hands a changed font atlas to the graphics card; needs an OpenGL context. Versions that bake glyphs as they go need nothing. */
void upload_fonts();

/** True while the keyboard's highlight is shown: then Space and Enter belong to the highlighted widget. */
bool keyboard_navigates();
void allow_keyboard_navigation(bool allowed);
/** Enter shall press the widget drawn last: it is highlighted, and this version of ImGui takes only Space for that. */
bool enter_is_ours();

/** A rectangle's outline, and that of a path: 1.92.8 swapped the last two arguments of ImDrawList's own. */
void stroke_rect(ImDrawList& canvas, ImVec2 low, ImVec2 high, ImU32 colour, float rounding, float thickness);
void stroke_path(ImDrawList& canvas, ImU32 colour, bool closed, float thickness);

/** Presses of the arrow keys since the frame before, repeated ones too: right ones count up, left ones down. */
int arrows_pressed();

/** The colour of the keyboard's highlight. */
ImGuiCol navigation_colour();

}  // namespace synoptic::imgui
