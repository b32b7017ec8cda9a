// The two hosts at the ends of the wire, and their addresses.
#pragma once

#include <cstdint>

namespace synoptic {

/** Where a program's sockets are: on this machine as it is, or in the lab, its server and clients in a host each. */
enum class Network : std::uint8_t { loopback, wire };

enum class Host : std::uint8_t { client, server };

constexpr Host other(Host host) {
    return host == Host::client ? Host::server : Host::client;
}
constexpr int index_of(Host host) {
    return static_cast<int>(host);
}

inline constexpr const char* wire_device = "wire0";

/** Addresses of a host on the wire; /24 and /64. */
struct HostAddresses {
    const char* name;
    const char* ipv4;
    const char* ipv6;
};
inline constexpr HostAddresses host_addresses[2] = {{"client host", "10.77.0.1", "fd77::1"}, {"server host", "10.77.0.2", "fd77::2"}};

constexpr const HostAddresses& addresses_of(Host host) {
    return host_addresses[index_of(host)];
}

constexpr const char* network_name(Network network) {
    return network == Network::wire ? "wire" : "loopback";
}

}  // namespace synoptic
