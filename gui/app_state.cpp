#include "gui/app_state.h"

#include "gui/lesson_desk.h"
#include "gui/panels/lesson_view.h"

namespace synoptic {

AppState::AppState(const History& history_)
    : history(history_), moment(history_), desk(std::make_unique<LessonDesk>()), lesson(std::make_unique<LessonView>()) {}
AppState::~AppState() = default;

bool AppState::asks_something() const {
    return help || asks_to_close || lesson->chooser || files.task != FileTask::none;
}

}  // namespace synoptic
