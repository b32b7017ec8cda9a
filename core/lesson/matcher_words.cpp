// What the capitals of grammar.def stand for: names, numbers, times, texts; and the list of all capitals.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "core/lesson/matcher_reader.h"

namespace synoptic {

namespace {

constexpr std::array reserved = {
    "a",    "an",    "the",  "no",     "not",       "all",  "everything", "nothing", "nobody", "clients", "client", "segment", "segments",
    "at",   "from",  "with", "status", "localhost", "this", "loopback",   "until",   "within", "row",     "rows",   "wire",    "descriptor",
    "more", "fewer", "port", "to",     "on",        "as",   "and",        "in",      "zombie", "zombies", "once",   "everyone"};

MatchWays match_who(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const std::string name = reader.name();
    if (name.empty()) return {};
    MatchWays ways;
    const MatchState behind_name = reader.state;
    if (reader.word("'s")) {
        const bool is_last = reader.word("last");
        const bool child = reader.word("child");
        if (!is_last && !child && reader.word("worker")) {
            reader.state.words.who.push_back({name, Who::Part::worker});
            ways.push_back(reader.state);
        } else if (child || reader.word("thread")) {
            const std::optional<std::int64_t> nth = is_last ? std::optional<std::int64_t>(Who::last) : reader.number();
            if (nth && (is_last || (*nth >= 1 && *nth <= 4000))) {
                reader.state.words.who.push_back({name, child ? Who::Part::child : Who::Part::thread, static_cast<int>(*nth)});
                ways.push_back(reader.state);
            }
        }
    }
    ways.push_back(behind_name);
    ways.back().words.who.push_back({name});
    return ways;
}

constexpr std::int64_t most_counted = 1'000'000'000'000'000;  // bytes, at most

MatchWays match_count(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    Count count;
    if (reader.word("?"))
        count.how = Count::How::asked;
    else if (reader.word("a") || reader.word("an"))
        count = {Count::How::at_least, 1};
    else if (reader.word("no"))
        count = {Count::How::exactly, 0};
    else {
        std::int64_t shift = 0;
        if (reader.words("at", "least"))
            count.how = Count::How::at_least;
        else if (reader.words("at", "most"))
            count.how = Count::How::at_most;
        else if (reader.words("more", "than"))
            count.how = Count::How::at_least, shift = 1;
        else if (reader.words("fewer", "than") || reader.words("less", "than"))
            count.how = Count::How::at_most, shift = -1;
        const std::optional<std::int64_t> number = reader.number();
        if (!number || *number < 0 || *number > most_counted) return {};
        count.number = *number + shift;
    }
    reader.state.words.counts.push_back(count);
    return {reader.state};
}

/** "200 ms", "2s", "1 min". */
MatchWays match_time(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const LessonWord* word = reader.peek();
    if (!word || word->quoted) return {};
    double number = 0;
    const std::string& text = word->text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !std::isfinite(number) || number < 0) return {};
    std::string unit(end, text.data() + text.size());
    ++reader.state.at;
    if (unit.empty()) {
        if (!reader.peek()) return {};
        unit = reader.peek()->text;
        ++reader.state.at;
    }
    static const std::map<std::string, double> units = {{"ms", 1},         {"s", 1000},         {"sec", 1000},   {"second", 1000},
                                                        {"seconds", 1000}, {"milliseconds", 1}, {"min", 60'000}, {"minute", 60'000}};
    const auto factor = units.find(unit);
    if (factor == units.end()) return {};
    const double ms = number * factor->second, whole = std::round(ms);
    if (ms > 3'600'000 || std::abs(ms - whole) > 1e-6) return {};  // half a millisecond would be none
    reader.state.words.ms = static_cast<std::uint32_t>(whole);
    return {reader.state};
}

/** "Ann", "Ann, Bob and Cem". */
MatchWays match_news(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    for (;;) {
        const std::string name = reader.name();
        if (name.empty()) return {};
        reader.state.words.fresh.push_back(name);
        const bool comma = reader.word(",");
        if (!reader.word("and") && !comma) return {reader.state};
    }
}

MatchWays match_name(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const std::string name = reader.name();
    reader.state.words.who.push_back({name});
    return ways_if(!name.empty(), reader);
}

MatchWays match_new(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const std::string name = reader.name();
    reader.state.words.fresh.push_back(name);
    return ways_if(!name.empty(), reader);
}

MatchWays match_number(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const std::optional<std::int64_t> number = reader.number();
    if (number) reader.state.words.numbers.push_back(*number);
    return ways_if(number.has_value(), reader);
}

/** "3rd", "3". */
MatchWays match_nth(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    std::optional<std::int64_t> number = reader.number();
    if (!number && reader.peek()) {
        const std::string& text = reader.peek()->text;
        std::int64_t nth = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), nth);
        const std::string_view ending(end, static_cast<std::size_t>(text.data() + text.size() - end));
        if (error == std::errc() && (ending == "st" || ending == "nd" || ending == "rd" || ending == "th")) {
            number = nth;
            ++reader.state.at;
        }
    }
    if (number) reader.state.words.numbers.push_back(*number);
    return ways_if(number && *number >= 1 && *number <= 1'000'000, reader);
}

