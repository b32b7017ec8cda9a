// Which sockets talk to each other: pairing in either order, listeners, queues, bytes, ends.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>

#include "story.h"

namespace synoptic {
namespace {

TEST(Connections, AConnectionIsQueuedUntilAcceptTakesIt) {
    EchoStory story;
    story.socket(story.client, 10, 7000);
    story.connect_enter(story.client, 10, server_address);
    EXPECT_EQ(find(story.world(), SocketId{7000})->state, Socket::State::connecting);
    EXPECT_TRUE(accept_queue(story.world(), story.listening).empty());
    story.connect_exit(story.client, 10, client_address(40000), server_address);
    const std::vector<ConnectionId> queue = accept_queue(story.world(), story.listening);
    ASSERT_EQ(queue.size(), 1u);
    EXPECT_EQ(story.connection(queue[0]).state, Connection::State::queued);
    EXPECT_EQ(story.connection(queue[0]).queued_known, Known::inferred);
    story.fact(EventKind::listen_queue, {.a = 1, .b = 3, .socket = 9001});
    EXPECT_EQ(story.connection(queue[0]).queued_known, Known::observed);
    EXPECT_EQ(find(story.world(), story.listening)->kernel_queue, 1);
    EXPECT_EQ(find(story.world(), story.listening)->kernel_backlog, 3);

    story.accept_enter(story.server, 3);
    story.accept_exit(story.server, 3, 4, 7001, server_address, client_address(40000));
    const Connection& connection = story.connection(queue[0]);
    EXPECT_EQ(connection.state, Connection::State::accepted);
    EXPECT_EQ(connection.client, SocketId{7000});
    EXPECT_EQ(connection.server, SocketId{7001});
    EXPECT_EQ(connection.listener, story.listening);
    EXPECT_TRUE(accept_queue(story.world(), story.listening).empty());
    EXPECT_EQ(workers_of(story.world(), connection.id), std::vector<ActorId>{story.server});
}

TEST(Connections, AcceptMayReturnBeforeConnect) {
    EchoStory story;
    story.socket(story.client, 10, 7000);
    story.accept_enter(story.server, 3);
    story.connect_enter(story.client, 10, server_address);
    story.accept_exit(story.server, 3, 4, 7001, server_address, client_address(40000));
    const ConnectionId id = find(story.world(), SocketId{7001})->connection;
    EXPECT_EQ(story.connection(id).client, SocketId::none);
    // The server may even be done with it before the client knows that it is connected.
    story.close(story.server, 4);
    EXPECT_EQ(story.connection(id).state, Connection::State::closed);
    story.connect_exit(story.client, 10, client_address(40000), server_address);
    EXPECT_EQ(find(story.world(), SocketId{7000})->connection, id);
    EXPECT_EQ(story.connection(id).client, SocketId{7000});
    EXPECT_EQ(story.connection(id).state, Connection::State::closing);
    story.close(story.client, 10);
    EXPECT_EQ(story.connection(id).state, Connection::State::closed);
    EXPECT_EQ(story.world().connections.size(), 1u);
}

TEST(Connections, AnOlderConnectionOfTheSamePortsIsNotTakenForANewOne) {
    EchoStory story;
    // A client that is not ours, from port 40000: only our end is known, and it is closed.
    story.accept_enter(story.server, 3);
    story.accept_exit(story.server, 3, 4, 6001, server_address, client_address(40000));
    story.close(story.server, 4);
    const ConnectionId older = find(story.world(), SocketId{6001})->connection;
    const ConnectionId newer = story.connect_and_accept(7000, 40000);
    EXPECT_NE(newer, older);
    EXPECT_EQ(story.connection(older).client, SocketId::none);
    EXPECT_EQ(story.connection(newer).server, SocketId{7001});
}

TEST(Connections, ListenMayReturnAfterAConnectToIt) {
    Story story;
    const ActorId server = story.begin(1, 100, story.program(1, true, true));
    const ActorId client = story.begin(2, 50, story.program(2, false, false), {}, 0, 51);
    story.socket(server, 3, 9001);
    story.enter(server, EventKind::bind, {.fd = 3, .payload = bytes_of(server_address)});
    story.exit(server, EventKind::bind, {.fd = 3, .payload = bytes_of(server_address)});
    story.enter(server, EventKind::listen, {.fd = 3, .a = 3});
    story.socket(client, 10, 7000);
    story.connect_enter(client, 10, server_address);
    story.connect_exit(client, 10, client_address(40000), server_address);
    EXPECT_EQ(accept_queue(story.world(), SocketId{9001}).size(), 1u);
    story.exit(server, EventKind::listen, {.fd = 3});
    EXPECT_EQ(accept_queue(story.world(), SocketId{9001}).size(), 1u);
}

TEST(Connections, ListenersAreFoundByTheirWildcards) {
    Story story;
    const ActorId server = story.begin(1, 100, story.program(1, true, true));
    const ActorId client = story.begin(2, 50, story.program(2, false, false), {}, 0, 51);
    story.listener(server, 3, 9001, ipv4("0.0.0.0", 6666));
    story.listener(server, 4, 9002, ipv6("::", 7777));
    const auto queued_at = [&](int fd, std::uint64_t cookie, const Address& from, const Address& to) {
        story.socket(client, fd, cookie);
        story.connect_enter(client, fd, to);
        story.connect_exit(client, fd, from, to);
        return find(story.world(), find(story.world(), SocketId{cookie})->connection)->listener;
    };
    EXPECT_EQ(queued_at(10, 1, ipv4("127.0.0.1", 1001), ipv4("127.0.0.1", 6666)), SocketId{9001});
    EXPECT_EQ(queued_at(11, 2, ipv6("::1", 1002), ipv6("::1", 7777)), SocketId{9002});
    EXPECT_EQ(queued_at(12, 3, ipv4("127.0.0.1", 1003), ipv4("127.0.0.1", 7777)), SocketId{9002}) << "dual-stack";
    EXPECT_EQ(queued_at(13, 4, ipv6("::1", 1004), ipv6("::1", 6666)), SocketId::none) << "an IPv4 socket hears no IPv6";
    EXPECT_EQ(queued_at(14, 5, ipv4("127.0.0.1", 1005), ipv4("0.0.0.0", 6666)), SocketId{9001}) << "0.0.0.0 is this host";
    // The dual-stack listener's accept names its IPv4 client as ::ffff:127.0.0.1.
    story.accept_enter(server, 4);
    story.accept_exit(server, 4, 5, 6, ipv6("::ffff:127.0.0.1", 7777), ipv6("::ffff:127.0.0.1", 1003));
    EXPECT_EQ(find(story.world(), SocketId{6})->connection, find(story.world(), SocketId{3})->connection);
    story.enter(server, EventKind::setsockopt, {.fd = 4, .a = IPPROTO_IPV6, .b = IPV6_V6ONLY, .payload = bytes_of(1)});
    story.exit(server, EventKind::setsockopt, {.fd = 4});
    EXPECT_EQ(queued_at(15, 7, ipv4("127.0.0.1", 1006), ipv4("127.0.0.1", 7777)), SocketId::none);
}

TEST(Connections, CountsBytesWhicheverExitComesFirst) {
    EchoStory story;
    const ConnectionId id = story.connect_and_accept();
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.enter(story.client, EventKind::send, {.fd = 10, .a = 4, .payload = "abc\n"});
    story.exit(story.server, EventKind::recv, {.fd = 4, .value = 4, .payload = "abc\n"});
    EXPECT_EQ(story.connection(id).read_by_server, 4u);
    EXPECT_EQ(story.connection(id).bytes_to_server, 0u) << "send has not returned";
    story.exit(story.client, EventKind::send, {.fd = 10, .value = 4});
    EXPECT_EQ(story.connection(id).bytes_to_server, 4u);
    EXPECT_EQ(find(story.world(), SocketId{7000})->bytes_sent, 4u);
    EXPECT_EQ(find(story.world(), SocketId{7001})->bytes_received, 4u);
    story.enter(story.server, EventKind::write, {.fd = 4, .a = 2, .payload = "ok"});
    story.exit(story.server, EventKind::write, {.fd = 4, .value = 2});
    story.enter(story.client, EventKind::recv, {.fd = 10, .a = 1, .b = MSG_PEEK});
    story.exit(story.client, EventKind::recv, {.fd = 10, .value = 1, .payload = "o"});
    EXPECT_EQ(story.connection(id).bytes_to_client, 2u);
    EXPECT_EQ(story.connection(id).read_by_client, 0u) << "a peek takes nothing";
}

TEST(Connections, EndOfFileShutdownAndReset) {
    EchoStory story;
    const ConnectionId id = story.connect_and_accept();
    story.enter(story.client, EventKind::shutdown, {.fd = 10, .a = SHUT_WR});
    story.exit(story.client, EventKind::shutdown, {.fd = 10});
    EXPECT_TRUE(find(story.world(), SocketId{7000})->write_shut);
    EXPECT_EQ(find(story.world(), SocketId{7000})->state, Socket::State::half_closed);
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 0});
    story.exit(story.server, EventKind::recv, {.fd = 4, .value = 0});
    EXPECT_FALSE(find(story.world(), SocketId{7001})->end_of_file) << "nothing was asked for";
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.exit(story.server, EventKind::recv, {.fd = 4, .value = 0});
    EXPECT_TRUE(find(story.world(), SocketId{7001})->end_of_file);
    story.enter(story.client, EventKind::send, {.fd = 10, .a = 1});
    story.exit(story.client, EventKind::send, {.fd = 10, .value = -1, .error = EPIPE});
    EXPECT_FALSE(find(story.world(), SocketId{7000})->reset) << "its own shutdown";
    story.enter(story.client, EventKind::recv, {.fd = 10, .a = 1});
    story.exit(story.client, EventKind::recv, {.fd = 10, .value = -1, .error = ECONNRESET});
    EXPECT_TRUE(find(story.world(), SocketId{7000})->reset);
    EXPECT_EQ(find(story.world(), SocketId{7000})->last_error, ECONNRESET);
    EXPECT_EQ(story.connection(id).state, Connection::State::accepted);
}

