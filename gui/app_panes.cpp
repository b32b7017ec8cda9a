// What is in which pane, and what its head says.
#include <fmt/format.h>

#include "core/base/clock.h"
#include "gui/app_class.h"
#include "gui/lesson_desk.h"
#include "gui/panels/lesson_point.h"
#include "gui/panels/toolbar.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

constexpr PaneTab lower_tabs[] = {
    {"calls", "Calls", "Every call and fact, in order"},
    {"ladder", "Ladder", "One connection as the textbook draws it: both programs, both kernels, and the segments between them"},
    {"states", "States", "The states of TCP (RFC 9293), with both ends of a connection on them"},
    {"bytes", "Bytes", "A connection as two streams of bytes: what each send wrote, what each receive took, where messages begin"},
    {"timeline", "Timeline", "Everybody over time, from microseconds to hours: calls, where they slept, segments, rows"},
};

constexpr PaneTab beside_tabs[] = {
    {"inspector", "Inspector", "What is selected, in words and numbers"},
    {"database", "Database", "A key-value server's rows as they change, and its file  (R)"},
};

}  // namespace

PaneHead App::head_of(Pane pane) const {
    const AppState& state = *state_;
    const Theme& theme = ui::theme();
    const World& shown = state.moment.shown();
    switch (pane) {
        case Pane::stage: {
            const std::string calls = fmt::format("{} call{}", shown.calls, shown.calls == 1 ? "" : "s");
            if (state.moment.past())
                return {
                    shown.events == 0 ? "at the beginning" : session_time(since_beginning(state.history, shown.time_ns)) + " · " + calls,
                    theme.user};
            return {"now · " + calls, theme.text_dim};
        }
        case Pane::calls:
            return {.text = {}, .colour = 0, .tabs = lower_tabs, .tab = &state_->settings.lower_tab};
        case Pane::inspector: {
            PaneHead head{.text = {}, .colour = 0, .tabs = beside_tabs, .tab = &state_->beside_tab};
            const Database* database =
                *head.tab == beside_database ? database_to_show(shown, state.selection, state.database.chosen) : nullptr;
            if (database) head.text = database_summary(*database);
            return head;
        }
        case Pane::code:
            break;
    }
    return {};
}

void App::draw_panes(const ui::Rect& area) {
    AppState& state = *state_;
    const World& shown = state.moment.shown();
    EventIndex jump_to = no_event;
    const Selection& selection = state.selection;
    const bool has_row = selection.database != 0;
    if (has_row && !state.row.update(state.history, selection.database, selection.key)) moving_ = true;
    const bool past = state.moment.past();
    const Player* player = state.desk->player();
    const LessonRun run{player ? player->run_began() : 0, player ? player->run_began_ns() : 0};
    PanelContext panel{shown,
                       state.history,
                       past,
                       past ? shown.time_ns : monotonic_ns(),
                       state.selection,
                       state.out,
                       jump_to,
                       moving_,
                       state.moment.before(),
                       past ? &state.moment.changes() : nullptr,
                       has_row ? &state.row : nullptr,
                       state.chosen_client,
                       state.desk->is_open() ? &run : nullptr};
    state.layout.draw(
        state.settings.layout, area, [this](Pane pane) { return head_of(pane); },
        [&](Pane pane, const ui::Rect& rect) {
            switch (pane) {
                case Pane::stage:
                    draw_stage(panel, state.stage, rect);
                    break;
                case Pane::calls:
                    if (state.settings.lower_tab == lower_ladder)
                        draw_ladder(panel, state.ladder, rect);
                    else if (state.settings.lower_tab == lower_states)
                        draw_states(panel, state.states, rect);
                    else if (state.settings.lower_tab == lower_bytes)
                        draw_bytes(panel, state.bytes, state.ladder, rect);
                    else if (state.settings.lower_tab == lower_timeline)
                        draw_timeline(panel, state.timeline, rect);
                    else
                        draw_calls(panel, state.calls, rect);
                    break;
                case Pane::code:
                    draw_code(panel, state.code, rect);
                    break;
                case Pane::inspector:
                    if (state.beside_tab == beside_database)
                        draw_database(panel, state.database, rect);
                    else
                        draw_inspector(panel, state.inspector, rect);
                    break;
            }
            draw_points(state, rect);
        });
    if (jump_to != no_event) {
        state.moment.look_at(jump_to);
        moving_ = true;
    }
}

}  // namespace synoptic
