// Progress: how far somebody has come in each lesson, and what was answered. One file for each user, $XDG_STATE_HOME/synoptic/lessons.json.
//
// The file is read when it is opened and before each save, under a lock (FILE.lock), so that two windows don't forget each other's lessons and answers.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/base/result.h"

namespace synoptic {

struct GivenAnswer {
    std::string answer;  // the choice's text, or the number; "" if it was skipped
    bool right = false;
    bool skipped = false;
    friend bool operator==(const GivenAnswer&, const GivenAnswer&) = default;
};

struct LessonProgress {
    std::size_t step = 0;     // where it was left
    std::size_t reached = 0;  // the furthest step
    std::size_t steps = 0;    // how many there were
    bool finished = false;
    std::map<int, GivenAnswer> answers;  // by the question's number within the lesson; the first answer that was given
    std::int64_t last_at = 0;            // seconds since 1970
    friend bool operator==(const LessonProgress&, const LessonProgress&) = default;
};

/** "3 of 4 answered right, 1 skipped": what was skipped is no wrong answer. "" where there were no questions. */
std::string score_words(std::size_t right, std::size_t answered, std::size_t skipped);

class Progress {
   public:
    /** `path`: "" keeps nothing. A file that can't be read is set aside as FILE.bad, and said by trouble(). */
    static Progress open(const std::string& path);
    /** $XDG_STATE_HOME/synoptic/lessons.json; "" without a home. */
    static std::string usual_path();

    /** Of a lesson by its name ("16-the-second-client-waits"); an empty one if it was never begun. */
    LessonProgress of(const std::string& lesson) const;
    /** Takes it into memory and into the file, which is replaced as a whole. Answers to the same lesson that stand there came first: they stay. A file
        that can't be read by now is set aside, and trouble() says so. */
    Status keep(const std::string& lesson, const LessonProgress& progress);
    const std::map<std::string, LessonProgress>& all() const { return lessons_; }
    const std::string& trouble() const { return trouble_; }

   private:
    /** Renames the file to FILE.bad; false, and nothing is kept any more, where that can't be. */
    bool set_aside(const std::string& why);

    std::string path_, trouble_;
    std::map<std::string, LessonProgress> lessons_;
};

}  // namespace synoptic
