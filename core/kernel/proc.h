// What /proc tells of processes and threads (proc(5)).
#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

namespace synoptic {

/** State letter of a thread from /proc/PID/task/TID/stat: R runs, S sleeps, Z is a zombie …; 0 if there is no such thread. */
char thread_state(pid_t pid, pid_t tid);

/** State letter of a process's first thread; 0 if there is no such process. */
char process_state(pid_t pid);

/** Descriptors that this process has open. */
int open_descriptor_count();

}  // namespace synoptic
