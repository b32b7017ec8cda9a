// What keys and buttons ask of a lesson, and of the list of lessons. See lesson_panels.h.
#include <GLFW/glfw3.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "gui/lesson_panels.h"

namespace synoptic {
namespace {

constexpr std::size_t chooser_page = 10;

std::optional<int> digit_of(int key) {
    if (key >= GLFW_KEY_0 && key <= GLFW_KEY_9) return key - GLFW_KEY_0;
    if (key >= GLFW_KEY_KP_0 && key <= GLFW_KEY_KP_9) return key - GLFW_KEY_KP_0;
    return {};
}

/** A choice is taken; a number is typed on in its field, which has the keyboard then. */
void answer_by_digit(AppState& state, const QuestionBlock& question, int digit) {
    if (question.choices.empty())
        state.lesson->type_digit(static_cast<char>('0' + digit));
    else if (digit > 0)
        choose_in_lesson(state, static_cast<std::size_t>(digit - 1));
}

/** True if a question of this step was reached. */
bool shows_question(const Player* player) {
    if (player == nullptr) return false;
    const std::vector<LessonBlock>& blocks = player->lesson().steps[player->step()].blocks;
    const auto shown = static_cast<std::ptrdiff_t>(std::min(player->blocks_shown(), blocks.size()));
    return std::any_of(blocks.begin(), blocks.begin() + shown,
                       [](const LessonBlock& block) { return std::holds_alternative<QuestionBlock>(block.content); });
}

/** Page Down: what is below is read first. */
void go_on(AppState& state) {
    LessonView& view = *state.lesson;
    if (view.scroll.page_down()) return;
    // What is looked at is the past: a lesson goes on in the present.
    state.moment.go_live();
    const Player* player = state.desk->player();
    if (player == nullptr || player->state() != Player::State::ended) {
        if (state.desk->next()) view.scroll.went_on();
        return;
    }
    const LessonEntry* next = lesson_after(state.desk->list(), player->lesson().name);
    if (next != nullptr)
        open_lesson(state, std::string(next->path));
    else
        state.messages.note("No lesson comes after this one: F6 shows all", state.now_s);
}

}  // namespace

void turn_chooser(AppState& state, int key) {
    std::size_t& entry = state.lesson->entry;
    const std::size_t count = state.desk->list().size();
    if (count == 0) return;
    if (key == GLFW_KEY_ENTER || key == GLFW_KEY_KP_ENTER) open_lesson_entry(state, state.desk->list()[std::min(entry, count - 1)]);
    if (key == GLFW_KEY_DOWN) entry = std::min(entry + 1, count - 1);
    if (key == GLFW_KEY_UP && entry > 0) --entry;
    if (key == GLFW_KEY_HOME) entry = 0;
    if (key == GLFW_KEY_END) entry = count - 1;
    if (key == GLFW_KEY_PAGE_DOWN) entry = std::min(entry + chooser_page, count - 1);
    if (key == GLFW_KEY_PAGE_UP) entry -= std::min(entry, chooser_page);
}

bool perform_in_lesson(AppState& state, Action action) {
    LessonDesk& desk = *state.desk;
    switch (action) {
        case Action::lessons:
            if (!desk.can_play()) {
                state.messages.note("This is a recording: lessons are in a window of their own", state.now_s);
                return true;
            }
            if (!state.lesson->chooser) {
                desk.refresh_list();
                state.lesson->entry_in_sight = false;
            }
            state.lesson->chooser = !state.lesson->chooser;
            return true;
        case Action::open_first_lesson: {
            const LessonEntry* entry = lesson_to_go_on_with(desk.list(), desk.progress());
            if (entry != nullptr) open_lesson_entry(state, *entry);
            return true;
        }
        case Action::lesson_next:
            go_on(state);
            return true;
        case Action::lesson_back:
            if (!state.lesson->scroll.page_up()) turn_lesson(state, [&] { return desk.back(); });
            return true;
        case Action::restart_step:
            turn_lesson(state, [&] { return desk.restart_step(); });
            return true;
        case Action::escape:
            return std::exchange(state.lesson->chooser, false);
        case Action::lesson_steps:
            if (desk.is_open()) state.lesson->steps_menu = true;
            return true;
        case Action::speaker_notes:
            if (desk.is_open()) state.lesson->notes = !state.lesson->notes;
            return true;
        default:
            return false;
    }
}

Action turn_key_to_lesson(AppState& state, Action action, int key, int mods, bool typing) {
    if (!state.desk->is_open()) {
        const bool welcome = state.moment.live().programs.empty() && state.desk->can_play();
        const bool enter = key == GLFW_KEY_ENTER || key == GLFW_KEY_KP_ENTER;
        return welcome && enter && !typing && mods == 0 ? Action::open_first_lesson : action;
    }
    if (key == GLFW_KEY_PAGE_DOWN && mods == 0) return Action::lesson_next;
    if (key == GLFW_KEY_PAGE_UP && mods == 0) return Action::lesson_back;
    if (key == GLFW_KEY_PAGE_UP && mods == GLFW_MOD_SHIFT) return Action::restart_step;
    if (typing || mods != 0 || !digit_of(key)) return action;
    // Where a question is on screen a digit is an answer, or one that came too late: never a pane's.
    const Player* player = state.desk->player();
    const QuestionBlock* question = player ? player->question() : nullptr;
    if (question != nullptr && player->state() == Player::State::asks) {
        answer_by_digit(state, *question, *digit_of(key));
        return Action::none;
    }
    return shows_question(player) ? Action::none : action;
}

}  // namespace synoptic
