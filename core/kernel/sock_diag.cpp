#include "core/kernel/sock_diag.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cstring>

namespace synoptic {

namespace {

constexpr std::uint32_t every_state = ~0u;

Address address_of(const inet_diag_sockid& id, std::uint8_t family, bool of_peer) {
    const std::uint32_t* host = of_peer ? id.idiag_dst : id.idiag_src;
    const std::uint16_t port = of_peer ? id.idiag_dport : id.idiag_sport;
    if (family == AF_INET) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = port;
        std::memcpy(&in.sin_addr, host, sizeof in.sin_addr);
        return Address::from(reinterpret_cast<const sockaddr*>(&in), sizeof in);
    }
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = port;
    std::memcpy(&in6.sin6_addr, host, sizeof in6.sin6_addr);
    return Address::from(reinterpret_cast<const sockaddr*>(&in6), sizeof in6);
}

/** Puts an address into a request's half. False if it is neither IPv4 nor IPv6. */
bool put_address(const Address& address, std::uint32_t* host, std::uint16_t& port) {
    if (address.family() == AF_INET)
        std::memcpy(host, address.bytes + offsetof(sockaddr_in, sin_addr), sizeof(in_addr));
    else if (address.family() == AF_INET6)
        std::memcpy(host, address.bytes + offsetof(sockaddr_in6, sin6_addr), sizeof(in6_addr));
    else
        return false;
    port = htons(address.port());
    return true;
}

TcpState state_of(std::uint8_t number) {
    constexpr std::uint8_t new_syn_recv = 12;  // TCP_NEW_SYN_RECV, which user space's headers do not have
    if (number == new_syn_recv) return TcpState::syn_rcvd;
    return number <= TCP_CLOSING ? static_cast<TcpState>(number) : TcpState::none;
}

int take_ipv6_only(const nlattr* attribute, void* given) {
    if (mnl_attr_get_type(attribute) == INET_DIAG_SKV6ONLY && mnl_attr_get_payload_len(attribute) >= 1) {
        static_cast<TcpSocket*>(given)->ipv6_only = mnl_attr_get_u8(attribute) != 0;
    }
    return MNL_CB_OK;
}

int take_socket(const nlmsghdr* header, void* given) {
    if (mnl_nlmsg_get_payload_len(header) < sizeof(inet_diag_msg)) return MNL_CB_OK;
    const auto* found = static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(header));
    TcpSocket socket;
    socket.cookie = static_cast<std::uint64_t>(found->id.idiag_cookie[1]) << 32 | found->id.idiag_cookie[0];
    socket.state = state_of(found->idiag_state);
    socket.local = address_of(found->id, found->idiag_family, false);
    socket.peer = address_of(found->id, found->idiag_family, true);
    socket.inode = found->idiag_inode;
    if (socket.state == TcpState::listen) {
        socket.accept_queue = found->idiag_rqueue;
        socket.backlog = found->idiag_wqueue;
        mnl_attr_parse(header, sizeof(inet_diag_msg), take_ipv6_only, &socket);
    } else {
        socket.receive_queue_bytes = found->idiag_rqueue;
        socket.send_queue_bytes = found->idiag_wqueue;
        if (found->idiag_timer <= 4)
            socket.timer = {static_cast<TcpTimer::Kind>(found->idiag_timer), found->idiag_expires, found->idiag_retrans};
    }
    static_cast<std::vector<TcpSocket>*>(given)->push_back(socket);
    return MNL_CB_OK;
}

inet_diag_req_v2* begin_request(nlmsghdr* header, std::uint16_t flags, std::uint32_t sequence, std::uint8_t family) {
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST | flags;
    header->nlmsg_seq = sequence;
    auto* request = static_cast<inet_diag_req_v2*>(mnl_nlmsg_put_extra_header(header, sizeof(inet_diag_req_v2)));
    request->sdiag_family = family;
    request->sdiag_protocol = IPPROTO_TCP;
    return request;
}

}  // namespace

SockDiag::~SockDiag() {
    if (socket_)
        mnl_socket_close(socket_);
    else if (given_fd_ >= 0)
        close(given_fd_);
}

