// How changes come to the disk: one fdatasync for all who wait for one.
//
//   A  append ─ sync lock ─ fdatasync ─────▶ told
//   B    append ─ asleep: covered by A's ──▶ told
//   C              append ─ asleep ────────▶ woken to lead: sync lock ─ fdatasync ─▶ told
//   D                 append ─ asleep ──────────────────────────────────────────────▶ told
//
// Who finds the sync lock free leads; what was appended before the fdatasync began is covered by it. When it is over, those are woken whom it covered, and one of the others, who
// leads the next: to wake all of them for nothing costs more than the sync. A leader that is killed leaves the lock to the next one who looks: sleepers look again after 50 ms at
// the latest.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "core/base/clock.h"
#include "core/store/disk.h"
#include "core/store/store_trace.h"

namespace synoptic {

namespace {

constexpr std::uint64_t longest_join_ns = 2'000'000;
constexpr std::uint64_t look_again_ns = 50'000'000;

/** futex(2): with FUTEX_WAIT a limit counts from now, with FUTEX_WAIT_BITSET it is a time of CLOCK_MONOTONIC. */
long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* limit, std::uint32_t sleepers = 0) {
    return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, limit, nullptr, sleepers);
}

/** A sync has a number, and covers so many bytes of the file. In one word, so that nobody reads the number of one and the bytes of another. */
struct Sync {
    std::uint64_t covered_bytes = 0;  // less than 2^48
    std::uint16_t number = 0;

    static Sync from(std::uint64_t word) { return {word >> 16, static_cast<std::uint16_t>(word)}; }
    std::uint64_t word() const { return covered_bytes << 16 | number; }
    /** The bit of those who sleep until it is over (futex(2), FUTEX_WAIT_BITSET). */
    std::uint32_t sleepers() const { return 1u << number % 32; }
    Sync next() const { return {0, static_cast<std::uint16_t>(number + 1)}; }
};
constexpr std::uint32_t all_sleepers = ~0u;

timespec time_of(std::uint64_t ns) {
    return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
}

}  // namespace

/** False if it can't be known any more that so much of the file is on the disk. */
bool Store::wait_until_on_disk(std::uint64_t end, Where where) {
    IndexHeader& shared = header();
    if (end > shared.end.load()) {
        repair(where);  // whoever wrote this line is about to say that it counts, or was killed: no sync would ever cover it
        if (end > shared.end.load()) return false;
    }
    while (shared.synced.load(std::memory_order_acquire) < end) {
        if (shared.sync_failed.load() != 0) return false;
        const std::uint32_t round = shared.sync_round.load();  // first: whoever holds the lock then moves it behind that
        const int error = pthread_mutex_trylock(&shared.sync_lock);
        if (error == EBUSY && !sleep_until_synced(end, round, where)) continue;
        if (error == EOWNERDEAD) pthread_mutex_consistent(&shared.sync_lock);
        lead_sync(end, where);
    }
    return true;
}

/** Until the sync that covers so much is over, or the one before it: then somebody has to lead the next. True: the leader was killed, and the sync lock is held now. */
bool Store::sleep_until_synced(std::uint64_t end, std::uint32_t round, Where where) {
    IndexHeader& shared = header();
    const auto id = static_cast<std::uint64_t>(id_);
    Call call(EventKind::futex, where, {.a = static_cast<std::int64_t>(end), .socket = id});
    bool leads = false;
    while (shared.synced.load() < end && !leads) {
        const Sync last = Sync::from(shared.last_sync.load());
        const Sync wanted = end <= last.covered_bytes ? last : last.next();
        const timespec limit = time_of(monotonic_ns() + look_again_ns);
        if (futex(shared.sync_round, FUTEX_WAIT_BITSET, round, &limit, wanted.sleepers()) == 0 || errno == EAGAIN) break;
        round = shared.sync_round.load();
        const int error = pthread_mutex_trylock(&shared.sync_lock);
        if (error == EOWNERDEAD) pthread_mutex_consistent(&shared.sync_lock);
        leads = error != EBUSY;
    }
    call.exit_with(0, 0, {.socket = id});
    return leads;
}

