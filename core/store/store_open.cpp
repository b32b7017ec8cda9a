// Coming to a store and leaving it: who is first reads the file, who is last leaves it in order.
//
//   lock database.txt.lock for writing ─ granted: first ──▶ read the file, make the index ─▶ lock for reading
//                                      └ refused        ──▶ lock for reading (waits for who is first, or last) ─▶ attach to the index
//   at the end: give the lock back, ask for writing ─ granted: last ─▶ write the file in order, remove the index
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <utility>

#include "core/base/text.h"
#include "core/store/checksums.h"
#include "core/store/disk.h"
#include "core/store/log_format.h"
#include "core/store/store_trace.h"

namespace synoptic {

namespace {

constexpr std::size_t written_at_once = 1u << 20;
constexpr int attempts = 100;  // to find an index that is neither about to come nor to go
constexpr std::size_t rows_told = 256;

/** Locks, or changes the lock of, a whole file, for this open file description (fcntl(2), "Open file description locks"). */
bool lock_file(int fd, short type, bool wait) {
    struct flock whole {};
    whole.l_type = type;
    whole.l_whence = SEEK_SET;
    for (;;) {
        if (fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &whole) == 0) return true;
        if (errno != EINTR) return false;
    }
}

std::string real_path(const std::string& path) {
    char resolved[PATH_MAX];
    if (realpath(path.c_str(), resolved)) return resolved;
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    return realpath(folder.c_str(), resolved) ? std::string(resolved) + (resolved[1] ? "/" : "") + name : path;
}

Status sync_directory_of(Disk& disk, const std::string& path) {
    const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno_error("open", folder);
    const int result = disk.fsync(fd);
    const Error error = errno_error("fsync", folder);
    ::close(fd);
    return result == 0 ? Status(Done{}) : Status(error);
}

Result<std::string> whole_file(int fd, const std::string& path) {
    struct stat there {};
    if (fstat(fd, &there) < 0) return errno_error("fstat", path);
    if (!S_ISREG(there.st_mode)) return Error{"open", 0, path + " is no file"};
    std::string bytes(static_cast<std::size_t>(there.st_size), '\0');
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t got = pread(fd, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_error("pread", path);
        if (got == 0) bytes.resize(at);
        at += static_cast<std::size_t>(got);
    }
    return bytes;
}

Status write_all(Disk& disk, int fd, std::string_view bytes, std::uint64_t at, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t count = disk.pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno_error("pwrite", path);
        bytes.remove_prefix(static_cast<std::size_t>(count));
        at += static_cast<std::uint64_t>(count);
    }
    return Done{};
}

/** Fills the index from a file that is read for the first time. */
class IndexSink : public LogSink {
   public:
    explicit IndexSink(SharedIndex& index) : index_(index) {}
    const char* put(std::int64_t key, std::string_view line, std::uint64_t offset) override {
        if (index_.find_locked(key)) return "this key is there already, in a line above";
        if (!index_.make_room()) return "there is no memory for so many pairs";
        index_.insert({key, offset, static_cast<std::uint32_t>(line.size()), line_hash(line)});
        return nullptr;
    }
    const char* del(std::int64_t key) override {
        if (!index_.find_locked(key)) return "there is no such key in the lines above";
        index_.erase(key);
        return nullptr;
    }

   private:
    SharedIndex& index_;
};

}  // namespace

Store::Store(std::string path) : path_(std::move(path)), disk_(current_disk()), opened_by_(getpid()) {}

Result<std::unique_ptr<Store>> Store::open(const std::string& path, Where where) {
    std::unique_ptr<Store> store(new Store(real_path(path)));
    if (const Status begun = store->begin(where); !begun) {
        store->index_.reset();  // nothing to close in order
        tell(store->id_, EventKind::store_trouble, where, {.payload = begun.error().text()});
        return begun.error();
    }
    return store;
}

