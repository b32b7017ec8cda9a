// Lessons made in tests, and what is wrong with them.
#pragma once

#include <string>

#include "core/lesson/lesson.h"

namespace synoptic {

/** A lesson with one step that holds `body`. */
inline ReadLesson lesson_with(const std::string& body, const std::string& facts = "") {
    return read_lesson("# Title\n\n" + (facts.empty() ? "" : "```lesson\n" + facts + "\n```\n\n") + "## Step\n\n" + body, "test.md");
}

inline std::string fence(const std::string& info, const std::string& inside) {
    return "```" + info + "\n" + inside + "\n```\n";
}

inline std::string mistakes_of(const ReadLesson& read) {
    std::string all;
    for (const Mistake& mistake : read.mistakes) all += mistake.text() + "\n";
    return all;
}

}  // namespace synoptic
