#include "core/wire/lab_process.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/wire/lab_network.h"
#include "core/wire/lab_protocol.h"

namespace synoptic {
namespace {

/**
 * Enters a user namespace in which the user keeps their own id (user_namespaces(7)). The same for root and for an ordinary user: what the lab may do
 * comes from the namespace alone, so that it can't depend on who started it.
 */
LabFailure enter_user_namespace() {
    const uid_t uid = geteuid();
    const gid_t gid = getegid();
    if (unshare(CLONE_NEWUSER) < 0) return {LabStep::user_namespace, errno};
    char map[64];
    std::snprintf(map, sizeof map, "%u %u 1", uid, uid);
    if (!put_text("/proc/self/uid_map", map)) return {LabStep::user_map, errno};
    // Without CAP_SETGID outside, a map of groups is taken only after setgroups was given up.
    if (!put_text("/proc/self/setgroups", "deny")) return {LabStep::user_map, errno};
    std::snprintf(map, sizeof map, "%u %u 1", gid, gid);
    if (!put_text("/proc/self/gid_map", map)) return {LabStep::user_map, errno};
    return {};
}

class LabProcess {
   public:
    LabProcess(int channel, const char* tun_path) : channel_(channel), tun_path_(tun_path) {}

    int run() {
        LabReply reply;
        const LabFailure failure = make(reply);
        reply.failed_step = failure.step;
        reply.error = failure.error;
        if (failure.step != LabStep::none) return send_record(channel_, &reply, sizeof reply) ? 1 : 2;
        for (const LabShortcoming& shortcoming : reply.shortcomings) has_ipv6_ = has_ipv6_ && shortcoming.step != LabStep::address6;
        reply.net_ns_fds[0] = fd(lab_client_net_ns);
        reply.net_ns_fds[1] = fd(lab_server_net_ns);
        if (!send_record(channel_, &reply, sizeof reply, made_)) return 2;
        // The app's alone from here on: a TUN that nobody reads any more must not be kept open by this process.
        close(fd(lab_client_tun));
        close(fd(lab_server_tun));
        return serve();
    }

   private:
    int& fd(int which) { return made_.fd[static_cast<std::size_t>(which)]; }
    int net_ns(std::uint8_t host) { return fd(host == index_of(Host::client) ? lab_client_net_ns : lab_server_net_ns); }

    LabFailure make(LabReply& reply) {
        if (const LabFailure failure = enter_user_namespace(); failure.step != LabStep::none) return failure;
        fd(lab_user_ns) = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
        for (const Host host : {Host::client, Host::server}) {
            if (unshare(CLONE_NEWNET) < 0) return {LabStep::net_namespace, errno};
            fd(lab_client_net_ns + index_of(host)) = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
            const LabFailure failure = make_host(host, tun_path_, fd(lab_client_tun + index_of(host)), reply);
            if (failure.step != LabStep::none) return failure;
        }
        made_.count = lab_descriptor_count;
        return {};
    }

    int serve() {
        LabRequest request;
        PassedDescriptors none;
        while (receive_record(channel_, &request, sizeof request, none)) {
            LabReply reply;
            PassedDescriptors made;
            const LabFailure failure = fulfil(request, made);
            reply.failed_step = failure.step;
            reply.error = failure.error;
            const bool sent = send_record(channel_, &reply, sizeof reply, made);
            for (int at = 0; at < made.count; ++at) close(made.fd[static_cast<std::size_t>(at)]);
            if (!sent) return 2;
        }
        return 0;
    }

    LabFailure fulfil(const LabRequest& request, PassedDescriptors& made) {
        if (setns(net_ns(request.host), CLONE_NEWNET) < 0) return {LabStep::net_namespace, errno};
        switch (request.order) {
            case LabOrder::open_socket: {
                const int opened = socket(request.domain, request.type | SOCK_CLOEXEC, request.protocol);
                if (opened < 0) return {LabStep::socket, errno};
                made.fd[0] = opened;
                made.count = 1;
                return {};
            }
            case LabOrder::set_rto_min:
                return set_rto_min(static_cast<Host>(request.host), request.rto_min_ms, has_ipv6_);
        }
        return {LabStep::request, EINVAL};
    }

    int channel_;
    const char* tun_path_;
    PassedDescriptors made_;
    bool has_ipv6_ = true;
};

}  // namespace

int run_lab(int channel, const char* tun_path) {
    return LabProcess(channel, tun_path).run();
}

}  // namespace synoptic
