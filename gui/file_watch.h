// FileWatch: says when a file was saved anew, also by editors that write another one and rename it (inotify(7) on its folder).
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace synoptic {

class FileWatch {
   public:
    /** `wake` is called in another thread when take_changed() has something to say; never after this object's end. */
    FileWatch(const std::string& path, std::function<void()> wake);
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    /** True once after each change. */
    bool take_changed() { return changed_.exchange(false); }
    /** False where the system has no watch to give (inotify's limits): changes are not noticed then. */
    bool works() const { return watch_ >= 0; }

   private:
    void listen();

    std::string name_;  // within its folder
    std::function<void()> wake_;
    int inotify_ = -1, watch_ = -1, end_ = -1;
    std::atomic<bool> changed_{false};
    std::thread thread_;
};

}  // namespace synoptic
