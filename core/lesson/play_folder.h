// The folder in which a lesson's servers keep their databases: the player's own, nobody else's files lie there.
#pragma once

#include <string>

#include "core/base/result.h"

namespace synoptic {

class PlayFolder {
   public:
    /** A new one below $TMPDIR, or /tmp; only this user can look into it. The errors of mkdtemp(3). */
    static Result<PlayFolder> make();
    PlayFolder(PlayFolder&& from) noexcept : path_(std::move(from.path_)) { from.path_.clear(); }
    PlayFolder& operator=(PlayFolder&&) = delete;
    /** Removes it with its files. */
    ~PlayFolder();
    const std::string& path() const { return path_; }

   private:
    explicit PlayFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

/** Removes the files in a folder that PlayFolder has made; refuses any other. Folders in it stay. */
Status empty_play_folder(const std::string& path);

}  // namespace synoptic
