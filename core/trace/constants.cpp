// Tables from number to name. A name that some system lacks is left out there.
#include "core/trace/constants.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <span>

namespace synoptic {
namespace {

struct Name {
    std::int64_t number;
    const char* text;
};
#define NAMED(constant)     \
    Name {                  \
        constant, #constant \
    }

constexpr Name domains[] = {NAMED(AF_UNSPEC), NAMED(AF_UNIX), NAMED(AF_INET), NAMED(AF_INET6), NAMED(AF_NETLINK), NAMED(AF_PACKET)};
constexpr Name socktypes[] = {NAMED(SOCK_STREAM), NAMED(SOCK_DGRAM), NAMED(SOCK_RAW), NAMED(SOCK_SEQPACKET)};
constexpr Name socktype_flags[] = {NAMED(SOCK_NONBLOCK), NAMED(SOCK_CLOEXEC)};
constexpr Name protocols[] = {{0, "0"}, NAMED(IPPROTO_ICMP), NAMED(IPPROTO_TCP), NAMED(IPPROTO_UDP), NAMED(IPPROTO_ICMPV6)};
constexpr Name levels[] = {NAMED(SOL_SOCKET), NAMED(IPPROTO_IP), NAMED(IPPROTO_TCP), NAMED(IPPROTO_UDP), NAMED(IPPROTO_IPV6)};
constexpr Name socket_options[] = {
    NAMED(SO_ACCEPTCONN), NAMED(SO_BROADCAST),    NAMED(SO_COOKIE),    NAMED(SO_DOMAIN),   NAMED(SO_DONTROUTE), NAMED(SO_ERROR),
    NAMED(SO_KEEPALIVE),  NAMED(SO_LINGER),       NAMED(SO_OOBINLINE), NAMED(SO_PROTOCOL), NAMED(SO_RCVBUF),    NAMED(SO_RCVLOWAT),
    NAMED(SO_RCVTIMEO),   NAMED(SO_REUSEADDR),    NAMED(SO_REUSEPORT), NAMED(SO_SNDBUF),   NAMED(SO_SNDLOWAT),  NAMED(SO_SNDTIMEO),
    NAMED(SO_TYPE),       NAMED(SO_BINDTODEVICE), NAMED(SO_TIMESTAMP), NAMED(SO_PEERCRED), NAMED(SO_PRIORITY)};
constexpr Name tcp_options[] = {NAMED(TCP_NODELAY),   NAMED(TCP_MAXSEG),       NAMED(TCP_CORK),     NAMED(TCP_KEEPIDLE),
                                NAMED(TCP_KEEPINTVL), NAMED(TCP_KEEPCNT),      NAMED(TCP_SYNCNT),   NAMED(TCP_LINGER2),
                                NAMED(TCP_INFO),      NAMED(TCP_DEFER_ACCEPT), NAMED(TCP_QUICKACK), NAMED(TCP_CONGESTION),
                                NAMED(TCP_FASTOPEN),  NAMED(TCP_USER_TIMEOUT)};
constexpr Name ip_options[] = {NAMED(IP_TOS), NAMED(IP_TTL), NAMED(IP_MTU), NAMED(IP_MTU_DISCOVER), NAMED(IP_RECVERR)};
constexpr Name ipv6_options[] = {NAMED(IPV6_V6ONLY), NAMED(IPV6_UNICAST_HOPS), NAMED(IPV6_MTU), NAMED(IPV6_TCLASS), NAMED(IPV6_RECVERR)};
constexpr Name msgflags[] = {NAMED(MSG_OOB),      NAMED(MSG_PEEK),    NAMED(MSG_DONTROUTE), NAMED(MSG_TRUNC),
                             NAMED(MSG_DONTWAIT), NAMED(MSG_WAITALL), NAMED(MSG_NOSIGNAL),  NAMED(MSG_MORE),
                             NAMED(MSG_EOR),      NAMED(MSG_CONFIRM), NAMED(MSG_ERRQUEUE),  NAMED(MSG_FASTOPEN)};
constexpr Name hows[] = {NAMED(SHUT_RD), NAMED(SHUT_WR), NAMED(SHUT_RDWR)};
constexpr Name whences[] = {NAMED(SEEK_SET), NAMED(SEEK_CUR), NAMED(SEEK_END)};
constexpr Name aiflags[] = {NAMED(AI_PASSIVE),  NAMED(AI_CANONNAME), NAMED(AI_NUMERICHOST), NAMED(AI_NUMERICSERV),
                            NAMED(AI_V4MAPPED), NAMED(AI_ALL),       NAMED(AI_ADDRCONFIG)};
constexpr Name niflags[] = {NAMED(NI_NUMERICHOST), NAMED(NI_NUMERICSERV), NAMED(NI_NOFQDN), NAMED(NI_NAMEREQD), NAMED(NI_DGRAM)};
constexpr Name waitflags[] = {NAMED(WNOHANG), NAMED(WUNTRACED), NAMED(WCONTINUED)};
constexpr Name gai_errors[] = {NAMED(EAI_BADFLAGS), NAMED(EAI_NONAME),    NAMED(EAI_AGAIN),  NAMED(EAI_FAIL),   NAMED(EAI_FAMILY),
                               NAMED(EAI_SOCKTYPE), NAMED(EAI_SERVICE),   NAMED(EAI_MEMORY), NAMED(EAI_SYSTEM), NAMED(EAI_OVERFLOW),
#ifdef EAI_NODATA
                               NAMED(EAI_NODATA),   NAMED(EAI_ADDRFAMILY)
#endif
};
#undef NAMED

std::string name_of(std::span<const Name> names, std::int64_t number) {
    for (const Name& name : names) {
        if (name.number == number) return name.text;
    }
    return std::to_string(number);
}

/** Flags joined by |; bits without a name as one hexadecimal number. */
std::string flags_text(std::span<const Name> names, std::int64_t flags) {
    std::string text;
    auto rest = static_cast<std::uint64_t>(flags);
    const auto add = [&](const std::string& part) { text += text.empty() ? part : "|" + part; };
    for (const Name& name : names) {
        const auto bits = static_cast<std::uint64_t>(name.number);
        if ((rest & bits) != bits) continue;
        add(name.text);
        rest &= ~bits;
    }
    if (rest != 0) add(fmt::format("{:#x}", rest));
    return text.empty() ? "0" : text;
}

}  // namespace

std::string domain_name(std::int64_t domain) {
    return name_of(domains, domain);
}

std::string socktype_name(std::int64_t type) {
    const std::int64_t flags = type & (SOCK_NONBLOCK | SOCK_CLOEXEC);
    const std::string base = name_of(socktypes, type & ~std::int64_t{SOCK_NONBLOCK | SOCK_CLOEXEC});
    return flags == 0 ? base : base + "|" + flags_text(socktype_flags, flags);
}

std::string protocol_name(std::int64_t protocol) {
    return name_of(protocols, protocol);
}

std::string level_name(std::int64_t level) {
    return name_of(levels, level);
}

std::string option_name(std::int64_t level, std::int64_t option) {
    switch (level) {
        case SOL_SOCKET:
            return name_of(socket_options, option);
        case IPPROTO_TCP:
            return name_of(tcp_options, option);
        case IPPROTO_IP:
            return name_of(ip_options, option);
        case IPPROTO_IPV6:
            return name_of(ipv6_options, option);
        default:
            return std::to_string(option);
    }
}

std::string msgflags_text(std::int64_t flags) {
    return flags_text(msgflags, flags);
}
std::string how_name(std::int64_t how) {
    return name_of(hows, how);
}
std::string whence_name(std::int64_t whence) {
    return name_of(whences, whence);
}
std::string aiflags_text(std::int64_t flags) {
    return flags_text(aiflags, flags);
}
std::string niflags_text(std::int64_t flags) {
    return flags_text(niflags, flags);
}
std::string waitflags_text(std::int64_t flags) {
    return flags_text(waitflags, flags);
}

const char* gai_error_name(int code) {
    for (const Name& name : gai_errors) {
        if (name.number == code) return name.text;
    }
    return nullptr;
}

}  // namespace synoptic
