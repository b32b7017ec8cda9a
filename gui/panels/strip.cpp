// The strip that says that this is the past, with the whole history as a line to drag along.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/toolbar.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

/** The history from left to right; returns where the user dragged the mark to, or no_event. */
EventIndex draw_track(const AppState& state, const ui::Rect& rect) {
    const Theme& theme = ui::theme();
    const EventIndex all = state.moment.live().events;
    ImVec2 moved;
    const bool held = ui::drag("past.track", rect, &moved, ImGuiMouseCursor_Hand);
    const float y = std::floor(rect.y + rect.h / 2), thick = ui::px(4), radius = ui::px(7);
    const float left = rect.x + radius, room = std::max(1.0f, rect.w - 2 * radius);
    const double share = all > 0 ? static_cast<double>(state.moment.shown().events) / static_cast<double>(all) : 0;
    const float x = left + room * static_cast<float>(share);
    ui::canvas().AddRectFilled({left, y - thick / 2}, {left + room, y + thick / 2}, faded(theme.user, 0.3f), thick / 2);
    ui::canvas().AddRectFilled({left, y - thick / 2}, {x, y + thick / 2}, theme.user, thick / 2);
    ui::canvas().AddCircleFilled({x, y}, radius, theme.user);
    if (!held) return no_event;
    const float wanted = std::clamp((ImGui::GetIO().MousePos.x - left) / room, 0.0f, 1.0f);
    // The right end stays in the past: live is a button of its own.
    const auto index = static_cast<EventIndex>(static_cast<double>(wanted) * static_cast<double>(all));
    return all > 0 ? std::min(index, all - 1) : no_event;
}

}  // namespace

float past_strip_height(const AppState& state) {
    return state.moment.past() ? std::floor(ui::px(44)) : 0;
}

void draw_past_strip(AppState& state, const ui::Rect& area) {
    const Theme& theme = ui::theme();
    const World& shown = state.moment.shown();
    const EventIndex ago = state.moment.events_ago();
    ui::canvas().AddRectFilled(area.min(), area.max(), mixed(theme.panel, theme.user, theme.dark ? 0.2f : 0.1f));
    ui::canvas().AddRectFilled({area.x, area.bottom() - std::max(1.0f, std::floor(ui::px(1)))}, area.max(), faded(theme.user, 0.4f));

    ui::Face live;
    live.icon = Icon::end;
    live.icon_right = true;
    live.label = "Back to live";
    live.height = 28;
    const float width = ui::button_width(live), middle = area.y + area.h / 2;
    const ui::Rect button{area.right() - ui::px(14) - width, middle - ui::px(14), width, ui::px(28)};

    const std::size_t servers = live_servers(state.moment.live()).size();
    const std::string when = shown.events == 0 ? "the beginning" : time_of_day(shown.time_ns);
    std::string text = fmt::format("You are looking at {}, {} event{} ago.{}", when, with_commas(ago), ago == 1 ? "" : "s",
                                   servers == 0   ? ""
                                   : servers == 1 ? " The server keeps running."
                                                  : " The servers keep running.");
    ImFont* font = ui::fonts().text;
    const float most = button.x - area.x - ui::px(16 + 20);
    if (ui::text_width(font, text) > most) text = fmt::format("{}, {} ago", when, with_commas(ago));
    const float x = area.x + ui::px(18);
    const float taken = ui::draw_text(font, {x, middle - imgui::font_size(font) / 2}, theme.text, text, most);
    ui::record("past.strip", area, text);

    const ui::Rect track{x + taken + ui::px(22), middle - ui::px(14), button.x - (x + taken) - ui::px(44), ui::px(28)};
    EventIndex wanted = no_event;
    if (track.w > ui::px(80)) wanted = draw_track(state, track);
    ImGui::SetCursorScreenPos({std::floor(button.x), std::floor(button.y)});
    if (ui::button("past.live", live, keys_of(Action::live).c_str())) state.ask(Action::live);
    if (wanted != no_event && wanted != shown.events) state.moment.look_at(wanted);
}

}  // namespace synoptic
