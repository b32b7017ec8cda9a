// What is to be seen before anything was started: what this is, the ways in (a lesson, free play, a recording: a key for each), and demonstrations that are
// one click away.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

constexpr float card_width = 272, card_height = 236, card_gap = 18;  // at zoom 1

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

void draw_demonstration_card(AppState& state, const Demonstration& one, const ui::Rect& rect) {
    const Theme& theme = ui::theme();
    const std::string id = std::string("welcome.") + one.id;
    bool hovered = false;
    const bool clicked = ui::hit(id.c_str(), rect, one.title, &hovered);
    ui::draw_card(rect, hovered ? mixed(theme.card, theme.accent, 0.06f) : theme.card, hovered ? theme.accent : theme.outline);
    const float sketch_height = rect.h - ui::px(112);
    const ui::Rect sketch{rect.x + ui::px(18), rect.y + ui::px(14), rect.w - ui::px(36), sketch_height - ui::px(20)};
    ui::canvas().AddLine({rect.x, rect.y + sketch_height}, {rect.right(), rect.y + sketch_height}, theme.outline);
    draw_sketch(one, sketch);
    const float x = rect.x + ui::px(18), width = rect.w - ui::px(36);
    float y = rect.y + sketch_height + ui::px(14);
    ui::draw_text(ui::fonts().strong, {x, y}, theme.text, one.title, width);
    y += imgui::font_size(ui::fonts().strong) + ui::px(5);
    ui::draw_wrapped(ui::fonts().small_text, {x, y}, theme.text_dim, one.summary, width);
    if (clicked) start_demonstration(state, one);
}

/** A way in. */
struct Door {
    const char* id;
    const char* key;
    std::string title, about;
    Action action;
};

std::vector<Door> doors_of(AppState& state) {
    std::vector<Door> doors;
    const LessonEntry* entry = lesson_to_go_on_with(state.desk->list(), state.desk->progress());
    if (entry != nullptr) {
        const LessonProgress progress = state.desk->progress().of(entry->name);
        const std::string title = entry->number > 0 ? fmt::format("Lesson {}: {}", entry->number, entry->title) : entry->title;
        const std::string words = progress_words(progress), minutes = entry->minutes > 0 ? fmt::format("{} minutes", entry->minutes) : "";
        const std::string about = !words.empty() && !progress.finished
                                      ? "Go on where you were: " + words + "."
                                      : fmt::format("Learn by doing: {}, step by step.", minutes.empty() ? "a few minutes" : minutes);
        doors.push_back({"welcome.lesson", "Enter", title, about, Action::open_first_lesson});
    } else {
        doors.push_back(
            {"welcome.lessons", "F6", "Lessons", "None were found. SYNOPTIC_LESSONS can name a folder of them.", Action::lessons});
    }
    doors.push_back(
        {"welcome.free", "S", "Free play", "Start a server, add clients (C), type, stop, kill: see what happens.", Action::start_server});
    doors.push_back({"welcome.recording", "Ctrl O", "A recording", "Open a session that was saved, with all that happened in it.",
                     Action::open_recording});
    return doors;
}

void draw_door(AppState& state, const Door& door, const ui::Rect& rect, bool first) {
    const Theme& theme = ui::theme();
    bool hovered = false;
    const bool clicked = ui::hit(door.id, rect, door.title, &hovered);
    const ImU32 fill = hovered ? mixed(theme.card, theme.accent, 0.08f) : first ? mixed(theme.card, theme.accent, 0.05f) : theme.card;
    ui::draw_card(rect, fill, hovered || first ? theme.accent : theme.outline, first ? theme.accent : 0);
    const float pad = ui::px(18), width = rect.w - 2 * pad;
    float y = rect.y + ui::px(14);
    const ui::Rect key = ui::draw_badge({rect.right() - pad, y}, door.key, first ? theme.accent : theme.text_dim, first, true);
    ui::draw_text(ui::fonts().strong, {rect.x + pad, y}, theme.text, door.title, key.x - rect.x - pad - ui::px(10));
    y += imgui::font_size(ui::fonts().strong) + ui::px(6);
    ui::draw_wrapped(ui::fonts().small_text, {rect.x + pad, y}, theme.text_dim, door.about, width);
    if (clicked) state.ask(door.action);
}

constexpr float door_height = 92, least_door = 250;  // at zoom 1

