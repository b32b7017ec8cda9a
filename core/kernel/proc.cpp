#include "core/kernel/proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace synoptic {

namespace {

/** The letter after the command's name, which may itself hold spaces and parentheses: behind the last ')'. */
char state_in(const char* path) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    char text[512];
    const ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) return 0;
    text[length] = 0;
    const char* end_of_name = std::strrchr(text, ')');
    return end_of_name && end_of_name[1] == ' ' ? end_of_name[2] : 0;
}

/** True if a process has this link, "socket:[4711]", among its descriptors. */
bool holds(const std::filesystem::path& process, const std::string& link) {
    std::error_code unreadable;
    for (const auto& entry : std::filesystem::directory_iterator(process / "fd", unreadable)) {
        std::error_code gone;
        if (std::filesystem::read_symlink(entry, gone) == link) return true;
    }
    return false;
}

}  // namespace

char thread_state(pid_t pid, pid_t tid) {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
    return state_in(path);
}

char process_state(pid_t pid) {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
    return state_in(path);
}

std::optional<SocketOwner> owner_of_socket(std::uint32_t inode) {
    const std::string link = "socket:[" + std::to_string(inode) + "]";
    std::error_code unreadable;
    for (const auto& process : std::filesystem::directory_iterator("/proc", unreadable)) {
        const std::string pid = process.path().filename();
        if (pid.find_first_not_of("0123456789") != std::string::npos || !holds(process.path(), link)) continue;
        std::string name;
        std::ifstream comm(process.path() / "comm");
        std::getline(comm, name);
        return SocketOwner{static_cast<pid_t>(std::stoi(pid)), name};
    }
    return std::nullopt;
}

int open_descriptor_count() {
    DIR* folder = opendir("/proc/self/fd");
    if (!folder) return -1;
    int count = -1;  // the folder's own descriptor is among them
    while (const dirent* entry = readdir(folder)) count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

}  // namespace synoptic
