#include "core/wire/lab_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/wire/lab_netlink.h"

namespace synoptic {
namespace {

// Packets that may wait for the app in a TUN; what does not fit is lost without a word (tun_net_xmit), and 500 is the device's own.
constexpr std::uint32_t transmit_queue_packets = 20'000;

LabFailure failed(LabStep step) {
    return {step, errno};
}

struct Sysctl {
    const char* path;  // below /proc/sys/net
    const char* value;
};

// Before the TUN is there, for its own settings are copied from "default" when it is made.
constexpr Sysctl sysctls[] = {
    {"ipv4/tcp_syncookies", "0"},        // else a full SYN queue would be answered from nowhere, and not be seen
    {"ipv4/tcp_syn_retries", "100"},     // a segment may be held for as long as somebody talks about it:
    {"ipv4/tcp_synack_retries", "100"},  // giving up is for the kernel's timers to show, not to spoil
    {"ipv4/tcp_retries2", "100"},          {"ipv4/tcp_orphan_retries", "100"},
    {"ipv4/tcp_no_metrics_save", "1"},  // no connection starts with what an earlier one has learnt
    {"ipv6/conf/default/router_solicitations", "0"}, {"ipv6/conf/default/accept_ra", "0"},
    {"ipv6/conf/default/addr_gen_mode", "1"},  // no link-local address, and so none of its chatter
};

void note(LabReply& reply, LabStep step, int error, const char* what) {
    if (reply.shortcoming_count == std::size(reply.shortcomings)) return;
    LabShortcoming& shortcoming = reply.shortcomings[reply.shortcoming_count++];
    shortcoming.step = step;
    shortcoming.error = error;
    std::snprintf(shortcoming.what, sizeof shortcoming.what, "%s", what);
}

void set_sysctls(LabReply& reply) {
    const bool has_ipv6 = access("/proc/sys/net/ipv6", F_OK) == 0;
    for (const Sysctl& sysctl : sysctls) {
        if (!has_ipv6 && std::strncmp(sysctl.path, "ipv6/", 5) == 0) continue;
        char path[96];
        std::snprintf(path, sizeof path, "/proc/sys/net/%s", sysctl.path);
        if (!put_text(path, sysctl.value)) note(reply, LabStep::sysctl, errno, sysctl.path);
    }
}

ifreq request_for(const char* device) {
    ifreq request{};
    std::strncpy(request.ifr_name, device, sizeof request.ifr_name - 1);
    return request;
}

bool bring_up(int socket, const char* device) {
    ifreq request = request_for(device);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(socket, SIOCSIFFLAGS, &request) == 0;
}

bool set_address4(int socket, Host host) {
    ifreq request = request_for(wire_device);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, addresses_of(host).ipv4, &address.sin_addr);
    std::memcpy(&request.ifr_addr, &address, sizeof address);
    if (ioctl(socket, SIOCSIFADDR, &request) < 0) return false;
    inet_pton(AF_INET, "255.255.255.0", &address.sin_addr);
    std::memcpy(&request.ifr_netmask, &address, sizeof address);
    return ioctl(socket, SIOCSIFNETMASK, &request) == 0;
}

LabFailure configure(Host host, LabReply& reply) {
    const int socket4 = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket4 < 0) return failed(LabStep::address4);
    LabFailure failure;
    if (const int error = set_transmit_queue(transmit_queue_packets); error != 0) note(reply, LabStep::link_up, error, "txqueuelen");
    if (!set_address4(socket4, host))
        failure = failed(LabStep::address4);
    else if (!bring_up(socket4, wire_device) || !bring_up(socket4, "lo"))
        failure = failed(LabStep::link_up);
    close(socket4);
    if (failure.step != LabStep::none) return failure;
    if (const int error = set_address6(addresses_of(host).ipv6); error != 0) note(reply, LabStep::address6, error, addresses_of(host).ipv6);
    return failure;
}

}  // namespace

bool put_text(const char* path, const char* text) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool written = write(fd, text, std::strlen(text)) >= 0;
    const int error = errno;
    close(fd);
    errno = error;
    return written;
}

LabFailure make_host(Host host, const char* tun_path, int& tun, LabReply& reply) {
    set_sysctls(reply);
    tun = open(tun_path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tun < 0) return failed(LabStep::tun_open);
    // Without TUNSETOFFLOAD the kernel completes checksums and splits what is larger than the MTU before it hands a packet over.
    ifreq request = request_for(wire_device);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (ioctl(tun, TUNSETIFF, &request) < 0) return failed(LabStep::tun_device);
    return configure(host, reply);
}

LabFailure set_rto_min(Host host, std::uint32_t rto_min_ms, bool has_ipv6) {
    const HostAddresses& peer = addresses_of(other(host));
    if (const int error = set_route(AF_INET, peer.ipv4, rto_min_ms); error != 0) return {LabStep::route, error};
    if (!has_ipv6) return {};
    if (const int error = set_route(AF_INET6, peer.ipv6, rto_min_ms); error != 0) return {LabStep::route, error};
    return {};
}

}  // namespace synoptic
