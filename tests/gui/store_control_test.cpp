// Killing a key-value server mid-write: its actors are led through their gates up to the point, and no further; and starting it again.
#include "gui/store_control.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/model/story.h"

namespace synoptic {
namespace {

struct KillStory : Story {
    ProgramId server_program = program(1, true, true, "kv_fork");
    ActorId server = begin(1, 100, server_program);
    ActorId child = fork(server, 1, 101, server_program, 2);
    StoreControl control;

    std::vector<Command> advance() {
        std::vector<Command> out;
        if (const auto news = control.advance(world(), history, out)) {
            EXPECT_EQ(news->server, server_program);
            told += news->text;
        }
        return out;
    }
    void gate(ActorId actor, GateMode mode) {
        fact(EventKind::gate_set, {.a = static_cast<std::int64_t>(actor), .b = static_cast<std::int64_t>(mode)});
    }
    void stand_before(EventKind kind) { put(kind, Phase::arrive, child, {.fd = 5}); }
    void call_and_rest(EventKind kind) {
        put(kind, Phase::go, child, {.fd = 5});
        enter(child, kind, {.fd = 5});
        exit(child, kind, {.fd = 5, .value = 8});
        put(kind, Phase::rest, child, {.fd = 5});
    }
    std::string told;
};

template <class T>
std::size_t count_of(const std::vector<Command>& all) {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const Command& one) { return std::holds_alternative<T>(one); }));
}

TEST(StoreControl, LeadsAWorkerToItsPointAndKillsAllProcessesThere) {
    KillStory story;
    EXPECT_TRUE(story.advance().empty()) << "nobody asked";
    story.control.arm(story.server_program, KillPoint::after_write);
    EXPECT_EQ(count_of<SetGate>(story.advance()), 2u) << "of the server and its child";
    EXPECT_TRUE(story.advance().empty()) << "once";
    story.gate(story.server, GateMode::step);
    story.gate(story.child, GateMode::step);
    story.stand_before(EventKind::pwrite);
    std::vector<Command> out = story.advance();
    ASSERT_EQ(out.size(), 1u) << "before the write it goes on";
    EXPECT_EQ(std::get<Step>(out[0]).actor, story.child);
    EXPECT_TRUE(story.advance().empty()) << "one step at a time";
    story.call_and_rest(EventKind::pwrite);
    out = story.advance();
    ASSERT_EQ(count_of<KillProcess>(out), 2u);
    EXPECT_EQ(out.size(), 2u);
    EXPECT_NE(story.told.find("after the write"), std::string::npos) << story.told;
    EXPECT_FALSE(story.control.armed());
    EXPECT_TRUE(story.control.has_killed(story.server_program)) << "its end is no trouble";
    const ActorId late = story.fork(story.server, 2, 102, story.server_program, 3);
    EXPECT_NE(late, ActorId::none);
    EXPECT_EQ(count_of<KillProcess>(story.advance()), 1u) << "a child that was forked meanwhile";
    EXPECT_TRUE(story.advance().empty());
}

TEST(StoreControl, EachPointIsItsOwn) {
    KillStory story;
    story.gate(story.child, GateMode::step);
    const auto at = [&](KillPoint point) { return stands_at(story.world(), story.history, *find(story.world(), story.child), point); };
    story.stand_before(EventKind::pwrite);
    EXPECT_TRUE(at(KillPoint::before_write));
    EXPECT_FALSE(at(KillPoint::after_write));
    story.call_and_rest(EventKind::pwrite);
    EXPECT_FALSE(at(KillPoint::before_write));
    EXPECT_TRUE(at(KillPoint::after_write));
    story.put(EventKind::pwrite, Phase::go, story.child, {});
    story.stand_before(EventKind::fdatasync);
    EXPECT_FALSE(at(KillPoint::after_sync));
    story.call_and_rest(EventKind::fdatasync);
    EXPECT_TRUE(at(KillPoint::after_sync));
    for (const KillPoint point : kill_points) EXPECT_FALSE(std::string(point_promise(point)).empty()) << point_words(point);
}

TEST(StoreControl, WhileAllIsPausedStepsAreTheUsers) {
    KillStory story;
    story.gate(ActorId{}, GateMode::step);
    story.gate(story.server, GateMode::step);
    story.gate(story.child, GateMode::step);
    story.control.arm(story.server_program, KillPoint::before_write);
    story.stand_before(EventKind::recv);
    EXPECT_TRUE(story.advance().empty());
    EXPECT_TRUE(story.advance().empty());
}

TEST(StoreControl, CancelOpensTheGatesAgain) {
    KillStory story;
    story.control.arm(story.server_program, KillPoint::before_write);
    story.advance();
    std::vector<Command> out;
    story.control.cancel(story.world(), out);
    EXPECT_EQ(count_of<SetGate>(out), 2u);
    EXPECT_EQ(std::get<SetGate>(out[0]).mode, GateMode::run);
    EXPECT_FALSE(story.control.armed());
    EXPECT_TRUE(story.advance().empty());
}

TEST(StoreControl, AServerThatEndsByItselfIsNotWaitedFor) {
    KillStory story;
    story.control.arm(story.server_program, KillPoint::before_write);
    story.fact(EventKind::program_end, {.a = 0, .b = 1, .socket = 1});
    story.advance();
    EXPECT_FALSE(story.control.armed());
}

