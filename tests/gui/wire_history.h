// A History of the wire made by hand: segments with their packets, and what a kernel's table says.
#pragma once

#include <string>

#include "core/model/history.h"
#include "core/model/tcp_fact.h"
#include "tests/model/story.h"
#include "tests/wire/packets.h"

namespace synoptic::test {

class WireHistory {
   public:
    History history;

    const World& world() const { return history.latest(); }

    WireId sent(const PacketOf& of, std::size_t most_kept = 4096) {
        const Bytes packet = make_packet(of);
        Event event = fact(EventKind::segment_sent);
        event.socket = ++last_;
        event.a = static_cast<std::int64_t>(packet.size());
        event.b = of.from_client ? 0 : 1;
        const std::size_t kept = std::min(packet.size(), most_kept);
        if (kept < packet.size()) event.flags = event_payload_cut;
        put(event, std::string(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(kept)));
        return WireId{last_};
    }
    void held(WireId id, WireId repeats = {}, std::uint64_t due_ns = 0) {
        Event event = of(EventKind::segment_held, id);
        event.a = static_cast<std::int64_t>(repeats);
        event.value = static_cast<std::int64_t>(due_ns);
        put(event);
    }
    void arrived(WireId id) { put(of(EventKind::segment_arrived, id)); }
    void dropped(WireId id, DropReason reason) {
        Event event = of(EventKind::segment_dropped, id);
        event.a = static_cast<std::int64_t>(reason);
        put(event);
    }
    /** A segment that nothing stops. */
    WireId carried(const PacketOf& of) {
        const WireId id = sent(of);
        arrived(id);
        return id;
    }
    void table(TcpHost host, std::uint64_t cookie, TcpState state, const Address& local, const Address& peer, TcpTimer timer = {},
               std::uint64_t due_ns = 0) {
        TcpFact told{.host = host,
                     .socket = {.cookie = cookie, .state = state, .local = local, .peer = peer, .timer = timer},
                     .timer_due_ns = due_ns};
        const Args args = tcp_args(told);
        Event event = fact(EventKind::tcp_state);
        event.fd = args.fd;
        event.a = args.a;
        event.b = args.b;
        event.value = args.value;
        event.socket = args.socket;
        put(event, tcp_payload(told));
    }
    EventIndex put(const Event& event, const std::string& payload = {}) { return history.append(event, payload); }
    std::uint64_t now_ns() const { return now_ns_; }

   private:
    Event fact(EventKind kind) {
        Event event;
        event.kind = kind;
        event.time = now_ns_ += 1'000'000;
        return event;
    }
    Event of(EventKind kind, WireId id) {
        Event event = fact(kind);
        event.socket = static_cast<std::uint64_t>(id);
        return event;
    }
    std::uint64_t now_ns_ = 1'000'000'000, last_ = 0;
};

inline const Address client_address = ipv4("10.77.0.1", 40000), server_address = ipv4("10.77.0.2", 6666);

}  // namespace synoptic::test
