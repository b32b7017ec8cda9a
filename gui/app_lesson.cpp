// Lessons in the window: what they need of the session, and their place beside the panes.
#include <algorithm>
#include <cmath>

#include "gui/app_class.h"
#include "gui/lesson_panels.h"
#include "gui/panels/lesson.h"
#include "gui/panels/lesson_point.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {

void App::start_lessons(const WindowOptions& options) {
    LessonDesk::Setup setup;
    setup.submit = [this](Command command) {
        state_->database.control.see(command);
        return session_->submit(std::move(command));
    };
    setup.history = &session_->history();
    setup.wake = [this] { window_.wake(); };
    setup.progress_file = Progress::usual_path();
    state_->desk->begin(std::move(setup));
    if (!options.lesson.empty()) open_lesson(*state_, options.lesson);
}

/** Goes on with the lesson, which acts by itself, also while the past is looked at. */
void App::watch_lesson() {
    if (!session_) return;
    AppState& state = *state_;
    if (state.desk->path() != lesson_path_) {
        lesson_path_ = state.desk->path();
        lesson_since_s_ = state.now_s;
    }
    const std::uint64_t now = session_->now_ns();
    state.desk->advance(state.moment.live(), now);
    if (!state.desk->is_open()) strips_before_ = state.messages.newest();
    if (const int runs = state.desk->runs(); runs != lesson_runs_) {
        lesson_runs_ = runs;
        state.messages.forget_programs(strips_before_);
    }
    follow_lesson(state);
    if (const std::optional<std::string> trouble = state.desk->take_trouble()) state.messages.add(*trouble, true);
    if (const double seconds = state.desk->next_look_s(now); seconds >= 0) ui::wake_in(seconds);
}

/** Behind the frame: the presenter's window has contexts of its own. */
void App::draw_notes() {
    AppState& state = *state_;
    const Player* player = state.desk->player();
    if (!state.desk->is_open()) state.lesson->notes = false;
    if (notes_.closing()) state.lesson->notes = false;
    if (!state.lesson->notes) {
        notes_.close();
        return;
    }
    std::string trouble;
    if (!notes_.is_open() && !notes_.open(trouble)) {
        state.messages.add("There is no window for speaker notes: " + trouble, true);
        state.lesson->notes = false;
        return;
    }
    state.lesson->page.since_s = state.now_s - lesson_since_s_;
    if (player != nullptr) fill_notes_page(state.lesson->page, *player);
    notes_.draw(state.lesson->page, state.settings.dark ? dark_theme() : light_theme(), looks_scale_);
    state.lesson->notes_more = notes_.has_more_below();
    // Its clock goes on.
    next_wake_s_ = next_wake_s_ < 0 ? 1 : std::min(next_wake_s_, 1.0);
}

void App::draw_content(const ui::Rect& area) {
    AppState& state = *state_;
    if (state.desk->is_open()) {
        const float width = lesson_width(state, area), line = std::max(1.0f, std::floor(ui::px(1)));
        draw_lesson(state, {area.x, area.y, width, area.h});
        ui::canvas().AddRectFilled({area.x + width, area.y}, {area.x + width + line, area.bottom()}, ui::theme().outline);
        begin_points(state);
        draw_panes({area.x + width + line, area.y, area.w - width - line, area.h});
        draw_lesson_splitter(state, area, area.x + width);
    } else if (state.moment.live().programs.empty() && session_) {
        draw_welcome(state, area);
    } else {
        draw_panes(area);
    }
}

}  // namespace synoptic
