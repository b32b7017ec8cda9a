#include "core/helper/helper.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "core/base/spawn.h"

namespace synoptic {

std::string helper_path() {
    std::error_code unreadable;
    return helper_beside(std::filesystem::read_symlink("/proc/self/exe", unreadable));
}

std::string helper_beside(const std::string& program) {
    const std::filesystem::path path(program), beside = std::filesystem::path(program).replace_filename(helper_name);
    const std::filesystem::path installed = path.parent_path().parent_path() / "libexec" / "synoptic" / helper_name;
    std::error_code unreadable;
    return !std::filesystem::exists(beside, unreadable) && std::filesystem::exists(installed, unreadable) ? installed : beside;
}

Result<HelperProcess> spawn_helper(const std::string& path, int trace_memfd, int lifeline_read_end) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return errno_error("socketpair", "no channel to the helper");
    // Above the numbers that the helper expects them at, so that none is overwritten before it was copied.
    const int channel = fcntl(ends[1], F_DUPFD_CLOEXEC, helper_last_fd + 1);
    const int trace = fcntl(trace_memfd, F_DUPFD_CLOEXEC, helper_last_fd + 1);
    const int lifeline = fcntl(lifeline_read_end, F_DUPFD_CLOEXEC, helper_last_fd + 1);
    close(ends[1]);

    const ChildDescriptor passed[] = {{channel, helper_channel_fd}, {trace, helper_trace_fd}, {lifeline, helper_lifeline_fd}};
    pid_t pid = -1;
    const int error = spawn_with_defaults(path, {helper_name}, passed, pid);
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
