#include "core/model/touching.h"

#include <algorithm>

#include "core/base/clock.h"
#include "core/model/segment_fact.h"

namespace synoptic {
namespace {

constexpr EventIndex clock_every = 64;  // events folded between two looks at the clock

bool is_row(EventKind kind) {
    return kind == EventKind::row_loaded || kind == EventKind::row_put || kind == EventKind::row_deleted || kind == EventKind::row_read;
}

bool socket_touched(const World& world, const Event& event, SocketId socket) {
    if (is_call(event.kind) || event.kind == EventKind::note || event.kind == EventKind::listen_queue ||
        event.kind == EventKind::tcp_state) {
        if (event.socket == static_cast<std::uint64_t>(socket)) return true;
    }
    const Actor* actor = find(world, event.actor);
    const Socket* behind = actor && event.fd >= 0 && is_call(event.kind) ? socket_behind(world, actor->process, event.fd) : nullptr;
    return behind && behind->id == socket;
}

bool connection_touched(const World& world, const Event& event, const Connection& connection) {
    if (tells_of_segment(event.kind)) {
        const WireSegment* segment = find(world, WireId{event.socket});
        const WireFlow* flow = segment ? find(world, segment->flow) : nullptr;
        return flow && connection_of(world, *flow) == &connection;
    }
    return (connection.client != SocketId::none && socket_touched(world, event, connection.client)) ||
           (connection.server != SocketId::none && socket_touched(world, event, connection.server));
}

bool descriptor_touched(const World& world, const Event& event, ProcessId process, int fd) {
    const Actor* actor = find(world, event.actor);
    if (!actor || actor->process != process || !is_call(event.kind)) return false;
    const bool makes_one = event.kind == EventKind::socket || event.kind == EventKind::accept;
    return event.fd == fd || (makes_one && event.phase == Phase::exit && event.value == fd);
}

/** What can be seen in one World. */
bool touched_in(const World& world, const Event& event, const Subject& subject) {
    const Actor* actor = find(world, event.actor);
    if (subject.fd >= 0) return descriptor_touched(world, event, subject.process, subject.fd);
    if (subject.actor != ActorId::none &&
        (event.actor == subject.actor || (event.kind == EventKind::blocked && event.a == static_cast<std::int64_t>(subject.actor))))
        return true;
    if (subject.process != ProcessId::none) {
        const Process* process = find(world, subject.process);
        const bool told = event.kind == EventKind::process_ended || event.kind == EventKind::process_reaped;
        if ((actor && actor->process == subject.process) || (told && process && event.a == process->pid)) return true;
    }
    if (subject.program != ProgramId::none) {
        const bool told =
            event.kind == EventKind::program_begin || event.kind == EventKind::program_ready || event.kind == EventKind::program_end;
        if ((actor && actor->program == subject.program) || (told && event.socket == static_cast<std::uint64_t>(subject.program)))
            return true;
    }
    if (subject.socket != SocketId::none && socket_touched(world, event, subject.socket)) return true;
    if (const Connection* connection = find(world, subject.connection); connection && connection_touched(world, event, *connection))
        return true;
    if (subject.segment != WireId::none && tells_of_segment(event.kind) && event.socket == static_cast<std::uint64_t>(subject.segment))
        return true;
    return subject.database != 0 && is_row(event.kind) && event.socket == subject.database && event.a == subject.key;
}

}  // namespace

bool touches(const World& before, const World& after, const Event& event, const Subject& subject) {
    return touched_in(before, event, subject) || touched_in(after, event, subject);
}

TouchSearch::TouchSearch(const History& history, EventIndex index, EventIndex limit, const Subject& subject, Way way)
    : history_(history), subject_(subject), way_(way), from_(std::min(index, history.size())) {
    // Back: the last event of the present moment is no step back.
    end_ = way == Way::forward ? std::min(limit, history.size()) : from_ - std::min<EventIndex>(from_, 1);
    is_over_ = way == Way::forward ? from_ >= end_ : end_ == 0;
    if (is_over_) return;
    if (way == Way::forward)
        world_ = history.at(from_);
    else
        begin_chunk();
}

/** Back: chunk by chunk, each folded from its keyframe on, since what is sought is the last that touches. */
void TouchSearch::begin_chunk() {
    begin_ = (end_ - 1) / History::keyframe_events * History::keyframe_events;
    world_ = history_.at(begin_);
}

/** True if it touches. */
bool TouchSearch::fold_event() {
    const Event event = history_.event(world_.events);
    const bool before = touched_in(world_, event, subject_);
    apply(world_, event, history_.payload(world_.events));
    return before || touched_in(world_, event, subject_);
}

bool TouchSearch::advance(std::uint64_t budget_ns) {
    const std::uint64_t began_ns = monotonic_ns();
    for (EventIndex folded = 1; !is_over_; ++folded) {
        if (fold_event()) found_ = world_.events;
        if (way_ == Way::forward) {
            is_over_ = found_ != no_event || world_.events >= end_;
        } else if (world_.events >= end_) {
            end_ = begin_;
            is_over_ = found_ != no_event || end_ == 0;
            if (!is_over_) begin_chunk();
        }
        if (budget_ns != 0 && folded % clock_every == 0 && monotonic_ns() - began_ns > budget_ns) break;
    }
    return is_over_;
}

double TouchSearch::share() const {
    if (is_over_) return 1;
    const bool forward = way_ == Way::forward;
    const EventIndex all = forward ? end_ - from_ : from_, done = forward ? world_.events - from_ : from_ - end_;
    return static_cast<double>(done) / static_cast<double>(all);
}

EventIndex next_touching(const History& history, EventIndex index, EventIndex limit, const Subject& subject) {
    TouchSearch search(history, index, limit, subject, TouchSearch::Way::forward);
    search.advance(0);
    return search.found();
}

EventIndex last_touching(const History& history, EventIndex index, const Subject& subject) {
    TouchSearch search(history, index, 0, subject, TouchSearch::Way::back);
    search.advance(0);
    return search.found();
}

}  // namespace synoptic
