#include "gui/file_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace synoptic {

FileWatch::FileWatch(const std::string& path, std::function<void()> wake) : wake_(std::move(wake)) {
    inotify_ = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    end_ = eventfd(0, EFD_CLOEXEC);
    if (inotify_ < 0 || end_ < 0) return;
    const std::filesystem::path file(path);
    watch_folder_of(file);
    std::error_code unknown;
    const std::filesystem::path target = std::filesystem::canonical(file, unknown);
    if (!unknown && std::filesystem::is_symlink(file, unknown)) watch_folder_of(target);
    if (!watches_.empty()) thread_ = std::thread([this] { listen(); });
}

void FileWatch::watch_folder_of(const std::filesystem::path& file) {
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    const int number = inotify_add_watch(inotify_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO);
    if (number >= 0) watches_.push_back({number, file.filename().string()});
}

FileWatch::~FileWatch() {
    if (thread_.joinable()) {
        eventfd_write(end_, 1);
        thread_.join();
    }
    if (inotify_ >= 0) close(inotify_);
    if (end_ >= 0) close(end_);
}

bool FileWatch::is_ours(const inotify_event& event) const {
    if ((event.mask & IN_Q_OVERFLOW) != 0) return true;  // events were lost: it may have been among them
    return event.len > 0 && std::any_of(watches_.begin(), watches_.end(),
                                        [&](const Watch& watch) { return watch.number == event.wd && watch.name == event.name; });
}

void FileWatch::listen() {
    pollfd ready[] = {{inotify_, POLLIN, 0}, {end_, POLLIN, 0}};
    alignas(inotify_event) char events[4096];
    while (poll(ready, 2, -1) >= 0 || errno == EINTR) {
        if (ready[1].revents != 0) return;
        ssize_t size = 0;
        bool ours = false;
        while ((size = read(inotify_, events, sizeof events)) > 0) {
            for (const char* at = events; at < events + size;) {
                const auto* event = reinterpret_cast<const inotify_event*>(at);
                ours = ours || is_ours(*event);
                at += sizeof(inotify_event) + event->len;
            }
        }
        if (!ours) continue;
        changed_.store(true);
        wake_();
    }
}

}  // namespace synoptic
