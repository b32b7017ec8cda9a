// The folder in which a lesson's servers keep their databases: the player's own, nobody else's files lie there.
//
//   make() ──▶ TMPDIR/synoptic-lesson-XXXXXX/.owner, locked (flock) as long as its player lives ──▶ removed by the player
//                                                └── killed: the kernel unlocks it ──▶ removed by the next make(), whoever's
#pragma once

#include <string>
#include <utility>

#include "core/base/result.h"

namespace synoptic {

class PlayFolder {
   public:
    /** A new one below $TMPDIR, or /tmp; only this user can look into it. What killed players of this user have left there is removed. The errors of
        mkdtemp(3), and of open(2), flock(2) and rename(2) for its owner's lock. */
    static Result<PlayFolder> make();
    PlayFolder(PlayFolder&& from) noexcept : path_(std::exchange(from.path_, {})), lock_fd_(std::exchange(from.lock_fd_, -1)) {}
    PlayFolder& operator=(PlayFolder&&) = delete;
    /** Removes it with its files. */
    ~PlayFolder();
    const std::string& path() const { return path_; }

   private:
    PlayFolder(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}
    std::string path_;
    int lock_fd_ = -1;  // of the owner's file
};

/** Removes the files in a folder that PlayFolder has made, but not its owner's; refuses any other. Folders in it stay. */
Status empty_play_folder(const std::string& path);

}  // namespace synoptic
