// SharedIndex: where in database.txt each key's line is, in memory that all servers of this database share, with the locks and the marks of how far the file
// has come. A hash table with open addressing: put, get and del cost the same however many pairs there are, and a fork copies nothing.
//
//   header │ table of 2^12 slots │ … │ table of 2^k slots, in use │ … │ 2^27       the table of 2^k slots begins at 2^k × 24 bytes
//
// Any process may be killed at any moment. A slot counts from the store of its `where` on, a table from the store of `table_log2` on; whoever finds the lock
// of a dead process reads the file's tail again (store.cpp, recover). Nothing in it outlives the last server: the file is the truth, and this is made from it.
//
// Thread safety: find() any thread, with a copy of what was there at one moment; all else under `append_lock`.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/store/pairs.h"

namespace synoptic {

/** Bytes of the longest line that the store writes: a key, a space, a value, a line feed. */
inline constexpr std::size_t line_bytes_limit = 20 + 1 + value_bytes_limit + 1;

enum class StoreTrouble : std::uint32_t { none, changed_by_another, sync_failed, append_not_taken_back };

struct IndexHeader {
    std::uint64_t version = 0;
    std::atomic<std::uint32_t> ready{0};         // 1: the file was read
    std::atomic<std::uint32_t> table_log2{0};    // the table in use
    pthread_mutex_t append_lock{};               // robust, shared by processes: who changes file and table
    pthread_mutex_t sync_lock{};                 // likewise: who brings the file to the disk
    std::atomic<std::uint64_t> sequence{0};      // odd while a slot or the table changes
    std::atomic<std::uint64_t> end{0};           // bytes of the file that the table knows
    std::atomic<std::uint64_t> synced{0};        // bytes of it that are on the disk
    std::atomic<std::uint64_t> last_del_end{0};  // where the last del line ends
    std::atomic<std::uint64_t> pairs{0};
    std::uint64_t used = 0;                                 // slots that are not empty, those of deleted pairs included
    std::atomic<std::uint32_t> untidy{0};                   // 1: the file is not only pairs in order
    std::atomic<std::uint32_t> summed{0};                   // 1: database.txt.sum holds for the file as it was read or written last
    std::atomic<std::uint32_t> sync_round{0};               // moves when a sync begins and when it is over; sleepers sleep on it (futex)
    std::atomic<std::uint64_t> last_sync{0};                // the one that began last: its number, and how far it reaches (store_sync.cpp)
    std::atomic<std::uint32_t> joined{0};                   // changes since the last sync began
    std::atomic<std::uint32_t> last_joined{0};              // those that the last sync was for, and those that came while it ran
    std::atomic<std::uint64_t> sync_ns{0};                  // how long it took
    std::atomic<std::uint32_t> sync_failed{0};              // 1: what is on the disk behind `synced` is unknown, whatever else is wrong
    std::atomic<StoreTrouble> trouble{StoreTrouble::none};  // the first one
    std::atomic<std::uint32_t> trouble_told{0};             // 1: trouble_text is whole. Who sets `trouble` writes it behind that
    char trouble_text[512] = {};
    std::atomic<std::uint64_t> pending_bytes{0};  // of `pending`; 0: nothing is being appended
    std::atomic<std::uint64_t> pending_at{0};     // where in the file
    char pending[line_bytes_limit] = {};          // the line that the owner of append_lock is about to append
    dev_t device = 0;                             // of the file
    ino_t inode = 0;
};

class SharedIndex {
   public:
    struct Entry {
        std::int64_t key = 0;
        std::uint64_t offset = 0;  // where the line begins
        std::uint32_t bytes = 0;   // of the line, without its line feed
        std::uint32_t hash = 0;    // line_hash
        std::uint64_t end() const { return offset + bytes + 1; }
    };

    /** Makes an empty index under this name in shared memory, in the place of one that was left there. */
    static Result<std::unique_ptr<SharedIndex>> create(const std::string& name);
    /** That of a server that runs. ENOENT if there is none. */
    static Result<std::unique_ptr<SharedIndex>> attach(const std::string& name);
    static void remove(const std::string& name);
    ~SharedIndex();
    SharedIndex(const SharedIndex&) = delete;
    SharedIndex& operator=(const SharedIndex&) = delete;

    IndexHeader& header() { return *header_; }

    /** What the table says of a key. False where it changes all the time, or its changer was killed: then it must be asked under `append_lock`. */
    bool find(std::int64_t key, std::optional<Entry>& found) const;
    /** The same under `append_lock`. */
    std::optional<Entry> find_locked(std::int64_t key) const;
    /** Makes room for one more; may move all to a larger table. ENOSPC if there is no memory, ENOMEM beyond what a table can hold. */
    Status make_room();
    /** Makes a table for so many pairs at once. */
    Status reserve(std::uint64_t pairs);
    /** Adds a key that is not there. There must be room. */
    void insert(const Entry& entry);
    void erase(std::int64_t key);
    /** Holds these and no others from now on, of which there are no more than before: needs no memory. Only while nobody else uses the index. */
    void refill(const std::vector<Entry>& entries);
    std::vector<Entry> entries() const;
    /** After the owner of `append_lock` was killed: no change is under way any more, and pairs are counted again. */
    void repair();

   private:
    struct Slot;
    SharedIndex() = default;
    Status map(int fd);
    Slot* table(std::uint32_t log2) const;
    Slot* slot_of(std::int64_t key) const;
    Status move_to(std::uint32_t log2);
    static void place(Slot* slots, std::uint32_t log2, const Entry& entry);

    IndexHeader* header_ = nullptr;
    int fd_ = -1;
};

}  // namespace synoptic
