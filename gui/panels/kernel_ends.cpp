// When the kernel spoke of each end first: see kernel_ends.h.
#include "gui/panels/kernel_ends.h"

#include <algorithm>

#include "core/model/tcp_fact.h"

namespace synoptic {
namespace {

bool is_open(TcpState state) {
    return state == TcpState::syn_sent || state == TcpState::syn_rcvd || state == TcpState::established;
}

TcpEndKey key_of(const TcpFact& fact) {
    return TcpEndKey::of(fact.host, fact.socket.local, fact.socket.peer);
}

}  // namespace

void KernelEnds::take(const History& history, EventIndex index) {
    const Event event = history.event(index);
    if (event.kind != EventKind::tcp_state) return;
    const TcpFact fact = read_tcp_fact(event, history.payload(index));
    End& end = ends_[key_of(fact)];
    const bool opens = is_open(fact.socket.state);
    if (end.began.empty() || (end.leaves && opens)) end.began.push_back(index);
    end.leaves = !opens;
}

EventIndex KernelEnds::began(const History& history, EventIndex index) const {
    const Event event = history.event(index);
    if (event.kind != EventKind::tcp_state) return no_event;
    const auto found = ends_.find(key_of(read_tcp_fact(event, history.payload(index))));
    if (found == ends_.end()) return no_event;
    const std::vector<EventIndex>& began = found->second.began;
    const auto later = std::upper_bound(began.begin(), began.end(), index);
    return later == began.begin() ? no_event : *(later - 1);
}

}  // namespace synoptic
