#include "core/lesson/read_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "core/lesson/matcher.h"
#include "core/lesson/quote.h"
#include "core/programs/registry.h"

namespace synoptic {

namespace {

constexpr std::uint32_t soon_ms = 10'000;
constexpr std::uint32_t least_never_ms = 100;

/** Lines that count: neither empty nor a remark. Calls `take` with each and its number. */
void each_line(const std::vector<std::string_view>& lines, int first, const std::function<void(std::string_view, int)>& take) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view text = trim(lines[i]);
        if (!text.empty() && text[0] != '#') take(text, first + static_cast<int>(i));
    }
}

bool has_line(const std::vector<std::string_view>& lines) {
    bool has = false;
    each_line(lines, 0, [&](std::string_view, int) { has = true; });
    return has;
}

/** The word that a line begins with, and the rest. */
std::pair<std::string_view, std::string_view> first_word(std::string_view text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    return {text.substr(0, end), trim(text.substr(end))};
}

std::vector<std::string> by_commas(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        if (const std::string_view part = trim(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

/** Where " · " separates two things, outside of quotes. */
std::vector<std::string_view> by_dots(std::string_view text) {
    constexpr std::string_view dot = " · ";
    std::vector<std::string_view> parts;
    bool quoted = false;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && quoted)
            ++at;
        else if (text[at] == '"')
            quoted = !quoted;
        else if (!quoted && text.substr(at).starts_with(dot)) {
            parts.push_back(trim(text.substr(begin, at - begin)));
            begin = at + dot.size();
            at = begin - 1;
        }
    }
    parts.push_back(trim(text.substr(begin)));
    return parts;
}

std::vector<std::string> panel_names() {
    return {lesson_panel_names.begin(), lesson_panel_names.end()};
}

}  // namespace

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string_view> split_lines(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string joined(const std::vector<std::string_view>& lines) {
    std::string text;
    for (const std::string_view line : lines) text.append(line).push_back('\n');
    while (text.ends_with("\n\n")) text.pop_back();
    return text == "\n" ? std::string() : text;
}

void PartReader::mistake(int line, std::string what) {
    mistakes.push_back({lesson.path, line, std::move(what)});
}

void PartReader::read_facts_of_lesson(const std::vector<std::string_view>& lines, int line) {
    static const std::vector<std::string> words = {"minutes", "topics", "systems", "needs", "network"};
    each_line(lines, line, [&](std::string_view text, int at) {
        const auto [word, rest] = first_word(text);
        if (word == "minutes") {
            const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), lesson.minutes);
            if (error != std::errc() || end != rest.data() + rest.size() || lesson.minutes < 1 || lesson.minutes > 600)
                mistake(at, fmt::format("“minutes {}”: that is a number from 1 to 600", rest));
        } else if (word == "topics")
            lesson.topics = by_commas(rest);
        else if (word == "systems")
            lesson.systems = by_commas(rest);
        else if (word == "needs" && rest == "wire")
            lesson.needs_wire = true;
        else if (word == "needs" && rest == "IPv6")
            lesson.needs_ipv6 = true;
        else if (word == "needs")
            mistake(at, fmt::format("“needs {}”: there are “needs wire” and “needs IPv6”", rest));
        else if (word == "network" && (rest == "wire" || rest == "loopback"))
            lesson.network = rest == "wire" ? Network::wire : Network::loopback;
        else if (word == "network")
            mistake(at, fmt::format("“network {}”: there are wire and loopback", rest));
        else
            mistake(at, fmt::format("“{}” is nothing that is said of a lesson{}: there are {}", word, did_you_mean(word, words),
                                    fmt::join(words, ", ")));
    });
}

void PartReader::read_actions(std::string_view text, int line, std::vector<LessonAction>& into) {
    if (text.size() > most_line_bytes) return mistake(line, line_is_too_long);
    for (const std::string_view part : by_dots(text)) {
        Result<LessonAction> action = read_action(part, line);
        if (action)
            into.push_back(std::move(*action));
        else
            mistake(line, action.error().detail);
    }
}