/** With the sync lock, which it gives back. Whom the sync covered goes on, and one of the others leads the next. */
void Store::lead_sync(std::uint64_t end, Where where) {
    IndexHeader& shared = header();
    if (shared.synced.load() < end && shared.sync_failed.load() == 0) sync_for_all(where);
    const Sync mine = Sync::from(shared.last_sync.load());
    pthread_mutex_unlock(&shared.sync_lock);
    shared.sync_round.fetch_add(1);
    if (shared.sync_failed.load() != 0) {
        futex(shared.sync_round, FUTEX_WAKE_BITSET, INT_MAX, nullptr, all_sleepers);
        return;
    }
    futex(shared.sync_round, FUTEX_WAKE_BITSET, 1, nullptr, mine.next().sleepers());
    futex(shared.sync_round, FUTEX_WAKE_BITSET, INT_MAX, nullptr, mine.sleepers());
}

/** One more change for the next sync. Whoever leads it may be waiting for the last one of those that are expected. */
void Store::join_sync() {
    IndexHeader& shared = header();
    const std::uint32_t expected = shared.last_joined.load();
    if (shared.joined.fetch_add(1) + 1 == expected && expected > 1) futex(shared.joined, FUTEX_WAKE, 1, nullptr);
}

/**
 * Those whom the last sync covered, and those who came while it ran, are likely to come again, and an fdatasync takes long: wait for them a little, half of what it takes, and as
 * long again while some of them come. Else some are always on their way while the others' sync runs: two syncs where one would do.
 */
void Store::let_others_join() {
    IndexHeader& shared = header();
    const std::uint32_t expected = shared.last_joined.load();
    if (expected < 2) return;
    const std::uint64_t patience_ns = shared.sync_ns.load() / 2;
    const std::uint64_t latest = monotonic_ns() + longest_join_ns;
    std::uint64_t until = std::min(latest, monotonic_ns() + patience_ns);
    std::uint32_t came = shared.joined.load();
    for (;;) {
        const std::uint32_t joined = shared.joined.load();
        const std::uint64_t now = monotonic_ns();
        if (joined >= expected || now >= latest || (now >= until && joined == came)) return;
        if (now >= until) {
            came = joined;
            until = std::min(latest, now + patience_ns);
        }
        const timespec limit = time_of(until - now);
        futex(shared.joined, FUTEX_WAIT, joined, &limit);  // woken by the one who makes them as many (join_sync), or by the time
    }
}

void Store::sync_for_all(Where where) {
    IndexHeader& shared = header();
    let_others_join();
    const std::uint32_t joined = shared.joined.exchange(0);
    const std::uint64_t covered = shared.end.load(std::memory_order_acquire);
    const std::uint64_t began = monotonic_ns();
    Sync sync = Sync::from(shared.last_sync.load()).next();
    sync.covered_bytes = covered;
    shared.last_sync.store(sync.word());
    shared.sync_round.fetch_add(1);  // who is about to sleep looks once more which sync is the right one
    Call call(EventKind::fdatasync, where, {.fd = fd_});
    const int result = call.exit(disk_.fdatasync(fd_));
    const Error error = errno_error("fdatasync");
    if (result < 0) {
        // Also where there is another trouble: the next fdatasync may well succeed, without the pages of this one.
        shared.sync_failed.store(1);
        note_trouble(StoreTrouble::sync_failed, path_ + ": the disk has failed, nothing can be stored any more: " + error.text(), where);
        return;
    }
    shared.sync_ns.store(monotonic_ns() - began);
    shared.last_joined.store(joined + shared.joined.load());
    check_name(where);  // for all whom it covers: none of them is told OK of what is not in the file of this name
    shared.synced.store(covered, std::memory_order_release);
    tell(id_, EventKind::store_synced, where, {.value = static_cast<std::int64_t>(covered)});
}

}  // namespace synoptic
