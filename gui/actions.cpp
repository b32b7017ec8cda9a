// What keys and buttons do, apart from the window itself: each is a change of how the window looks at the World, or Commands. Which those are stands in
// actions_time.cpp and actions_programs.cpp.
#include <fmt/format.h>

#include <cerrno>

#include "core/session/capture.h"
#include "gui/actions.h"
#include "gui/app_state.h"
#include "gui/save_place.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

/** What only a session can do: in a recording nothing runs. */
bool needs_session(Action action) {
    switch (action) {
        case Action::start_server:
        case Action::stop_server:
        case Action::server_options:
        case Action::next_workers:
        case Action::demonstrations:
        case Action::add_client:
        case Action::add_ten_clients:
        case Action::chatter:
        case Action::hold:
        case Action::deliver:
        case Action::drop:
        case Action::deliver_all:
        case Action::wire_menu:
        case Action::slower:
        case Action::faster:
            return true;
        default:
            return false;
    }
}

/** Has what is shown of the wire written beside earlier files of its kind. */
void save_capture(AppState& state) {
    const std::string folder = documents_folder();
    if (folder.empty()) {
        state.messages.add("The segments could not be saved: HOME is not set, so that there is no folder for documents.", true);
        return;
    }
    const std::string path = unused_path(folder, "synoptic", ".pcapng");
    const std::uint64_t offset_ns = state.recorded ? state.recorded->realtime_offset_ns : realtime_offset_ns();
    const bool begun =
        state.exporter.start(path, [path, offset_ns, &history = state.history, up_to = state.moment.shown().events](
                                       const CaptureProgress& progress) { return export_capture(history, up_to, path, offset_ns, progress); });
    if (!begun) state.messages.note(fmt::format("Still saving {}", state.exporter.path()), state.now_s);
}

/** Shows this view in the lower left pane; the calls again if it was there already. */
void show_lower(AppState& state, int tab) {
    LayoutState& layout = state.settings.layout;
    const bool there = layout.shows(Pane::calls) && state.settings.lower_tab == tab;
    state.settings.lower_tab = there ? static_cast<int>(lower_calls) : tab;
    layout.shows(Pane::calls) = true;
    if (layout.full && *layout.full != Pane::calls) layout.full.reset();
}

/** Has the code pane do something, which must be in sight for it. */
void ask_code(AppState& state, CodeAsk ask) {
    LayoutState& layout = state.settings.layout;
    layout.shows(Pane::code) = true;
    if (layout.full && *layout.full != Pane::code) layout.full.reset();
    state.code.asks.push_back(ask);
}

/** Shows the database in the lower right pane; the inspector again if it was there already. */
void show_database(AppState& state) {
    LayoutState& layout = state.settings.layout;
    const bool there = layout.shows(Pane::inspector) && state.beside_tab == beside_database;
    state.beside_tab = there ? beside_inspector : beside_database;
    layout.shows(Pane::inspector) = true;
    if (layout.full && *layout.full != Pane::inspector) layout.full.reset();
}

/** Keys that only the timeline knows do nothing while it is not there. */
bool shows_timeline(const AppState& state) {
    return state.settings.lower_tab == lower_timeline && state.settings.layout.shows(Pane::calls);
}

}  // namespace

void watch_export(AppState& state) {
    const Exporter& exporter = state.exporter;
    if (!exporter.works()) return;
    if (const std::optional<Status> saved = state.exporter.take_outcome()) {
        if (*saved)
            state.messages.note("Saved " + exporter.path(), state.now_s, exporter.path());
        else if (saved->error().err == ECANCELED)
            state.messages.note(exporter.path() + " was not written", state.now_s);
        else
            state.messages.add(exporter.path() + " could not be saved: " + saved->error().text(), true);
        return;
    }
    state.messages.note(fmt::format("Saving {}: {} % (Escape cancels)", exporter.path(), exporter.percent()), state.now_s);
    ui::wake_in(0.1);
}

