// What the relay tells of each TCP segment on the wire.
//
//   sent ──┬─▶ delivered ─▶ arrived               no rule speaks of it
//          ├─▶ dropped                            lost by rule, or no room to wait
//          └─▶ held ──┬─▶ held again ─▶ …         its clock was stopped, or it was put before others
//                     ├─▶ duplicated ─▶ (the copy is held, too, by a number of its own)
//                     └─▶ delivered ─▶ arrived, or dropped
//
// Each number is told sent or duplicated once, first; it ends with arrived or dropped.
#pragma once

#include <cstdint>

#include "core/base/segment_reason.h"
#include "core/wire/waiting.h"

namespace synoptic {

struct SentPacket {
    WireId id{};
    Direction direction{};
    std::uint64_t ticks = 0;  // read_ticks(tsc_is_reliable())
    PacketBytes bytes;        // the whole IP packet; valid during the call only
    const Segment& segment;   // parsed from them, with Checksums::skip
};

struct HeldPacket {
    WireId id{};
    Direction direction{};
    std::uint64_t ticks = 0;
    std::uint64_t due_ns = 0;  // CLOCK_MONOTONIC; 0: until somebody delivers or drops it
    WireId copy_of{};  // when told first: the oldest waiting segment with the same connection, sequence number, length and flags; or none
    std::int64_t place = 0;  // in the order of delivery: those with smaller numbers come before it
    HoldReason reason{};     // of this telling
};

/** Called on the relay's thread, and on the one that destroys the relay; must not block and must not call the relay. */
class WireSink {
   public:
    virtual ~WireSink() = default;
    virtual void sent(const SentPacket& packet) = 0;
    virtual void held(const HeldPacket& packet) = 0;
    /**
     * Told before the write, so that it stands before all that the segment causes. arrived follows at once; or dropped(refused), which takes this
     * back.
     */
    virtual void delivered(WireId id, DeliverReason reason, std::uint64_t ticks) = 0;
    /**
     * Told after the write: the receiver's kernel has processed it, as a write to a TUN does that work itself (tun_get_user), unless a system call held
     * the socket's lock meanwhile. Its tables now say what the segment has changed.
     */
    virtual void arrived(WireId /*id*/, Direction /*direction*/, std::uint64_t /*ticks*/) {}
    /** `error` is an errno for DropReason::refused, else 0. */
    virtual void dropped(WireId id, DropReason reason, int error, std::uint64_t ticks) = 0;
    /** `copy` is a new packet with the bytes of `original`. */
    virtual void duplicated(WireId original, WireId copy, std::uint64_t ticks) = 0;
    /** Somebody's order came too late: this one does not wait any more, or never was. */
    virtual void not_waiting(WireId, std::uint64_t /*ticks*/) {}
    /** A TUN can't be read any more (errno): nothing will come from that host. The relay goes on with the other. */
    virtual void host_lost(Direction /*from_there*/, int /*error*/, std::uint64_t /*ticks*/) {}
};

}  // namespace synoptic
