#include "core/lesson/quote.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "core/lesson/matcher.h"
#include "core/programs/embedded.h"
#include "core/programs/registry.h"

namespace synoptic {

namespace {

constexpr std::string_view folder = "core/programs/", ending = ".cpp";

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> lines_of(std::string_view source) {
    std::vector<std::string_view> lines;
    while (!source.empty()) {
        const std::size_t end = std::min(source.find('\n'), source.size());
        lines.push_back(source.substr(0, end));
        source.remove_prefix(std::min(end + 1, source.size()));
    }
    return lines;
}

/** Names of files that can be quoted: "echo_iterative". */
std::vector<std::string> source_names() {
    std::vector<std::string> names;
    for (const EmbeddedSource* each = embedded_sources; each->name != nullptr; ++each) {
        std::string_view name = each->name;
        if (!name.starts_with(folder) || !name.ends_with(ending)) continue;
        name.remove_prefix(folder.size());
        name.remove_suffix(ending.size());
        names.emplace_back(name);
    }
    return names;
}

/** True if `text` stands in the line's code, not in a comment behind it. */
bool in_code(std::string_view line, std::string_view text) {
    const std::size_t comment = line.find("//");
    const std::size_t at = line.find(text);
    return at < comment;
}

/** Lines (from 0) that hold `text`: code lines, if there are some, and of these calls of that name, if there are some. */
std::vector<std::size_t> lines_with(const std::vector<std::string_view>& lines, std::string_view text, std::size_t from) {
    std::vector<std::size_t> all, code, calls;
    const std::string call = fmt::format("os.{}(", text);
    for (std::size_t i = from; i < lines.size(); ++i) {
        if (lines[i].find(text) == std::string_view::npos) continue;
        all.push_back(i);
        if (in_code(lines[i], text)) code.push_back(i);
        if (lines[i].find(call) != std::string_view::npos) calls.push_back(i);
    }
    return !calls.empty() ? calls : !code.empty() ? code : all;
}

Error wrong(std::string what) {
    return Error{"", 0, std::move(what)};
}

}  // namespace

Result<QuoteBlock> find_quote(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        return wrong(fmt::format("“{}” is no quote: write FILE: TEXT, as in “echo_iterative: os.accept(”", text));
    QuoteBlock quote;
    quote.program = trimmed(text.substr(0, colon));
    quote.file = fmt::format("{}{}{}", folder, quote.program, ending);
    const std::string_view source = source_text(quote.file);
    if (source.empty()) {
        const std::vector<std::string> names = source_names();
        return wrong(fmt::format("there is no core/programs/{}.cpp to quote from{}", quote.program, did_you_mean(quote.program, names)));
    }
    std::string_view first = text.substr(colon + 1), last;
    for (const std::string_view dots : {" … ", " ... "}) {
        const std::size_t at = first.find(dots);
        if (at == std::string_view::npos) continue;
        last = trimmed(first.substr(at + dots.size()));
        first = first.substr(0, at);
        break;
    }
    first = trimmed(first);
    if (first.empty()) return wrong("the text of the quoted line is missing behind the colon");
    const std::vector<std::string_view> lines = lines_of(source);
    const std::vector<std::size_t> found = lines_with(lines, first, 0);
    if (found.empty()) return wrong(fmt::format("no line of {} holds “{}”", quote.file, first));
    if (found.size() > 1) {
        std::vector<std::size_t> numbers;
        for (const std::size_t line : found) numbers.push_back(line + 1);
        return wrong(
            fmt::format("“{}” stands in several lines of {} ({}): write more of the line", first, quote.file, fmt::join(numbers, ", ")));
    }
    std::size_t end = found[0];
    if (!last.empty()) {
        for (end = found[0] + 1; end < lines.size() && lines[end].find(last) == std::string_view::npos;) ++end;
        if (end >= lines.size()) return wrong(fmt::format("no line of {} behind line {} holds “{}”", quote.file, found[0] + 1, last));
    }
    quote.first_line = static_cast<int>(found[0]) + 1;
    quote.last_line = static_cast<int>(end) + 1;
    for (std::size_t i = found[0]; i <= end; ++i) quote.text.append(lines[i]).push_back('\n');
    return quote;
}

}  // namespace synoptic