Status SockDiag::open() {
    if (socket_) return Done{};
    socket_ = given_fd_ >= 0 ? mnl_socket_fdopen(given_fd_) : mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
    if (!socket_) return errno_error("socket", "sock_diag");
    if (mnl_socket_bind(socket_, 0, MNL_SOCKET_AUTOPID) == 0) return Done{};
    Error error = errno_error("bind", "sock_diag");
    mnl_socket_close(socket_);
    socket_ = nullptr;
    given_fd_ = -1;
    return error;
}

/** In the older form of the question, for it alone asks for both address families in one walk (inet_diag_dump_compat). */
Result<std::vector<TcpSocket>> SockDiag::dump(std::uint32_t states) {
    if (const Status opened = open(); !opened) return opened.error();
    alignas(nlmsghdr) char buffer[32768];
    nlmsghdr* header = mnl_nlmsg_put_header(buffer);
    header->nlmsg_type = TCPDIAG_GETSOCK;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->nlmsg_seq = ++sequence_;
    static_cast<inet_diag_req*>(mnl_nlmsg_put_extra_header(header, sizeof(inet_diag_req)))->idiag_states = states;
    if (mnl_socket_sendto(socket_, header, header->nlmsg_len) < 0) return errno_error("sendto", "sock_diag");
    std::vector<TcpSocket> sockets;
    for (;;) {
        const ssize_t length = mnl_socket_recvfrom(socket_, buffer, sizeof buffer);
        if (length < 0) return errno_error("recvfrom", "sock_diag");
        const int more =
            mnl_cb_run(buffer, static_cast<std::size_t>(length), sequence_, mnl_socket_get_portid(socket_), take_socket, &sockets);
        if (more < 0) return errno_error("recvfrom", "sock_diag");
        if (more == MNL_CB_STOP) return sockets;
    }
}

Result<std::vector<TcpSocket>> SockDiag::listeners() {
    return dump(1u << TCP_LISTEN);
}

Result<std::vector<TcpSocket>> SockDiag::tcp_sockets(WithTimeWait with_time_wait) {
    return dump(with_time_wait == WithTimeWait::yes ? every_state : every_state & ~(1u << TCP_TIME_WAIT));
}

Result<std::optional<TcpSocket>> SockDiag::find_tcp_socket(const Address& local, const Address& peer) {
    if (const Status opened = open(); !opened) return opened.error();
    alignas(nlmsghdr) char buffer[8192];
    nlmsghdr* header = mnl_nlmsg_put_header(buffer);
    inet_diag_req_v2* request = begin_request(header, 0, ++sequence_, static_cast<std::uint8_t>(local.family()));
    request->idiag_states = every_state;
    std::memset(request->id.idiag_cookie, 0xff, sizeof request->id.idiag_cookie);  // INET_DIAG_NOCOOKIE
    if (local.family() != peer.family() || !put_address(local, request->id.idiag_src, request->id.idiag_sport) ||
        !put_address(peer, request->id.idiag_dst, request->id.idiag_dport)) {
        return Error{"", EAFNOSUPPORT, "a connection has two ends of the same address family"};
    }
    if (mnl_socket_sendto(socket_, header, header->nlmsg_len) < 0) return errno_error("sendto", "sock_diag");
    const ssize_t length = mnl_socket_recvfrom(socket_, buffer, sizeof buffer);
    if (length < 0) return errno_error("recvfrom", "sock_diag");
    std::vector<TcpSocket> found;
    if (mnl_cb_run(buffer, static_cast<std::size_t>(length), sequence_, mnl_socket_get_portid(socket_), take_socket, &found) < 0) {
        if (errno == ENOENT) return std::optional<TcpSocket>();
        return errno_error("recvfrom", "sock_diag");
    }
    // Where there is no such connection, the kernel finds the listener that would take it (inet_lookup).
    if (found.empty() || found.front().state == TcpState::listen) return std::optional<TcpSocket>();
    return std::optional(found.front());
}

}  // namespace synoptic
