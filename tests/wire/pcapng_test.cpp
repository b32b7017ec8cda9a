// The capture file: read back by tshark, which checks every checksum, and byte by byte where that is not installed.
#include "core/wire/pcapng.h"

#include <cstring>
#include <fstream>

#include "core/base/clock.h"
#include "tests/wire/packets.h"
#include "tests/wire/tshark.h"
#include "tests/wire/wire_fixture.h"

namespace synoptic {
namespace {

TEST(Pcapng, IsMadeOfWholeBlocks) {
    const std::string file = to_pcapng(std::vector<CaptureRecord>{{.bytes = make_packet({.payload = "abc"}), .comment = "held"}});
    std::vector<std::uint32_t> types;
    for (std::size_t at = 0; at < file.size();) {
        const auto number = [&](std::size_t where) {
            std::uint32_t value;
            std::memcpy(&value, file.data() + where, sizeof value);
            return le32toh(value);
        };
        types.push_back(number(at));
        const std::uint32_t length = number(at + 4);
        ASSERT_GE(length, 12u);
        ASSERT_EQ(length % 4, 0u);
        ASSERT_LE(at + length, file.size());
        EXPECT_EQ(number(at + length - 4), length);
        at += length;
    }
    EXPECT_EQ(types, (std::vector<std::uint32_t>{0x0a0d0d0a, 1, 1, 6}));
}

TEST(Pcapng, SaysWhyAFileCantBeWritten) {
    const Status written = write_pcapng("/no/such/folder/capture.pcapng", {});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().err, ENOENT);
}

/** Each segment on its sender's interface, and on its receiver's if it was delivered. */
std::vector<CaptureRecord> capture_of(const std::vector<Seen>& seen) {
    const TickScale scale = TickScale::measure();
    std::vector<CaptureRecord> records;
    for (const Seen& one : seen) {
        const Host sender = one.direction == Direction::to_server ? Host::client : Host::server;
        CaptureRecord record{.host = sender, .time_ns = scale.to_ns(one.ticks), .bytes = one.bytes, .outbound = true};
        if (one.fate == Seen::Fate::dropped) record.comment = "dropped by hand – “ü”";
        record.process = sender == Host::client ? "client 1" : "echo_fork (4101)";
        records.push_back(record);
        if (one.fate != Seen::Fate::delivered) continue;
        records.push_back({.host = other(sender), .time_ns = scale.to_ns(one.fate_ticks), .bytes = one.bytes, .outbound = false});
    }
    return records;
}

TEST_F(WireTest, TsharkReadsACaptureWithoutComplaint) {
    if (!Tshark::is_installed()) GTEST_SKIP() << "tshark is not installed";
    sink.keep_bytes = true;
    ASSERT_TRUE(lab->set_rto_min(20));
    relay->set_rules(Rules::hold_only(kind_data));
    {
        const Connection made = make_connection();
        send_text(made.clientfd, "hello");
        drop(sink.wait_for(waits(is_client_data)));
        relay->set_rules({});
        relay->deliver_all();
        EXPECT_EQ(receive(made.connfd, 5), "hello");
        if (lab->has_ipv6()) make_connection(6667, AF_INET6);
    }
    const std::vector<CaptureRecord> records = capture_of(sink.all());
    char path[] = "/tmp/synoptic_capture_XXXXXX";
    ::close(mkstemp(path));
    const Status written = write_pcapng(path, records);
    ASSERT_TRUE(written) << written.error().text();
    const Tshark tshark(path);
    const auto matching = [&](const std::string& filter) { return tshark.matching(filter); };
    EXPECT_EQ(matching("tcp"), records.size()) << "all of them are TCP";
    EXPECT_EQ(matching("tcp.checksum.status == \"Good\""), records.size());
    EXPECT_EQ(matching("_ws.malformed || tcp.checksum.status == \"Bad\" || ip.checksum.status == \"Bad\""), 0u);
    for (const Host host : {Host::client, Host::server}) {
        const auto expected =
            std::count_if(records.begin(), records.end(), [&](const CaptureRecord& record) { return record.host == host; });
        EXPECT_EQ(matching(std::string("frame.interface_name == \"") + addresses_of(host).name + "\""), static_cast<std::size_t>(expected));
    }
    EXPECT_EQ(matching("frame.packet_flags_direction == 1") + matching("frame.packet_flags_direction == 2"), records.size());
    EXPECT_EQ(matching("frame.comment contains \"dropped by hand – “ü”\""), 1u);
    EXPECT_GT(matching("frame.comment contains \"process: echo_fork (4101)\""), 0u);
    const std::string times = tshark.output_of("-c 1 -T fields -e frame.time_epoch");
    char expected[40];
    std::snprintf(expected, sizeof expected, "%llu.%09llu\n", static_cast<unsigned long long>(records[0].time_ns / 1'000'000'000),
                  static_cast<unsigned long long>(records[0].time_ns % 1'000'000'000));
    EXPECT_EQ(times, expected);
    unlink(path);
}

}  // namespace
}  // namespace synoptic
