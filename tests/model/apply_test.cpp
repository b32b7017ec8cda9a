// An actor's states, a program's trouble, what the session tells, and what was lost.
#include <gtest/gtest.h>

#include <cerrno>

#include "story.h"

namespace synoptic {
namespace {

TEST(Apply, AServerSetsUpItsListener) {
    EchoStory story;
    const Socket& socket = *find(story.world(), story.listening);
    EXPECT_EQ(socket.state, Socket::State::listening);
    EXPECT_EQ(socket.local, server_address);
    EXPECT_EQ(socket.backlog, 3);
    EXPECT_EQ(socket_behind(story.world(), find(story.world(), story.server)->process, 3), &socket);
    const Program& program = *find(story.world(), story.server_program);
    EXPECT_EQ(program.listener, story.listening);
    EXPECT_EQ(program.state, Program::State::runs);
    EXPECT_EQ(program.actors, std::vector<ActorId>{story.server});
    EXPECT_EQ(story.process_of(story.server).program, story.server_program);
}

TEST(Apply, ANoteStaysWithItsSocket) {
    EchoStory story;
    story.connect_and_accept(7000);
    story.fact(EventKind::note, {.fd = 4, .payload = "end of file without \"Disconnect !\"", .socket = 7001}, story.server);
    EXPECT_EQ(find(story.world(), SocketId{7001})->note, "end of file without \"Disconnect !\"");
    EXPECT_EQ(find(story.world(), SocketId{7000})->note, "");
    story.fact(EventKind::note, {.fd = 9, .payload = "of a socket that nobody knows", .socket = 12345}, story.server);
    story.close(story.server, 4);
    EXPECT_NE(find(story.world(), SocketId{7001})->note, "") << "also when it is closed";
}

TEST(Apply, AnActorsStates) {
    EchoStory story;
    const auto state = [&] { return find(story.world(), story.server)->state; };
    story.put(EventKind::accept, Phase::arrive, story.server, {.fd = 3, .line = 12});
    EXPECT_EQ(state(), Actor::State::arrives);
    EXPECT_EQ(find(story.world(), story.server)->line, 12);
    EXPECT_FALSE(find(story.world(), story.server)->calls.back().entered);
    story.put(EventKind::accept, Phase::go, story.server, {.fd = 3});
    EXPECT_EQ(state(), Actor::State::computes);
    const EventIndex enter = story.enter(story.server, EventKind::accept, {.fd = 3, .line = 12});
    EXPECT_EQ(state(), Actor::State::calls);
    ASSERT_EQ(find(story.world(), story.server)->calls.size(), 1u);
    EXPECT_EQ(find(story.world(), story.server)->calls.back().socket, story.listening);
    story.fact(EventKind::blocked, {.a = static_cast<std::int64_t>(story.server)});
    EXPECT_EQ(state(), Actor::State::blocked);
    const EventIndex exit = story.exit(story.server, EventKind::accept, {.fd = 3, .value = -1, .error = EINTR});
    EXPECT_EQ(state(), Actor::State::computes);
    story.put(EventKind::accept, Phase::rest, story.server, {.fd = 3});
    EXPECT_EQ(state(), Actor::State::rests);
    EXPECT_EQ(find(story.world(), story.server)->last_enter, enter);
    EXPECT_EQ(find(story.world(), story.server)->last_exit, exit);
    story.put(EventKind::accept, Phase::go, story.server, {.fd = 3});
    EXPECT_EQ(state(), Actor::State::computes);
    story.fact(EventKind::blocked, {.a = static_cast<std::int64_t>(story.server)});
    EXPECT_EQ(state(), Actor::State::computes) << "it has moved since";
}

TEST(Apply, AHandlerThatIsSteppedReturnsToTheGateWhereItsActorStands) {
    EchoStory story;
    const auto actor = [&]() -> const Actor& { return *find(story.world(), story.server); };
    const auto handler_makes_a_call = [&] {
        for (const Phase phase : {Phase::arrive, Phase::go, Phase::enter, Phase::exit, Phase::rest, Phase::go}) {
            story.put(EventKind::waitpid, phase, story.server, {.a = -1, .line = 8, .flags = event_in_signal});
            if (phase == Phase::arrive) {
                EXPECT_EQ(actor().state, Actor::State::arrives);
            }
            if (phase == Phase::enter) {
                EXPECT_EQ(actor().state, Actor::State::calls);
            }
            if (phase == Phase::rest) {
                EXPECT_EQ(actor().state, Actor::State::rests);
            }
            if (phase == Phase::enter || phase == Phase::rest) {
                EXPECT_EQ(actor().line, 8);
            }
        }
        EXPECT_EQ(actor().line, 12);
    };
    story.put(EventKind::accept, Phase::arrive, story.server, {.fd = 3, .line = 12});
    for (int i = 0; i < 2; ++i) {
        handler_makes_a_call();
        EXPECT_EQ(actor().state, Actor::State::arrives);
        ASSERT_EQ(actor().calls.size(), 1u);
        EXPECT_EQ(actor().calls.back().kind, EventKind::accept);
    }
    story.put(EventKind::accept, Phase::go, story.server, {.fd = 3, .line = 12});
    EXPECT_EQ(actor().state, Actor::State::computes);
    story.enter(story.server, EventKind::accept, {.fd = 3, .line = 12});
    ASSERT_EQ(actor().calls.size(), 1u);
    const EventIndex exit = story.exit(story.server, EventKind::accept, {.fd = 3, .value = -1, .error = EINTR, .line = 12});
    story.put(EventKind::accept, Phase::rest, story.server, {.fd = 3, .line = 12});
    handler_makes_a_call();
    EXPECT_EQ(actor().state, Actor::State::rests);
    EXPECT_EQ(actor().last_exit, exit);
    story.put(EventKind::accept, Phase::go, story.server, {.fd = 3, .line = 12});
    EXPECT_EQ(actor().state, Actor::State::computes);
    EXPECT_TRUE(actor().calls.empty());
}

TEST(Apply, WhatWasStillRunningIsNoMoreWhenThePaceIsSet) {
    Story story;
    story.fact(EventKind::step_done, {.a = 1, .b = 1});
    EXPECT_TRUE(story.world().step_still_running);
    story.fact(EventKind::gate_set, {.b = static_cast<std::int64_t>(GateMode::run)});
    EXPECT_FALSE(story.world().step_still_running);
}

TEST(Apply, AHandlerReturnsToWhereItsActorWas) {
    EchoStory story;
    story.enter(story.server, EventKind::accept, {.fd = 3, .line = 20});
    story.fact(EventKind::blocked, {.a = static_cast<std::int64_t>(story.server)});
    story.enter(story.server, EventKind::waitpid, {.a = -1, .line = 8});
    EXPECT_EQ(find(story.world(), story.server)->line, 8);
    EXPECT_EQ(find(story.world(), story.server)->state, Actor::State::calls);
    story.exit(story.server, EventKind::waitpid, {.value = 0, .line = 8});
    EXPECT_EQ(find(story.world(), story.server)->line, 20);
    EXPECT_EQ(find(story.world(), story.server)->state, Actor::State::blocked);
}

TEST(Apply, WhatWasLostIsUnknownAndNoMore) {
    EchoStory story;
    // An exit whose enter was lost still tells what it returned.
    story.exit(story.server, EventKind::accept,
               {.fd = 3, .a = 16, .value = 4, .payload = bytes_of(AddressPair{server_address, client_address(40000)}), .socket = 7001});
    EXPECT_EQ(find(story.world(), SocketId{7001})->listener, story.listening);
    EXPECT_EQ(find(story.world(), story.server)->last_enter, no_event);
    // An enter without an exit is not on the stack for ever.
    story.enter(story.server, EventKind::accept, {.fd = 3});
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 10});
    story.exit(story.server, EventKind::accept, {.fd = 3, .value = -1, .error = EINTR});
    EXPECT_TRUE(find(story.world(), story.server)->calls.empty());
    // An arrive whose enter was lost, too.
    story.put(EventKind::send, Phase::arrive, story.server, {.fd = 4});
    story.put(EventKind::close, Phase::arrive, story.server, {.fd = 4});
    EXPECT_EQ(find(story.world(), story.server)->calls.size(), 1u);
    // Addresses that did not fit are unknown; a cookie that could not be asked for gets a number of our own.
    story.accept_enter(story.server, 3);
    story.exit(story.server, EventKind::accept, {.fd = 3, .value = 6});
    const Socket* nameless = socket_behind(story.world(), find(story.world(), story.server)->process, 6);
    ASSERT_NE(nameless, nullptr);
    EXPECT_FALSE(nameless->peer.known());
    EXPECT_GE(static_cast<std::uint64_t>(nameless->id), 1ull << 63);
    story.fact(EventKind::lost, {.a = static_cast<std::int64_t>(story.server), .b = 64, .value = 5});
    EXPECT_EQ(story.world().lost_events, 5u);
    EXPECT_EQ(story.process_of(story.server).fds_known, Known::unknown);
    // A child whose parent's fork was lost: what it inherited is not known.
    const ActorId child = story.begin(5, 101, story.server_program, story.server, 9);
    EXPECT_TRUE(story.process_of(child).fds.empty());
    EXPECT_EQ(story.process_of(child).fds_known, Known::unknown);
    // Whoever never began is not there.
    story.enter(make_actor_id(99, 99), EventKind::recv, {.fd = 4});
    EXPECT_EQ(find(story.world(), make_actor_id(99, 99)), nullptr);
}

