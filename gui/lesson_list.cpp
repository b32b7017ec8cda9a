#include "gui/lesson_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/lesson/catalog.h"
#include "core/lesson/lesson.h"

namespace synoptic {

std::vector<LessonEntry> read_lesson_list(const std::string& folder) {
    std::vector<LessonEntry> list;
    for (const std::string& path : lesson_files(folder)) {
        const ReadLesson read = read_lesson_file(path);
        const Lesson& lesson = read.lesson;
        list.push_back({path, lesson.name, lesson.number, lesson.title, lesson.minutes, lesson.steps.size(), lesson.needs_wire,
                        !read.mistakes.empty()});
    }
    return list;
}

const LessonEntry* lesson_to_go_on_with(const std::vector<LessonEntry>& list, const Progress& progress) {
    const LessonEntry *latest = nullptr, *first = nullptr;
    std::int64_t latest_at = 0;
    for (const LessonEntry& entry : list) {
        const LessonProgress done = progress.of(entry.name);
        if (done.finished) continue;
        if (first == nullptr) first = &entry;
        if (done.steps == 0 || done.last_at < latest_at) continue;
        latest = &entry;
        latest_at = done.last_at;
    }
    if (latest != nullptr) return latest;
    if (first != nullptr) return first;
    return list.empty() ? nullptr : &list.front();
}

const LessonEntry* lesson_after(const std::vector<LessonEntry>& list, const std::string& name) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const LessonEntry& entry) { return entry.name == name; });
    return found == list.end() || found + 1 == list.end() ? nullptr : &*(found + 1);
}

std::string progress_words(const LessonProgress& progress) {
    if (progress.steps == 0) return {};
    // The introduction is no step of its own.
    if (!progress.finished) return fmt::format("step {} of {}", std::max<std::size_t>(progress.step, 1), progress.steps - 1);
    if (progress.answers.empty()) return "done";
    std::size_t right = 0, skipped = 0;
    for (const auto& [question, answer] : progress.answers) {
        right += answer.right;
        skipped += answer.skipped;
    }
    return "done, " + score_words(right, progress.answers.size() - skipped, skipped);
}

}  // namespace synoptic
