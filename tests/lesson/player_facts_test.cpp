// Facts that a player looks at, where the lesson's own programs are not the only ones.
#include <gtest/gtest.h>

#include <algorithm>

#include "player_fixture.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

TEST_F(PlayerTest, TheUsersZombiesAreNoneOfTheLessons) {
    const std::string port = start_server("echo_fork_no_wait", Place::own_process);
    add_clients(port, 1);
    session->submit(CloseClient{id_of("client 1")});
    ASSERT_TRUE(eventually([](const World& w) { return zombie_count(w) == 1; }));
    open(
        "## S\n\n```do\nstart echo_fork_no_wait\nconnect Ann to server\n```\n```expect now\nno zombies\n```\n```do\nclose "
        "Ann\n```\n```expect\n1 zombie\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
    EXPECT_EQ(zombie_count(world()), 2u);
}

TEST_F(PlayerTest, TheUsersDatabaseIsNoneOfTheLessons) {
    const TemporaryFolder users;
    session->submit(StartServer{.program = "kv_thread", .address = "127.0.0.1", .port = "0", .database = users / "pairs.txt"});
    ASSERT_TRUE(eventually([](const World& w) { return listener_of(w, "server 1") != nullptr; }));
    const World begun = world();
    session->submit(AddClients{
        .program = "kv_client", .host = "127.0.0.1", .port = std::to_string(listener_of(begun, "server 1")->local.port()), .count = 1});
    open(
        "## S\n\n```do\nstart kv_thread\nconnect Ann to server\nAnn says \"put 5 x\"\n```\n```expect\nAnn printed "
        "\"OK\"\n```\n\n## After the user's\n\n```expect now\nrow 5 is \"x\"\n1 row\n```\n");
    ASSERT_EQ(until_it_waits(), State::stands);
    player->next();
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    session->submit(Say{id_of("client 1"), "put 9 nine"});
    ASSERT_TRUE(hears("client 1", "OK"));
    EXPECT_EQ(until_asked(), State::ended) << failures;
    EXPECT_EQ(failures, "");
}

TEST_F(PlayerTest, WhoeverOnlyLooksAtARowChangesNoDatabase) {
    open(
        "## S\n\n```do\nstart kv_copies_fork\nconnect Ann, Bob to server\nAnn says \"put 7 seven\"\nwait for Ann printed \"OK\"\nBob "
        "says \"get 7\"\nwait for Bob printed \"ERROR key not found\"\n```\n```expect now\nrow 7 is \"seven\"\n1 row\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
}

TEST_F(PlayerTest, AnotherDatabaseIsTheLatestAsSoonAsItIsOpened) {
    open(
        "## S\n\n```do\nstart kv_thread as One database one.txt\nconnect Ann to One\nAnn says \"put 7 seven\"\nwait for Ann printed "
        "\"OK\"\nstart kv_thread as Two database two.txt\n```\n```expect now\nno rows\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
}

TEST_F(PlayerTest, ALessonOnLoopbackMayUseTheWire) {
    open(
        read_lesson("# T\n\n```lesson\nnetwork loopback\nneeds wire\n```\n\n## S\n\n```do\nstart echo_iterative as Here\nstart "
                    "echo_iterative as There on the wire port 0\nhold data from clients\nconnect Ann to Here\nconnect Bob to There\nAnn "
                    "says \"here\"\nBob says \"there\"\n```\n```expect\nAnn printed \"here\"\na data segment from Bob waits\n```\n"
                    "```do\nno rules\n```\n```expect\nBob printed \"there\"\n```\n",
                    "test.md"));
    const State state = until_asked();
    if (state == State::impossible) GTEST_SKIP() << player->why();
    EXPECT_EQ(state, State::ended) << failures;
}

}  // namespace
}  // namespace synoptic
