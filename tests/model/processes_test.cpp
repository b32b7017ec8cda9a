// Processes and threads: what fork inherits, who still holds a socket open, zombies, numbers that are used again.
#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>

#include "story.h"

namespace synoptic {
namespace {

TEST(Processes, ActorsInsideTheAppShareItsProcess) {
    EchoStory story;
    const ActorId second = story.begin(3, 50, story.program(3, false, false), {}, 0, 52);
    const Process& app = story.process_of(story.client);
    EXPECT_TRUE(app.is_app);
    EXPECT_EQ(app.program, ProgramId::none);
    EXPECT_EQ(find(story.world(), second)->process, app.id);
    EXPECT_TRUE(find(story.world(), story.client)->is_thread);
    EXPECT_TRUE(find(story.world(), second)->is_thread);
    EXPECT_FALSE(find(story.world(), story.server)->is_thread);
}

TEST(Processes, CloseFreesItsDescriptorAtItsEnter) {
    EchoStory story;
    const ConnectionId first = story.connect_and_accept(7000, 40000);
    story.enter(story.server, EventKind::close, {.fd = 4});
    EXPECT_EQ(find(story.world(), SocketId{7001})->state, Socket::State::closed);
    EXPECT_EQ(story.connection(first).state, Connection::State::closing);
    // Another thread's accept gets the number before close has returned.
    const ActorId worker = story.begin(3, 100, story.server_program, story.server, 0, 101);
    story.accept_enter(worker, 3);
    story.accept_exit(worker, 3, 4, 7003, server_address, client_address(40001));
    story.exit(story.server, EventKind::close, {.fd = 4});
    EXPECT_EQ(socket_behind(story.world(), find(story.world(), worker)->process, 4)->id, SocketId{7003});
    EXPECT_EQ(find(story.world(), SocketId{7003})->state, Socket::State::connected);
}

TEST(Processes, AFailedCloseRestoresWhatItLeftOpen) {
    EchoStory story;
    const ConnectionId id = story.connect_and_accept();
    const World before = story.world();
    const ProcessId process = find(before, story.server)->process;
    const auto close_fails_with = [&](int error) {
        story.enter(story.server, EventKind::close, {.fd = 4});
        story.exit(story.server, EventKind::close, {.fd = 4, .value = -1, .error = error});
        return socket_behind(story.world(), process, 4) != nullptr;
    };
    EXPECT_TRUE(close_fails_with(EPERM)) << "refused by a seccomp filter";
    EXPECT_EQ(story.connection(id).state, Connection::State::accepted);
    EXPECT_EQ(story.world().sockets.at(SocketId{7001}).state, Socket::State::connected);
    EXPECT_EQ(holders_of(story.world(), SocketId{7001}), holders_of(before, SocketId{7001}));
    EXPECT_TRUE(story.world().ended_sockets.empty());
    EXPECT_FALSE(close_fails_with(EINTR)) << "Linux has freed it";
    EXPECT_FALSE(close_fails_with(EBADF));
}

TEST(Processes, AReusedDescriptorIsAnotherSocket) {
    EchoStory story;
    story.connect_and_accept(7000, 40000);
    // The close of 4 was lost; then accept returns 4 again.
    story.accept_enter(story.server, 3);
    story.accept_exit(story.server, 3, 4, 7005, server_address, client_address(40002));
    EXPECT_EQ(socket_behind(story.world(), find(story.world(), story.server)->process, 4)->id, SocketId{7005});
    EXPECT_EQ(find(story.world(), SocketId{7001})->state, Socket::State::closed);
    EXPECT_TRUE(holders_of(story.world(), SocketId{7001}).empty());
}

TEST(Processes, ForkInheritsAndTheLastHolderCloses) {
    EchoStory story;
    const ConnectionId id = story.connect_and_accept();
    const ActorId child = story.fork(story.server, 1, 101, story.server_program, 5);
    const ProcessId parent_process = find(story.world(), story.server)->process, child_process = find(story.world(), child)->process;
    EXPECT_NE(parent_process, child_process);
    EXPECT_EQ(find(story.world(), child_process)->parent, parent_process);
    EXPECT_EQ(holders_of(story.world(), SocketId{7001}), (std::vector<Holder>{{parent_process, 4}, {child_process, 4}}));
    EXPECT_TRUE(find(story.world(), child_process)->inherited.at(4));
    EXPECT_EQ(find(story.world(), child)->serves, SocketId{7001});
    story.close(child, 3);
    EXPECT_EQ(holders_of(story.world(), story.listening), (std::vector<Holder>{{parent_process, 3}}));
    story.close(story.server, 4);
    EXPECT_EQ(find(story.world(), SocketId{7001})->state, Socket::State::connected) << "the child still holds it";
    EXPECT_EQ(workers_of(story.world(), id), std::vector<ActorId>{child});
    story.close(child, 4);
    EXPECT_EQ(find(story.world(), SocketId{7001})->state, Socket::State::closed);
    EXPECT_EQ(story.connection(id).state, Connection::State::closing);
    EXPECT_EQ(find(story.world(), story.listening)->state, Socket::State::listening);
}

TEST(Processes, TheChildMayBeginAfterItsParentHasClosedEverything) {
    EchoStory story;
    story.connect_and_accept();
    story.enter(story.server, EventKind::fork, {.a = 1});
    story.exit(story.server, EventKind::fork, {.value = 101});
    story.close(story.server, 4);
    EXPECT_EQ(find(story.world(), SocketId{7001})->state, Socket::State::connected) << "a child that has not said anything holds it";
    const ActorId child = story.begin(5, 101, story.server_program, story.server, 1);
    EXPECT_EQ(socket_behind(story.world(), find(story.world(), child)->process, 4)->id, SocketId{7001});
    EXPECT_EQ(socket_behind(story.world(), find(story.world(), child)->process, 3)->id, story.listening);
    EXPECT_EQ(story.process_of(child).pid, 101);
    EXPECT_FALSE(find(story.world(), child)->is_thread);
    EXPECT_TRUE(story.world().fork_images.empty());
    EXPECT_EQ(story.world().processes.size(), 3u) << "the app, the server and its child, which is told of twice";
}

TEST(Processes, TheParentMayCloseBeforeItsForkReturnsElsewhere) {
    EchoStory story;
    story.connect_and_accept();
    // A thread of the server closes the socket while another one is inside fork: the child has it nevertheless.
    const ActorId thread = story.begin(6, 100, story.server_program, story.server, 0, 102);
    story.enter(story.server, EventKind::fork, {.a = 1});
    story.close(thread, 4);
    EXPECT_NE(find(story.world(), SocketId{7001})->state, Socket::State::closed);
    const ActorId child = story.begin(5, 101, story.server_program, story.server, 1);
    story.exit(story.server, EventKind::fork, {.value = 101});
    EXPECT_EQ(holders_of(story.world(), SocketId{7001}), (std::vector<Holder>{{find(story.world(), child)->process, 4}}));
}

TEST(Processes, AFailedForkLeavesNothingBehind) {
    EchoStory story;
    story.connect_and_accept();
    story.enter(story.server, EventKind::fork, {.a = 1});
    story.close(story.begin(6, 100, story.server_program, story.server, 0, 102), 4);
    story.exit(story.server, EventKind::fork, {.value = -1, .error = EAGAIN});
    EXPECT_TRUE(story.world().fork_images.empty());
    EXPECT_EQ(find(story.world(), SocketId{7001})->state, Socket::State::closed);
    EXPECT_NE(find(story.world(), story.server_program)->trouble.find("limit of processes"), std::string::npos);
    story.fork(story.server, 2, 101, story.server_program, 5);
    EXPECT_EQ(find(story.world(), story.server_program)->trouble, "") << "the next fork worked";
}

TEST(Processes, AZombieWaitsForItsParent) {
    EchoStory story;
    const ConnectionId id = story.connect_and_accept();
    const ActorId child = story.fork(story.server, 1, 101, story.server_program, 5);
    story.close(story.server, 4);
    story.enter(child, EventKind::_exit, {.a = 3});
    const ProcessId process = find(story.world(), child)->process;
    EXPECT_EQ(find(story.world(), process)->state, Process::State::zombie);
    EXPECT_EQ(find(story.world(), process)->wait_status, 3 << 8);
    EXPECT_TRUE(find(story.world(), process)->fds.empty());
    EXPECT_EQ(find(story.world(), SocketId{7001})->state, Socket::State::closed);
    EXPECT_EQ(story.connection(id).state, Connection::State::closing);
    EXPECT_EQ(find(story.world(), child)->state, Actor::State::ended);
    EXPECT_EQ(zombie_count(story.world()), 1u);
    story.fact(EventKind::actor_end, {.a = 1, .b = 3}, child);
    story.fact(EventKind::process_ended, {.a = 101, .b = 1, .value = 3 << 8});
    EXPECT_EQ(zombie_count(story.world()), 1u);
    // waitpid in a SIGCHLD handler, while accept is open.
    story.accept_enter(story.server, 3);
    story.enter(story.server, EventKind::waitpid, {.a = -1, .b = 1});
    EXPECT_EQ(find(story.world(), story.server)->calls.size(), 2u);
    story.exit(story.server, EventKind::waitpid, {.a = 3 << 8, .value = 101});
    EXPECT_EQ(zombie_count(story.world()), 0u);
    EXPECT_EQ(find(story.world(), process)->state, Process::State::reaped);
    EXPECT_EQ(find(story.world(), story.server)->calls.back().kind, EventKind::accept);
    EXPECT_EQ(find(story.world(), story.server)->state, Actor::State::calls);
    story.fact(EventKind::process_reaped, {.a = 101, .b = 100, .value = 3 << 8});
    EXPECT_EQ(find(story.world(), process)->state, Process::State::reaped);
}

TEST(Processes, AKilledProcessHoldsNothing) {
    EchoStory story;
    story.connect_and_accept();
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    const ProcessId process = find(story.world(), story.server)->process;
    story.fact(EventKind::process_ended, {.a = 100, .b = 1, .value = SIGKILL});
    EXPECT_EQ(find(story.world(), process)->state, Process::State::zombie);
    EXPECT_EQ(find(story.world(), process)->wait_status, SIGKILL);
    EXPECT_EQ(find(story.world(), story.server)->state, Actor::State::ended);
    EXPECT_EQ(find(story.world(), story.listening)->state, Socket::State::closed);
    EXPECT_TRUE(find(story.world(), story.server_program)->actors.empty());
    // Its last words come later than the kernel's word of its death, and change nothing.
    story.exit(story.server, EventKind::recv, {.fd = 4, .value = 1, .payload = "x"});
    story.accept_enter(story.server, 3);
    story.accept_exit(story.server, 3, 5, 7009, server_address, client_address(40009));
    EXPECT_TRUE(find(story.world(), process)->fds.empty());
    EXPECT_EQ(find(story.world(), SocketId{7009})->state, Socket::State::closed);
    EXPECT_EQ(find(story.world(), story.server)->state, Actor::State::ended);
}

TEST(Processes, TheKernelMayTellOfAReapingBeforeWaitpidReturns) {
    EchoStory story;
    const ActorId child = story.fork(story.server, 1, 101, story.server_program, 5);
    const ProcessId process = find(story.world(), child)->process;
    story.enter(story.server, EventKind::waitpid, {.a = -1});
    story.fact(EventKind::process_ended, {.a = 101, .b = 0, .value = -1});
    EXPECT_EQ(find(story.world(), process)->state, Process::State::reaped);
    story.exit(story.server, EventKind::waitpid, {.a = SIGKILL, .value = 101});
    EXPECT_EQ(find(story.world(), process)->wait_status, SIGKILL);
    EXPECT_EQ(story.world().live_pids.count(101), 0u);
}

TEST(Processes, PidsAreUsedAgain) {
    EchoStory story;
    const ActorId first = story.fork(story.server, 1, 101, story.server_program, 5);
    const ProcessId first_process = find(story.world(), first)->process;
    story.enter(first, EventKind::_exit, {.a = 0});
    // The parent's waitpid has freed the pid, but not returned yet, when another server's child gets it.
    story.enter(story.server, EventKind::waitpid, {.a = -1});
    const ProgramId other_program = story.program(7, true, true);
    const ActorId other = story.begin(8, 200, other_program);
    story.listener(other, 3, 9101, ipv4("127.0.0.1", 7777));
    const ActorId second = story.fork(other, 1, 101, other_program, 9);
    const ProcessId second_process = find(story.world(), second)->process;
    EXPECT_NE(first_process, second_process);
    EXPECT_EQ(find(story.world(), first_process)->state, Process::State::reaped);
    story.exit(story.server, EventKind::waitpid, {.a = 0, .value = 101});
    EXPECT_EQ(find(story.world(), second_process)->state, Process::State::runs) << "it was the older process that was waited for";
    EXPECT_EQ(socket_behind(story.world(), second_process, 3)->id, SocketId{9101});
    // A new main program with a pid whose end nobody told.
    const ActorId third = story.begin(10, 101, story.program(11, true, true));
    EXPECT_NE(find(story.world(), third)->process, second_process);
    EXPECT_EQ(find(story.world(), second_process)->state, Process::State::reaped);
    EXPECT_EQ(find(story.world(), second)->state, Actor::State::ended);
}

TEST(Processes, ThreadsShareDescriptors) {
    EchoStory story;
    story.connect_and_accept();
    story.enter(story.server, EventKind::pthread_create);
    const ActorId worker = story.begin(5, 100, story.server_program, story.server, 0, 102);
    story.exit(story.server, EventKind::pthread_create, {.a = 0x7f00, .value = 0});
    EXPECT_TRUE(find(story.world(), worker)->is_thread);
    EXPECT_EQ(find(story.world(), worker)->process, find(story.world(), story.server)->process);
    story.accept_enter(story.server, 3);
    story.enter(worker, EventKind::recv, {.fd = 4, .a = 100});
    EXPECT_EQ(workers_of(story.world(), find(story.world(), SocketId{7001})->connection), std::vector<ActorId>{worker});
    story.exit(worker, EventKind::recv, {.fd = 4, .value = 0});
    story.close(worker, 4);
    story.fact(EventKind::actor_end, {}, worker);
    EXPECT_EQ(find(story.world(), worker)->state, Actor::State::ended);
    EXPECT_EQ(story.process_of(story.server).state, Process::State::runs);
    EXPECT_EQ(find(story.world(), SocketId{7001})->state, Socket::State::closed);
    // _exit ends all threads of a process.
    const ActorId another = story.begin(6, 100, story.server_program, story.server, 0, 103);
    story.enter(another, EventKind::_exit, {.a = 0});
    EXPECT_EQ(find(story.world(), story.server)->state, Actor::State::ended);
    EXPECT_EQ(find(story.world(), story.listening)->state, Socket::State::closed);
}

TEST(Processes, TenThousandConnectionsLeaveTheLastHundred) {
    EchoStory story;
    const std::size_t live_actors = live_actor_count(story.world());
    for (int n = 0; n < 10'000; ++n) {
        const auto cookie = 100'000u + static_cast<std::uint64_t>(n) * 2;
        const int child_pid = 1000 + n % 500;
        story.connect_and_accept(cookie, static_cast<std::uint16_t>(40'000 + n % 1000));
        const ActorId child = story.fork(story.server, n + 1, child_pid, story.server_program, 10 + static_cast<std::uint32_t>(n % 50));
        story.close(story.server, 4);
        story.close(story.client, 10);
        story.enter(child, EventKind::_exit, {.a = 0});
        story.enter(story.server, EventKind::waitpid, {.a = -1});
        story.exit(story.server, EventKind::waitpid, {.a = 0, .value = child_pid});
    }
    const World& world = story.world();
    EXPECT_EQ(live_actor_count(world), live_actors);
    EXPECT_EQ(zombie_count(world), 0u);
    EXPECT_EQ(world.live_pids.size(), 2u);
    EXPECT_EQ(world.descriptions.size(), 1u);
    EXPECT_EQ(world.sockets.size(), 1 + ended_kept);
    EXPECT_EQ(world.connections.size(), ended_kept);
    EXPECT_EQ(world.processes.size(), 2 + ended_kept);
    EXPECT_EQ(world.actors.size(), live_actors + ended_kept);
    EXPECT_TRUE(world.fork_images.empty());
    EXPECT_EQ(story.process_of(story.server).fds.size(), 1u);
    EXPECT_EQ(find(world, story.server)->forks, 10'000u);
}

TEST(Processes, EndedProgramsTakeAlongWhatWasTheirs) {
    Story story;
    for (std::uint32_t n = 1; n <= 300; ++n) {
        const ProgramId id = story.program(n, false, true);
        const ActorId actor = story.begin(n, static_cast<int>(1000 + n), id);
        story.socket(actor, 3, n);
        story.fact(EventKind::program_end, {.socket = n});
    }
    const World& world = story.world();
    EXPECT_EQ(world.programs.size(), ended_kept);
    EXPECT_EQ(world.processes.size(), ended_kept);
    EXPECT_EQ(world.actors.size(), ended_kept);
    EXPECT_TRUE(world.descriptions.empty());
    for (const auto& [id, actor] : world.actors) {
        EXPECT_NE(find(world, actor.program), nullptr);
        EXPECT_NE(find(world, actor.process), nullptr);
    }
}

}  // namespace
}  // namespace synoptic
