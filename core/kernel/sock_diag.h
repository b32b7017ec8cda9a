// What the kernel's table of sockets says (sock_diag(7), NETLINK_SOCK_DIAG), through libmnl.
//
// Thread safety: one thread at a time. A netlink socket is opened at the first question, and kept.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/kernel/tcp_socket.h"

struct mnl_socket;

namespace synoptic {

enum class WithTimeWait : bool { no, yes };

class SockDiag {
   public:
    /** Asks about the network namespace of the thread that asks first. */
    SockDiag() = default;
    /** Asks about the namespace in which this netlink socket was made (AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG). It becomes this object's. */
    explicit SockDiag(int netlink_fd) : given_fd_(netlink_fd) {}
    ~SockDiag();
    SockDiag(const SockDiag&) = delete;
    SockDiag& operator=(const SockDiag&) = delete;

    /** All listening TCP sockets of this network namespace, IPv4 and IPv6: 20 µs, for they have a table of their own. EPERM or EPROTONOSUPPORT where the
        system forbids the question. */
    Result<std::vector<TcpSocket>> listeners();

    /** All TCP sockets in any state, requests in SYN queues included, TIME_WAIT if wanted: half a millisecond, for the kernel walks through its whole hash
        table (inet_ehash), and 0.5 µs for each socket. Errors as above. */
    Result<std::vector<TcpSocket>> tcp_sockets(WithTimeWait with_time_wait = WithTimeWait::yes);

    /** The one socket with these two ends: 1.3 µs, however many there are. Nothing if there is none (any more). */
    Result<std::optional<TcpSocket>> find_tcp_socket(const Address& local, const Address& peer);

   private:
    Status open();
    Result<std::vector<TcpSocket>> dump(std::uint32_t states);
    int given_fd_ = -1;
    mnl_socket* socket_ = nullptr;
    std::uint32_t sequence_ = 0;
};

}  // namespace synoptic
