// How a defective variant differs from the corrected program: see code_lines.h. Lines by their longest common subsequence, then words likewise.
#include <algorithm>
#include <cctype>

#include "gui/panels/code_lines.h"

namespace synoptic {
namespace {

using Change = CodeLine::Change;
constexpr double alike = 0.4;  // share of letters that two lines have in common, from which on one is taken for the other, changed

/** common[i][j]: how much the rest of one from i on and of the other from j on have in common, at most; `worth` says what a pair is worth (0: not the same). */
template <class One, class Worth>
std::vector<std::vector<double>> common_rests(const std::vector<One>& here, const std::vector<One>& there, Worth worth) {
    std::vector<std::vector<double>> common(here.size() + 1, std::vector<double>(there.size() + 1, 0));
    for (std::size_t i = here.size(); i-- > 0;) {
        for (std::size_t j = there.size(); j-- > 0;) {
            const double value = worth(here[i], there[j]);
            common[i][j] = std::max(common[i + 1][j], common[i][j + 1]);
            if (value > 0) common[i][j] = std::max(common[i][j], common[i + 1][j + 1] + value);
        }
    }
    return common;
}

/** The pairs of an alignment that has the most in common, in order. */
template <class One, class Worth>
std::vector<std::pair<std::size_t, std::size_t>> aligned(const std::vector<One>& here, const std::vector<One>& there, Worth worth) {
    const auto common = common_rests(here, there, worth);
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    std::size_t i = 0, j = 0;
    while (i < here.size() && j < there.size()) {
        const double value = worth(here[i], there[j]);
        if (value > 0 && common[i][j] == common[i + 1][j + 1] + value)
            pairs.emplace_back(i++, j++);
        else if (common[i + 1][j] >= common[i][j + 1])
            ++i;
        else
            ++j;
    }
    return pairs;
}

bool is_of_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

/** Names, numbers and runs of spaces; every other sign alone. */
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (end < text.size() && is_of_name(text[at]) && is_of_name(text[end])) ++end;
        while (end < text.size() && text[at] == ' ' && text[end] == ' ') ++end;
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

double worth_of_words(std::string_view one, std::string_view other) {
    if (one != other) return 0;
    return one[0] == ' ' ? 0.01 : static_cast<double>(one.size());
}

std::size_t letters_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return c != ' '; }));
}

/** The share of letters that two lines have in common; 0 where it is too small for one to be the other, changed. */
double likeness(std::string_view one, std::string_view other) {
    const double letters = static_cast<double>(letters_of(one) + letters_of(other));
    if (letters == 0) return 0;
    const double share = 2 * common_rests(words_of(one), words_of(other), worth_of_words)[0][0] / letters;
    return share < alike ? 0 : share;
}

/** What of `text` is no word of `same`, as stretches of bytes; spaces between two such words belong to them. */
std::vector<std::pair<std::size_t, std::size_t>> stretches_without(const std::vector<std::string_view>& words,
                                                                   const std::vector<bool>& same) {
    std::vector<std::pair<std::size_t, std::size_t>> stretches;
    std::size_t at = 0;
    for (std::size_t word = 0; word < words.size(); at += words[word].size(), ++word) {
        const bool between = words[word][0] == ' ' && word > 0 && word + 1 < words.size() && !same[word - 1] && !same[word + 1];
        if (same[word] && !between) continue;
        if (words[word][0] == ' ' && !between) continue;
        if (!stretches.empty() && stretches.back().second == at)
            stretches.back().second = at + words[word].size();
        else
            stretches.emplace_back(at, at + words[word].size());
    }
    return stretches;
}

void mark_changed_words(CodeLine& one, CodeLine& other) {
    const std::vector<std::string_view> here = words_of(one.text), there = words_of(other.text);
    std::vector<bool> same_here(here.size()), same_there(there.size());
    for (const auto& [i, j] : aligned(here, there, worth_of_words)) same_here[i] = same_there[j] = true;
    one.changed = stretches_without(here, same_here);
    other.changed = stretches_without(there, same_there);
}

/** A stretch of lines that only this program has, and of lines that only the corrected one has, with nothing in common between them. */
void add_hunk(std::vector<CodeLine>& lines, const std::vector<CodeLine>& here, const std::vector<CodeLine>& there) {
    const auto add = [&lines](const CodeLine& line, Change change) {
        CodeLine& added = lines.emplace_back(line);
        added.change = change;
        if (change == Change::only_here)
            added.other = 0;
        else
            added.number = 0;
        return lines.size() - 1;
    };
    std::size_t i = 0, j = 0;
    const auto add_until = [&](std::size_t here_end, std::size_t there_end) {
        while (i < here_end) add(here[i++], Change::only_here);
        while (j < there_end) add(there[j++], Change::only_corrected);
    };
    const auto worth = [](const CodeLine& one, const CodeLine& other) { return likeness(one.text, other.text); };
    for (const auto& [changed, into] : aligned(here, there, worth)) {
        add_until(changed, into);
        const std::size_t one = add(here[i++], Change::only_here), other = add(there[j++], Change::only_corrected);
        lines[one].partner = other;
        lines[other].partner = one;
        mark_changed_words(lines[one], lines[other]);
    }
    add_until(here.size(), there.size());
}

}  // namespace

std::vector<CodeLine> compared_lines(std::string_view source, std::string_view corrected) {
    const std::vector<CodeLine> here = code_lines(source), there = code_lines(corrected);
    auto same = aligned(here, there, [](const CodeLine& one, const CodeLine& other) { return one.text == other.text ? 1.0 : 0.0; });
    same.emplace_back(here.size(), there.size());
    std::vector<CodeLine> lines;
    std::size_t i = 0, j = 0;
    const auto part = [](const std::vector<CodeLine>& of, std::size_t begin, std::size_t end) {
        return std::vector<CodeLine>(of.begin() + static_cast<std::ptrdiff_t>(begin), of.begin() + static_cast<std::ptrdiff_t>(end));
    };
    for (const auto& [next_here, next_there] : same) {
        add_hunk(lines, part(here, i, next_here), part(there, j, next_there));
        if (next_here == here.size()) break;
        lines.push_back(here[next_here]);
        lines.back().other = there[next_there].number;
        i = next_here + 1;
        j = next_there + 1;
    }
    return lines;
}

std::vector<std::size_t> differences(const std::vector<CodeLine>& lines) {
    std::vector<std::size_t> begins;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (lines[at].change != Change::none && (at == 0 || lines[at - 1].change == Change::none)) begins.push_back(at);
    }
    return begins;
}

}  // namespace synoptic
