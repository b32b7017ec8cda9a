// A demonstration of the message servers: what two small sends cost, and what TCP_NODELAY changes.
#include "gui/demonstration_parts.h"

namespace synoptic::demonstration {
namespace {

Command join_as(const Cast& cast, const char* client) {
    AddClients add = clients_for(cast.world(), *cast.server(0), 1);
    add.program = client;
    return add;
}

DemonstrationStep both_say(const char* text, std::size_t lines_heard) {
    return {
        [lines_heard](const Cast& c) { return accepted(c, 0) && accepted(c, 1) && heard(c, 0, lines_heard) && heard(c, 1, lines_heard); },
        [text](const Cast& c) {
            return Commands{say(c, 0, text), say(c, 1, text)};
        }};
}

}  // namespace

/** A connection begins with ACKs at once (Linux' quick ACKs); the receiver delays them once it has answered: the second message shows it. */
Demonstration two_small_sends() {
    return {
        "two_small_sends",
        "Two small sends, 40 ms",
        "Header and body by two sends. Nagle's algorithm keeps the body until the header's ACK has come, and the server delays that ACK.",
        {"message_thread", "message_client_two_sends", "message_client_nodelay"},
        {
            {wire_is_known, [](const Cast& c) { return Commands{serve(c.world(), "message_thread", where(c.world()))}; }},
            {[](const Cast& c) { return c.address(0).known(); },
             [](const Cast& c) { return Commands{join_as(c, "message_client_two_sends")}; }},
            {[](const Cast& c) { return accepted(c, 0); }, [](const Cast& c) { return Commands{join_as(c, "message_client_nodelay")}; }},
            both_say("one", 0),
            both_say("two", 1),
            both_say("three", 2),
            {[](const Cast& c) { return heard(c, 0, 3) && heard(c, 1, 3); }, [](const Cast&) { return Commands{}; }},
        },
        "See both connections on the Ladder (L). {Client 1}: the body of its second message leaves only when the ACK of the header is "
        "there, some 40 ms later. {Client 2} has set TCP_NODELAY: header and body leave at once. One send for both would do as well."};
}

}  // namespace synoptic::demonstration
