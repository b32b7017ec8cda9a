// A question: its text, choices or a number, what is done after the answer, and the reason.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/lesson/matcher.h"
#include "core/lesson/read_parts.h"

namespace synoptic {

namespace {

/** "- [ ] text" and "- [x] text": the text and whether it is marked; false if this is no choice. */
bool is_choice(std::string_view line, std::string_view& text, bool& right) {
    if (line.size() < 5 || (line[0] != '-' && line[0] != '*') || line.substr(1, 2) != " [" || line[4] != ']') return false;
    right = line[3] == 'x' || line[3] == 'X';
    text = trim(line.substr(5));
    return right || line[3] == ' ';
}

}  // namespace

void PartReader::read_choice_fact(LessonChoice& choice, int line) {
    const std::size_t arrow = choice.markdown.rfind(" => ");
    if (arrow == std::string::npos) return;
    Result<LessonFact> fact = read_fact(trim(std::string_view(choice.markdown).substr(arrow + 4)), line);
    if (fact)
        choice.fact = std::move(*fact);
    else
        mistake(line, fact.error().detail);
    choice.markdown = std::string(trim(std::string_view(choice.markdown).substr(0, arrow)));
}

QuestionBlock PartReader::read_question(const std::vector<std::string_view>& lines, int line) {
    QuestionBlock question;
    std::vector<std::string_view> prompt, reason;
    bool answered = false;  // its choices or its number have come
    std::vector<int> choice_lines;
    int choice_ends = 0;  // the last line of the latest choice
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view text = trim(lines[i]);
        const int at = line + 1 + static_cast<int>(i);
        std::string_view choice;
        bool right = false;
        if (is_choice(text, choice, right) && reason.empty()) {
            if (question.number || question.fact) mistake(at, "a question has either choices or a number");
            answered = true;
            question.choices.push_back({std::string(choice), right, std::nullopt});
            choice_lines.push_back(at);
            choice_ends = at;
        } else if (!answered && text.starts_with("= ")) {
            answered = true;
            std::string_view rest = trim(text.substr(2));
            std::int64_t number = 0;
            const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
            if (error == std::errc()) {
                question.number = number;
                rest = trim(rest.substr(static_cast<std::size_t>(end - rest.data())));
                if (rest.starts_with("=> "))
                    rest = trim(rest.substr(3));
                else if (!rest.empty())
                    mistake(at, fmt::format("“{}” is not understood behind the number: write = 66, or = 66 => FACT with ?", rest));
            }
            if (!rest.empty() && (!question.number || rest.find('?') != std::string_view::npos)) {
                Result<LessonFact> fact = read_fact(rest, at);
                if (fact)
                    question.fact = std::move(*fact);
                else
                    mistake(at, fact.error().detail);
            }
        } else if (answered && reason.empty() && text.starts_with("do "))
            read_actions(text.substr(3), at, question.reveal);
        else if (answered && reason.empty() && !question.choices.empty() && choice_ends + 1 == at && lines[i].starts_with("  ") &&
                 !text.empty()) {
            question.choices.back().markdown.append(" ").append(text);
            choice_ends = at;
        } else if (is_choice(text, choice, right) && answered) {
            mistake(at, "a choice within the reason: choices stand together, before it");
        } else if (answered && (!reason.empty() || !text.empty()))
            reason.push_back(lines[i]);
        else if (!answered && (!prompt.empty() || !text.empty()))
            prompt.push_back(lines[i]);
    }
    for (std::size_t i = 0; i < question.choices.size(); ++i) read_choice_fact(question.choices[i], choice_lines[i]);
    question.prompt = joined(prompt);
    question.reason = joined(reason);
    finish_question(question, line);
    return question;
}

void PartReader::finish_question(QuestionBlock& question, int line) {
    question.number_of_question = static_cast<int>(lesson.question_count()) + 1;
    if (question.prompt.empty()) mistake(line, "the question's text is missing");
    if (question.reason.empty()) mistake(line, "the reason is missing: a question says behind its choices why the right answer is right");
    if (question.choices.empty()) {
        if (!question.number && !question.fact)
            mistake(line, "the question has no answer: write choices (“- [ ] wrong”, “- [x] right”) or a number (“= 66”)");
        const bool asks = question.fact && !question.fact->words.counts.empty() &&
                          std::any_of(question.fact->words.counts.begin(), question.fact->words.counts.end(),
                                      [](const Count& count) { return count.how == Count::How::asked; });
        if (question.fact && !asks)
            mistake(question.fact->line,
                    "in the fact of a number question a ? stands in the number's place: “= server's accept queue holds ?”");
        return;
    }
    const auto right =
        std::count_if(question.choices.begin(), question.choices.end(), [](const LessonChoice& choice) { return choice.right; });
    if (question.choices.size() < 2) mistake(line, "one choice leaves nothing to choose: write two at least");
    if (right == 0) mistake(line, "no choice is right: mark one by [x]");
    if (right > 1) mistake(line, fmt::format("{} choices are marked as right: exactly one can be", right));
    const auto facts =
        std::count_if(question.choices.begin(), question.choices.end(), [](const LessonChoice& choice) { return choice.fact.has_value(); });
    if (facts > 0) {
        for (const LessonChoice& choice : question.choices) {
            if (choice.right && !choice.fact)
                mistake(line, "the right choice has no fact (=>), though others have: the World could not show it");
        }
    }
    if (!question.reveal.empty() && facts == 0)
        mistake(question.reveal[0].line, "“do” inside a question is for choices with facts (=>): write a do block behind the question");
}

}  // namespace synoptic
