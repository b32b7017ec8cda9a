// Which panes and views are shown: presets, and the keys that lead to one view.
#include "gui/actions.h"

namespace synoptic {

void show_lower(AppState& state, int tab) {
    LayoutState& layout = state.settings.layout;
    const bool there = layout.shows(Pane::calls) && state.settings.lower_tab == tab;
    state.settings.lower_tab = there ? static_cast<int>(lower_calls) : tab;
    layout.shows(Pane::calls) = true;
    if (layout.full && *layout.full != Pane::calls) layout.full.reset();
}

void ask_code(AppState& state, CodeAsk ask) {
    LayoutState& layout = state.settings.layout;
    layout.shows(Pane::code) = true;
    if (layout.full && *layout.full != Pane::code) layout.full.reset();
    state.code.asks.push_back(ask);
}

void show_database(AppState& state) {
    LayoutState& layout = state.settings.layout;
    const bool there = layout.shows(Pane::inspector) && state.beside_tab == beside_database;
    state.beside_tab = there ? beside_inspector : beside_database;
    layout.shows(Pane::inspector) = true;
    if (layout.full && *layout.full != Pane::inspector) layout.full.reset();
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
    state.settings.preset = preset;
    state.settings.layout = layout_of(preset);
    switch (preset) {
        case Preset::lecture:
            // Text of 24 px and more: 14.5 px × 1.75 = 25 px.
            state.settings.dark = false;
            state.settings.zoom_percent = window_width >= 2400 ? 225 : window_width >= 1800 ? 200 : 175;
            break;
        case Preset::explore:
        case Preset::code:
            state.settings.zoom_percent = 100;
            break;
    }
    state.messages.note(preset == Preset::lecture ? "Lecture: F3 leads back to all panes" : std::string(preset_title(preset)), state.now_s);
}

}  // namespace synoptic
