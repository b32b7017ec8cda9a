// The parser, against packets made by hand: what is right, what is cut short, what is no segment at all.
#include "core/wire/segment.h"

#include <gtest/gtest.h>

#include "tests/wire/packets.h"

namespace synoptic {
namespace {

const Bytes syn_options = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7};  // what Linux puts on a SYN

TEST(Segment, ReadsEveryFieldOfASynOverIPv4) {
    const Bytes bytes = make_packet({.flags = tcp_syn, .seq = 0xfffffffe, .window = 64240, .options = syn_options});
    const Packet packet = parse_packet(bytes);
    ASSERT_TRUE(packet) << packet.why_not;
    const Segment& s = packet.segment;
    EXPECT_EQ(s.source.text(), "10.77.0.1:40000");
    EXPECT_EQ(s.destination.text(), "10.77.0.2:6666");
    EXPECT_EQ(s.seq, 0xfffffffeu);
    EXPECT_EQ(flags_text(s.flags), "SYN");
    EXPECT_TRUE(s.is_syn());
    EXPECT_EQ(s.window, 64240);
    EXPECT_EQ(s.header_bytes, 40);
    EXPECT_EQ(s.payload_bytes, 0u);
    EXPECT_EQ(s.sequence_length(), 1u);
    EXPECT_TRUE(s.checksum_ok);
    EXPECT_TRUE(s.ip_checksum_ok);
    EXPECT_EQ(s.options.mss_bytes, 1460);
    EXPECT_EQ(s.options.window_shift, 7);
    EXPECT_TRUE(s.options.sack_permitted);
    EXPECT_EQ(s.options.timestamp, 1u);
    EXPECT_EQ(s.options.timestamp_echo, 2u);
    EXPECT_FALSE(s.options.malformed);
    ASSERT_EQ(s.options.count, 5);
    EXPECT_EQ(s.options.list[3].kind, option_nop);
    EXPECT_EQ(s.options.list[4].offset_bytes, 37);
}

TEST(Segment, ReadsPayloadOverIPv6BehindExtensionHeaders) {
    // Hop-by-hop options with a PadN, then a fragment header of a packet that is whole, then TCP.
    const Bytes extensions = {44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3, 4};
    const Bytes bytes = make_packet({.from_client = false,
                                     .flags = tcp_ack | tcp_psh,
                                     .payload = "hello",
                                     .ipv6 = true,
                                     .extension_headers = extensions,
                                     .first_extension = 0});
    const Packet packet = parse_packet(bytes);
    ASSERT_TRUE(packet) << packet.why_not;
    EXPECT_EQ(packet.segment.source.text(), "[fd77::2]:6666");
    EXPECT_EQ(packet.segment.payload_bytes, 5u);
    EXPECT_EQ(packet.segment.payload_offset, 40u + 16 + 20);
    EXPECT_TRUE(packet.segment.checksum_ok);
}

TEST(Segment, SeesAWrongChecksum) {
    Bytes bytes = make_packet({.payload = "abc"});
    bytes.back() ^= 1;
    EXPECT_FALSE(parse_packet(bytes).segment.checksum_ok);
    EXPECT_TRUE(parse_packet(bytes).segment.ip_checksum_ok);
    bytes[8] = 1;  // TTL
    EXPECT_FALSE(parse_packet(bytes).segment.ip_checksum_ok);
}

TEST(Segment, IgnoresWhatFollowsThePacket) {
    Bytes bytes = make_packet({.payload = "abc"});
    bytes.insert(bytes.end(), 7, 0xff);
    EXPECT_EQ(parse_packet(bytes).segment.payload_bytes, 3u);
    EXPECT_TRUE(parse_packet(bytes).segment.checksum_ok);
}

TEST(Segment, SaysTruncatedForEveryShorterPacket) {
    for (const bool ipv6 : {false, true}) {
        const Bytes whole = make_packet({.payload = "abc", .options = syn_options, .ipv6 = ipv6});
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const Packet packet = parse_packet(PacketBytes(whole).first(size));
            ASSERT_FALSE(packet) << size;
            EXPECT_STREQ(packet.why_not, "truncated") << size;
        }
    }
}

