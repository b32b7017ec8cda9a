// How a process that was forked elsewhere becomes one of the lab's: libc only, to be called between fork and the program's first call.
#pragma once

#include "core/wire/host.h"

namespace synoptic {

/** What a process needs to enter one host; the Lab's descriptors, or copies of them. */
struct HostDescriptors {
    int user_ns = -1;
    int net_ns = -1;
};

/**
 * Enters the host's user and network namespaces (setns(2), 20 µs) and gives up every capability there, for good and for whatever it execs: a
 * program in the lab may bind port 80 as little as anywhere else. There is no way back. 0, or -1 with errno: EINVAL in a process with several threads, EPERM if
 * the lab belongs to another user.
 */
int join_host(const HostDescriptors& host);

}  // namespace synoptic