MatchWays match_text(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const bool good = reader.peek() && reader.peek()->quoted;
    if (good) reader.state.words.texts.push_back(input.words[reader.state.at++].text);
    return ways_if(good, reader);
}

MatchWays match_word(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const bool good = reader.peek() && !reader.peek()->quoted;
    if (good) reader.state.words.names.push_back(input.words[reader.state.at++].text);
    return ways_if(good, reader);
}

/** A file in the player's own folder: no way leads out of it. */
MatchWays match_file(const MatchInput& input, const MatchState& state) {
    if (state.at >= input.words.size()) return {};
    const std::string& name = input.words[state.at].text;
    return name.empty() || name[0] == '.' || name.find('/') != std::string::npos ? MatchWays{} : match_word(input, state);
}

MatchWays match_quote(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const bool good = reader.peek() != nullptr;
    if (good) reader.state.words.texts.emplace_back(input.line.substr(reader.peek()->begin));
    reader.state.at = input.words.size();
    return ways_if(good, reader);
}

struct Capital {
    const char* expected;  // in messages
    MatchWays (*match)(const MatchInput& input, const MatchState& state);
};

const std::map<std::string_view, Capital>& capitals() {
    static const std::map<std::string_view, Capital> all = {
        {"WHO", {"a name of the lesson", match_who}},
        {"NAME", {"a name of the lesson", match_name}},
        {"NEW", {"a new name", match_new}},
        {"NEWS", {"a new name, or several", match_news}},
        {"N", {"a number", match_count}},
        {"NUMBER", {"a number", match_number}},
        {"NTH", {"2nd, 3rd, 4th …", match_nth}},
        {"TIME", {"a time (200 ms, 2 s; whole milliseconds, an hour at most)", match_time}},
        {"TEXT", {"a text in \"quotes\"", match_text}},
        {"SEGMENT", {"a kind of segment (SYN, SYN+ACK, ACK, data, FIN, RST, segment)", match_segment}},
        {"KINDS", {"kinds of segments (SYN, SYN+ACK, ACK, data, FIN, RST, everything)", match_kinds}},
        {"WAY", {"“from clients”, “from server”", match_way}},
        {"BETWEEN", {"“from clients”, “from server”", match_between}},
        {"TARGET", {"a server's name, nobody, or an address of this machine and a port", match_target}},
        {"HOST", {"an address of this machine, or of the wire's hosts", match_host}},
        {"OWN", {"localhost, 127.0.0.1, ::1 or “this machine”", match_own_name}},
        {"ADDRESS", {"an address of this machine, or of the wire's hosts", match_host}},
        {"CALL", {"a call (accept, recv, …)", match_call}},
        {"STATE", {"a state (ESTABLISHED, CLOSE_WAIT, closed, …)", match_state_name}},
        {"ERRNO", {"an errno's name (ECONNREFUSED)", match_errno}},
        {"SIGNAL", {"a signal (SIGKILL)", match_signal}},
        {"FATE", {"sent, dropped, delivered, retransmitted or duplicated", match_fate}},
        {"FILE", {"a file's name without folders (pairs.txt)", match_file}},
        {"WORD", {"a name", match_word}},
        {"QUOTE", {"FILE: TEXT", match_quote}},
    };
    return all;
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

bool is_lesson_name(std::string_view word) {
    if (word.empty() || !std::isalpha(static_cast<unsigned char>(word[0]))) return false;
    const bool letters = std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
    return letters && !is_reserved(word);
}

bool is_reserved(std::string_view word) {
    const std::string text = lower_case(word);
    return std::any_of(reserved.begin(), reserved.end(), [&](const char* each) { return text == each; });
}

std::vector<MatchState> match_capital(std::string_view capital, const MatchInput& input, const MatchState& state, std::string& expected) {
    const auto found = capitals().find(capital);
    if (found == capitals().end()) return {};
    expected = found->second.expected;
    return found->second.match(input, state);
}

}  // namespace synoptic
