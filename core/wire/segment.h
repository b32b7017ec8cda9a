// Segment: what the bytes of an IP packet say, as a TUN with IFF_NO_PI hands them over: from the first byte of the IP header on.
//
//   IPv4 (RFC 791)  ┐
//                   ├─ TCP (RFC 9293) with its options ─ payload
//   IPv6 (RFC 8200) ┘
//
// Pure: no system call, no allocation, right or wrong for any bytes at all. What it does not do: put fragments together, look into what is encrypted,
// or follow a routing header to a destination that the packet has yet to reach (its checksum is then called wrong).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/address.h"

namespace synoptic {

using PacketBytes = std::span<const std::uint8_t>;

/** The control bits, as RFC 9293 (3.1) and RFC 3168 name them. */
enum TcpFlag : std::uint8_t { tcp_fin = 1, tcp_syn = 2, tcp_rst = 4, tcp_psh = 8, tcp_ack = 16, tcp_urg = 32, tcp_ece = 64, tcp_cwr = 128 };

/** "SYN+ACK", "PSH+ACK", "none". */
std::string flags_text(std::uint8_t flags);

/** Option kinds that are told apart; the others are kept by their bytes (IANA, "TCP Option Kind Numbers"). */
enum TcpOptionKind : std::uint8_t {
    option_end = 0,
    option_nop = 1,
    option_mss = 2,
    option_window_scale = 3,
    option_sack_permitted = 4,
    option_sack = 5,
    option_timestamps = 8,
};

/** Where an option stands. Of an option whose length can't be right (`malformed`), all bytes that are left of the header. */
struct TcpOption {
    std::uint8_t kind = 0;
    std::uint8_t offset_bytes = 0;  // from the TCP header's first byte
    std::uint8_t length_bytes = 0;
    bool malformed = false;
    bool operator==(const TcpOption&) const = default;
};

/** Bytes that arrived above a hole: [left, right) (RFC 2018). */
struct SackBlock {
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    bool operator==(const SackBlock&) const = default;
};

/** The options of one segment: in their order, and the values of those that are known and well formed. */
struct TcpOptions {
    static constexpr std::size_t most = 40;  // bytes of options, so that there can't be more options either
    std::array<TcpOption, most> list{};
    std::uint8_t count = 0;

    bool has_mss = false, has_window_scale = false, sack_permitted = false, has_timestamps = false;
    std::uint16_t mss_bytes = 0;       // RFC 9293, 3.7.1
    std::uint8_t window_shift = 0;     // RFC 7323, 2.2; as sent, receivers take 14 for more
    std::uint32_t timestamp = 0;       // TSval, RFC 7323, 3.2
    std::uint32_t timestamp_echo = 0;  // TSecr
    std::array<SackBlock, 4> sack{};
    std::uint8_t sack_count = 0;
    bool malformed = false;  // some option's length is wrong

    std::span<const TcpOption> all() const { return {list.data(), count}; }
    std::span<const SackBlock> sack_blocks() const { return {sack.data(), sack_count}; }
    bool operator==(const TcpOptions&) const = default;
};

struct Segment {
    Address source, destination;  // with ports
    std::uint8_t ip_version = 4;
    std::uint8_t hop_limit = 0;      // IPv4: TTL
    std::uint32_t packet_bytes = 0;  // by the IP header; what follows is no part of the packet
    std::uint32_t tcp_offset = 0;    // bytes of IP header, options and extension headers before the TCP header
    std::uint32_t seq = 0, ack = 0;
    std::uint8_t header_bytes = 0;  // data offset × 4, options included
    std::uint8_t flags = 0;         // TcpFlag
    std::uint16_t window = 0;       // as sent, not scaled
    std::uint16_t checksum = 0;
    std::uint16_t urgent_pointer = 0;
    std::uint32_t payload_offset = 0;
    std::uint32_t payload_bytes = 0;
    bool checksum_ok = false;     // of the TCP header and payload; false if nobody looked
    bool ip_checksum_ok = false;  // of the IPv4 header; IPv6 has none: true
    TcpOptions options;

    bool has(std::uint8_t all_of) const { return (flags & all_of) == all_of; }
    bool is_syn() const { return (flags & (tcp_syn | tcp_ack)) == tcp_syn; }
    bool is_syn_ack() const { return has(tcp_syn | tcp_ack); }
    /** Sequence numbers that it takes: its bytes, SYN and FIN count for one each (RFC 9293, 3.4). */
    std::uint32_t sequence_length() const {
        return payload_bytes + ((flags & tcp_syn) != 0 ? 1u : 0u) + ((flags & tcp_fin) != 0 ? 1u : 0u);
    }
    bool operator==(const Segment&) const = default;
};

/** A packet: a TCP segment, or why it is none. */
struct Packet {
    const char* why_not =
        nullptr;                // null: `segment` holds. Else in words: "truncated", "fragment", "UDP", "IPv6 chatter: router solicitation"
    std::uint8_t protocol = 0;  // IANA protocol number of what IP carries, where IP could be read
    Segment segment;

    explicit operator bool() const { return why_not == nullptr; }
};

enum class Checksums { verify, skip };

/** Reads one packet. With Checksums::skip both `…_ok` stay false: the sum is the one thing here whose cost grows with the payload. */
Packet parse_packet(PacketBytes bytes, Checksums checksums = Checksums::verify);

/** The Internet checksum (RFC 1071) of these bytes, on top of `sum`; 0 if the bytes hold their own right checksum. */
std::uint16_t internet_checksum(PacketBytes bytes, std::uint32_t sum = 0);

/** The TCP checksum over pseudo-header, header and payload: 0 if the one in the packet is right. `packet` must be one that parse_packet took. */
std::uint16_t tcp_checksum(PacketBytes packet, const Segment& segment);

/** A number in network byte order. The bytes must be there. */
inline std::uint16_t load16(const std::uint8_t* at) {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
inline std::uint32_t load32(const std::uint8_t* at) {
    return static_cast<std::uint32_t>(load16(at)) << 16 | load16(at + 2);
}

}  // namespace synoptic
