// The inspector's list of fields: complete, in order, and right.
#include "core/wire/header_fields.h"

#include <gtest/gtest.h>

#include "tests/wire/packets.h"

namespace synoptic {
namespace {

const HeaderField* field(const std::vector<HeaderField>& fields, const std::string& name) {
    for (const HeaderField& one : fields) {
        if (one.name == name) return &one;
    }
    return nullptr;
}

void expect_no_gap(const std::vector<HeaderField>& fields, std::size_t packet_bytes) {
    std::uint32_t bit = 0;
    for (const HeaderField& one : fields) {
        EXPECT_EQ(one.bit_offset, bit) << one.name;
        EXPECT_GT(one.bit_length, 0u) << one.name;
        EXPECT_FALSE(one.section.empty()) << one.name;
        bit += one.bit_length;
    }
    EXPECT_EQ(bit, packet_bytes * 8);
}

TEST(HeaderFields, CoverAnIPv4SegmentWithoutGap) {
    const Bytes packet = make_packet(
        {.flags = tcp_syn, .seq = 4'000'000'000, .window = 64240, .payload = "abc", .options = {2, 4, 5, 180, 4, 2, 8, 10, 0,  0, 0, 1,
                                                                                                0, 0, 0, 2,   1, 3, 3, 7,  30, 3, 9, 0}});
    const auto fields = header_fields(packet);
    expect_no_gap(fields, packet.size());
    EXPECT_EQ(field(fields, "Version")->value, "4");
    EXPECT_EQ(field(fields, "DF")->value, "1");
    EXPECT_EQ(field(fields, "Source Address")->value, "10.77.0.1");
    EXPECT_EQ(field(fields, "Header Checksum")->meaning, "right");
    EXPECT_EQ(field(fields, "Source Port")->value, "40000");
    EXPECT_EQ(field(fields, "Sequence Number")->value, "4000000000");
    EXPECT_EQ(field(fields, "SYN")->value, "1");
    EXPECT_EQ(field(fields, "SYN")->bit_offset, (20u + 13) * 8 + 6);
    EXPECT_EQ(field(fields, "ACK")->value, "0");
    EXPECT_EQ(field(fields, "Maximum Segment Size")->value, "1460");
    EXPECT_EQ(field(fields, "Shift Count")->meaning, "windows are × 128");
    EXPECT_EQ(field(fields, "TSecr")->value, "2");
    EXPECT_EQ(field(fields, "Checksum")->meaning, "right");
    EXPECT_EQ(field(fields, "Data")->value, "09") << "of the option that nobody knows";
    EXPECT_EQ(fields.back().part, HeaderField::Part::payload);
}

TEST(HeaderFields, CoverAnIPv6SegmentWithExtensionHeaders) {
    const Bytes packet =
        make_packet({.ipv6 = true, .extension_headers = {44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3, 4}, .first_extension = 0});
    const auto fields = header_fields(packet);
    expect_no_gap(fields, packet.size());
    EXPECT_EQ(field(fields, "Destination Address")->value, "fd77::2");
    EXPECT_EQ(field(fields, "Hop Limit")->value, "64");
    EXPECT_NE(field(fields, "fragment header"), nullptr);
}

TEST(HeaderFields, NameWhatIsMalformed) {
    const Bytes packet = make_packet({.options = {2, 3, 5, 1}});
    const auto fields = header_fields(packet);
    expect_no_gap(fields, packet.size());
    EXPECT_EQ(field(fields, "Maximum Segment Size")->meaning, "malformed: its length can't be right");
}

TEST(HeaderFields, AreNoneOfWhatIsNoSegment) {
    EXPECT_TRUE(header_fields(Bytes{1, 2, 3}).empty());
    EXPECT_TRUE(header_fields(Bytes{}).empty());
}

}  // namespace
}  // namespace synoptic
