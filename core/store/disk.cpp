#include "core/store/disk.h"

#include <unistd.h>

#include <cstdio>

namespace synoptic {

namespace {
Disk* chosen = nullptr;
}

ssize_t Disk::pwrite(int fd, const void* bytes, std::size_t count, off_t offset) {
    return ::pwrite(fd, bytes, count, offset);
}
int Disk::ftruncate(int fd, off_t length) {
    return ::ftruncate(fd, length);
}
int Disk::fdatasync(int fd) {
    return ::fdatasync(fd);
}
int Disk::fsync(int fd) {
    return ::fsync(fd);
}
int Disk::rename(const char* from, const char* to) {
    return ::rename(from, to);
}

Disk& real_disk() {
    static Disk disk;
    return disk;
}

void use_disk(Disk* disk) {
    chosen = disk;
}
Disk& current_disk() {
    return chosen ? *chosen : real_disk();
}

}  // namespace synoptic