Status Store::begin(Where where) {
    const std::string lock_path = path_ + ".lock";
    lockfd_ = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lockfd_ < 0) return errno_error("open", lock_path);
    struct stat there {};
    if (fstat(lockfd_, &there) < 0) return errno_error("fstat", lock_path);
    id_ = StoreId{there.st_ino};
    index_name_ = "/synoptic-store-" + std::to_string(there.st_dev) + "-" + std::to_string(there.st_ino);
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (lock_file(lockfd_, F_WRLCK, false)) {
            if (const Status first = begin_as_first(index_name_, where); !first) {
                SharedIndex::remove(index_name_);
                return first;
            }
            if (!lock_file(lockfd_, F_RDLCK, false)) return errno_error("fcntl", lock_path);  // from writing to reading: without a gap
            return Done{};
        }
        if (errno != EAGAIN && errno != EACCES) return errno_error("fcntl", lock_path);
        if (!lock_file(lockfd_, F_RDLCK, true)) return errno_error("fcntl", lock_path);
        if (const Status beside = begin_beside_others(index_name_, where); beside || beside.error().err != ENOENT) return beside;
        lock_file(lockfd_, F_UNLCK, false);  // whoever was first could not begin
    }
    return Error{"", EBUSY, path_ + " is held by servers that do not begin"};
}

Status Store::begin_as_first(const std::string& index_name, Where where) {
    Result<std::unique_ptr<SharedIndex>> index = SharedIndex::create(index_name);
    if (!index) return index.error();
    index_ = std::move(*index);
    fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    if (fd_ < 0 && errno == ENOENT) {
        fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        // Else a power cut could take away its name with all that is in it.
        if (fd_ >= 0) {
            if (const Status synced = sync_directory_of(disk_, path_); !synced) return synced;
        }
    }
    if (fd_ < 0) return errno_error("open", path_);
    if (const Status loaded = load(where); !loaded) return loaded;
    header().ready.store(1);
    return Done{};
}

Status Store::begin_beside_others(const std::string& index_name, Where where) {
    Result<std::unique_ptr<SharedIndex>> index = SharedIndex::attach(index_name);
    if (!index) return index.error();
    index_ = std::move(*index);
    if (header().ready.load() != 1) return Error{"", ENOENT, "not ready"};
    fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    if (fd_ < 0 && errno != ENOENT) return errno_error("open", path_);
    struct stat there {};
    if (fd_ >= 0 && fstat(fd_, &there) < 0) return errno_error("fstat", path_);
    if (fd_ < 0 || there.st_ino != header().inode || there.st_dev != header().device) {
        return Error{"", 0, path_ + " was changed by another program while servers run: stop all of them and start again"};
    }
    tell(id_, EventKind::store_opened, where,
         {.a = static_cast<std::int64_t>(pairs()), .b = 1, .value = static_cast<std::int64_t>(header().end.load()), .payload = path_});
    return Done{};
}

