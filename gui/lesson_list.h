// The lessons that can be chosen, with what their files say of themselves.
#pragma once

#include <string>
#include <vector>

#include "core/lesson/progress.h"

namespace synoptic {

struct LessonEntry {
    std::string path, name;  // "…/16-the-second-client-waits.md", "16-the-second-client-waits"
    int number = 0;          // 0: it has none
    std::string title;
    int minutes = 0;  // 0: not told
    std::size_t steps = 0;
    bool needs_wire = false;
    bool broken = false;  // its file has mistakes
};

/** Those of a folder, in order. Reads their files. */
std::vector<LessonEntry> read_lesson_list(const std::string& folder);

/** The one to go on with: that which was begun last and is not finished, else the first that is not; the first one where all are. Null: there is none. */
const LessonEntry* lesson_to_go_on_with(const std::vector<LessonEntry>& list, const Progress& progress);

/** The one behind that of this name; null behind the last, and for a lesson that is not in the list. */
const LessonEntry* lesson_after(const std::vector<LessonEntry>& list, const std::string& name);

/** What was done of it: "", "step 3 of 6", "done, 4 of 5 answered right". */
std::string progress_words(const LessonProgress& progress);

}  // namespace synoptic
