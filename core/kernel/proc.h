// What /proc tells of processes and threads (proc(5)).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace synoptic {

/** State letter of a thread from /proc/PID/task/TID/stat: R runs, S sleeps, Z is a zombie …; 0 if there is no such thread. */
char thread_state(pid_t pid, pid_t tid);

/** State letter of a process's first thread; 0 if there is no such process. */
char process_state(pid_t pid);

/** The wait status of a zombie of this user's, as its parent will read it (exit_code of /proc/PID/stat); -1 if this is none, or the kernel does not tell. */
int status_of_zombie(pid_t pid);

struct SocketOwner {
    pid_t pid = 0;
    std::string name;  // as /proc/PID/comm has it
};
/** For each of these sockets, by inode, a process that has it open; without those that are another user's, or nobody's any more. Reads all of /proc:
    tens of ms on a machine with many processes. */
std::map<std::uint32_t, SocketOwner> owners_of_sockets(const std::set<std::uint32_t>& inodes);

/** Descriptors that this process has open. */
int open_descriptor_count();

}  // namespace synoptic
