#include "core/base/replacement_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>

namespace synoptic {
namespace {

constexpr std::size_t buffer_bytes = 1u << 18;
constexpr int most_names = 100;

/** What a path leads to; the path itself if there is nothing yet. */
std::string target_of(const std::string& path) {
    char resolved[PATH_MAX];
    return realpath(path.c_str(), resolved) ? std::string(resolved) : path;
}

}  // namespace

Result<ReplacementFile> ReplacementFile::begin(const std::string& path) {
    ReplacementFile file;
    file.path_ = path;
    file.target_ = target_of(path);
    struct stat there {};
    const bool exists = stat(file.target_.c_str(), &there) == 0;
    if (exists && !S_ISREG(there.st_mode)) {
        file.fd_ = open(file.target_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (file.fd_ < 0) return errno_error("open", path);
        return file;
    }
    // A part that a killed program has left does not hinder.
    for (int number = 0; number < most_names && file.fd_ < 0; ++number) {
        file.part_ = file.target_ + ".part-" + std::to_string(getpid()) + "-" + std::to_string(number);
        file.fd_ = open(file.part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file.fd_ < 0 && errno != EEXIST) break;
    }
    if (file.fd_ < 0) {
        file.part_.clear();
        return errno_error("open", path);
    }
    if (exists) [[maybe_unused]]
        const int kept = fchmod(file.fd_, there.st_mode & 07777);
    return file;
}

ReplacementFile::ReplacementFile(ReplacementFile&& from) noexcept
    : path_(std::move(from.path_)),
      target_(std::move(from.target_)),
      part_(std::exchange(from.part_, {})),
      buffer_(std::move(from.buffer_)),
      fd_(std::exchange(from.fd_, -1)) {}

ReplacementFile::~ReplacementFile() {
    if (fd_ < 0) return;
    ::close(fd_);
    if (!part_.empty()) unlink(part_.c_str());
}

Status ReplacementFile::write(std::string_view bytes) {
    buffer_.append(bytes);
    if (buffer_.size() < buffer_bytes) return Done{};
    return flush();
}

Status ReplacementFile::flush() {
    for (std::string_view left = buffer_; !left.empty();) {
        const ssize_t written = ::write(fd_, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno_error("write", path_);
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
    return Done{};
}

Status ReplacementFile::finish() {
    if (Status flushed = flush(); !flushed) return flushed;
    // Only a file on a disk has to reach it before its name does: a crash in between would leave an empty one.
    if (!part_.empty() && fsync(fd_) < 0) return errno_error("fsync", path_);
    if (!part_.empty() && rename(part_.c_str(), target_.c_str()) < 0) return errno_error("rename", path_);
    part_.clear();
    if (::close(std::exchange(fd_, -1)) < 0) return errno_error("close", path_);
    return Done{};
}

}  // namespace synoptic
