// What a network device has counted (rtnetlink(7), IFLA_STATS64).
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace synoptic {

/** Packets since the device was made. Of a TUN: sent ones are those that were read from its descriptor, received ones those written to it. */
struct LinkCounters {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t sent_dropped = 0;  // for a TUN: its queue was full, so that the kernel lost them before anybody could read them
    std::uint64_t received_dropped = 0;
};

/** Asks through a netlink socket (AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) about a device of the namespace that the socket was made in. ENODEV. */
Result<LinkCounters> link_counters(int netlink_fd, const std::string& device);

}  // namespace synoptic
