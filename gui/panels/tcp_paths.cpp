#include "gui/panels/tcp_paths.h"

#include <algorithm>

#include "core/model/segment_fact.h"
#include "core/model/tcp_fact.h"

namespace synoptic {
namespace {

TcpEndKey key_of(TcpHost host, const Address& local, const Address& peer) {
    return {host, local.canonical(), peer.canonical()};
}

bool is_over(TcpState state) {
    return state == TcpState::none || state == TcpState::closed || state == TcpState::time_wait;
}

}  // namespace

bool TcpPaths::update(const History& history, EventIndex most_events) {
    if (of_ != &history) {
        *this = TcpPaths();
        of_ = &history;
    }
    const EventIndex size = history.size();
    EventIndex left = most_events;
    for (; next_ < size && left > 0; ++next_) {
        const Event& event = history.event(next_);
        if (!tells_of_segment(event.kind) && event.kind != EventKind::tcp_state) continue;
        --left;
        // What the event is about must be found before: a socket that is gone is told of by its cookie alone.
        TcpEndKey told;
        if (event.kind == EventKind::tcp_state) {
            const auto known = world_.tcp_end_of.find(SocketId{event.socket});
            if (known != world_.tcp_end_of.end()) told = known->second;
        }
        world_.events = next_;  // as in the World of all events
        apply(world_, event, history.payload(next_));
        if (event.kind == EventKind::tcp_state) {
            const TcpFact fact = read_tcp_fact(event, history.payload(next_));
            if (fact.socket.local.known()) told = key_of(fact.host, fact.socket.local, fact.socket.peer);
            note(told, event, next_);
        } else if (const WireSegment* segment = find(world_, WireId{event.socket})) {
            const bool to_server = segment->direction == Direction::to_server;
            note(key_of(segment->on_loopback ? TcpHost::here : to_server ? TcpHost::client : TcpHost::server, segment->source, segment->destination), event, next_);
            note(key_of(segment->on_loopback ? TcpHost::here : to_server ? TcpHost::server : TcpHost::client, segment->destination, segment->source), event, next_);
        }
    }
    return next_ >= size;
}

void TcpPaths::note(const TcpEndKey& key, const Event& event, EventIndex index) {
    const auto end = world_.tcp_ends.find(key);
    if (end == world_.tcp_ends.end() || end->second.state == TcpState::none) return;
    std::vector<PathStep>& path = paths_[key];
    const TcpState before = path.empty() ? TcpState::none : path.back().state, state = end->second.state;
    if (before == state) return;
    path.push_back({index, event.time, state, is_over(before) && !is_over(state)});
}

std::span<const PathStep> TcpPaths::of(const TcpEndKey& key, EventIndex limit) const {
    const auto found = paths_.find(key);
    if (found == paths_.end()) return {};
    const std::vector<PathStep>& path = found->second;
    const auto end = std::partition_point(path.begin(), path.end(), [limit](const PathStep& step) { return step.event < limit; });
    auto begin = end;
    while (begin != path.begin()) {
        --begin;
        if (begin->begins) break;
    }
    return {begin, end};
}

}  // namespace synoptic
