// What keys and buttons do, apart from the window itself: each is a change of how the window looks at the World, or Commands. Which those are stands in
// the other actions_*.cpp.
#include "gui/actions.h"
#include "gui/app_state.h"

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

}  // namespace

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
            toggle_pane(state, Pane::stage);
            return true;
        case Action::pane_calls:
            toggle_pane(state, Pane::calls);
            return true;
        case Action::pane_code:
            toggle_pane(state, Pane::code);
            return true;
        case Action::pane_inspector:
            toggle_pane(state, Pane::inspector);
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