TEST(Apply, TroubleOfAServerIsSaidInWords) {
    Story story;
    const ProgramId id = story.program(1, true, true);
    const ActorId server = story.begin(1, 100, id);
    const auto trouble = [&] { return find(story.world(), id)->trouble; };
    story.socket(server, 3, 9001);
    story.enter(server, EventKind::bind, {.fd = 3, .payload = bytes_of(server_address)});
    story.exit(server, EventKind::bind, {.fd = 3, .value = -1, .error = EADDRINUSE});
    EXPECT_TRUE(trouble().starts_with("bind 127.0.0.1:6666: Address already in use. ")) << trouble();
    EXPECT_NE(trouble().find("Choose another port"), std::string::npos);
    EXPECT_EQ(find(story.world(), id)->trouble_call, EventKind::bind);
    EXPECT_EQ(find(story.world(), id)->trouble_error, EADDRINUSE);
    story.close(server, 3);
    story.listener(server, 3, 9002, ipv4("127.0.0.1", 6667));
    EXPECT_EQ(trouble(), "") << "the next address worked";
    story.accept_enter(server, 3);
    story.exit(server, EventKind::accept, {.fd = 3, .value = -1, .error = EINTR});
    EXPECT_EQ(trouble(), "");
    story.accept_enter(server, 3);
    story.exit(server, EventKind::accept, {.fd = 3, .value = -1, .error = EMFILE});
    EXPECT_NE(trouble().find("descriptors"), std::string::npos);
    story.accept_enter(server, 3);
    story.accept_exit(server, 3, 4, 9003, server_address, client_address(40000));
    EXPECT_EQ(trouble(), "");
}

