#include "core/wire/lab.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/spawn.h"
#include "core/wire/lab_protocol.h"
#include "core/wire/lab_refusal.h"

namespace synoptic {
namespace {

void close_if_open(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
}

}  // namespace

Result<std::unique_ptr<Lab>> Lab::start(const LabSetup& setup) {
    std::unique_ptr<Lab> lab(new Lab);
    if (const Status spawned = lab->spawn(setup); !spawned) return spawned.error();
    if (const Status received = lab->receive_hosts(setup); !received) return received.error();
    return lab;
}

Lab::~Lab() {
    close_if_open(channel_);
    for (int* fd : {&tuns_[0], &tuns_[1], &net_ns_[0], &net_ns_[1], &user_ns_}) close_if_open(*fd);
    kill_process();  // it would end when it notices; one that is stopped never does
    close_if_open(pidfd_);
    if (pid_ > 0) {
        int status;
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    }
}

Status Lab::spawn(const LabSetup& setup) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return errno_error("socketpair", "no channel to the lab");
    channel_ = ends[0];
    const timeval patience{setup.patience_ms / 1000, (setup.patience_ms % 1000) * 1000};
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
        if (setsockopt(channel_, SOL_SOCKET, option, &patience, sizeof patience) < 0) {
            const Error error = errno_error("setsockopt", "the channel to the lab has no time limit");
            close(ends[1]);
            return error;
        }
    }
    // Above the numbers that the lab process expects them at, so that none is overwritten before it was copied.
    int channel = fcntl(ends[1], F_DUPFD_CLOEXEC, lab_last_fd + 1);
    int lifeline = fcntl(setup.lifeline_read_end, F_DUPFD_CLOEXEC, lab_last_fd + 1);
    close(ends[1]);
    const ChildDescriptor passed[] = {{channel, lab_channel_fd}, {lifeline, lab_lifeline_fd}};
    const int error = channel < 0 || lifeline < 0
                          ? EBADF
                          : spawn_with_defaults(setup.helper_path, {setup.helper_path, lab_argument, setup.tun_path}, passed, pid_);
    close_if_open(channel);
    close_if_open(lifeline);
    if (error != 0) {
        pid_ = -1;
        return Error{"posix_spawn", error, "the lab process " + setup.helper_path + " did not start"};
    }
    pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    if (pidfd_ < 0) return errno_error("pidfd_open", "the lab process can't be watched; Linux 5.3 or later is needed");
    return Done{};
}

Status Lab::receive_hosts(const LabSetup& setup) {
    LabReply reply;
    PassedDescriptors hosts;
    if (!receive_record(channel_, &reply, sizeof reply, hosts)) {
        if (errno == EAGAIN) return Error{"recvmsg", ETIMEDOUT, "the lab process did not set up its hosts in time"};
        return errno_error("recvmsg", "the lab process ended before its hosts stood");
    }
    if (reply.failed_step != LabStep::none) {
        return lab_refusal(reply.failed_step, reply.error, setup.tun_path, NamespacePolicy::read());
    }
    if (hosts.count != lab_descriptor_count) return Error{"recvmsg", EPROTO, "the lab process did not hand over its hosts"};
    user_ns_ = hosts.fd[lab_user_ns];
    for (const Host host : {Host::client, Host::server}) {
        const auto at = static_cast<std::size_t>(index_of(host));
        net_ns_[at] = hosts.fd[lab_client_net_ns + at];
        tuns_[at] = hosts.fd[lab_client_tun + at];
        net_ns_number_[at] = reply.net_ns_fds[at];
    }
    for (std::size_t at = 0; at < reply.shortcoming_count && at < std::size(reply.shortcomings); ++at) {
        const LabShortcoming& shortcoming = reply.shortcomings[at];
        has_ipv6_ = has_ipv6_ && shortcoming.step != LabStep::address6;
        const std::string text = shortcoming_text(shortcoming);
        // Both hosts lack the same: it is said once.
        if (shortcomings_.empty() || shortcomings_.back() != text) shortcomings_.push_back(text);
    }
    return Done{};
}

Result<int> Lab::ask(const LabRequest& request) {
    LabReply reply;
    PassedDescriptors made;
    {
        const std::lock_guard lock(channel_mutex_);
        if (!send_record(channel_, &request, sizeof request) || !receive_record(channel_, &reply, sizeof reply, made)) {
            const int error = errno;
            if (error == EAGAIN) {
                kill_process();  // an answer that came now would be taken for the next one's
                return Error{"", ETIMEDOUT, "the lab process did not answer and was ended: restart the lab"};
            }
            return Error{"", error == 0 ? EPIPE : error, "the lab process has ended: restart the lab"};
        }
    }
    if (reply.failed_step != LabStep::none) return lab_refusal(reply.failed_step, reply.error, {}, NamespacePolicy::read());
    return made.count > 0 ? made.fd[0] : -1;
}

Result<int> Lab::open_socket(Host host, int domain, int type, int protocol) {
    LabRequest request;
    request.host = static_cast<std::uint8_t>(index_of(host));
    request.domain = domain;
    request.type = type;
    request.protocol = protocol;
    Result<int> opened = ask(request);
    if (opened && *opened < 0)
        return Error{"recvmsg", EMFILE, "the socket came from the lab, but this process has no descriptor left for it"};
    return opened;
}

Status Lab::set_rto_min(std::uint32_t rto_min_ms) {
    for (const Host host : {Host::client, Host::server}) {
        LabRequest request;
        request.order = LabOrder::set_rto_min;
        request.host = static_cast<std::uint8_t>(index_of(host));
        request.rto_min_ms = rto_min_ms;
        if (const Result<int> set = ask(request); !set) return set.error();
    }
    return Done{};
}

/** By its pidfd: its number may be another's by now. */
void Lab::kill_process() {
    if (pidfd_ >= 0)
        syscall(SYS_pidfd_send_signal, pidfd_, SIGKILL, nullptr, 0);
    else if (pid_ > 0)
        kill(pid_, SIGKILL);  // not reaped yet, so that the number is still its own
}

bool Lab::alive() const {
    pollfd ended{pidfd_, POLLIN, 0};
    return poll(&ended, 1, 0) == 0;
}

std::string Lab::nsenter_command(Host host) const {
    // The lab process sits in both hosts by turns: which one is meant is told by its descriptor.
    return "nsenter --preserve-credentials -t " + std::to_string(pid_) + " -U --net=/proc/" + std::to_string(pid_) + "/fd/" +
           std::to_string(net_ns_number_[index_of(host)]);
}

}  // namespace synoptic
