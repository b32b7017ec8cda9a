// A short run of the fuzzer's target on mutated packets, with a generator of its own: the same packets each time. The long one is tests/fuzz/run.
#include <gtest/gtest.h>

#include <random>

#include "tests/fuzz/packet_target.h"
#include "tests/wire/packet_seeds.h"

namespace synoptic {
namespace {

TEST(PacketFuzz, NoBytesBreakAPromise) {
#ifdef __SANITIZE_ADDRESS__
    constexpr int rounds = 15'000;
#else
    constexpr int rounds = 60'000;  // of up to seven packets each
#endif
    const std::vector<Bytes> seeds = packet_seeds();
    std::mt19937 random(9293);
    for (int round = 0; round < rounds; ++round) {
        Bytes bytes = seeds[random() % seeds.size()];
        for (unsigned changes = random() % 8; changes > 0; --changes) {
            // Most often in a header, where the first bytes of a packet are.
            const std::size_t at = random() % (random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 80) : bytes.size());
            bytes[at] = random() % 3 == 0 ? static_cast<std::uint8_t>(random()) : static_cast<std::uint8_t>(bytes[at] ^ 1u << random() % 8);
        }
        if (random() % 4 == 0) bytes.resize(random() % bytes.size());
        read_packets(bytes);
    }
}

}  // namespace
}  // namespace synoptic
