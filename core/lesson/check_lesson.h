// What can only be said of a lesson as a whole: names that are used before they are given, programs that there are not, a wire that is not asked for.
#pragma once

#include <vector>

#include "core/lesson/lesson.h"

namespace synoptic {

/** Adds the mistakes that it finds. */
void check_lesson(const Lesson& lesson, std::vector<Mistake>& mistakes);

}  // namespace synoptic
