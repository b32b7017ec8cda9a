// An event in a sentence: for each call that is taught, and for what fails; marks on the line of the past.
#include "gui/panels/what_changed.h"

#include <gtest/gtest.h>

#include "../model/story.h"
#include "gui/panels/scrub_marks.h"

namespace synoptic {
namespace {

std::string sentence(const History& history, EventIndex index) {
    return what_happened(history.at(index), history.at(index + 1), history, index);
}
std::string last(const Story& story) {
    return sentence(story.history, story.history.size() - 1);
}

TEST(WhatHappened, TellsTheLifeOfAConnection) {
    EchoStory story;
    story.socket(story.client, 10, 7000);
    EXPECT_EQ(last(story), "The kernel made a socket; it is descriptor 10 in client 2.");
    story.accept_enter(story.server, 3);
    EXPECT_EQ(last(story), "Server 1 asks for the next connection; none is in the accept queue, so that it will wait.");
    story.connect_enter(story.client, 10, server_address);
    EXPECT_EQ(last(story), "Client 2 asks for a connection: its kernel begins the handshake.");
    story.connect_exit(story.client, 10, client_address(40000), server_address);
    EXPECT_EQ(last(story), "The handshake is done: client 2 is connected, from 127.0.0.1:40000 to 127.0.0.1:6666.");
    story.accept_exit(story.server, 3, 4, 7001, server_address, client_address(40000));
    EXPECT_EQ(last(story),
              "The kernel took the connection of 127.0.0.1:40000 from the accept queue; accept returned descriptor 4 in process 100.");
    story.enter(story.client, EventKind::send, {.fd = 10, .a = 3, .payload = "hi\n"});
    EXPECT_EQ(last(story), "Client 2 hands 3 bytes to the kernel, to be sent by descriptor 10.");
    story.exit(story.client, EventKind::send, {.fd = 10, .value = 3});
    EXPECT_EQ(last(story), "The kernel has taken 3 bytes of client 2; it sends them by itself from here on.");
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.exit(story.server, EventKind::recv, {.fd = 4, .value = 3, .payload = "hi\n"});
    EXPECT_EQ(last(story), "recv took 3 bytes from the receive queue of descriptor 4 in process 100: \"hi\\n\".");
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.exit(story.server, EventKind::recv, {.fd = 4, .value = 0});
    EXPECT_EQ(last(story), "recv returned 0 in server 1: the other end has closed, and nothing is left to be read.");
}

TEST(WhatHappened, TellsOfDatagramsNoConnection) {
    EchoStory story;
    const ActorId client = story.client;
    story.enter(client, EventKind::socket, {.a = AF_INET, .b = SOCK_DGRAM | SOCK_CLOEXEC});
    EXPECT_EQ(last(story), "Client 2 asks for an endpoint of datagrams: a socket.");
    story.exit(client, EventKind::socket, {.value = 10, .socket = 7000});
    story.enter(client, EventKind::sendto, {.fd = 10, .a = 3, .value = 16, .payload = bytes_of(server_address) + "one"});
    EXPECT_EQ(last(story), "Client 2 hands a datagram of 3 bytes to the kernel, for 127.0.0.1:6666.");
    story.exit(client, EventKind::sendto, {.fd = 10, .value = 3, .payload = bytes_of(client_address(40000))});
    EXPECT_EQ(last(story), "The kernel has taken the datagram of 3 bytes of client 2; nobody tells whether it arrives.");
    story.enter(client, EventKind::recvfrom, {.fd = 10, .a = 512});
    EXPECT_EQ(last(story), "Client 2 asks for one datagram that came in at descriptor 10, with room for 512 bytes.");
    story.exit(client, EventKind::recvfrom, {.fd = 10, .a = 16, .value = 3, .payload = bytes_of(server_address) + "one"});
    EXPECT_EQ(last(story),
              "recvfrom took a datagram of 3 bytes that 127.0.0.1:6666 has sent from the receive queue of descriptor 10 in "
              "client 2: \"one\".");
    story.connect_enter(client, 10, server_address);
    EXPECT_EQ(last(story), "Client 2 asks the kernel to keep one peer for descriptor 10: nothing is sent for it.");
    story.connect_exit(client, 10, client_address(40000), server_address);
    EXPECT_EQ(last(story), "The peer of descriptor 10 in client 2 is 127.0.0.1:6666 from now on; nothing was sent.");
    story.enter(client, EventKind::send, {.fd = 10, .a = 2, .payload = "hi"});
    EXPECT_EQ(last(story), "Client 2 hands a datagram of 2 bytes to the kernel, for the peer of descriptor 10.");
    story.exit(client, EventKind::send, {.fd = 10, .value = 2});
    story.enter(client, EventKind::recv, {.fd = 10, .a = 100});
    story.exit(client, EventKind::recv, {.fd = 10, .value = 0});
    EXPECT_EQ(last(story), "recv took a datagram of 0 bytes from the receive queue of descriptor 10 in client 2: \"\".");
    story.enter(client, EventKind::close, {.fd = 10});
    EXPECT_EQ(last(story), "Client 2 frees descriptor 10, the last one that points to this socket: it is gone, and nobody is told.");
}

TEST(WhatHappened, TellsOfFilesAndOfPairsInMemory) {
    EchoStory story;
    story.fact(EventKind::store_opened, {.a = 0, .b = 2, .payload = "memory of process 100", .socket = 5}, story.server);
    story.fact(EventKind::row_put, {.a = 7, .b = -1, .value = 1, .payload = "seven", .socket = 5}, story.server);
    EXPECT_EQ(last(story), "Server 1 put key 7 into the memory of its process: there is no file.");
    story.fact(EventKind::row_deleted, {.a = 7, .b = -1, .value = 2, .socket = 5}, story.server);
    EXPECT_EQ(last(story), "Server 1 removed key 7 from the memory of its process: there is no file.");
    story.fact(EventKind::row_put, {.a = 7, .b = 0, .value = 8, .payload = "seven", .socket = 6}, story.server);
    EXPECT_EQ(last(story), "Server 1 added a line for key 7 to the database's file; the disk has yet to get it.");
    story.enter(story.server, EventKind::lseek, {.fd = 3});
    story.exit(story.server, EventKind::lseek, {.fd = 3, .value = -1, .error = ESPIPE});
    EXPECT_EQ(last(story), "lseek failed in server 1: ESPIPE (Illegal seek).");
    story.enter(story.server, EventKind::fgets, {.a = 100});
    story.exit(story.server, EventKind::fgets, {.value = 3, .payload = "hi\n"});
    EXPECT_EQ(last(story), "fgets returned a line in server 1: \"hi\\n\".");
    story.enter(story.server, EventKind::fgets, {.a = 100});
    story.exit(story.server, EventKind::fgets, {.value = 0});
    EXPECT_EQ(last(story), "fgets returned NULL in server 1: there will be no more input.");
}

TEST(WhatHappened, TellsWhatASocketThatIsClosedWas) {
    EchoStory story;
    const ActorId child = story.fork(story.server, 1, 4102, story.server_program, 7);
    story.enter(child, EventKind::close, {.fd = 3});
    EXPECT_EQ(last(story), "Server 4102 frees its descriptor 3; the socket goes on listening, for 1 more descriptor points to it.");
    story.socket(story.client, 10, 7000);
    story.enter(story.client, EventKind::close, {.fd = 10});
    EXPECT_EQ(last(story), "Client 2 frees descriptor 10, the last one that points to this socket: it is gone.");
}

TEST(WhatHappened, TellsWhoStillHoldsWhatIsClosed) {
    EchoStory story;
    story.connect_and_accept();
    const ActorId child = story.fork(story.server, 1, 4102, story.server_program, 7);
    EXPECT_EQ(last(story), "fork returned 4102 in server 1: there are two processes now, with the same descriptors.");
    story.enter(story.server, EventKind::close, {.fd = 4});
    EXPECT_EQ(last(story), "Server 1 frees its descriptor 4; the connection stays, for 1 more descriptor points to it.");
    story.exit(story.server, EventKind::close, {.fd = 4});
    story.enter(child, EventKind::close, {.fd = 4});
    EXPECT_NE(last(story).find("the last one that points to this socket: the kernel ends the connection."), std::string::npos)
        << last(story);
}

TEST(WhatHappened, NamesWhatWentWrong) {
    EchoStory story;
    story.enter(story.client, EventKind::connect, {.fd = 10, .a = 16, .payload = bytes_of(server_address)});
    story.exit(story.client, EventKind::connect, {.fd = 10, .value = -1, .error = ECONNREFUSED});
    EXPECT_EQ(last(story), "connect failed in client 2: ECONNREFUSED (Connection refused).");
    story.fact(EventKind::command_failed, {.a = 1, .payload = "no such program"});
    EXPECT_NE(last(story).find("no such program"), std::string::npos);
}

TEST(WhatHappened, HasWordsForEveryKindAndPhase) {
    EchoStory story;
    for (int kind = 1; kind < static_cast<int>(EventKind::count); ++kind) {
        for (const Phase phase : {Phase::happened, Phase::arrive, Phase::go, Phase::enter, Phase::exit, Phase::rest}) {
            const ActorId whose[] = {story.client, ActorId::none, make_actor_id(99, 99)};
            for (const ActorId actor : whose) {
                story.put(static_cast<EventKind>(kind), phase, actor, {.fd = 10, .a = 1, .b = 1, .value = 1, .socket = 3});
                EXPECT_GT(last(story).size(), 2u) << kind_info(static_cast<EventKind>(kind)).name;
            }
        }
    }
}

TEST(ScrubMarks, AreWhereSomethingStandsOut) {
    EchoStory story;
    story.connect_and_accept();
    const EventIndex accepted = story.history.size() - 1;
    story.enter(story.client, EventKind::recv, {.fd = 10, .a = 100});
    const EventIndex failed = story.exit(story.client, EventKind::recv, {.fd = 10, .value = -1, .error = ECONNRESET});
    story.enter(story.client, EventKind::recv, {.fd = 10, .a = 100});
    story.exit(story.client, EventKind::recv, {.fd = 10, .value = -1, .error = EINTR});
    const EventIndex zombie = story.fact(EventKind::process_ended, {.a = 100, .b = 1});
    ScrubMarks marks;
    while (!marks.update(story.history, 7)) {}
    EXPECT_EQ(marks.of(ScrubMark::connect), std::vector<std::uint32_t>{static_cast<std::uint32_t>(accepted)});
    EXPECT_EQ(marks.of(ScrubMark::error), std::vector<std::uint32_t>{static_cast<std::uint32_t>(failed)})
        << "an interrupted call has not gone wrong";
    EXPECT_EQ(marks.of(ScrubMark::zombie), std::vector<std::uint32_t>{static_cast<std::uint32_t>(zombie)});
    EXPECT_TRUE(marks.of(ScrubMark::drop).empty());
    EXPECT_EQ(marks.count(ScrubMark::error, 0, failed), 0u);
    EXPECT_EQ(marks.count(ScrubMark::error, failed, failed + 1), 1u);
}

}  // namespace
}  // namespace synoptic
