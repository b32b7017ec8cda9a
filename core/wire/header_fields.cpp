// The IP header's fields: RFC 791 (with RFC 2474 and 3168 for the type of service) and RFC 8200.
#include "core/wire/header_fields.h"

#include <netinet/in.h>

#include "core/base/text.h"
#include "core/wire/header_list.h"

namespace synoptic {
namespace {

const char* ecn_meaning(std::uint32_t codepoint) {
    static constexpr const char* meanings[] = {"not ECN-capable", "ECN-capable, ECT(1)", "ECN-capable, ECT(0)", "congestion experienced"};
    return meanings[codepoint & 3];
}

const char* protocol_meaning(std::uint32_t protocol) {
    switch (protocol) {
        case IPPROTO_TCP:
            return "TCP";
        case IPPROTO_HOPOPTS:
            return "hop-by-hop options";
        case IPPROTO_ROUTING:
            return "routing header";
        case IPPROTO_FRAGMENT:
            return "fragment header";
        case IPPROTO_DSTOPTS:
            return "destination options";
        case IPPROTO_AH:
            return "authentication header";
        case IPPROTO_MH:
            return "mobility header";
        default:
            return "";
    }
}

std::string checksum_meaning(bool right) {
    return right ? "right" : "wrong";
}

void add_ipv4_fields(HeaderList& list, PacketBytes packet, const Segment& segment) {
    list.begin(HeaderField::Part::ip, "RFC 791, 3.1");
    list.number("Version", 4, "IPv4");
    list.number("IHL", 4, byte_count((packet[0] & 15u) * 4u) + " of header");
    list.begin(HeaderField::Part::ip, "RFC 2474, 3");
    list.number("DSCP", 6, list.peek(6) == 0 ? "best effort" : "");
    list.begin(HeaderField::Part::ip, "RFC 3168, 5");
    list.number("ECN", 2, ecn_meaning(list.peek(2)));
    list.begin(HeaderField::Part::ip, "RFC 791, 3.1");
    list.number("Total Length", 16, "header and data in bytes");
    list.hex("Identification", 16, "which packet a fragment belongs to");
    list.number("Reserved", 1, "must be 0");
    list.number("DF", 1, list.peek(1) != 0 ? "don't fragment" : "may be fragmented");
    list.number("MF", 1, list.peek(1) != 0 ? "more fragments follow" : "the last fragment");
    list.number("Fragment Offset", 13, "in units of 8 bytes");
    list.number("Time to Live", 8, "routers that it may still pass");
    list.number("Protocol", 8, protocol_meaning(packet[9]));
    list.hex("Header Checksum", 16, checksum_meaning(segment.ip_checksum_ok));
    list.text("Source Address", 32, segment.source.host());
    list.text("Destination Address", 32, segment.destination.host());
    if (segment.tcp_offset > 20) list.bytes("Options", segment.tcp_offset - 20);
}

void add_ipv6_fields(HeaderList& list, PacketBytes packet, const Segment& segment) {
    list.begin(HeaderField::Part::ip, "RFC 8200, 3");
    list.number("Version", 4, "IPv6");
    list.number("DSCP", 6, list.peek(6) == 0 ? "best effort" : "");
    list.number("ECN", 2, ecn_meaning(list.peek(2)));
    list.hex("Flow Label", 20, "which flow routers should keep together (RFC 6437)");
    list.number("Payload Length", 16, "what follows this header, in bytes");
    list.number("Next Header", 8, protocol_meaning(packet[6]));
    list.number("Hop Limit", 8, "routers that it may still pass");
    list.text("Source Address", 128, segment.source.host());
    list.text("Destination Address", 128, segment.destination.host());
    std::uint8_t kind = packet[6];
    while (list.at_byte() < segment.tcp_offset) {
        const std::uint8_t next = packet[list.at_byte()];
        const std::uint32_t units = packet[list.at_byte() + 1];
        const std::uint32_t size = kind == IPPROTO_FRAGMENT ? 8 : kind == IPPROTO_AH ? (units + 2) * 4 : (units + 1) * 8;
        list.begin(HeaderField::Part::ip_extension, kind == IPPROTO_AH ? "RFC 4302, 2" : "RFC 8200, 4");
        list.number("Next Header", 8, protocol_meaning(next));
        list.number(kind == IPPROTO_FRAGMENT ? "Reserved" : "Hdr Ext Len", 8);
        list.bytes(protocol_meaning(kind), size - 2);
        kind = next;
    }
}

}  // namespace

std::vector<HeaderField> header_fields(PacketBytes bytes) {
    const Packet packet = parse_packet(bytes);
    if (!packet) return {};
    HeaderList list(bytes);
    if (packet.segment.ip_version == 4)
        add_ipv4_fields(list, bytes, packet.segment);
    else
        add_ipv6_fields(list, bytes, packet.segment);
    add_tcp_fields(list, packet.segment);
    return list.take();
}

}  // namespace synoptic
