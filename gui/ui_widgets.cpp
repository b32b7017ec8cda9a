// The widgets of ui.h and widgets.h that take clicks and keys.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "gui/imgui_versions.h"
#include "gui/ui_state.h"

namespace synoptic::ui {
namespace {

struct Paint {
    ImU32 fill, fill_hovered, fill_active, outline, text;
};

Paint paint_of(Look look, bool enabled, bool chosen) {
    const Theme& t = theme();
    const ImU32 none = faded(t.card, 0);
    if (!enabled) {
        const bool bare = look == Look::quiet;
        return {bare ? none : faded(t.card_raised, 0.35f), none, none, bare ? none : faded(t.outline, 0.7f), faded(t.text_faint, 0.75f)};
    }
    if (chosen) {
        return {faded(t.accent, 0.18f), faded(t.accent, 0.26f), faded(t.accent, 0.34f), t.accent, t.text};
    }
    switch (look) {
        case Look::plain:
            return {t.dark ? t.card_raised : t.card, mixed(t.card_raised, t.text, 0.08f), mixed(t.card_raised, t.text, 0.16f),
                    t.dark ? mixed(t.outline, t.outline_strong, 0.35f) : mixed(t.outline, t.outline_strong, 0.3f), t.text};
        case Look::primary:
            return {t.accent, mixed(t.accent, t.dark ? IM_COL32_WHITE : IM_COL32_BLACK, 0.14f),
                    mixed(t.accent, t.dark ? IM_COL32_WHITE : IM_COL32_BLACK, 0.26f), t.accent, t.on_accent};
        case Look::quiet:
            return {none, faded(t.text, 0.08f), faded(t.text, 0.16f), none, t.text_dim};
        case Look::danger:
            return {none, faded(t.trouble, 0.16f), faded(t.trouble, 0.28f), t.trouble, t.trouble};
    }
    return {};
}

float label_width(const char* label) {
    return text_width(fonts().text, label);
}

int resize_string(ImGuiInputTextCallbackData* data) {
    if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
        auto* text = static_cast<std::string*>(data->UserData);
        text->resize(static_cast<std::size_t>(data->BufTextLen));
        data->Buf = text->data();
    }
    return 0;
}

Face tab_face(const char* label) {
    Face face;
    face.label = label;
    face.look = Look::quiet;
    face.height = 26;
    return face;
}

}  // namespace

float tab_width(const char* label) {
    return std::floor(button_width(tab_face(label)));
}

float button_width(const Face& face) {
    if (face.width > 0) return face.width;
    const bool has_label = *face.label != 0;
    if (!has_label) return px(face.height);
    return px(12) * 2 + label_width(face.label) + (face.icon != Icon::none ? px(13) + px(8) : 0);
}

bool button(const char* id, const Face& face, const char* tip) {
    const Paint paint = paint_of(face.look, face.enabled, face.chosen);
    const float width = std::floor(button_width(face)), height = std::floor(px(face.height));
    ImGui::PushStyleColor(ImGuiCol_Button, paint.fill);
    ImGui::PushStyleColor(ImGuiCol_ButtonHovered, paint.fill_hovered);
    ImGui::PushStyleColor(ImGuiCol_ButtonActive, paint.fill_active);
    ImGui::PushStyleColor(ImGuiCol_Border, paint.outline);
    ImGui::BeginDisabled(!face.enabled);
    char hidden[96];
    std::snprintf(hidden, sizeof hidden, "##%s", id);
    bool clicked = ImGui::Button(hidden, {width, height});
    if (enter_pressed() && face.enabled && imgui::enter_is_ours()) clicked = true;
    const bool hovered = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled);
    ImGui::EndDisabled();
    ImGui::PopStyleColor(4);

    const Rect rect = item_rect();
    record_target(id, rect, face.label, face.chosen ? "on" : "", face.enabled);
    const bool has_label = *face.label != 0;
    const float icon = px(13), gap = px(8);
    const float line = imgui::font_size(fonts().text);
    const float most = rect.w - px(12) - (face.icon != Icon::none ? icon + gap : 0);
    const float text = has_label ? std::min(label_width(face.label), most) : 0;
    float x = rect.x + (rect.w - (text + (face.icon != Icon::none ? icon + (has_label ? gap : 0) : 0))) / 2;
    const float middle = rect.y + rect.h / 2;
    const auto draw_the_icon = [&] {
        if (face.icon == Icon::none) return;
        draw_icon(canvas(), face.icon, {x + icon / 2, middle}, icon, paint.text);
        x += icon + gap;
    };
    if (!face.icon_right) draw_the_icon();
    if (has_label) {
        draw_text(fonts().text, {x, middle - line / 2}, paint.text, face.label, most);
        x += text + gap;
    }
    if (face.icon_right) draw_the_icon();
    frame().last = rect;
    tooltip(id, hovered, tip);
    return clicked;
}

bool button(const char* id, const char* label, const char* tip, Look look, bool enabled, float width) {
    Face face;
    face.label = label;
    face.look = look;
    face.enabled = enabled;
    face.width = width > 0 ? px(width) : 0;
    return button(id, face, tip);
}

bool icon_toggle(const char* id, const char* label, bool* on, const char* tip) {
    Face face;
    face.label = label;
    face.chosen = *on;
    face.height = 26;
    const bool clicked = button(id, face, tip);
    record_value(id, *on ? "on" : "off");
    if (clicked) *on = !*on;
    return clicked;
}

bool tab(const char* id, const char* label, bool chosen, const char* tip, float width) {
    Face face = tab_face(label);
    face.width = width;
    const bool clicked = button(id, face, tip);
    const Rect rect = frame().last;
    record_value(id, chosen ? "on" : "off");
    if (chosen) {
        canvas().AddRectFilled({rect.x + px(10), rect.bottom() - px(2)}, {rect.right() - px(10), rect.bottom()}, theme().accent, px(1));
    }
    return clicked;
}

