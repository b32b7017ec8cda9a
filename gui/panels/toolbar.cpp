// The toolbar as a whole: what fits of its parts, and its right end.
#include "gui/panels/toolbar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/toolbar_bar.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::Face;
using ui::Look;

void logo(Bar& bar, float y, bool with_name) {
    const Theme& theme = ui::theme();
    if (bar.draws()) {
        // A client, a server, and the wire between them, seen in one lens.
        const ImVec2 centre{std::floor(bar.x() + ui::px(11)) + 0.5f, std::floor(y + ui::px(15)) + 0.5f};
        ImDrawList& canvas = ui::canvas();
        canvas.AddCircle(centre, ui::px(10), theme.text, 0, std::max(1.5f, ui::px(1.8f)));
        canvas.AddLine({centre.x - ui::px(4), centre.y}, {centre.x + ui::px(4), centre.y}, theme.alive, std::max(1.5f, ui::px(1.8f)));
        canvas.AddCircleFilled({centre.x - ui::px(4), centre.y}, ui::px(3), theme.client);
        canvas.AddCircleFilled({centre.x + ui::px(4), centre.y}, ui::px(3), theme.server);
    }
    bar.skip(ui::px(22));
    if (!with_name) return;
    bar.gap(9);
    ImFont* font = ui::fonts().strong;
    if (bar.draws()) ui::draw_text(font, {bar.x(), y + (ui::px(30) - imgui::font_size(font)) / 2}, theme.text, "Synoptic");
    bar.skip(ui::text_width(font, "Synoptic"));
}

/** The right end, measured or drawn from its left edge. */
void draw_right_part(AppState& state, Bar& bar, int tightness, ToolbarAnchors& anchors) {
    const Theme& theme = ui::theme();
    const World& live = state.moment.live();
    const auto badge = [&](const char* id, const std::string& label, ImU32 colour, bool filled, const char* tip, const char* widest = "") {
        const float width =
            std::ceil(std::max(ui::text_width(ui::fonts().small_text, label), ui::text_width(ui::fonts().small_text, widest))) + ui::px(16);
        const ui::Rect rect{std::floor(bar.x()), bar.y(), width, ui::px(30)};
        bool clicked = false;
        if (bar.draws()) {
            const float height = imgui::font_size(ui::fonts().small_text) + ui::px(4);
            ui::draw_badge({rect.right(), rect.y + (rect.h - height) / 2}, label, colour, filled, true);
            clicked = ui::hit(id, rect, label, nullptr, tip);
        }
        bar.skip(width);
        return clicked;
    };
    if (state.history.size() > live.events + 2000) {
        badge("toolbar.behind", "catching up", theme.blocked, false,
              "More happens than the window can fold; it will be up to date in a moment");
        bar.gap();
    }
    if (live.lost_events > 0) {
        badge("toolbar.lost", fmt::format("{} lost", live.lost_events), theme.trouble, false,
              "Events that found no room in the trace and were dropped; facts that hang on them are shown as unknown");
        bar.gap();
    }
    if (live.step_still_running && live.gate == GateMode::step && tightness < icons_only) {
        badge("toolbar.running", "still running", theme.blocked, false, "The last step has not come to rest yet");
        bar.gap();
    }
    constexpr const char* widest = "LIVE · paused";  // nothing moves when it changes
    if (state.moment.recorded()) {
        badge("toolbar.live", "RECORDING", theme.user, true, "What you see was recorded; nothing happens now", widest);
    } else if (state.moment.past()) {
        if (badge("toolbar.live", "PAST", theme.user, true, with_keys("A look at the recorded past. Click for live", Action::live).c_str(),
                  widest))
            state.ask(Action::live);
    } else if (live.gate == GateMode::step) {
        badge("toolbar.live", "LIVE · paused", theme.blocked, false,
              live.lab.paused ? "Everyone stands at the next call, and segments wait on the wire" : "Everyone stands at the next call",
              widest);
    } else if (const Actor* stopped = stopped_actor(live, state.selection.actor)) {
        if (badge("toolbar.live", "breakpoint", theme.user, true,
                  "Somebody has stopped at a breakpoint, all others run. Click to select who", widest))
            state.selection = select_actor(live, stopped->id);
    } else {
        badge("toolbar.live", "LIVE", theme.alive, true, "What you see happens now", widest);
    }
    bar.gap(10);
    const auto quiet = [&](const char* id, Icon icon, const std::string& tip) {
        Face face;
        face.icon = icon;
        face.look = Look::quiet;
        return bar.button(id, face, tip.c_str());
    };
    if (tightness < bare) {
        if (!state.recorded) {
            if (quiet("toolbar.demonstrations", Icon::film, with_keys("Demonstrations", Action::demonstrations)))
                state.open = Menu::demonstrations;
            anchors.demonstrations = bar.last();
        }
        // Beside a session there is no room for it; the view menu has the same entries.
        if (state.recorded) {
            if (quiet("toolbar.files", Icon::save, "Recordings and exports: save, open, export")) state.open = Menu::files;
            anchors.files = bar.last();
        }
        if (quiet("toolbar.view", Icon::panes, with_keys("View: presets, panes, zoom; recordings and exports", Action::view_menu)))
            state.open = Menu::view;
        anchors.view = bar.last();
    }
    if (tightness < no_choices) {
        if (quiet("toolbar.theme", state.settings.dark ? Icon::sun : Icon::moon,
                  with_keys(state.settings.dark ? "Light" : "Dark", Action::theme))) {
            state.ask(Action::theme);
        }
        if (quiet("toolbar.help", Icon::help, with_keys("All keys", Action::help))) state.ask(Action::help);
    }
    if (tightness >= icons_only) {
        if (quiet("toolbar.more", Icon::more, "More")) state.open = Menu::more;
        anchors.more = bar.last();
    }
}

}  // namespace

