// Stands before libc's fork and measures what it costs the parent: its CPU time from the call until it returns. (By the clock on the wall the child,
// which may run first, would be in it, too.) So the app's helper can be measured as it is, without a
// line of its own for it; and a small program by the same clock.
#include "tests/bench/fork_timer.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

bench::ForkTimes* open_times() {
    const char* path = std::getenv(bench::fork_times_variable);
    const int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return nullptr;
    void* memory = mmap(nullptr, sizeof(bench::ForkTimes), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return memory == MAP_FAILED ? nullptr : static_cast<bench::ForkTimes*>(memory);
}

std::uint64_t cpu_ns() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

using Fork = pid_t (*)();
const Fork libc_fork = reinterpret_cast<Fork>(dlsym(RTLD_NEXT, "fork"));
bench::ForkTimes* const times = open_times();

}  // namespace

extern "C" pid_t fork() {
    const std::uint64_t begin = cpu_ns();
    const pid_t pid = libc_fork();
    if (pid > 0 && times) {
        times->last_ns.store(cpu_ns() - begin);
        times->forks.fetch_add(1);
    }
    return pid;
}
