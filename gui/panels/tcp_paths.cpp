#include "gui/panels/tcp_paths.h"

#include <algorithm>

#include "core/model/segment_fact.h"
#include "core/model/tcp_fact.h"

namespace synoptic {
namespace {

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
        const Event event = history.event(next_);
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
            if (fact.socket.local.known()) told = TcpEndKey::of(fact.host, fact.socket.local, fact.socket.peer);
            note(told, event, next_);
        } else if (const WireSegment* segment = find(world_, WireId{event.socket})) {
            const bool to_server = segment->direction == Direction::to_server;
            note(TcpEndKey::of(segment->on_loopback ? TcpHost::here : to_server ? TcpHost::client : TcpHost::server, segment->source, segment->destination), event, next_);
            note(TcpEndKey::of(segment->on_loopback ? TcpHost::here : to_server ? TcpHost::server : TcpHost::client, segment->destination, segment->source), event, next_);
        }
    }
    return next_ >= size;
}

void TcpPaths::note(const TcpEndKey& key, const Event& event, EventIndex index) {
    const auto end = world_.tcp_ends.find(key);
    if (end == world_.tcp_ends.end() || end->second.state == TcpState::none) return;
    std::vector<Noted>& path = paths_[key];
    const TcpState state = end->second.state;
    const bool seen = end->second.known == Known::observed;
    if (seen && table_knows(path, state, index)) return;
    const auto last = std::find_if(path.rbegin(), path.rend(), [](const Noted& each) { return each.withdrawn == no_event; });
    const TcpState before = last == path.rend() ? TcpState::none : last->step.state;
    if (before == state) return;
    path.push_back({{index, event.time, state, Known::observed, is_over(before) && !is_over(state)}, seen ? index : no_event});
}

/** The table says so. True if the path has come there, with what was only inferred behind it taken back. */
bool TcpPaths::table_knows(std::vector<Noted>& path, TcpState state, EventIndex index) {
    for (auto at = path.rbegin(); at != path.rend(); ++at) {
        if (at->withdrawn != no_event) continue;
        if (at->step.state == state) {
            if (at->seen == no_event) at->seen = index;
            for (auto later = path.rbegin(); later != at; ++later) later->withdrawn = std::min(later->withdrawn, index);
            return true;
        }
        if (at->seen != no_event || at->step.begins) return false;  // it has gone on from there
    }
    return false;
}

std::vector<PathStep> TcpPaths::of(const TcpEndKey& key, EventIndex limit) const {
    const auto found = paths_.find(key);
    if (found == paths_.end()) return {};
    std::vector<PathStep> steps;
    for (const Noted& noted : found->second) {
        if (noted.step.event >= limit) break;
        if (noted.withdrawn < limit) continue;
        if (noted.step.begins) steps.clear();
        steps.push_back(noted.step);
        steps.back().known = noted.seen < limit ? Known::observed : Known::inferred;
    }
    return steps;
}

}  // namespace synoptic
