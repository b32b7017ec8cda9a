// The headers of a segment, field by field and in order, for a view that shows them bit by bit beside their bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/wire/segment.h"

namespace synoptic {

struct HeaderField {
    enum class Part : std::uint8_t { ip, ip_extension, tcp, tcp_option, payload };
    Part part{};
    std::string name;              // as the RFC has it: "Data Offset"
    std::uint32_t bit_offset = 0;  // from the packet's first bit, the most significant one of its first byte
    std::uint32_t bit_length = 0;
    std::string value;    // "64240", "0x1a2b", "10.77.0.1"
    std::string meaning;  // in words; may be empty
    std::string section;  // "RFC 9293, 3.1"
    bool operator==(const HeaderField&) const = default;
};

/**
 * Every field of a packet, without gap or overlap, from its first bit to its last; the payload as one field. Of a packet that parse_packet does not take
 * as a segment: nothing.
 */
std::vector<HeaderField> header_fields(PacketBytes packet);

}  // namespace synoptic
