// What is fuzzed: the parser, the list of header fields and the flow, on any bytes at all. Shared by libFuzzer's target and by the short test.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "core/wire/flow.h"
#include "core/wire/header_fields.h"

namespace synoptic {

/** Stays in release builds: a broken promise must end the run. */
inline void promise(bool kept) {
    if (!kept) std::abort();
}

inline void check_fields(PacketBytes bytes, const Segment& segment) {
    std::uint32_t bit = 0;
    for (const HeaderField& field : header_fields(bytes)) {
        promise(field.bit_offset == bit);
        bit += field.bit_length;
    }
    promise(bit == segment.packet_bytes * 8);
}

/**
 * Reads `bytes` as packets one behind the other: a length in two bytes, the packet, and so on. The first bit of each length is the direction. All go through
 * one flow.
 */
inline void read_packets(PacketBytes bytes) {
    Flow flow;
    while (bytes.size() > 2) {
        const std::uint16_t head = load16(bytes.data());
        const std::size_t size = std::min<std::size_t>(head & 0x7fff, bytes.size() - 2);
        const PacketBytes one = bytes.subspan(2, size);
        bytes = bytes.subspan(2 + size);
        const Packet packet = parse_packet(one);
        if (!packet) {
            promise(*packet.why_not != 0);
            continue;
        }
        const Segment& segment = packet.segment;
        promise(segment.packet_bytes <= one.size());
        promise(segment.payload_offset + segment.payload_bytes == segment.packet_bytes);
        promise(segment.tcp_offset + segment.header_bytes == segment.payload_offset);
        check_fields(one, segment);
        promise(!flow.feed(segment, head >> 15 != 0 ? Direction::to_client : Direction::to_server).title.empty());
    }
}

}  // namespace synoptic
