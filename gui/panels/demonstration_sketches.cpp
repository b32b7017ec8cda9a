#include "gui/panels/demonstration_sketches.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "gui/icons.h"
#include "gui/imgui_versions.h"

namespace synoptic {
namespace {

struct Sketch {
    ImDrawList& canvas;
    ui::Rect area;
    const Theme& theme;
    float unit;  // a pixel at zoom 1

    ImVec2 at(float x, float y) const { return {std::floor(area.x + area.w * x), std::floor(area.y + area.h * y)}; }
    void box(ImVec2 centre, float w, float h, ImU32 colour, bool filled = true) const {
        const ImVec2 low{centre.x - w * unit / 2, centre.y - h * unit / 2}, high{centre.x + w * unit / 2, centre.y + h * unit / 2};
        const float line = std::max(1.5f, 1.6f * unit);
        canvas.AddRectFilled(low, high, theme.dark ? theme.card_raised : theme.card, 4 * unit);
        if (filled) canvas.AddRectFilled(low, {low.x + 4 * unit, high.y}, colour, 4 * unit, ImDrawFlags_RoundCornersLeft);
        imgui::stroke_rect(canvas, low, high, filled ? faded(colour, 0.75f) : colour, 4 * unit, filled ? std::max(1.0f, unit) : line);
    }
    void wire(ImVec2 from, ImVec2 to, ImU32 colour) const {
        const float bend = (to.x - from.x) / 2;
        canvas.AddBezierCubic(from, {from.x + bend, from.y}, {to.x - bend, to.y}, to, colour, std::max(1.5f, 2 * unit));
    }
    /** A child hangs on its parent's right edge. */
    void branch(ImVec2 parent, ImVec2 child, float child_width) const {
        const float x = std::floor(parent.x + 33 * unit), line = std::max(1.0f, std::floor(1.5f * unit));
        canvas.AddLine({x, parent.y}, {x, child.y}, theme.outline_strong, line);
        canvas.AddLine({x, child.y}, {child.x + child_width * unit / 2, child.y}, theme.outline_strong, line);
    }
    void waiting_wire(ImVec2 from, ImVec2 to, ImU32 colour) const {
        const float bend = (to.x - from.x) / 2;
        const auto point = [&](float t) {
            const float u = 1 - t;
            const float x = u * u * u * from.x + 3 * u * u * t * (from.x + bend) + 3 * u * t * t * (to.x - bend) + t * t * t * to.x;
            const float y = u * u * u * from.y + 3 * u * u * t * from.y + 3 * u * t * t * to.y + t * t * t * to.y;
            return ImVec2{x, y};
        };
        for (float t = 0; t < 1; t += 0.1f) canvas.AddLine(point(t), point(std::min(1.0f, t + 0.055f)), colour, std::max(1.5f, 2 * unit));
    }
};

void sketch_waiting(const Sketch& s) {
    const ImVec2 first = s.at(0.16f, 0.3f), second = s.at(0.16f, 0.72f), server = s.at(0.82f, 0.42f);
    s.wire({first.x + 26 * s.unit, first.y}, {server.x - 32 * s.unit, server.y - 8 * s.unit}, s.theme.alive);
    s.waiting_wire({second.x + 26 * s.unit, second.y}, {server.x - 32 * s.unit, server.y + 12 * s.unit}, s.theme.blocked);
    s.box(first, 52, 26, s.theme.client);
    s.box(second, 52, 26, s.theme.client);
    s.box(server, 64, 58, s.theme.server);
    draw_icon(s.canvas, Icon::clock, s.at(0.49f, 0.56f), 18 * s.unit, s.theme.blocked);
}

void sketch_beside(const Sketch& s) {
    for (float row : {0.26f, 0.74f}) {
        const bool forks = row < 0.5f;
        const ImVec2 server = s.at(0.72f, row);
        for (int index = -1; index <= 1; ++index) {
            const float offset = static_cast<float>(index) * 12 * s.unit;
            const ImVec2 client{s.at(0.13f, row).x, server.y + offset}, worker{s.at(0.9f, row).x, server.y + offset};
            s.wire({client.x + 17 * s.unit, client.y}, {(forks ? worker.x - 17 * s.unit : server.x - 8 * s.unit), worker.y}, s.theme.alive);
            s.box(client, 34, 9, s.theme.client);
            if (forks) s.box(worker, 34, 9, s.theme.server);
        }
        if (forks) {
            s.box({s.at(0.62f, row).x, server.y}, 30, 40, s.theme.server);
        } else {
            s.box({s.at(0.8f, row).x, server.y}, 76, 44, s.theme.server);
            for (int index = -1; index <= 1; ++index) {
                const float y = server.y + static_cast<float>(index) * 12 * s.unit;
                s.canvas.AddRectFilled({s.at(0.7f, row).x, y - 3 * s.unit}, {s.at(0.92f, row).x, y + 3 * s.unit},
                                       faded(s.theme.server, 0.8f), 3 * s.unit);
            }
        }
    }
}

void sketch_forked(const Sketch& s) {
    const ImVec2 parent = s.at(0.76f, 0.14f);
    for (int index = 0; index < 3; ++index) {
        const float y = 0.42f + 0.24f * static_cast<float>(index);
        const ImVec2 client = s.at(0.15f, y), child = s.at(0.72f, y);
        s.wire({client.x + 24 * s.unit, client.y}, {child.x - 29 * s.unit, child.y}, s.theme.alive);
        s.box(client, 48, 20, s.theme.client);
        s.branch(parent, child, 58);
        s.box(child, 58, 20, s.theme.server);
    }
    s.box(parent, 80, 26, s.theme.server);
}

void sketch_zombies(const Sketch& s) {
    const ImVec2 client = s.at(0.15f, 0.5f), server = s.at(0.76f, 0.16f), child = s.at(0.72f, 0.5f), dead = s.at(0.72f, 0.82f);
    s.wire({client.x + 26 * s.unit, client.y}, {child.x - 29 * s.unit, child.y}, s.theme.alive);
    s.box(client, 52, 24, s.theme.client);
    s.branch(server, child, 58);
    s.branch(server, dead, 58);
    s.box(server, 80, 26, s.theme.server);
    s.box(child, 58, 22, s.theme.server);
    s.box(dead, 58, 22, s.theme.trouble, false);
    draw_icon(s.canvas, Icon::close, dead, 10 * s.unit, s.theme.trouble);
}

void sketch_file(const Sketch& s, ImVec2 centre) {
    s.box(centre, 58, 50, s.theme.text_dim, false);
    for (float line : {-13.0f, 0.0f, 13.0f}) {
        const float y = centre.y + line * s.unit, end = line > 0 ? 8 * s.unit : 20 * s.unit;
        s.canvas.AddLine({centre.x - 20 * s.unit, y}, {centre.x + end, y}, s.theme.text_dim, 2 * s.unit);
    }
}

void sketch_two_puts(const Sketch& s) {
    const ImVec2 file = s.at(0.84f, 0.5f), lock = s.at(0.62f, 0.5f);
    for (float row : {0.25f, 0.75f}) {
        const ImVec2 client = s.at(0.12f, row), child = s.at(0.4f, row);
        s.wire({client.x + 22 * s.unit, client.y}, {child.x - 26 * s.unit, child.y}, s.theme.alive);
        s.wire({child.x + 26 * s.unit, child.y}, {lock.x - 10 * s.unit, lock.y}, row < 0.5f ? s.theme.server : s.theme.blocked);
        s.box(client, 44, 20, s.theme.client);
        s.box(child, 52, 20, s.theme.server);
    }
    s.wire({lock.x + 10 * s.unit, lock.y}, {file.x - 29 * s.unit, file.y}, s.theme.server);
    draw_icon(s.canvas, Icon::lock, lock, 20 * s.unit, s.theme.server);
    sketch_file(s, file);
}

void sketch_kill(const Sketch& s) {
    const ImVec2 client = s.at(0.12f, 0.5f), server = s.at(0.46f, 0.5f), file = s.at(0.84f, 0.5f);
    s.wire({client.x + 26 * s.unit, client.y}, {server.x - 36 * s.unit, server.y}, s.theme.alive);
    s.wire({server.x + 36 * s.unit, server.y}, {file.x - 29 * s.unit, file.y}, s.theme.server);
    s.box(client, 52, 24, s.theme.client);
    s.box(server, 72, 30, s.theme.trouble, false);
    draw_icon(s.canvas, Icon::close, server, 14 * s.unit, s.theme.trouble);
    sketch_file(s, file);
}

void sketch_copies(const Sketch& s) {
    const ImVec2 parent = s.at(0.72f, 0.16f);
    for (float row : {0.48f, 0.82f}) {
        const ImVec2 client = s.at(0.13f, row), child = s.at(0.68f, row);
        s.wire({client.x + 24 * s.unit, client.y}, {child.x - 36 * s.unit, child.y}, s.theme.alive);
        s.box(client, 48, 20, s.theme.client);
        s.branch(parent, child, 72);
        s.box(child, 72, 24, s.theme.server);
        s.canvas.AddRectFilled({child.x + 6 * s.unit, child.y - 7 * s.unit}, {child.x + 28 * s.unit, child.y + 7 * s.unit},
                               row < 0.6f ? s.theme.text : faded(s.theme.text, 0.25f), 3 * s.unit);
    }
    s.box(parent, 80, 26, s.theme.server);
}

void sketch_two_sends(const Sketch& s) {
    const ImVec2 client = s.at(0.14f, 0.5f), server = s.at(0.86f, 0.5f);
    for (float row : {0.26f, 0.74f}) {
        const bool waits = row < 0.5f;
        const ImVec2 from{client.x + 26 * s.unit, s.at(0, row).y}, to{server.x - 32 * s.unit, s.at(0, row).y};
        s.canvas.AddLine(from, to, waits ? s.theme.blocked : s.theme.alive, std::max(1.5f, 2 * s.unit));
        const float first = to.x - 18 * s.unit, second = waits ? from.x + 18 * s.unit : first - 26 * s.unit;
        for (const float x : {first, second}) s.box({x, from.y}, 20, 12, s.theme.client);
        if (waits) draw_icon(s.canvas, Icon::clock, {(from.x + to.x) / 2, from.y}, 16 * s.unit, s.theme.blocked);
    }
    s.box(client, 52, 58, s.theme.client);
    s.box(server, 64, 58, s.theme.server);
}

}  // namespace

void draw_sketch(const Demonstration& one, const ui::Rect& area) {
    const Sketch sketch{ui::canvas(), area, ui::theme(), ui::px(1)};
    const std::string_view id = one.id;
    if (id == "second_client_waits") sketch_waiting(sketch);
    if (id == "fork_beside_threads") sketch_beside(sketch);
    if (id == "forked_server") sketch_forked(sketch);
    if (id == "zombies") sketch_zombies(sketch);
    if (id == "two_puts") sketch_two_puts(sketch);
    if (id == "kill_mid_write") sketch_kill(sketch);
    if (id == "copies") sketch_copies(sketch);
    if (id == "two_small_sends") sketch_two_sends(sketch);
}

}  // namespace synoptic