/** Side by side where there is room, else below each other; returns their height. */
float draw_doors(AppState& state, float x, float y, float width, bool draws) {
    const std::vector<Door> doors = doors_of(state);
    const float gap = ui::px(card_gap), count = static_cast<float>(doors.size());
    const bool beside = width >= count * ui::px(least_door) + (count - 1) * gap;
    const float each = beside ? std::floor((width - (count - 1) * gap) / count) : width, height = std::floor(ui::px(door_height));
    for (std::size_t index = 0; draws && index < doors.size(); ++index) {
        const float at = static_cast<float>(index);
        const ui::Rect rect = beside ? ui::Rect{std::floor(x + at * (each + gap)), y, each, height}
                                     : ui::Rect{x, std::floor(y + at * (height + ui::px(10))), each, height};
        draw_door(state, doors[index], rect, index == 0);
    }
    return beside ? height : count * (height + ui::px(10));
}

}  // namespace

void draw_welcome(AppState& state, const ui::Rect& area) {
    const Theme& theme = ui::theme();
    ui::canvas().AddRectFilled(area.min(), area.max(), theme.window);
    ui::record("welcome", area);
    const std::vector<Demonstration>& all = demonstrations();
    const int count = static_cast<int>(all.size());
    // All in one row if they fit; else two, then one by one. What is lower than the area scrolls.
    const float room = area.w - ui::px(64);
    const int fit = std::max(1, static_cast<int>((room + ui::px(card_gap)) / ui::px(card_width + card_gap)));
    int columns = std::max(1, std::min(fit, count));
    const int rows = (count + columns - 1) / columns;
    if (rows > 0) columns = (count + rows - 1) / rows;  // as many in each row
    const float width = std::min(ui::px(card_width), room);
    const float cards_width = static_cast<float>(columns) * width + static_cast<float>(columns - 1) * ui::px(card_gap);
    const float cards_height = static_cast<float>(rows) * ui::px(card_height + card_gap);
    const float doors_width = std::max(cards_width, std::min(room, ui::px(860)));
    const float doors_height = draw_doors(state, 0, 0, doors_width, false) + ui::px(20 + 30);
    const float head_height = ui::px(78) + doors_height, foot_height = ui::px(60);
    const float content = head_height + cards_height + foot_height;

    ImGui::SetCursorScreenPos(area.min());
    ImGui::BeginChild("welcome", {area.w, area.h}, 0, ImGuiWindowFlags_NoBackground);
    const float top = ImGui::GetCursorScreenPos().y;
    ImGui::Dummy({1, content + ui::px(32)});
    float y = std::floor(top + std::max(ui::px(24), (area.h - content) * 0.42f));
    const float doors_x = std::floor(area.x + (area.w - doors_width) / 2), x = std::floor(area.x + (area.w - cards_width) / 2);
    ui::draw_text(ui::fonts().title, {doors_x, y}, theme.text, "Watch sockets at work", doors_width);
    y += imgui::font_size(ui::fonts().title) + ui::px(8);
    ui::draw_text(ui::fonts().text, {doors_x, y}, theme.text_dim,
                  "Real servers, real clients, a real kernel: every call as it happens, at your pace.", doors_width);
    y = std::floor(y + ui::px(36));
    y += draw_doors(state, doors_x, y, doors_width, true) + ui::px(20);
    ui::draw_text(ui::fonts().strong, {x, y}, theme.text, "Or watch a demonstration", cards_width);
    y = std::floor(y + ui::px(30));
    for (int index = 0; index < count; ++index) {
        const ui::Rect rect{std::floor(x + static_cast<float>(index % columns) * (width + ui::px(card_gap))),
                            std::floor(y + static_cast<float>(index / columns) * ui::px(card_height + card_gap)), std::floor(width),
                            std::floor(ui::px(card_height))};
        draw_demonstration_card(state, all[static_cast<std::size_t>(index)], rect);
    }
    y += cards_height + ui::px(12);
    float hint = x;
    for (const auto& [key, what] : {std::pair{"F6", "all lessons"}, {"Space", "steps"}, {"F1", "shows all keys"}}) {
        if (hint > x + cards_width - ui::px(120)) break;
        hint = ui::draw_badge({hint, y}, key, theme.text_dim, false).right() + ui::px(8);
        hint += ui::draw_text(ui::fonts().small_text, {hint, y + ui::px(2)}, theme.text_dim, what) + ui::px(24);
    }
    ImGui::EndChild();
}

}  // namespace synoptic
