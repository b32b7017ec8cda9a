// Marks: see marks.h.
#include "gui/panels/marks.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "gui/icons.h"
#include "gui/imgui_versions.h"
#include "gui/widgets.h"

namespace synoptic::mark {
namespace {

using ui::px;

ui::Rect bar_of(const ui::Rect& area, double share_seen, double share_before) {
    const float least = px(28), room = area.h - px(4);
    const float height = std::clamp(static_cast<float>(room * share_seen), std::min(least, room), room);
    return {area.right() - px(8), area.y + px(2) + (room - height) * static_cast<float>(share_before), px(6), height};
}

/** The bar of a scrolled area; returns how far, as a share of all, it was dragged. */
double drag_bar(const char* id, const ui::Rect& area, double share_seen, double share_before) {
    const ui::Rect bar = bar_of(area, share_seen, std::clamp(share_before, 0.0, 1.0));
    ImVec2 moved;
    const ui::Rect grip{bar.x - px(3), bar.y, bar.w + px(5), bar.h};
    const bool held = ui::drag(id, grip, &moved, ImGuiMouseCursor_Arrow), over = pointer_over(grip);
    const ui::Rect drawn = held || over ? bar : ui::Rect{bar.x + px(2), bar.y, bar.w - px(2), bar.h};
    ui::canvas().AddRectFilled(drawn.min(), drawn.max(), held || over ? ui::theme().text_faint : ui::theme().outline_strong, drawn.w / 2);
    const float room = area.h - px(4) - bar.h;
    if (!held || room <= 0) return 0;
    return static_cast<double>(moved.y) / static_cast<double>(room);
}

}  // namespace

float line_height(ImFont* font) {
    return font ? imgui::font_size(font) : ImGui::GetTextLineHeight();
}

float text(ImFont* font, float x, float mid_y, ImU32 colour, std::string_view text, float most_width) {
    return ui::draw_text(font, {std::floor(x), std::floor(mid_y - line_height(font) / 2)}, colour, text, most_width);
}

float text_right(ImFont* font, float right_x, float mid_y, ImU32 colour, std::string_view text, float most_width) {
    float width = ui::text_width(font, text);
    if (most_width > 0) width = std::min(width, most_width);
    return mark::text(font, right_x - width, mid_y, colour, text, most_width);
}

float paragraph(ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, float width, int most_lines, bool draw) {
    const float height = line_height(font) * 1.3f;
    float y = at.y;
    for (int line = 0; line < most_lines && !text.empty(); ++line, y += height) {
        std::size_t end = text.find('\n');
        if (end == std::string_view::npos) end = text.size();
        std::size_t next = std::min(end + 1, text.size());
        const bool last = line + 1 == most_lines;
        // As many words as fit; a word that is wider than the line is cut by draw_text.
        while (!last && ui::text_width(font, text.substr(0, end)) > width) {
            const std::size_t space = text.rfind(' ', end - 1);
            if (space == std::string_view::npos || space == 0) break;
            end = space;
            next = space + 1;
        }
        if (draw) ui::draw_text(font, {at.x, y}, colour, text.substr(0, last && next < text.size() ? text.size() : end), width);
        text.remove_prefix(last ? text.size() : next);
    }
    return y - at.y;
}

float chip_width(std::string_view label) {
    return ui::text_width(ui::fonts().small_text, label) + px(16);
}

ui::Rect chip(float x, float mid_y, std::string_view label, ImU32 colour, bool filled, bool right_aligned) {
    ImFont* font = ui::fonts().small_text;
    const float width = chip_width(label), height = line_height(font) + px(4);
    const ui::Rect rect{std::floor(right_aligned ? x - width : x), std::floor(mid_y - height / 2), width, height};
    ImDrawList& canvas = ui::canvas();
    if (filled)
        canvas.AddRectFilled(rect.min(), rect.max(), colour, height / 2);
    else
        imgui::stroke_rect(canvas, rect.min(), rect.max(), colour, height / 2, px(1.2f));
    const ImU32 alpha = colour >> IM_COL32_A_SHIFT & 0xff;
    const ImU32 ink = filled ? faded(ui::theme().on_accent, static_cast<float>(alpha) / 255.0f) : colour;
    mark::text(font, rect.x + px(8), mid_y, ink, label);
    return rect;
}

void clock(ImVec2 centre, float radius, ImU32 colour) {
    draw_icon(ui::canvas(), Icon::clock, centre, radius * 2.1f, colour);
}

void gate(ImVec2 centre, float size, ImU32 colour, bool returned) {
    ImDrawList& canvas = ui::canvas();
    const float half = size / 2, bar = std::max(1.5f, size * 0.16f);
    const float bar_x = returned ? centre.x - half : centre.x + half - bar, tip = returned ? centre.x + half : centre.x + half - bar * 2;
    const float tail = returned ? centre.x - half + bar * 2 : centre.x - half;
    canvas.AddRectFilled({bar_x, centre.y - half}, {bar_x + bar, centre.y + half}, colour, bar / 2);
    canvas.AddTriangleFilled({tail, centre.y - half * 0.7f}, {tip, centre.y}, {tail, centre.y + half * 0.7f}, colour);
}

void cross(ImVec2 centre, float size, ImU32 colour) {
    const float half = size / 2, line = std::max(1.2f, size * 0.16f);
    ui::canvas().AddLine({centre.x - half, centre.y - half}, {centre.x + half, centre.y + half}, colour, line);
    ui::canvas().AddLine({centre.x + half, centre.y - half}, {centre.x - half, centre.y + half}, colour, line);
}

ImVec2 Curve::at(float share) const {
    const float rest = 1 - share;
    const float w0 = rest * rest * rest, w1 = 3 * rest * rest * share, w2 = 3 * rest * share * share, w3 = share * share * share;
    return {w0 * from.x + w1 * from_control.x + w2 * to_control.x + w3 * to.x,
            w0 * from.y + w1 * from_control.y + w2 * to_control.y + w3 * to.y};
}

Curve curve_between(ImVec2 from, ImVec2 to) {
    const float reach = (to.x - from.x) * 0.5f;
    return {from, {from.x + reach, from.y}, {to.x - reach, to.y}, to};
}

void draw_curve(const Curve& curve, ImU32 colour, float thickness) {
    ui::canvas().AddBezierCubic(curve.from, curve.from_control, curve.to_control, curve.to, colour, thickness);
}

void draw_dashed(const Curve& curve, ImU32 colour, float thickness, float dash, float gap) {
    // Steps shorter than a dash, however long the curve.
    const float chord = std::hypot(curve.to.x - curve.from.x, curve.to.y - curve.from.y);
    const int steps = std::clamp(static_cast<int>(chord * 1.6f / std::max(dash * 0.5f, 0.5f)), 32, 600);
    ImVec2 before = curve.from;
    float run = 0;  // length since the current dash began
    for (int step = 1; step <= steps; ++step) {
        const ImVec2 now = curve.at(static_cast<float>(step) / static_cast<float>(steps));
        const float length = std::hypot(now.x - before.x, now.y - before.y);
        if (std::fmod(run, dash + gap) < dash) ui::canvas().AddLine(before, now, colour, thickness);
        run += length;
        before = now;
    }
}

void draw_arrow(const Curve& curve, float share, bool forward, ImU32 colour, float size) {
    const ImVec2 tip = curve.at(share), before = curve.at(forward ? share - 0.02f : share + 0.02f);
    const float length = std::max(std::hypot(tip.x - before.x, tip.y - before.y), 0.001f);
    const float dx = (tip.x - before.x) / length, dy = (tip.y - before.y) / length;
    const ImVec2 base{tip.x - dx * size, tip.y - dy * size};
    const float wide = size * 0.55f;
    ImVec2 left{base.x - dy * wide, base.y + dx * wide}, right{base.x + dy * wide, base.y - dx * wide};
    ui::canvas().AddTriangleFilled(tip, left, right, colour);
}

void dashed_rect(const ui::Rect& rect, ImU32 colour, float rounding) {
    ImDrawList& canvas = ui::canvas();
    const float dash = px(5), gap = px(4), line = px(1.2f);
    const auto along = [&](ImVec2 from, ImVec2 to) {
        const float length = std::hypot(to.x - from.x, to.y - from.y);
        if (length <= 0) return;
        const float dx = (to.x - from.x) / length, dy = (to.y - from.y) / length;
        for (float at = 0; at < length; at += dash + gap) {
            const float end = std::min(at + dash, length);
            canvas.AddLine({from.x + dx * at, from.y + dy * at}, {from.x + dx * end, from.y + dy * end}, colour, line);
        }
    };
    along({rect.x + rounding, rect.y}, {rect.right() - rounding, rect.y});
    along({rect.right(), rect.y + rounding}, {rect.right(), rect.bottom() - rounding});
    along({rect.right() - rounding, rect.bottom()}, {rect.x + rounding, rect.bottom()});
    along({rect.x, rect.bottom() - rounding}, {rect.x, rect.y + rounding});
    const float quarter = 3.14159265f / 2;
    const ImVec2 corners[] = {{rect.right() - rounding, rect.bottom() - rounding},
                              {rect.x + rounding, rect.bottom() - rounding},
                              {rect.x + rounding, rect.y + rounding},
                              {rect.right() - rounding, rect.y + rounding}};
    for (int corner = 0; corner < 4; ++corner) {
        canvas.PathArcTo(corners[corner], rounding, quarter * (static_cast<float>(corner) + 0.2f),
                         quarter * (static_cast<float>(corner) + 0.8f), 6);
        imgui::stroke_path(canvas, colour, false, line);
    }
}

void lit(const ui::Rect& rect) {
    const Theme& theme = ui::theme();
    ui::canvas().AddRectFilled(rect.min(), rect.max(), theme.highlight);
    ui::canvas().AddRectFilled(rect.min(), {rect.x + ui::px(3), rect.bottom()}, theme.user);
}

void outline(const ui::Rect& rect, ImU32 colour, float thickness) {
    imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), colour, px(7), thickness);
}

