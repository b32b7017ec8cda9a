// What the store tells the trace: its system calls, as calls with an enter and an exit, so that they can be stepped over and are seen to wait; and what became of
// the rows, as facts. Private to core/store.
#pragma once

#include <sys/types.h>

#include "core/sockets/call.h"
#include "core/store/store.h"

namespace synoptic {

/** Of the rows that are there when a database is opened: the ring has to hold them. */
inline constexpr std::size_t rows_told = 256;

/** What tells a map in memory (memory_trace.cpp) from a file. An inode may be any number: some file systems put hashes there. */
inline constexpr std::uint64_t memory_store_bit = 1ull << 63;

/** Inodes are unique on one device only. */
inline StoreId store_id_of_file(dev_t device, ino_t inode) {
    return StoreId{(inode ^ device << 43) & ~memory_store_bit};
}

/** A fact about the store with this id, in the calling thread's ring; nothing where the thread is not traced. */
inline void tell(StoreId id, EventKind kind, Where where, Args args) {
    if (!this_writer()) return;
    args.socket = static_cast<std::uint64_t>(id);
    this_writer().happened(kind, where, args);
}

}  // namespace synoptic
