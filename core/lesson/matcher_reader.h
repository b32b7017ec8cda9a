// Reading words one after the other, for what the capitals of grammar.def stand for. Private to the matcher.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/matcher.h"

namespace synoptic {

using MatchWays = std::vector<MatchState>;

std::string lower_case(std::string_view text);
/** True if a lesson may call somebody so. */
bool is_lesson_name(std::string_view word);

/** Reads words one after the other. */
class WordReader {
   public:
    WordReader(const MatchInput& input, const MatchState& begin) : input_(input), state(begin) {}
    const LessonWord* peek(std::size_t ahead = 0) const {
        return state.at + ahead < input_.words.size() ? &input_.words[state.at + ahead] : nullptr;
    }
    bool word(std::string_view literal) {
        if (!peek() || peek()->quoted || lower_case(peek()->text) != lower_case(literal)) return false;
        ++state.at;
        return true;
    }
    bool words(std::string_view first, std::string_view second) {
        if (!peek(1) || lower_case(peek()->text) != first || lower_case(peek(1)->text) != second) return false;
        state.at += 2;
        return true;
    }
    std::string name() {
        if (!peek() || peek()->quoted || !is_lesson_name(peek()->text)) return {};
        return input_.words[state.at++].text;
    }
    std::optional<std::int64_t> number() {
        static constexpr std::array names = {"zero",  "one",   "two",  "three", "four",   "five",  "six",
                                             "seven", "eight", "nine", "ten",   "eleven", "twelve"};
        if (!peek() || peek()->quoted) return std::nullopt;
        const std::string text = lower_case(peek()->text);
        const auto named = std::find(names.begin(), names.end(), text);
        if (named != names.end()) {
            ++state.at;
            return named - names.begin();
        }
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
        ++state.at;
        return number;
    }

   private:
    const MatchInput& input_;

   public:
    MatchState state;
};

/** Where the reader is now, or no way. */
inline MatchWays ways_if(bool good, const WordReader& reader) {
    return good ? MatchWays{reader.state} : MatchWays{};
}

// matcher_addresses.cpp
MatchWays match_target(const MatchInput& input, const MatchState& state);    // of connect
MatchWays match_host(const MatchInput& input, const MatchState& state);      // of this machine, or of the wire's hosts
MatchWays match_own_name(const MatchInput& input, const MatchState& state);  // of this machine: to be looked up

// matcher_segments.cpp
MatchWays match_segment(const MatchInput& input, const MatchState& state);
MatchWays match_kinds(const MatchInput& input, const MatchState& state);
MatchWays match_way(const MatchInput& input, const MatchState& state);      // "from clients", or nothing
MatchWays match_between(const MatchInput& input, const MatchState& state);  // "from Ann to server", or a part of it

// matcher_lists.cpp: a word out of a list, or, with letters amiss, the nearest of it
MatchWays match_call(const MatchInput& input, const MatchState& state);
MatchWays match_state_name(const MatchInput& input, const MatchState& state);
MatchWays match_errno(const MatchInput& input, const MatchState& state);
MatchWays match_signal(const MatchInput& input, const MatchState& state);
MatchWays match_fate(const MatchInput& input, const MatchState& state);

}  // namespace synoptic
