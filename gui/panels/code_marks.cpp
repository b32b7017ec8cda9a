#include "gui/panels/code_marks.h"

#include <fmt/format.h>

#include <algorithm>

#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr std::size_t most_names = 12;  // in a tooltip

struct ThoseHere {
    std::vector<const Actor*> clients, servers;
};

bool stands_at_gate(const Actor& actor) {
    return actor.state == Actor::State::arrives || actor.state == Actor::State::rests;
}

/** "server 1", "client 3"; of a worker only its number. */
std::string short_label(const World& world, const Actor& actor) {
    return is_main_actor(world, actor) ? actor_label(world, actor) : std::to_string(actor.tid);
}

LineMark mark_of(const World& world, const std::vector<const Actor*>& actors, bool server) {
    const auto all = [&](auto is) { return std::all_of(actors.begin(), actors.end(), [&](const Actor* actor) { return is(*actor); }); };
    LineMark mark;
    mark.label =
        actors.size() == 1 ? short_label(world, *actors.front()) : fmt::format("{} × {}", server ? "workers" : "clients", actors.size());
    for (const Actor* actor : actors) mark.actors.push_back(actor->id);
    mark.server = server;
    mark.blocked = all([](const Actor& actor) { return actor.state == Actor::State::blocked; });
    mark.at_gate = all(stands_at_gate);
    mark.at_breakpoint = std::any_of(actors.begin(), actors.end(), [](const Actor* actor) { return actor->at_breakpoint; });
    return mark;
}

void add_marks(const World& world, std::vector<LineMark>& marks, const std::vector<const Actor*>& actors, bool server, std::size_t most) {
    if (actors.size() > most) {
        marks.push_back(mark_of(world, actors, server));
        return;
    }
    for (const Actor* actor : actors) marks.push_back(mark_of(world, {actor}, server));
}

}  // namespace

std::map<int, std::vector<LineMark>> marks_in(const World& world, const History& history, std::string_view file, std::size_t most) {
    std::map<int, ThoseHere> standing;
    const std::uint16_t number = file_number(history, file);
    if (number == 0) return {};
    for (const auto& [id, actor] : world.actors) {
        if (actor.state == Actor::State::ended || actor.file != number) continue;
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

std::string mark_text(const World& world, const LineMark& mark) {
    std::string names;
    std::map<std::string, std::size_t> doings;
    for (std::size_t at = 0; at < mark.actors.size(); ++at) {
        const Actor* actor = find(world, mark.actors[at]);
        if (!actor) continue;
        if (at < most_names) names += (names.empty() ? "" : ", ") + actor_label(world, *actor);
        ++doings[doing(*actor)];
    }
    if (mark.actors.size() > most_names) names += fmt::format(" and {} more", mark.actors.size() - most_names);
    std::string text = names + ": ";
    for (const auto& [what, count] : doings) {
        if (doings.size() > 1)
            text += fmt::format("{}{} {}", text.ends_with(": ") ? "" : ", ", count, what);
        else
            text += what;
    }
    return text;
}

std::size_t at_line_now(const World& world, const std::vector<LineMark>& marks) {
    std::size_t count = 0;
    for (const LineMark& mark : marks) {
        for (const ActorId id : mark.actors) {
            const Actor* actor = find(world, id);
            count += actor && actor->state != Actor::State::computes && actor->state != Actor::State::ended;
        }
    }
    return count;
}

std::uint16_t file_number(const History& history, std::string_view file) {
    for (std::uint16_t number = 1;; ++number) {
        const std::string known = history.file(number);
        if (known.empty()) return 0;
        if (known == file) return number;
    }
}

}  // namespace synoptic
