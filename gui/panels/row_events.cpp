#include "gui/panels/row_events.h"

#include <algorithm>

#include "core/model/catch_up.h"

namespace synoptic {

bool tells_of_row(EventKind kind) {
    return kind == EventKind::row_put || kind == EventKind::row_deleted || kind == EventKind::row_read || kind == EventKind::row_loaded;
}

bool RowEvents::update(const History& history, std::uint64_t database, std::int64_t key, std::size_t most_events) {
    if (begins_anew(of_, next_, history) || database_ != database || key_ != key) {
        *this = RowEvents();
        of_ = &history;
        database_ = database;
        key_ = key;
    }
    return catch_up(history, next_, most_events, [&](EventIndex index) { take(history, index); });
}

void RowEvents::take(const History& history, EventIndex index) {
    const Event event = history.event(index);
    if (event.phase == Phase::enter) {
        add_call(requests_[event.actor], index, event.kind);
    } else if (event.kind == EventKind::actor_end) {
        requests_.erase(event.actor);
    } else if (tells_of_row(event.kind) && event.socket == database_ && event.a == key_) {
        const auto request = requests_.find(event.actor);
        if (request != requests_.end() && event.kind != EventKind::row_loaded) {
            request->second.is_of_row = true;
            for (const EventIndex call : request->second.calls) add(call);
            request->second.calls.clear();
        }
        add(index);
    }
}

void RowEvents::add_call(Request& request, EventIndex index, EventKind kind) {
    if (kind == EventKind::recv) request = Request();
    if (request.is_of_row)
        add(index);
    else if (request.calls.size() < most_calls)
        request.calls.push_back(index);
    if (kind == EventKind::send) request = Request();
}

void RowEvents::add(EventIndex index) {
    // Nearly always the last one; calls of a request come in together, before facts of others that were told meanwhile.
    const auto at = std::upper_bound(events_.begin(), events_.end(), index);
    if (at == events_.begin() || *(at - 1) != index) events_.insert(at, index);
}

bool RowEvents::touched_by(EventIndex event) const {
    return std::binary_search(events_.begin(), events_.end(), event);
}

std::span<const EventIndex> RowEvents::between(EventIndex first, EventIndex last) const {
    const auto from = std::lower_bound(events_.begin(), events_.end(), first);
    return {from, std::upper_bound(from, events_.end(), last)};
}

}  // namespace synoptic
