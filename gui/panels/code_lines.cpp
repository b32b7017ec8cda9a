// The code pane's content: see code_lines.h.
#include "gui/panels/code_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/programs/embedded.h"
#include "core/programs/registry.h"
#include "gui/panels/words.h"

namespace synoptic {

std::vector<CodeLine> code_lines(std::string_view source) {
    std::vector<CodeLine> lines;
    while (!source.empty()) {
        const std::size_t end = std::min(source.find('\n'), source.size());
        lines.push_back({static_cast<int>(lines.size()) + 1, source.substr(0, end), CodeLine::Change::none});
        source.remove_prefix(std::min(end + 1, source.size()));
    }
    return lines;
}

std::vector<CodeLine> compared_lines(std::string_view source, std::string_view corrected) {
    const std::vector<CodeLine> here = code_lines(source), there = code_lines(corrected);
    // common[i][j]: the length of the longest common subsequence of here[i…] and there[j…].
    std::vector<std::vector<int>> common(here.size() + 1, std::vector<int>(there.size() + 1, 0));
    for (std::size_t i = here.size(); i-- > 0;) {
        for (std::size_t j = there.size(); j-- > 0;) {
            common[i][j] = here[i].text == there[j].text ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
        }
    }
    std::vector<CodeLine> lines;
    std::size_t i = 0, j = 0;
    while (i < here.size() || j < there.size()) {
        if (i < here.size() && j < there.size() && here[i].text == there[j].text) {
            lines.push_back(here[i++]);
            ++j;
        } else if (j < there.size() && (i == here.size() || common[i][j + 1] >= common[i + 1][j])) {
            lines.push_back({0, there[j++].text, CodeLine::Change::only_corrected});
        } else {
            lines.push_back({here[i].number, here[i].text, CodeLine::Change::only_here});
            ++i;
        }
    }
    return lines;
}

namespace {

/** Where `letters` letters end that begin at byte `begin`: UTF-8's continuation bytes (10xxxxxx) are no letters of their own. */
std::size_t end_of_letters(std::string_view text, std::size_t begin, std::size_t letters) {
    std::size_t at = begin;
    for (; at < text.size() && letters > 0; --letters) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
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
    do {
        const std::size_t taken = begin == 0 ? less : indent;
        const std::size_t room = std::max(letters > taken ? letters - taken : 0, least);
        std::size_t end = text.size();
        const std::size_t reach = end_of_letters(text, begin, room);
        if (reach < text.size()) {
            end = text.rfind(' ', reach);
            if (end == std::string_view::npos || end <= std::max(begin, first_letter) + least / 2)
                end = end_of_word(text, std::max(begin, first_letter) + least / 2, reach);
        }
        rows.push_back({line, begin, end, indent, begin == 0});
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

namespace {

struct ThoseHere {
    std::vector<const Actor*> clients, servers;
};

LineMark mark_of(const World& world, const Actor& actor, bool server) {
    LineMark mark;
    const bool main = is_main_actor(world, actor);
    mark.label = main ? actor_label(world, actor) : std::to_string(actor.tid);
    mark.actor = actor.id;
    mark.server = server;
    mark.blocked = actor.state == Actor::State::blocked;
    mark.at_gate = actor.state == Actor::State::arrives || actor.state == Actor::State::rests;
    return mark;
}

void add_marks(const World& world, std::vector<LineMark>& marks, const std::vector<const Actor*>& actors, bool server, std::size_t most) {
    if (actors.size() <= most) {
        for (const Actor* actor : actors) marks.push_back(mark_of(world, *actor, server));
        return;
    }
    LineMark mark = mark_of(world, *actors.front(), server);
    mark.count = actors.size();
    mark.label = fmt::format("{} {}", actors.size(), server ? "workers" : "clients");
    mark.blocked = std::all_of(actors.begin(), actors.end(), [](const Actor* actor) { return actor->state == Actor::State::blocked; });
    mark.at_gate = false;
    marks.push_back(mark);
}

}  // namespace

std::map<int, std::vector<LineMark>> marks_in(const World& world, const History& history, std::string_view file, std::size_t most) {
    std::map<int, ThoseHere> standing;
    std::map<std::uint16_t, bool> is_this_file;  // asking the history takes a lock
    for (const auto& [id, actor] : world.actors) {
        if (actor.state == Actor::State::ended || actor.file == 0) continue;
        const auto [known, is_new] = is_this_file.try_emplace(actor.file, false);
        if (is_new) known->second = history.file(actor.file) == file;
        if (!known->second) continue;
        const Program* program = find(world, actor.program);
        ThoseHere& here = standing[actor.line];
        (program && !program->is_server ? here.clients : here.servers).push_back(&actor);
    }
    std::map<int, std::vector<LineMark>> marks;
    for (const auto& [line, here] : standing) {
        add_marks(world, marks[line], here.servers, true, most);
        add_marks(world, marks[line], here.clients, false, most);
    }
    return marks;
}

std::vector<std::string> files_to_show(const World& world) {
    std::vector<std::string> files;
    const auto offer = [&files](std::string_view file) {
        if (!source_text(file).empty() && std::find(files.begin(), files.end(), file) == files.end()) files.emplace_back(file);
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
