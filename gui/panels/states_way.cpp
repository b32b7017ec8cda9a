// The way that an end has gone through the diagram: see states_layout.h.
#include <algorithm>
#include <array>
#include <deque>

#include "gui/panels/states_layout.h"

namespace synoptic {
namespace {

using N = StateNode;

/** The shortest way that an end of this role may have gone, without passing CLOSED; empty if there is none. */
std::vector<std::size_t> shortest_way(StateNode from, StateNode to, bool is_client) {
    std::array<std::size_t, state_node_count> came_by;
    came_by.fill(transitions().size());
    std::deque<StateNode> queue{from};
    const auto index = [](StateNode node) { return static_cast<std::size_t>(node); };
    while (!queue.empty() && came_by[index(to)] == transitions().size()) {
        const StateNode at = queue.front();
        queue.pop_front();
        for (std::size_t number = 0; number < transitions().size(); ++number) {
            const Transition& next = transitions()[number];
            const bool usable = next.from == at && next.path != Path::rare && next.to != from &&
                                came_by[index(next.to)] == transitions().size() && state_of(next.to) != TcpState::closed &&
                                next.to != (is_client ? N::listen : N::syn_sent);
            if (!usable) continue;
            came_by[index(next.to)] = number;
            queue.push_back(next.to);
        }
    }
    std::vector<std::size_t> way;
    for (StateNode at = to; at != from && came_by[index(at)] != transitions().size(); at = transitions()[way.back()].from)
        way.push_back(came_by[index(at)]);
    std::reverse(way.begin(), way.end());
    return way;
}

}  // namespace

std::vector<Taken> way_through(std::span<const Passed> states, bool is_client) {
    std::vector<Taken> way;
    StateNode at = StateNode::closed;
    for (const auto& [state, known] : states) {
        const bool seen = known == Known::observed;
        const bool opening = at == N::closed || at == N::listen || at == N::syn_sent || at == N::syn_rcvd;
        const StateNode next = node_of(state, !opening);
        if (next == at) continue;
        const std::size_t direct = transition_between(at, next);
        if (direct < transitions().size()) {
            way.push_back({direct, seen});
        } else if (state != TcpState::closed) {
            // A connection begins in a listener: that it listened was seen.
            const bool by_listener = !is_client && at == N::closed && next == N::syn_rcvd;
            for (const std::size_t number : shortest_way(at, next, is_client))
                way.push_back({number, by_listener && (seen || transitions()[number].to == N::listen)});
        }
        at = next;
    }
    return way;
}

}  // namespace synoptic