TEST(Apply, ListeningInSpiteOfAFailedBindIsTrouble) {
    Story story;
    const ProgramId id = story.program(1, true, true);
    const ActorId server = story.begin(1, 100, id);
    story.socket(server, 3, 9001);
    story.enter(server, EventKind::bind, {.fd = 3, .payload = bytes_of(server_address)});
    story.exit(server, EventKind::bind, {.fd = 3, .value = -1, .error = EADDRINUSE});
    story.enter(server, EventKind::listen, {.fd = 3, .a = 3});
    story.exit(server, EventKind::listen, {.fd = 3, .payload = bytes_of(ipv4("0.0.0.0", 45678))});
    EXPECT_EQ(find(story.world(), SocketId{9001})->local.port(), 45678);
    EXPECT_EQ(find(story.world(), id)->trouble_call, EventKind::bind);
}

TEST(Apply, TroubleOfAClientIsSaidInWords) {
    EchoStory story;
    const auto trouble = [&] { return find(story.world(), story.client_program)->trouble; };
    story.enter(story.client, EventKind::getaddrinfo, {.payload = std::string("nosuch\0006666\0", 12)});
    story.exit(story.client, EventKind::getaddrinfo, {.value = -2});
    EXPECT_NE(trouble().find("Name or service not known"), std::string::npos) << trouble();
    story.socket(story.client, 10, 7000);
    story.connect_enter(story.client, 10, ipv4("127.0.0.1", 1));
    story.connect_exit(story.client, 10, {}, ipv4("127.0.0.1", 1));
    EXPECT_EQ(trouble(), "");
    story.socket(story.client, 11, 7010);
    story.connect_enter(story.client, 11, ipv4("127.0.0.1", 2));
    story.exit(story.client, EventKind::connect, {.fd = 11, .value = -1, .error = ECONNREFUSED});
    EXPECT_NE(trouble().find("Start the server first"), std::string::npos) << trouble();
    EXPECT_EQ(find(story.world(), SocketId{7010})->state, Socket::State::failed);
    story.fact(EventKind::program_end, {.a = 1, .payload = "it failed", .socket = 2});
    EXPECT_NE(trouble().find("Start the server first"), std::string::npos);
    EXPECT_EQ(find(story.world(), story.client_program)->state, Program::State::ended);
    EXPECT_EQ(find(story.world(), story.client_program)->exit_status, 1);
    EXPECT_EQ(find(story.world(), story.client)->state, Actor::State::ended);
}

