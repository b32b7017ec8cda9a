// The tabs in a pane's head. Where they have no room beside the pane's buttons, those that don't fit are in a menu behind the others.
//
//   Calls  Ladder  States  ⌄      ▢ ✕
//   ──────
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gui/layout.h"

namespace synoptic {

/** Lengths are px, from the row's left end. */
struct TabRow {
    struct Place {
        std::size_t tab = 0;
        float x = 0, w = 0;
    };
    std::vector<Place> tabs;           // in their order
    std::vector<std::size_t> in_menu;  // in their order; empty: there is no menu
    float menu_x = 0;
    float end = 0;  // of the last tab, or of the menu's button
};

/** Places tabs of these widths. The chosen one is always in the row; it is narrower than it should be where even alone it has no room. Of the others as many are as
 *  fit, the first ones first. Nothing reaches beyond `room` unless the menu's button alone does. */
TabRow place_tabs(const std::vector<float>& widths, std::size_t chosen, float room, float gap, float menu_width);

/** Draws the tabs of a pane, and takes clicks on them. `at` is the first one's top left corner, `right` where the row must end (px). Returns where it ends. */
float draw_tabs(const std::string& pane_id, const PaneHead& head, ImVec2 at, float right);

}  // namespace synoptic
