// The first server's start: reads database.txt into the index, sets a torn last line aside, and leaves the file untouched where it is damaged.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/store/checksums.h"
#include "core/store/disk.h"
#include "core/store/log_format.h"
#include "core/store/store_trace.h"
#include "core/store/whole_files.h"

namespace synoptic {

namespace {

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

}  // namespace synoptic
