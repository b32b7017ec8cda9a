#include "core/lesson/lesson.h"

#include <fmt/format.h>

#include <algorithm>

namespace synoptic {

std::string Who::text() const {
    switch (part) {
        case Part::program:
            return name;
        case Part::worker:
            return name + "'s worker";
        case Part::child:
        case Part::thread:
            break;
    }
    const char* kind = part == Part::child ? "child" : "thread";
    return nth == last ? fmt::format("{}'s last {}", name, kind) : fmt::format("{}'s {} {}", name, kind, nth);
}

bool Count::holds(std::int64_t found) const {
    switch (how) {
        case How::exactly:
            return found == number;
        case How::at_least:
            return found >= number;
        case How::at_most:
            return found <= number;
        case How::asked:
            return true;
    }
    return false;
}

std::string Count::text() const {
    switch (how) {
        case How::exactly:
            return std::to_string(number);
        case How::at_least:
            return fmt::format("at least {}", number);
        case How::at_most:
            return fmt::format("at most {}", number);
        case How::asked:
            return "?";
    }
    return "";
}

std::size_t QuestionBlock::right_choice() const {
    const auto right = std::find_if(choices.begin(), choices.end(), [](const LessonChoice& choice) { return choice.right; });
    return static_cast<std::size_t>(right - choices.begin());
}

bool QuestionBlock::is_kernel() const {
    return std::any_of(choices.begin(), choices.end(), [](const LessonChoice& choice) { return choice.fact.has_value(); });
}

std::vector<std::pair<std::size_t, const QuestionBlock*>> Lesson::questions() const {
    std::vector<std::pair<std::size_t, const QuestionBlock*>> all;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        for (const LessonBlock& block : steps[i].blocks) {
            if (const auto* question = std::get_if<QuestionBlock>(&block.content)) all.emplace_back(i, question);
        }
    }
    return all;
}

std::size_t Lesson::question_count() const {
    return questions().size();
}

std::string Lesson::notes_of(std::size_t step) const {
    std::string text;
    if (step >= steps.size()) return text;
    for (const LessonBlock& block : steps[step].blocks) {
        if (const auto* notes = std::get_if<NotesBlock>(&block.content)) text += (text.empty() ? "" : "\n") + notes->markdown;
    }
    return text;
}

std::string Mistake::text() const {
    return line > 0 ? fmt::format("{}:{}: {}", file, line, what) : fmt::format("{}: {}", file, what);
}

std::string answer_sheet(const Lesson& lesson) {
    std::string sheet = fmt::format("# {}{}\n", lesson.number > 0 ? fmt::format("{}. ", lesson.number) : "", lesson.title);
    const auto questions = lesson.questions();
    if (questions.empty()) return sheet + "\nIt asks nothing.\n";
    for (const auto& [step, question] : questions) {
        sheet += fmt::format("\n## {}. {}\n\n{}\n", question->number_of_question, lesson.steps[step].heading, question->prompt);
        for (const LessonChoice& choice : question->choices) sheet += fmt::format("- [{}] {}\n", choice.right ? "x" : " ", choice.markdown);
        if (question->choices.empty()) {
            sheet += question->number ? fmt::format("= {}\n", *question->number)
                                      : fmt::format("= what is found then: {}\n", question->fact->text);
        }
        sheet += "\n" + question->reason;
    }
    return sheet;
}

}  // namespace synoptic
