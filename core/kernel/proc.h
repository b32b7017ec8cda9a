// What /proc tells of processes and threads (proc(5)).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace synoptic {

/** State letter of a thread from /proc/PID/task/TID/stat: R runs, S sleeps, Z is a zombie …; 0 if there is no such thread. */
char thread_state(pid_t pid, pid_t tid);

/** State letter of a process's first thread; 0 if there is no such process. */
char process_state(pid_t pid);

struct SocketOwner {
    pid_t pid = 0;
    std::string name;  // as /proc/PID/comm has it
};
/** A process that has this socket open, by its inode; nothing where it is another user's, or nobody's any more. Reads all of /proc. */
std::optional<SocketOwner> owner_of_socket(std::uint32_t inode);

/** Descriptors that this process has open. */
int open_descriptor_count();

}  // namespace synoptic
