// database.txt.sum: what the last server to stop left in database.txt, so that a disk which changes bytes by itself is noticed at the next start.
//
//     INODE SIZE MTIME      of the file, MTIME in ns
//     HASH                  of lines 1 to 256, hexadecimal
//     HASH                  of lines 257 to 512 …
//
// Who edits the file changes its time, its size or its inode: then the sums say nothing, and the edit counts. A file that has all three as they were, but other bytes, is damaged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace synoptic {

/** Inode, size and time of a file, as one line; empty if fstat fails. */
std::string file_stamp(int fd);

/** Notes what the file `fd` holds in `sum_path`: `bytes`, which were read after its `stamp` was taken. Nothing if it was changed since then. */
Status write_checksums(const std::string& sum_path, int fd, const std::string& stamp, std::string_view bytes);

struct ChecksumDamage {
    std::uint64_t first_line = 0, last_line = 0;  // one of these
};

/** Nothing if the file is as it was left, or was edited since, or nobody noted how it was left. `known` then says whether it is as it was left. */
std::optional<ChecksumDamage> check_checksums(const std::string& sum_path, int fd, std::string_view bytes, bool& known);

}  // namespace synoptic
