#include "core/lesson/play_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

namespace synoptic {

namespace {

constexpr std::string_view name_begin = "synoptic-lesson-", name_end = "XXXXXX";  // mkdtemp replaces the end
constexpr const char* owner_file = ".owner";                                      // no lesson can call a database so (match_file)
constexpr const char* owner_file_before = ".owner.new";

bool is_play_folder(std::string_view name) {
    return name.starts_with(name_begin) && name.size() == name_begin.size() + name_end.size();
}

/** Makes the owner's file, and locks it before it has the name by which others find it: else they might take its folder for left. */
Result<int> lock_as_owner(const std::string& folder) {
    const std::string hidden = fmt::format("{}/{}", folder, owner_file_before);
    const int fd = open(hidden.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return errno_error("open", hidden);
    const bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (locked && rename(hidden.c_str(), fmt::format("{}/{}", folder, owner_file).c_str()) == 0) return fd;
    const Error failed = errno_error(locked ? "rename" : "flock", hidden);
    unlink(hidden.c_str());
    close(fd);
    return failed;
}

/** Everything in a folder that is no folder itself, but for the owner's file. By its descriptor: whatever has its name meanwhile is not touched. */
void remove_files(int folder_fd) {
    DIR* folder = fdopendir(openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder == nullptr) return;
    std::vector<std::string> names;
    while (const dirent* entry = readdir(folder)) names.emplace_back(entry->d_name);
    closedir(folder);
    for (const std::string& name : names) {
        if (name != owner_file) unlinkat(folder_fd, name.c_str(), 0);  // of a folder: EISDIR
    }
}

/** A player's folder whose owner is gone: it is locked as long as this lives, so that no two remove it. */
class LeftFolder {
   public:
    explicit LeftFolder(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {
        struct stat folder {
        }, owner{};
        if (fd_ < 0 || fstat(fd_, &folder) != 0 || folder.st_uid != geteuid()) return;
        // O_NONBLOCK: were it a pipe, open would wait for somebody who writes.
        owner_fd_ = openat(fd_, owner_file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (owner_fd_ < 0 || flock(owner_fd_, LOCK_EX | LOCK_NB) != 0 || fstat(owner_fd_, &owner) != 0) return;
        // No name any more: its owner has removed it between the two calls.
        is_left_ = S_ISREG(owner.st_mode) && owner.st_uid == geteuid() && owner.st_nlink > 0;
    }
    ~LeftFolder() {
        if (owner_fd_ >= 0) close(owner_fd_);
        if (fd_ >= 0) close(fd_);
    }
    LeftFolder(const LeftFolder&) = delete;
    LeftFolder& operator=(const LeftFolder&) = delete;

    bool is_left() const { return is_left_; }
    /** The owner's file goes last, so that who is killed at it leaves a folder that can still be removed. */
    void remove(const std::string& path) const {
        remove_files(fd_);
        unlinkat(fd_, owner_file, 0);
        rmdir(path.c_str());
    }

   private:
    int fd_, owner_fd_ = -1;
    bool is_left_ = false;
};

void remove_left_folders(const std::string& in) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(in, error), end; !error && at != end; at.increment(error)) {
        if (!is_play_folder(at->path().filename().string())) continue;
        if (const LeftFolder folder(at->path().string()); folder.is_left()) folder.remove(at->path().string());
    }
}

}  // namespace

Result<PlayFolder> PlayFolder::make() {
    const char* temporary = std::getenv("TMPDIR");
    const std::string in = temporary && *temporary == '/' ? temporary : "/tmp";
    remove_left_folders(in);
    std::string path = fmt::format("{}/{}{}", in, name_begin, name_end);
    if (mkdtemp(path.data()) == nullptr) return errno_error("mkdtemp", path);
    const Result<int> lock_fd = lock_as_owner(path);
    if (lock_fd) return PlayFolder(path, *lock_fd);
    rmdir(path.c_str());
    return lock_fd.error();
}

PlayFolder::~PlayFolder() {
    if (path_.empty()) return;
    if (empty_play_folder(path_)) {
        unlink(fmt::format("{}/{}", path_, owner_file).c_str());
        rmdir(path_.c_str());
    }
    close(lock_fd_);
}

Status empty_play_folder(const std::string& path) {
    // A path that somebody else has thought of is none of ours to empty.
    if (!is_play_folder(std::filesystem::path(path).filename().string()))
        return Error{"", 0, fmt::format("{} is no folder of a lesson's player", path)};
    const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return errno_error("open", fmt::format("the lesson's folder {}", path));
    remove_files(fd);
    close(fd);
    return Done{};
}

}  // namespace synoptic
