#include "core/kernel/sock_diag.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace synoptic {

namespace {

int take_listener(const nlmsghdr* header, void* given) {
    if (mnl_nlmsg_get_payload_len(header) < sizeof(inet_diag_msg)) return MNL_CB_OK;
    const auto* found = static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(header));
    const std::uint64_t cookie = static_cast<std::uint64_t>(found->id.idiag_cookie[1]) << 32 | found->id.idiag_cookie[0];
    static_cast<std::vector<ListenQueue>*>(given)->push_back({cookie, found->idiag_rqueue, found->idiag_wqueue});
    return MNL_CB_OK;
}

}  // namespace

SockDiag::~SockDiag() {
    if (socket_) mnl_socket_close(socket_);
}

Status SockDiag::ask(std::uint8_t family, std::vector<ListenQueue>& queues) {
    alignas(nlmsghdr) char buffer[16384];
    nlmsghdr* header = mnl_nlmsg_put_header(buffer);
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->nlmsg_seq = ++sequence_;
    auto* request = static_cast<inet_diag_req_v2*>(mnl_nlmsg_put_extra_header(header, sizeof(inet_diag_req_v2)));
    request->sdiag_family = family;
    request->sdiag_protocol = IPPROTO_TCP;
    request->idiag_states = 1u << TCP_LISTEN;
    if (mnl_socket_sendto(socket_, header, header->nlmsg_len) < 0) return errno_error("sendto", "sock_diag");
    for (;;) {
        const ssize_t length = mnl_socket_recvfrom(socket_, buffer, sizeof buffer);
        if (length < 0) return errno_error("recvfrom", "sock_diag");
        const int more = mnl_cb_run(buffer, static_cast<std::size_t>(length), sequence_, mnl_socket_get_portid(socket_), take_listener, &queues);
        if (more < 0) return errno_error("recvfrom", "sock_diag");
        if (more == MNL_CB_STOP) return Done{};
    }
}

Result<std::vector<ListenQueue>> SockDiag::listen_queues() {
    if (!socket_) {
        socket_ = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
        if (!socket_) return errno_error("socket", "sock_diag");
        if (mnl_socket_bind(socket_, 0, MNL_SOCKET_AUTOPID) < 0) {
            Error error = errno_error("bind", "sock_diag");
            mnl_socket_close(socket_);
            socket_ = nullptr;
            return error;
        }
    }
    std::vector<ListenQueue> queues;
    for (const int family : {AF_INET, AF_INET6}) {
        if (const Status asked = ask(static_cast<std::uint8_t>(family), queues); !asked) return asked.error();
    }
    return queues;
}

}  // namespace synoptic
