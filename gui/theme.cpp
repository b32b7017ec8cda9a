// The two palettes and the style of ImGui's own widgets. Every text colour has a contrast of at least 4.5:1 on every surface it is used on
// (WCAG 2.1, AA); the meanings are Okabe and Ito's colours, lightened for dark surfaces and darkened for light ones.
#include "gui/theme.h"

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"

namespace synoptic {
namespace {

constexpr ImU32 rgb(unsigned hex) {
    return IM_COL32((hex >> 16) & 255, (hex >> 8) & 255, hex & 255, 255);
}

constexpr Theme make_dark() {
    Theme theme{};
    theme.dark = true;
    theme.window = rgb(0x10141a);
    theme.panel = rgb(0x171d25);
    theme.card = rgb(0x1f2731);
    theme.card_raised = rgb(0x2a3440);
    theme.outline = rgb(0x2f3a47);
    theme.outline_strong = rgb(0x556475);
    theme.text = rgb(0xe8edf3);
    theme.text_dim = rgb(0xa9b5c3);
    theme.text_faint = rgb(0x909dac);
    theme.on_accent = rgb(0x0b0f14);
    theme.accent = rgb(0x56b4e9);
    theme.client = rgb(0x56b4e9);
    theme.server = rgb(0xe69f00);
    theme.blocked = rgb(0xf0e442);
    theme.alive = rgb(0x2fbf9b);
    theme.listening = rgb(0x8fb0ff);
    theme.trouble = rgb(0xff8a5c);
    theme.user = rgb(0xd78fb8);
    theme.highlight = rgb(0x332b14);
    return theme;
}

constexpr Theme make_light() {
    Theme theme{};
    theme.dark = false;
    theme.window = rgb(0xeef1f5);
    theme.panel = rgb(0xf7f9fb);
    theme.card = rgb(0xffffff);
    theme.card_raised = rgb(0xe9edf2);
    theme.outline = rgb(0xd3dae2);
    theme.outline_strong = rgb(0x93a0ae);
    theme.text = rgb(0x16202b);
    theme.text_dim = rgb(0x4d5b6a);
    theme.text_faint = rgb(0x5f6d7b);
    theme.on_accent = rgb(0xffffff);
    theme.accent = rgb(0x0069a8);
    theme.client = rgb(0x0069a8);
    theme.server = rgb(0x985a00);
    theme.blocked = rgb(0x735a00);
    theme.alive = rgb(0x00704f);
    theme.listening = rgb(0x3d55c4);
    theme.trouble = rgb(0xb83a06);
    theme.user = rgb(0x963e6e);
    theme.highlight = rgb(0xfff1d6);
    return theme;
}

constexpr Theme the_dark_theme = make_dark();
constexpr Theme the_light_theme = make_light();

float channel_luminance(ImU32 colour, int shift) {
    const float value = static_cast<float>((colour >> shift) & 255) / 255.0f;
    return value <= 0.03928f ? value / 12.92f : std::pow((value + 0.055f) / 1.055f, 2.4f);
}

float luminance(ImU32 colour) {
    return 0.2126f * channel_luminance(colour, IM_COL32_R_SHIFT) + 0.7152f * channel_luminance(colour, IM_COL32_G_SHIFT) +
           0.0722f * channel_luminance(colour, IM_COL32_B_SHIFT);
}

void set_colours(ImGuiStyle& style, const Theme& theme) {
    const auto set = [&style](ImGuiCol index, ImU32 colour) { style.Colors[index] = ImGui::ColorConvertU32ToFloat4(colour); };
    // Whatever a later version adds starts from the theme, not from ImGui's grey.
    for (int index = 0; index < ImGuiCol_COUNT; ++index) set(index, theme.card_raised);
    set(ImGuiCol_Text, theme.text);
    set(ImGuiCol_TextDisabled, theme.text_faint);
    set(ImGuiCol_WindowBg, theme.window);
    set(ImGuiCol_ChildBg, faded(theme.window, 0));
    set(ImGuiCol_PopupBg, theme.card);
    set(ImGuiCol_Border, theme.outline);
    set(ImGuiCol_BorderShadow, faded(theme.window, 0));
    set(ImGuiCol_FrameBg, theme.dark ? theme.window : theme.card);
    set(ImGuiCol_FrameBgHovered, theme.dark ? theme.window : theme.card);
    set(ImGuiCol_FrameBgActive, theme.dark ? theme.window : theme.card);
    set(ImGuiCol_TitleBg, theme.panel);
    set(ImGuiCol_TitleBgActive, theme.panel);
    set(ImGuiCol_ScrollbarBg, faded(theme.window, 0));
    set(ImGuiCol_ScrollbarGrab, theme.outline_strong);
    set(ImGuiCol_ScrollbarGrabHovered, theme.text_faint);
    set(ImGuiCol_ScrollbarGrabActive, theme.text_dim);
    set(ImGuiCol_CheckMark, theme.accent);
    set(ImGuiCol_SliderGrab, theme.accent);
    set(ImGuiCol_SliderGrabActive, theme.accent);
    set(ImGuiCol_Button, theme.card_raised);
    set(ImGuiCol_ButtonHovered, mixed(theme.card_raised, theme.text, 0.08f));
    set(ImGuiCol_ButtonActive, mixed(theme.card_raised, theme.text, 0.16f));
    set(ImGuiCol_Header, theme.card_raised);
    set(ImGuiCol_Separator, theme.outline);
    set(ImGuiCol_TextSelectedBg, faded(theme.accent, 0.35f));
    set(ImGuiCol_DragDropTarget, theme.accent);
    set(imgui::navigation_colour(), theme.accent);
    set(ImGuiCol_NavWindowingHighlight, theme.accent);
    set(ImGuiCol_NavWindowingDimBg, faded(theme.window, 0.4f));
    set(ImGuiCol_ModalWindowDimBg, faded(theme.window, 0.6f));
}

}  // namespace

const Theme& dark_theme() {
    return the_dark_theme;
}
const Theme& light_theme() {
    return the_light_theme;
}

ImU32 faded(ImU32 colour, float opacity) {
    const float alpha = static_cast<float>((colour >> IM_COL32_A_SHIFT) & 255) * std::clamp(opacity, 0.0f, 1.0f);
    return (colour & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha + 0.5f) << IM_COL32_A_SHIFT);
}

