#include "gui/lesson_panels.h"

#include <fmt/format.h>

#include <algorithm>

#include "gui/markdown.h"
#include "gui/panels/lesson_select.h"
#include "gui/picture.h"

namespace synoptic {
namespace {

/** Gives the window the panels of a step. Of panels that share a pane the first is in front. */
void show_panels(AppState& state, const ShowBlock& show) {
    Settings& settings = state.settings;
    std::vector<LessonPanel> panels = show.panels;
    if (panels.empty()) panels = {LessonPanel::stage, LessonPanel::calls};
    settings.layout.shown.fill(false);
    settings.layout.full.reset();
    bool lower = false, beside = false;
    for (const LessonPanel panel : panels) {
        const PanelPlace* place = find_panel(lesson_panel_names[static_cast<std::size_t>(panel)]);
        if (place == nullptr) continue;
        settings.layout.shows(place->pane) = true;
        if (place->lower_tab >= 0 && !std::exchange(lower, true)) settings.lower_tab = place->lower_tab;
        if (place->beside_tab >= 0 && !std::exchange(beside, true)) state.beside_tab = place->beside_tab;
    }
    if (!show.large) return;
    const PanelPlace* place = find_panel(lesson_panel_names[static_cast<std::size_t>(*show.large)]);
    if (place == nullptr) return;
    if (place->lower_tab >= 0) settings.lower_tab = place->lower_tab;
    if (place->beside_tab >= 0) state.beside_tab = place->beside_tab;
    settings.layout.full = place->pane;
}

/** What this `show` says, to notice another one. */
std::string key_of(const ShowBlock& show, const Player& player) {
    std::string key = fmt::format("{}:", player.lesson().path);
    for (const LessonPanel panel : show.panels) key += fmt::format("{},", static_cast<int>(panel));
    if (show.large) key += fmt::format(" large {}", static_cast<int>(*show.large));
    if (show.selected) key += fmt::format(" select {}", show.selected->line);
    return key + " " + show.compare_program + " " + show.compare_with;
}

/** The quote of the step that was reached last is lit in the code pane, where nothing else is to be selected. */
void show_quote(AppState& state, const Player& player) {
    LessonView& view = *state.lesson;
    const LessonStep& step = player.lesson().steps[player.step()];
    if (view.quoted_step == player.step() && view.quoted_blocks >= player.blocks_shown()) return;
    const std::size_t from = view.quoted_step == player.step() ? view.quoted_blocks : 0;
    view.quoted_step = player.step();
    view.quoted_blocks = player.blocks_shown();
    for (std::size_t index = from; index < std::min(player.blocks_shown(), step.blocks.size()); ++index) {
        const auto* quote = std::get_if<QuoteBlock>(&step.blocks[index].content);
        if (quote == nullptr || player.shown().selected || !state.settings.layout.shows(Pane::code)) continue;
        state.selection = Selection{};
        state.selection.source = {quote->file, 0, quote->first_line};
    }
}

/** The panes as they were before the first lesson; how much of the window lessons take is the user's word. */
void put_window_back(AppState& state) {
    LessonView& view = *state.lesson;
    if (!view.before) return;
    const float share = state.settings.layout.lesson_share;
    state.settings.layout = view.before->layout;
    state.settings.layout.lesson_share = share;
    state.settings.lower_tab = view.before->lower_tab;
    state.beside_tab = view.beside_before;
    if (std::exchange(view.compares, false)) state.code.compare = false;
    view.before.reset();
}

}  // namespace

void open_lesson(AppState& state, const std::string& path, std::size_t step) {
    if (!state.desk->can_play()) {
        state.messages.note("This is a recording: a lesson runs in a window of its own", state.now_s);
        return;
    }
    state.moment.go_live();
    state.selection = Selection{};
    LessonView& view = *state.lesson;
    if (!view.before) {
        view.before = state.settings;
        view.beside_before = state.beside_tab;
    }
    view.applied.clear();
    view.quoted_blocks = 0;
    view.chooser = view.steps_menu = false;
    view.begin_step();
    view.page = {};
    state.desk->open(path, step);
    if (!state.desk->is_open()) put_window_back(state);  // the desk says why
}

void close_lesson(AppState& state) {
    state.desk->close();
    state.lesson->notes = false;
    put_window_back(state);
}

Settings settings_to_keep(const AppState& state) {
    Settings kept = state.settings;
    if (state.lesson->before) {
        const float share = kept.layout.lesson_share;
        kept.layout = state.lesson->before->layout;
        kept.layout.lesson_share = share;
        kept.lower_tab = state.lesson->before->lower_tab;
    }
    return kept;
}

void follow_lesson(AppState& state) {
    const Player* player = state.desk->player();
    LessonView& view = *state.lesson;
    if (player == nullptr) return;
    if (player->hurries()) {
        view.replayed = true;
        return;
    }
    const ShowBlock& show = player->shown();
    if (std::string key = key_of(show, *player); key != view.applied) {
        view.applied = std::move(key);
        show_panels(state, show);
        view.selects = show.selected.has_value();
        const bool compares = !show.compare_program.empty();
        if (compares) state.code.file = fmt::format("core/programs/{}.cpp", show.compare_program);
        if (compares || view.compares) state.code.compare = compares;
        view.compares = compares;
    }
    if (std::exchange(view.replayed, false)) view.selects = show.selected.has_value();
    if (view.selects && show.selected) {
        // What it means may be still to come.
        if (const std::optional<Selection> wanted = selection_of(*player, state.moment.live(), *show.selected)) {
            state.selection = *wanted;
            view.selects = false;
        }
    }
    show_quote(state, *player);
}

void fill_notes_page(NotesPage& page, const Player& player) {
    const Lesson& lesson = player.lesson();
    const std::size_t step = player.step();
    page.lesson = lesson.number > 0 ? fmt::format("Lesson {}: {}", lesson.number, lesson.title) : lesson.title;
    page.heading = step == 0 ? "Introduction" : plain_text(lesson.steps[step].heading);
    page.place = step == 0 ? "" : fmt::format("step {} of {}", step, lesson.steps.size() - 1);
    page.notes = lesson.notes_of(step);
    page.next = step + 1 < lesson.steps.size() ? plain_text(lesson.steps[step + 1].heading) : "";
    page.status = player.waits_for().empty() ? "" : "waits for: " + player.waits_for();
}

void open_lesson_entry(AppState& state, const LessonEntry& entry) {
    const LessonProgress progress = state.desk->progress().of(entry.name);
    open_lesson(state, std::string(entry.path), progress.finished ? 0 : progress.step);
}

void turn_lesson(AppState& state, const std::function<bool()>& turn) {
    state.moment.go_live();
    if (!turn()) return;
    state.lesson->begin_step();
    state.lesson->replayed = true;
    state.selection = Selection{};  // its programs end
}

void choose_in_lesson(AppState& state, std::size_t choice) {
    state.moment.go_live();
    if (state.desk->choose(choice)) state.lesson->scroll.went_on();
}

void answer_in_lesson(AppState& state, std::int64_t number) {
    state.moment.go_live();
    if (state.desk->answer_number(number)) state.lesson->scroll.went_on();
}

void feed_digits(AppState& state) {
    LessonView& view = *state.lesson;
    if (view.typed.empty() || !view.types) return;
    // ImGui forgets characters at a frame's end.
    ImGui::GetIO().AddInputCharactersUTF8(std::exchange(view.typed, {}).c_str());
}

}  // namespace synoptic
