// A disk of which a test says what each call does: fail, or let something else happen first. What is not said is the system's own call.
#pragma once

#include <cerrno>
#include <functional>

#include "core/store/disk.h"

namespace synoptic {

class ScriptedDisk : public Disk {
   public:
    std::function<ssize_t(int, const void*, std::size_t, off_t)> on_pwrite;
    std::function<int(int)> on_fdatasync, on_fsync;
    std::function<int(int, off_t)> on_ftruncate;
    std::function<int(const char*, const char*)> on_rename;

    ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t offset) override {
        return on_pwrite ? on_pwrite(fd, bytes, count, offset) : Disk::pwrite(fd, bytes, count, offset);
    }
    int ftruncate(int fd, off_t length) override { return on_ftruncate ? on_ftruncate(fd, length) : Disk::ftruncate(fd, length); }
    int fdatasync(int fd) override { return on_fdatasync ? on_fdatasync(fd) : Disk::fdatasync(fd); }
    int fsync(int fd) override { return on_fsync ? on_fsync(fd) : Disk::fsync(fd); }
    int rename(const char* from, const char* to) override { return on_rename ? on_rename(from, to) : Disk::rename(from, to); }
};

inline int fails_with(int error) {
    errno = error;
    return -1;
}

}  // namespace synoptic