/** The pane opens by itself for the first database; then it is the user's. */
void watch_databases(AppState& state) {
    DatabaseView& view = state.database;
    for (const auto& [id, database] : state.moment.live().databases) {
        if (database.path.empty() || !view.seen.insert(id).second || view.seen.size() > 1) continue;
        state.beside_tab = beside_database;
    }
    if (const ProgramId server = state.runner.take_to_kill(); server != ProgramId::none) view.control.arm(server, KillPoint::after_write);
    const std::string news = view.control.advance(state.moment.live(), state.history, state.by_itself);
    if (!news.empty()) state.messages.add(news, false);
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

bool perform(AppState& state, Action action) {
    Settings& settings = state.settings;
    if (state.recorded && needs_session(action)) {
        state.messages.note("This is a recording: nothing runs in it", state.now_s);
        return true;
    }
    switch (action) {
        case Action::start_server:
            start_chosen_server(state);
            return true;
        case Action::stop_server:
            stop_server(state);
            return true;
        case Action::server_options:
            state.open = Menu::options;
            return true;
        case Action::next_workers:
            settings.server.workers = next_workers(settings.server.workers);
            settings.server.variant.clear();
            return true;
        case Action::demonstrations:
            state.open = Menu::demonstrations;
            return true;
        case Action::view_menu:
            state.open = Menu::view;
            return true;
        case Action::add_client:
            add_clients(state, 1);
            return true;
        case Action::add_ten_clients:
            add_clients(state, 10);
            return true;
        case Action::chatter:
            set_chatter(state, !settings.chatter);
            return true;
        case Action::step:
            step(state);
            return true;
        case Action::export_capture:
            save_capture(state);
            return true;
        case Action::save_recording:
            ask_for_file(state, FileTask::save_recording);
            return true;
        case Action::open_recording:
            ask_for_file(state, FileTask::open_recording);
            return true;
        case Action::export_history:
            ask_for_file(state, FileTask::export_history);
            return true;
        case Action::save_panel:
            ask_for_file(state, FileTask::save_panel);
            return true;
        case Action::file_menu:
            state.open = Menu::files;
            return true;
        case Action::wire_menu:
            state.open = Menu::wire;
            return true;
        case Action::hold:
            hold_segments(state, held_kinds(state.moment.live().lab.rules) == 0 ? kind_all : 0);
            return true;
        case Action::deliver:
            move_segment(state, SegmentMove::deliver_once);
            return true;
        case Action::drop:
            move_segment(state, SegmentMove::drop);
            return true;
        case Action::deliver_all:
            state.out.push_back(DeliverAll{});
            return true;
        case Action::tab_ladder:
            show_lower(state, lower_ladder);
            return true;
        case Action::tab_states:
            show_lower(state, lower_states);
            return true;
        case Action::tab_bytes:
            show_lower(state, lower_bytes);
            return true;
        case Action::tab_database:
            show_database(state);
            return true;
        case Action::tab_timeline:
            show_lower(state, lower_timeline);
            return true;
        case Action::timeline_in:
            if (shows_timeline(state)) ++state.timeline.zoom_steps;
            return true;
        case Action::timeline_out:
            if (shows_timeline(state)) --state.timeline.zoom_steps;
            return true;
        case Action::timeline_fit:
            if (shows_timeline(state)) state.timeline.fit = true;
            return true;
        case Action::back:
            state.moment.back();
            return true;
        case Action::run_or_pause:
            run_or_pause(state);
            return true;
        case Action::slower:
            set_pace(state, settings.pace + 1);
            return true;
        case Action::faster:
            set_pace(state, settings.pace - 1);
            return true;
        case Action::first:
            state.moment.first();
            return true;
        case Action::live:  // of a recording: its end
            if (state.past.asks())
                answer_past_question(state, true);
            else
                state.moment.go_live();
            return true;
        case Action::earlier_touching:
        case Action::later_touching:
            jump_to_touching(state, action == Action::later_touching);
            return true;
        case Action::go_to_number:
            if (!state.moment.past()) state.moment.back();
            state.past.asks_number = true;
            return true;
        case Action::bookmark:
            toggle_bookmark(state);
            return true;
        case Action::next_bookmark:
            jump_to_bookmark(state);
            return true;
        case Action::copy:
            copy_selected(state);
            return true;
        case Action::fill:
            settings.layout.toggle_full(settings.layout.full.value_or(state.layout.under_pointer()));
            return true;
        case Action::pane_stage:
            settings.layout.toggle(Pane::stage);
            return true;
        case Action::pane_calls:
            settings.layout.toggle(Pane::calls);
            return true;
        case Action::pane_code:
            settings.layout.toggle(Pane::code);
            return true;
        case Action::pane_inspector:
            settings.layout.toggle(Pane::inspector);
            return true;
        case Action::pin_code:
            ask_code(state, CodeAsk::pin);
            return true;
        case Action::breakpoint:
            ask_code(state, CodeAsk::breakpoint);
            return true;
        case Action::next_difference:
            ask_code(state, CodeAsk::next_difference);
            return true;
        case Action::previous_difference:
            ask_code(state, CodeAsk::previous_difference);
            return true;
        case Action::next_call:
            ask_code(state, CodeAsk::next_call);
            return true;
        case Action::previous_call:
            ask_code(state, CodeAsk::previous_call);
            return true;
        case Action::zoom_in:
            settings.zoom_percent = next_zoom(settings.zoom_percent, true);
            return true;
        case Action::zoom_out:
            settings.zoom_percent = next_zoom(settings.zoom_percent, false);
            return true;
        case Action::zoom_reset:
            settings.zoom_percent = 100;
            return true;
        case Action::theme:
            settings.dark = !settings.dark;
            return true;
        case Action::help:
            state.help = !state.help;
            return true;
        case Action::escape:
            if (state.asks_something()) {
                state.help = state.asks_to_close = false;
                state.files.task = FileTask::none;
            } else if (state.past.asks()) {
                answer_past_question(state, false);
            } else if (cancel_search(state)) {
                return true;
            } else if (state.exporter.works()) {
                state.exporter.cancel();
            } else if (settings.layout.full) {
                settings.layout.full.reset();
            } else {
                state.selection = Selection{};
            }
            return true;
        case Action::none:
            return true;
        case Action::lessons:  // the lesson's: see lesson_panels.cpp
        case Action::open_first_lesson:
        case Action::lesson_next:
        case Action::lesson_back:
        case Action::restart_step:
        case Action::lesson_steps:
        case Action::speaker_notes:
        case Action::preset_lecture:
        case Action::preset_explore:
        case Action::preset_code:
        case Action::fullscreen:
        case Action::quit:
            break;
    }
    return false;
}

}  // namespace synoptic
