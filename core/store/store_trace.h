// What the store tells the trace: its system calls, as calls with an enter and an exit, so that they can be stepped over and are seen to wait; and what became of
// the rows, as facts. Private to core/store.
#pragma once

#include "core/sockets/call.h"
#include "core/store/store.h"

namespace synoptic {

/** A fact about the store with this id, in the calling thread's ring; nothing where the thread is not traced. */
inline void tell(StoreId id, EventKind kind, Where where, Args args) {
    if (!this_writer()) return;
    args.socket = static_cast<std::uint64_t>(id);
    this_writer().happened(kind, where, args);
}

}  // namespace synoptic
