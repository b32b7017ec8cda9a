// Inputs in the form that tests/fuzz/packet_target.h reads: small conversations from which a fuzzer, or the short test, goes on.
#pragma once

#include "tests/wire/packets.h"

namespace synoptic {

inline void append(Bytes& input, const PacketOf& of) {
    const Bytes packet = make_packet(of);
    const std::size_t head = packet.size() | (of.from_client ? 0u : 0x8000u);
    input.push_back(static_cast<std::uint8_t>(head >> 8));
    input.push_back(static_cast<std::uint8_t>(head));
    input.insert(input.end(), packet.begin(), packet.end());
}

inline std::vector<Bytes> packet_seeds() {
    const Bytes syn = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7};
    const Bytes sack = {1, 1, 5, 18, 0, 0, 0, 10, 0, 0, 0, 20, 0, 0, 0, 30, 0, 0, 0, 40};
    const Bytes extensions = {43, 0, 1, 4, 0,  0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 51, 0, 0, 0,
                              1,  2, 3, 4, 60, 0, 0, 0, 0,  0, 0, 0, 6, 0, 1, 4, 0,  0, 0, 0};
    std::vector<Bytes> seeds;
    for (const bool six : {false, true}) {
        Bytes input;
        append(input, {.flags = tcp_syn, .options = syn, .ipv6 = six});
        append(input, {.from_client = false, .flags = tcp_syn | tcp_ack, .ack = 1, .options = syn, .ipv6 = six});
        append(input, {.seq = 1, .ack = 1, .payload = "hello", .ipv6 = six});
        append(input, {.from_client = false, .seq = 1, .ack = 1, .window = 0, .options = sack, .ipv6 = six});
        append(input, {.seq = 1, .ack = 1, .payload = "hello", .ipv6 = six});
        append(input, {.flags = tcp_fin | tcp_ack, .seq = 6, .ack = 1, .ipv6 = six});
        append(input, {.from_client = false, .flags = tcp_rst, .seq = 1, .ipv6 = six});
        seeds.push_back(input);
    }
    Bytes input;
    append(input, {.payload = "x", .ipv6 = true, .extension_headers = extensions, .first_extension = 0});
    seeds.push_back(input);
    return seeds;
}

}  // namespace synoptic
