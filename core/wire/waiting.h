// The packets that wait on the wire: held by hand or by rule until somebody decides, or delayed until they are due.
//
//      position   −2     −1      0      1      2        in the order in which they would be delivered
//                  │ overtook │  │ as they were sent │
//
// Copies of a waiting segment (same connection, sequence number, length and flags: a retransmission) name the oldest that waits. A duplicate that
// somebody made is none of these: it stands for itself. Not thread-safe: the relay's thread's own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "core/base/segment_reason.h"
#include "core/wire/rules.h"

namespace synoptic {

enum class WireId : std::uint64_t { none = 0 };  // a packet on the wire, numbered as they are sent

/** What a retransmission has in common with what it repeats. */
struct CopyKey {
    Direction direction{};
    std::uint16_t source_port = 0, destination_port = 0;
    std::uint8_t ip_version = 0, flags = 0;
    std::uint32_t seq = 0, payload_bytes = 0;
    // Of one that only acknowledges: two that say different things are no copies, though their sequence numbers are the same. Of data, which is sent
    // again with what is acknowledged by then, they are left 0.
    std::uint32_t ack = 0;
    std::uint16_t window = 0;

    static CopyKey of(const Segment& segment, Direction direction);
    friend auto operator<=>(const CopyKey&, const CopyKey&) = default;
};

struct WaitingPacket {
    WireId id{};
    Direction direction{};
    std::uint64_t due_ns = 0;  // CLOCK_MONOTONIC; 0: waits for somebody
    CopyKey key;
    HoldReason reason{};     // why it waits
    bool duplicate = false;  // made by hand
    std::vector<std::uint8_t> bytes;
};

enum class Stack : std::uint8_t { only_this, with_copies };

class Waiting {
   public:
    std::size_t size() const { return by_position_.size(); }
    /** The oldest that waits and that this would be a copy of; none if there is none. */
    WireId original_of(const CopyKey& key) const;
    /** Adds a packet behind all others. A due time is put off to that of the last packet delayed in its direction: a delay reorders nothing. */
    const WaitingPacket& add(WaitingPacket packet);
    const WaitingPacket* find(WireId id) const;
    /** Its place in the order of delivery; it must wait. */
    std::int64_t place_of(WireId id) const { return position_of_.at(static_cast<std::uint64_t>(id)); }
    /** This one and, with_copies, those behind it that repeat it; it must wait. */
    std::vector<WireId> stack_of(WireId id, Stack stack) const;
    /** Takes one out; nothing if it does not wait. */
    std::optional<WaitingPacket> take(WireId id);
    /** Takes out the first one, in order of delivery. */
    std::optional<WaitingPacket> take_first();
    /** Takes out one that is due at `now_ns`. */
    std::optional<WaitingPacket> take_due(std::uint64_t now_ns);
    /** When the next one is due; 0 if none ever is. */
    std::uint64_t next_due_ns() const { return by_due_.empty() ? 0 : by_due_.begin()->first; }
    /** It waits for somebody from now on, for this reason; the clock of a delayed one stops. False if it does not wait. */
    bool hold(WireId id, HoldReason reason);
    /** Those with a clock, and those that wait for this reason, in the order of delivery. */
    std::vector<WireId> delayed() const;
    std::vector<WireId> held_for(HoldReason reason) const;
    /** Puts it before all others of its direction; a delayed one is due when the first of them is. False if it does not wait. */
    bool overtake(WireId id);

   private:
    using Position = std::int64_t;
    using ByPosition = std::map<Position, WaitingPacket>;
    WaitingPacket take(ByPosition::iterator at);

    ByPosition by_position_;
    std::unordered_map<std::uint64_t, Position> position_of_;  // by WireId
    std::set<std::pair<std::uint64_t, Position>> by_due_;
    std::multimap<CopyKey, WireId> by_key_;  // oldest first among equals
    Position front_ = 0, back_ = 0;
    std::uint64_t last_due_ns_[2] = {0, 0};
};

}  // namespace synoptic