TEST(Apply, ProgramsPrintLines) {
    EchoStory story;
    const auto print = [&](const char* text) {
        story.enter(story.server, EventKind::printf, {.payload = text});
        story.exit(story.server, EventKind::printf, {.value = 1});
    };
    print("listening ");
    print("now\nsecond\n");
    print("third");
    const std::deque<std::string>& output = find(story.world(), story.server_program)->output;
    EXPECT_EQ(output, (std::deque<std::string>{"listening now", "second", "third"}));
    for (int line = 0; line < 200; ++line) print("\nx");
    EXPECT_EQ(output.size(), output_kept);
    print("\n");
    for (int piece = 0; piece < 3000; ++piece) print("äö");  // a line without an end: its end is kept, from a whole character
    EXPECT_EQ(output.back().size(), 4096u);
    EXPECT_TRUE(output.back().starts_with("äö"));
    print("u");
    EXPECT_TRUE(output.back().starts_with("ö") && output.back().ends_with("äöu")) << output.back().size();
    print("\n");
    for (int piece = 0; piece < 3000; ++piece) print("\xa4\xa4");  // no text at all
    EXPECT_GE(output.back().size(), 4093u);
}

TEST(Apply, CommandsGatesAndTheHelper) {
    EchoStory story;
    story.fact(EventKind::helper_state, {.a = 77, .b = 1});
    EXPECT_TRUE(story.world().helper_lives);
    EXPECT_EQ(story.world().helper_pid, 77);
    story.fact(EventKind::helper_state, {.a = 77, .b = 0, .payload = "killed by SIGKILL"});
    EXPECT_FALSE(story.world().helper_lives);
    EXPECT_EQ(story.world().helper_trouble, "killed by SIGKILL");
    EXPECT_EQ(story.world().helper_event + 1, story.world().events);
    story.fact(EventKind::gate_set, {.a = 0, .b = 2, .value = 0});
    EXPECT_EQ(story.world().gate, GateMode::step);
    EXPECT_EQ(find(story.world(), story.server)->gate, GateMode::step);
    story.fact(EventKind::gate_set, {.a = static_cast<std::int64_t>(story.server), .b = 1, .value = 500});
    EXPECT_EQ(find(story.world(), story.server)->gate, GateMode::slow);
    EXPECT_EQ(find(story.world(), story.server)->gate_ms, 500u);
    EXPECT_EQ(find(story.world(), story.begin(9, 300, story.program(9, true, true)))->gate, GateMode::step);
    story.fact(EventKind::command, {.a = 1, .payload = "start"});
    story.fact(EventKind::command, {.a = 2, .payload = "stop"});
    story.fact(EventKind::command_failed, {.a = 1, .b = 13, .payload = "no"});
    EXPECT_TRUE(story.world().commands[0].failed);
    EXPECT_EQ(story.world().commands[0].outcome, "no");
    EXPECT_FALSE(story.world().commands[1].done);
    const EventIndex step = story.fact(EventKind::step_done, {.b = 1});
    EXPECT_EQ(story.world().last_step_done, step);
    EXPECT_TRUE(story.world().step_still_running);
}

