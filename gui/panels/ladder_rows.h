// What the Ladder shows of one connection, and in which row each event stands.
//
//   time   client program │ client kernel ─────── server kernel │ server program
//   0.10   connect ┐      │                                     │                 row 0  call_enter
//   0.10           │      │ ──── SYN ────╮                      │                 row 1  segment_sent
//   0.10           │      │              ╰──────────────▶       │                 row 2  segment_end
//          ≈ 1.02 s                                                               a break: nothing happened for so long
//
// Rows are equally high however far apart they are in time: a handshake takes 200 µs, a retransmission comes after a second. No drawing, no World: an event
// takes its row once, when it is appended, so that a million of them cost nothing in later frames.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/base/known.h"
#include "core/base/tcp_state.h"
#include "core/trace/event.h"
#include "core/wire/flow.h"
#include "core/wire/wire_sink.h"

namespace synoptic {

enum class LadderSide : std::uint8_t { client, server };

struct LadderCall {
    EventIndex enter = no_event, exit = no_event;
    EventIndex blocked = no_event;  // the kernel said that it sleeps
    EventIndex gone = no_event;     // its maker ended inside it
    ActorId actor{};
    std::int32_t worker_tid = 0;  // of a worker; 0: the thread or process that the program began with
    EventKind kind{};
    LadderSide side{};
    std::int64_t bytes = 0;                 // that it moved between program and kernel
    std::uint32_t enter_y = 0, exit_y = 0;  // half rows
    EventIndex ended() const { return exit != no_event ? exit : gone; }
};

struct LadderSegment {
    WireId id{};
    Direction direction{};
    std::uint8_t flags = 0;   // TcpFlag
    std::uint8_t column = 0;  // where it waits among others that wait
    bool delayed = false;     // it waits until it is due; else for somebody
    bool dropped = false;
    SegmentNature nature{};
    DeliverReason deliver_reason{};  // of one that waited
    DropReason drop_reason{};
    EventIndex sent = no_event, held = no_event, delivered = no_event, end = no_event;
    WireId copy_of{}, duplicate_of{};
    std::uint32_t seq = 0, ack = 0, relative_seq = 0, relative_ack = 0, window_bytes = 0, payload_bytes = 0;
    std::uint16_t window = 0;
    bool scale_known = false;
    std::uint32_t title = 0, note = 0;  // LadderIndex::text()
    std::uint32_t sent_y = 0, held_y = 0, delivered_y = 0, end_y = 0;
};

/** From here on a kernel has its end in this state. */
struct LadderState {
    EventIndex at = no_event;
    TcpState state{};
    Known known{};
    std::uint32_t y = 0;
};

struct LadderItem {
    enum class Kind : std::uint8_t {
        call_enter,
        call_exit,
        segment_sent,
        segment_held,
        segment_delivered,
        segment_end,
        client_state,
        server_state
    };
    EventIndex at = no_event;
    std::uint64_t time_ns = 0;
    std::uint32_t index = 0;  // of its call, segment or state
    std::uint32_t y = 0;      // half rows from the top
    Kind kind{};
};

class LadderRows {
   public:
    static constexpr std::uint32_t row_y = 2;              // half rows
    static constexpr std::uint32_t break_y = 3;            // what a break adds
    static constexpr std::uint64_t break_ns = 20'000'000;  // idle for so long: a break. Delayed ACKs (40 ms) are to be seen as such

    // What happened. Each returns the number by which the rest is told.
    std::uint32_t add_call(const LadderCall& call, std::uint64_t time_ns);
    std::uint32_t add_segment(const LadderSegment& segment, std::uint64_t time_ns);
    void end_call(std::uint32_t call, EventIndex at, std::uint64_t time_ns, bool returned);
    void hold(std::uint32_t segment, EventIndex at, std::uint64_t time_ns);
    void deliver(std::uint32_t segment, EventIndex at, std::uint64_t time_ns);
    /** It has arrived or was dropped. Arrivals are told once the receiver's kernel is done with it; a call that it woke may have returned before. */
    void end_segment(std::uint32_t segment, EventIndex at, std::uint64_t time_ns);
    void add_state(LadderSide side, const LadderState& state, std::uint64_t time_ns);
    /** Takes over all that `other` has: they have turned out to be one connection. Returns by how much its calls' and segments' numbers have grown. */
    struct Shift {
        std::uint32_t calls = 0, segments = 0;
    };
    Shift merge(const LadderRows& other);

    const std::vector<LadderItem>& items() const { return items_; }
    std::vector<LadderCall>& calls() { return calls_; }
    const std::vector<LadderCall>& calls() const { return calls_; }
    std::vector<LadderSegment>& segments() { return segments_; }
    const std::vector<LadderSegment>& segments() const { return segments_; }
    const std::vector<LadderState>& states(LadderSide side) const { return states_[static_cast<int>(side)]; }

    /** Half rows down to the end of the last event before `limit`. */
    std::uint32_t height(EventIndex limit) const;
    /** The row of an event; height() if it has none. */
    std::uint32_t y_of(EventIndex event) const;

    /** Where to cut so that no row is: at `y` itself, or at the end of the row that is there. */
    std::uint32_t whole_row_at(std::uint32_t y) const;

    /** What can be seen between two heights, of what happened before `limit`. */
    struct Seen {
        std::size_t first = 0, end = 0;  // items
        std::vector<std::uint32_t> calls, segments;
    };
    Seen seen(std::uint32_t from_y, std::uint32_t to_y, EventIndex limit) const;

    /** How many segments wait on the wire right before event `limit`: for somebody, or until they are due. */
    struct Waiting {
        std::size_t held = 0, delayed = 0;
    };
    Waiting waiting(EventIndex limit) const;

   private:
    struct Span {
        bool is_call = false;
        std::uint32_t index = 0;
    };
    /** What began before an item and had not ended there. */
    struct Mark {
        std::size_t item = 0;
        std::vector<Span> open;
    };
    void put(LadderItem::Kind kind, std::uint32_t index, EventIndex at, std::uint64_t time_ns);
    void place(std::size_t item);
    void set_y(const LadderItem& item);
    void place_from(std::size_t item);
    std::size_t first_effect(const LadderSegment& segment) const;
    std::uint8_t free_column() const;

    std::vector<LadderItem> items_;  // by event
    std::vector<LadderCall> calls_;
    std::vector<LadderSegment> segments_;
    std::vector<LadderState> states_[2];
    std::vector<Span> open_;
    std::vector<Mark> marks_;
};

}  // namespace synoptic
