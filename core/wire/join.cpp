#include "core/wire/join.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synoptic {
namespace {

/** Empties all sets of capabilities(7): the bounding set first, which asks for CAP_SETPCAP. */
int drop_capabilities() {
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) return -1;
    }
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    return static_cast<int>(syscall(SYS_capset, &header, none));
}

}  // namespace

int join_host(const HostDescriptors& host) {
    // The user namespace first: it gives the capability that entering the network namespace asks for.
    if (setns(host.user_ns, CLONE_NEWUSER) < 0) return -1;
    if (setns(host.net_ns, CLONE_NEWNET) < 0) return -1;
    return drop_capabilities();
}

}  // namespace synoptic
