// How a stream of bytes was cut: by sends, by receives, and by the headers in it.
#include "core/model/byte_lane.h"

#include <gtest/gtest.h>

namespace synoptic {
namespace {

std::string framed(const std::string& body) {
    std::string header = std::to_string(body.size());
    header.resize(64, ' ');
    return header + body;
}

/** A lane, and the stream that goes through it. */
struct Told {
    ByteLane lane{true};
    std::string stream;
    std::size_t taken = 0;
    EventIndex now = 0;

    explicit Told(bool is_framed = true) : lane(is_framed) {}
    /** `kept`: so many bytes are in the trace. */
    EventIndex send(const std::string& bytes, std::size_t kept = 4096) {
        stream += bytes;
        const EventIndex enter = ++now, exit = ++now;
        lane.sent({.bytes = static_cast<std::uint32_t>(bytes.size()), .kind = EventKind::send, .enter = enter, .exit = exit},
                  std::string_view(bytes).substr(0, kept));
        return exit;
    }
    EventIndex receive(std::size_t count, std::size_t kept = 4096) {
        const std::string bytes = stream.substr(taken, count);
        taken += count;
        const EventIndex enter = ++now, exit = ++now;
        lane.received({.bytes = static_cast<std::uint32_t>(count), .kind = EventKind::recv, .enter = enter, .exit = exit},
                      std::string_view(bytes).substr(0, kept));
        return exit;
    }
};

TEST(ByteLane, CountsFromTheBeginningOfTheStream) {
    Told told(false);
    told.send("hello\n");
    told.send("two words\n");
    told.receive(16);
    ASSERT_EQ(told.lane.sends().size(), 2u);
    EXPECT_EQ(told.lane.sends()[1].offset, 6u);
    EXPECT_EQ(told.lane.sends()[1].end(), 16u);
    EXPECT_EQ(told.lane.receives()[0].offset, 0u);
    EXPECT_TRUE(told.lane.messages().empty()) << "echo has no messages";
    const LaneCounts counts = count_lane(told.lane, no_event);
    EXPECT_EQ(counts.written, 16u);
    EXPECT_EQ(counts.taken, 16u);
    EXPECT_EQ(counts.misfits, 1u) << "one receive took what two sends wrote";
}

TEST(ByteLane, FindsMessagesHoweverTheyWereCut) {
    Told told;
    const std::string all = framed("hello") + framed("") + framed("a longer body");
    for (const char byte : all) told.send({&byte, 1});
    const std::vector<LaneMessage>& messages = told.lane.messages();
    ASSERT_EQ(messages.size(), 3u);
    EXPECT_EQ(messages[0].offset, 0u);
    EXPECT_EQ(messages[0].body(), 64u);
    EXPECT_EQ(messages[0].end(), 69u);
    EXPECT_EQ(messages[1].offset, 69u);
    EXPECT_EQ(messages[1].body_bytes, 0u);
    EXPECT_EQ(messages[2].body(), 197u);
    EXPECT_EQ(messages[2].body_bytes, 13u);
    EXPECT_EQ(messages[0].known_at, told.lane.sends()[63].exit) << "known with the header's last byte";

    Told at_once;
    at_once.send(all);
    EXPECT_EQ(at_once.lane.messages().size(), 3u);
    EXPECT_EQ(at_once.lane.messages()[2].offset, messages[2].offset);
}

TEST(ByteLane, ReceivesAloneTellAsWell) {
    Told told;
    told.stream = framed("from a program of somebody else") + framed("x");
    for (const std::size_t count : {10u, 54u, 31u, 65u}) told.receive(count);
    ASSERT_EQ(told.lane.messages().size(), 2u);
    EXPECT_EQ(told.lane.messages()[1].offset, 95u);
    EXPECT_TRUE(told.lane.sends().empty());
}

TEST(ByteLane, OneEndFillsWhatTheOthersPayloadLacks) {
    Told told;
    const std::string large(9000, 'x');
    told.send(framed(large) + framed("behind it"), 4096);  // the trace keeps 4 KiB of a message: the second header is not among them
    EXPECT_EQ(told.lane.messages().size(), 1u);
    told.send(framed("third"));
    EXPECT_EQ(told.lane.messages().size(), 1u) << "the second header is not known yet, and so nothing behind it";
    told.receive(64);
    told.receive(9000);
    EXPECT_EQ(told.lane.messages().size(), 1u);
    told.receive(64);
    ASSERT_EQ(told.lane.messages().size(), 3u) << "and the third was known already";
    EXPECT_EQ(told.lane.messages()[1].offset, 9064u);
    EXPECT_EQ(told.lane.messages()[2].body_bytes, 5u);
}

TEST(ByteLane, WhatIsNoHeaderIsSaidOnce) {
    Told told;
    told.send(framed("good"));
    const EventIndex bad = told.send(std::string(64, 'x'));
    told.send(framed("never found"));
    EXPECT_EQ(told.lane.messages().size(), 1u);
    EXPECT_EQ(told.lane.broken_at(), bad);
    EXPECT_EQ(told.lane.broken().rfind("the header is no number: \"xxx", 0), 0u) << told.lane.broken();
    EXPECT_FALSE(count_lane(told.lane, bad).broken) << "it was not known before";
    EXPECT_TRUE(count_lane(told.lane, bad + 1).broken);
}

TEST(ByteLane, APayloadThatWasLostLeavesMessagesUnknown) {
    Told told;
    told.send(framed("lost"), 0);
    told.send(framed("seen"));
    EXPECT_TRUE(told.lane.messages().empty());
    EXPECT_EQ(told.lane.broken(), "") << "unknown is not wrong";
    for (int i = 0; i < 10'000; ++i) told.send(framed("more and more, of which nothing can be made"));
    EXPECT_EQ(told.lane.sends().size(), 10'002u);
}

TEST(ByteLane, ThePastHasWhatHadReturnedThen) {
    Told told;
    told.send(framed("one"));
    const EventIndex second = told.send(framed("two"));
    told.receive(64);
    told.receive(3 + 64 + 3);
    told.lane.ended(++told.now);
    const LaneCounts before = count_lane(told.lane, second);
    EXPECT_EQ(before.sends, 1u);
    EXPECT_EQ(before.messages, 1u);
    EXPECT_EQ(before.written, 67u);
    EXPECT_EQ(before.taken, 0u);
    EXPECT_FALSE(before.ended);
    const LaneCounts now = count_lane(told.lane, told.now + 1);
    EXPECT_EQ(now.receives, 2u);
    EXPECT_EQ(now.misfits, 2u);
    EXPECT_EQ(now.taken, 134u);
    EXPECT_TRUE(now.ended);
}

TEST(ByteLane, AReceiveThatIsOneSendFits) {
    Told told(false);
    for (int i = 0; i < 3; ++i) told.send("line\n");
    told.receive(5);
    told.receive(6);
    told.receive(4);
    EXPECT_EQ(count_lane(told.lane, no_event).misfits, 2u);
}

}  // namespace
}  // namespace synoptic
