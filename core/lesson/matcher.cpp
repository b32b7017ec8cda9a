#include "core/lesson/matcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "core/base/text.h"
#include "core/lesson/matcher_reader.h"

namespace synoptic {

namespace {

struct Form {
    int id;
    std::vector<std::string> words;
    const char* text;
};

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

template <class Id>
Form make_form(Id id, const char* text) {
    return {static_cast<int>(id), split(text), text};
}

// clang-format off
#define LESSON_NOTHING(id, form)
const std::vector<Form>& fact_forms() {
    static const std::vector<Form> forms = {
#define LESSON_FACT(id, form) make_form(FactForm::id, form),
#define LESSON_ACTION LESSON_NOTHING
#define LESSON_OPTION LESSON_NOTHING
#define LESSON_SHOWN LESSON_NOTHING
#include "core/lesson/grammar.def"
#undef LESSON_FACT
#undef LESSON_ACTION
    };
    return forms;
}

const std::vector<Form>& action_forms() {
    static const std::vector<Form> forms = {
#define LESSON_FACT LESSON_NOTHING
#define LESSON_ACTION(id, form) make_form(ActionForm::id, form),
#include "core/lesson/grammar.def"
#undef LESSON_ACTION
#undef LESSON_OPTION
    };
    return forms;
}

const std::vector<Form>& option_forms() {
    static const std::vector<Form> forms = {
#define LESSON_ACTION LESSON_NOTHING
#define LESSON_OPTION(id, form) make_form(OptionForm::id, form),
#include "core/lesson/grammar.def"
#undef LESSON_OPTION
#undef LESSON_SHOWN
    };
    return forms;
}

const std::vector<Form>& shown_forms() {
    static const std::vector<Form> forms = {
#define LESSON_OPTION LESSON_NOTHING
#define LESSON_SHOWN(id, form) make_form(ShownForm::id, form),
#include "core/lesson/grammar.def"
    };
    return forms;
}
// clang-format on

bool is_capital(std::string_view word) {
    return word.size() > 1 ? std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) && word != "SYN"
                           : word == "N";
}

/** How far any form got: for the message. */
struct Reach {
    std::size_t at = 0;
    std::vector<std::string> expected;
    std::string nested;  // what was wrong within a fact
    const Form* form = nullptr;

