#include "core/store/shared_index.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>

namespace synoptic {

namespace {

constexpr std::uint64_t index_version = 3;
constexpr std::uint32_t least_log2 = 12;
constexpr std::uint32_t most_log2 = 27;  // 100 million pairs
constexpr std::uint64_t empty = 0;
constexpr std::uint64_t deleted = ~std::uint64_t{0};
constexpr int attempts_without_lock = 100;

void make_shared_lock(pthread_mutex_t& lock) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

/** Spreads keys that people choose, 1, 2, 3, over the table: the finalizer of SplitMix64. */
std::uint64_t spread(std::int64_t key) {
    auto x = static_cast<std::uint64_t>(key) + 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

std::uint64_t most_used(std::uint32_t log2) {
    return (std::uint64_t{1} << log2) / 4 * 3;
}

}  // namespace

/** Words of their own, so that who reads without the lock finds no half of one; a mixture is noticed by the header's sequence. */
struct SharedIndex::Slot {
    std::atomic<std::uint64_t> where;  // 0 empty, ~0 deleted, else the line's offset + 1
    std::atomic<std::int64_t> key;
    std::atomic<std::uint32_t> bytes;
    std::atomic<std::uint32_t> hash;

    bool holds(std::int64_t wanted) const {
        const std::uint64_t at = where.load(std::memory_order_acquire);
        return at != empty && at != deleted && key.load(std::memory_order_relaxed) == wanted;
    }
    Entry entry() const {
        return {key.load(std::memory_order_relaxed), where.load(std::memory_order_relaxed) - 1, bytes.load(std::memory_order_relaxed),
                hash.load(std::memory_order_relaxed)};
    }
    void set(const Entry& entry) {
        key.store(entry.key, std::memory_order_relaxed);
        bytes.store(entry.bytes, std::memory_order_relaxed);
        hash.store(entry.hash, std::memory_order_relaxed);
        where.store(entry.offset + 1, std::memory_order_release);  // from here on it counts
    }
};

namespace {
constexpr std::uint64_t bytes_of_slot = 24;
constexpr std::uint64_t mapped_bytes = (std::uint64_t{2} << most_log2) * bytes_of_slot;
static_assert(sizeof(IndexHeader) <= (std::uint64_t{1} << least_log2) * bytes_of_slot);
}  // namespace

Result<std::unique_ptr<SharedIndex>> SharedIndex::create(const std::string& name) {
    static_assert(sizeof(Slot) == bytes_of_slot && std::atomic<std::uint64_t>::is_always_lock_free);
    remove(name);
    const int fd = shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0) return errno_error("shm_open", name);
    std::unique_ptr<SharedIndex> index(new SharedIndex());
    index->fd_ = fd;
    if (ftruncate(fd, static_cast<off_t>(mapped_bytes)) < 0) return errno_error("ftruncate", name);
    // tmpfs gives pages only as they are written, and SIGBUS if there are none left: so each table is asked for before.
    if (posix_fallocate(fd, 0, sizeof(IndexHeader)) != 0) return Error{"posix_fallocate", ENOSPC, "no shared memory left"};
    if (const Status mapped = index->map(fd); !mapped) return mapped.error();
    IndexHeader& header = *new (index->header_) IndexHeader();
    header.version = index_version;
    make_shared_lock(header.append_lock);
    make_shared_lock(header.sync_lock);
    if (const Status moved = index->move_to(least_log2); !moved) return moved.error();
    return index;
}

Result<std::unique_ptr<SharedIndex>> SharedIndex::attach(const std::string& name) {
    const int fd = shm_open(name.c_str(), O_RDWR, 0);
    if (fd < 0) return errno_error("shm_open", name);
    std::unique_ptr<SharedIndex> index(new SharedIndex());
    index->fd_ = fd;
    if (const Status mapped = index->map(fd); !mapped) return mapped.error();
    if (index->header().version != index_version) return Error{"shm_open", EPROTO, "the server that runs is of another version"};
    return index;
}

void SharedIndex::remove(const std::string& name) {
    shm_unlink(name.c_str());
}

Status SharedIndex::map(int fd) {
    void* at = mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (at == MAP_FAILED) return errno_error("mmap", "the store's index");
    madvise(at, mapped_bytes, MADV_DONTDUMP);
    header_ = static_cast<IndexHeader*>(at);
    return Done{};
}

SharedIndex::~SharedIndex() {
    if (header_) munmap(header_, mapped_bytes);
    if (fd_ >= 0) close(fd_);
}

SharedIndex::Slot* SharedIndex::table(std::uint32_t log2) const {
    return reinterpret_cast<Slot*>(reinterpret_cast<char*>(header_) + (std::uint64_t{1} << log2) * bytes_of_slot);
}

SharedIndex::Slot* SharedIndex::slot_of(std::int64_t key) const {
    const std::uint32_t log2 = header_->table_log2.load(std::memory_order_acquire);
    const std::uint64_t mask = (std::uint64_t{1} << log2) - 1;
    Slot* slots = table(log2);
    // A quarter is always empty, but a reader without the lock may look while all is moved: it goes round once at most.
    std::uint64_t at = spread(key) & mask;
    for (std::uint64_t looked = 0; looked <= mask; ++looked, at = (at + 1) & mask) {
        if (slots[at].where.load(std::memory_order_acquire) == empty) return nullptr;
        if (slots[at].holds(key)) return &slots[at];
    }
    return nullptr;
}

std::optional<SharedIndex::Entry> SharedIndex::find_locked(std::int64_t key) const {
    const Slot* slot = slot_of(key);
    return slot ? std::optional<Entry>(slot->entry()) : std::nullopt;
}

/** As a sequence lock (Linux, Documentation/locking/seqlock.rst). */
bool SharedIndex::find(std::int64_t key, std::optional<Entry>& found) const {
    for (int attempt = 0; attempt < attempts_without_lock; ++attempt) {
        const std::uint64_t before = header_->sequence.load(std::memory_order_acquire);
        found = find_locked(key);
        std::atomic_thread_fence(std::memory_order_acquire);
        if ((before & 1) == 0 && header_->sequence.load(std::memory_order_relaxed) == before) return true;
    }
    return false;
}

Status SharedIndex::make_room() {
    const std::uint32_t log2 = header_->table_log2.load();
    if (header_->used < most_used(log2)) return Done{};
    // Of many deleted ones the same size may do.
    const bool mostly_deleted = header_->pairs.load() < most_used(log2) / 4;
    return move_to(mostly_deleted && log2 > least_log2 ? log2 - 1 : log2 + 1);
}

Status SharedIndex::reserve(std::uint64_t pairs) {
    std::uint32_t log2 = header_->table_log2.load();
    while (log2 < most_log2 && most_used(log2) <= pairs) ++log2;
    return log2 == header_->table_log2.load() ? Status(Done{}) : move_to(log2);
}

/** Another table is made beside the one in use, and takes its place by one store: who is killed meanwhile has changed nothing. */
Status SharedIndex::move_to(std::uint32_t log2) {
    if (log2 > most_log2) return Error{"", ENOMEM, "the store holds as many pairs as it can"};
    const std::uint32_t old_log2 = header_->table_log2.load();
    const auto at = [](std::uint32_t l) { return static_cast<off_t>((std::uint64_t{1} << l) * bytes_of_slot); };
    const auto length = [&](std::uint32_t l) { return at(l); };                          // a table is as long as what lies before it
    fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at(log2), length(log2));  // what a killed one has left there
    if (fallocate(fd_, 0, at(log2), length(log2)) < 0) {
        if (errno != EOPNOTSUPP) return errno_error("fallocate", "no shared memory left for more pairs");
    }
    const std::vector<Entry> all = old_log2 ? entries() : std::vector<Entry>();
    Slot* slots = table(log2);
    for (const Entry& entry : all) place(slots, log2, entry);
    header_->sequence.fetch_add(1, std::memory_order_acq_rel);
    header_->table_log2.store(log2, std::memory_order_release);
    header_->used = all.size();
    header_->sequence.fetch_add(1, std::memory_order_release);
    if (old_log2) fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at(old_log2), length(old_log2));
    return Done{};
}

