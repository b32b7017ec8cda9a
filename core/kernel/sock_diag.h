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

/** A listening TCP socket. The kernel reuses two fields for it: idiag_rqueue is the accept queue's length, idiag_wqueue its limit. */
struct ListenQueue {
    std::uint64_t cookie = 0;  // idiag_cookie, which is SO_COOKIE
    std::uint32_t waiting = 0;
    std::uint32_t backlog = 0;
};

class SockDiag {
   public:
    /** Asks about the network namespace of the thread that asks first. */
    SockDiag() = default;
    /** Asks about the namespace in which this netlink socket was made (AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG). It becomes this object's. */
    explicit SockDiag(int netlink_fd) : given_fd_(netlink_fd) {}
    ~SockDiag();
    SockDiag(const SockDiag&) = delete;
    SockDiag& operator=(const SockDiag&) = delete;

    /** All listening TCP sockets of this network namespace, IPv4 and IPv6. EPERM or EPROTONOSUPPORT where the system forbids the question. */
    Result<std::vector<ListenQueue>> listen_queues();

    /** All TCP sockets in any state, requests in SYN queues and TIME_WAIT included: 0.8 ms for a thousand. Errors as above. */
    Result<std::vector<TcpSocket>> tcp_sockets();

    /** The one socket with these two ends: 1.3 µs, however many there are. Nothing if there is none (any more). */
    Result<std::optional<TcpSocket>> find_tcp_socket(const Address& local, const Address& peer);

   private:
    Status open();
    Status dump(std::uint8_t family, std::uint32_t states, std::vector<TcpSocket>& sockets);
    int given_fd_ = -1;
    mnl_socket* socket_ = nullptr;
    std::uint32_t sequence_ = 0;
};

}  // namespace synoptic
