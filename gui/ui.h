// ui: thin wrappers around ImGui. Every widget goes through here, so that it has a stable id, a recorded rectangle (for tests: --dump), a tooltip, and
// the app's looks. Sizes are given at zoom 1 and scaled by `scale()`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gui/theme.h"
#include "imgui.h"

namespace synoptic::ui {

struct Rect {
    float x = 0, y = 0, w = 0, h = 0;
    ImVec2 min() const { return {x, y}; }
    ImVec2 max() const { return {x + w, y + h}; }
    float right() const { return x + w; }
    float bottom() const { return y + h; }
    bool contains(ImVec2 p) const { return p.x >= x && p.y >= y && p.x < x + w && p.y < y + h; }
    Rect inset(float d) const { return {x + d, y + d, w - 2 * d, h - 2 * d}; }
};

/** A widget as it was drawn in the last frame. */
struct Record {
    std::string id;     // "toolbar.step", "stage.client.3"
    std::string label;  // its text
    std::string value;  // of a field: what it holds; of a toggle: "on" or "off"
    Rect rect;
    bool enabled = true;
};

// The frame's state, set by the app.
void begin_frame(const Theme& theme, const Fonts& fonts, float scale);
const Theme& theme();
const Fonts& fonts();
float scale();
inline float px(float at_zoom_1) {
    return at_zoom_1 * scale();
}
const std::vector<Record>& records();  // of the frame drawn so far

/** Notes a rectangle that is not a widget of ImGui's, with what it says. */
void record(std::string_view id, const Rect& rect, std::string_view label = {}, std::string_view value = {}, bool enabled = true);

// Widgets. `id` is stable and unique; `tip` is the tooltip, with the man page's name where there is one ("accept(2): …") and the key.
enum class Look { plain, primary, quiet, danger };
bool button(const char* id, const char* label, const char* tip = nullptr, Look look = Look::plain, bool enabled = true, float width = 0);
bool icon_toggle(const char* id, const char* label, bool* on, const char* tip = nullptr);
bool combo(const char* id, const char* label, int* chosen, const std::vector<std::string>& options, float width, const char* tip = nullptr);
bool text_field(const char* id, std::string* text, const char* hint, float width, const char* tip = nullptr, bool enter_submits = true);
bool slider(const char* id, int* value, int low, int high, const char* format, float width, const char* tip = nullptr);
/** A tab; cut with "…" where it is given less than tab_width(label) (px; 0: no less). */
bool tab(const char* id, const char* label, bool chosen, const char* tip = nullptr, float width = 0);
float tab_width(const char* label);
void badge(const char* label, ImU32 colour, bool filled = true);

/** The tooltip of the widget that is drawn next leaves this free, too: what it is about is larger than the widget. */
void keep_clear(const Rect& rect);
/** A clickable area at an absolute place, for things drawn by hand. `hovered` may be null. */
bool hit(const char* id, const Rect& rect, std::string_view label = {}, bool* hovered = nullptr, const char* tip = nullptr);

// Drawing by hand, in absolute coordinates.
ImDrawList& canvas();
float text_width(ImFont* font, std::string_view text);
/** The text, or as much of its beginning as is no wider than `most_width` with "…" behind it. */
std::string shortened(ImFont* font, std::string_view text, float most_width);
/** Draws text; cut with "…" where it is wider than `most_width` (0: never). Returns its width. */
float draw_text(ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, float most_width = 0);
/** A rounded label with text, as for states; returns its rectangle. `right_aligned`: `at` is its top right corner. */
Rect draw_badge(ImVec2 at, std::string_view label, ImU32 colour, bool filled, bool right_aligned = false);
void draw_card(const Rect& rect, ImU32 fill, ImU32 outline, ImU32 left_bar = 0);

/** Events a message to be read soon by a person, shown at the bottom for some seconds (kept in the list of messages). */
void toast(std::string text, bool trouble = false);

}  // namespace synoptic::ui
