#include "core/wire/lab_netlink.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace synoptic {
namespace {

/** A request that grows by attributes behind its family's header. */
struct Request {
    alignas(nlmsghdr) char bytes[256] = {};

    nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(bytes); }

    template <class Body>
    void begin(std::uint16_t type, std::uint16_t flags, const Body& body) {
        header().nlmsg_type = type;
        header().nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        header().nlmsg_len = NLMSG_LENGTH(sizeof body);
        std::memcpy(NLMSG_DATA(&header()), &body, sizeof body);
    }
    void add(std::uint16_t type, const void* value, std::size_t size) {
        auto* attribute = reinterpret_cast<rtattr*>(bytes + NLMSG_ALIGN(header().nlmsg_len));
        attribute->rta_type = type;
        attribute->rta_len = static_cast<std::uint16_t>(RTA_LENGTH(size));
        std::memcpy(RTA_DATA(attribute), value, size);
        header().nlmsg_len = static_cast<std::uint32_t>(NLMSG_ALIGN(header().nlmsg_len) + RTA_ALIGN(attribute->rta_len));
    }
};

/** Sends a request and waits for its acknowledgment; 0 or an errno. */
int ask_kernel(Request& request) {
    const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (netlink < 0) return errno;
    struct {
        nlmsghdr header;
        nlmsgerr error;
        char rest[512];
    } answer{};
    int error = 0;
    if (send(netlink, request.bytes, request.header().nlmsg_len, 0) < 0 || recv(netlink, &answer, sizeof answer, 0) < 0)
        error = errno;
    else if (answer.header.nlmsg_type == NLMSG_ERROR)
        error = -answer.error.error;
    close(netlink);
    return error;
}

}  // namespace

int set_transmit_queue(std::uint32_t packets) {
    ifinfomsg link{};
    link.ifi_index = static_cast<int>(if_nametoindex(wire_device));
    Request request;
    request.begin(RTM_NEWLINK, 0, link);
    request.add(IFLA_TXQLEN, &packets, sizeof packets);
    return ask_kernel(request);
}

int set_address6(const char* address) {
    ifaddrmsg own{};
    own.ifa_family = AF_INET6;
    own.ifa_prefixlen = 64;
    own.ifa_flags = IFA_F_NODAD;
    own.ifa_index = if_nametoindex(wire_device);
    Request request;
    request.begin(RTM_NEWADDR, NLM_F_CREATE, own);
    in6_addr bytes;
    inet_pton(AF_INET6, address, &bytes);
    request.add(IFA_LOCAL, &bytes, sizeof bytes);
    return ask_kernel(request);
}

int set_route(int family, const char* destination, std::uint32_t rto_min_ms) {
    rtmsg route{};
    route.rtm_family = static_cast<unsigned char>(family);
    route.rtm_dst_len = family == AF_INET ? 32 : 128;  // more specific than the network's own route
    route.rtm_table = RT_TABLE_MAIN;
    route.rtm_protocol = RTPROT_STATIC;
    route.rtm_scope = family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    route.rtm_type = RTN_UNICAST;
    Request request;
    request.begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route);
    std::uint8_t address[16];
    inet_pton(family, destination, address);
    request.add(RTA_DST, address, family == AF_INET ? 4 : 16);
    const std::uint32_t index = if_nametoindex(wire_device);
    request.add(RTA_OIF, &index, sizeof index);
    if (rto_min_ms != 0) {
        // tcp_rto_min looks at the metric only if it is locked.
        const struct {
            rtattr lock{RTA_LENGTH(4), RTAX_LOCK};
            std::uint32_t locked = 1u << RTAX_RTO_MIN;
            rtattr metric{RTA_LENGTH(4), RTAX_RTO_MIN};
            std::uint32_t value;
        } metrics{.value = rto_min_ms};
        request.add(RTA_METRICS, &metrics, sizeof metrics);
    }
    return ask_kernel(request);
}

}  // namespace synoptic
