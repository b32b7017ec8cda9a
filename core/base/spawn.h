// Starting a program of our own as a child process.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

namespace synoptic {

/** A descriptor of this process, and the number under which the child finds it. */
struct ChildDescriptor {
    int fd = -1;
    int number = -1;
};

/**
 * posix_spawn(3) with no signal blocked and every signal at its default, whatever this process does with them. `arguments` begins
 * with the program's name. `descriptors` must lie above the numbers that they are passed as, so that none is overwritten before it was copied. 0 and the child's pid, or an errno.
 */
int spawn_with_defaults(const std::string& path, std::vector<std::string> arguments, std::span<const ChildDescriptor> descriptors,
                        pid_t& pid);

}  // namespace synoptic
