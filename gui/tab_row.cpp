#include "gui/tab_row.h"

#include <algorithm>
#include <cmath>

#include "gui/widgets.h"

namespace synoptic {
namespace {

// At zoom 1.
constexpr float tab_gap = 2, menu_button_height = 26, menu_width = 180;

/** The widths of these tabs, with gaps between them. */
float width_of(const std::vector<std::size_t>& tabs, const std::vector<float>& widths, float gap) {
    float width = 0;
    for (const std::size_t tab : tabs) width += widths[tab] + (width > 0 ? gap : 0);
    return width;
}

/** Which tabs have room beside the menu's button: the chosen one, and of the others the first ones. */
std::vector<std::size_t> tabs_that_fit(const std::vector<float>& widths, std::size_t chosen, float room, float gap) {
    std::vector<std::size_t> fitting = {chosen};
    for (std::size_t tab = 0; tab < widths.size(); ++tab) {
        if (tab == chosen) continue;
        std::vector<std::size_t> with_it = fitting;
        with_it.push_back(tab);
        if (width_of(with_it, widths, gap) > room) break;
        fitting = std::move(with_it);
    }
    std::sort(fitting.begin(), fitting.end());
    return fitting;
}

ui::Face menu_face() {
    ui::Face face;
    face.icon = Icon::chevron_down;
    face.look = ui::Look::quiet;
    face.height = menu_button_height;
    return face;
}

void draw_tab_menu(const std::string& pane_id, const PaneHead& head, const TabRow& row, ImVec2 at) {
    const std::string id = pane_id + ".tabs";
    std::string tip;
    for (const std::size_t tab : row.in_menu) tip += (tip.empty() ? "" : ", ") + std::string(head.tabs[tab].title);
    ImGui::SetCursorScreenPos({std::floor(at.x + row.menu_x), at.y});
    if (ui::button(id.c_str(), menu_face(), tip.c_str())) ui::open_menu(id.c_str());
    if (!ui::begin_menu(id.c_str(), ui::last_rect(), menu_width)) return;
    for (const std::size_t tab : row.in_menu) {
        if (ui::menu_entry((std::string("tab.") + head.tabs[tab].id).c_str(), head.tabs[tab].title, "", false, true, head.tabs[tab].tip))
            *head.tab = static_cast<int>(tab);
    }
    ui::end_menu();
}

}  // namespace

TabRow place_tabs(const std::vector<float>& widths, std::size_t chosen, float room, float gap, float menu_width) {
    std::vector<std::size_t> all(widths.size());
    for (std::size_t tab = 0; tab < all.size(); ++tab) all[tab] = tab;
    const bool all_fit = width_of(all, widths, gap) <= room;
    const float beside_menu = std::max(room - gap - menu_width, 0.0f);
    TabRow row;
    for (const std::size_t tab : all_fit ? all : tabs_that_fit(widths, chosen, beside_menu, gap)) {
        const float x = row.tabs.empty() ? 0 : row.end + gap;
        const float width = all_fit ? widths[tab] : std::min(widths[tab], beside_menu - x);
        row.tabs.push_back({tab, x, width});
        row.end = x + width;
    }
    if (all_fit) return row;
    for (const std::size_t tab : all) {
        if (std::none_of(row.tabs.begin(), row.tabs.end(), [&](const TabRow::Place& place) { return place.tab == tab; }))
            row.in_menu.push_back(tab);
    }
    row.menu_x = row.end + gap;
    row.end = row.menu_x + menu_width;
    return row;
}

float draw_tabs(const std::string& pane_id, const PaneHead& head, ImVec2 at, float right) {
    std::vector<float> widths;
    for (const PaneTab& tab : head.tabs) widths.push_back(ui::tab_width(tab.title));
    const auto chosen = static_cast<std::size_t>(*head.tab);
    const TabRow row = place_tabs(widths, chosen, right - at.x, ui::px(tab_gap), ui::button_width(menu_face()));
    for (const TabRow::Place& place : row.tabs) {
        const PaneTab& tab = head.tabs[place.tab];
        ImGui::SetCursorScreenPos({std::floor(at.x + place.x), at.y});
        if (ui::tab((std::string("tab.") + tab.id).c_str(), tab.title, place.tab == chosen, tab.tip, place.w))
            *head.tab = static_cast<int>(place.tab);
    }
    if (!row.in_menu.empty()) draw_tab_menu(pane_id, head, row, at);
    return at.x + row.end;
}

}  // namespace synoptic
