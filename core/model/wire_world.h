// What a World knows of the wire and of the kernel's TCP: the lab, its rules, segments, flows, and the ends of connections.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/address.h"
#include "core/base/ids.h"
#include "core/base/known.h"
#include "core/base/segment_reason.h"
#include "core/base/tcp_state.h"
#include "core/kernel/tcp_socket.h"
#include "core/model/tcp_fact.h"
#include "core/wire/flow.h"
#include "core/wire/host.h"
#include "core/wire/rules.h"
#include "core/wire/wire_sink.h"

namespace synoptic {

enum class FlowId : std::uint32_t { none = 0 };  // the segments of one connection; a connection that reuses its ports is another

/** The lab, and the wire between its hosts. */
struct LabState {
    bool lives = false;
    bool asked = false;  // somebody has tried to have one
    bool had = false;    // there was one: it can be had here
    pid_t pid = 0;
    bool has_ipv6 = false;
    std::string trouble;       // why there is none (any more), and what to do
    std::string commands[2];   // open a shell in a host, by index_of(Host)
    std::string shortcomings;  // what this lab does without; usually empty
    Rules rules;
    bool paused = false;                 // segments wait because all is paused
    bool host_lost[2] = {false, false};  // nothing comes from there any more
    // TCP segments by direction, since the first lab of the history.
    std::uint64_t sent[2] = {0, 0}, arrived[2] = {0, 0}, dropped[2] = {0, 0};
    friend bool operator==(const LabState&, const LabState&) = default;
};

/** Whether loopback's segments are captured. */
struct CaptureState {
    bool on = false;
    std::uint64_t lost = 0;  // packets that came faster than they could be read
    std::string trouble;     // why not, where somebody has asked for it
    friend bool operator==(const CaptureState&, const CaptureState&) = default;
};

struct WireSegment {
    enum class State : std::uint8_t {
        sent,       // on its way: nothing stopped it
        delayed,    // waits until it is due
        held,       // waits for somebody
        delivered,  // is being handed over
        arrived,
        dropped,
    };
    WireId id{};
    FlowId flow{};
    Direction direction{};
    bool on_loopback = false;  // only watched: it can't be held
    State state = State::sent;
    Address source, destination;
    std::uint32_t seq = 0, ack = 0;  // as sent
    std::uint8_t flags = 0;          // TcpFlag
    std::uint16_t window = 0;        // as sent
    std::uint32_t packet_bytes = 0, payload_bytes = 0;
    SegmentReading reading;
    WireId copy_of{};                // the waiting segment that it repeated when it came to wait
    WireId duplicate_of{};           // made by hand from this one
    bool by_hand = false;            // somebody held, delivered, dropped or copied it, or put it before others
    HoldReason hold_reason{};        // of one that waits, or did
    DeliverReason deliver_reason{};  // of one that arrived
    DropReason drop_reason{};
    int drop_error = 0;
    EventIndex sent_event = no_event;  // its payload is the packet
    std::uint64_t sent_ns = 0;
    std::uint64_t waits_since_ns = 0;  // 0: it never waited
    std::int64_t place = 0;            // of one that waits: those with smaller numbers are delivered before it
    std::uint64_t due_ns = 0;          // of a delayed one: CLOCK_MONOTONIC
    std::uint64_t ended_ns = 0;        // arrived or dropped
    bool waits() const { return state == State::held || state == State::delayed; }
    bool has_ended() const { return state == State::arrived || state == State::dropped; }
    friend bool operator==(const WireSegment&, const WireSegment&) = default;
};

const char* state_name(WireSegment::State state);  // "on its way", "delayed", "held", "arrived", "dropped"

/** Segments that wait in one place: the first is the next to be delivered, the others repeat it. */
struct WaitingStack {
    WireId top{};
    std::vector<WireId> copies;
    friend bool operator==(const WaitingStack&, const WaitingStack&) = default;
};

/** The segments of one connection, as the wire saw them. */
struct WireFlow {
    FlowId id{};
    Address client, server;  // whose host is whose
    bool on_loopback = false;
    Flow reader;
    bool fin_seen[2] = {false, false};  // by direction
    bool reset = false;
    std::uint64_t began_ns = 0, last_ns = 0;
    std::uint64_t segments = 0;
    bool is_over() const { return reset || (fin_seen[0] && fin_seen[1]); }
    friend bool operator==(const WireFlow&, const WireFlow&) = default;
};

/** Whose kernel has the client's end, and the server's. */
inline TcpHost host_of(const WireFlow& flow, Host side) {
    return flow.on_loopback ? TcpHost::here : side == Host::client ? TcpHost::client : TcpHost::server;
}

/** One end of a connection, as a kernel's table has it. It lives longer than descriptors (TIME_WAIT), and shorter than nobody asks. */
struct TcpEnd {
    SocketId socket{};  // its cookie; none while only segments have told of it
    TcpHost host{};
    Address local, peer;  // canonical
    TcpState state = TcpState::none;
    Known known = Known::observed;  // inferred: from a segment, and not yet from the table
    TcpTimer timer;                 // expires_ms is not used: timer_due_ns is
    std::uint64_t timer_due_ns = 0;
    std::uint32_t receive_queue_bytes = 0, send_queue_bytes = 0;
    std::uint64_t since_ns = 0;  // in this state
    EventIndex told_by = no_event;
    TcpState before = TcpState::none;
    std::uint32_t next_seq = 0;  // after the highest that it has sent
    bool fin_sent = false;
    pid_t owner_pid = 0;  // of a program that was not started here
    std::string owner;    // its name
    friend bool operator==(const TcpEnd&, const TcpEnd&) = default;
};

struct TcpEndKey {
    TcpHost host{};
    Address local, peer;  // canonical
    friend bool operator==(const TcpEndKey&, const TcpEndKey&) = default;
    /** The end at `local`; addresses need not be canonical. */
    static TcpEndKey of(TcpHost host, const Address& local, const Address& peer) { return {host, local.canonical(), peer.canonical()}; }
    TcpEndKey other(TcpHost its_host) const { return {its_host, peer, local}; }
    friend bool operator<(const TcpEndKey& l, const TcpEndKey& r) {
        if (l.host != r.host) return l.host < r.host;
        if (!(l.local == r.local)) return l.local < r.local;
        return l.peer < r.peer;
    }
};

}  // namespace synoptic
