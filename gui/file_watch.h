// FileWatch: says when a file was saved anew, also by editors that write another one and rename it (inotify(7) on its folder), and where the file is a
// link to another.
#pragma once

#include <sys/inotify.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

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
    bool works() const { return !watches_.empty(); }

   private:
    void watch_folder_of(const std::filesystem::path& file);
    void listen();
    bool is_ours(const inotify_event& event) const;

    /** A file's name within a folder: where a link stands, and where it leads. */
    struct Watch {
        int number = -1;
        std::string name;
    };
    std::vector<Watch> watches_;
    std::function<void()> wake_;
    int inotify_ = -1, end_ = -1;
    std::atomic<bool> changed_{false};
    std::thread thread_;
};

}  // namespace synoptic