void draw_toolbar(AppState& state, const ui::Rect& area) {
    const Theme& theme = ui::theme();
    ui::canvas().AddRectFilled(area.min(), area.max(), theme.dark ? theme.panel : theme.card);
    ui::canvas().AddRectFilled({area.x, area.bottom() - std::max(1.0f, std::floor(ui::px(1)))}, area.max(), theme.outline);
    ui::record("toolbar", area);
    const float y = std::floor(area.y + (area.h - ui::px(30)) / 2), margin = ui::px(14);
    ToolbarAnchors anchors;
    int tightness = spacious;
    const auto left_part = [&](Bar& bar) {
        logo(bar, y, tightness == spacious);
        bar.gap(tightness == spacious ? 22 : 12);
        if (state.recorded) {
            draw_recorded_part(bar, tightness);
        } else {
            draw_server_part(state, bar, tightness, anchors);
            tightness < icons_only ? bar.line() : bar.gap(10);
            draw_client_part(state, bar, tightness, anchors);
        }
        tightness < icons_only ? bar.line() : bar.gap(10);
        if (tightness < tightest) draw_time_part(state, bar, tightness);
        if (tightness < tightest && !state.recorded && has_wire(state.moment.live())) {
            tightness < icons_only ? bar.line() : bar.gap(10);
            draw_wire_part(state, bar, tightness, anchors);
        }
    };
    float right_width = 0;
    for (;; ++tightness) {
        Bar left(true, {area.x + margin, y}), right(true, {0, y});
        left_part(left);
        draw_right_part(state, right, tightness, anchors);
        right_width = right.x();
        if (tightness == tightest || left.x() + ui::px(14) + right_width + margin <= area.right()) break;
    }
    Bar left(false, {area.x + margin, y}), right(false, {area.right() - margin - right_width, y});
    left_part(left);
    draw_right_part(state, right, tightness, anchors);
    // Whatever has no place of its own opens below "More".
    for (ui::Rect* anchor : {&anchors.wire, &anchors.demonstrations, &anchors.view}) {
        if (anchor->w == 0) *anchor = anchors.more;
    }
    if (anchors.files.w == 0) anchors.files = anchors.view;
    draw_toolbar_menus(state, anchors, tightness);
}

}  // namespace synoptic
