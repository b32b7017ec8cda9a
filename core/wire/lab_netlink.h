// The three things about a host's network that only rtnetlink(7) can set. Linked into synoptic-helper: libc only, so no libmnl.
#pragma once

#include <cstdint>

#include "core/wire/host.h"

namespace synoptic {

/** Sets how many packets may wait for the app in the calling thread's wire0 (IFLA_TXQLEN). 0 or the errno that the kernel answers. */
int set_transmit_queue(std::uint32_t packets);

/** Gives the calling thread's wire0 this address, /64. It is good at once: without IFA_F_NODAD a work queue would make it so, a moment after somebody has
    tried to bind it (addrconf_dad_begin). 0 or the errno that the kernel answers. */
int set_address6(const char* address);

/** Makes or replaces a route to this address of the other host, with RTAX_RTO_MIN unless that is 0. 0 or the errno that the kernel answers. */
int set_route(int family, const char* destination, std::uint32_t rto_min_ms);

}  // namespace synoptic
