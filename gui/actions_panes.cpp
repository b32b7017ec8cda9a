// Which panes and views are shown: presets, and the keys that lead to one view.
#include "gui/actions.h"

#include <utility>

namespace synoptic {

namespace {

bool is_in_sight(const AppState& state, Pane pane) {
    const LayoutState& layout = state.settings.layout;
    return layout.full ? *layout.full == pane : layout.shows(pane) && state.layout.has_room(pane);
}

void show(AppState& state, Pane pane) {
    LayoutState& layout = state.settings.layout;
    layout.shows(pane) = true;
    if (layout.full && *layout.full != pane) layout.full.reset();
    state.asked_pane = pane;
}

}  // namespace

void show_lower(AppState& state, int tab) {
    const bool there = is_in_sight(state, Pane::calls) && state.settings.lower_tab == tab;
    state.settings.lower_tab = there ? static_cast<int>(lower_calls) : tab;
    show(state, Pane::calls);
}

void ask_code(AppState& state, CodeAsk ask) {
    show(state, Pane::code);
    state.code.asks.push_back(ask);
}

void show_database(AppState& state) {
    const bool there = is_in_sight(state, Pane::inspector) && state.beside_tab == beside_database;
    state.beside_tab = there ? beside_inspector : beside_database;
    show(state, Pane::inspector);
}

void toggle_pane(AppState& state, Pane pane) {
    LayoutState& layout = state.settings.layout;
    const bool squeezed = layout.shows(pane) && !layout.full && !state.layout.has_room(pane);
    if (!squeezed) layout.toggle(pane);
    if (layout.shows(pane)) state.asked_pane = pane;
}

bool make_room_for_asked_pane(AppState& state) {
    if (!state.asked_pane) return false;
    const Pane pane = *std::exchange(state.asked_pane, std::nullopt);
    LayoutState& layout = state.settings.layout;
    if (layout.full || !layout.shows(pane) || state.layout.has_room(pane)) return false;
    layout.full = pane;
    state.messages.note("There is no room for it beside others: Escape brings them back", state.now_s);
    return true;
}

bool shows_timeline(const AppState& state) {
    return state.settings.lower_tab == lower_timeline && state.settings.layout.shows(Pane::calls);
}

/** The pane opens by itself for the first database; then it is the user's. */
void watch_databases(AppState& state) {
    DatabaseView& view = state.database;
    for (const auto& [id, database] : state.moment.live().databases) {
        if (database.path.empty() || !view.seen.insert(id).second || view.seen.size() > 1) continue;
        state.beside_tab = beside_database;
    }
    if (const ProgramId server = state.runner.take_to_kill(); server != ProgramId::none) view.control.arm(server, KillPoint::after_write);
    std::optional<StoreControl::News> news = view.control.advance(state.moment.live(), state.history, state.by_itself);
    if (news) state.messages.explain(news->server, std::move(news->text));
}

void apply_preset(AppState& state, Preset preset, float window_width) {
    const bool was_lecture = std::exchange(state.settings.preset, preset) == Preset::lecture;
    state.settings.layout = layout_of(preset);
    switch (preset) {
        case Preset::lecture:
            // Text of 24 px and more: 14.5 px × 1.75 = 25 px.
            if (!was_lecture) state.before_lecture = Looks{state.settings.dark, state.settings.zoom_percent};
            state.settings.dark = false;
            state.settings.zoom_percent = window_width >= 2400 ? 225 : window_width >= 1800 ? 200 : 175;
            break;
        case Preset::explore:
        case Preset::code: {
            const std::optional<Looks> before = std::exchange(state.before_lecture, std::nullopt);
            if (before) state.settings.dark = before->dark;
            state.settings.zoom_percent = before ? before->zoom_percent : 100;
            break;
        }
    }
    state.messages.note(preset == Preset::lecture ? "Lecture: F3 leads back to all panes" : std::string(preset_title(preset)), state.now_s);
}

}  // namespace synoptic
