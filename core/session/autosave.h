// Autosave: the session's recording, written while it goes on, so that it outlives a crash of the app (docs/recording.md).
//
//   something happened ──▶ a second's rest ──▶ what is new, at the file's end ──▶ … ──▶ clean end: the file is removed
//
// The file is locked (flock) as long as its owner lives: one that nobody holds was left by a session that ended unexpectedly.
//
// Thread safety: told(), keep_bookmarks() and take_trouble() from any thread; a thread of its own writes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "core/model/history.h"
#include "core/session/recording.h"

namespace synoptic {

/** $XDG_STATE_HOME/synoptic, or ~/.local/state/synoptic; empty without a home. */
std::string autosave_folder();

class Autosave {
   public:
    /** Nothing is written before a program was started. `history` must outlive it; `folder` is made when it is needed. `on_save` is called by its
        thread after each write, and when there is trouble. */
    Autosave(const History& history, std::string folder, std::function<void()> on_save = {});
    ~Autosave();  // removes the file: the session has ended as it should
    Autosave(const Autosave&) = delete;
    Autosave& operator=(const Autosave&) = delete;

    /** Reads the History no more. What was written stays until this object ends. */
    void stop();
    /** The History has grown. Cheap. */
    void told();
    /** These are the session's bookmarks now. Cheap if they are as they were. */
    void keep_bookmarks(const std::vector<Bookmark>& bookmarks);
    /** Why nothing is written any more, once: the disk is full, there is no place. */
    std::optional<Error> take_trouble();
    /** The file; empty while there is none. */
    std::string path() const;

   private:
    void run();
    bool rest(int ms);
    Status save();
    Status begin();
    Status append(std::string_view bytes);
    std::string news();

    const History& history_;
    const std::string folder_;
    const std::function<void()> on_save_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string path_;  // under the mutex, as what follows
    bool grew_ = false, ends_ = false;
    std::vector<Bookmark> bookmarks_;
    std::optional<Error> trouble_;
    // The thread's own.
    int fd_ = -1;
    EventIndex looked_ = 0;   // no program began before
    EventIndex written_ = 0;  // events in the file
    EventIndex chunks_ = 0;   // whole ones in it
    std::uint16_t names_ = 0;
    std::vector<Bookmark> written_bookmarks_;
    std::thread thread_;
};

/** A recording that a session left which ended unexpectedly. */
struct LeftRecording {
    std::string path;
    std::time_t at = 0;  // its last second
    EventIndex events = 0;
    std::uint64_t size_bytes = 0;
    bool of_another_version = false;  // of Synoptic, which can open it: how many events it has is not known here
};
/** Those in `folder`, the newest first. */
std::vector<LeftRecording> left_recordings(const std::string& folder);

inline constexpr std::size_t most_left_recordings = 5;
inline constexpr std::uint64_t most_left_bytes = std::uint64_t{1} << 30;
/** Removes those that are neither among the newest `most` nor fit into `most_bytes` with the newer ones, but never the newest; also what has no event,
    or is no recording.
    Never one whose owner lives. How many were removed that had events. */
std::size_t remove_old_recordings(const std::string& folder, std::size_t most = most_left_recordings,
                                  std::uint64_t most_bytes = most_left_bytes);

}  // namespace synoptic
