// What went wrong is said where it is seen: once, in words, and with a remedy where there is one.
#include "gui/messages.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace synoptic {
namespace {

class MessagesTest : public testing::Test {
   protected:
    void command_failed(const Command& command, const std::string& outcome) {
        CommandRecord record;
        record.number = world.commands.size() + 1;
        record.kind = command.index();
        record.outcome = outcome;
        record.done = record.failed = true;
        world.commands.push_back(record);
    }
    void watch() { messages.watch(world, 0); }
    std::vector<std::string> texts() const {
        std::vector<std::string> all;
        for (const Message& message : messages.all()) all.push_back(message.text);
        return all;
    }

    World world;
    Messages messages;
};

using Texts = std::vector<std::string>;

TEST_F(MessagesTest, ACommandThatFailedIsTroubleAndAStepThatNobodyMakesIsNoted) {
    command_failed(Say{}, "this client has ended: add another one");
    watch();
    watch();
    EXPECT_EQ(texts(), Texts{"this client has ended: add another one"});
    EXPECT_TRUE(messages.current_note().empty());
    command_failed(Step{}, "nobody waits for a step");
    watch();
    EXPECT_EQ(texts().size(), 1u);
    EXPECT_EQ(messages.current_note(), "nobody waits for a step");
    command_failed(MoveSegment{}, "segment 7 does not wait any more");
    watch();
    EXPECT_EQ(texts().size(), 1u);
    EXPECT_EQ(messages.current_note(), "segment 7 does not wait any more");
}

TEST_F(MessagesTest, ATableThatCantBeReadIsToldOnceAndItsReturnToo) {
    world.table_trouble[0] = "sendto: Operation not permitted";
    watch();
    watch();
    ASSERT_EQ(texts().size(), 1u);
    EXPECT_NE(texts()[0].find("(this machine): sendto: Operation not permitted"), std::string::npos);
    world.table_trouble[0].clear();
    watch();
    EXPECT_NE(texts().back().find("can be read again"), std::string::npos);
    // A lab that went takes its tables with it, and is told by itself.
    const std::size_t told = texts().size();
    world.table_trouble[1] = "sendto: Bad file descriptor";
    watch();
    EXPECT_EQ(texts().size(), told);
}

TEST_F(MessagesTest, AHostThatIsLostIsToldWhileTheLabLives) {
    world.lab.host_lost[1] = true;
    watch();
    EXPECT_EQ(texts(), Texts{});
    world.lab.lives = true;
    watch();
    watch();
    ASSERT_EQ(texts().size(), 1u);
    EXPECT_NE(texts()[0].find("server host"), std::string::npos);
    EXPECT_EQ(messages.all()[0].remedy, Remedy::restart_wire);
}

TEST_F(MessagesTest, ThatLoopbackCantBeCapturedIsSaidWhereItIsMissed) {
    command_failed(CaptureLoopback{}, "socket: AF_PACKET: Operation not permitted");
    watch();
    EXPECT_EQ(texts(), Texts{});
}

TEST_F(MessagesTest, AHelperThatFailsIsSaidOnceAndCanBeRestarted) {
    world.helper_trouble = "posix_spawn: No such file or directory";  // it never ran
    world.helper_event = 0;
    watch();
    watch();
    ASSERT_EQ(texts(), Texts{world.helper_trouble});
    EXPECT_EQ(messages.all()[0].remedy, Remedy::restart_helper);
    world.helper_lives = true;
    world.helper_trouble.clear();
    world.helper_event = 10;
    watch();
    EXPECT_EQ(texts(), Texts{}) << "it runs";
    // It was restarted and has ended again between two looks.
    for (const EventIndex event : {20u, 30u}) {
        world.helper_lives = false;
        world.helper_trouble = fmt::format("The helper of event {} has ended.", event);
        world.helper_event = event;
        watch();
        EXPECT_EQ(texts().back(), world.helper_trouble);
    }
}

TEST_F(MessagesTest, AStartOnAWireThatHasEndedOffersToRestartIt) {
    command_failed(StartServer{}, wire_has_ended);
    watch();
    ASSERT_EQ(texts(), Texts{wire_has_ended});
    EXPECT_EQ(messages.all()[0].remedy, Remedy::restart_wire);
    world.lab.lives = true;
    watch();
    EXPECT_EQ(texts(), Texts{}) << "there is another";
}

TEST_F(MessagesTest, AStartThatFailedIsToldOnceByItsProgram) {
    Program& program = world.programs[ProgramId{1}];
    program.id = ProgramId{1};
    program.label = "client 4";
    program.trouble = "pthread_create: no more threads can be started";
    command_failed(AddClients{}, "Resource temporarily unavailable (3 of 10 clients were added, then: " + program.trouble + ")");
    watch();
    EXPECT_EQ(texts(), Texts{"client 4: " + program.trouble});
}

TEST_F(MessagesTest, AStartThatLacksTheHelperOffersToRestartIt) {
    Program& program = world.programs[ProgramId{1}];
    program.id = ProgramId{1};
    program.label = "server 1";
    program.trouble = helper_is_missing;
    watch();
    ASSERT_EQ(texts(), Texts{fmt::format("server 1: {}", helper_is_missing)});
    EXPECT_EQ(messages.all()[0].remedy, Remedy::restart_helper);
}

TEST_F(MessagesTest, WhatALessonDoesIsItsOwnBusinessAndOfItsProgramsToo) {
    Program& program = world.programs[ProgramId{7}];
    program.id = ProgramId{7};
    program.label = "Ann";
    program.trouble = "recv: Connection reset by peer";
    command_failed(StopServer{}, "Ann has ended already");
    const Messages::Expected lesson{[](ProgramId id) { return id == ProgramId{7}; }, [](std::uint64_t number) { return number == 1; }};
    messages.watch(world, 0, lesson);
    EXPECT_EQ(texts(), Texts{});
    command_failed(StopServer{}, "server has ended already");
    messages.watch(world, 0, lesson);
    EXPECT_EQ(texts(), Texts{"server has ended already"}) << "the user's own";
}

TEST_F(MessagesTest, StripsOfProgramsGoWhenALessonBeginsAnewButForThoseThatWereThereBefore) {
    command_failed(Say{}, "client 1 has ended already: add another client");
    watch();
    const std::uint64_t before = messages.newest();
    command_failed(StopServer{}, "server has ended already");
    watch();
    messages.add("the disk is full", true);
    Program& program = world.programs[ProgramId{7}];
    program.id = ProgramId{7};
    program.label = "client 2";
    program.trouble = "connect: Connection refused";
    watch();
    messages.forget_programs(before);
    EXPECT_EQ(texts(), (Texts{"client 1 has ended already: add another client", "the disk is full"}));
    watch();
    EXPECT_EQ(texts().size(), 2u) << "they don't come back";
}

class ServersEnd : public MessagesTest {
   protected:
    Program& server(std::uint32_t number, std::uint64_t began_ns) {
        Program& program = world.programs[ProgramId{number}];
        program.id = ProgramId{number};
        program.label = fmt::format("server {}", number);
        program.is_server = true;
        program.address = "127.0.0.1";
        program.port = "7777";
        program.state = Program::State::runs;
        program.listener = SocketId{number};
        program.began_ns = began_ns;
        return program;
    }
    void end(Program& program, std::uint64_t at_ns) {
        program.state = Program::State::ended;
        program.ended_ns = at_ns;
        program.trouble = "killed by SIGSEGV";
        watch();
        messages.explain(program.id, "It read a page that is not there.");
    }
};

TEST_F(ServersEnd, IsPastWhereAnotherThatWasStartedLaterListensAsItDid) {
    end(server(1, 10), 20);
    ASSERT_EQ(texts().size(), 2u);
    Program& next = server(2, 30);
    next.listener = SocketId::none;
    watch();
    EXPECT_EQ(texts().size(), 2u) << "it does not listen yet";
    next.listener = SocketId{2};
    watch();
    EXPECT_EQ(texts(), Texts{});
}

TEST_F(ServersEnd, IsToldWhereTheOtherWasThereBeforeOrListensElsewhere) {
    end(server(1, 10), 20);
    server(2, 15);
    server(3, 30).port = "6666";
    server(4, 30).address = "::1";
    server(5, 30).network = Network::wire;
    server(6, 30).state = Program::State::ended;
    watch();
    EXPECT_EQ(texts(), (Texts{"server 1: killed by SIGSEGV", "It read a page that is not there."}));
}

TEST_F(ServersEnd, GoesWithItsCard) {
    end(server(1, 10), 20);
    messages.add("the disk is full", true);
    messages.forget(ProgramId::none);
    EXPECT_EQ(texts().size(), 3u);
    messages.forget(ProgramId{1});
    watch();
    EXPECT_EQ(texts(), Texts{"the disk is full"});
}

}  // namespace
}  // namespace synoptic
