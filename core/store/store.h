// Store: the pairs of a key-value server, in database.txt (log_format.h), shared by threads, by forked processes, and by servers started apart from each other.
//
//            append lock                                          sync lock
//   put ──▶ is the key new? ─ pwrite at the file's end ─ index ──▶ fdatasync, by one for all who wait ──▶ ok
//
// - Who is told that a pair was stored, removed, read, or is not there, is told what is on the disk (fdatasync): also after a power cut it will be so.
// - Locks are robust mutexes in shared memory (pthread_mutexattr_setrobust(3)): the kernel frees them when their owner is killed, and each process and
//   thread excludes all others, which a lock on a descriptor that a child inherited does not do. database.txt.lock says by a lock on it (fcntl(2), F_OFD_SETLK)
//   whether anybody has the store open; there inheriting is right: it lasts until the last worker has ended.
// - The first who opens reads the file; the last who closes it writes it anew, in order, if it is not so already (store_open.cpp).
// - What another program does to the file meanwhile is noticed, told, and never overwritten: from then on everything fails until all servers are restarted.
// - An error of fdatasync is final: what is on the disk is unknown from then on (fsync(2), NOTES). Only pairs known to be there can still be read.
//
// Thread safety: all but open() and close() may be called from any thread and from forked children.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/store/pairs.h"
#include "core/store/shared_index.h"

namespace synoptic {

class Disk;

/** Where the servers keep their pairs that name no other file: in the folder in which they run. */
inline constexpr const char* default_database = "database.txt";

/** What a Store tells the trace about itself; also how forked children and other servers know that it is the same one. */
enum class StoreId : std::uint64_t { none = 0 };  // of database.txt.lock: store_id_of_file()

class Store : public Pairs {
   public:
    /** "database.txt:3: the value is missing" where the file is damaged, which stays untouched; else the errors of the calls on file and shared memory. */
    static Result<std::unique_ptr<Store>> open(const std::string& path, Where where = Where::here());
    /** Closes it, unless close() has. Forked children end by _exit, and close nothing but their descriptors. */
    ~Store() override;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    PairsAnswer put(std::int64_t key, std::string_view value, Where where = Where::here()) override;
    PairsAnswer get(std::int64_t key, Where where = Where::here()) override;
    PairsAnswer del(std::int64_t key, Where where = Where::here()) override;

    /**
     * The last one who closes leaves only pairs in the file, in the order of their keys. An error leaves the file as it was, whole: of a disk, or what another program has done to it.
     */
    Status close(Where where = Where::here());

    std::uint64_t pairs() const;
    /** False if the file is to be written anew when the last one closes it. */
    bool in_order() const { return header().untidy.load() == 0; }
    /** Whether some server is reading this file as its first, or writing it anew as its last: then to kill it would be a pity. */
    static bool is_read_or_written_whole(const std::string& path);
    /** What open() found that a person should know: a torn last line that was set aside, say. Empty: nothing. */
    const std::string& remark() const { return remark_; }
    StoreId id() const { return id_; }

   private:
    class Locked;
    explicit Store(std::string path);

    // store_open.cpp: coming and going
    Status begin(Where where);
    Status begin_as_first(const std::string& index_name, Where where);
    Status begin_beside_others(const std::string& index_name, Where where);
    void adopt(int fd, std::uint64_t length);

    // store_load.cpp
    Status load(Where where);
    Status take_in(std::string_view bytes, Where where);
    Status set_aside(std::string_view torn, std::uint64_t line, std::uint64_t offset, Where where);

    // store_rewrite.cpp
    Status write_in_order(Where where);
    Status note_checksums();
    Status write_lines(int fd, std::uint64_t& length, std::vector<SharedIndex::Entry>& moved);
    Status leave_in_order(Where where);

    // store.cpp
    Result<SharedIndex::Entry> append(const std::string& line, Where where);
    PairsAnswer read_value(const SharedIndex::Entry& entry, Where where);
    bool is_as_we_left_it(std::uint64_t end);
    std::optional<std::uint64_t> named_length() const;
    bool has_length(std::uint64_t end) const;
    bool check_unchanged(Where where);
    void check_name(Where where);
    void note_change(Where where);
    void repair(Where where);
    PairsAnswer failure() const;
    void note_trouble(StoreTrouble trouble, const std::string& text, Where where);
    std::optional<SharedIndex::Entry> find(std::int64_t key, Where where);

    // store_recover.cpp
    void recover(Where where);
    void recover_tail(Where where);
    void take_in_line(std::string_view whole, std::uint64_t offset, Where where);

    // store_sync.cpp
    bool wait_until_on_disk(std::uint64_t end, Where where);
    bool sleep_until_synced(std::uint64_t end, std::uint32_t round, Where where);
    void lead_sync(std::uint64_t end, Where where);
    void sync_for_all(Where where);
    void join_sync();
    void let_others_join();

    IndexHeader& header() const { return index_->header(); }

    std::string path_;
    Disk& disk_;
    pid_t opened_by_ = 0;
    int lockfd_ = -1;
    int fd_ = -1;
    std::unique_ptr<SharedIndex> index_;
    std::string index_name_;
    std::string remark_;
    StoreId id_{};
};

}  // namespace synoptic
