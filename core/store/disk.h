// Disk: the calls by which the store changes files, with the results and errno of their man pages. Tests put another one in its place: one that is
// full, that fails, that kills the process at a named moment, or that forgets what was not synced.
//
// Thread safety: any thread.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace synoptic {

class Disk {
   public:
    virtual ~Disk() = default;
    virtual ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t offset);
    virtual int ftruncate(int fd, off_t length);
    virtual int fdatasync(int fd);
    /** Of a file that is to take another's place, and of the directory behind it. */
    virtual int fsync(int fd);
    virtual int rename(const char* from, const char* to);
};

/** The system's own. */
Disk& real_disk();

/** The disk that the stores use that are opened from now on, here and in processes that are forked; null: the system's own. For tests. */
void use_disk(Disk* disk);
Disk& current_disk();

}  // namespace synoptic