TEST(Apply, ABreakpointClosesTheGateOfWhoComesThere) {
    EchoStory story;
    story.fact(EventKind::breakpoint_set, {.a = 14, .b = 1, .payload = "core/programs/echo.cpp"});
    story.fact(EventKind::breakpoint_set, {.a = 20, .b = 1, .payload = "core/programs/echo.cpp"});
    story.fact(EventKind::breakpoint_set, {.a = 20, .b = 0, .payload = "core/programs/echo.cpp"});
    story.fact(EventKind::breakpoint_set, {.a = 99, .b = 0, .payload = "core/programs/none.cpp"});
    ASSERT_EQ(story.world().breakpoints.size(), 1u);
    EXPECT_EQ(*story.world().breakpoints.begin(), std::pair(std::string("core/programs/echo.cpp"), 14));
    story.put(EventKind::accept, Phase::arrive, story.server, {.fd = 3, .line = 14, .flags = event_at_breakpoint});
    const Actor& server = *find(story.world(), story.server);
    EXPECT_TRUE(server.at_breakpoint);
    EXPECT_TRUE(server.broke);
    EXPECT_EQ(server.gate, GateMode::step);
    EXPECT_EQ(story.world().gate, GateMode::run) << "of all others";
    EXPECT_EQ(story.world().last_broke, story.server);
    EXPECT_EQ(story.world().breakpoint_hits, 1u);
    story.put(EventKind::accept, Phase::go, story.server, {.fd = 3, .line = 14});
    EXPECT_FALSE(server.at_breakpoint);
    EXPECT_TRUE(server.broke) << "its gate is closed still";
    story.fact(EventKind::gate_set, {.b = static_cast<std::int64_t>(GateMode::run)});
    EXPECT_FALSE(server.broke);
    EXPECT_EQ(server.gate, GateMode::run);
}

TEST(Apply, DatagramsAreCountedAndBindTheirSocket) {
    Story story;
    const ProgramId program = story.program(7, false, true, "udp_client");
    const ActorId actor = story.begin(9, 900, program);
    story.enter(actor, EventKind::socket, {.a = AF_INET, .b = SOCK_DGRAM});
    story.exit(actor, EventKind::socket, {.value = 3, .socket = 77});
    story.enter(actor, EventKind::sendto, {.fd = 3, .a = 2, .value = 16, .payload = bytes_of(ipv4("127.0.0.1", 7)) + "hi"});
    story.exit(actor, EventKind::sendto, {.fd = 3, .value = 2, .payload = bytes_of(ipv4("127.0.0.1", 40000))});
    story.enter(actor, EventKind::recvfrom, {.fd = 3, .a = 100});
    story.exit(actor, EventKind::recvfrom, {.fd = 3, .a = 16, .value = 0, .payload = bytes_of(ipv4("127.0.0.1", 7))});
    story.enter(actor, EventKind::recvfrom, {.fd = 3, .a = 100, .b = MSG_PEEK});
    story.exit(actor, EventKind::recvfrom,
               {.fd = 3, .a = 16, .b = MSG_PEEK, .value = 5, .payload = bytes_of(ipv4("127.0.0.1", 7)) + "hello"});
    const Socket* socket = find(story.world(), SocketId{77});
    ASSERT_NE(socket, nullptr);
    EXPECT_EQ(socket->local.text(), "127.0.0.1:40000");
    EXPECT_EQ(socket->bytes_sent, 2u);
    EXPECT_EQ(socket->bytes_received, 0u) << "what is peeked at stays in the queue";
    EXPECT_FALSE(socket->end_of_file) << "an empty datagram ends nothing";
    EXPECT_TRUE(story.world().connections.empty());
}

}  // namespace
}  // namespace synoptic
