// Every #if on Dear ImGui's version is in this file.
#include "gui/imgui_versions.h"

#include <backends/imgui_impl_opengl3.h>

namespace synoptic::imgui {

float font_size(const ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
    return font->LegacySize;
#else
    return font->FontSize * ImGui::GetIO().FontGlobalScale;
#endif
}

void push_font(ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
    ImGui::PushFont(font, font->LegacySize);
#else
    ImGui::PushFont(font);
#endif
}

void pop_font() { ImGui::PopFont(); }

bool has_glyph(ImFont* font, unsigned codepoint) {
    if (codepoint > IM_UNICODE_CODEPOINT_MAX) return false;
#if IMGUI_VERSION_NUM >= 19200
    return font->IsGlyphInFont(static_cast<ImWchar>(codepoint));
#else
    return font->FindGlyphNoFallback(static_cast<ImWchar>(codepoint)) != nullptr;
#endif
}

void upload_fonts() {
#if IMGUI_VERSION_NUM < 19200
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
#endif
}

namespace {

bool pressed(ImGuiKey key) {
#if IMGUI_VERSION_NUM >= 18700
    return ImGui::IsKeyPressed(key, false);
#else
    return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key), false);
#endif
}

}  // namespace

bool escape_pressed() { return pressed(ImGuiKey_Escape); }
bool enter_pressed() {
#if IMGUI_VERSION_NUM >= 18700
    return pressed(ImGuiKey_Enter) || pressed(ImGuiKey_KeypadEnter);
#else
    return pressed(ImGuiKey_Enter) || pressed(ImGuiKey_KeyPadEnter);
#endif
}

bool copy_pressed() {
    const ImGuiIO& io = ImGui::GetIO();
    return io.KeyCtrl && !io.WantTextInput && pressed(ImGuiKey_C);
}

bool keyboard_navigates() {
    const ImGuiIO& io = ImGui::GetIO();
    return (io.ConfigFlags & ImGuiConfigFlags_NavEnableKeyboard) != 0 && io.NavVisible;
}

void allow_keyboard_navigation(bool allowed) {
    ImGuiIO& io = ImGui::GetIO();
    if (allowed) {
        io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    } else {
        io.ConfigFlags &= ~ImGuiConfigFlags_NavEnableKeyboard;
    }
}

ImGuiCol navigation_colour() {
#if IMGUI_VERSION_NUM >= 19140
    return ImGuiCol_NavCursor;
#else
    return ImGuiCol_NavHighlight;
#endif
}

}  // namespace synoptic::imgui
