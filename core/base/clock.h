// The trace's clock: ticks that are cheap to read and comparable across threads and processes of one machine.
#pragma once

#include <cstdint>
#include <ctime>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace synoptic {

inline constexpr std::uint64_t ms_ns = 1'000'000;

/** True if the processor's time-stamp counter runs at one rate on all cores and never stops (/proc/cpuinfo: constant_tsc, nonstop_tsc). */
bool tsc_is_reliable();

inline std::uint64_t monotonic_ns() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

/** rdtsc where `tsc` says it may be trusted (11 ns here), else CLOCK_MONOTONIC's ns (22 ns). */
inline std::uint64_t read_ticks(bool tsc) {
#if defined(__x86_64__)
    if (tsc) return __rdtsc();
#endif
    (void)tsc;
    return monotonic_ns();
}

/** Turns ticks into CLOCK_MONOTONIC's nanoseconds; measured against it when made. */
struct TickScale {
    bool tsc = false;
    std::uint64_t tick_base = 0;
    std::uint64_t ns_base = 0;
    double ns_per_tick = 1.0;

    static TickScale measure();
    std::uint64_t to_ns(std::uint64_t ticks) const {
        if (!tsc) return ticks;
        // Ticks from before the base are negative: a double below 0 must become a signed number first.
        const double since_ns = static_cast<double>(static_cast<std::int64_t>(ticks - tick_base)) * ns_per_tick;
        return ns_base + static_cast<std::uint64_t>(static_cast<std::int64_t>(since_ns));
    }
};

}  // namespace synoptic
