#include "gui/panels/stage_words.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace synoptic {
namespace {

constexpr std::size_t least_arguments = 4;  // letters of them worth showing before "…"

/** `text` without its last character, which may be several bytes (UTF-8), and without what then dangles. */
std::string one_less(std::string text) {
    while (!text.empty() && continues_character(text.back())) text.pop_back();
    if (!text.empty()) text.pop_back();
    while (!text.empty() && (text.back() == ' ' || text.back() == ',')) text.pop_back();
    return text;
}

struct CallParts {
    std::string name, arguments, result;  // "send", "4, \"hi\"", " = 2"
};
CallParts parts_of(const ShortCall& call) {
    CallParts parts;
    parts.result = call.result.empty() ? "" : " " + call.result;
    const std::size_t open = call.text.find('(');
    parts.name = call.text.substr(0, open);
    if (open != std::string::npos && call.text.ends_with(')')) parts.arguments = call.text.substr(open + 1, call.text.size() - open - 2);
    return parts;
}

/** The error's name in "= -1 ECONNREFUSED"; "" if there is none. */
std::string error_in(const ShortCall& call) {
    const std::size_t space = call.result.rfind(' ');
    return call.failed && space != std::string::npos ? call.result.substr(space + 1) : std::string();
}

}  // namespace

std::string fitting(const std::vector<std::string>& wordings, float room, const WidthOf& width_of) {
    for (const std::string& words : wordings) {
        if (width_of(words) <= room) return words;
    }
    return {};
}

std::string call_words(const ShortCall& call, float room, const WidthOf& width_of) {
    const CallParts parts = parts_of(call);
    std::vector<std::string> wordings = {call.text + parts.result};
    if (!parts.arguments.empty()) {
        for (std::string arguments = one_less(parts.arguments); arguments.size() >= least_arguments; arguments = one_less(arguments))
            wordings.push_back(parts.name + "(" + arguments + "…)" + parts.result);
        wordings.push_back(parts.name + "(…)" + parts.result);
    }
    if (const std::string error = error_in(call); !error.empty()) {
        wordings.push_back(parts.name + " " + error);
        wordings.push_back(error);
    }
    wordings.push_back(parts.name);
    return fitting(wordings, room, width_of);
}

std::string least_words(const ShortCall& call) {
    return parts_of(call).name;
}

RowChoice choose_row(const RowWidths& widths, float room, float gap) {
    RowChoice choice;
    const float least = widths.call_least > 0 ? widths.call_least + gap : 0, whole = widths.call_whole > 0 ? widths.call_whole + gap : 0;
    float taken = 0;
    const auto take = [&](float width, float call) {
        const bool fits = width > 0 && taken + width + gap + call <= room;
        if (fits) taken += width + gap;
        return fits;
    };
    choice.peer = take(widths.peer, least);
    choice.number = take(widths.number, whole);
    choice.descriptor = take(widths.descriptor, whole);
    choice.call = std::max(room - taken - gap, 0.0f);
    return choice;
}

}  // namespace synoptic
