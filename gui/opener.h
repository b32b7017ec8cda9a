// Opener: shows a recording in a window of its own, by starting this program once more. The window's thread only, but for what waits for the other.
//
//   posix_spawn: synoptic FILE, in a session of its own ── stderr ──▶ a thread that waits for its end ──▶ what it said, if it failed
//
// The other program does not end with this one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace synoptic {

class Opener {
   public:
    Opener();
    ~Opener();  // nobody hears any more of those that were opened
    Opener(const Opener&) = delete;
    Opener& operator=(const Opener&) = delete;

    /** `wake` is called, in another thread, when take_trouble() has something to say; never after this object's end. */
    void set_wake(std::function<void()> wake);
    void open(const std::string& path);
    /** Why one could not be opened, once. */
    std::optional<std::string> take_trouble();

   private:
    struct Heard;
    std::shared_ptr<Heard> heard_;
};

}  // namespace synoptic
