#include "core/wire/segment.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace synoptic {
namespace {

constexpr std::size_t ipv4_least_bytes = 20;
constexpr std::size_t ipv6_bytes = 40;
constexpr std::size_t tcp_least_bytes = 20;

Address address_of(int family, const std::uint8_t* host, std::uint16_t port) {
    if (family == AF_INET) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        std::memcpy(&in.sin_addr, host, sizeof in.sin_addr);
        return Address::from(reinterpret_cast<const sockaddr*>(&in), sizeof in);
    }
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    std::memcpy(&in6.sin6_addr, host, sizeof in6.sin6_addr);
    return Address::from(reinterpret_cast<const sockaddr*>(&in6), sizeof in6);
}

const char* name_of_protocol(std::uint8_t protocol) {
    switch (protocol) {
        case IPPROTO_ICMP:
            return "ICMP";
        case IPPROTO_IGMP:
            return "IGMP";
        case IPPROTO_UDP:
            return "UDP";
        case IPPROTO_ICMPV6:
            return "ICMPv6";
        case IPPROTO_SCTP:
            return "SCTP";
        case IPPROTO_ESP:
            return "encrypted (ESP)";
        case IPPROTO_NONE:
            return "IPv6 without a next header";
        default:
            return "a protocol other than TCP";
    }
}

/** ICMPv6 that every IPv6 host sends by itself (RFC 4861, RFC 3810): nobody's program asked for it. */
const char* name_of_icmpv6(std::uint8_t type) {
    switch (type) {
        case 130:
            return "IPv6 chatter: multicast listener query";
        case 131:
        case 143:
            return "IPv6 chatter: multicast listener report";
        case 132:
            return "IPv6 chatter: multicast listener done";
        case 133:
            return "IPv6 chatter: router solicitation";
        case 134:
            return "IPv6 chatter: router advertisement";
        case 135:
            return "IPv6 chatter: neighbor solicitation";
        case 136:
            return "IPv6 chatter: neighbor advertisement";
        default:
            return "ICMPv6";
    }
}

/** What IP carries and where it begins; or why that can't be told. */
struct Carried {
    const char* why_not = nullptr;
    std::uint8_t protocol = 0;
    std::size_t offset = 0;
    std::size_t end = 0;
};

Carried read_ipv4(PacketBytes bytes) {
    if (bytes.size() < ipv4_least_bytes) return {"truncated"};
    const std::size_t header = (bytes[0] & 15u) * 4u;
    const std::size_t total = load16(&bytes[2]);
    if (header < ipv4_least_bytes || total < header) return {"malformed IPv4 header"};
    if (total > bytes.size()) return {"truncated", bytes[9]};
    const std::uint16_t fragment = load16(&bytes[6]) & 0x3fffu;  // more fragments, and the offset; without "don't fragment"
    if (fragment != 0) return {"fragment", bytes[9]};
    return {nullptr, bytes[9], header, total};
}

/** Bytes of an extension header that begins at `at`, which has two bytes at least; 0 for what is none. RFC 8200, 4; AH: RFC 4302, 2.2. */
std::size_t extension_bytes(std::uint8_t protocol, const std::uint8_t* at) {
    switch (protocol) {
        case IPPROTO_HOPOPTS:
        case IPPROTO_ROUTING:
        case IPPROTO_DSTOPTS:
        case IPPROTO_MH:
            return (at[1] + 1u) * 8u;
        case IPPROTO_FRAGMENT:
            return 8;
        case IPPROTO_AH:
            return (at[1] + 2u) * 4u;
        default:
            return 0;
    }
}

