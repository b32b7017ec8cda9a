// The lessons that there are: beside the source tree, or installed.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace synoptic {

/** The folder of lessons: $SYNOPTIC_LESSONS, else `share/synoptic/lessons` beside the program's folder, else `lessons` in a folder above the program (the
    source tree). "" if there is none. */
std::string lessons_folder();
/** The lesson files (*.md) of a folder, by name. */
std::vector<std::string> lesson_files(const std::string& folder);
/** A lesson by its path, or by its number, its name or a part of it: "16", "second-client". The error names those that were meant. */
Result<std::string> find_lesson(const std::string& name, const std::string& folder);

}  // namespace synoptic
