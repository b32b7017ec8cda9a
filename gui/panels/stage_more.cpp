// Those for whom a column of the stage has no card: who they are, what they do, and where their dots stand. No drawing.
#include <algorithm>
#include <map>
#include <set>

#include "gui/panels/stage_cast.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

DotTint tint_of(const Actor* actor) {
    if (!actor || actor->state == Actor::State::ended) return DotTint::trouble;
    switch (actor->state) {
        case Actor::State::blocked:
            return DotTint::blocked;
        case Actor::State::arrives:
        case Actor::State::rests:
            return DotTint::waits;
        default:
            return DotTint::moves;
    }
}

void count(MoreCard& more, std::map<std::string, std::size_t>& counts) {
    more.doing.assign(counts.begin(), counts.end());
    std::stable_sort(more.doing.begin(), more.doing.end(), [](const auto& left, const auto& right) { return left.second > right.second; });
}

void group_clients(const World& world, StageGroup& group, std::size_t most, ProgramId selected) {
    if (group.clients.size() <= most) return;
    std::vector<ClientCard> shown;
    std::map<std::string, std::size_t> counts;
    // The selected client keeps its card wherever it stands in the order, so that selecting a dot shows it.
    const bool selected_is_late =
        std::any_of(group.clients.begin() + static_cast<std::ptrdiff_t>(most), group.clients.end(),
                    [&](const ClientCard& card) { return selected != ProgramId::none && card.program == selected; });
    const std::size_t first = selected_is_late && most > 0 ? most - 1 : most;
    for (const ClientCard& card : group.clients) {
        const bool is_selected = selected != ProgramId::none && card.program == selected;
        if (shown.size() < first || is_selected) {
            shown.push_back(card);
            continue;
        }
        const Actor* actor = find(world, card.actor);
        const Program* program = find(world, card.program);
        const bool failed = program && !program->trouble.empty();
        group.more_clients.dots.push_back(
            {card.program, card.actor, ProcessId::none, card.connection, failed ? DotTint::trouble : tint_of(actor)});
        counts[failed ? "failed" : actor ? doing(*actor) : card.program == ProgramId::none ? "from outside" : "ended"]++;
    }
    count(group.more_clients, counts);
    group.clients = std::move(shown);
}

void group_workers(const World& world, StageGroup& group, std::size_t most) {
    if (group.workers.size() <= most) return;
    std::set<ConnectionId> seen;
    for (const ClientCard& card : group.clients) {
        if (card.connection != ConnectionId::none) seen.insert(card.connection);
    }
    // Workers of the clients that have a card come first, so that wires lead from card to card.
    std::stable_partition(group.workers.begin(), group.workers.end(),
                          [&](const WorkerCard& card) { return seen.contains(card.connection); });
    std::map<std::string, std::size_t> counts;
    for (std::size_t at = most; at < group.workers.size(); ++at) {
        const WorkerCard& card = group.workers[at];
        const Actor* actor = find(world, card.actor);
        group.more_workers.dots.push_back(
            {ProgramId::none, card.actor, card.process, card.connection, card.zombie ? DotTint::trouble : tint_of(actor)});
        counts[card.zombie ? "exited, not waited for" : actor ? doing(*actor) : "ended"]++;
    }
    count(group.more_workers, counts);
    group.workers.resize(most);
}

}  // namespace

void group_the_rest(const World& world, StageGroup& group, std::size_t most_clients, std::size_t most_workers, ProgramId selected) {
    group_clients(world, group, most_clients, selected);
    group_workers(world, group, most_workers);
}

ui::Rect MoreCard::dot_rect(std::size_t index) const {
    const float size = std::max(pitch * 0.72f, 2.0f);
    const float x = grid.x + static_cast<float>(index % columns) * pitch, y = grid.y + static_cast<float>(index / columns) * pitch;
    return {x, y, size, size};
}

std::size_t MoreCard::dot_at(ImVec2 point) const {
    if (!grid.contains(point) || pitch <= 0) return dots.size();
    const auto column = static_cast<std::size_t>((point.x - grid.x) / pitch), row = static_cast<std::size_t>((point.y - grid.y) / pitch);
    const std::size_t index = row * columns + std::min(column, columns - 1);
    return std::min(index, dots.size());
}

}  // namespace synoptic
