#include "core/store/checksums.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "core/base/replacement_file.h"
#include "core/store/log_format.h"

namespace synoptic {

namespace {

constexpr std::uint64_t lines_of_a_sum = 256;

std::vector<std::string> sums_of(std::string_view bytes) {
    std::vector<std::string> sums;
    while (!bytes.empty()) {
        std::size_t end = 0;
        for (std::uint64_t line = 0; line < lines_of_a_sum && end < bytes.size(); ++line) {
            const std::size_t feed = bytes.find('\n', end);
            end = feed == std::string_view::npos ? bytes.size() : feed + 1;
        }
        char text[16];
        std::snprintf(text, sizeof text, "%08x\n", line_hash(bytes.substr(0, end)));
        sums.emplace_back(text);
        bytes.remove_prefix(end);
    }
    return sums;
}

std::string read_small_file(const std::string& path) {
    std::string text;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return text;
    char part[65536];
    for (ssize_t got; (got = ::read(fd, part, sizeof part)) > 0;) text.append(part, static_cast<std::size_t>(got));
    ::close(fd);
    return text;
}

}  // namespace

std::string file_stamp(int fd) {
    struct stat there {};
    if (fstat(fd, &there) < 0) return {};
    const auto ns =
        static_cast<unsigned long long>(there.st_mtim.tv_sec) * 1'000'000'000 + static_cast<unsigned long long>(there.st_mtim.tv_nsec);
    return std::to_string(there.st_ino) + " " + std::to_string(there.st_size) + " " + std::to_string(ns) + "\n";
}

Status write_checksums(const std::string& sum_path, int fd, const std::string& stamp, std::string_view bytes) {
    if (stamp.empty() || file_stamp(fd) != stamp) return Done{};
    std::string text = stamp;
    for (const std::string& sum : sums_of(bytes)) text += sum;
    Result<ReplacementFile> file = ReplacementFile::begin(sum_path);
    if (!file) return file.error();
    if (const Status written = file->write(text); !written) return written;
    return file->finish();
}

std::optional<ChecksumDamage> check_checksums(const std::string& sum_path, int fd, std::string_view bytes, bool& known) {
    const std::string text = read_small_file(sum_path);
    const std::string stamp = file_stamp(fd);
    known = false;
    if (stamp.empty() || !text.starts_with(stamp)) return std::nullopt;
    std::string_view noted = std::string_view(text).substr(stamp.size());
    std::uint64_t line = 1;
    const std::vector<std::string> sums = sums_of(bytes);
    // A line feed that came or went moves all sums behind it: the first that differs is where it happened.
    for (const std::string& sum : sums) {
        if (!noted.starts_with(sum)) return ChecksumDamage{line, line + lines_of_a_sum - 1};
        noted.remove_prefix(sum.size());
        line += lines_of_a_sum;
    }
    if (!noted.empty()) return ChecksumDamage{line, line};
    known = true;
    return std::nullopt;
}

}  // namespace synoptic
