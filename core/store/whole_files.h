// Files read, written and made lasting as a whole: what the store does at its starts and stops. Private to core/store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/store/disk.h"

namespace synoptic {

/** All bytes of a regular file, whatever the descriptor's offset; `path` is for errors: those of fstat and pread, and "… is no file". */
Result<std::string> whole_file(int fd, const std::string& path);
/** Writes all of `bytes` at this offset; an error of pwrite(2), behind which some of them may be there. */
Status write_all(Disk& disk, int fd, std::string_view bytes, std::uint64_t at, const std::string& path);
/** So that a name that came or was changed there survives a power cut (fsync(2), "DESCRIPTION"). `path` is an absolute one; the errors of open and fsync. */
Status sync_directory_of(Disk& disk, const std::string& path);

}  // namespace synoptic