Status Store::load(Where where) {
    const Result<std::string> bytes = whole_file(fd_, path_);
    if (!bytes) return bytes.error();
    bool as_it_was_left = false;
    if (const auto damage = check_checksums(path_ + ".sum", fd_, *bytes, as_it_was_left)) {
        const auto lines = static_cast<std::uint64_t>(std::count(bytes->begin(), bytes->end(), '\n')) + 1;
        return Error{"", 0,
                     path_ + ":" + std::to_string(damage->first_line) + ": this or a line up to " +
                         std::to_string(std::min(damage->last_line, lines)) +
                         " is not as it was written, and nobody has edited the file; remove " + path_ + ".sum to use it all the same"};
    }
    if (const Status taken = take_in(*bytes, where); !taken) return taken;
    header().summed.store(as_it_was_left ? 1 : 0);
    // A killed server may have left changes that nobody was told of, and that are not on the disk yet. They count from now on.
    if (disk_.fdatasync(fd_) < 0) return errno_error("fdatasync", path_);
    header().synced.store(header().end.load());
    if (header().untidy.load()) {
        const Status written = write_in_order(where);
        if (!written && !is_as_we_left_it(header().end.load())) return written;
        if (!written)
            remark_ += (remark_.empty() ? "" : "; ") + ("it stays as it is, not in order: " + written.error().text());  // a full disk
    }
    tell(id_, EventKind::store_opened, where,
         {.a = static_cast<std::int64_t>(pairs()), .value = static_cast<std::int64_t>(header().end.load()), .payload = path_});
    if (this_writer()) {
        std::vector<SharedIndex::Entry> some = index_->entries();
        const auto shown = some.begin() + static_cast<std::ptrdiff_t>(std::min(some.size(), rows_told));
        std::partial_sort(some.begin(), shown, some.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
        for (auto row = some.begin(); row != shown; ++row) {
            const PairsAnswer value = read_value(*row, where);
            tell(id_, EventKind::row_loaded, where,
                 {.a = row->key,
                  .b = static_cast<std::int64_t>(row->offset),
                  .value = static_cast<std::int64_t>(row->end()),
                  .payload = value.text});
        }
    }
    return Done{};
}

/** Reads all lines into the index. Nothing in the file is touched before all of it is known to be in order. */
Status Store::take_in(std::string_view bytes, Where where) {
    const auto lines = static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    if (const Status reserved = index_->reserve(lines + 1); !reserved) return reserved;
    IndexSink sink(*index_);
    const LogRead read = read_log(bytes, 0, sink);
    if (read.damage) return Error{"", 0, path_ + ":" + std::to_string(read.lines) + ": " + read.damage};
    header().end.store(read.good_bytes);
    header().untidy.store(read.tidy ? 0 : 1);
    if (read.torn) {
        if (const Status aside = set_aside(bytes.substr(read.good_bytes), read.lines + 1, read.good_bytes, where); !aside) return aside;
    }
    adopt(fd_, read.good_bytes);
    return Done{};
}

/** A power cut, or a kill, in the middle of a line: nobody was told that this change was made. It may be of use to a person all the same. */
Status Store::set_aside(std::string_view torn, std::uint64_t line, std::uint64_t offset, Where where) {
    const std::string aside = path_ + ".torn";
    const int fd = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) return errno_error("open", aside);
    struct stat there {};
    Status written = fstat(fd, &there) == 0 ? Status(Done{}) : Status(errno_error("fstat", aside));
    if (written) written = write_all(disk_, fd, std::string(torn) + "\n", static_cast<std::uint64_t>(there.st_size), aside);
    if (written && disk_.fsync(fd) < 0) written = errno_error("fsync", aside);
    ::close(fd);
    if (written) written = sync_directory_of(disk_, aside);  // its name, too, before the line is cut off here
    if (!written) return written;
    if (disk_.ftruncate(fd_, static_cast<off_t>(offset)) < 0) return errno_error("ftruncate", path_);
    remark_ = path_ + ":" + std::to_string(line) + ": the last line has no end: " + byte_count(torn.size()) + " were set aside in " + aside;
    tell(id_, EventKind::store_torn, where,
         {.a = static_cast<std::int64_t>(line), .b = static_cast<std::int64_t>(torn.size()), .payload = remark_});
    return Done{};
}

/** The file that is ours from now on, as long as it is. */
void Store::adopt(int fd, std::uint64_t length) {
    if (fd_ != fd) ::close(std::exchange(fd_, fd));
    struct stat there {};
    fstat(fd_, &there);
    header().device = there.st_dev;
    header().inode = there.st_ino;
    header().end.store(length);
}

