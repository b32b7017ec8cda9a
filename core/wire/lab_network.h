// What the lab process does to one host's network: its TUN, addresses, sysctls and route. Each acts on the calling thread's network namespace.
//
// Linked into synoptic-helper: libc only (see lab_protocol.h).
#pragma once

#include "core/wire/host.h"
#include "core/wire/lab_protocol.h"

namespace synoptic {

/** What went wrong, with errno; LabStep::none if nothing did. */
struct LabFailure {
    LabStep step = LabStep::none;
    int error = 0;
};

/** Writes a text to a file below /proc. False with errno. */
bool put_text(const char* path, const char* text);

/**
 * Gives this network namespace its TUN wire0 (tun(4), IFF_TUN | IFF_NO_PI), both addresses, loopback, and sysctls. What the lab can do without (IPv6,
 * some sysctls) is told in `reply.shortcomings`. `tun` becomes the TUN's descriptor, the caller's to close.
 */
LabFailure make_host(Host host, const char* tun_path, int& tun, LabReply& reply);

/**
 * Sets the least retransmission timeout towards the other host (RTAX_RTO_MIN of a route, as ip-route(8)'s rto_min; 0 ms: none). It counts for a
 * connection's next timer, existing connections included. SYN and SYN+ACK keep their own second (RFC 6298, 2.1).
 */
LabFailure set_rto_min(Host host, std::uint32_t rto_min_ms, bool has_ipv6);

}  // namespace synoptic