TEST(StoreControl, TheSameIsStartedAgainOnceItHasEnded) {
    KillStory story;
    StartServer start;
    start.program = "kv_fork";
    start.database = "/nowhere/database.txt";
    start.limits.clients = 3;
    story.control.see(Command(StopServer{}));
    EXPECT_EQ(story.control.start_of("/nowhere/database.txt"), nullptr);
    story.control.see(Command(start));
    ASSERT_NE(story.control.start_of("/nowhere/database.txt"), nullptr);
    EXPECT_EQ(story.control.start_of("/nowhere/else.txt"), nullptr);
    std::vector<Command> out;
    story.control.restart(*story.control.start_of("/nowhere/database.txt"), find(story.world(), story.server_program), out);
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(std::get<StopServer>(out[0]).program, story.server_program);
    EXPECT_TRUE(story.advance().empty()) << "it has yet to end";
    EXPECT_TRUE(story.control.restarting());
    story.fact(EventKind::program_end, {.a = 0, .b = 1, .socket = 1});
    out = story.advance();
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(std::get<StartServer>(out[0]).limits.clients, 3);
    EXPECT_FALSE(story.control.restarting());
    out.clear();
    story.control.restart(start, nullptr, out);
    EXPECT_TRUE(out.empty());
    EXPECT_EQ(story.advance().size(), 1u) << "nobody to wait for";
}

TEST(StoreControl, AServerThatFellIsFoundUntilAnotherHasItsPort) {
    KillStory story;
    StartServer start;
    start.program = "kv_fork";
    start.address = "127.0.0.1";
    start.port = "6666";
    start.network = find(story.world(), story.server_program)->network;
    start.database = "/nowhere/database.txt";
    story.control.see(Command(start));
    story.listener(story.server, 3, 9001, server_address);
    const auto fallen = [&] { return story.control.fallen_server(story.world(), "/nowhere/database.txt"); };
    EXPECT_EQ(fallen(), nullptr) << "it runs";
    story.fact(EventKind::program_end, {.a = 137, .b = 0, .socket = 1});
    ASSERT_NE(fallen(), nullptr);
    EXPECT_EQ(fallen()->id, story.server_program);
    EXPECT_EQ(story.control.fallen_server(story.world(), "/nowhere/else.txt"), nullptr);
    ASSERT_NE(story.control.start_of("/nowhere/database.txt", fallen()), nullptr);
    start.port = "7777";
    story.control.see(Command(start));
    EXPECT_EQ(story.control.start_of("/nowhere/database.txt")->port, "7777") << "the latest";
    EXPECT_EQ(story.control.start_of("/nowhere/database.txt", fallen())->port, "6666") << "its own";
    const ProgramId next = story.program(2, true, true, "kv_fork");
    EXPECT_EQ(fallen(), nullptr) << "another has its port";
    story.listener(story.begin(9, 300, next), 3, 9002, server_address);
    story.fact(EventKind::program_end, {.a = 0, .b = 1, .socket = 2});
    EXPECT_EQ(fallen(), nullptr) << "that one was stopped";
    const ProgramId third = story.program(3, true, true, "kv_fork");
    story.listener(story.begin(10, 400, third), 3, 9003, server_address);
    story.fact(EventKind::program_end, {.a = 137, .b = 0, .socket = 3});
    ASSERT_NE(fallen(), nullptr);
    EXPECT_EQ(fallen()->id, third);
}

TEST(StoreControl, AfterACallThatFailedItSaysWhatIsTrue) {
    KillStory story;
    const auto killed_behind = [&](EventKind kind, KillPoint point, const Fields& result) {
        KillStory fresh;
        fresh.control.arm(fresh.server_program, point);
        fresh.gate(fresh.server, GateMode::step);
        fresh.gate(fresh.child, GateMode::step);
        fresh.put(kind, Phase::go, fresh.child, {.fd = 5});
        fresh.enter(fresh.child, kind, {.fd = 5, .a = 8});
        fresh.exit(fresh.child, kind, result);
        fresh.put(kind, Phase::rest, fresh.child, {.fd = 5});
        EXPECT_EQ(count_of<KillProcess>(fresh.advance()), 2u);
        return fresh.told;
    };
    const std::string whole = killed_behind(EventKind::pwrite, KillPoint::after_write, {.fd = 5, .value = 8});
    EXPECT_NE(whole.find(point_promise(KillPoint::after_write)), std::string::npos) << whole;
    const std::string full = killed_behind(EventKind::pwrite, KillPoint::after_write, {.fd = 5, .value = -1, .error = ENOSPC});
    EXPECT_NE(full.find("the write had failed (ENOSPC: No space left on device)"), std::string::npos) << full;
    EXPECT_EQ(full.find("The line is in the file"), std::string::npos) << full;
    const std::string part = killed_behind(EventKind::pwrite, KillPoint::after_write, {.fd = 5, .value = 3});
    EXPECT_NE(part.find("only 3 of the line's 8 bytes were written"), std::string::npos) << part;
    const std::string unsynced = killed_behind(EventKind::fdatasync, KillPoint::after_sync, {.fd = 5, .value = -1, .error = EIO});
    EXPECT_NE(unsynced.find("the sync had failed (EIO"), std::string::npos) << unsynced;
    EXPECT_EQ(unsynced.find("The line is on the disk"), std::string::npos) << unsynced;
}

}  // namespace
}  // namespace synoptic
