#include "core/wire/lab_refusal.h"

#include <cstring>
#include <fstream>

namespace synoptic {
namespace {

long number_in(const char* path) {
    std::ifstream file(path);
    long number = -1;
    return file >> number ? number : -1;
}

std::string no_user_namespace(int error, const NamespacePolicy& policy) {
    if (error == ENOSPC || policy.max_user_namespaces == 0) {
        return "no further user namespace is allowed here; sudo sysctl user.max_user_namespaces=15000 allows them";
    }
    if (policy.unprivileged_userns_clone == 0) {
        return "ordinary users may make no user namespaces here; sudo sysctl kernel.unprivileged_userns_clone=1 lets them";
    }
    if (policy.apparmor_restrict_unprivileged_userns == 1) {
        return "AppArmor restricts user namespaces here; sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 lifts that";
    }
    if (error == EINVAL || error == ENOSYS) return "this kernel was built without user namespaces (CONFIG_USER_NS)";
    return "user namespaces are refused here, as containers do by a seccomp profile; run Synoptic outside, or with --security-opt "
           "seccomp=unconfined";
}

std::string no_tun(int error, const std::string& path) {
    if (error == ENOENT || error == ENODEV || error == ENXIO) {
        return "there is no TUN device at " + path + "; sudo modprobe tun makes it (in a container: --device " + path + ")";
    }
    if (error == EACCES || error == EPERM) return "this user may not open " + path + "; sudo chmod 0666 " + path + " allows it";
    return path + " can't be opened";
}

std::string explanation(LabStep step, int error, const std::string& tun_path, const NamespacePolicy& policy) {
    switch (step) {
        case LabStep::user_namespace:
        case LabStep::user_map:
            return no_user_namespace(error, policy);
        case LabStep::net_namespace:
            if (error == ENOSPC) {
                return "no further network namespace is allowed here; sudo sysctl user.max_net_namespaces=15000 allows them";
            }
            if (error == EINVAL) return "this kernel was built without network namespaces (CONFIG_NET_NS)";
            return no_user_namespace(error, policy);
        case LabStep::tun_open:
            return no_tun(error, tun_path);
        case LabStep::tun_device:
            if (error == EPERM) return "the namespace gives no right to make a TUN; " + no_user_namespace(error, policy);
            return tun_path + " is no TUN device; /dev/net/tun is the usual one";
        case LabStep::lifeline:
            return "the lab process could not tie itself to the app";
        case LabStep::address4:
        case LabStep::link_up:
            return "the wire's device takes no address";
        case LabStep::address6:
            return "no IPv6";
        case LabStep::sysctl:
            return "a sysctl could not be set";
        case LabStep::socket:
            return "in the lab";
        case LabStep::route:
            return "the route to the other host does not take rto_min";
        case LabStep::none:
        case LabStep::request:
            return "the lab process did not understand";
    }
    return {};
}

}  // namespace

NamespacePolicy NamespacePolicy::read() {
    return {number_in("/proc/sys/user/max_user_namespaces"), number_in("/proc/sys/kernel/unprivileged_userns_clone"),
            number_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")};
}

Error lab_refusal(LabStep step, int error, const std::string& tun_path, const NamespacePolicy& policy) {
    return Error{call_of(step), error, explanation(step, error, tun_path, policy)};
}

std::string shortcoming_text(const LabShortcoming& shortcoming) {
    const std::string why = Error{"", shortcoming.error, ""}.text();
    if (shortcoming.step == LabStep::address6) {
        return "The lab has no IPv6, as this kernel has it switched off (" + why + "); IPv4 works.";
    }
    return std::string("The lab could not set ") + shortcoming.what + " (" + why + ").";
}

}  // namespace synoptic
