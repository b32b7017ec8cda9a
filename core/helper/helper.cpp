#include "core/helper/helper.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

extern char** environ;

namespace synoptic {

std::string helper_path() {
    std::error_code unreadable;
    return std::filesystem::read_symlink("/proc/self/exe", unreadable).replace_filename(helper_name);
}

Result<HelperProcess> spawn_helper(const std::string& path, int trace_memfd, int lifeline_read_end) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return errno_error("socketpair", "no channel to the helper");
    // Above the numbers that the helper expects them at, so that none is overwritten before it was copied.
    const int channel = fcntl(ends[1], F_DUPFD_CLOEXEC, helper_last_fd + 1);
    const int trace = fcntl(trace_memfd, F_DUPFD_CLOEXEC, helper_last_fd + 1);
    const int lifeline = fcntl(lifeline_read_end, F_DUPFD_CLOEXEC, helper_last_fd + 1);
    close(ends[1]);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, channel, helper_channel_fd);
    posix_spawn_file_actions_adddup2(&actions, trace, helper_trace_fd);
    posix_spawn_file_actions_adddup2(&actions, lifeline, helper_lifeline_fd);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGCHLD, SIGHUP, SIGQUIT}) sigaddset(&defaults, signal);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::string name = helper_name;
    char* arguments[] = {name.data(), nullptr};
    pid_t pid = -1;
    const int error = posix_spawn(&pid, path.c_str(), &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(channel);
    close(trace);
    close(lifeline);
    if (error != 0) {
        close(ends[0]);
        return Error{"posix_spawn", error, "the helper " + path + " did not start"};
    }
    return HelperProcess{pid, ends[0]};
}

}  // namespace synoptic
