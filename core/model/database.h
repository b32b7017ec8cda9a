// What a World knows of a key-value server's database (core/store): rows as they change, who changed them, what is on the disk already and what waits for it, and who
// holds or waits for the lock. All of it was told by the store itself: observed.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/known.h"

namespace synoptic {

struct World;

inline constexpr std::size_t rows_kept = 1000;      // of each database at most; of more some of those that were written last
inline constexpr std::size_t row_bytes_kept = 256;  // of each value
inline constexpr std::size_t log_lines_kept = 200;  // that were appended last; and of those that were read, the first

struct Row {
    std::int64_t key = 0;
    std::string value;              // its first bytes
    std::uint64_t value_bytes = 0;  // as far as the trace has them
    bool deleted = false;           // by the line that is told here
    bool loaded = false;            // was in the file when it was read, or in the memory that a fork has copied
    ActorId writer{};               // none: loaded
    std::string client;             // whom the writer served then: "client 3", else an address; "" where not known
    EventIndex event = no_event;    // that told of the line
    std::uint64_t at_ns = 0;
    std::uint64_t begin = 0, end = 0;  // the line's place in the file
    std::uint64_t reads = 0;
    friend bool operator==(const Row&, const Row&) = default;
};

/** A line of the file, which was read from it, or appended since. */
struct LogEntry {
    std::int64_t key = 0;
    bool is_del = false;
    std::string value;  // its first bytes
    ActorId writer{};
    std::string client;  // as of a Row
    EventIndex event = no_event;
    std::uint64_t begin = 0, end = 0;
    friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

struct Database {
    std::uint64_t id = 0;  // StoreId
    std::string path;        // "memory of process 4101", where there is no file
    bool in_memory = false;  // of one process alone: no file, no disk, no lock
    std::uint32_t servers =
        0;  // that have it open; more than one may. Killed ones count until the database tells the next thing: servers_now()
    std::vector<ActorId> openers;  // one for each of them: who opened it
    std::uint64_t pairs = 0;
    std::uint64_t end = 0;             // bytes of the file
    std::uint64_t synced = 0;          // bytes of it that are on the disk
    std::uint64_t read_end = 0;        // bytes of it that were there when it was read: what lies behind was appended
    std::map<std::int64_t, Row> rows;  // those that were changed or read from the file; deleted ones stay until they are crowded out
    std::deque<LogEntry> log;          // those appended, in the order of the file
    // The line whose pwrite was entered last, until the store tells of it: its writer has the lock, or was killed. Inferred from the call and the lock.
    LogEntry pending;                  // none: its event is no_event
    bool pending_is_written = false;   // that call has returned: the line is in the file
    std::vector<LogEntry> read_lines;  // those read from it, likewise, whatever became of their rows
    std::uint64_t puts = 0, dels = 0, gets = 0, syncs = 0;
    ActorId lock_holder{};                            // a killed one until the next thing is told: lock_holder_now()
    std::vector<ActorId> lock_waiters, sync_waiters;  // who asked last; as far as they are still there: waiting_for_lock()
    std::string trouble;                              // why it can't be used as before
    std::string torn;                                 // what became of a last line without an end, at the last start
    bool torn_is_told = false;                        // for the start that is under way
    EventIndex last_event = no_event;
    friend bool operator==(const Database&, const Database&) = default;
};

/** True while a line is written, or is in the file, of which the store has not told yet. */
bool has_pending(const Database& database);
/** True if what the row says is on the disk; else a sync has yet to bring it there. Never in memory. */
bool is_on_disk(const Database& database, const Row& row);
/** Rows that are not on the disk yet. */
std::size_t rows_waiting(const Database& database);
const Database* find_database(const World& world, const std::string& path);
/** Those of `servers`, and the one of `lock_holder`, whose process still runs. */
std::uint32_t servers_now(const World& world, const Database& database);
ActorId lock_holder_now(const World& world, const Database& database);
/** Who waits for a database's lock now, and who sleeps until another one's sync is over: of any, or of this one. */
std::vector<ActorId> waiting_for_lock(const World& world);
std::vector<ActorId> waiting_for_sync(const World& world);
std::vector<ActorId> waiting_for_lock(const World& world, const Database& database);
std::vector<ActorId> waiting_for_sync(const World& world, const Database& database);

}  // namespace synoptic
