#include "gui/file_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace synoptic {

FileWatch::FileWatch(const std::string& path, std::function<void()> wake) : wake_(std::move(wake)) {
    const std::filesystem::path file(path);
    name_ = file.filename().string();
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    inotify_ = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    end_ = eventfd(0, EFD_CLOEXEC);
    if (inotify_ >= 0) watch_ = inotify_add_watch(inotify_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO);
    if (watch_ >= 0 && end_ >= 0) thread_ = std::thread([this] { listen(); });
}

FileWatch::~FileWatch() {
    if (thread_.joinable()) {
        eventfd_write(end_, 1);
        thread_.join();
    }
    if (inotify_ >= 0) close(inotify_);
    if (end_ >= 0) close(end_);
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
                ours = ours || (event->len > 0 && name_ == event->name);
                at += sizeof(inotify_event) + event->len;
            }
        }
        if (!ours) continue;
        changed_.store(true);
        wake_();
    }
}

}  // namespace synoptic