Carried read_ipv6(PacketBytes bytes) {
    if (bytes.size() < ipv6_bytes) return {"truncated"};
    const std::size_t end = ipv6_bytes + load16(&bytes[4]);
    if (end > bytes.size()) return {"truncated", bytes[6]};
    Carried carried{nullptr, bytes[6], ipv6_bytes, end};
    for (;;) {
        const std::size_t left = end - carried.offset;
        const bool is_extension = carried.protocol == IPPROTO_HOPOPTS || carried.protocol == IPPROTO_ROUTING ||
                                  carried.protocol == IPPROTO_DSTOPTS || carried.protocol == IPPROTO_MH ||
                                  carried.protocol == IPPROTO_FRAGMENT || carried.protocol == IPPROTO_AH;
        if (!is_extension) return carried;
        if (left < 8) return {"truncated", carried.protocol};
        const std::uint8_t* at = &bytes[carried.offset];
        const std::size_t length = extension_bytes(carried.protocol, at);
        if (length > left) return {"truncated", carried.protocol};
        // Offset 0 and nothing more to come is a packet of one fragment (RFC 6946): whole.
        if (carried.protocol == IPPROTO_FRAGMENT && (load16(at + 2) & 0xfff9u) != 0) return {"fragment", at[0]};
        carried.protocol = at[0];
        carried.offset += length;
    }
}

void read_sack(const std::uint8_t* at, std::size_t length, TcpOptions& options) {
    for (std::size_t block = 2; block + 8 <= length && options.sack_count < options.sack.size(); block += 8) {
        options.sack[options.sack_count++] = {load32(at + block), load32(at + block + 4)};
    }
}

/** Takes the value of an option of which `length` bytes are there. False if a known kind has another length than it must have. */
bool read_option_value(const std::uint8_t* at, std::size_t length, TcpOptions& options) {
    switch (at[0]) {
        case option_mss:
            if (length != 4) return false;
            options.has_mss = true;
            options.mss_bytes = load16(at + 2);
            return true;
        case option_window_scale:
            if (length != 3) return false;
            options.has_window_scale = true;
            options.window_shift = at[2];
            return true;
        case option_sack_permitted:
            options.sack_permitted = options.sack_permitted || length == 2;
            return length == 2;
        case option_sack:
            if (length < 10 || (length - 2) % 8 != 0) return false;
            read_sack(at, length, options);
            return true;
        case option_timestamps:
            if (length != 10) return false;
            options.has_timestamps = true;
            options.timestamp = load32(at + 2);
            options.timestamp_echo = load32(at + 6);
            return true;
        default:
            return true;
    }
}

TcpOptions read_options(const std::uint8_t* tcp, std::size_t header_bytes) {
    TcpOptions options;
    std::size_t at = tcp_least_bytes;
    while (at < header_bytes) {
        TcpOption option{tcp[at], static_cast<std::uint8_t>(at), 1, false};
        const std::size_t left = header_bytes - at;
        if (option.kind != option_end && option.kind != option_nop) {
            const std::size_t length = left >= 2 ? tcp[at + 1] : 0;
            const bool fits = length >= 2 && length <= left;
            option.length_bytes = static_cast<std::uint8_t>(fits ? length : left);
            option.malformed = !fits || !read_option_value(tcp + at, length, options);
        } else if (option.kind == option_end) {
            option.length_bytes = static_cast<std::uint8_t>(left);  // what follows the end is padding (RFC 9293, 3.1)
        }
        options.malformed = options.malformed || option.malformed;
        options.list[options.count++] = option;
        at += option.length_bytes;
    }
    return options;
}

const char* read_tcp(PacketBytes bytes, const Carried& carried, Segment& segment) {
    const std::size_t left = carried.end - carried.offset;
    if (left < tcp_least_bytes) return "truncated";
    const std::uint8_t* tcp = &bytes[carried.offset];
    const std::size_t header = (tcp[12] >> 4) * 4u;
    if (header < tcp_least_bytes) return "malformed TCP header";
    if (header > left) return "truncated";
    const bool six = bytes[0] >> 4 == 6;
    const int family = six ? AF_INET6 : AF_INET;
    segment.ip_version = six ? 6 : 4;
    segment.hop_limit = bytes[six ? 7 : 8];
    segment.source = address_of(family, &bytes[six ? 8 : 12], load16(tcp));
    segment.destination = address_of(family, &bytes[six ? 24 : 16], load16(tcp + 2));
    segment.packet_bytes = static_cast<std::uint32_t>(carried.end);
    segment.tcp_offset = static_cast<std::uint32_t>(carried.offset);
    segment.seq = load32(tcp + 4);
    segment.ack = load32(tcp + 8);
    segment.header_bytes = static_cast<std::uint8_t>(header);
    segment.flags = tcp[13];
    segment.window = load16(tcp + 14);
    segment.checksum = load16(tcp + 16);
    segment.urgent_pointer = load16(tcp + 18);
    segment.payload_offset = static_cast<std::uint32_t>(carried.offset + header);
    segment.payload_bytes = static_cast<std::uint32_t>(left - header);
    segment.options = read_options(tcp, header);
    return nullptr;
}

}  // namespace

