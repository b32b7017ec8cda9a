// A file that takes another's place only once it is whole: what was there before stays as it was if anything fails on the way.
//
//   begin ──▶ NAME.part-PID-N beside it ── write ──▶ finish: fsync, rename ──▶ NAME
//
// A path that names something else than a file (a pipe, /dev/stdout) can't be replaced: it is written as it comes.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace synoptic {

class ReplacementFile {
   public:
    /** The errors of open(2), as those of the others name the path. */
    static Result<ReplacementFile> begin(const std::string& path);
    ReplacementFile(ReplacementFile&& from) noexcept;
    ReplacementFile& operator=(ReplacementFile&&) = delete;
    /** Removes what was not finished. */
    ~ReplacementFile();

    /** The errors of write(2), now or at a later call. */
    Status write(std::string_view bytes);
    Status finish();

   private:
    ReplacementFile() = default;
    Status flush();

    std::string path_;    // as the caller named it
    std::string target_;  // what a symbolic link leads to
    std::string part_;    // empty: target_ itself is open
    std::string buffer_;
    int fd_ = -1;
};

}  // namespace synoptic
