// Marks: what panels draw by hand besides text and cards: chips, the clock of a blocked call, the gate, wires, scroll bars. Absolute coordinates.
#pragma once

#include <string_view>

#include "gui/ui.h"

namespace synoptic::mark {

/** The height of a line of a font, in pixels. */
float line_height(ImFont* font);

/** Text with its middle at `mid_y`; cut with "…" where wider than `most_width` (0: never). Returns its width. */
float text(ImFont* font, float x, float mid_y, ImU32 colour, std::string_view text, float most_width = 0);
/** The same, ending at `right_x`. */
float text_right(ImFont* font, float right_x, float mid_y, ImU32 colour, std::string_view text, float most_width = 0);
/** Text in lines of at most `width`, broken at spaces; at most `most_lines`. Returns the height that it took. */
float paragraph(ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, float width, int most_lines = 100, bool draw = true);

/** A rounded label, its middle at `mid_y`. Filled ones are states that hold; outlined ones notes. Returns its rectangle. */
ui::Rect chip(float x, float mid_y, std::string_view label, ImU32 colour, bool filled = true, bool right_aligned = false);
float chip_width(std::string_view label);

/** A clock: waits in the kernel. */
void clock(ImVec2 centre, float radius, ImU32 colour);
/** A bar with an arrow before it (about to call) or behind it (just returned): stands at the gate. */
void gate(ImVec2 centre, float size, ImU32 colour, bool returned);
void cross(ImVec2 centre, float size, ImU32 colour);

struct Curve {
    ImVec2 from, from_control, to_control, to;
    ImVec2 at(float share) const;
};
/** An S-shaped curve that leaves and arrives horizontally. */
Curve curve_between(ImVec2 from, ImVec2 to);
void draw_curve(const Curve& curve, ImU32 colour, float thickness);
void draw_dashed(const Curve& curve, ImU32 colour, float thickness, float dash, float gap);
/** An arrow head on the curve, at a share of its length. */
void draw_arrow(const Curve& curve, float share, bool forward, ImU32 colour, float size);
void dashed_rect(const ui::Rect& rect, ImU32 colour, float rounding);
/** The ground of a row that is new at the moment of the past which is shown; not by its colour alone, but with a bar at its left, too. */
void lit(const ui::Rect& rect);
/** A rounded outline, as selected cards have. */
void outline(const ui::Rect& rect, ImU32 colour, float thickness);

/** True if the pointer is over `rect` and no menu lies above it. */
bool pointer_over(const ui::Rect& rect);
ui::Rect clipped(const ui::Rect& rect, const ui::Rect& by);

/** Wheel and a slim bar at the right edge. Returns the new position, 0 to content - area.h. */
float scroll(const char* id, float position, float content, const ui::Rect& area);
/** Shift and the wheel, a wheel that tilts, the arrow keys, and a slim bar at the bottom edge. Returns the new position, 0 to content - room. */
float scroll_sideways(const char* id, float position, float content, float room, const ui::Rect& area);
double scroll_rows(const char* id, double first_row, double rows, double rows_seen, const ui::Rect& area);

}  // namespace synoptic::mark
