// WireFeed: brings what the relay tells of segments into the History. Private to core/session.
//
//   relay's thread or loopback's capture ── sent, held, arrived … ──▶ WireFeed ── posted facts ──▶ Collector
//
// A segment that nothing stops is told twice, sent and arrived; of one that waits every move is told.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "core/session/collector.h"
#include "core/wire/host.h"
#include "core/wire/wire_sink.h"

namespace synoptic {

class WireFeed : public WireSink {
   public:
    WireFeed(Collector& collector, Network network) : collector_(collector), network_(network) {}

    void sent(const SentPacket& packet) override;
    void held(const HeldPacket& packet) override;
    void delivered(WireId id, DeliverReason reason, std::uint64_t ticks) override;
    void arrived(WireId id, Direction direction, std::uint64_t ticks) override;
    void dropped(WireId id, DropReason reason, int error, std::uint64_t ticks) override;
    void duplicated(WireId original, WireId copy, std::uint64_t ticks) override;
    void host_lost(Direction from_there, int error, std::uint64_t ticks) override;

    /** True if nothing will move on the wire by itself: no segment is on its way or delayed. Any thread. */
    bool rests() const;
    /**
     * Of those that wait for somebody, the first in the order of delivery; and since when the one that has waited longest waits (CLOCK_MONOTONIC ns).
     * none: no one waits. Any thread.
     */
    std::pair<WireId, std::uint64_t> next_waiting() const;

   private:
    struct Waits {
        std::uint64_t since_ns = 0;
        std::int64_t place = 0;  // in the order of delivery
        bool due = false;        // by itself
    };
    bool takes_whole_packet(std::size_t bytes, std::uint64_t ticks);
    void post(EventKind kind, const Args& args, std::uint64_t ticks, std::string payload = {});

    Collector& collector_;
    const Network network_;
    std::uint64_t second_began_ticks_ = 0;  // the relay's thread only, as is the next
    std::size_t bytes_this_second_ = 0;
    mutable std::mutex mutex_;
    std::map<WireId, Waits> waiting_;
    std::set<WireId> moving_;  // told as sent, and neither waiting nor ended
};

}  // namespace synoptic