void SharedIndex::place(Slot* slots, std::uint32_t log2, const Entry& entry) {
    const std::uint64_t mask = (std::uint64_t{1} << log2) - 1;
    std::uint64_t at = spread(entry.key) & mask;
    while (slots[at].where.load(std::memory_order_relaxed) != empty) at = (at + 1) & mask;
    slots[at].set(entry);
}

void SharedIndex::insert(const Entry& entry) {
    header_->sequence.fetch_add(1, std::memory_order_acq_rel);
    place(table(header_->table_log2.load()), header_->table_log2.load(), entry);
    ++header_->used;
    header_->pairs.fetch_add(1);
    header_->sequence.fetch_add(1, std::memory_order_release);
}

void SharedIndex::erase(std::int64_t key) {
    Slot* slot = slot_of(key);
    if (!slot) return;
    header_->sequence.fetch_add(1, std::memory_order_acq_rel);
    slot->where.store(deleted, std::memory_order_release);
    header_->pairs.fetch_sub(1);
    header_->sequence.fetch_add(1, std::memory_order_release);
}

void SharedIndex::refill(const std::vector<Entry>& entries) {
    const std::uint32_t log2 = header_->table_log2.load();
    Slot* slots = table(log2);
    header_->sequence.fetch_add(1, std::memory_order_acq_rel);
    for (std::uint64_t at = 0; at < std::uint64_t{1} << log2; ++at) slots[at].where.store(empty, std::memory_order_relaxed);
    for (const Entry& entry : entries) place(slots, log2, entry);
    header_->used = entries.size();
    header_->pairs.store(entries.size());
    header_->sequence.fetch_add(1, std::memory_order_release);
}

std::vector<SharedIndex::Entry> SharedIndex::entries() const {
    std::vector<Entry> all;
    all.reserve(header_->pairs.load());
    const std::uint32_t log2 = header_->table_log2.load();
    const Slot* slots = table(log2);
    for (std::uint64_t at = 0; at < std::uint64_t{1} << log2; ++at) {
        const std::uint64_t where = slots[at].where.load(std::memory_order_relaxed);
        if (where != empty && where != deleted) all.push_back(slots[at].entry());
    }
    return all;
}

void SharedIndex::repair() {
    const std::uint32_t log2 = header_->table_log2.load();
    const Slot* slots = table(log2);
    std::uint64_t used = 0, pairs = 0;
    for (std::uint64_t at = 0; at < std::uint64_t{1} << log2; ++at) {
        const std::uint64_t where = slots[at].where.load(std::memory_order_relaxed);
        used += where != empty;
        pairs += where != empty && where != deleted;
    }
    header_->used = used;
    header_->pairs.store(pairs);
    if (header_->sequence.load() & 1) header_->sequence.fetch_add(1, std::memory_order_release);
}

}  // namespace synoptic
