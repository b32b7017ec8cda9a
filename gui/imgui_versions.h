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

/** Hands a changed font atlas to the graphics card; needs an OpenGL context. Versions that bake glyphs as they go need nothing. */
void upload_fonts();

bool escape_pressed();
bool enter_pressed();
bool copy_pressed();  // Ctrl+C, outside a field that is being edited

/** True while the keyboard's highlight is shown: then Space and Enter belong to the highlighted widget. */
bool keyboard_navigates();
void allow_keyboard_navigation(bool allowed);

/** The colour of the keyboard's highlight. */
ImGuiCol navigation_colour();

}  // namespace synoptic::imgui
