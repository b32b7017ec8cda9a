#include "gui/code_fit.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace synoptic {
namespace {

/** Where the next `columns` characters end. */
std::size_t end_of(std::string_view line, std::size_t begin, std::size_t columns) {
    std::size_t at = begin;
    for (; at < line.size() && columns > 0; --columns) {
        ++at;
        while (at < line.size() && continues_character(line[at])) ++at;
    }
    return at;
}

/** The last good place for a fold before `end`; `end` if there is none in the second half. */
std::size_t fold_before(std::string_view line, std::size_t begin, std::size_t end) {
    for (const std::string_view good : {" ,;", "("}) {  // a bracket stays with what it opens if it can
        for (std::size_t at = end; at > begin + (end - begin) / 2; --at) {
            if (good.find(line[at - 1]) != std::string_view::npos) return at;
        }
    }
    return end;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) { return !continues_character(byte); }));
}

std::string without_common_indent(std::string_view code) {
    std::size_t common = std::string_view::npos;
    const auto each_line = [code](const auto& see) {
        for (std::size_t at = 0; at < code.size();) {
            const std::size_t end = std::min(code.find('\n', at), code.size());
            see(code.substr(at, end - at));
            at = end + 1;
        }
    };
    each_line([&](std::string_view line) {
        const std::size_t indent = line.find_first_not_of(' ');
        if (indent != std::string_view::npos) common = std::min(common, indent);
    });
    if (common == std::string_view::npos || common == 0) return std::string(code);
    std::string result;
    each_line([&](std::string_view line) {
        line.remove_prefix(std::min(common, line.size()));
        result += line;
        result += '\n';
    });
    if (!code.ends_with('\n')) result.pop_back();
    return result;
}

std::vector<CodePiece> folded(std::string_view line, std::size_t columns) {
    columns = std::max<std::size_t>(columns, 8);
    if (columns_of(line) <= columns) return {{0, line.size(), 0}};
    const std::size_t own = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t indent = std::min(own + 4, columns / 2);
    std::vector<CodePiece> pieces;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t before = pieces.empty() ? 0 : indent;
        std::size_t end = end_of(line, at, columns - before);
        if (end < line.size()) end = fold_before(line, std::max(at, pieces.empty() ? own : 0), end);
        pieces.push_back({at, end, before});
        at = end;
    }
    return pieces;
}

}  // namespace synoptic
