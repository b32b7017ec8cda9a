// When the kernel's table spoke of each connection's end for the first time: tells what an earlier run of a lesson has left from what the present one
// does. Kept beside a History as it grows, no World. Not thread-safe.
#pragma once

#include <map>
#include <vector>

#include "core/model/history.h"
#include "core/model/wire_world.h"

namespace synoptic {

class KernelEnds {
   public:
    /** Takes note of a tcp_state event; events must come in order. Others are passed over. */
    void take(const History& history, EventIndex index);
    /** Of a tcp_state event that was taken: the first one of its end; no_event of any other event. */
    EventIndex began(const History& history, EventIndex index) const;

   private:
    struct End {
        std::vector<EventIndex> began;  // of each connection that had these addresses, in order
        bool leaves = false;            // the last one is being closed: what opens after it is another one
    };
    // By addresses: TIME_WAIT belongs to a socket of the kernel's own, whose cookie is another one (tcp_time_wait).
    std::map<TcpEndKey, End> ends_;
};

}  // namespace synoptic
