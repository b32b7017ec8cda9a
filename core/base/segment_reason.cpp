#include "core/base/segment_reason.h"

#include <algorithm>

namespace synoptic {
namespace {

template <class Reason>
Reason reason_of(std::int64_t number, Reason last) {
    return static_cast<Reason>(std::clamp<std::int64_t>(number, 0, static_cast<std::int64_t>(last)));
}

}  // namespace

HoldReason hold_reason_of(std::int64_t number) {
    return reason_of(number, HoldReason::overtake);
}
DeliverReason deliver_reason_of(std::int64_t number) {
    return reason_of(number, DeliverReason::resumed);
}
DropReason drop_reason_of(std::int64_t number) {
    return reason_of(number, DropReason::unseen);
}

const char* reason_text(HoldReason reason) {
    switch (reason) {
        case HoldReason::rule:
            return "by a rule";
        case HoldReason::hand:
        case HoldReason::overtake:
            return "by hand";
        case HoldReason::pause:
            return "by the pause";
    }
    return "?";
}

const char* reason_text(DeliverReason reason) {
    switch (reason) {
        case DeliverReason::at_once:
            return "at once";
        case DeliverReason::due:
            return "when it was due";
        case DeliverReason::hand:
            return "by hand";
        case DeliverReason::resumed:
            return "when all went on";
    }
    return "?";
}

const char* reason_text(DropReason reason) {
    switch (reason) {
        case DropReason::rule:
            return "by a rule";
        case DropReason::hand:
            return "by hand";
        case DropReason::no_room:
            return "for want of room";
        case DropReason::refused:
            return "by the receiver";
        case DropReason::relay_end:
            return "with the wire";
        case DropReason::copy:
            return "as a copy of one delivered";
        case DropReason::unseen:
            return "or never seen to arrive";
    }
    return "?";
}

}  // namespace synoptic
