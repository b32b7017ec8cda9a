#include "core/base/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

namespace synoptic {
namespace {

Address ipv4(const char* host, std::uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    EXPECT_EQ(inet_pton(AF_INET, host, &in.sin_addr), 1);
    return Address::from(reinterpret_cast<sockaddr*>(&in), sizeof in);
}

Address ipv6(const char* host, std::uint16_t port, std::uint32_t scope = 0) {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    in6.sin6_scope_id = scope;
    EXPECT_EQ(inet_pton(AF_INET6, host, &in6.sin6_addr), 1);
    return Address::from(reinterpret_cast<sockaddr*>(&in6), sizeof in6);
}

TEST(Address, ReadsIpv4) {
    const Address address = ipv4("127.0.0.1", 6666);
    EXPECT_EQ(address.family(), AF_INET);
    EXPECT_EQ(address.port(), 6666);
    EXPECT_EQ(address.host(), "127.0.0.1");
    EXPECT_EQ(address.text(), "127.0.0.1:6666");
    EXPECT_FALSE(address.is_wildcard());
    EXPECT_TRUE(ipv4("0.0.0.0", 1).is_wildcard());
}

TEST(Address, ReadsIpv6) {
    EXPECT_EQ(ipv6("::1", 6666).text(), "[::1]:6666");
    EXPECT_EQ(ipv6("::ffff:127.0.0.1", 80).text(), "[::ffff:127.0.0.1]:80");
    EXPECT_EQ(ipv6("fe80::1", 80, 2).host(), "fe80::1%2");
    EXPECT_TRUE(ipv6("::", 0).is_wildcard());
    EXPECT_FALSE(ipv6("::1", 0).is_wildcard());
}

TEST(Address, TakesWhatIsNoAddress) {
    EXPECT_FALSE(Address::from(nullptr, 16).known());
    EXPECT_EQ(Address{}.text(), "?");
    EXPECT_EQ(Address{}.port(), 0);
    sockaddr_storage storage{};
    storage.ss_family = AF_UNIX;
    const Address other = Address::from(reinterpret_cast<sockaddr*>(&storage), sizeof storage);
    EXPECT_EQ(other.length_bytes, sizeof other.bytes);
    EXPECT_EQ(other.family(), AF_UNSPEC);
    EXPECT_EQ(other.text(), "?");
    const sa_family_t family = AF_INET;  // a sockaddr_in that was cut off
    EXPECT_EQ(Address::from(reinterpret_cast<const sockaddr*>(&family), sizeof family).family(), AF_UNSPEC);
}

TEST(Address, IsTheSameEndpointWhateverItsPaddingHolds) {
    Address padded = ipv4("127.0.0.1", 6666);
    std::memset(padded.bytes + 8, 0x5a, 8);
    EXPECT_EQ(padded, ipv4("127.0.0.1", 6666));
    EXPECT_FALSE(ipv4("127.0.0.1", 6666) == ipv4("127.0.0.1", 6667));
    EXPECT_FALSE(ipv4("127.0.0.1", 80) == ipv6("::ffff:127.0.0.1", 80));
    EXPECT_FALSE(ipv6("fe80::1", 80, 1) == ipv6("fe80::1", 80, 2));
    EXPECT_TRUE(ipv4("127.0.0.1", 1) < ipv4("127.0.0.1", 2) || ipv4("127.0.0.1", 2) < ipv4("127.0.0.1", 1));
    EXPECT_FALSE(ipv4("127.0.0.1", 1) < ipv4("127.0.0.1", 1));
}

TEST(Address, IsWhatTheKernelTells) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_GE(fd, 0);
    const Address asked = ipv4("127.0.0.1", 0);
    ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(asked.bytes), asked.length_bytes), 0);
    sockaddr_storage storage;
    socklen_t length = sizeof storage;
    ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length), 0);
    const Address bound = Address::from(reinterpret_cast<sockaddr*>(&storage), length);
    EXPECT_EQ(bound.host(), "127.0.0.1");
    EXPECT_NE(bound.port(), 0);
    close(fd);
}

}  // namespace
}  // namespace synoptic