bool pointer_over(const ui::Rect& rect) {
    return ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) && rect.contains(ImGui::GetIO().MousePos);
}

ui::Rect clipped(const ui::Rect& rect, const ui::Rect& by) {
    const float x = std::max(rect.x, by.x), y = std::max(rect.y, by.y);
    return {x, y, std::max(std::min(rect.right(), by.right()) - x, 0.0f), std::max(std::min(rect.bottom(), by.bottom()) - y, 0.0f)};
}

float scroll_sideways(const char* id, float position, float content, float room, const ui::Rect& area) {
    const float most = content - room;
    if (most <= 0.5f) return 0;
    const ImGuiIO& io = ImGui::GetIO();
    if (pointer_over(area)) {
        position -= (io.MouseWheelH + (io.KeyShift ? io.MouseWheel : 0)) * px(64);
        if (!io.WantTextInput && !imgui::keyboard_navigates()) position += static_cast<float>(imgui::arrows_pressed()) * px(64);
    }
    position = std::clamp(position, 0.0f, most);
    const float height = px(6), long_side = std::max(area.w * room / content, px(28)), way = std::max(area.w - long_side, 1.0f);
    const ui::Rect bar{area.x + way * position / most, area.bottom() - height - px(2), long_side, height};
    ImVec2 moved;
    const ui::Rect grip{bar.x, bar.y - px(3), bar.w, bar.h + px(5)};
    const bool held = ui::drag(id, grip, &moved, ImGuiMouseCursor_Arrow), over = pointer_over(grip);
    ui::canvas().AddRectFilled(bar.min(), bar.max(), held || over ? ui::theme().text_faint : ui::theme().outline_strong, height / 2);
    if (held) position += moved.x / way * most;
    return std::clamp(position, 0.0f, most);
}

float scroll(const char* id, float position, float content, const ui::Rect& area) {
    const float most = content - area.h;
    if (most <= 0.5f) return 0;
    if (pointer_over(area) && !ImGui::GetIO().KeyShift) position -= ImGui::GetIO().MouseWheel * px(64);
    position = std::clamp(position, 0.0f, most);
    position += static_cast<float>(drag_bar(id, area, area.h / content, position / most)) * most;
    return std::clamp(position, 0.0f, most);
}

double scroll_rows(const char* id, double first_row, double rows, double rows_seen, const ui::Rect& area) {
    const double most = rows - rows_seen;
    if (most <= 0) return 0;
    if (pointer_over(area)) first_row -= static_cast<double>(ImGui::GetIO().MouseWheel) * 3;
    first_row = std::clamp(first_row, 0.0, most);
    first_row += drag_bar(id, area, rows_seen / rows, first_row / most) * most;
    return std::clamp(first_row, 0.0, most);
}

}  // namespace synoptic::mark
