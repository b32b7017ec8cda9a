#include "core/helper/lifeline.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

namespace synoptic {

int hold_lifeline(int read_end, int at_least) {
    setpgid(0, 0);
    char path[32];
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", read_end);
    const int opened = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // another open file description: owner and flags belong to that
    if (opened < 0) return -1;
    const int lifeline = fcntl(opened, F_DUPFD_CLOEXEC, at_least);
    if (lifeline < 0) return -1;
    close(opened);
    if (fcntl(lifeline, F_SETSIG, SIGKILL) < 0 || fcntl(lifeline, F_SETOWN, -getpgrp()) < 0 ||
        fcntl(lifeline, F_SETFL, O_NONBLOCK | O_ASYNC) < 0) {
        return -1;
    }
    pollfd end{lifeline, POLLIN, 0};  // the app may have ended before the signal was armed
    if (poll(&end, 1, 0) > 0 && (end.revents & POLLHUP)) raise(SIGKILL);
    return lifeline;
}

}  // namespace synoptic