bool combo(const char* id, const char* label, int* chosen, const std::vector<std::string>& options, float width, const char* tip) {
    const bool valid = *chosen >= 0 && *chosen < static_cast<int>(options.size());
    const std::string text = valid ? options[static_cast<std::size_t>(*chosen)] : std::string(label);
    Face face;
    face.width = px(width);
    const bool clicked = button(id, face, tip);
    record_value(id, text, label);
    const Rect rect = frame().last;
    const float line = imgui::font_size(fonts().text), middle = rect.y + rect.h / 2;
    draw_text(fonts().text, {rect.x + px(12), middle - line / 2}, theme().text, text, rect.w - px(12 + 28));
    draw_icon(canvas(), Icon::chevron_down, {rect.right() - px(15), middle}, px(10), theme().text_dim);

    if (clicked) open_menu(id);
    bool changed = false;
    float menu_width = std::max(width, 150.0f);
    for (const std::string& option : options) menu_width = std::max(menu_width, text_width(fonts().text, option) / scale() + 64);
    if (begin_menu(id, rect, menu_width)) {
        for (std::size_t index = 0; index < options.size(); ++index) {
            const std::string entry = std::string(id) + "." + std::to_string(index);
            if (menu_entry(entry.c_str(), options[index].c_str(), "", static_cast<int>(index) == *chosen)) {
                changed = static_cast<int>(index) != *chosen;
                *chosen = static_cast<int>(index);
            }
        }
        end_menu();
    }
    return changed;
}

bool text_field(const char* id, std::string* text, const char* hint, float width, const char* tip, bool enter_submits) {
    imgui::push_font(fonts().text);
    const float height = std::floor(px(30));
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {px(10), std::max(0.0f, (height - ImGui::GetFontSize()) / 2)});
    ImGui::PushStyleColor(ImGuiCol_TextDisabled, theme().text_faint);
    ImGui::PushStyleColor(ImGuiCol_Border, mixed(theme().outline, theme().outline_strong, 0.5f));
    ImGui::SetNextItemWidth(width > 0 ? px(width) : width);
    char hidden[96];
    std::snprintf(hidden, sizeof hidden, "##%s", id);
    const ImGuiInputTextFlags flags = ImGuiInputTextFlags_CallbackResize | (enter_submits ? ImGuiInputTextFlags_EnterReturnsTrue : 0);
    const std::string shown_hint = text->empty() ? shortened(fonts().text, hint, ImGui::CalcItemWidth() - px(20)) : std::string();
    const bool changed =
        ImGui::InputTextWithHint(hidden, shown_hint.c_str(), text->data(), text->capacity() + 1, flags, resize_string, text);
    const bool active = ImGui::IsItemActive(), hovered = ImGui::IsItemHovered();
    const Rect rect = item_rect();
    // Several lines in a row can be said without a click between them.
    if (changed && enter_submits) ImGui::SetKeyboardFocusHere(-1);
    ImGui::PopStyleColor(2);
    ImGui::PopStyleVar();
    imgui::pop_font();
    record_target(id, rect, hint, *text, true);
    if (active) imgui::stroke_rect(canvas(), rect.min(), rect.max(), theme().accent, px(6), std::max(1.5f, px(1.5f)));
    tooltip(id, hovered && !active, tip);
    return changed;
}

bool slider(const char* id, int* value, int low, int high, const char* format, float width, const char* tip) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Rect rect{at.x, at.y, px(width), std::floor(px(30))};
    ImGui::Dummy({rect.w, rect.h});
    char text[64];
    std::snprintf(text, sizeof text, format, *value);
    const Touch touched = touch(id, rect, text, std::to_string(*value), true);
    const float radius = px(7), left = rect.x + radius, room = rect.w - 2 * radius;
    bool changed = false;
    if (touched.held && room > 0 && high > low) {
        const float share = std::clamp((ImGui::GetIO().MousePos.x - left) / room, 0.0f, 1.0f);
        const int picked = low + static_cast<int>(share * static_cast<float>(high - low) + 0.5f);
        changed = picked != *value;
        *value = picked;
    }
    const float share = high > low ? static_cast<float>(*value - low) / static_cast<float>(high - low) : 0;
    const float x = left + room * share, y = rect.y + rect.h / 2, thick = px(4);
    canvas().AddRectFilled({left, y - thick / 2}, {left + room, y + thick / 2}, theme().outline_strong, thick / 2);
    canvas().AddRectFilled({left, y - thick / 2}, {x, y + thick / 2}, theme().accent, thick / 2);
    if (touched.hovered || touched.held) canvas().AddCircleFilled({x, y}, radius + px(4), faded(theme().accent, 0.25f));
    canvas().AddCircleFilled({x, y}, radius, theme().dark ? theme().text : theme().accent);
    tooltip(id, touched.hovered && !touched.held, tip);
    return changed;
}

bool hit(const char* id, const Rect& rect, std::string_view label, bool* hovered, const char* tip) {
    const Touch touched = touch(id, rect, label, {}, true);
    if (hovered != nullptr) *hovered = touched.hovered;
    tooltip(id, touched.hovered, tip);
    return touched.clicked;
}

bool drag(const char* id, const Rect& rect, ImVec2* moved, ImGuiMouseCursor cursor) {
    const Touch touched = touch(id, rect, {}, {}, true);
    if (touched.hovered || touched.held) ImGui::SetMouseCursor(cursor);
    *moved = touched.held ? ImGui::GetIO().MouseDelta : ImVec2{0, 0};
    return touched.held;
}

}  // namespace synoptic::ui
