// A line's words, and words that were meant by others.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/base/text.h"
#include "core/lesson/matcher_reader.h"

namespace synoptic {

namespace {
constexpr int most_typos = 2;
}

std::string nearest_word(std::string_view word, std::span<const std::string> words) {
    std::string best;
    std::size_t best_apart = word.size() / 3 + 1;
    for (const std::string& each : words) {
        std::string lower(each), given(word);
        for (std::string* text : {&lower, &given}) {
            for (char& c : *text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        const std::size_t apart = letters_apart(given, lower);
        if (apart > best_apart || (apart == best_apart && !best.empty())) continue;
        if (apart >= each.size()) continue;
        best_apart = apart;
        best = each;
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> words) {
    const std::string nearest = nearest_word(word, words);
    return nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest);
}

bool take_word(const MatchInput& input, MatchState& state, std::string_view literal) {
    if (state.at >= input.words.size() || input.words[state.at].quoted) return false;
    const std::string& word = input.words[state.at].text;
    std::string lower = word;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::string nearest;
    std::size_t nearest_apart = 99;
    for (std::string_view rest = literal; !rest.empty();) {
        const std::size_t end = std::min(rest.find('|'), rest.size());
        std::string each(rest.substr(0, end)), each_lower = each;
        for (char& c : each_lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (lower == each_lower) {
            ++state.at;
            return true;
        }
        const std::size_t apart = letters_apart(lower, each_lower);
        if (apart < nearest_apart) {
            nearest_apart = apart;
            nearest = each;
        }
    }
    if (!input.forgives || state.typos >= most_typos || nearest_apart > (nearest.size() + 1) / 3) return false;
    ++state.typos;
    ++state.at;
    state.meant.emplace_back(word, nearest);
    return true;
}

Result<std::vector<LessonWord>> words_of_line(std::string_view line) {
    std::vector<LessonWord> words;
    std::size_t at = 0;
    while (at < line.size()) {
        const char c = line[at];
        if (c == ' ' || c == '\t' || c == '\r') {
            ++at;
        } else if (c == '"') {
            std::size_t end = at + 1;
            while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
            if (end >= line.size()) return Error{"", 0, "a text begins here, but its closing quote \" is missing"};
            words.push_back({unescaped(line.substr(at + 1, end - at - 1)), true, at});
            at = end + 1;
        } else if (c == ',') {
            words.push_back({",", false, at++});
        } else {
            std::size_t end = at;
            while (end < line.size() && line[end] != ' ' && line[end] != '\t' && line[end] != ',' && line[end] != '"' && line[end] != '\r')
                ++end;
            std::string word(line.substr(at, end - at));
            std::string_view possessive;
            for (const std::string_view each : {"'s", "’s"}) {
                if (word.size() > each.size() && word.ends_with(each)) possessive = each;
            }
            const bool percent = word.size() > 1 && word.back() == '%';
            const std::size_t cut = word.size() - (percent ? 1 : possessive.size());
            words.push_back({word.substr(0, cut), false, at});
            if (cut < word.size()) words.push_back({percent ? "%" : "'s", false, at + cut});
            at = end;
        }
    }
    return words;
}

}  // namespace synoptic
