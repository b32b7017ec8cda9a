// Menus: popups below the button that opened them, with entries, headings and free widgets.
#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/ui_state.h"

namespace synoptic::ui {

void open_menu(const char* id) {
    ImGui::OpenPopup(id);
}

bool begin_menu(const char* id, const Rect& anchor, float width_at_zoom_1) {
    const ImVec2 display = ImGui::GetIO().DisplaySize;
    const float margin = px(8), width = std::min(px(width_at_zoom_1), display.x - 2 * margin);
    const float x = std::clamp(anchor.x, margin, std::max(margin, display.x - width - margin)), y = anchor.bottom() + px(4);
    ImGui::SetNextWindowPos({std::floor(x), std::floor(y)});
    ImGui::SetNextWindowSizeConstraints({width, 0}, {width, std::max(px(120), display.y - y - margin)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(6), px(6)});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {px(8), px(2)});
    ImGui::PushStyleColor(ImGuiCol_PopupBg, theme().card);
    ImGui::PushStyleColor(ImGuiCol_Border, theme().outline_strong);
    const bool open = ImGui::BeginPopup(id, ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
    ImGui::PopStyleColor(2);
    if (!open) {
        ImGui::PopStyleVar(2);
        return false;
    }
    // A field that is typed in, and a menu above this one, go first; see stage_menu.cpp for one where nothing was typed.
    if (escape_pressed() && ImGui::IsWindowFocused() && !ImGui::GetIO().WantTextInput) ImGui::CloseCurrentPopup();
    return true;
}

void end_menu() {
    ImGui::EndPopup();
    ImGui::PopStyleVar(2);
}

bool menu_is_open() {
    return ImGui::IsPopupOpen(static_cast<const char*>(nullptr), ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel);
}

void close_menu() {
    ImGui::CloseCurrentPopup();
}

bool menu_entry(const char* id, const char* label, const char* key, bool chosen, bool enabled, const char* tip) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = std::floor(px(30));
    ImGui::PushStyleColor(ImGuiCol_Button, faded(theme().card, 0));
    ImGui::PushStyleColor(ImGuiCol_ButtonHovered, faded(theme().text, 0.08f));
    ImGui::PushStyleColor(ImGuiCol_ButtonActive, faded(theme().text, 0.14f));
    ImGui::PushStyleColor(ImGuiCol_Border, faded(theme().card, 0));
    ImGui::BeginDisabled(!enabled);
    const std::string hidden = std::string("##") + id;
    bool clicked = ImGui::Button(hidden.c_str(), {width, height});
    if (enter_pressed() && enabled && imgui::enter_is_ours()) clicked = true;
    const bool hovered = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled);
    ImGui::EndDisabled();
    ImGui::PopStyleColor(4);
    record_target(id, item_rect(), label, chosen ? "on" : "", enabled);

    const float middle = at.y + height / 2, line = imgui::font_size(fonts().text), small_line = imgui::font_size(fonts().small_text);
    if (chosen) draw_icon(canvas(), Icon::check, {at.x + px(15), middle}, px(11), theme().accent);
    const float key_width = *key != 0 ? text_width(fonts().small_text, key) : 0;
    draw_text(fonts().text, {at.x + px(30), middle - line / 2}, enabled ? theme().text : theme().text_faint, label,
              width - px(30 + 16) - key_width);
    if (*key != 0) draw_text(fonts().small_text, {at.x + width - key_width - px(8), middle - small_line / 2}, theme().text_faint, key);
    tooltip(id, hovered, tip);
    if (clicked) ImGui::CloseCurrentPopup();
    return clicked;
}

void menu_heading(const char* text) {
    ImGui::Dummy({0, px(4)});
    const ImVec2 at = ImGui::GetCursorScreenPos();
    draw_text(fonts().small_text, {at.x + px(10), at.y}, theme().text_dim, text);
    ImGui::Dummy({1, imgui::font_size(fonts().small_text) + px(3)});
}

void menu_text(const char* text, ImU32 colour) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x - px(20);
    const float height = draw_wrapped(fonts().small_text, {at.x + px(10), at.y + px(2)}, colour, text, width);
    ImGui::Dummy({1, height + px(6)});
}

void menu_line() {
    ImGui::Dummy({0, px(3)});
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    canvas().AddLine({at.x + px(4), at.y}, {at.x + width - px(4), at.y}, theme().outline);
    ImGui::Dummy({0, px(4)});
}

}  // namespace synoptic::ui
