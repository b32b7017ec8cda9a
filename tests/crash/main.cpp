// Kills servers and cuts the power, round after round. synoptic_crash ROUNDS [SEED]; exit status 0: nothing acknowledged was lost.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "tests/store/crash_rounds.h"

namespace {

bool run(const char* what, bool power_cuts, int count, std::uint32_t seed) {
    char folder[] = "/tmp/synoptic-crash-XXXXXX";
    if (!mkdtemp(folder)) return false;
    synoptic::CrashRounds rounds(folder, power_cuts, seed);
    for (int round = 1; round <= count; ++round) {
        const std::string wrong = rounds.round();
        if (wrong.empty()) continue;
        std::printf("%s, seed %u, round %d: %s (the files are in %s)\n", what, seed, round, wrong.c_str(), folder);
        return false;
    }
    std::printf(
        "%s: %d rounds, %llu changes acknowledged, none lost; of %llu in flight %llu were found; %llu torn lines, %llu starts refused for "
        "a lost page\n",
        what, count, static_cast<unsigned long long>(rounds.acknowledged()), static_cast<unsigned long long>(rounds.in_flight()),
        static_cast<unsigned long long>(rounds.in_flight_found()), static_cast<unsigned long long>(rounds.torn()),
        static_cast<unsigned long long>(rounds.refused()));
    std::filesystem::remove_all(folder);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 1000;
    if (rounds < 1) {
        std::fputs("synoptic_crash ROUNDS [SEED]\n", stderr);
        return 2;
    }
    const auto seed = argc > 2 ? static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)) : std::random_device()();
    const bool killed = run("killed", false, rounds, seed);
    const bool cut = run("power cut", true, rounds, seed);
    return killed && cut ? 0 : 1;
}
