// The fuzzers' targets, on their seeds and on random changes of these: what tests/fuzz/run does ten million times.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/fuzz/kv_target.h"

namespace synoptic {
namespace {

std::vector<std::string> seeds_in(const char* folder) {
    std::vector<std::string> seeds;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(SYNOPTIC_SOURCE_DIR "/tests/fuzz/") + folder)) {
        std::ostringstream bytes;
        bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        seeds.push_back(bytes.str());
    }
    return seeds;
}

void on_changes_of(const std::vector<std::string>& seeds, void (*target)(std::string_view)) {
    ASSERT_FALSE(seeds.empty());
    std::mt19937 random(1);
    for (int run = 0; run < 20'000; ++run) {
        std::string bytes = seeds[random() % seeds.size()];
        for (auto change = random() % 5; change > 0 && !bytes.empty(); --change) {
            const std::size_t at = random() % bytes.size();
            if (random() % 2)
                bytes[at] = static_cast<char>(random());
            else
                bytes.erase(at, 1 + random() % 3);
        }
        target(bytes);
    }
}

TEST(KvFuzz, RequestsOfAnyBytes) {
    on_changes_of(seeds_in("kv_request-seeds"), read_requests);
}

TEST(KvFuzz, FilesOfAnyBytes) {
    on_changes_of(seeds_in("kv_file-seeds"), read_file_of_pairs);
}

}  // namespace
}  // namespace synoptic