DoBlock PartReader::read_do(const std::vector<std::string_view>& lines, int line, LessonStep& step) {
    DoBlock block;
    each_line(lines, line, [&](std::string_view text, int at) { read_actions(text, at, block.actions); });
    if (!has_line(lines)) mistake(line - 1, "nothing is done here: write an action on each line, or leave the block out");
    for (const LessonAction& action : block.actions) {
        if (action.form == ActionForm::needs_wire) step.needs_wire = true;
    }
    return block;
}

ExpectBlock PartReader::read_expect(std::string_view when, const std::vector<std::string_view>& lines, int line) {
    ExpectBlock block{ExpectBlock::When::soon, soon_ms, {}};
    const auto time = [&](std::string_view text) {
        const Result<std::uint32_t> ms = read_time(text);
        if (!ms) mistake(line - 1, ms.error().detail);
        return ms ? *ms : soon_ms;
    };
    if (when == "now")
        block.when = ExpectBlock::When::now;
    else if (when.starts_with("within ")) {
        block.ms = time(trim(when.substr(7)));
        if (block.ms == 0) mistake(line - 1, "“expect within 0 s” looks once: write “expect now”");
    } else if (when.starts_with("never for ")) {
        block.when = ExpectBlock::When::never;
        block.ms = time(trim(when.substr(10)));
        if (block.ms < least_never_ms)
            mistake(line - 1, fmt::format("“expect never for {} ms” can hardly fail: {} ms at least", block.ms, least_never_ms));
    } else if (!when.empty())
        mistake(line - 1, fmt::format("“expect {}”: write expect, expect now, expect within 2 s, or expect never for 1 s", when));
    each_line(lines, line, [&](std::string_view text, int at) {
        Result<LessonFact> fact = read_fact(text, at);
        if (!fact) return mistake(at, fact.error().detail);
        block.facts.push_back(std::move(*fact));
    });
    if (!has_line(lines)) mistake(line - 1, "nothing is expected here: write a fact on each line, or leave the block out");
    return block;
}

ShowBlock PartReader::read_show(const std::vector<std::string_view>& lines, int line) {
    ShowBlock block;
    if (!has_line(lines)) mistake(line - 1, "nothing is shown here: name panels, or leave the block out");
    const std::vector<std::string> panels = panel_names();
    const auto panel = [&](std::string_view name, int at) -> std::optional<LessonPanel> {
        const auto found = std::find(panels.begin(), panels.end(), name);
        if (found != panels.end()) return static_cast<LessonPanel>(found - panels.begin());
        mistake(at, fmt::format("there is no panel “{}”{}: there are {}", name, did_you_mean(name, panels), fmt::join(panels, ", ")));
        return std::nullopt;
    };
    each_line(lines, line, [&](std::string_view text, int at) {
        const auto [word, rest] = first_word(text);
        if (word == "select") {
            Result<ReadShown> shown = read_shown(rest);
            if (shown)
                block.selected = ShowBlock::Selected{shown->form, std::move(shown->words), at};
            else
                mistake(at, shown.error().detail);
        } else if (word == "large")
            block.large = panel(rest, at);
        else if (word == "compare") {
            const std::size_t with = rest.find(" with ");
            if (with == std::string_view::npos) return mistake(at, "write “compare PROGRAM with PROGRAM”");
            block.compare_program = trim(rest.substr(0, with));
            block.compare_with = trim(rest.substr(with + 6));
            for (const std::string& each : {block.compare_program, block.compare_with}) {
                if (source_text(fmt::format("core/programs/{}.cpp", each)).empty())
                    mistake(at, fmt::format("there is no program “{}” to compare", each));
            }
        } else {
            for (const std::string& name : by_commas(text)) {
                if (const std::optional<LessonPanel> found = panel(name, at)) block.panels.push_back(*found);
            }
        }
    });
    return block;
}

std::vector<QuoteBlock> PartReader::read_quotes(const std::vector<std::string_view>& lines, int line) {
    std::vector<QuoteBlock> quotes;
    each_line(lines, line, [&](std::string_view text, int at) {
        Result<QuoteBlock> quote = find_quote(text);
        if (quote)
            quotes.push_back(std::move(*quote));
        else
            mistake(at, quote.error().detail);
    });
    if (!has_line(lines)) mistake(line - 1, "nothing is quoted here: write FILE: TEXT, or leave the block out");
    return quotes;
}

}  // namespace synoptic
