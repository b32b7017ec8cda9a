#include "core/store/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/store/disk.h"
#include "core/store/log_format.h"
#include "core/store/store_trace.h"

namespace synoptic {

using Kind = PairsAnswer::Kind;

namespace {

constexpr int looks_before_sleep = 20;
constexpr int pauses_between_looks = 20;

/** Lets a core that only waits do so cheaply. */
void pause_core() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

}  // namespace

/** Holds the append lock. Who gets it from a dead owner first repairs what that one may have left half done. */
class Store::Locked {
   public:
    Locked(Store& store, Where where) : store_(store), where_(where) {
        Call call(EventKind::pthread_mutex_lock, where, {.socket = id()});
        const int error = take();
        call.exit_with(0, error == EOWNERDEAD ? 0 : error, {.socket = id()});
        if (error != EOWNERDEAD) return;
        store_.recover(where);
        pthread_mutex_consistent(&lock());
    }
    ~Locked() {
        Call call(EventKind::pthread_mutex_unlock, where_, {.socket = id()});
        const int error = pthread_mutex_unlock(&lock());
        call.exit_with(error, error, {.socket = id()});
    }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

   private:
    /** It is held for a few µs: to look again is over sooner than to fall asleep and be woken. Its holder may also stand at a gate, or wait for a core: not for long. */
    int take() const {
        for (int look = 0; look < looks_before_sleep; ++look) {
            const int error = pthread_mutex_trylock(&lock());
            if (error != EBUSY) return error;
            for (int i = 0; i < pauses_between_looks; ++i) pause_core();
        }
        return pthread_mutex_lock(&lock());
    }
    std::uint64_t id() const { return static_cast<std::uint64_t>(store_.id_); }
    pthread_mutex_t& lock() const { return store_.header().append_lock; }
    Store& store_;
    Where where_;
};

PairsAnswer Store::put(std::int64_t key, std::string_view value, Where where) {
    if (!is_value(value))
        return {value.size() > value_bytes_limit ? Kind::value_too_long : Kind::failed,
                "this is no value: it must be one line, not empty, and without 512 zeros in a row"};
    const std::string line = put_line(key, value);
    std::uint64_t end = 0;
    bool exists = false;
    {
        const Locked locked(*this, where);
        if (header().trouble.load() != StoreTrouble::none) return failure();
        if (const auto entry = index_->find_locked(key)) {
            end = entry->end();
            exists = true;
        } else {
            if (const Status room = index_->make_room(); !room) return {Kind::failed, room.error().text()};
            const Result<SharedIndex::Entry> appended = append(line, where);
            if (!appended) return {Kind::failed, appended.error().text()};
            SharedIndex::Entry row = *appended;
            row.key = key;
            index_->insert(row);
            end = row.end();
            // Told before it counts: who is killed between them is told of again by who recovers, which is known by the line's place.
            tell(id_, EventKind::row_put, where,
                 {.a = key, .b = static_cast<std::int64_t>(row.offset), .value = static_cast<std::int64_t>(end), .payload = value});
            header().end.store(end);
            join_sync();
        }
    }
    if (!wait_until_on_disk(end, where) || header().trouble.load() == StoreTrouble::changed_by_another) return failure();
    return {exists ? Kind::key_exists : Kind::ok};
}

PairsAnswer Store::del(std::int64_t key, Where where) {
    std::uint64_t end = 0;
    bool found = false;
    {
        const Locked locked(*this, where);
        if (header().trouble.load() != StoreTrouble::none) return failure();
        found = index_->find_locked(key).has_value();
        end = header().last_del_end.load();
        if (found) {
            const Result<SharedIndex::Entry> appended = append(del_line(key), where);
            if (!appended) return {Kind::failed, appended.error().text()};
            end = appended->end();
            header().last_del_end.store(end);  // first: who finds no such key must wait for this line
            index_->erase(key);
            tell(id_, EventKind::row_deleted, where,
                 {.a = key, .b = static_cast<std::int64_t>(appended->offset), .value = static_cast<std::int64_t>(end)});
            header().end.store(end);
            join_sync();
        }
    }
    if (!wait_until_on_disk(end, where) || header().trouble.load() == StoreTrouble::changed_by_another) return failure();
    return {found ? Kind::ok : Kind::key_not_found};
}

std::optional<SharedIndex::Entry> Store::find(std::int64_t key, Where where) {
    std::optional<SharedIndex::Entry> found;
    if (index_->find(key, found)) return found;
    const Locked locked(*this, where);
    return index_->find_locked(key);
}

PairsAnswer Store::get(std::int64_t key, Where where) {
    const std::uint64_t end = header().end.load();
    const std::uint64_t last_del_end = header().last_del_end.load();
    if (header().trouble.load() == StoreTrouble::changed_by_another) return failure();
    if (header().trouble.load() == StoreTrouble::none && !is_as_we_left_it(end) && header().end.load() == end) {
        const Locked locked(*this, where);  // nobody is about to append: now it must be as it was left
        if (!check_unchanged(where)) return failure();
    }
    const std::optional<SharedIndex::Entry> entry = find(key, where);
    tell(id_, EventKind::row_read, where, {.a = key, .b = entry.has_value()});
    if (!entry) {
        // It is not there since the last del line, or never was. A later one that took it away has been read here, too: wait for the latest.
        const std::uint64_t latest = std::max(last_del_end, header().last_del_end.load());
        if (!wait_until_on_disk(latest, where)) return failure();
        return {Kind::key_not_found};
    }
    PairsAnswer answer = read_value(*entry, where);
    if (answer.kind == Kind::ok && !wait_until_on_disk(entry->end(), where)) return failure();
    return answer;
}

PairsAnswer Store::read_value(const SharedIndex::Entry& entry, Where where) {
    std::string line(entry.bytes + 1, '\0');
    std::size_t got = 0;
    while (got < line.size()) {
        const ssize_t count = ::pread(fd_, line.data() + got, line.size() - got, static_cast<off_t>(entry.offset + got));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return {Kind::failed, errno_error("pread", path_).text()};
        if (count == 0) break;
        got += static_cast<std::size_t>(count);
    }
    const bool whole = got == line.size() && line.back() == '\n';
    if (whole) line.pop_back();
    const LogLine parsed = parse_log_line(line);
    if (!whole || line_hash(line) != entry.hash || parsed.kind != LogLine::Kind::put || parsed.key != entry.key) {
        note_trouble(StoreTrouble::changed_by_another,
                     path_ + " was changed by another program: the line of key " + std::to_string(entry.key) + " is not what was written",
                     where);
        return failure();
    }
    return {Kind::ok, std::string(parsed.value)};
}

/** Under the append lock. Writes at the file's end; what was not written whole is taken back. */
Result<SharedIndex::Entry> Store::append(const std::string& line, Where where) {
    const std::uint64_t end = header().end.load();
    header().pending_bytes.store(0);
    std::memcpy(header().pending, line.data(), line.size());
    header().pending_at.store(end);
    header().pending_bytes.store(line.size());
    std::size_t written = 0;
    int err = 0;
    while (written < line.size() && err == 0) {
        Call call(EventKind::pwrite, where,
                  {.fd = fd_,
                   .a = static_cast<std::int64_t>(line.size() - written),
                   .b = static_cast<std::int64_t>(end + written),
                   .payload = std::string_view(line).substr(written)});
        // Asked behind the gate, where minutes may have gone by. Its name is looked at behind the sync (check_name): a file that was put in its place is not written to here.
        if (!has_length(end + written)) {
            call.exit_with(-1, ECANCELED);  // it was not made
            note_change(where);
            return Error{"", 0, failure().text};
        }
        const ssize_t count = call.exit(disk_.pwrite(fd_, line.data() + written, line.size() - written, static_cast<off_t>(end + written)));
        if (count < 0 && errno != EINTR) err = errno;
        if (count > 0) written += static_cast<std::size_t>(count);
    }
    if (err == 0) {
        header().untidy.store(1);
        const std::string_view text = std::string_view(line).substr(0, line.size() - 1);
        return SharedIndex::Entry{0, end, static_cast<std::uint32_t>(text.size()), line_hash(text)};
    }
    const Error why{"pwrite", err, "nothing was stored"};
    if (disk_.ftruncate(fd_, static_cast<off_t>(end)) < 0) {
        note_trouble(StoreTrouble::append_not_taken_back,
                     path_ + ": half a line was written and can't be taken back: " + errno_error("ftruncate").text(), where);
    }
    return why;
}

/** Under the append lock. False, and noted, if another program has changed the file. */
bool Store::check_unchanged(Where where) {
    if (is_as_we_left_it(header().end.load())) return true;
    note_change(where);
    return false;
}

/** After a sync, before anybody is told OK. Notes it if what was synced is not the file of this name any more. */
void Store::check_name(Where where) {
    if (!named_length()) note_change(where);
}

void Store::note_change(Where where) {
    note_trouble(StoreTrouble::changed_by_another, path_ + " was changed by another program: stop all its servers and start again", where);
}

/** Is there, under its name, the file that we have open, as long as we know it? Appending changes the length: only the append lock makes it sure. */
bool Store::is_as_we_left_it(std::uint64_t end) {
    return named_length() == end;
}

/**
 * How long the file under its name is; none if that is not the file that we have open. Not by stat(2): who has seen a file's times makes the next write
 * change them, since Linux 6.13 to the nanosecond, which costs as much as the write itself.
 */
std::optional<std::uint64_t> Store::named_length() const {
    struct statx there {};
    if (statx(AT_FDCWD, path_.c_str(), 0, STATX_INO | STATX_SIZE, &there) != 0) return {};
    if (there.stx_ino != header().inode || makedev(there.stx_dev_major, there.stx_dev_minor) != header().device) return {};
    return there.stx_size;
}

/** Is the file that we have open as long as we know it? Not by fstat(2), for the same reason. Nobody reads or writes at the descriptor's own place. */
bool Store::has_length(std::uint64_t end) const {
    return lseek(fd_, 0, SEEK_END) == static_cast<off_t>(end);
}

/** If the owner of the append lock was killed, what it has left half done is brought to an end now. */
void Store::repair(Where where) {
    const Locked locked(*this, where);
}

/** Of two who find something at once one is told. */
void Store::note_trouble(StoreTrouble trouble, const std::string& text, Where where) {
    StoreTrouble none = StoreTrouble::none;
    if (!header().trouble.compare_exchange_strong(none, trouble)) return;
    const std::size_t length = std::min(text.size(), sizeof header().trouble_text - 1);
    std::memcpy(header().trouble_text, text.data(), length);
    header().trouble_text[length] = 0;
    header().trouble_told.store(1);
    tell(id_, EventKind::store_trouble, where, {.a = static_cast<std::int64_t>(trouble), .payload = text});
}

PairsAnswer Store::failure() const {
    if (header().trouble_told.load() != 0) return {Kind::failed, header().trouble_text};
    // Whoever found it is about to tell, or was killed there.
    const bool changed = header().trouble.load() == StoreTrouble::changed_by_another;
    return {Kind::failed, path_ + (changed ? " was changed by another program" : ": the disk has failed")};
}

std::uint64_t Store::pairs() const {
    return header().pairs.load();
}

}  // namespace synoptic
