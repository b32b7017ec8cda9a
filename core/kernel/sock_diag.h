// What the kernel's table of sockets says (sock_diag(7), NETLINK_SOCK_DIAG), through libmnl.
//
// Thread safety: one thread at a time. A netlink socket is opened at the first question, and kept.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/result.h"

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
    SockDiag() = default;
    ~SockDiag();
    SockDiag(const SockDiag&) = delete;
    SockDiag& operator=(const SockDiag&) = delete;

    /** All listening TCP sockets of this network namespace, IPv4 and IPv6. EPERM or EPROTONOSUPPORT where the system forbids the question. */
    Result<std::vector<ListenQueue>> listen_queues();

   private:
    Status ask(std::uint8_t family, std::vector<ListenQueue>& queues);
    mnl_socket* socket_ = nullptr;
    std::uint32_t sequence_ = 0;
};

}  // namespace synoptic
