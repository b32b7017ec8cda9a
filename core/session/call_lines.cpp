#include "core/session/call_lines.h"

#include <cctype>
#include <string>

#include "core/trace/event.h"

namespace synoptic {

namespace {

bool is_of_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/** Blanks for comments and what stands in quotes, so that a line's code alone is left. */
std::string code_alone(std::string_view line, bool& in_comment) {
    std::string code(line);
    char quote = 0;
    for (std::size_t at = 0; at < code.size(); ++at) {
        const std::string_view two = line.substr(at, 2);
        if (in_comment) {
            in_comment = two != "*/";
            code[at] = ' ';
            if (!in_comment) code[++at] = ' ';
        } else if (quote != 0) {
            if (line[at] == '\\' && at + 1 < code.size())
                code[at++] = ' ';
            else if (line[at] == quote)
                quote = 0;
            code[at] = ' ';
        } else if (two == "//") {
            code.resize(at);
        } else if (two == "/*") {
            in_comment = true;
            code[at] = code[at + 1] = ' ';
            ++at;
        } else if (line[at] == '"' || line[at] == '\'') {
            quote = line[at];
            code[at] = ' ';
        }
    }
    return code;
}

/** "os" and "accept" of `os.accept(` or `os->accept(`, whose bracket stands at `open`; empty if this is no call of a member. */
struct Member {
    std::string_view of, name;
};
Member member_before(std::string_view code, std::size_t open) {
    std::size_t begin = open;
    while (begin > 0 && is_of_name(code[begin - 1])) --begin;
    const std::string_view name = code.substr(begin, open - begin);
    std::size_t end = begin;
    for (const std::string_view sign : {".", "->", "::"}) {
        if (code.substr(0, begin).ends_with(sign)) end = begin - sign.size();
    }
    if (name.empty() || end == begin) return {};
    std::size_t first = end;
    while (first > 0 && is_of_name(code[first - 1])) --first;
    return {code.substr(first, end - first), name};
}

bool is_traced(const Member& call) {
    if (call.of == "os" || call.of.starts_with("os_")) {
        const EventKind kind = kind_by_name(call.name);
        return call.name == "perror" || (kind != EventKind::none && is_call(kind));  // perror prints
    }
    if (call.of == "pairs") return call.name == "put" || call.name == "get" || call.name == "del";
    return (call.of == "Store" && call.name == "open") || (call.of == "store" && call.name == "close");
}

bool makes_call(std::string_view code) {
    for (std::size_t at = code.find('('); at != std::string_view::npos; at = code.find('(', at + 1)) {
        if (is_traced(member_before(code, at))) return true;
    }
    return false;
}

}  // namespace

std::vector<int> call_lines(std::string_view source) {
    std::vector<int> lines;
    bool in_comment = false;
    for (int number = 1; !source.empty(); ++number) {
        const std::size_t end = std::min(source.find('\n'), source.size());
        if (makes_call(code_alone(source.substr(0, end), in_comment))) lines.push_back(number);
        source.remove_prefix(std::min(end + 1, source.size()));
    }
    return lines;
}

}  // namespace synoptic
