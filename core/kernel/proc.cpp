#include "core/kernel/proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace synoptic {

namespace {

/** What stands behind the command's name, which may itself hold spaces and parentheses: behind the last ')'. Null if there is no such file. */
const char* behind_name(const char* path, char* text, std::size_t size) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return nullptr;
    const ssize_t length = read(fd, text, size - 1);
    close(fd);
    if (length <= 0) return nullptr;
    text[length] = 0;
    const char* end_of_name = std::strrchr(text, ')');
    return end_of_name && end_of_name[1] == ' ' ? end_of_name + 2 : nullptr;
}

char state_in(const char* path) {
    char text[512];
    const char* fields = behind_name(path, text, sizeof text);
    return fields ? *fields : 0;
}

/** The inode in "socket:[4711]", as a descriptor's link reads; 0 if it is another kind. */
std::uint32_t socket_inode(const std::string& link) {
    unsigned inode = 0;
    return std::sscanf(link.c_str(), "socket:[%u]", &inode) == 1 ? inode : 0;
}

std::string name_of_process(const std::filesystem::path& process) {
    std::string name;
    std::ifstream comm(process / "comm");
    std::getline(comm, name);
    return name;
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

int status_of_zombie(pid_t pid) {
    char path[64], text[1024];
    std::snprintf(path, sizeof path, "/proc/%d", pid);
    struct stat owner {};
    if (stat(path, &owner) != 0 || owner.st_uid != geteuid()) return -1;  // the kernel shows 0 to others
    std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
    const char* fields = behind_name(path, text, sizeof text);
    if (!fields || *fields != 'Z') return -1;
    const char* last = std::strrchr(fields, ' ');  // exit_code is the last field (proc(5))
    return last ? std::atoi(last + 1) : -1;
}

std::map<std::uint32_t, SocketOwner> owners_of_sockets(const std::set<std::uint32_t>& inodes) {
    std::map<std::uint32_t, SocketOwner> owners;
    std::error_code unreadable;
    // Processes and descriptors go while one looks: their iterators tell it by an error, which ends that folder only.
    using Folder = std::filesystem::directory_iterator;
    for (Folder process("/proc", unreadable); !unreadable && process != Folder(); process.increment(unreadable)) {
        const std::string pid = process->path().filename();
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        std::error_code gone;
        for (Folder entry(process->path() / "fd", gone); !gone && entry != Folder(); entry.increment(gone)) {
            std::error_code no_link;
            const std::uint32_t inode = socket_inode(std::filesystem::read_symlink(entry->path(), no_link));
            if (inodes.count(inode) == 0 || owners.count(inode) != 0) continue;
            owners[inode] = {static_cast<pid_t>(std::stoi(pid)), name_of_process(process->path())};
            if (owners.size() == inodes.size()) return owners;
        }
    }
    return owners;
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
