// The code pane's content: see code_lines.h.
#include "gui/panels/code_lines.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/base/utf8.h"
#include "core/programs/embedded.h"
#include "core/programs/registry.h"
#include "gui/sources.h"

namespace synoptic {

std::vector<CodeLine> code_lines(std::string_view source) {
    std::vector<CodeLine> lines;
    while (!source.empty()) {
        const std::size_t end = std::min(source.find('\n'), source.size());
        CodeLine& line = lines.emplace_back();
        line.number = line.other = static_cast<int>(lines.size());
        line.text = source.substr(0, end);
        source.remove_prefix(std::min(end + 1, source.size()));
    }
    return lines;
}

namespace {

/** Where `letters` letters end that begin at byte `begin`: UTF-8's continuation bytes (10xxxxxx) are no letters of their own. */
std::size_t end_of_letters(std::string_view text, std::size_t begin, std::size_t letters) {
    std::size_t at = begin;
    for (; at < text.size() && letters > 0; --letters) {
        ++at;
        while (at < text.size() && continues_character(text[at])) ++at;
    }
    return at;
}

bool is_of_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

/** The last place up to `reach`, behind `least`, where a line may be broken without a space: behind a bracket or a comma, else beside a name. */
std::size_t end_of_word(std::string_view text, std::size_t least, std::size_t reach) {
    for (std::size_t at = reach; at > least; --at) {
        if (std::string_view("(,;{[").find(text[at - 1]) != std::string_view::npos) return at;
    }
    for (std::size_t at = reach; at > least; --at) {
        if (is_of_name(text[at - 1]) != is_of_name(text[at])) return at;
    }
    return reach;
}

}  // namespace

bool is_picture(std::string_view text) {
    return text.starts_with("//    ");
}

void break_line(std::vector<CodeRow>& rows, std::size_t line, std::string_view text, std::size_t letters, std::size_t less) {
    if (is_picture(text)) {
        rows.push_back({line, 0, text.size(), 0, true});
        return;
    }
    constexpr std::size_t least = 12, hang = 4;
    const std::size_t first_letter = std::min(text.find_first_not_of(' '), text.size());
    std::size_t begin = 0, indent = 0;
    bool first = true;
    const auto splits_name = [&](std::size_t at) { return at > 0 && at < text.size() && is_of_name(text[at - 1]) && is_of_name(text[at]); };
    do {
        const std::size_t taken = first ? less : indent;
        const std::size_t room = std::max(letters > taken ? letters - taken : 0, least);
        std::size_t end = text.size();
        const std::size_t reach = end_of_letters(text, begin, room);
        if (reach < text.size()) {
            end = text.rfind(' ', reach);
            if (end == std::string_view::npos || end <= std::max(begin, first_letter) + least / 2)
                end = end_of_word(text, std::max(begin, first_letter) + least / 2, reach);
            // Beside what takes its room not even a name has any: that gets a row of its own.
            if (first && less > 0 && splits_name(end)) end = begin;
        }
        rows.push_back({line, begin, end, indent, first});
        if (std::exchange(first, false) && end == begin && reach < text.size()) continue;
        begin = end < text.size() && text[end] == ' ' ? end + 1 : end;
        indent = std::min(first_letter + hang, letters / 2);
    } while (begin < text.size());
}

std::string corrected_file(std::string_view file) {
    for (const ProgramInfo& info : all_programs()) {
        if (info.file != file || *info.variant == 0) continue;
        const ProgramInfo* corrected =
            info.role == Role::server ? find_server(info.protocol, info.workers, "") : find_client(info.protocol);
        return corrected ? corrected->file : "";
    }
    return {};
}

std::vector<PaneRow> rows_of(const std::vector<CodeLine>& lines, std::size_t letters,
                             const std::function<std::size_t(const CodeLine&)>& less) {
    std::vector<PaneRow> rows;
    std::vector<CodeRow> broken;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        broken.clear();
        break_line(broken, at, lines[at].text, letters, less(lines[at]));
        for (const CodeRow& row : broken) rows.push_back({row, std::nullopt});
    }
    return rows;
}

std::vector<PaneRow> rows_side_by_side(const std::vector<CodeLine>& lines, std::size_t letters,
                                       const std::function<std::size_t(const CodeLine&)>& less) {
    std::vector<PaneRow> rows;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        const CodeLine& line = lines[at];
        const bool added = line.change == CodeLine::Change::only_corrected;
        if (added && line.partner != CodeLine::no_line) continue;  // stands beside its partner, which came before it
        std::vector<CodeRow> here, there;
        if (!added) break_line(here, at, line.text, letters, less(line));
        if (added || line.change == CodeLine::Change::none)
            break_line(there, at, line.text, letters, 0);
        else if (line.partner != CodeLine::no_line)
            break_line(there, line.partner, lines[line.partner].text, letters, 0);
        for (std::size_t row = 0; row < std::max(here.size(), there.size()); ++row) {
            PaneRow& both = rows.emplace_back();
            if (row < here.size()) both.here = here[row];
            if (row < there.size()) both.there = there[row];
        }
    }
    return rows;
}

std::vector<std::string> files_to_show(const World& world) {
    std::vector<std::string> files;
    const auto offer = [&files](std::string_view file) {
        if (!shown_source(file).empty() && std::find(files.begin(), files.end(), file) == files.end()) files.emplace_back(file);
    };
    for (const bool servers : {true, false}) {
        for (const auto& [id, program] : world.programs) {
            const ProgramInfo* info =
                program.is_server == servers && program.state != Program::State::ended ? find_program(program.name) : nullptr;
            if (info) offer(info->file);
        }
    }
    for (const ProgramInfo& info : all_programs()) offer(info.file);
    for (const EmbeddedSource* source = embedded_sources; source->name; ++source) offer(source->name);
    return files;
}

}  // namespace synoptic
