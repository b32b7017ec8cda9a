#include "gui/layout.h"

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/tab_row.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

// At zoom 1. A column that is narrower, or a pane that is lower, is of no use.
constexpr float least_width = 300, least_height = 130, head_height = 34, gutter = 1, grip = 7;

float bounded(float share, float whole, float least) {
    if (whole < 2 * least) return 0.5f;
    return std::clamp(share, least / whole, 1 - least / whole);
}

ui::Rect snapped(ui::Rect rect) {
    const float right = std::floor(rect.right()), bottom = std::floor(rect.bottom());
    rect.x = std::floor(rect.x);
    rect.y = std::floor(rect.y);
    rect.w = right - rect.x;
    rect.h = bottom - rect.y;
    return rect;
}

}  // namespace

const char* pane_name(Pane pane) {
    switch (pane) {
        case Pane::stage:
            return "stage";
        case Pane::calls:
            return "calls";
        case Pane::code:
            return "code";
        case Pane::inspector:
            return "inspector";
    }
    return "";
}

const char* pane_title(Pane pane) {
    switch (pane) {
        case Pane::stage:
            return "Stage";
        case Pane::calls:
            return "Calls";
        case Pane::code:
            return "Code";
        case Pane::inspector:
            return "Inspector";
    }
    return "";
}

const char* preset_name(Preset preset) {
    switch (preset) {
        case Preset::lecture:
            return "lecture";
        case Preset::explore:
            return "explore";
        case Preset::code:
            return "code";
    }
    return "";
}

const char* preset_title(Preset preset) {
    switch (preset) {
        case Preset::lecture:
            return "Lecture";
        case Preset::explore:
            return "Explore";
        case Preset::code:
            return "Code";
    }
    return "";
}

void LayoutState::toggle(Pane pane) {
    const bool last = shows(pane) && std::count(shown.begin(), shown.end(), true) == 1;
    full.reset();
    if (!last) shows(pane) = !shows(pane);
}

void LayoutState::toggle_full(Pane pane) {
    if (full == pane) {
        full.reset();
    } else {
        full = pane;
    }
}

LayoutState layout_of(Preset preset) {
    LayoutState state;
    switch (preset) {
        case Preset::lecture:
            state.shown = {true, false, true, false};
            state.left_share = 0.58f;
            break;
        case Preset::explore:
            break;
        case Preset::code:
            state.shown = {true, true, true, false};
            state.left_share = 0.46f;
            break;
    }
    return state;
}

struct Layout::Places {
    std::array<ui::Rect, pane_count> pane{};
    std::array<bool, pane_count> shown{};
    ui::Rect middle{}, left{}, right{};  // where splitters are; no width where there is none
    float whole_width = 0, left_height = 0, right_height = 0;
};

Layout::Places Layout::arrange(const LayoutState& state, const ui::Rect& area) {
    Places places;
    places.shown = state.shown;
    room_.fill(true);
    const auto index = [](Pane pane) { return static_cast<std::size_t>(pane); };
    if (state.full) {
        places.shown.fill(false);
        places.shown[index(*state.full)] = true;
    }
    const auto drop = [&](Pane pane) {
        if (places.shown[index(pane)]) room_[index(pane)] = false;
        places.shown[index(pane)] = false;
    };
    const auto has = [&](Pane pane) { return places.shown[index(pane)]; };
    const float width = ui::px(least_width), height = ui::px(least_height);
    // What has no room gives way: the right column first, the lower panes next.
    const bool both = (has(Pane::stage) || has(Pane::calls)) && (has(Pane::code) || has(Pane::inspector));
    if (both && area.w < 2 * width) {
        drop(Pane::code);
        drop(Pane::inspector);
    }
    if (area.h < 2 * height) {
        if (has(Pane::stage)) drop(Pane::calls);
        if (has(Pane::code)) drop(Pane::inspector);
    }
    const bool left = has(Pane::stage) || has(Pane::calls), right = has(Pane::code) || has(Pane::inspector);
    const float gap = std::max(1.0f, std::floor(ui::px(gutter))), half = ui::px(grip) / 2;
    const float share = left && right ? bounded(state.left_share, area.w, width) : left ? 1.0f : 0.0f;
    const float edge = std::floor(area.x + area.w * share);
    places.whole_width = area.w;
    const auto column = [&](Pane upper, Pane lower, float x, float w, float wanted, ui::Rect& splitter) {
        const bool two = has(upper) && has(lower);
        const float part = two ? bounded(wanted, area.h, height) : has(upper) ? 1.0f : 0.0f;
        const float line = std::floor(area.y + area.h * part);
        places.pane[index(upper)] = snapped({x, area.y, w, line - area.y - (two ? gap : 0)});
        places.pane[index(lower)] = snapped({x, line, w, area.bottom() - line});
        if (two) splitter = {x, line - gap / 2 - half, w, 2 * half};
    };
    if (left) column(Pane::stage, Pane::calls, area.x, edge - area.x - (right ? gap : 0), state.stage_share, places.left);
    if (right) column(Pane::code, Pane::inspector, edge, area.right() - edge, state.code_share, places.right);
    if (left && right) places.middle = {edge - gap / 2 - half, area.y, 2 * half, area.h};
    places.left_height = places.right_height = area.h;
    return places;
}

