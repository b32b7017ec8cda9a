// How the app starts its helper, and on which descriptors that finds what it needs. What the helper does stands in main.cpp.
#pragma once

#include <sys/types.h>

#include <string>

#include "core/base/result.h"

namespace synoptic {

inline constexpr const char* helper_name = "synoptic-helper";
inline constexpr int helper_channel_fd = 3;
inline constexpr int helper_trace_fd = 4;
inline constexpr int helper_lifeline_fd = 5;
inline constexpr int helper_last_fd = 5;

struct HelperProcess {
    pid_t pid = -1;
    int channel = -1;  // the app's end
};

/** Where the helper is: beside the program that runs, or as helper_beside() says. */
std::string helper_path();

/** The helper of a program: beside it, as it is built; else in `../libexec/synoptic`, as it is installed. Where there is neither, the first. */
std::string helper_beside(const std::string& program);

/** Spawns the helper with the trace and the lifeline's read end. The caller reaps it. ENOENT, EACCES, EAGAIN. */
Result<HelperProcess> spawn_helper(const std::string& path, int trace_memfd, int lifeline_read_end);

}  // namespace synoptic