    void note(std::size_t where, const std::string& what, const Form* which) {
        if (where < at) return;
        if (where > at || expected.empty()) {
            at = where;
            expected.clear();
            nested.clear();
            form = which;
        }
        if (std::find(expected.begin(), expected.end(), what) == expected.end()) expected.push_back(what);
    }
};

struct Try {
    const MatchInput& input;
    Reach& reach;
    const Form* form;
    bool whole;  // the line ends with the form
};

std::optional<MatchState> match_words(const Try& attempt, std::size_t at_form, const MatchState& state);

/** As many options as there are, up to the end of the line. */
std::optional<MatchState> match_options(const Try& attempt, MatchState state) {
    while (state.at < attempt.input.words.size()) {
        std::optional<MatchState> best;
        int best_id = 0;
        for (const Form& form : option_forms()) {
            MatchState from;
            from.at = state.at;
            from.typos = state.typos;
            from.meant = state.meant;
            std::optional<MatchState> taken = match_words({attempt.input, attempt.reach, &form, false}, 0, from);
            if (!taken || (best && (taken->typos > best->typos || (taken->typos == best->typos && taken->at <= best->at)))) continue;
            best = std::move(taken);
            best_id = form.id;
        }
        if (!best) return std::nullopt;
        state.options.push_back({static_cast<OptionForm>(best_id), best->words});
        state.at = best->at;
        state.typos = best->typos;
        state.meant = best->meant;
    }
    return state;
}

/** The rest of the line, or the part before "within", as a fact. */
std::optional<MatchState> match_fact(const Try& attempt, std::size_t at_form, const MatchState& state) {
    const auto& words = attempt.input.words;
    std::size_t last_within = words.size();
    while (last_within > state.at && (last_within == words.size() || words[last_within].quoted || words[last_within].text != "within"))
        --last_within;
    for (const std::size_t end : {words.size(), last_within}) {
        if (end <= state.at) continue;
        const std::size_t begin_byte = words[state.at].begin;
        const std::size_t end_byte = end < words.size() ? words[end].begin : attempt.input.line.size();
        std::string_view text = attempt.input.line.substr(begin_byte, end_byte - begin_byte);
        while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
        Result<LessonFact> fact = read_fact(text, attempt.input.line_number);
        if (!fact) {
            if (end == words.size() || attempt.reach.nested.empty()) attempt.reach.note(state.at, "a fact", attempt.form);
            attempt.reach.nested = fact.error().detail;
            continue;
        }
        MatchState further = state;
        further.facts.push_back(std::move(*fact));
        further.at = end;
        if (std::optional<MatchState> rest = match_words(attempt, at_form + 1, further)) return rest;
    }
    return std::nullopt;
}

std::optional<MatchState> match_words(const Try& attempt, std::size_t at_form, const MatchState& state) {
    if (at_form == attempt.form->words.size()) {
        if (!attempt.whole || state.at == attempt.input.words.size()) return state;
        attempt.reach.note(state.at, "the end of the line", attempt.form);
        return std::nullopt;
    }
    const std::string& word = attempt.form->words[at_form];
    if (word == "OPTIONS") return match_options(attempt, state);
    if (word == "FACT") return match_fact(attempt, at_form, state);
    std::optional<MatchState> best;
    const auto consider = [&](const MatchState& further) {
        std::optional<MatchState> rest = match_words(attempt, at_form + 1, further);
        if (rest && (!best || rest->typos < best->typos)) best = std::move(rest);
    };
    if (is_capital(word)) {
        std::string expected;
        const std::vector<MatchState> ways = match_capital(word, attempt.input, state, expected);
        if (ways.empty()) attempt.reach.note(state.at, expected, attempt.form);
        for (const MatchState& way : ways) {
            consider(way);
            if (best && best->typos == state.typos) break;
        }
        return best;
    }
    MatchState further = state;
    if (take_word(attempt.input, further, word))
        consider(further);
    else
        attempt.reach.note(state.at, fmt::format("“{}”", word), attempt.form);
    return best;
}

struct Matched {
    int id = 0;
    MatchState state;
};

/** What the message shows of what was expected: not all of thirty forms. */
std::string expected_text(const std::vector<std::string>& expected) {
    std::string text;
    for (std::size_t i = 0; i < expected.size() && i < 6; ++i)
        text += (i == 0 ? "" : i + 1 == expected.size() ? " or " : ", ") + expected[i];
    return expected.size() > 6 ? text + ", …" : text;
}

std::string reach_text(const Reach& reach, const MatchInput& input) {
    if (!reach.nested.empty()) return reach.nested;
    const std::string as_in = reach.form && reach.at > 0 ? fmt::format(", as in “{}”", reach.form->text) : std::string();
    if (reach.at >= input.words.size())
        return fmt::format("the line ends too early: here comes {}{}", expected_text(reach.expected), as_in);
    return fmt::format("“{}” is not understood here: expected is {}{}", input.words[reach.at].text, expected_text(reach.expected), as_in);
}

/** The form that the line has, or what is wrong with it. `kind` is what it should be: "an action". */
Result<Matched> match_line(std::string_view line, const std::vector<Form>& forms, int line_number, const char* kind) {
    const Result<std::vector<LessonWord>> words = words_of_line(line);
    if (!words) return words.error();
    if (words->empty()) return Error{"", 0, fmt::format("{} is missing here", kind)};
    MatchInput input{line, *words, line_number, false};
    Reach reach;
    for (const Form& form : forms) {
        if (std::optional<MatchState> state = match_words({input, reach, &form, true}, 0, {})) return Matched{form.id, std::move(*state)};
    }
    // Once more, with letters amiss.
    input.forgives = true;
    std::optional<MatchState> best;
    const Form* best_form = nullptr;
    Reach forgiven;
    for (const Form& form : forms) {
        std::optional<MatchState> state = match_words({input, forgiven, &form, true}, 0, {});
        if (!state || (best && state->typos >= best->typos)) continue;
        best = std::move(state);
        best_form = &form;
    }
    if (best && !best->meant.empty()) {
        return Error{"", 0,
                     fmt::format("“{}” is not understood: did you mean “{}”, as in “{}”?", best->meant[0].first, best->meant[0].second,
                                 best_form->text)};
    }
    if (reach.at == 0 && reach.nested.empty()) return Error{"", 0, fmt::format("“{}” is no {} (docs/lessons.md lists them)", line, kind)};
    return Error{"", 0, reach_text(reach, input)};
}

}  // namespace

Result<LessonFact> read_fact(std::string_view text, int line) {
    const bool negated = text.size() > 4 && lower_case(text.substr(0, 4)) == "not ";
    Result<Matched> matched = match_line(negated ? text.substr(4) : text, fact_forms(), line, "fact");
    if (!matched) return matched.error();
    return LessonFact{static_cast<FactForm>(matched->id), negated, std::move(matched->state.words), line, std::string(text)};
}

Result<LessonAction> read_action(std::string_view text, int line) {
    Result<Matched> matched = match_line(text, action_forms(), line, "action");
    if (!matched) return matched.error();
    return LessonAction{static_cast<ActionForm>(matched->id),
                        std::move(matched->state.words),
                        std::move(matched->state.options),
                        std::move(matched->state.facts),
                        line,
                        std::string(text)};
}

Result<ReadShown> read_shown(std::string_view text) {
    Result<Matched> matched = match_line(text, shown_forms(), 0, "thing that can be selected");
    if (!matched) return matched.error();
    return ReadShown{static_cast<ShownForm>(matched->id), std::move(matched->state.words)};
}

Result<std::uint32_t> read_time(std::string_view text) {
    const Result<std::vector<LessonWord>> words = words_of_line(text);
    if (!words) return words.error();
    std::string expected;
    const MatchInput input{text, *words, 0, false};
    const std::vector<MatchState> ways = match_capital("TIME", input, {}, expected);
    if (ways.empty() || ways[0].at != words->size()) return Error{"", 0, fmt::format("“{}” is no time: write 200 ms or 2 s", text)};
    return ways[0].words.ms;
}

}  // namespace synoptic
