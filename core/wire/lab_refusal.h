// Why the lab can't be had, in a sentence that says what is missing and how to get it.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/wire/lab_protocol.h"

namespace synoptic {

/** What the system says of user namespaces: sysctls, -1 where this kernel has no such file. */
struct NamespacePolicy {
    long max_user_namespaces = -1;                    // /proc/sys/user/max_user_namespaces
    long unprivileged_userns_clone = -1;              // /proc/sys/kernel/unprivileged_userns_clone (Debian's patch)
    long apparmor_restrict_unprivileged_userns = -1;  // /proc/sys/kernel/apparmor_restrict_unprivileged_userns (Ubuntu since 23.10)

    static NamespacePolicy read();
};

/** The error of a lab that stopped at this step with this errno. */
Error lab_refusal(LabStep step, int error, const std::string& tun_path, const NamespacePolicy& policy);

/** A sentence for what the lab does without. */
std::string shortcoming_text(const LabShortcoming& shortcoming);

}  // namespace synoptic
