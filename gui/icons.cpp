#include "gui/icons.h"
#include "gui/imgui_versions.h"

#include <algorithm>
#include <cmath>

namespace synoptic {
namespace {

/** A pen for one icon: coordinates from -1 to 1 inside its square. */
struct Pen {
    ImDrawList& canvas;
    ImVec2 centre;
    float half;
    ImU32 colour;
    float width;

    ImVec2 at(float x, float y) const { return {centre.x + x * half, centre.y + y * half}; }
    void line(float x1, float y1, float x2, float y2) const { canvas.AddLine(at(x1, y1), at(x2, y2), colour, width); }
    void box(float x1, float y1, float x2, float y2, float rounding = 0.2f) const {
        imgui::stroke_rect(canvas, at(x1, y1), at(x2, y2), colour, rounding * half, width);
    }
    void filled_box(float x1, float y1, float x2, float y2, float rounding = 0.12f) const {
        canvas.AddRectFilled(at(x1, y1), at(x2, y2), colour, rounding * half);
    }
    void triangle(float x1, float y1, float x2, float y2, float x3, float y3) const {
        canvas.AddTriangleFilled(at(x1, y1), at(x2, y2), at(x3, y3), colour);
    }
    void ring(float x, float y, float radius) const { canvas.AddCircle(at(x, y), radius * half, colour, 0, width); }
    void disc(float x, float y, float radius) const { canvas.AddCircleFilled(at(x, y), radius * half, colour); }
};

void draw_sun(const Pen& pen) {
    pen.disc(0, 0, 0.42f);
    for (int ray = 0; ray < 8; ++ray) {
        const float angle = static_cast<float>(ray) * 3.14159265f / 4;
        const float x = std::cos(angle), y = std::sin(angle);
        pen.line(x * 0.66f, y * 0.66f, x * 0.94f, y * 0.94f);
    }
}

void draw_moon(const Pen& pen) {
    // A disc, less a disc up and to the right of it: the outline runs along both circles.
    pen.canvas.PathClear();
    pen.canvas.PathArcTo(pen.at(0, 0), pen.half * 0.82f, -0.35f, -0.35f + 4.4f, 28);
    const float bite = pen.half * 0.78f;
    pen.canvas.PathArcTo(pen.at(0.44f, -0.44f), bite, 3.35f, 1.35f, 20);
    imgui::stroke_path(pen.canvas, pen.colour, true, pen.width);
}

void draw_options(const Pen& pen) {
    const float knobs[] = {0.35f, -0.35f, 0.1f};
    for (int row = 0; row < 3; ++row) {
        const float y = -0.6f + 0.6f * static_cast<float>(row);
        pen.line(-0.9f, y, knobs[row] - 0.2f, y);
        pen.line(knobs[row] + 0.2f, y, 0.9f, y);
        pen.ring(knobs[row], y, 0.2f);
    }
}

void draw_film(const Pen& pen) {
    pen.box(-0.9f, -0.7f, 0.9f, 0.7f);
    pen.triangle(-0.28f, -0.4f, -0.28f, 0.4f, 0.45f, 0);
}

void draw_chat(const Pen& pen) {
    pen.box(-0.9f, -0.8f, 0.9f, 0.42f, 0.35f);
    pen.triangle(-0.5f, 0.36f, 0.05f, 0.36f, -0.5f, 0.92f);
    for (float x : {-0.42f, 0.0f, 0.42f}) pen.disc(x, -0.19f, 0.11f);
}

void draw_help(const Pen& pen) {
    pen.ring(0, 0, 0.9f);
    pen.canvas.PathClear();
    pen.canvas.PathArcTo(pen.at(0, -0.2f), pen.half * 0.3f, -3.3f, 1.2f, 14);
    pen.canvas.PathLineTo(pen.at(0, 0.22f));
    imgui::stroke_path(pen.canvas, pen.colour, false, pen.width);
    pen.disc(0, 0.5f, 0.12f);
}

void draw_lock(const Pen& pen) {
    pen.filled_box(-0.65f, -0.1f, 0.65f, 0.85f, 0.16f);
    pen.canvas.PathClear();
    pen.canvas.PathArcTo(pen.at(0, -0.3f), pen.half * 0.4f, 3.14159265f, 6.2831853f, 14);
    imgui::stroke_path(pen.canvas, pen.colour, false, pen.width);
    pen.line(-0.4f, -0.3f, -0.4f, -0.05f);
    pen.line(0.4f, -0.3f, 0.4f, -0.05f);
}

void draw_disk(const Pen& pen) {
    pen.box(-0.75f, -0.75f, 0.75f, 0.75f, 0.3f);
    pen.line(-0.75f, 0.2f, 0.75f, 0.2f);
    pen.disc(0.4f, 0.48f, 0.13f);
}

void draw_warning(const Pen& pen) {
    pen.canvas.AddTriangle(pen.at(0, -0.8f), pen.at(0.92f, 0.78f), pen.at(-0.92f, 0.78f), pen.colour, pen.width);
    pen.line(0, -0.25f, 0, 0.25f);
    pen.disc(0, 0.52f, 0.11f);
}

}  // namespace

void draw_icon(ImDrawList& canvas, Icon icon, ImVec2 centre, float size, ImU32 colour) {
    // Half a pixel keeps thin lines on pixels.
    const ImVec2 middle = {std::floor(centre.x) + 0.5f, std::floor(centre.y) + 0.5f};
    const Pen pen{canvas, middle, size / 2, colour, std::max(1.2f, size * 0.1f)};
    switch (icon) {
        case Icon::none:
            break;
        case Icon::play:
            pen.triangle(-0.55f, -0.75f, -0.55f, 0.75f, 0.75f, 0);
            break;
        case Icon::hold:  // a hand that stops: a bar before which an arrow waits
            pen.line(0.75f, -0.8f, 0.75f, 0.8f);
            pen.line(-0.85f, 0, 0.25f, 0);
            pen.triangle(-0.05f, -0.45f, -0.05f, 0.45f, 0.45f, 0);
            break;
        case Icon::pause:
            pen.filled_box(-0.6f, -0.7f, -0.15f, 0.7f);
            pen.filled_box(0.15f, -0.7f, 0.6f, 0.7f);
            break;
        case Icon::stop:
            pen.filled_box(-0.6f, -0.6f, 0.6f, 0.6f);
            break;
        case Icon::step:
            pen.triangle(-0.7f, -0.7f, -0.7f, 0.7f, 0.35f, 0);
            pen.filled_box(0.42f, -0.7f, 0.68f, 0.7f, 0);
            break;
        case Icon::back:
            pen.triangle(0.7f, -0.7f, 0.7f, 0.7f, -0.35f, 0);
            pen.filled_box(-0.68f, -0.7f, -0.42f, 0.7f, 0);
            break;
        case Icon::end:
            pen.line(-0.7f, -0.6f, -0.1f, 0);
            pen.line(-0.7f, 0.6f, -0.1f, 0);
            pen.line(0, -0.6f, 0.6f, 0);
            pen.line(0, 0.6f, 0.6f, 0);
            break;
        case Icon::plus:
            pen.line(-0.7f, 0, 0.7f, 0);
            pen.line(0, -0.7f, 0, 0.7f);
            break;
        case Icon::minus:
            pen.line(-0.7f, 0, 0.7f, 0);
            break;
        case Icon::clock:
            pen.ring(0, 0, 0.85f);
            pen.line(0, -0.48f, 0, 0);
            pen.line(0, 0, 0.38f, 0.2f);
            break;
        case Icon::chevron_down:
            pen.line(-0.5f, -0.25f, 0, 0.28f);
            pen.line(0, 0.28f, 0.5f, -0.25f);
            break;
        case Icon::chevron_right:
            pen.line(-0.25f, -0.5f, 0.28f, 0);
            pen.line(0.28f, 0, -0.25f, 0.5f);
            break;
        case Icon::chevron_up:
            pen.line(-0.5f, 0.25f, 0, -0.28f);
            pen.line(0, -0.28f, 0.5f, 0.25f);
            break;
        case Icon::chevron_left:
            pen.line(0.25f, -0.5f, -0.28f, 0);
            pen.line(-0.28f, 0, 0.25f, 0.5f);
            break;
        case Icon::bookmark:
            pen.line(-0.5f, -0.8f, 0.5f, -0.8f);
            pen.line(-0.5f, -0.8f, -0.5f, 0.8f);
            pen.line(0.5f, -0.8f, 0.5f, 0.8f);
            pen.line(-0.5f, 0.8f, 0, 0.35f);
            pen.line(0.5f, 0.8f, 0, 0.35f);
            break;
        case Icon::pin:  // a drawing pin from the side: its head, its collar, its point
            pen.line(-0.45f, -0.8f, 0.45f, -0.8f);
            pen.line(-0.28f, -0.8f, -0.28f, -0.1f);
            pen.line(0.28f, -0.8f, 0.28f, -0.1f);
            pen.line(-0.6f, 0, 0.6f, 0);
            pen.line(0, 0, 0, 0.85f);
            break;
        case Icon::chat:
            draw_chat(pen);
            break;
        case Icon::close:
            pen.line(-0.6f, -0.6f, 0.6f, 0.6f);
            pen.line(-0.6f, 0.6f, 0.6f, -0.6f);
            break;
        case Icon::maximise:
            pen.box(-0.75f, -0.75f, 0.75f, 0.75f);
            pen.line(-0.75f, -0.4f, 0.75f, -0.4f);
            break;
        case Icon::restore:
            pen.box(-0.8f, -0.25f, 0.3f, 0.8f);
            pen.line(-0.35f, -0.8f, 0.8f, -0.8f);
            pen.line(0.8f, -0.8f, 0.8f, 0.3f);
            break;
        case Icon::hide:
            pen.line(-0.65f, 0.55f, 0.65f, 0.55f);
            break;
        case Icon::more:
            for (float x : {-0.65f, 0.0f, 0.65f}) pen.disc(x, 0, 0.18f);
            break;
        case Icon::options:
            draw_options(pen);
            break;
        case Icon::panes:
            pen.box(-0.9f, -0.75f, 0.9f, 0.75f);
            pen.line(0.3f, -0.75f, 0.3f, 0.75f);
            pen.line(-0.9f, 0.1f, 0.3f, 0.1f);
            break;
        case Icon::sun:
            draw_sun(pen);
            break;
        case Icon::moon:
            draw_moon(pen);
            break;
        case Icon::help:
            draw_help(pen);
            break;
        case Icon::copy:
            pen.box(-0.8f, -0.35f, 0.35f, 0.85f);
            pen.line(-0.35f, -0.8f, 0.8f, -0.8f);
            pen.line(0.8f, -0.8f, 0.8f, 0.35f);
            break;
        case Icon::check:
            pen.line(-0.7f, 0.05f, -0.2f, 0.55f);
            pen.line(-0.2f, 0.55f, 0.75f, -0.5f);
            break;
        case Icon::warning:
            draw_warning(pen);
            break;
        case Icon::film:
            draw_film(pen);
            break;
        case Icon::save:  // into a tray
            pen.line(0, -0.8f, 0, 0.25f);
            pen.line(-0.4f, -0.1f, 0, 0.3f);
            pen.line(0.4f, -0.1f, 0, 0.3f);
            pen.line(-0.8f, 0.3f, -0.8f, 0.8f);
            pen.line(-0.8f, 0.8f, 0.8f, 0.8f);
            pen.line(0.8f, 0.8f, 0.8f, 0.3f);
            break;
        case Icon::dot:
            pen.disc(0, 0, 0.5f);
            break;
        case Icon::lock:
            draw_lock(pen);
            break;
        case Icon::disk:
            draw_disk(pen);
            break;
        case Icon::process:
            pen.box(-0.75f, -0.75f, 0.75f, 0.75f);
            pen.filled_box(-0.3f, -0.3f, 0.3f, 0.3f);
            break;
    }
}

}  // namespace synoptic
