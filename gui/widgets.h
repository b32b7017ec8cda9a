// Widgets beyond ui.h that the app itself uses: buttons with icons, menus, dialogs, things to drag; and what the app tells ui about the frame.
// The window's thread only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gui/icons.h"
#include "gui/ui.h"

namespace synoptic::ui {

/** A button's looks in full. Without a label it is square. */
struct Face {
    Icon icon = Icon::none;
    const char* label = "";
    Look look = Look::plain;
    bool enabled = true;
    bool chosen = false;      // of a toggle
    bool icon_right = false;  // as of a menu's chevron
    float width = 0;          // px; 0: as wide as it needs
    float height = 30;        // at zoom 1
};
bool button(const char* id, const Face& face, const char* tip = nullptr);
/** The width that the button would take, px. */
float button_width(const Face& face);

/** A menu that opens below `anchor`; true while it is open, then end_menu() must follow. Both are called in the same ImGui window. */
void open_menu(const char* id);
bool begin_menu(const char* id, const Rect& anchor, float width_at_zoom_1);
void end_menu();
bool menu_is_open();  // any
/** An entry of a menu; closes it when clicked. `key` is shown at the right. */
bool menu_entry(const char* id, const char* label, const char* key = "", bool chosen = false, bool enabled = true,
                const char* tip = nullptr);
void menu_heading(const char* text);
void menu_text(const char* text, ImU32 colour);  // wrapped
void menu_line();
void close_menu();

/** True while the mouse drags this area; `moved` is how far since the last frame. */
bool drag(const char* id, const Rect& rect, ImVec2* moved, ImGuiMouseCursor cursor);

/** Wrapped text at a place; returns its height. */
float draw_wrapped(ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, float width);
float wrapped_height(ImFont* font, std::string_view text, float width);

/** The rectangle of the widget drawn last. */
Rect last_rect();

/** Control characters, invalid UTF-8 and what the font lacks as escapes, so that nothing is hidden and no box stands for an unknown. */
std::string showable(ImFont* font, std::string_view text);

struct Toast {
    std::string text;
    bool trouble = false;
};
/** What was said since the last call. */
std::vector<Toast> take_toasts();

/** Escape or Enter was pressed since the frame before. Told by the app: ImGui before 1.87 misses keys that go down and up between two frames. */
void press_escape();
void press_enter();
bool escape_pressed();
bool enter_pressed();

/** The tooltip of the widget drawn last, where it depends on where the pointer is. */
void point_out(const char* id, bool hovered, const std::string& tip);

/** No tooltip until the mouse rests on another widget. */
void hide_tooltip();
/** Asks for a frame in so many seconds, for a tooltip that is due. */
void wake_in(double seconds);
/** Draws into another window's ImGui context, which is current: what is noted there is none of this frame's. */
void draw_elsewhere(const Theme& theme, const Fonts& fonts, float scale, const std::function<void()>& draw);
/** Seconds until the next frame that somebody asked for since begin_frame; negative if nobody did. */
double next_wake();

}  // namespace synoptic::ui
