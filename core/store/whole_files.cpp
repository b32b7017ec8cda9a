#include "core/store/whole_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace synoptic {

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

Status sync_directory_of(Disk& disk, const std::string& path) {
    const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno_error("open", folder);
    const int result = disk.fsync(fd);
    const Error error = errno_error("fsync", folder);
    ::close(fd);
    return result == 0 ? Status(Done{}) : Status(error);
}

}  // namespace synoptic
