// Address: reads a sockaddr's bytes in place. Two addresses are equal if they name the same endpoint, whatever their padding holds.
#include "core/base/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <tuple>
#include <utility>

namespace synoptic {
namespace {

sockaddr_in as_in(const Address& address) {
    sockaddr_in in;
    std::memcpy(&in, address.bytes, sizeof in);
    return in;
}

sockaddr_in6 as_in6(const Address& address) {
    sockaddr_in6 in6;
    std::memcpy(&in6, address.bytes, sizeof in6);
    return in6;
}

/** What makes two endpoints the same: not sin_zero, which nobody clears, and not the flow label. */
struct Endpoint {
    int family = AF_UNSPEC;
    std::uint8_t host[28] = {};
    std::uint16_t port = 0;
    std::uint32_t scope = 0;
};

Endpoint endpoint_of(const Address& address) {
    Endpoint endpoint;
    endpoint.family = address.family();
    endpoint.port = address.port();
    if (endpoint.family == AF_INET) {
        const sockaddr_in in = as_in(address);
        std::memcpy(endpoint.host, &in.sin_addr, sizeof in.sin_addr);
    } else if (endpoint.family == AF_INET6) {
        const sockaddr_in6 in6 = as_in6(address);
        std::memcpy(endpoint.host, &in6.sin6_addr, sizeof in6.sin6_addr);
        endpoint.scope = in6.sin6_scope_id;
    } else {
        // A family that is not ours, or a sockaddr that is too short to be one: its bytes are all that is known of it.
        std::memcpy(endpoint.host, address.bytes, std::min<std::size_t>(address.length_bytes, sizeof address.bytes));
        endpoint.scope = address.length_bytes;
    }
    return endpoint;
}

int compare(const Address& left, const Address& right) {
    if (left.family() == AF_INET && right.family() == AF_INET) {  // nearly all of them, and asked all the time
        const sockaddr_in l = as_in(left), r = as_in(right);
        const std::pair l_end(ntohl(l.sin_addr.s_addr), ntohs(l.sin_port)), r_end(ntohl(r.sin_addr.s_addr), ntohs(r.sin_port));
        return l_end < r_end ? -1 : (l_end == r_end ? 0 : 1);
    }
    const Endpoint l = endpoint_of(left), r = endpoint_of(right);
    if (l.family != r.family) return l.family < r.family ? -1 : 1;
    if (const int order = std::memcmp(l.host, r.host, sizeof l.host); order != 0) return order;
    const auto l_rest = std::tie(l.port, l.scope), r_rest = std::tie(r.port, r.scope);
    return l_rest < r_rest ? -1 : (l_rest == r_rest ? 0 : 1);
}

}  // namespace

Address Address::from(const sockaddr* address, socklen_t length_bytes) {
    Address copy;
    if (!address || length_bytes == 0) return copy;
    copy.length_bytes = std::min<std::uint32_t>(length_bytes, sizeof copy.bytes);
    std::memcpy(copy.bytes, address, copy.length_bytes);
    return copy;
}

int Address::family() const {
    sa_family_t family = AF_UNSPEC;
    if (length_bytes < sizeof family) return AF_UNSPEC;
    std::memcpy(&family, bytes, sizeof family);
    if (family == AF_INET && length_bytes >= sizeof(sockaddr_in)) return AF_INET;
    if (family == AF_INET6 && length_bytes >= sizeof(sockaddr_in6)) return AF_INET6;
    return AF_UNSPEC;
}

std::uint16_t Address::port() const {
    if (family() == AF_INET) return ntohs(as_in(*this).sin_port);
    if (family() == AF_INET6) return ntohs(as_in6(*this).sin6_port);
    return 0;
}

bool Address::is_wildcard() const {
    if (family() == AF_INET) return as_in(*this).sin_addr.s_addr == htonl(INADDR_ANY);
    if (family() == AF_INET6) {
        const sockaddr_in6 in6 = as_in6(*this);
        return IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr);
    }
    return false;
}

Address Address::canonical() const {
    if (family() != AF_INET6) return *this;
    sockaddr_in6 in6 = as_in6(*this);
    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = in6.sin6_port;
        std::memcpy(&in.sin_addr, in6.sin6_addr.s6_addr + 12, sizeof in.sin_addr);
        return from(reinterpret_cast<const sockaddr*>(&in), sizeof in);
    }
    in6.sin6_scope_id = 0;
    return from(reinterpret_cast<const sockaddr*>(&in6), sizeof in6);
}

Address Address::with_port(std::uint16_t port) const {
    Address copy = *this;
    const std::uint16_t in_network_order = htons(port);
    static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
    if (family() != AF_UNSPEC) std::memcpy(copy.bytes + offsetof(sockaddr_in, sin_port), &in_network_order, sizeof in_network_order);
    return copy;
}

std::string Address::host() const {
    if (family() == AF_INET) {
        const std::uint32_t address = ntohl(as_in(*this).sin_addr.s_addr);
        // Not inet_ntop, which takes several times as long: names of clients are wanted for each line of a database.
        std::string text = std::to_string(address >> 24);
        for (const int shift : {16, 8, 0}) text.append(".").append(std::to_string(address >> shift & 255));
        return text;
    }
    if (family() == AF_INET6) {
        char text[INET6_ADDRSTRLEN] = "";
        const sockaddr_in6 in6 = as_in6(*this);
        inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
        std::string host = text;
        // The interface's number and not its name, which another network namespace would not know (RFC 4007, 11.2).
        if (in6.sin6_scope_id != 0) host.append("%").append(std::to_string(in6.sin6_scope_id));
        return host;
    }
    return "?";
}

std::string Address::text() const {
    if (family() == AF_INET) return host() + ":" + std::to_string(port());
    if (family() == AF_INET6) return "[" + host() + "]:" + std::to_string(port());
    return "?";
}

bool operator==(const Address& left, const Address& right) {
    return compare(left, right) == 0;
}
bool operator<(const Address& left, const Address& right) {
    return compare(left, right) < 0;
}

}  // namespace synoptic
