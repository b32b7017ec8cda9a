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

void pop_font() {
    ImGui::PopFont();
}

bool has_glyph(ImFont* font, unsigned codepoint) {
    if (codepoint > IM_UNICODE_CODEPOINT_MAX) return false;
#if IMGUI_VERSION_NUM >= 19200
    return font->IsGlyphInFont(static_cast<ImWchar>(codepoint));
#else
    return font->FindGlyphNoFallback(static_cast<ImWchar>(codepoint)) != nullptr;
#endif
}

bool bakes_beforehand() {
    return IMGUI_VERSION_NUM < 19200;
}

void bake([[maybe_unused]] ImFontAtlas& atlas) {
#if IMGUI_VERSION_NUM < 19200
    unsigned char* pixels = nullptr;
    int width = 0, height = 0;
    atlas.GetTexDataAsRGBA32(&pixels, &width, &height);
#endif
}

void upload_fonts() {
#if IMGUI_VERSION_NUM < 19200
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
#endif
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

bool enter_is_ours() {
#if IMGUI_VERSION_NUM < 18900
    return keyboard_navigates() && ImGui::IsItemFocused();
#else
    return false;
#endif
}

void stroke_rect(ImDrawList& canvas, ImVec2 low, ImVec2 high, ImU32 colour, float rounding, float thickness) {
#if IMGUI_VERSION_NUM >= 19280
    canvas.AddRect(low, high, colour, rounding, thickness);
#else
    canvas.AddRect(low, high, colour, rounding, 0, thickness);
#endif
}

void stroke_path(ImDrawList& canvas, ImU32 colour, bool closed, float thickness) {
    const ImDrawFlags flags = closed ? ImDrawFlags_Closed : 0;
#if IMGUI_VERSION_NUM >= 19280
    canvas.PathStroke(colour, thickness, flags);
#else
    canvas.PathStroke(colour, flags, thickness);
#endif
}

int arrows_pressed() {
#if IMGUI_VERSION_NUM >= 18700
    return static_cast<int>(ImGui::IsKeyPressed(ImGuiKey_RightArrow)) - static_cast<int>(ImGui::IsKeyPressed(ImGuiKey_LeftArrow));
#else
    return static_cast<int>(ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_RightArrow))) -
           static_cast<int>(ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_LeftArrow)));
#endif
}

ImGuiCol navigation_colour() {
#if IMGUI_VERSION_NUM >= 19140
    return ImGuiCol_NavCursor;
#else
    return ImGuiCol_NavHighlight;
#endif
}

}  // namespace synoptic::imgui