TEST(Connections, AConnectThatDoesNotBlock) {
    EchoStory story;
    story.socket(story.client, 10, 7000);
    story.connect_enter(story.client, 10, server_address);
    story.exit(story.client, EventKind::connect,
               {.fd = 10, .value = -1, .payload = bytes_of(AddressPair{client_address(40000), server_address}), .error = EINPROGRESS});
    EXPECT_EQ(find(story.world(), SocketId{7000})->state, Socket::State::connecting);
    EXPECT_EQ(find(story.world(), story.client_program)->trouble, "");
    story.accept_enter(story.server, 3);
    story.accept_exit(story.server, 3, 4, 7001, server_address, client_address(40000));
    story.enter(story.client, EventKind::send, {.fd = 10, .a = 2, .payload = "hi"});
    story.exit(story.client, EventKind::send, {.fd = 10, .value = 2});
    const Socket& socket = *find(story.world(), SocketId{7000});
    EXPECT_EQ(socket.state, Socket::State::connected);
    EXPECT_EQ(story.connection(socket.connection).server, SocketId{7001});
    EXPECT_EQ(story.connection(socket.connection).bytes_to_server, 2u);
}

TEST(Connections, AListenerThatEndsResetsWhoWaits) {
    EchoStory story;
    story.socket(story.client, 10, 7000);
    story.connect_enter(story.client, 10, server_address);
    story.connect_exit(story.client, 10, client_address(40000), server_address);
    const ConnectionId id = find(story.world(), SocketId{7000})->connection;
    story.close(story.server, 3);
    EXPECT_TRUE(accept_queue(story.world(), story.listening).empty());
    EXPECT_EQ(story.connection(id).state, Connection::State::closing);
    story.close(story.client, 10);
    EXPECT_EQ(story.connection(id).state, Connection::State::closed);
}

TEST(Connections, AClientThatGivesUpStaysInTheQueue) {
    EchoStory story;
    story.socket(story.client, 10, 7000);
    story.connect_enter(story.client, 10, server_address);
    story.connect_exit(story.client, 10, client_address(40000), server_address);
    story.close(story.client, 10);
    EXPECT_EQ(accept_queue(story.world(), story.listening).size(), 1u) << "accept will return it";
    story.accept_enter(story.server, 3);
    story.accept_exit(story.server, 3, 4, 7001, server_address, client_address(40000));
    EXPECT_EQ(story.connection(find(story.world(), SocketId{7001})->connection).state, Connection::State::closing);
}

}  // namespace
}  // namespace synoptic
