// What segments are, by those before them: hand-made flows, no kernel.
#include "core/wire/flow.h"

#include <gtest/gtest.h>

#include "tests/wire/packets.h"

namespace synoptic {
namespace {

constexpr std::uint32_t client_isn = 0xfffffff0;  // so that the numbers wrap early
constexpr std::uint32_t server_isn = 5000;

class FlowTest : public testing::Test {
   protected:
    SegmentReading client(PacketOf of) {
        of.seq += client_isn;
        if ((of.flags & tcp_ack) != 0) of.ack += server_isn;
        return flow.feed(make_segment(of), Direction::to_server);
    }
    SegmentReading server(PacketOf of) {
        of.from_client = false;
        of.seq += server_isn;
        if ((of.flags & tcp_ack) != 0) of.ack += client_isn;
        return flow.feed(make_segment(of), Direction::to_client);
    }
    void handshake() {
        client({.flags = tcp_syn, .window = 64240, .options = syn_options});
        server({.flags = tcp_syn | tcp_ack, .ack = 1, .window = 65160, .options = syn_options});
        client({.seq = 1, .ack = 1});
    }
    const Bytes syn_options = {2, 4, 5, 180, 4, 2, 1, 3, 3, 7};
    Flow flow;
};

TEST_F(FlowTest, NumbersAreRelativeAndWindowsScaled) {
    const SegmentReading syn = client({.flags = tcp_syn, .window = 64240, .options = syn_options});
    EXPECT_EQ(syn.title, "SYN");
    EXPECT_EQ(syn.relative_seq, 0u);
    EXPECT_EQ(syn.window_bytes, 64240u) << "a SYN's window is not scaled";
    EXPECT_TRUE(syn.scale_known);
    const SegmentReading syn_ack = server({.flags = tcp_syn | tcp_ack, .ack = 1, .window = 65160, .options = syn_options});
    EXPECT_EQ(syn_ack.title, "SYN+ACK");
    EXPECT_EQ(syn_ack.relative_ack, 1u);
    const SegmentReading ack = client({.seq = 1, .ack = 1, .window = 502});
    EXPECT_EQ(ack.title, "ACK");
    EXPECT_EQ(ack.window_bytes, 502u << 7);
    const SegmentReading data = client({.flags = tcp_ack | tcp_psh, .seq = 1, .ack = 1, .payload = std::string(64, 'x')});
    EXPECT_EQ(data.title, "data 64 bytes");
    EXPECT_EQ(data.note, "");
    EXPECT_EQ(client({.seq = 65, .ack = 1, .payload = "y"}).relative_seq, 65u) << "across the end of the numbers";
}

TEST_F(FlowTest, WithoutAHandshakeTheScaleIsUnknown) {
    const SegmentReading data = client({.seq = 1, .ack = 1, .payload = "x"});
    EXPECT_FALSE(data.scale_known);
    EXPECT_EQ(data.nature, SegmentNature::plain);
}

TEST_F(FlowTest, CountsCopies) {
    client({.flags = tcp_syn});
    EXPECT_EQ(client({.flags = tcp_syn}).note, "SYN retransmission #1");
    EXPECT_EQ(client({.flags = tcp_syn}).note, "SYN retransmission #2");
    server({.flags = tcp_syn | tcp_ack, .ack = 1});
    const SegmentReading again = server({.flags = tcp_syn | tcp_ack, .ack = 1});
    EXPECT_EQ(again.nature, SegmentNature::syn_retransmission);
    EXPECT_EQ(again.note, "SYN+ACK retransmission #1");
    client({.seq = 1, .ack = 1});
    client({.seq = 1, .ack = 1, .payload = "hello"});
    EXPECT_EQ(client({.seq = 1, .ack = 1, .payload = "hello"}).note, "retransmission #1") << "without SACK there are no probes";
    EXPECT_EQ(client({.seq = 1, .ack = 1, .payload = "hello"}).note, "retransmission #2");
}

TEST_F(FlowTest, TheFirstCopyOfTheNewestIsATailLossProbe) {
    handshake();
    client({.seq = 1, .ack = 1, .payload = "first"});
    client({.seq = 6, .ack = 1, .payload = "last"});
    const SegmentReading probe = client({.seq = 6, .ack = 1, .payload = "last"});
    EXPECT_EQ(probe.note, "tail loss probe #1 (inferred)");
    EXPECT_EQ(client({.seq = 1, .ack = 1, .payload = "first"}).nature, SegmentNature::retransmission);
    EXPECT_EQ(client({.seq = 6, .ack = 1, .payload = "last"}).note, "retransmission #2");
}

TEST_F(FlowTest, DuplicateAcksLeadToAFastRetransmission) {
    handshake();
    for (std::uint32_t seq = 1; seq < 6; ++seq) client({.seq = seq, .ack = 1, .payload = "x"});
    EXPECT_EQ(server({.seq = 1, .ack = 2}).nature, SegmentNature::plain);
    EXPECT_EQ(server({.seq = 1, .ack = 2}).note, "duplicate ACK #1");
    server({.seq = 1, .ack = 2});
    EXPECT_EQ(server({.seq = 1, .ack = 2}).note, "duplicate ACK #3");
    const SegmentReading again = client({.seq = 2, .ack = 1, .payload = "x"});
    EXPECT_EQ(again.nature, SegmentNature::fast_retransmission);
    EXPECT_FALSE(again.inferred);
    EXPECT_EQ(server({.seq = 1, .ack = 6}).nature, SegmentNature::plain);
    EXPECT_EQ(client({.seq = 5, .ack = 1, .payload = "x"}).nature, SegmentNature::spurious_retransmission);
}

TEST_F(FlowTest, ZeroWindowItsProbesAndItsUpdate) {
    handshake();
    client({.seq = 1, .ack = 1, .payload = "x"});
    EXPECT_EQ(server({.seq = 1, .ack = 2, .window = 0}).note, "zero window");
    EXPECT_EQ(client({.seq = 1, .ack = 1}).note, "zero window probe");
    EXPECT_EQ(server({.seq = 1, .ack = 2, .window = 0}).note, "answer to a zero window probe");
    EXPECT_EQ(server({.seq = 1, .ack = 2, .window = 500}).note, "window update");
    EXPECT_EQ(client({.seq = 2, .ack = 1, .payload = "y"}).nature, SegmentNature::plain);
}

TEST_F(FlowTest, KeepAlivesAreNoRetransmissions) {
    handshake();
    client({.seq = 1, .ack = 1, .payload = "x"});
    server({.seq = 1, .ack = 2});
    EXPECT_EQ(client({.seq = 1, .ack = 1}).note, "keep-alive");
    EXPECT_EQ(server({.seq = 1, .ack = 2}).note, "answer to a keep-alive");
}

TEST_F(FlowTest, AGapAndWhatFillsIt) {
    handshake();
    client({.seq = 1, .ack = 1, .payload = "a"});
    EXPECT_EQ(client({.seq = 3, .ack = 1, .payload = "c"}).note, "after a gap");
    EXPECT_EQ(client({.seq = 2, .ack = 1, .payload = "b"}).note, "out of order");
}

TEST_F(FlowTest, SaysWhyAConnectionIsReset) {
    client({.flags = tcp_syn});
    EXPECT_EQ(server({.flags = tcp_rst | tcp_ack, .seq = 0u - server_isn, .ack = 1}).note, "nobody listens at this port");
    flow = Flow();
    handshake();
    client({.seq = 1, .ack = 1, .payload = "x"});
    server({.seq = 1, .ack = 2});
    const SegmentReading abort = server({.flags = tcp_rst | tcp_ack, .seq = 1, .ack = 2});
    EXPECT_EQ(abort.title, "RST");
    EXPECT_EQ(abort.note, "aborted: closed with data unread, or with SO_LINGER 0");
    EXPECT_EQ(server({.flags = tcp_rst, .seq = 1}).note, "an answer to a segment that no socket here expects");
}

TEST_F(FlowTest, SimultaneousOpenAndClose) {
    client({.flags = tcp_syn});
    EXPECT_EQ(server({.flags = tcp_syn}).note, "simultaneous open");
    flow = Flow();
    handshake();
    EXPECT_EQ(client({.flags = tcp_fin | tcp_ack, .seq = 1, .ack = 1}).title, "FIN+ACK");
    EXPECT_EQ(server({.flags = tcp_fin | tcp_ack, .seq = 1, .ack = 1}).note, "simultaneous close");
    flow = Flow();
    handshake();
    client({.flags = tcp_fin | tcp_ack, .seq = 1, .ack = 1});
    EXPECT_EQ(server({.flags = tcp_fin | tcp_ack, .seq = 1, .ack = 2}).note, "") << "it knew of the other's FIN";
}

TEST_F(FlowTest, IsAValue) {
    handshake();
    Flow copy = flow;
    EXPECT_EQ(copy, flow);
    const Segment data = make_segment({.seq = client_isn + 1, .ack = server_isn + 1, .payload = "x"});
    const SegmentReading first = flow.feed(data, Direction::to_server);
    EXPECT_FALSE(copy == flow);
    EXPECT_EQ(copy.feed(data, Direction::to_server), first);
    EXPECT_EQ(copy, flow);
}

}  // namespace
}  // namespace synoptic
