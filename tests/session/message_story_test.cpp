// Small sends on the wire (system B): what Nagle's algorithm and delayed ACK make of a header and a body, on the real kernel.
//
//   two sends              client ── header, 64 bytes ──▶ server      the body waits in the client's send queue (Nagle, RFC 896)
//                                 ◀─── ACK 65 ───────────             late: the server's kernel hoped to send it along with data (RFC 9293, 3.8.6.3)
//                                 ── body ──────────────▶
//   TCP_NODELAY            header and body leave at once, a segment each
//   one send               one segment, and the reply carries its ACK
#include <algorithm>

#include "tests/session/wire_fixture.h"

namespace synoptic {
namespace {

constexpr std::uint32_t header_bytes = 64, reply_bytes = 33;

class MessageStory : public WireTest {
   protected:
    void join_as(const char* program) {
        session->submit(AddClients{.program = program, .host = "10.77.0.2", .port = "6666", .network = Network::wire});
        ++clients;
        ASSERT_TRUE(is_connected("client 1"));
        ASSERT_TRUE(eventually([](const World& w) { return is_accepted(w, "client 1"); }));
    }
    void say(const std::string& line) { session->submit(Say{id_of("client 1"), line}); }
    /** True once the client has read that many whole replies. */
    bool has_read_replies(std::uint64_t count) const {
        return eventually([&](const World& w) {
            const Socket* socket = socket_of(w, "client 1");
            return socket && socket->bytes_received == count * (header_bytes + reply_bytes);
        });
    }
    bool client_waits_for_the_reply() const {
        return eventually([&](const World& w) {
            const Program* client = by_label(w, "client 1");
            const Actor* actor = client && !client->actors.empty() ? find(w, client->actors.front()) : nullptr;
            return actor && !actor->calls.empty() && actor->calls.back().kind == EventKind::recv && actor->calls.back().entered;
        });
    }
    void hold_data(Direction direction) {
        Rules rules;
        rules.of(direction).hold = kind_data;
        set_rules(rules);
    }
    /** The first segment with that much data, sent at or after `since`; null if there is none. A copy repeats it, and is not it. */
    static const WireSegment* data_of(const World& w, Direction direction, std::uint32_t bytes, EventIndex since = 0) {
        for (const auto& [id, segment] : w.segments) {
            const bool fits = segment.direction == direction && segment.payload_bytes == bytes && segment.copy_of == WireId::none;
            if (fits && segment.sent_event >= since) return &segment;
        }
        return nullptr;
    }
    /** Segments that carry an acknowledgment of these bytes and nothing else. */
    static std::vector<const WireSegment*> lone_acks_of(const World& w, const WireSegment& data, EventIndex since = 0) {
        std::vector<const WireSegment*> found;
        for (const auto& [id, segment] : w.segments) {
            const bool alone = segment.direction != data.direction && segment.payload_bytes == 0 && (segment.flags & tcp_ack) != 0;
            if (alone && segment.ack == data.seq + data.payload_bytes && segment.sent_event >= since) found.push_back(&segment);
        }
        return found;
    }
};

struct TwoSends {
    const char* name;
    const char* server;
    const char* client;
    Direction direction;
    std::uint32_t body_bytes;
};

class MessageTwoSends : public MessageStory, public testing::WithParamInterface<TwoSends> {};
INSTANTIATE_TEST_SUITE_P(All, MessageTwoSends,
                         testing::Values(TwoSends{"Client", "message_thread", "message_client_two_sends", Direction::to_server, 5},
                                         TwoSends{"Server", "message_thread_two_sends", "message_client", Direction::to_client,
                                                  reply_bytes}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(MessageTwoSends, TheBodyIsSentOnlyAfterTheHeadersAck) {
    const TwoSends& tested = GetParam();
    serve(tested.server);
    join_as(tested.client);
    hold_data(tested.direction);
    say("hello");
    ASSERT_TRUE(eventually([&](const World& w) {
        const WireSegment* header = data_of(w, tested.direction, header_bytes);
        return header && header->waits();
    }));
    ASSERT_TRUE(client_waits_for_the_reply()) << "as far as the program knows, all is sent";
    const WireId header_id = data_of(world(), tested.direction, header_bytes)->id;
    EXPECT_EQ(data_of(world(), tested.direction, tested.body_bytes), nullptr) << "Nagle's algorithm keeps it back";
    session->submit(MoveSegment{header_id, SegmentMove::deliver_once});
    ASSERT_TRUE(eventually([&](const World& w) { return data_of(w, tested.direction, tested.body_bytes) != nullptr; }));
    const World w = world();
    const WireSegment* header = find(w, header_id);
    const WireSegment* body = data_of(w, tested.direction, tested.body_bytes);
    const std::vector<const WireSegment*> acks = lone_acks_of(w, *header);
    ASSERT_FALSE(acks.empty()) << "the ACK of the header travels alone: its sender has nothing to say before it has the body";
    EXPECT_EQ(acks.front()->state, WireSegment::State::arrived);
    EXPECT_LE(acks.front()->ended_ns, body->sent_ns) << "the ACK has arrived before the body left";
    EXPECT_EQ(body->seq, header->seq + header_bytes);
    set_rules({});
    session->submit(DeliverAll{});
    EXPECT_TRUE(has_read_replies(1));
}

TEST_F(MessageStory, WithTcpNodelayTheBodyDoesNotWait) {
    serve("message_thread");
    join_as("message_client_nodelay");
    hold_data(Direction::to_server);
    say("hello");
    EXPECT_TRUE(eventually([](const World& w) {
        const WireSegment* header = data_of(w, Direction::to_server, header_bytes);
        const WireSegment* body = data_of(w, Direction::to_server, 5);
        return header && body && header->waits() && body->waits();
    })) << "both are on the wire, and nothing has been acknowledged";
    EXPECT_TRUE(lone_acks_of(world(), *data_of(world(), Direction::to_server, header_bytes)).empty());
    set_rules({});
    session->submit(DeliverAll{});
    EXPECT_TRUE(has_read_replies(1));
}

TEST_F(MessageStory, OneSendIsOneSegmentAndTheReplyCarriesItsAck) {
    serve("message_thread");
    join_as("message_client");
    // A young connection acknowledges at once (tcp(7), TCP_QUICKACK); once it is used for question and answer, its ACKs wait for data.
    bool rode_along = false;
    for (std::uint64_t round = 1; round <= 60 && !rode_along; ++round) {
        const EventIndex since = world().events;
        say("hello");
        ASSERT_TRUE(has_read_replies(round));
        ASSERT_TRUE(
            eventually([&](const World& w) { return data_of(w, Direction::to_client, header_bytes + reply_bytes, since) != nullptr; }));
        const World w = world();
        const WireSegment* request = data_of(w, Direction::to_server, header_bytes + 5, since);
        const WireSegment* reply = data_of(w, Direction::to_client, header_bytes + reply_bytes, since);
        ASSERT_NE(request, nullptr) << "header and body in one segment";
        EXPECT_EQ(data_of(w, Direction::to_server, header_bytes, since), nullptr);
        rode_along = lone_acks_of(w, *request, since).empty() && reply->ack == request->seq + request->payload_bytes;
    }
    EXPECT_TRUE(rode_along) << "the delayed ACK has waited for the reply, and gone along with it";
}

TEST_F(MessageStory, InTwoSendsEachExchangeTakesALoneAckInEachDirection) {
    serve("message_thread_two_sends");
    join_as("message_client_two_sends");
    for (std::uint64_t round = 1; round <= 10; ++round) {
        const EventIndex since = world().events;
        say("hello");
        ASSERT_TRUE(has_read_replies(round));
        const World w = world();
        for (const auto& [direction, body_bytes] : {std::pair{Direction::to_server, 5u}, std::pair{Direction::to_client, reply_bytes}}) {
            const WireSegment* header = data_of(w, direction, header_bytes, since);
            const WireSegment* body = data_of(w, direction, body_bytes, since);
            // Header and body never share a segment: the header leaves before the body is sent.
            ASSERT_TRUE(header && body) << round;
            const std::vector<const WireSegment*> acks = lone_acks_of(w, *header, since);
            ASSERT_FALSE(acks.empty()) << round;
            EXPECT_LE(acks.front()->ended_ns, body->sent_ns) << round;
        }
    }
}

TEST_F(MessageStory, AShortReadIsTakenForTheWholeMessageByTheServerThatDoesNotLook) {
    serve("message_thread_short_reads");
    join_as("message_client");
    hold_data(Direction::to_server);
    say(std::string(2000, 'x'));
    ASSERT_TRUE(eventually([](const World& w) { return waiting_segments(w).size() >= 2; })) << "one send, two segments";
    const WireId first = waiting_segments(world()).front();
    session->submit(MoveSegment{first, SegmentMove::deliver_once});
    EXPECT_TRUE(has_read_replies(1)) << "acknowledged, though the rest of the body is still on the wire";
    EXPECT_FALSE(waiting_segments(world()).empty());
    set_rules({});
    session->submit(DeliverAll{});
    EXPECT_TRUE(hears("server 1", "the header is no number: \"xxx")) << "the rest is taken for a header";
}

}  // namespace
}  // namespace synoptic
