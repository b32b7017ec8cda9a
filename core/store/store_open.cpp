// Coming to a store and leaving it: who is first reads the file, who is last leaves it in order. Reading is in store_load.cpp, writing in order in store_rewrite.cpp.
//
//   lock database.txt.lock for writing ─ granted: first ──▶ read the file, make the index ─▶ lock for reading
//                                      └ refused        ──▶ lock for reading (waits for who is first, or last) ─▶ attach to the index
//   at the end: give the lock back, ask for writing ─ granted: last ─▶ write the file in order, remove the index
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <utility>

#include "core/store/disk.h"
#include "core/store/store_trace.h"
#include "core/store/whole_files.h"

namespace synoptic {

namespace {

constexpr int attempts = 100;  // to find an index that is neither about to come nor to go

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

bool Store::is_read_or_written_whole(const std::string& path) {
    const int fd = ::open((real_path(path) + ".lock").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    struct flock reading {};
    reading.l_type = F_RDLCK;  // only who has locked it for writing is in its way
    reading.l_whence = SEEK_SET;
    const bool asked = fcntl(fd, F_OFD_GETLK, &reading) == 0;
    ::close(fd);
    return asked && reading.l_type == F_WRLCK;
}

Status Store::begin(Where where) {
    const std::string lock_path = path_ + ".lock";
    lockfd_ = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lockfd_ < 0) return errno_error("open", lock_path);
    struct stat there {};
    if (fstat(lockfd_, &there) < 0) return errno_error("fstat", lock_path);
    id_ = store_id_of_file(there.st_dev, there.st_ino);
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

/** The file that is ours from now on, as long as it is. */
void Store::adopt(int fd, std::uint64_t length) {
    if (fd_ != fd) ::close(std::exchange(fd_, fd));
    struct stat there {};
    fstat(fd_, &there);
    header().device = there.st_dev;
    header().inode = there.st_ino;
    header().end.store(length);
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
