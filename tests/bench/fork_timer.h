// What fork_timer.so, loaded before a program's own libraries, writes: what each fork(2) cost the parent.
#pragma once

#include <atomic>
#include <cstdint>

namespace bench {

/** In a shared file of one page; which file, the environment says. */
struct ForkTimes {
    std::atomic<std::uint32_t> forks;
    std::atomic<std::uint64_t> last_ns;
};

inline constexpr const char* fork_times_variable = "SYNOPTIC_FORK_TIMES";

}  // namespace bench