TEST(Segment, SaysWhatAPacketIsInsteadOfASegment) {
    const auto why = [](Bytes bytes) { return std::string(parse_packet(bytes).why_not); };
    EXPECT_EQ(why({0x00, 1, 2, 3}), "not IP");
    Bytes udp = make_packet({});
    udp[9] = 17;
    EXPECT_EQ(why(udp), "UDP");
    Bytes fragment = make_packet({});
    put16(fragment, 6, 0x2000);
    EXPECT_EQ(why(fragment), "fragment");
    Bytes later = make_packet({});
    put16(later, 6, 185);
    EXPECT_EQ(why(later), "fragment");
    Bytes short_header = make_packet({});
    short_header[0] = 0x44;
    EXPECT_EQ(why(short_header), "malformed IPv4 header");
    Bytes offset = make_packet({});
    offset[20 + 12] = 0x40;
    EXPECT_EQ(why(offset), "malformed TCP header");
    Bytes solicitation = make_packet({.ipv6 = true});
    solicitation[6] = 58;
    solicitation[40] = 133;
    EXPECT_EQ(why(solicitation), "IPv6 chatter: router solicitation");
    EXPECT_EQ(why(make_packet({.ipv6 = true, .extension_headers = {6, 0, 0, 1, 1, 2, 3, 4}, .first_extension = 44})), "fragment");
}

struct BadOptions {
    const char* name;
    Bytes options;
    std::size_t at;  // of the malformed one in the list
};
class MalformedOptions : public testing::TestWithParam<BadOptions> {};
INSTANTIATE_TEST_SUITE_P(All, MalformedOptions,
                         testing::Values(BadOptions{"LengthZero", {254, 0, 1, 1}, 0}, BadOptions{"LengthOne", {1, 254, 1, 1}, 1},
                                         BadOptions{"TooLong", {3, 3, 7, 8, 10, 0, 0, 0}, 1}, BadOptions{"MssOfThree", {2, 3, 5, 1}, 0},
                                         BadOptions{"SackOfNine", {5, 9, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1}, 0}),
                         [](const auto& which) { return which.param.name; });

TEST_P(MalformedOptions, AreNamedAndKept) {
    const Segment segment = make_segment({.options = GetParam().options});
    EXPECT_TRUE(segment.options.malformed);
    ASSERT_GT(segment.options.count, GetParam().at);
    EXPECT_TRUE(segment.options.list[GetParam().at].malformed);
    std::size_t total = 0;
    for (const TcpOption& option : segment.options.all()) total += option.length_bytes;
    EXPECT_EQ(total, segment.header_bytes - 20u) << "every byte of the options belongs to one of them";
}

TEST(Segment, KeepsUnknownOptionsAndSackBlocks) {
    const Segment segment = make_segment({.options = {1, 1, 5, 18, 0, 0, 0, 10, 0, 0, 0, 20, 0, 0, 0, 30, 0, 0, 0, 40, 30, 4, 9, 9}});
    EXPECT_FALSE(segment.options.malformed);
    ASSERT_EQ(segment.options.sack_count, 2);
    EXPECT_EQ(segment.options.sack[1], (SackBlock{30, 40}));
    EXPECT_EQ(segment.options.list[3].kind, 30);
    EXPECT_EQ(segment.options.list[3].length_bytes, 4);
}

TEST(Flags, HaveTheirNames) {
    EXPECT_EQ(flags_text(tcp_syn | tcp_ack), "SYN+ACK");
    EXPECT_EQ(flags_text(0xff), "SYN+FIN+RST+PSH+ACK+URG+ECE+CWR");
    EXPECT_EQ(flags_text(0), "none");
}

}  // namespace
}  // namespace synoptic
