#include "gui/lesson_scroll.h"

#include <algorithm>
#include <utility>

namespace synoptic {

void LessonScroll::turn_to_top() {
    to_top_ = true;
    old_parts_ = 0;
    wanted_.reset();
    sheet_ = {};
}

std::optional<float> LessonScroll::follow(Sheet sheet) {
    const std::size_t before = sheet_.parts.size();
    sheet_ = std::move(sheet);
    const std::optional<float> to = where_to(before);
    if (to) sheet_.scroll = *to;
    return to;
}

std::optional<float> LessonScroll::where_to(std::size_t before) {
    if (std::exchange(to_top_, false)) return 0;
    if (wanted_) return std::clamp(*std::exchange(wanted_, {}), 0.0f, furthest());
    // A part that is gone was played again.
    if (sheet_.parts.size() < before) old_parts_ = std::min(old_parts_, sheet_.parts.size());
    if (sheet_.parts.size() <= before || old_parts_ >= sheet_.parts.size()) return {};
    // All that is new, as far as the first of it stays in sight. The beginning of a step stays where it is.
    const float first = old_parts_ == 0 ? 0 : sheet_.parts[old_parts_] - sheet_.margin;
    const float to = std::min(first, furthest());
    if (to <= sheet_.scroll) return {};
    return to;
}

float LessonScroll::furthest() const {
    return std::max(0.0f, sheet_.content - sheet_.height);
}

/** The last place that can be seen and at which a page may begin, if it is not too near; else so far that a line of what was read stays in sight. */
float LessonScroll::next_page() const {
    const float end = sheet_.scroll + sheet_.height, near = sheet_.scroll + sheet_.height * 0.4f;
    float to = end - 2 * sheet_.margin;
    float best = 0;
    for (const std::vector<float>* places : {&sheet_.parts, &sheet_.stops}) {
        for (const float top : *places) {
            if (top < end && top > near) best = std::max(best, top);
        }
    }
    if (best > 0) to = best - sheet_.margin;
    return std::min(to, furthest());
}

bool LessonScroll::page_down() {
    if (!has_more_below()) return false;
    wanted_ = next_page();
    sheet_.scroll = *wanted_;  // a second key within the same frame goes on from there
    return true;
}

bool LessonScroll::page_up() {
    if (sheet_.scroll <= sheet_.margin) return false;
    wanted_ = 0;
    sheet_.scroll = 0;
    return true;
}

}  // namespace synoptic
