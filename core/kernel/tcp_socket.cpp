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

const char* name_of(TcpState state) {
    switch (state) {
        case TcpState::none:
            return "?";
        case TcpState::established:
            return "ESTABLISHED";
        case TcpState::syn_sent:
            return "SYN_SENT";
        case TcpState::syn_rcvd:
            return "SYN_RCVD";
        case TcpState::fin_wait_1:
            return "FIN_WAIT_1";
        case TcpState::fin_wait_2:
            return "FIN_WAIT_2";
        case TcpState::time_wait:
            return "TIME_WAIT";
        case TcpState::closed:
            return "CLOSED";
        case TcpState::close_wait:
            return "CLOSE_WAIT";
        case TcpState::last_ack:
            return "LAST_ACK";
        case TcpState::listen:
            return "LISTEN";
        case TcpState::closing:
            return "CLOSING";
    }
    return "?";
}

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
