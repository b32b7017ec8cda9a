// What the inspector says about a segment, and where its packet's fields and bytes stand.
#include "gui/panels/inspector_segment.h"

#include <gtest/gtest.h>

#include "gui/panels/words.h"
#include "tests/gui/small_world.h"
#include "tests/gui/wire_history.h"

namespace synoptic {
namespace {

using test::WireHistory;

const Fact* fact_of(const InspectorPage& page, std::string_view name) {
    for (const FactSection& section : page.sections) {
        for (const Fact& fact : section.facts) {
            if (fact.name == name) return &fact;
        }
    }
    return nullptr;
}

class InspectorSegment : public testing::Test {
   protected:
    InspectorPage page(WireId id) { return page(world(), id); }
    InspectorPage page(const World& world, WireId id) {
        Selection selection;
        selection.segment = id;
        return inspect(world, wire.history, selection, wire.now_ns());
    }
    const World& world() const { return wire.world(); }
    static PacketOf syn() {
        return {.flags = tcp_syn, .seq = 1000, .window = 64240, .options = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7}};
    }
    WireHistory wire;
};

TEST_F(InspectorSegment, AHeldSynTellsItsNumbersAndCanBeMoved) {
    const WireId id = wire.sent(syn());
    wire.held(id);
    const InspectorPage shown = page(id);
    EXPECT_EQ(shown.title, "SYN");
    EXPECT_EQ(shown.badge, "held");
    EXPECT_NE(shown.subtitle.find("10.77.0.1:40000 → 10.77.0.2:6666"), std::string::npos) << shown.subtitle;
    EXPECT_EQ(fact_of(shown, "seq")->value, "0  (1000)");
    EXPECT_EQ(fact_of(shown, "flags")->value, "SYN");
    EXPECT_EQ(fact_of(shown, "options")->value, "MSS 1460, SACK permitted, timestamps 9 (echoes 0), window × 128");
    EXPECT_EQ(fact_of(shown, "window")->value, "64,240 bytes: on a SYN it is never scaled");
    EXPECT_EQ(fact_of(shown, "takes")->value, "1 sequence number");
    EXPECT_EQ(shown.event, 0u) << "one can look at the moment when it was sent";
    std::vector<std::string> ids;
    for (const SegmentAction& action : segment_actions(world(), id)) ids.push_back(action.id);
    EXPECT_EQ(ids, (std::vector<std::string>{"inspector.deliver", "inspector.drop", "inspector.duplicate", "inspector.overtake"}));
}

TEST_F(InspectorSegment, OneThatRepeatsAWaitingOneSaysSoAndIsInferredWhereItIs) {
    const WireId first = wire.sent(syn());
    wire.held(first);
    const WireId second = wire.sent(syn());
    wire.held(second, first, wire.now_ns() + 500'000'000);
    const InspectorPage repeats = page(second);
    ASSERT_NE(fact_of(repeats, "copy of"), nullptr);
    EXPECT_EQ(fact_of(repeats, "copy of")->link.segment, first);
    EXPECT_EQ(fact_of(repeats, "note")->value, find(world(), second)->reading.note);
    EXPECT_NE(fact_of(repeats, "note")->value.find("retransmission"), std::string::npos);
    EXPECT_EQ(fact_of(repeats, "state")->value, "delayed, goes on in 0.5 s");
    ASSERT_NE(fact_of(page(first), "copies"), nullptr);
    EXPECT_EQ(segment_actions(world(), second).back().command.move, SegmentMove::hold);
    const std::vector<SegmentAction> of_first = segment_actions(world(), first);
    EXPECT_EQ(of_first[0].command.move, SegmentMove::deliver_once);
    EXPECT_EQ(of_first[1].command.move, SegmentMove::deliver);
    EXPECT_EQ(of_first[1].command.stack, Stack::with_copies);
}

TEST_F(InspectorSegment, WhatHasEndedCanNotBeMovedAndSaysByWhom) {
    const WireId id = wire.sent(syn());
    wire.held(id);
    wire.dropped(id, DropReason::hand);
    EXPECT_TRUE(segment_actions(world(), id).empty());
    EXPECT_EQ(fact_of(page(id), "state")->value, "dropped by hand, 2.0 ms after it was sent");
    EXPECT_EQ(page(id).badge_tone, Tone::trouble);
    EXPECT_TRUE(segment_actions(world(), WireId{77}).empty());
}

TEST_F(InspectorSegment, AForgottenOneStillHasItsPacketByItsLine) {
    const WireId id = wire.carried(syn());
    for (int n = 0; n < 150; ++n) wire.carried({.seq = 1001, .ack = 1});
    ASSERT_EQ(find(world(), id), nullptr);
    const InspectorPage gone = page(id);
    EXPECT_EQ(gone.badge, "gone");
    EXPECT_NE(page_text(gone).find("last 100 are remembered"), std::string::npos);
    EXPECT_TRUE(gone.packet.empty());
    for (const EventIndex line : {0u, 1u}) {  // sent, and arrived
        const Selection selected = select_event(world(), wire.history, line);
        EXPECT_EQ(selected.segment, id);
        const InspectorPage shown = inspect(world(), wire.history, selected, wire.now_ns());
        EXPECT_EQ(shown.title, "SYN");
        EXPECT_EQ(shown.packet.bytes.size(), 60u);
        EXPECT_EQ(shown.event, line);
        EXPECT_NE(page_text(shown).find("Sequence Number: 1000"), std::string::npos);
    }
}

TEST_F(InspectorSegment, BeforeItWasSentItSaysSo) {
    wire.carried(syn());
    wire.carried({.flags = tcp_rst, .seq = 1001});
    const Selection selected = select_event(world(), wire.history, 2);
    EXPECT_EQ(inspect(wire.history.at(1), wire.history, selected, 0).badge, "not sent yet");
}

TEST_F(InspectorSegment, APacketThatWasCutSaysSoAndItsChecksumIsNotCalledWrong) {
    const WireId id = wire.sent({.flags = tcp_ack | tcp_psh, .seq = 5, .payload = std::string(500, 'x')}, 100);
    const InspectorPage shown = page(id);
    EXPECT_TRUE(shown.packet.cut());
    EXPECT_EQ(shown.packet.whole_bytes, 540u);
    const auto& fields = shown.packet.fields;
    const auto checksum = std::find_if(fields.begin(), fields.end(), [](const HeaderField& field) { return field.name == "Checksum"; });
    ASSERT_NE(checksum, fields.end());
    EXPECT_NE(checksum->meaning.find("not verified"), std::string::npos);
    EXPECT_EQ(fact_of(shown, "size")->value, "540 bytes: headers of 40, payload of 500");
}

TEST_F(InspectorSegment, TheDiagramIsThirtyTwoBitsWideAndHasEveryBitOnce) {
    for (const bool ipv6 : {false, true}) {
        PacketOf of = syn();
        of.ipv6 = ipv6;
        of.payload = "hello";
        const PacketPage packet = page(wire.sent(of)).packet;
        const std::vector<HeaderBlock> blocks = header_blocks(packet.fields);
        ASSERT_EQ(blocks.size(), 3u);
        EXPECT_EQ(blocks[0].title, ipv6 ? "IPv6 header, 40 bytes" : "IPv4 header, 20 bytes");
        EXPECT_EQ(blocks[1].title, "TCP header, 40 bytes");
        EXPECT_EQ(blocks[2].title, "Payload, 5 bytes");
        EXPECT_EQ(blocks[0].rows, ipv6 ? 6 : 5) << "an IPv6 address is drawn as two rows";
        EXPECT_EQ(blocks[1].rows, 10);
        for (const HeaderBlock& block : blocks) {
            std::vector<int> filled(static_cast<std::size_t>(block.rows), 0);
            for (const HeaderCell& cell : block.cells) {
                EXPECT_LE(cell.bit + cell.bits, 32);
                for (int row = cell.row; row < cell.row + cell.rows; ++row) filled.at(static_cast<std::size_t>(row)) += cell.bits;
            }
            for (const int bits : filled) EXPECT_EQ(bits, 32);
        }
    }
}

TEST_F(InspectorSegment, AFieldOverSeveralRowsIsNamedOnce) {
    const std::vector<HeaderField> fields = {{HeaderField::Part::tcp, "a", 0, 16, "", "", ""},
                                             {HeaderField::Part::tcp, "b", 16, 144, "", "", ""}};
    const std::vector<HeaderBlock> blocks = header_blocks(fields);
    ASSERT_EQ(blocks.size(), 1u);
    const std::vector<HeaderCell> wanted = {{0, 0, 1, 0, 16, true}, {1, 0, 1, 16, 16, false}, {1, 1, 2, 0, 32, true}};
    EXPECT_EQ(blocks[0].cells, wanted);
}

TEST_F(InspectorSegment, FieldsAndBytesAreLinkedBothWays) {
    const std::vector<HeaderField> fields = page(wire.sent(syn())).packet.fields;
    const FieldRange first = fields_at_byte(fields, 0);
    EXPECT_EQ(fields[first.first].name, "Version");
    EXPECT_EQ(fields[first.last].name, "IHL");
    const FieldRange flags = fields_at_byte(fields, 33);
    EXPECT_EQ(fields[flags.first].name, "CWR");
    EXPECT_EQ(fields[flags.last].name, "FIN");
    EXPECT_EQ(place_text(fields[flags.last]), "bit 7 of byte 33");
    for (std::size_t byte = 0; byte < 60; ++byte) {
        const FieldRange range = fields_at_byte(fields, byte);
        ASSERT_FALSE(range.empty()) << byte;
        EXPECT_TRUE(bytes_of(fields, range).has(byte));
    }
    EXPECT_TRUE(fields_at_byte(fields, 60).empty());
    EXPECT_TRUE(fields_at_byte({}, 0).empty());
    const FieldRange sequence = fields_at_byte(fields, 25);
    EXPECT_EQ(bytes_of(fields, sequence).begin, 24u);
    EXPECT_EQ(bytes_of(fields, sequence).end, 28u);
}

TEST(InspectorKernel, ASocketsPageSaysWhatTheTableSays) {
    test::SmallWorld small;
    const ProgramId server = small.add_server(test::Model::iterative, 6666, 3);
    const SocketId listener = small.world.programs[server].listener;
    const SocketId client = small.world.programs[small.add_client(server)].clientfd;
    const TcpEndKey key{TcpHost::client, test::client_address, test::server_address};
    TcpEnd& end = small.world.tcp_ends[key];
    end.socket = client;
    end.host = TcpHost::client;
    end.state = TcpState::syn_sent;
    end.known = Known::inferred;
    end.since_ns = test::SmallWorld::now_ns - 2'000'000'000;
    end.timer = {TcpTimer::Kind::retransmission, 0, 2};
    end.timer_due_ns = test::SmallWorld::now_ns + 400'000'000;
    small.world.tcp_end_of[client] = key;
    History history;
    const InspectorPage shown = inspect(small.world, history, link_to(client), test::SmallWorld::now_ns);
    bool found = false;
    for (const FactSection& section : shown.sections) {
        if (section.title != "The kernel's table, client host") continue;
        found = true;
        EXPECT_EQ(section.facts[0].value, "SYN_SENT for 2.0 s");
        EXPECT_EQ(section.facts[0].known, Known::inferred);
    }
    EXPECT_TRUE(found);
    EXPECT_EQ(fact_of(shown, "timer")->value, "retransmission in 0.4 s, 2 so far");
    Socket& socket = small.world.sockets[listener];
    socket.kernel_queue = 4;
    socket.kernel_backlog = 3;
    socket.syn_queue = 1;
    const InspectorPage listens = inspect(small.world, history, link_to(listener), test::SmallWorld::now_ns);
    EXPECT_EQ(fact_of(listens, "SYN queue")->value.substr(0, 7), "1 of 4:");
    EXPECT_NE(page_text(listens).find("4 of 4, full"), std::string::npos);
}

}  // namespace
}  // namespace synoptic
