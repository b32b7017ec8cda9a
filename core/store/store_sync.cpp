// How changes come to the disk: one fdatasync for all who wait for one.
//
//   A  append ─ sync lock ─ fdatasync ───────────────▶ told
//   B    append ─ asleep (futex) ─────────────────────▶ woken: not covered, takes the lock ─ fdatasync ──▶ told
//   C         append ─ asleep ────────────────────────▶ woken, asleep ───────────────────────────────────▶ told, covered by B's
//
// Who finds the sync lock free leads; what was appended before the fdatasync began is covered by it. A leader that is killed leaves the lock to the next one who looks:
// sleepers look again after 50 ms at the latest.
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
constexpr long look_again_ns = 50'000'000;

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* limit) {
    return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, limit, nullptr, 0);
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
        const int error = pthread_mutex_trylock(&shared.sync_lock);
        if (error == EBUSY) {
            sleep_until_synced(end, where);
            continue;
        }
        if (error == EOWNERDEAD) pthread_mutex_consistent(&shared.sync_lock);
        if (shared.synced.load() < end && shared.sync_failed.load() == 0) sync_for_all(where);
        pthread_mutex_unlock(&shared.sync_lock);
        shared.sync_round.fetch_add(1);
        futex(shared.sync_round, FUTEX_WAKE, INT_MAX, nullptr);
    }
    return true;
}

/** Until somebody's sync is over, whatever it covered; or until its leader may be dead. */
void Store::sleep_until_synced(std::uint64_t end, Where where) {
    IndexHeader& shared = header();
    const std::uint32_t round = shared.sync_round.load();
    if (shared.synced.load() >= end) return;
    const auto id = static_cast<std::uint64_t>(id_);
    Call call(EventKind::futex, where, {.a = static_cast<std::int64_t>(end), .socket = id});
    for (;;) {
        const timespec limit{0, look_again_ns};
        const long woken = futex(shared.sync_round, FUTEX_WAIT, round, &limit);
        if (woken == 0 || errno == EAGAIN || shared.synced.load() >= end || shared.sync_round.load() != round) break;
        const int error = pthread_mutex_trylock(&shared.sync_lock);
        if (error == EBUSY) continue;
        if (error == EOWNERDEAD) pthread_mutex_consistent(&shared.sync_lock);
        pthread_mutex_unlock(&shared.sync_lock);  // there is no leader any more
        break;
    }
    call.exit_with(0, 0, {.socket = id});
}

/** One more change for the next sync. Whoever leads it may be waiting for the last one of those that are expected. */
void Store::join_sync() {
    IndexHeader& shared = header();
    const std::uint32_t expected = shared.last_joined.load();
    if (shared.joined.fetch_add(1) + 1 == expected && expected > 1) futex(shared.joined, FUTEX_WAKE, 1, nullptr);
}

/**
 * Those whom the last sync covered, and those who came while it ran, are likely to come again, and an fdatasync takes long: wait for them a little, a quarter of what it takes at
 * most. Else some are always on their way while the others' sync runs: two syncs where one would do.
 */
void Store::let_others_join() {
    IndexHeader& shared = header();
    const std::uint32_t expected = shared.last_joined.load();
    if (expected < 2) return;
    const std::uint64_t until = monotonic_ns() + std::min(longest_join_ns, shared.sync_ns.load() / 4);
    for (;;) {
        const std::uint32_t joined = shared.joined.load();
        const std::uint64_t now = monotonic_ns();
        if (joined >= expected || now >= until) return;
        const timespec limit{0, static_cast<long>(until - now)};
        futex(shared.joined, FUTEX_WAIT, joined, &limit);  // woken by the one who makes them as many (join_sync), or by the time
    }
}

void Store::sync_for_all(Where where) {
    IndexHeader& shared = header();
    let_others_join();
    const std::uint32_t joined = shared.joined.exchange(0);
    const std::uint64_t covered = shared.end.load(std::memory_order_acquire);
    const std::uint64_t began = monotonic_ns();
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
    shared.synced.store(covered, std::memory_order_release);
    tell(id_, EventKind::store_synced, where, {.value = static_cast<std::int64_t>(covered)});
}

}  // namespace synoptic
