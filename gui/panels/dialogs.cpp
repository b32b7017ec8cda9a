// Over everything: all keys (F1), and the question before the window closes while programs run.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "gui/imgui_versions.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {

bool begin_overlay(const char* id, const ui::Rect& area, const ui::Rect& card) {
    ImGui::SetNextWindowPos(area.min());
    ImGui::SetNextWindowSize({area.w, area.h});
    ImGui::SetNextWindowFocus();
    ImGui::Begin(
        id, nullptr,
        ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground);
    const Theme& theme = ui::theme();
    ui::canvas().AddRectFilled(area.min(), area.max(), theme.dark ? IM_COL32(0, 0, 0, 150) : IM_COL32(22, 32, 43, 90));
    const float margin = ui::px(2);
    ui::canvas().AddRectFilled({card.x - margin, card.y + margin}, {card.right() + margin, card.bottom() + 3 * margin},
                               IM_COL32(0, 0, 0, 60), ui::px(12));
    ui::canvas().AddRectFilled(card.min(), card.max(), theme.card, ui::px(10));
    imgui::stroke_rect(ui::canvas(), card.min(), card.max(), theme.outline_strong, ui::px(10), std::max(1.0f, std::floor(ui::px(1))));
    return ImGui::IsWindowHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !card.contains(ImGui::GetIO().MousePos);
}

namespace {

struct HelpRow {
    std::string keys;
    const char* what;
};

struct HelpGroup {
    const char* title;
    std::vector<HelpRow> rows;
};

std::vector<HelpGroup> help_groups() {
    std::vector<HelpGroup> groups;
    for (const KeyBinding& binding : key_bindings()) {
        if (binding.group != nullptr) groups.push_back({binding.group, {}});
        if (binding.what != nullptr) groups.back().rows.push_back({keys_of(binding.action), binding.what});
    }
    return groups;
}

constexpr float help_row = 25, help_head = 36, help_keys = 180;

float lines_height(const HelpRow& row, float width) {
    const float text = ui::wrapped_height(ui::fonts().text, row.what, width - ui::px(help_keys));
    return std::max(ui::px(help_row), text + ui::px(help_row) - imgui::font_size(ui::fonts().text));
}

float group_height(const HelpGroup& group, float width) {
    float height = ui::px(help_head + 14);
    for (const HelpRow& row : group.rows) height += lines_height(row, width);
    return height;
}

/** The width at which no line of any group is broken. */
float widest_row(const std::vector<HelpGroup>& groups) {
    float widest = 0;
    for (const HelpGroup& group : groups) {
        for (const HelpRow& row : group.rows) widest = std::max(widest, ui::text_width(ui::fonts().text, row.what));
    }
    return std::ceil(widest) + ui::px(help_keys + 2);
}

void draw_group(const HelpGroup& group, float x, float y, float width) {
    const Theme& theme = ui::theme();
    ui::draw_text(ui::fonts().strong, {x, y}, theme.text, group.title, width);
    y += ui::px(help_head - 6);
    const float line = imgui::font_size(ui::fonts().text), small_line = imgui::font_size(ui::fonts().code);
    for (const HelpRow& row : group.rows) {
        ui::draw_text(ui::fonts().code, {x, y + (line - small_line) / 2}, theme.accent, row.keys, ui::px(help_keys - 12));
        ui::draw_wrapped(ui::fonts().text, {x + ui::px(help_keys), y}, theme.text_dim, row.what, width - ui::px(help_keys));
        y += lines_height(row, width);
    }
}

}  // namespace

void draw_help(AppState& state, const ui::Rect& area) {
    const std::vector<HelpGroup> groups = help_groups();
    const float pad = ui::px(28), title = ui::px(46);
    const bool two_columns = area.w > ui::px(900);
    float column_height[2] = {0, 0};
    std::vector<int> column_of(groups.size(), 0);
    // As wide as the longest line needs, where there is room; what is longer still is broken, never cut.
    const float gap = ui::px(32), columns = two_columns ? 2 : 1;
    const float width = std::min(area.w - ui::px(40), columns * widest_row(groups) + (columns - 1) * gap + 2 * pad);
    const float column_width = (width - 2 * pad - (columns - 1) * gap) / columns;
    float whole = 0;
    for (const HelpGroup& group : groups) whole += group_height(group, column_width);
    for (std::size_t index = 0; index < groups.size(); ++index) {
        const int column = two_columns && column_height[0] + group_height(groups[index], column_width) / 2 > whole / 2 ? 1 : 0;
        column_of[index] = column;
        column_height[column] += group_height(groups[index], column_width);
    }
    const float content = std::max(column_height[0], column_height[1]);
    const float height = std::min(area.h - ui::px(40), content + 2 * pad + title);
    const ui::Rect card{std::floor(area.x + (area.w - width) / 2), std::floor(area.y + (area.h - height) / 2), std::floor(width),
                        std::floor(height)};
    bool close = begin_overlay("help", area, card);
    ui::record("help", card, "All keys");
    ui::draw_text(ui::fonts().title, {card.x + pad, card.y + pad - ui::px(4)}, ui::theme().text, "All keys");
    ImGui::SetCursorScreenPos({std::floor(card.right() - pad - ui::px(22)), std::floor(card.y + pad - ui::px(8))});
    ui::Face face;
    face.icon = Icon::close;
    face.look = ui::Look::quiet;
    if (ui::button("help.close", face, "Escape")) close = true;

    const ImVec2 top{card.x + pad, card.y + pad + title};
    ImGui::SetCursorScreenPos(top);
    ImGui::BeginChild("help.keys", {card.w - 2 * pad + ui::px(12), card.bottom() - pad - top.y}, 0, ImGuiWindowFlags_NoBackground);
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    float y[2] = {origin.y, origin.y};
    for (std::size_t index = 0; index < groups.size(); ++index) {
        const int column = column_of[index];
        draw_group(groups[index], origin.x + static_cast<float>(column) * (column_width + gap), y[column], column_width);
        y[column] += group_height(groups[index], column_width);
    }
    ImGui::Dummy({1, content - ui::px(16)});
    ImGui::EndChild();
    ImGui::End();
    if (close) state.help = false;
}

