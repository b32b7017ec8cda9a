// What stands inside a lesson's blocks. Private to core/lesson.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/lesson.h"

namespace synoptic {

std::string_view trim(std::string_view text);
/** Without their ends, \r included. */
std::vector<std::string_view> split_lines(std::string_view text);
std::string joined(const std::vector<std::string_view>& lines);

/** Reads blocks; what is wrong goes to `mistakes`. Line numbers are those of a block's first inner line. */
struct PartReader {
    Lesson& lesson;
    std::vector<Mistake>& mistakes;

    void read_facts_of_lesson(const std::vector<std::string_view>& lines, int line);
    DoBlock read_do(const std::vector<std::string_view>& lines, int line, LessonStep& step);
    ExpectBlock read_expect(std::string_view when, const std::vector<std::string_view>& lines, int line);
    /** `line` is the fence's. */
    QuestionBlock read_question(const std::vector<std::string_view>& lines, int line);
    ShowBlock read_show(const std::vector<std::string_view>& lines, int line);
    std::vector<QuoteBlock> read_quotes(const std::vector<std::string_view>& lines, int line);

   private:
    void mistake(int line, std::string what);
    void read_actions(std::string_view text, int line, std::vector<LessonAction>& into);
    void read_choice_fact(LessonChoice& choice, int line);
    void finish_question(QuestionBlock& question, int line);
};

}  // namespace synoptic
