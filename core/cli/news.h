// News: tells the command line's one thread, by a descriptor that poll(2) takes, that the History has grown. Private to core/cli.
//
// Thread safety: told() may be called from any thread; the rest belongs to the command line's.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace synoptic {

class News {
   public:
    News() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    ~News() {
        if (fd_ >= 0) close(fd_);
    }
    News(const News&) = delete;
    News& operator=(const News&) = delete;

    int fd() const { return fd_; }
    void told() {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof one);  // full means: told already
    }
    /** What comes from now on is told again. */
    void heard() {
        std::uint64_t count;
        [[maybe_unused]] const ssize_t got = read(fd_, &count, sizeof count);
    }

   private:
    int fd_;
};

}  // namespace synoptic
