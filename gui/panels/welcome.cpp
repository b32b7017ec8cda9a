// What is to be seen before anything was started: what this is, the ways in (a lesson, free play, a recording: a key for each), and demonstrations that are
// one click away.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/panels/demonstration_sketches.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

constexpr float card_width = 272, card_height = 236, card_gap = 18;  // at zoom 1

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