namespace {

/** A question over everything. 1 if it was answered with the `yes` button or Enter, -1 with the other or Escape (which the app takes), else 0. */
int ask(const char* id, const ui::Rect& area, const char* title, const std::string& text, const char* yes_id, const char* yes,
        const char* no_id, const char* no, const char* yes_keys = "Enter") {
    const float pad = ui::px(28), width = std::min(ui::px(460), area.w - ui::px(32));
    const float text_height = ui::wrapped_height(ui::fonts().text, text, width - 2 * pad),
                height = text_height + ui::px(40 + 24 + 30) + 2 * pad;
    const ui::Rect card{std::floor(area.x + (area.w - width) / 2), std::floor(area.y + (area.h - height) * 0.4f), std::floor(width),
                        std::floor(height)};
    begin_overlay(id, area, card);
    ui::record(id, card, text);
    ui::draw_text(ui::fonts().title, {card.x + pad, card.y + pad - ui::px(4)}, ui::theme().text, title);
    ui::draw_wrapped(ui::fonts().text, {card.x + pad, card.y + pad + ui::px(38)}, ui::theme().text_dim, text, width - 2 * pad);
    ui::Face stay, leave;
    stay.label = no;
    leave.label = yes;
    leave.look = ui::Look::primary;
    leave.width = std::max(ui::px(96), ui::button_width(leave));
    const float y = std::floor(card.bottom() - pad - ui::px(30)), right = card.right() - pad;
    int answer = 0;
    ImGui::SetCursorScreenPos({std::floor(right - ui::button_width(leave)), y});
    if (ui::button(yes_id, leave, yes_keys) || (ui::enter_pressed() && !imgui::keyboard_navigates())) answer = 1;
    ImGui::SetCursorScreenPos({std::floor(right - ui::button_width(leave) - ui::px(8) - ui::button_width(stay)), y});
    if (ui::button(no_id, stay, "Escape")) answer = -1;
    ImGui::End();
    return answer;
}

}  // namespace

void draw_close_question(AppState& state, const ui::Rect& area) {
    const World& live = state.moment.live();
    const std::size_t servers = live_servers(live).size(), clients = live_client_count(live);
    const std::string text =
        fmt::format("{} server{} and {} client{} are running. They end with the window, and what was recorded is gone.", servers,
                    servers == 1 ? "" : "s", clients, clients == 1 ? "" : "s");
    const int answer = ask("close", area, "Close the window?", text, "close.close", "Close", "close.stay", "Keep it open");
    if (answer > 0) state.closes = true;
    if (answer < 0) state.asks_to_close = false;
}

void draw_past_question(AppState& state, const ui::Rect& area) {
    const World& live = state.moment.live();
    const NameOfProgram name_of = [&live](ProgramId id) {
        const Program* program = find(live, id);
        return program ? program->label : std::string();
    };
    std::string asked;
    if (state.past.held_demonstration != nullptr) asked = fmt::format("demonstration: {}", state.past.held_demonstration->title);
    for (const Command& command : state.past.held) asked += (asked.empty() ? "" : "; ") + command_text(command, name_of);
    const std::string text = fmt::format("What you look at is over, and can't be changed. “{}” can be done now.", asked);
    const std::string yes_keys = "Enter, " + keys_of(Action::live);
    const int answer = ask("past.question", area, "This is the past", text, "past.question.live", "Back to live, and do it",
                           "past.question.stay", "Stay here", yes_keys.c_str());
    if (answer != 0) answer_past_question(state, answer > 0);
}

}  // namespace synoptic