std::string flags_text(std::uint8_t flags) {
    // SYN and FIN first, as they are spoken of: "SYN+ACK".
    static constexpr struct {
        std::uint8_t flag;
        const char* name;
    } names[] = {{tcp_syn, "SYN"}, {tcp_fin, "FIN"}, {tcp_rst, "RST"}, {tcp_psh, "PSH"},
                 {tcp_ack, "ACK"}, {tcp_urg, "URG"}, {tcp_ece, "ECE"}, {tcp_cwr, "CWR"}};
    std::string text;
    for (const auto& [flag, name] : names) {
        if ((flags & flag) == 0) continue;
        if (!text.empty()) text += '+';
        text += name;
    }
    return text.empty() ? "none" : text;
}

std::uint16_t internet_checksum(PacketBytes bytes, std::uint32_t sum) {
    std::uint64_t total = sum;
    std::size_t at = 0;
    for (; at + 1 < bytes.size(); at += 2) total += load16(&bytes[at]);
    if (at < bytes.size()) total += static_cast<std::uint64_t>(bytes[at]) << 8;
    while (total >> 16 != 0) total = (total & 0xffffu) + (total >> 16);
    return static_cast<std::uint16_t>(~total);
}

std::uint16_t tcp_checksum(PacketBytes packet, const Segment& segment) {
    // The pseudo-header (RFC 9293, 3.1; RFC 8200, 8.1): both addresses, the protocol, and the length of what TCP covers.
    const PacketBytes tcp = packet.subspan(segment.tcp_offset, static_cast<std::size_t>(segment.packet_bytes) - segment.tcp_offset);
    const PacketBytes addresses = segment.ip_version == 6 ? packet.subspan(8, 32) : packet.subspan(12, 8);
    std::uint32_t sum = IPPROTO_TCP + static_cast<std::uint32_t>(tcp.size());
    for (std::size_t at = 0; at < addresses.size(); at += 2) sum += load16(&addresses[at]);
    return internet_checksum(tcp, sum);
}

Packet parse_packet(PacketBytes bytes, Checksums checksums) {
    Packet packet;
    if (bytes.empty()) {
        packet.why_not = "truncated";
        return packet;
    }
    const int version = bytes[0] >> 4;
    if (version != 4 && version != 6) {
        packet.why_not = "not IP";
        return packet;
    }
    const Carried carried = version == 4 ? read_ipv4(bytes) : read_ipv6(bytes);
    packet.protocol = carried.protocol;
    packet.why_not = carried.why_not;
    if (packet.why_not) return packet;
    if (carried.protocol == IPPROTO_ICMPV6 && carried.offset < carried.end) {
        packet.why_not = name_of_icmpv6(bytes[carried.offset]);
    } else if (carried.protocol != IPPROTO_TCP) {
        packet.why_not = name_of_protocol(carried.protocol);
    } else {
        packet.why_not = read_tcp(bytes, carried, packet.segment);
    }
    if (packet.why_not || checksums == Checksums::skip) return packet;
    packet.segment.checksum_ok = tcp_checksum(bytes, packet.segment) == 0;
    packet.segment.ip_checksum_ok = version == 6 || internet_checksum(bytes.first((bytes[0] & 15u) * 4u)) == 0;
    return packet;
}

}  // namespace synoptic
