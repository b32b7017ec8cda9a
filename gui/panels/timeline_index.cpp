// Actors: their lives and calls. See timeline_index_wire.cpp for segments and databases.
#include "gui/panels/timeline_index.h"

#include <sys/wait.h>

#include <algorithm>

#include "core/model/catch_up.h"

namespace synoptic {

bool TimelineIndex::update(const History& history, std::size_t most_events) {
    if (begins_anew(of_, next_, history)) {
        *this = TimelineIndex();
        of_ = &history;
    }
    return catch_up(history, next_, most_events, [&](EventIndex index) { take(history, index); });
}

void TimelineIndex::take(const History& history, EventIndex index) {
    const Event& event = history.event(index);
    if (index == 0) began_ns_ = event.time;
    latest_ns_ = std::max(latest_ns_, since_began(event.time));
    if (event.phase == Phase::happened)
        take_fact(history, index, event);
    else
        take_call(index, event);
}

// ---- calls: rows are the depth of what is open -----------------------------------------------------------------------------------------------
void TimelineIndex::take_call(EventIndex index, const Event& event) {
    const auto found = actors_.find(event.actor);
    if (found == actors_.end()) return;  // an actor says that it began before it says anything else
    ActorState& state = found->second;
    const std::uint64_t at_ns = since_began(event.time);
    TimelineLane& lane = lanes_[state.lane];
    if (lane.ended != no_event) lane.ended_ns = std::max(lane.ended_ns, at_ns);  // its last words came after the news of its death
    const bool in_signal = (event.flags & event_in_signal) != 0;
    switch (event.phase) {
        case Phase::arrive:
        case Phase::rest:
            if (!in_signal) close_down_to(state, 0, at_ns);
            return open(state, {event.kind, true, in_signal}, index, at_ns);
        case Phase::go:
            return went(state, in_signal, at_ns);
        case Phase::enter:
            if (!in_signal) close_down_to(state, 0, at_ns);
            // What still stands here was let through, but the word of it was lost.
            else if (!state.open.empty() && state.open.back().stands && state.open.back().in_signal)
                close_down_to(state, state.open.size() - 1, at_ns);
            return open(state, {event.kind, false, in_signal}, index, at_ns);
        case Phase::exit:
            return exited(state, index, event, at_ns);
        case Phase::happened:
            return;
    }
}

void TimelineIndex::open(ActorState& state, Open what, EventIndex index, std::uint64_t at_ns) {
    if (state.open.size() == most_rows) return;  // deeper nesting is a damaged history
    TimelineRow& in = row(state.lane, state.open.size());
    (what.stands ? in.stands : in.spans).begin(index, at_ns);
    state.open.push_back(what);
}

void TimelineIndex::close_down_to(ActorState& state, std::size_t depth, std::uint64_t at_ns) {
    for (; state.open.size() > depth; state.open.pop_back()) {
        TimelineRow& in = row(state.lane, state.open.size() - 1);
        in.spans.end(at_ns);
        in.waits.end(at_ns);
        in.stands.end(at_ns);
    }
}

/** Ends the innermost call of this kind, with those inside it, whose exits were lost. */
void TimelineIndex::exited(ActorState& state, EventIndex index, const Event& event, std::uint64_t at_ns) {
    const auto status = static_cast<int>(event.a);
    if (event.kind == EventKind::waitpid && event.value > 0 && !WIFSTOPPED(status) && !WIFCONTINUED(status))
        note_reaped(index, static_cast<pid_t>(event.value), at_ns);
    for (std::size_t depth = state.open.size(); depth-- > 0;) {
        if (!state.open[depth].stands && state.open[depth].kind == event.kind) return close_down_to(state, depth, at_ns);
    }
    // Its enter was lost, or it was made by another: a child returns from its parent's fork.
    if (state.open.size() < most_rows) row(state.lane, state.open.size()).spans.mark(index, at_ns);
}

/** It was let through a gate: its own, or a signal handler's. */
void TimelineIndex::went(ActorState& state, bool in_signal, std::uint64_t at_ns) {
    for (std::size_t depth = state.open.size(); depth-- > 0;) {
        if (state.open[depth].stands && state.open[depth].in_signal == in_signal) return close_down_to(state, depth, at_ns);
    }
}

// ---- lives -----------------------------------------------------------------------------------------------------------------------------------
void TimelineIndex::take_fact(const History& history, EventIndex index, const Event& event) {
    const std::uint64_t at_ns = since_began(event.time);
    const std::vector<ActorId> ended = makers_.take(history, index);
    for (const ActorId actor : ended) end_actor(actor, index, at_ns);
    switch (event.kind) {
        case EventKind::actor_begin:
            return begin_actor(index, event);
        case EventKind::process_ended:
            if (event.b == 1) note_zombie(index, static_cast<pid_t>(event.a), at_ns);
            return;
        case EventKind::process_reaped:
            return note_reaped(index, static_cast<pid_t>(event.a), at_ns);
        case EventKind::blocked: {
            const auto found = actors_.find(ActorId{static_cast<std::uint32_t>(event.a)});
            if (found == actors_.end() || found->second.open.empty() || found->second.open.back().stands) return;
            SpanTrack& waits = row(found->second.lane, found->second.open.size() - 1).waits;
            if (!waits.is_open()) waits.begin(index, at_ns);
            return;
        }
        default:
            take_wire(index, event, at_ns);
            take_database(history, index, event, at_ns);
    }
}

void TimelineIndex::begin_actor(EventIndex index, const Event& event) {
    TimelineLane lane;
    lane.kind = TimelineLane::Kind::actor;
    lane.actor = event.actor;
    const CallMaker& maker = makers_.maker(event.actor);
    const bool is_client = !maker.is_server && makers_.program(maker.program);
    lane.group = is_client ? clients_group : first_server_group + static_cast<std::uint64_t>(maker.program);
    lane.indented = !maker.is_main;
    const std::uint32_t at = add_lane(std::move(lane), index, since_began(event.time));
    actors_[event.actor] = {at, {}};
    if (maker.tid == maker.pid) of_pid_[maker.pid] = at;
    (is_client ? client_lanes_ : server_lanes_[maker.program]).push_back(at);
}

void TimelineIndex::end_actor(ActorId actor, EventIndex index, std::uint64_t at_ns) {
    const auto found = actors_.find(actor);
    if (found == actors_.end()) return;
    close_down_to(found->second, 0, at_ns);
    TimelineLane& lane = lanes_[found->second.lane];
    lane.ended = index;
    lane.ended_ns = at_ns;
}

void TimelineIndex::note_zombie(EventIndex index, pid_t pid, std::uint64_t at_ns) {
    const auto found = of_pid_.find(pid);
    if (found == of_pid_.end() || lanes_[found->second].zombie != no_event) return;
    lanes_[found->second].zombie = index;
    lanes_[found->second].zombie_ns = at_ns;
}

void TimelineIndex::note_reaped(EventIndex index, pid_t pid, std::uint64_t at_ns) {
    const auto found = of_pid_.find(pid);
    if (found == of_pid_.end()) return;
    lanes_[found->second].reaped = index;
    lanes_[found->second].reaped_ns = at_ns;
    of_pid_.erase(found);  // the number may live again
}

// ---- lanes -----------------------------------------------------------------------------------------------------------------------------------
std::uint32_t TimelineIndex::add_lane(TimelineLane lane, EventIndex index, std::uint64_t at_ns) {
    lane.began = index;
    lane.began_ns = at_ns;
    lane.rows.resize(1);
    lanes_.push_back(std::move(lane));
    return static_cast<std::uint32_t>(lanes_.size() - 1);
}

TimelineRow& TimelineIndex::row(std::uint32_t lane, std::size_t at) {
    std::vector<TimelineRow>& rows = lanes_[lane].rows;
    if (at >= rows.size()) rows.resize(at + 1);
    return rows[at];
}

std::vector<std::uint32_t> TimelineIndex::shown_order() const {
    std::vector<std::uint32_t> order;
    order.reserve(lanes_.size());
    order.insert(order.end(), client_lanes_.begin(), client_lanes_.end());
    for (const std::int64_t lane : segment_lanes_) {
        if (lane >= 0) order.push_back(static_cast<std::uint32_t>(lane));
    }
    for (const auto& [program, lanes] : server_lanes_) order.insert(order.end(), lanes.begin(), lanes.end());
    order.insert(order.end(), database_lanes_.begin(), database_lanes_.end());
    return order;
}

TimelineIndex::Place TimelineIndex::find(const History& history, EventIndex event) const {
    if (event >= next_) return {};
    const Event& told = history.event(event);
    if (told.phase != Phase::happened) {
        const auto found = actors_.find(told.actor);
        if (found == actors_.end()) return {};
        const EventIndex enter = told.phase == Phase::exit ? history.enter_of(event) : event;
        return find_in(found->second.lane, enter == no_event ? event : enter);
    }
    for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
        if (lanes_[lane].kind == TimelineLane::Kind::actor) continue;
        if (const Place place = find_in(lane, event); place.track) return place;
    }
    return {};
}

TimelineIndex::Place TimelineIndex::find_in(std::uint32_t lane, EventIndex event) const {
    const auto look = [&](const SpanTrack& track, Place& place) {
        const std::size_t span = track.find(event);
        if (span < track.size()) place = {lane, &track, span};
    };
    Place place;
    for (const TimelineRow& row : lanes_[lane].rows) {
        look(row.spans, place);
        look(row.stands, place);
    }
    look(lanes_[lane].marks, place);
    return place;
}

std::size_t TimelineIndex::memory_bytes() const {
    std::size_t bytes = lanes_.capacity() * sizeof(TimelineLane);
    for (const TimelineLane& lane : lanes_) {
        bytes += lane.marks.memory_bytes() + lane.rows.capacity() * sizeof(TimelineRow);
        for (const TimelineRow& row : lane.rows) bytes += row.spans.memory_bytes() + row.waits.memory_bytes() + row.stands.memory_bytes();
    }
    return bytes;
}

}  // namespace synoptic