ImU32 mixed(ImU32 from, ImU32 to, float share) {
    const float part = std::clamp(share, 0.0f, 1.0f);
    ImU32 result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        const float a = static_cast<float>((from >> shift) & 255), b = static_cast<float>((to >> shift) & 255);
        result |= static_cast<ImU32>(a + (b - a) * part + 0.5f) << shift;
    }
    return result;
}

float contrast(ImU32 one, ImU32 other) {
    const float a = luminance(one), b = luminance(other);
    return (std::max(a, b) + 0.05f) / (std::min(a, b) + 0.05f);
}

void apply_style(const Theme& theme, float scale) {
    ImGuiStyle style;
    style.WindowPadding = {0, 0};
    style.WindowRounding = 0;
    style.WindowBorderSize = 0;
    style.ChildRounding = 0;
    style.ChildBorderSize = 0;
    style.PopupRounding = 8;
    style.PopupBorderSize = 1;
    style.FramePadding = {10, 6};
    style.FrameRounding = 6;
    style.FrameBorderSize = 1;
    style.ItemSpacing = {8, 8};
    style.ItemInnerSpacing = {6, 6};
    style.ScrollbarSize = 10;
    style.ScrollbarRounding = 5;
    style.GrabRounding = 6;
    style.DisabledAlpha = 1;  // the widgets have disabled looks of their own
    style.ScaleAllSizes(scale);
    style.FrameBorderSize = std::max(1.0f, std::floor(scale));
    style.PopupBorderSize = style.FrameBorderSize;
    style.AntiAliasedLinesUseTex = false;  // crisp at every zoom, and one thing less that depends on the driver
    set_colours(style, theme);
    ImGui::GetStyle() = style;
}

}  // namespace synoptic
