// The scale between ticks and nanoseconds. A scale is measured over at least `least_baseline_ns`, from when the program was loaded, so that
// whoever asks later need not wait at all.
#include "core/base/clock.h"

#include <fstream>
#include <string>

namespace synoptic {
namespace {

constexpr std::uint64_t least_baseline_ns = 5'000'000;

struct Reading {
    std::uint64_t ticks;
    std::uint64_t ns;
};

/** Both clocks at one moment: of several tries the one in which the least time passed between the two looks at the counter. */
Reading read_both() {
    Reading best{};
    std::uint64_t best_width = ~std::uint64_t{0};
    for (int attempt = 0; attempt < 16; ++attempt) {
        const std::uint64_t before = read_ticks(true);
        const std::uint64_t ns = monotonic_ns();
        const std::uint64_t after = read_ticks(true);
        if (after - before < best_width) {
            best_width = after - before;
            best = {before + (after - before) / 2, ns};
        }
    }
    return best;
}

const Reading at_load = read_both();

bool has_word(const std::string& line, const std::string& word) {
    const std::size_t at = line.find(" " + word);
    return at != std::string::npos && (at + 1 + word.size() == line.size() || line[at + 1 + word.size()] == ' ');
}

}  // namespace

bool tsc_is_reliable() {
#if defined(__x86_64__)
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (line.compare(0, 5, "flags") == 0) return has_word(line, "constant_tsc") && has_word(line, "nonstop_tsc");
    }
#endif
    return false;
}

TickScale TickScale::measure() {
    TickScale scale;
    if (!tsc_is_reliable()) return scale;
    Reading now = read_both();
    while (now.ns - at_load.ns < least_baseline_ns) {
        const std::uint64_t left_ns = least_baseline_ns - (now.ns - at_load.ns);
        const timespec rest{0, static_cast<long>(left_ns)};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, nullptr);
        now = read_both();
    }
    // The counter of a virtual machine that was moved or resumed may have jumped back: then it is no clock.
    if (now.ticks <= at_load.ticks) return scale;
    scale.tsc = true;
    scale.tick_base = now.ticks;
    scale.ns_base = now.ns;
    scale.ns_per_tick = static_cast<double>(now.ns - at_load.ns) / static_cast<double>(now.ticks - at_load.ticks);
    return scale;
}

}  // namespace synoptic
