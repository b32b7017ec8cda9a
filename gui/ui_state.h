// What ui.cpp, ui_widgets.cpp, ui_menu.cpp and ui_draw.cpp share: the frame's state. Nobody else includes this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gui/widgets.h"

namespace synoptic::ui {

/** A clickable area; the one drawn last is on top. */
struct Target {
    std::uint64_t id = 0;
    Rect rect;
};

struct Frame {
    const Theme* theme = nullptr;
    Fonts fonts;
    float scale = 1;
    std::vector<Record> records;
    std::vector<Target> targets, targets_before;
    std::uint64_t hovered = 0;     // the target under the mouse, by where targets were in the frame before
    std::uint64_t held = 0;        // the target on which the mouse went down
    std::uint64_t tip_id = 0;      // the widget on which the mouse rests
    std::uint64_t tip_hidden = 0;  // a key was pressed: no tooltip until the mouse has left it
    double tip_since = 0;
    double tip_shown = -10;
    double wake_in = -1;
    bool escape = false, enter = false;  // pressed since the frame before
    std::vector<Toast> toasts;
    Rect last;
    Rect clear;  // that the next widget's tooltip does not cover; no width: the widget alone
};
Frame& frame();

std::uint64_t hash(std::string_view text);
/** Notes a widget, as far as it can be seen, as one that can be clicked. */
void record_target(const char* id, const Rect& rect, std::string_view label, std::string_view value, bool enabled);
/** Of the widget noted last, if that is this one: one that was clipped away is not noted. */
void record_value(std::string_view id, std::string_view value, std::string_view label = {});
/** Shows `tip` once the mouse has rested on the widget `id`. */
void tooltip(const char* id, bool hovered, const char* tip);
/** The state of a target drawn by hand: whether the mouse is over it, and whether it was clicked. */
struct Touch {
    bool hovered = false;
    bool held = false;
    bool clicked = false;
};
Touch touch(const char* id, const Rect& rect, std::string_view label, std::string_view value, bool enabled);
Rect item_rect();

}  // namespace synoptic::ui
