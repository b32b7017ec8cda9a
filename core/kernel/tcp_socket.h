// A TCP socket as the kernel's table has it (sock_diag(7), struct inet_diag_msg), its fields named by what they mean.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/address.h"
#include "core/base/tcp_state.h"

namespace synoptic {

/** What the kernel will do with the connection by itself next (inet_sk_diag_fill). */
struct TcpTimer {
    enum class Kind : std::uint8_t { none, retransmission, keep_alive, time_wait, zero_window_probe };
    Kind kind = Kind::none;        // retransmission: of a tail loss probe, too
    std::uint32_t expires_ms = 0;  // from now
    std::uint8_t retransmits = 0;  // sent without an answer so far; probes for zero_window_probe
    bool operator==(const TcpTimer&) const = default;
};

const char* name_of(TcpTimer::Kind kind);

struct TcpSocket {
    std::uint64_t cookie = 0;  // idiag_cookie, which is SO_COOKIE
    TcpState state = TcpState::none;
    Address local, peer;
    TcpTimer timer;
    std::uint32_t receive_queue_bytes = 0;  // arrived, and not read by anybody; 0 on a listener
    std::uint32_t send_queue_bytes = 0;     // sent or to be sent, and not acknowledged; 0 on a listener
    std::uint32_t accept_queue = 0;         // listener: connections that wait for accept (idiag_rqueue)
    std::uint32_t backlog = 0;  // listener: as listen(2) was told (idiag_wqueue). One connection more fits; the SYN queue has as many
    std::uint32_t inode = 0;    // as /proc/PID/fd has it; 0 if no descriptor belongs to it
    bool ipv6_only = false;     // listener: IPV6_V6ONLY
    bool operator==(const TcpSocket&) const = default;
};

/** Entries in a listener's SYN queue: the SYN_RCVD ones among `table` that came to its address and port. With SO_REUSEPORT, of all who share these. */
std::uint32_t syn_queue_length(std::span<const TcpSocket> table, const TcpSocket& listener);

}  // namespace synoptic
