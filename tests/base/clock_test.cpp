#include "core/base/clock.h"

#include <gtest/gtest.h>

namespace synoptic {
namespace {

TEST(TickScale, AgreesWithTheMonotonicClock) {
    const TickScale scale = TickScale::measure();
    EXPECT_EQ(scale.tsc, tsc_is_reliable());
    // What was read between two looks at the clock lies between them, give or take what the scale was measured with.
    constexpr std::uint64_t tolerance_ns = 50'000;
    for (int round = 0; round < 100; ++round) {
        const std::uint64_t before = monotonic_ns();
        const std::uint64_t told = scale.to_ns(read_ticks(scale.tsc));
        const std::uint64_t after = monotonic_ns();
        EXPECT_GE(told + tolerance_ns, before);
        EXPECT_LE(told, after + tolerance_ns);
    }
}

TEST(TickScale, TakesTimesFromBeforeItWasMade) {
    const TickScale scale{.tsc = true, .tick_base = 1000, .ns_base = 5000, .ns_per_tick = 0.5};
    EXPECT_EQ(scale.to_ns(1000), 5000u);
    EXPECT_EQ(scale.to_ns(1200), 5100u);
    EXPECT_EQ(scale.to_ns(800), 4900u);
}

}  // namespace
}  // namespace synoptic
