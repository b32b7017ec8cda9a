// The file written anew: only pairs, by key, as database.txt.new, which takes its place by a rename. At starts that find it untidy, and by the last server that stops.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "core/store/checksums.h"
#include "core/store/disk.h"
#include "core/store/log_format.h"
#include "core/store/store_trace.h"
#include "core/store/whole_files.h"

namespace synoptic {

namespace {
constexpr std::size_t written_at_once = 1u << 20;
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

}  // namespace synoptic
