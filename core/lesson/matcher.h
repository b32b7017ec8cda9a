// Matcher: reads a line of a lesson by the forms of grammar.def.
//
//     "Ann's connection is ESTABLISHED"          words: Ann 's connection is ESTABLISHED
//     "NAME 's connection is STATE"              small words stand for themselves ("byte|bytes" for either), capitals for something:
//
//     NAME  a name of the lesson        NEW, NEWS  a name that is given here, several           WHO  "Ann", "server's child 2", "server's last thread"
//     CALL  a traced call               N  a count, "at least 2"; ? where it is asked for       NUMBER, NTH ("3rd"), TIME ("200 ms"), TEXT ("in quotes")
//     STATE, ERRNO, SIGNAL, SEGMENT, FATE, KINDS ("SYN, FIN")                                   HOST, ADDRESS, TARGET (of connect), FILE, WORD
//     WAY   "from clients", or nothing  BETWEEN  "from Ann to server", or a part of it          OPTIONS, FACT, QUOTE  the rest of the line
//
// What no form fits is tried once more with letters amiss, so that the message can say what was meant.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/lesson/sentence.h"

namespace synoptic {

struct LessonWord {
    std::string text;
    bool quoted = false;
    std::size_t begin = 0;  // where it stands in its line
};

/** Of a line that is no text: what it costs to understand one grows faster than its length, and the window reads a lesson while it draws. */
inline constexpr std::size_t most_line_bytes = 1000;
inline constexpr const char* line_is_too_long = "this line is longer than 1000 bytes";
/** Of a lesson's step: as often as a user would press a key. */
inline constexpr std::int64_t most_steps = 200;

/** True of 10.77.0.1, fd77::2 …, as the wire's hosts have them. */
bool is_wire_address(const std::string& text);

/** The words of a line; the error is a quote that is not closed, or its length. */
Result<std::vector<LessonWord>> words_of_line(std::string_view line);

/** Each function's error says what is wrong and what was meant, in a sentence. */
Result<LessonFact> read_fact(std::string_view text, int line);
Result<LessonAction> read_action(std::string_view text, int line);
struct ReadShown {
    ShownForm form{};
    Operands words;
};
Result<ReadShown> read_shown(std::string_view text);
/** "2 s", "200 ms". */
Result<std::uint32_t> read_time(std::string_view text);

/** Words that are no names, since they mean something: "clients", "nobody". */
bool is_reserved(std::string_view word);
/** The one of `words` that `word` is most like; "" if it is like none. */
std::string nearest_word(std::string_view word, std::span<const std::string> words);
/** " (did you mean X?)", or "". */
std::string did_you_mean(std::string_view word, std::span<const std::string> words);

// Private to the matcher: what capitals stand for (matcher_words.cpp).

/** Where the matcher is in a line, and what it has understood so far. */
struct MatchState {
    std::size_t at = 0;  // the next word
    Operands words;
    std::vector<LessonOption> options;
    std::vector<LessonFact> facts;
    int typos = 0;
    std::vector<std::pair<std::string, std::string>> meant;  // as it stands, and as it was meant
};

struct MatchInput {
    std::string_view line;
    std::span<const LessonWord> words;
    int line_number = 0;
    bool forgives = false;  // letters amiss
};

/** All ways in which the words from `state.at` on can be what `capital` stands for, the longest first. `expected` says what that is. */
std::vector<MatchState> match_capital(std::string_view capital, const MatchInput& input, const MatchState& state, std::string& expected);
/** If the word at state.at is `literal`, or was meant to be; goes on behind it. */
bool take_word(const MatchInput& input, MatchState& state, std::string_view literal);

}  // namespace synoptic
