#include "core/kernel/tcp_socket.h"

#include <algorithm>

namespace synoptic {
namespace {

/** True if a connection to `local` is this listener's. */
bool listens_at(const TcpSocket& listener, const Address& local) {
    if (listener.local.port() != local.port()) return false;
    if (!listener.local.is_wildcard()) return listener.local.host() == local.host();
    // A listener on :: takes IPv4, too, unless it was told not to (ipv6(7), IPV6_V6ONLY).
    return listener.local.family() == local.family() || (listener.local.family() == AF_INET6 && !listener.ipv6_only);
}

}  // namespace

const char* name_of(TcpTimer::Kind kind) {
    switch (kind) {
        case TcpTimer::Kind::none:
            return "none";
        case TcpTimer::Kind::retransmission:
            return "retransmission";
        case TcpTimer::Kind::keep_alive:
            return "keep-alive";
        case TcpTimer::Kind::time_wait:
            return "TIME_WAIT";
        case TcpTimer::Kind::zero_window_probe:
            return "zero window probe";
    }
    return "?";
}

std::uint32_t syn_queue_length(std::span<const TcpSocket> table, const TcpSocket& listener) {
    return static_cast<std::uint32_t>(std::count_if(table.begin(), table.end(), [&](const TcpSocket& socket) {
        return socket.state == TcpState::syn_rcvd && listens_at(listener, socket.local);
    }));
}

}  // namespace synoptic
