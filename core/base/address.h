// A socket address as it travels in events: a sockaddr's bytes and their length, IPv4 or IPv6.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace synoptic {

struct Address {
    std::uint32_t length_bytes = 0;  // socklen_t; 0 means: no address known
    std::uint8_t bytes[28] = {};     // sockaddr_in (16) or sockaddr_in6 (28), network byte order inside

    /** Copies at most 28 bytes of a sockaddr; other families keep their first bytes. */
    static Address from(const sockaddr* address, socklen_t length_bytes);

    bool known() const { return length_bytes != 0; }
    int family() const;       // AF_INET, AF_INET6 or AF_UNSPEC
    std::uint16_t port() const;  // host byte order; 0 where there is none
    bool is_wildcard() const;    // 0.0.0.0 or ::
    std::string host() const;    // "127.0.0.1", "::1"; IPv4-mapped addresses stay as they are
    std::string text() const;    // "127.0.0.1:6666", "[::1]:6666"; "?" where unknown

    /** The endpoint as any socket or host sees it: IPv4-mapped is IPv4, and interfaces' numbers are left out. */
    Address canonical() const;
    Address with_port(std::uint16_t port) const;  // host byte order

    friend bool operator==(const Address& left, const Address& right);
    friend bool operator<(const Address& left, const Address& right);
};
static_assert(sizeof(Address) == 32);

/** Both ends as one socket sees them. */
struct AddressPair {
    Address local;
    Address peer;
};
static_assert(sizeof(AddressPair) == 64);

}  // namespace synoptic
