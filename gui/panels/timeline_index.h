// The timeline's lanes, kept beside a History as it grows: when each thread and process lived and what it called, what was on the wire, and what
// databases wrote. No drawing and no World: each event is read once; a frame asks the lanes' tracks (timeline_track.h), which know all times.
//
//   lane "child 4102"   ├────────────────────────────────┤      life: began, ended; then zombie until reaped
//     row 0             ▂▂▂▂▂▂▂░░░░░░░ ▂▂  ┊▂▂               spans: calls · waits: the kernel said that it sleeps · stands: at the gate
//     row 1                    ▂▂                               the calls of a signal handler, inside the one that it interrupted
//
// Not thread-safe: the window's thread only. It reads what History::size() covers.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/ids.h"
#include "core/model/history.h"
#include "core/wire/wire_sink.h"
#include "gui/panels/call_makers.h"
#include "gui/panels/timeline_track.h"

namespace synoptic {

struct TimelineRow {
    SpanTrack spans;   // calls, from enter to exit; segments, from sent to arrived or dropped; rows and syncs, moments without length
    SpanTrack waits;   // parts of them: asleep in the kernel, held or delayed on the wire
    SpanTrack stands;  // at the gate, before a call (its event is an arrive) or behind one (a rest)
};

struct TimelineLane {
    enum class Kind : std::uint8_t { actor, segments, database };
    Kind kind{};
    ActorId actor{};
    std::uint64_t group = 0;                        // lanes of one group stand together
    bool indented = false;                          // a worker, below its server
    std::string label;                              // of segments and databases; actors are named by makers()
    Direction direction{};                          // of segments
    bool on_loopback = false;                       // likewise
    EventIndex began = no_event, ended = no_event;  // the events that said so; no_event: it lives
    std::uint64_t began_ns = 0, ended_ns = 0;
    EventIndex zombie = no_event, reaped = no_event;  // of a process: dead, and its status read
    std::uint64_t zombie_ns = 0, reaped_ns = 0;
    std::vector<TimelineRow> rows;
    SpanTrack marks;  // moments: segments that were dropped, and those that found no row
};

class TimelineIndex {
   public:
    /** Rows of a lane: calls that are nested, or segments that are on the wire at once, up to so many. */
    static constexpr std::size_t most_rows = 6;

    /** Indexes what was appended since; at most so many events, so that a frame stays short. True if nothing is left to do. */
    bool update(const History& history, std::size_t most_events = 60'000);

    const std::vector<TimelineLane>& lanes() const { return lanes_; }
    const CallMakers& makers() const { return makers_; }
    /** Lanes in the order in which they are shown: clients, the wire, each server with its workers, databases. */
    std::vector<std::uint32_t> shown_order() const;

    std::uint64_t began_ns() const { return began_ns_; }    // CLOCK_MONOTONIC of the first event, from which tracks count
    std::uint64_t latest_ns() const { return latest_ns_; }  // since began_ns(), of the latest event
    std::uint64_t since_began(std::uint64_t monotonic_ns) const { return monotonic_ns > began_ns_ ? monotonic_ns - began_ns_ : 0; }

    /** Where an event's span is; the track is null if it has none. Holds until the next update. */
    struct Place {
        std::uint32_t lane = 0;
        const SpanTrack* track = nullptr;
        std::size_t span = 0;
    };
    /** The place of a call by its enter or exit, of a stand at the gate, of a segment by what sent or made it, of a row by what wrote it. */
    Place find(const History& history, EventIndex event) const;

    std::size_t memory_bytes() const;  // of all tracks

   private:
    /** What an actor is in, from the outermost: a call, or a stand at the gate. Its place in the list is its row. */
    struct Open {
        EventKind kind{};
        bool stands = false, in_signal = false;
    };
    struct ActorState {
        std::uint32_t lane = 0;
        std::vector<Open> open;
    };
    struct OpenSegment {
        std::uint32_t lane = 0;
        std::uint8_t row = no_row;
    };
    static constexpr std::uint8_t no_row = 0xff;
    static constexpr std::uint64_t clients_group = 0, wire_group = 1, first_server_group = 2, databases_group = ~std::uint64_t{0};

    // timeline_index.cpp
    void take(const History& history, EventIndex index);
    void take_call(EventIndex index, const Event& event);
    void take_fact(const History& history, EventIndex index, const Event& event);
    void open(ActorState& state, Open what, EventIndex index, std::uint64_t at_ns);
    void close_down_to(ActorState& state, std::size_t depth, std::uint64_t at_ns);
    void exited(ActorState& state, EventIndex index, const Event& event, std::uint64_t at_ns);
    void went(ActorState& state, bool in_signal, std::uint64_t at_ns);
    void begin_actor(EventIndex index, const Event& event);
    void end_actor(ActorId actor, EventIndex index, std::uint64_t at_ns);
    void note_zombie(EventIndex index, pid_t pid, std::uint64_t at_ns);
    void note_reaped(EventIndex index, pid_t pid, std::uint64_t at_ns);
    Place find_in(std::uint32_t lane, EventIndex event) const;

    // timeline_index_wire.cpp
    void take_wire(EventIndex index, const Event& event, std::uint64_t at_ns);
    void segment_begins(EventIndex index, std::uint64_t id, std::uint32_t lane, std::uint64_t at_ns);
    void segment_ended(EventIndex index, std::uint64_t id, bool dropped, std::uint64_t at_ns);
    std::uint32_t segments_lane(std::int64_t direction, EventIndex index, std::uint64_t at_ns);
    void take_database(const History& history, EventIndex index, const Event& event, std::uint64_t at_ns);
    std::uint32_t database_lane(std::uint64_t id, EventIndex index, std::uint64_t at_ns);

    std::uint32_t add_lane(TimelineLane lane, EventIndex index, std::uint64_t at_ns);
    TimelineRow& row(std::uint32_t lane, std::size_t at);

    const History* of_ = nullptr;
    EventIndex next_ = 0;
    std::uint64_t began_ns_ = 0, latest_ns_ = 0;
    CallMakers makers_;
    std::vector<TimelineLane> lanes_;
    std::unordered_map<ActorId, ActorState> actors_;
    std::unordered_map<pid_t, std::uint32_t> of_pid_;             // the lane of a process's first thread
    std::unordered_map<std::uint64_t, OpenSegment> segments_;     // on the wire, by WireId
    std::unordered_map<std::uint64_t, std::uint32_t> databases_;  // by StoreId
    std::int64_t segment_lanes_[4] = {-1, -1, -1, -1};            // by segment_sent's `b`
    // The lanes of each group, in the order in which they began.
    std::vector<std::uint32_t> client_lanes_, database_lanes_;
    std::map<ProgramId, std::vector<std::uint32_t>> server_lanes_;
};

}  // namespace synoptic
