// The TCP header's fields: RFC 9293, 3.1, the options each with their own RFC.
#include "core/base/text.h"
#include "core/wire/header_list.h"

namespace synoptic {
namespace {

struct OptionText {
    const char* name;
    const char* section;
};

OptionText text_of(std::uint8_t kind) {
    switch (kind) {
        case option_end:
            return {"End of Option List", "RFC 9293, 3.1"};
        case option_nop:
            return {"No-Operation", "RFC 9293, 3.1"};
        case option_mss:
            return {"Maximum Segment Size", "RFC 9293, 3.7.1"};
        case option_window_scale:
            return {"Window Scale", "RFC 7323, 2.2"};
        case option_sack_permitted:
            return {"SACK Permitted", "RFC 2018, 2"};
        case option_sack:
            return {"SACK", "RFC 2018, 3"};
        case option_timestamps:
            return {"Timestamps", "RFC 7323, 3.2"};
        default:
            return {"Option", "IANA, TCP Option Kind Numbers"};
    }
}

void add_option_value(HeaderList& list, const TcpOption& option) {
    const std::uint32_t value_bytes = option.length_bytes - 2u;
    switch (option.kind) {
        case option_mss:
            list.number("Maximum Segment Size", 16, "the most payload that it takes in one segment");
            return;
        case option_window_scale: {
            const std::uint32_t shift = list.peek(8);
            list.number("Shift Count", 8, shift > 14 ? "more than 14 counts as 14" : "windows are × " + std::to_string(1u << shift));
            return;
        }
        case option_sack:
            for (std::uint32_t block = 0; block < value_bytes / 8; ++block) {
                list.number("Left Edge", 32, "of bytes that arrived above a hole");
                list.number("Right Edge", 32, "the byte after them");
            }
            return;
        case option_timestamps:
            list.number("TSval", 32, "the sender's clock");
            list.number("TSecr", 32, "the other's clock, sent back: a round-trip time");
            return;
        default:
            if (value_bytes != 0) list.bytes("Data", value_bytes);
    }
}

void add_option(HeaderList& list, const TcpOption& option) {
    const OptionText text = text_of(option.kind);
    list.begin(HeaderField::Part::tcp_option, text.section);
    if (option.malformed) {
        list.bytes(text.name, option.length_bytes, "malformed: its length can't be right");
        return;
    }
    list.number("Kind", 8, text.name);
    if (option.kind == option_end || option.kind == option_nop) {
        if (option.length_bytes > 1) list.bytes("Padding", option.length_bytes - 1u);
        return;
    }
    list.number("Length", 8, "of this option in bytes");
    add_option_value(list, option);
}

void add_control_bits(HeaderList& list) {
    static constexpr struct {
        const char* name;
        const char* meaning;
    } bits[] = {{"CWR", "congestion window reduced (RFC 3168)"},
                {"ECE", "the network signalled congestion (RFC 3168)"},
                {"URG", "the urgent pointer counts"},
                {"ACK", "the acknowledgment number counts"},
                {"PSH", "hand it to the reader now"},
                {"RST", "the connection is no more"},
                {"SYN", "synchronize sequence numbers"},
                {"FIN", "no more data from the sender"}};
    for (const auto& [name, meaning] : bits) list.number(name, 1, list.peek(1) != 0 ? meaning : "");
}

}  // namespace

void add_tcp_fields(HeaderList& list, const Segment& segment) {
    list.begin(HeaderField::Part::tcp, "RFC 9293, 3.1");
    list.number("Source Port", 16);
    list.number("Destination Port", 16);
    list.number("Sequence Number", 32, segment.has(tcp_syn) ? "the initial sequence number" : "of the first byte of payload");
    list.number("Acknowledgment Number", 32, segment.has(tcp_ack) ? "the next one expected" : "means nothing without ACK");
    list.number("Data Offset", 4, byte_count(segment.header_bytes) + " of header");
    list.number("Reserved", 4, "must be 0");
    add_control_bits(list);
    list.number("Window", 16, segment.has(tcp_syn) ? "bytes that it takes now" : "what it takes now, in units that the SYNs agreed on");
    list.hex("Checksum", 16, segment.checksum_ok ? "right" : "wrong");
    list.number("Urgent Pointer", 16, segment.has(tcp_urg) ? "end of the urgent data" : "means nothing without URG");
    for (const TcpOption& option : segment.options.all()) add_option(list, option);
    if (segment.payload_bytes == 0) return;
    list.begin(HeaderField::Part::payload, "RFC 9293, 3.1");
    list.text("Data", segment.payload_bytes * 8, byte_count(segment.payload_bytes));
}

}  // namespace synoptic
