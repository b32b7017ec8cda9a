// What a History keeps packed: events, keyframes; and what becomes of damaged bytes.
#include <gtest/gtest.h>

#include <random>

#include "core/base/packed_bytes.h"
#include "core/model/compression.h"
#include "core/model/event_pack.h"
#include "core/model/world_codec.h"
#include "story.h"

namespace synoptic {
namespace {

/** A World in which everything stands: programs, processes, a fork, a connection, a reset, a segment, rows. */
void tell_everything(EchoStory& story) {
    story.connect_and_accept();
    story.fork(story.server, 1, 4102, story.server_program, 7);
    story.enter(story.client, EventKind::send, {.fd = 10, .a = 6, .payload = "hello\n"});
    story.exit(story.client, EventKind::send, {.fd = 10, .value = 6});
    story.enter(story.client, EventKind::recv, {.fd = 10, .a = 100});
    story.exit(story.client, EventKind::recv, {.fd = 10, .value = -1, .error = ECONNRESET});
    story.fact(EventKind::command, {.a = 4, .payload = "Start echo_fork"});
    story.fact(EventKind::command_failed, {.a = 4, .payload = "no"});
    story.fact(EventKind::store_opened, {.a = 1, .value = 10, .payload = "database.txt", .socket = 5});
    story.fact(EventKind::row_put, {.a = -7, .b = 10, .value = 18, .payload = "pear", .socket = 5}, story.server);
    story.fact(EventKind::lab_state, {.a = 9, .b = 0, .payload = "no TUN"});
}

TEST(PackedBytes, GiveBackWhatWasPut) {
    PackedWriter out;
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, ~std::uint64_t{0}}) out.number(value);
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) out.signed_number(value);
    out.text("two words");
    PackedReader in(out.bytes());
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, ~std::uint64_t{0}})
        EXPECT_EQ(in.number(), value);
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) EXPECT_EQ(in.signed_number(), value);
    EXPECT_EQ(in.text(), "two words");
    EXPECT_TRUE(in.at_end());
    EXPECT_FALSE(in.failed());
    EXPECT_EQ(in.number(), 0u) << "nothing is left";
    EXPECT_TRUE(in.failed());
}

TEST(PackedBytes, AskForNoMoreThanThereIs) {
    PackedWriter out;
    out.number(1'000'000'000'000);
    PackedReader text(out.bytes());
    EXPECT_EQ(text.text(), "");
    EXPECT_TRUE(text.failed());
    PackedReader list(out.bytes());
    EXPECT_EQ(list.count(), 0u);
    EXPECT_TRUE(list.failed());
    PackedReader endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11));
    EXPECT_EQ(endless.number(), 0u);
    EXPECT_TRUE(endless.failed());
}

TEST(EventPack, GivesBackEveryEvent) {
    std::mt19937_64 random(7);
    std::vector<Event> events(777);
    for (Event& event : events) {
        event.time = random();
        event.kind = EventKind::recv;
        event.value = static_cast<std::int64_t>(random());
        event.payload_at = static_cast<std::uint32_t>(random());
        event.error = static_cast<std::uint16_t>(random());
    }
    const std::string packed = pack(events);
    std::vector<Event> back(events.size());
    ASSERT_TRUE(unpack(packed, back));
    EXPECT_EQ(std::memcmp(back.data(), events.data(), events.size() * sizeof(Event)), 0);
}

TEST(EventPack, TellsDamage) {
    std::vector<Event> events(50);
    const std::string packed = pack(events);
    std::vector<Event> more(51), fewer(49);
    more.back().line = 9;
    EXPECT_FALSE(unpack(packed, more));
    EXPECT_EQ(more.back().line, 0) << "no event is left from before";
    EXPECT_FALSE(unpack(packed, fewer));
    EXPECT_FALSE(unpack(packed.substr(0, packed.size() - 1), events));
    EXPECT_FALSE(unpack("", events));
    EXPECT_FALSE(expand("not a frame", 11));
    std::mt19937 random(3);
    std::string text(500, ' ');
    for (char& c : text) c = static_cast<char>(random());
    const std::string like = text;
    const std::string change = compress(text, 3, like);
    EXPECT_LT(change.size(), 200u);
    EXPECT_EQ(expand(change, text.size(), text), text);
    EXPECT_FALSE(expand(change, text.size())) << "without what it is like";
}

TEST(WorldCodec, GivesBackTheWorld) {
    EchoStory story;
    tell_everything(story);
    const std::string bytes = encode(story.world());
    const std::optional<World> back = decode_world(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, story.world());
    EXPECT_EQ(encode(*back), bytes);
    EXPECT_EQ(hash(*back), hash(story.world()));
    World other = *back;
    other.sockets.begin()->second.bytes_sent += 1;
    EXPECT_NE(hash(other), hash(story.world()));
}

TEST(WorldCodec, RefusesWhatIsCutOff) {
    EchoStory story;
    tell_everything(story);
    const std::string bytes = encode(story.world());
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_world(std::string_view(bytes).substr(0, size))) << size;
    EXPECT_FALSE(decode_world(bytes + '\0'));
}

TEST(WorldCodec, SurvivesEveryFlippedBit) {
    EchoStory story;
    tell_everything(story);
    std::string bytes = encode(story.world());
    std::size_t refused = 0;
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
        if (!decode_world(bytes)) ++refused;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    }
    EXPECT_GT(refused, 0u);
    EXPECT_EQ(*decode_world(bytes), story.world());
}

}  // namespace
}  // namespace synoptic
