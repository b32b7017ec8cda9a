// Why a segment on the wire waits, went on, or was lost. The numbers stand in events (core/trace/events.def): new ones are added at the end.
#pragma once

#include <cstdint>

namespace synoptic {

enum class HoldReason : std::uint8_t {
    rule,      // the rules hold or delay what is like it
    hand,      // somebody stopped the clock of a delayed one, or keeps one beyond a pause
    pause,     // all is paused, and it goes on with all
    overtake,  // somebody put it before the others; it goes on waiting as it did
};

enum class DeliverReason : std::uint8_t {
    at_once,  // nothing stopped it
    due,      // its delay was over
    hand,     // the user's
    resumed,  // it was held by a pause, which is over
};

enum class DropReason : std::uint8_t {
    rule,       // a loss that the rules ask for
    hand,       // the user's
    no_room,    // too many wait already
    refused,    // the receiver's TUN did not take it
    relay_end,  // it still waited when the relay ended
    copy,       // it repeats one that was delivered: the receiver has no use for it
    unseen,     // on loopback: its arrival was not seen within a second
};

/** Of a number that an event has, the reason; the last one there is for numbers beyond. */
HoldReason hold_reason_of(std::int64_t number);
DeliverReason deliver_reason_of(std::int64_t number);
DropReason drop_reason_of(std::int64_t number);

/** What follows "held": "by a rule", "by hand", "by the pause". */
const char* reason_text(HoldReason reason);
/** What follows "delivered": "at once", "when it was due", "by hand", "when all went on". */
const char* reason_text(DeliverReason reason);
/** What follows "dropped": "by a rule", "by hand", "for want of room", "by the receiver", "with the wire", "as a copy of one delivered", "or never seen to arrive". */
const char* reason_text(DropReason reason);

}  // namespace synoptic