/** Nobody else uses the store now. On an error the file stays as it was, and what was written is removed. */
Status Store::write_in_order(Where where) {
    const std::string part = path_ + ".new";
    struct stat there {};
    if (fstat(fd_, &there) < 0) return errno_error("fstat", path_);
    ::unlink(part.c_str());
    const int fd = ::open(part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return errno_error("open", part);
    [[maybe_unused]] const int mode_kept = fchmod(fd, there.st_mode & 07777);
    std::uint64_t length = 0;
    std::vector<SharedIndex::Entry> moved;
    Status written = write_lines(fd, length, moved);
    if (written && disk_.fsync(fd) < 0) written = errno_error("fsync", part);
    if (written && disk_.rename(part.c_str(), path_.c_str()) < 0) written = errno_error("rename", path_);
    if (!written) {
        ::close(fd);
        ::unlink(part.c_str());
        return written;
    }
    if (const Status synced = sync_directory_of(disk_, path_); !synced) {  // a power cut could bring the old one back
        ::close(fd);
        return synced;
    }
    adopt(fd, length);
    index_->refill(moved);  // not before: where the old file stays, the index tells of the old one
    header().synced.store(length);
    header().untidy.store(0);
    header().summed.store(0);
    tell(id_, EventKind::store_written, where, {.a = static_cast<std::int64_t>(pairs()), .value = static_cast<std::int64_t>(length)});
    return Done{};
}

/** So that it is noticed if the disk changes a byte before the next start. */
Status Store::note_checksums() {
    const std::string stamp = file_stamp(fd_);  // before it is read: an edit meanwhile must not pass for what the disk has done
    const Result<std::string> bytes = whole_file(fd_, path_);
    return bytes ? write_checksums(path_ + ".sum", fd_, stamp, *bytes) : Status(bytes.error());
}

/** The lines of all pairs, by key, read where they are now; `moved` then says where they are there. */
Status Store::write_lines(int fd, std::uint64_t& length, std::vector<SharedIndex::Entry>& moved) {
    const Result<std::string> old = whole_file(fd_, path_);
    if (!old) return old.error();
    std::vector<SharedIndex::Entry> rows = index_->entries();
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    std::string lines;
    length = 0;
    const auto flush = [&]() -> Status {
        const Status done = write_all(disk_, fd, lines, length - lines.size(), path_ + ".new");
        lines.clear();
        return done;
    };
    moved.reserve(rows.size());
    for (const SharedIndex::Entry& row : rows) {
        const std::string_view was = row.end() <= old->size() ? std::string_view(*old).substr(row.offset, row.bytes) : std::string_view();
        const LogLine line = parse_log_line(was);
        if (line.kind != LogLine::Kind::put || line.key != row.key || line_hash(was) != row.hash) {
            return Error{
                "", 0, path_ + " was changed by another program: the line of key " + std::to_string(row.key) + " is not what was written"};
        }
        const std::string text = put_line(row.key, line.value);
        moved.push_back(
            {row.key, length, static_cast<std::uint32_t>(text.size() - 1), line_hash(std::string_view(text).substr(0, text.size() - 1))});
        lines += text;
        length += text.size();
        if (lines.size() < written_at_once) continue;
        if (const Status done = flush(); !done) return done;
    }
    return flush();
}

/** Nobody else uses the store any more, but a worker may have been killed at any point. */
Status Store::leave_in_order(Where where) {
    repair(where);
    if (header().trouble.load() != StoreTrouble::none || !check_unchanged(where)) return Error{"", 0, failure().text};
    Status status = Done{};
    if (header().untidy.load()) status = write_in_order(where);
    if (status && header().summed.load() == 0) status = note_checksums();
    return status;
}

Status Store::close(Where where) {
    if (lockfd_ < 0 || getpid() != opened_by_ || !index_) return Done{};
    Status status = Done{};
    ::close(std::exchange(lockfd_, -1));
    // Another description: on the one before, workers that live on would be no hindrance.
    const int last = ::open((path_ + ".lock").c_str(), O_RDWR | O_CLOEXEC);
    if (last < 0) status = errno_error("open", path_ + ".lock");
    if (last >= 0 && lock_file(last, F_WRLCK, false)) {
        status = leave_in_order(where);
        SharedIndex::remove(index_name_);
    }
    if (last >= 0) ::close(last);
    tell(id_, EventKind::store_closed, where, {});
    index_.reset();
    return status;
}

Store::~Store() {
    if (getpid() == opened_by_ && index_) [[maybe_unused]]
        const Status closed = close();
    if (lockfd_ >= 0) ::close(lockfd_);
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace synoptic