void Layout::draw(LayoutState& state, const ui::Rect& area, const Head& head, const DrawPane& draw_content) {
    const Places places = arrange(state, area);
    ui::canvas().AddRectFilled(area.min(), area.max(), ui::theme().outline);  // seen between the panes
    for (std::size_t index = 0; index < pane_count; ++index) {
        if (!places.shown[index] || places.pane[index].w < 1 || places.pane[index].h < 1) continue;
        draw_pane(state, static_cast<Pane>(index), places.pane[index], head, draw_content);
    }
    // Splitters lie over the panes' edges, in a window of their own that is as large as they are.
    const auto splitter = [&](const char* id, const ui::Rect& rect, bool upright, float& share, float whole) {
        if (rect.w <= 0 || whole <= 0) return;
        ImGui::SetCursorScreenPos(rect.min());
        ImGui::BeginChild(id, {rect.w, rect.h}, 0, ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav);
        ImVec2 moved;
        const bool held = ui::drag(id, rect, &moved, upright ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
        const bool hovered = ImGui::IsWindowHovered() && rect.contains(ImGui::GetIO().MousePos);
        if (held) share += (upright ? moved.x : moved.y) / whole;
        if (held || hovered) {
            const float thick = std::max(2.0f, ui::px(2));
            const ui::Rect line = upright ? ui::Rect{rect.x + (rect.w - thick) / 2, rect.y, thick, rect.h}
                                          : ui::Rect{rect.x, rect.y + (rect.h - thick) / 2, rect.w, thick};
            ui::canvas().AddRectFilled(line.min(), line.max(), ui::theme().accent);
        }
        ImGui::EndChild();
    };
    splitter("splitter.stage", places.left, false, state.stage_share, places.left_height);
    splitter("splitter.code", places.right, false, state.code_share, places.right_height);
    splitter("splitter.middle", places.middle, true, state.left_share, places.whole_width);
    state.left_share = std::clamp(state.left_share, 0.1f, 0.9f);
    state.stage_share = std::clamp(state.stage_share, 0.1f, 0.9f);
    state.code_share = std::clamp(state.code_share, 0.1f, 0.9f);
}

void Layout::draw_pane(LayoutState& state, Pane pane, const ui::Rect& rect, const Head& head, const DrawPane& draw_content) {
    const Theme& theme = ui::theme();
    const std::string id = std::string("pane.") + pane_name(pane);
    if (rect.contains(ImGui::GetIO().MousePos)) under_pointer_ = pane;
    ui::canvas().AddRectFilled(
        rect.min(), rect.max(),
        theme.dark ? (pane == Pane::stage ? theme.window : theme.panel) : (pane == Pane::stage ? theme.window : theme.panel));
    const ui::Rect head_rect{rect.x, rect.y, rect.w, std::floor(ui::px(head_height))};
    const bool full = state.full == pane;

    ImGui::SetCursorScreenPos(head_rect.min());
    ImGui::BeginChild((id + ".head").c_str(), {head_rect.w, head_rect.h}, 0,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
    bool hovered = false;
    ui::hit((id + ".head").c_str(), head_rect, pane_title(pane), &hovered);
    if (hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) state.toggle_full(pane);
    const float middle = head_rect.y + head_rect.h / 2 + ui::px(1), size = ui::px(24);
    const bool only_one = std::count(state.shown.begin(), state.shown.end(), true) == 1;
    float right = head_rect.right() - ui::px(8);
    const auto corner_button = [&](const char* name, Icon icon, const char* tip) {
        right -= size;
        ImGui::SetCursorScreenPos({std::floor(right), std::floor(middle - size / 2)});
        ui::Face face;
        face.icon = icon;
        face.look = ui::Look::quiet;
        face.height = 24;
        return ui::button((id + name).c_str(), face, tip);
    };
    if (!only_one && !full && corner_button(".hide", Icon::close, "Hide this pane. The View menu (V) shows it again.")) state.toggle(pane);
    if (corner_button(".full", full ? Icon::restore : Icon::maximise,
                      full ? "Back to all panes (Escape)" : "This pane fills the window (F, or double-click its title)")) {
        state.toggle_full(pane);
    }
    const float title_line = imgui::font_size(ui::fonts().strong), line = imgui::font_size(ui::fonts().small_text);
    float x = head_rect.x + ui::px(16);
    const PaneHead beside = head(pane);
    if (!beside.tabs.empty()) {
        const ImVec2 at{std::floor(x - ui::px(8)), std::floor(head_rect.bottom() - ui::px(30))};
        x = draw_tabs(id, beside, at, right - ui::px(8)) + ui::px(10);
    }
    if (beside.tabs.empty()) {
        x += ui::draw_text(ui::fonts().strong, {x, middle - title_line / 2}, theme.text, pane_title(pane)) + ui::px(10);
    }
    if (right - x > ui::px(30)) {
        ui::draw_text(ui::fonts().small_text, {x, middle - line / 2}, beside.colour != 0 ? beside.colour : theme.text_dim, beside.text,
                      right - x - ui::px(8));
    }
    ImGui::EndChild();

    const ui::Rect content{rect.x, head_rect.bottom(), rect.w, rect.h - head_rect.h};
    if (content.h < 1) return;
    ImGui::SetCursorScreenPos(content.min());
    ImGui::BeginChild(id.c_str(), {content.w, content.h}, 0,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
    ui::record(id, content, pane_title(pane), full ? "full" : "");
    draw_content(pane, content);
    ImGui::EndChild();
}

}  // namespace synoptic
