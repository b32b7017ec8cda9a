// Packets made by hand, with right checksums, for tests that need no kernel.
#pragma once

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/wire/segment.h"

namespace synoptic {

using Bytes = std::vector<std::uint8_t>;

inline void put16(Bytes& bytes, std::size_t at, std::uint32_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}
inline void put32(Bytes& bytes, std::size_t at, std::uint32_t value) {
    put16(bytes, at, value >> 16);
    put16(bytes, at + 2, value & 0xffff);
}

/** What a test says of a segment; the rest is filled in. */
struct PacketOf {
    bool from_client = true;
    std::uint8_t flags = tcp_ack;
    std::uint32_t seq = 0, ack = 0;
    std::uint16_t window = 502;
    std::string payload{};
    Bytes options{};  // padded to four bytes with zeros
    bool ipv6 = false;
    Bytes extension_headers{};  // IPv6; the first one's protocol number is `first_extension`, the last must say 6
    std::uint8_t first_extension = 0;
    std::uint16_t client_port = 40000, server_port = 6666;
};

inline void put_ip_header(Bytes& packet, const PacketOf& of, std::size_t tcp_offset) {
    const char* hosts[2][2] = {{"10.77.0.1", "10.77.0.2"}, {"fd77::1", "fd77::2"}};
    const char* source = hosts[of.ipv6][!of.from_client];
    const char* destination = hosts[of.ipv6][of.from_client];
    if (of.ipv6) {
        packet[0] = 0x60;
        put16(packet, 4, static_cast<std::uint32_t>(packet.size() - 40));
        packet[6] = of.extension_headers.empty() ? 6 : of.first_extension;
        packet[7] = 64;
        inet_pton(AF_INET6, source, &packet[8]);
        inet_pton(AF_INET6, destination, &packet[24]);
        std::copy(of.extension_headers.begin(), of.extension_headers.end(), packet.begin() + 40);
        return;
    }
    packet[0] = static_cast<std::uint8_t>(0x40 | tcp_offset / 4);
    put16(packet, 2, static_cast<std::uint32_t>(packet.size()));
    put16(packet, 6, 0x4000);
    packet[8] = 64;
    packet[9] = 6;
    inet_pton(AF_INET, source, &packet[12]);
    inet_pton(AF_INET, destination, &packet[16]);
    put16(packet, 10, internet_checksum(PacketBytes(packet).first(tcp_offset)));
}

inline Bytes make_packet(const PacketOf& of) {
    const std::size_t tcp_offset = of.ipv6 ? 40 + of.extension_headers.size() : 20;
    const std::size_t header = 20 + (of.options.size() + 3) / 4 * 4;
    Bytes packet(tcp_offset + header + of.payload.size());
    put_ip_header(packet, of, tcp_offset);
    put16(packet, tcp_offset, of.from_client ? of.client_port : of.server_port);
    put16(packet, tcp_offset + 2, of.from_client ? of.server_port : of.client_port);
    put32(packet, tcp_offset + 4, of.seq);
    put32(packet, tcp_offset + 8, of.ack);
    packet[tcp_offset + 12] = static_cast<std::uint8_t>(header / 4 << 4);
    packet[tcp_offset + 13] = of.flags;
    put16(packet, tcp_offset + 14, of.window);
    std::copy(of.options.begin(), of.options.end(), packet.begin() + static_cast<long>(tcp_offset) + 20);
    std::copy(of.payload.begin(), of.payload.end(), packet.begin() + static_cast<long>(tcp_offset + header));
    const Packet parsed = parse_packet(packet);
    if (parsed) put16(packet, tcp_offset + 16, tcp_checksum(packet, parsed.segment));
    return packet;
}

inline Segment make_segment(const PacketOf& of) {
    return parse_packet(make_packet(of)).segment;
}

}  // namespace synoptic
