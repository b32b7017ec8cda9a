// The player against real sockets: right, wrong and skipped answers, back, restart step, jumps, what fails and how it says so.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "player_fixture.h"

namespace synoptic {
namespace {

TEST_F(PlayerTest, GoesThroughALessonWithRightAnswers) {
    open_file("one-server.md");
    EXPECT_EQ(player->state(), State::prepares);
    ASSERT_EQ(until_it_waits(), State::stands);
    EXPECT_EQ(player->step(), 0u);
    EXPECT_EQ(player->shown().panels, (std::vector<LessonPanel>{LessonPanel::stage, LessonPanel::calls}));
    int asked = 0;
    while (until_asked() == State::asks) {
        ++asked;
        const QuestionBlock* question = player->question();
        ASSERT_NE(question, nullptr);
        choose(question->right_choice());
    }
    EXPECT_EQ(player->state(), State::ended) << failures;
    EXPECT_EQ(failures, "");
    EXPECT_EQ(asked, 2);
    ASSERT_NE(player->answered(2), nullptr);
    EXPECT_TRUE(player->answered(2)->right);
    EXPECT_NE(player->answered(2)->found.find("server is blocked in recv"), std::string::npos) << player->answered(2)->found;
    const LessonProgress progress = player->progress();
    EXPECT_TRUE(progress.finished);
    EXPECT_EQ(progress.reached, progress.steps - 1);
    ASSERT_EQ(progress.answers.size(), 2u);
    EXPECT_TRUE(progress.answers.at(1).right);
    EXPECT_EQ(progress.answers.at(1).answer, "It fails at once, with ECONNREFUSED");
}

TEST_F(PlayerTest, WrongAndSkippedAnswersLeadOnAsWell) {
    open_file("one-server.md");
    ASSERT_EQ(until_asked(), State::asks);
    EXPECT_FALSE(player->next()) << "a question waits for an answer";
    LessonAnswer none;
    EXPECT_FALSE(player->answer(none)) << "no choice";
    none.choice = 7;
    EXPECT_FALSE(player->answer(none)) << "there are no eight choices";
    choose(0);
    ASSERT_EQ(until_asked(), State::asks);
    EXPECT_FALSE(player->answered(1)->right);
    EXPECT_TRUE(player->answered(1)->decided);
    EXPECT_EQ(player->answered(1)->right_choice, 1u);
    EXPECT_TRUE(player->skip());
    EXPECT_EQ(until_asked(), State::ended) << failures;
    EXPECT_FALSE(player->answered(2)->right);
    EXPECT_TRUE(player->progress().answers.at(2).skipped);
    EXPECT_FALSE(player->skip()) << "nothing is asked";
}

TEST_F(PlayerTest, TheWorldSaysWhatNumberIsRight) {
    open(
        "## S\n\n```do\nstart echo_thread\nconnect Ann, Bob to server\n```\n```expect\nserver has 2 threads\n```\n```question\nHow "
        "many?\n\n= server has ? threads\n\nOne each.\n```\n");
    ASSERT_EQ(until_asked(), State::asks);
    EXPECT_EQ(player->right_number(world()), 2);
    LessonAnswer answer;
    answer.number = 3;
    EXPECT_TRUE(player->answer(answer));
    EXPECT_EQ(until_asked(), State::ended) << failures;
    EXPECT_FALSE(player->answered(1)->right);
    EXPECT_EQ(player->answered(1)->right_number, 2);
}

TEST_F(PlayerTest, AnExpectationThatDoesNotHoldNamesItsLineAndWhatWasFound) {
    open(
        "## S\n\n```do\nstart echo_iterative\n```\n\n```expect within 100 ms\nserver is blocked in accept\nserver is blocked in "
        "recv\n```\n\nMore.\n");
    ASSERT_EQ(until_asked(), State::failed);
    EXPECT_EQ(failures, "test.md:15: expected server is blocked in recv, but server is blocked in accept\n");
    EXPECT_EQ(player->failures().at(0).line, 15);
    EXPECT_TRUE(player->next()) << "one can go on all the same";
    EXPECT_EQ(until_asked(), State::ended);
}

TEST_F(PlayerTest, WhatMustNeverComeTrueAndDoes) {
    open("## S\n\n```do\nstart echo_iterative\n```\n\n```expect never for 20 s\nserver listens\n```\n");
    ASSERT_EQ(until_asked(), State::failed);
    EXPECT_NE(failures.find("test.md:14: expected that it never comes true: server listens, but server listens on 127.0.0.1"),
              std::string::npos)
        << failures;
}

TEST_F(PlayerTest, WhatNeverComesTrueLetsItGoOn) {
    open("## S\n\n```do\nstart echo_iterative\n```\n\n```expect never for 100 ms\n1 zombie\nserver has ended\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
}

TEST_F(PlayerTest, AChoiceThatTheWorldDoesNotShowFails) {
    open(
        "## S\n\n```do\nstart echo_iterative\n```\n\n```question\nWhat?\n\n- [x] it ends => server has ended\n- [ ] it waits => server is "
        "blocked in accept\n\ndo pause\ndo run\n\nr\n```\n");
    ASSERT_EQ(until_asked(), State::asks);
    choose(0);
    ASSERT_EQ(until_it_waits(), State::failed);
    EXPECT_NE(failures.find("test.md:16: expected of the right choice server has ended, but the World shows: server is blocked in accept"),
              std::string::npos)
        << failures;
}

TEST_F(PlayerTest, ACommandThatIsRefusedFails) {
    open("## S\n\n```do\nstart echo_thread\nconnect Ann to server\nkill Ann\n```\n");
    ASSERT_EQ(until_asked(), State::failed);
    EXPECT_NE(failures.find("test.md:12: “kill Ann”: Ann is a thread of the app"), std::string::npos) << failures;
}

TEST_F(PlayerTest, AServerThatNeverListenedCannotBeConnectedTo) {
    open("## S\n\n```do\nstart echo_iterative on 10.77.0.2\nconnect Ann to server\n```\n");
    ASSERT_EQ(until_asked(), State::failed);
    EXPECT_NE(failures.find("server does not listen"), std::string::npos) << failures;
}

TEST_F(PlayerTest, BackTwiceAtOnceGoesBackTwice) {
    open(three_steps);
    player->jump(3);
    player->back();
    player->back();
    ASSERT_EQ(until_it_waits(), State::stands);
    EXPECT_EQ(player->step(), 1u);
}

TEST_F(PlayerTest, AQuestionThatWasOnlyPassedIsAskedLater) {
    open(three_steps);
    player->jump(3);
    ASSERT_EQ(until_it_waits(), State::stands);
    EXPECT_EQ(player->step(), 3u);
    player->back();
    ASSERT_EQ(until_asked(), State::asks);
    EXPECT_TRUE(player->progress().answers.empty());
}

TEST_F(PlayerTest, OnlyTheRightChoiceMayHold) {
    open(
        "## S\n\n```do\nstart echo_thread\nconnect Ann to server\n```\n\n```question\nq\n\n- [ ] a => Ann's connection was accepted\n"
        "- [x] b => Ann printed \"hi\"\n\ndo Ann says \"hi\"\n\nr\n```\n");
    ASSERT_EQ(until_asked(), State::asks);
    LessonAnswer right;
    right.choice = 1;
    player->answer(right);
    ASSERT_EQ(until_asked(), State::failed);
    EXPECT_NE(failures.find("another holds, too: Ann's connection was accepted"), std::string::npos) << failures;
}

TEST_F(PlayerTest, ACrowdIsToldAll) {
    open("## S\n\n```do\nstart echo_thread\nconnect 150 clients as C to server\nC says \"hi\"\nclose C\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
}

TEST_F(PlayerTest, BackPlaysAgainFromTheStart) {
    open(three_steps);
    ASSERT_EQ(until_asked(), State::asks);
    choose(1);
    while (player->step() < 3) {
        ASSERT_EQ(until_it_waits(), State::stands) << failures;
        ASSERT_TRUE(player->next());
    }
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    const ProgramId before = player->program("Ann");
    ASSERT_TRUE(player->back());
    EXPECT_TRUE(player->hurries());
    ASSERT_EQ(until_it_waits(), State::stands) << failures << ": a question that was answered is not asked again";
    EXPECT_EQ(player->step(), 2u);
    EXPECT_NE(player->program("Ann"), before);
    const World now = world();
    ASSERT_NE(find(now, before), nullptr);
    EXPECT_EQ(find(now, before)->state, Program::State::ended);
    EXPECT_EQ(find(now, player->program("Ann"))->output, std::deque<std::string>{"two"});
    EXPECT_EQ(player->name_of(player->program("Ann")), "Ann");
    EXPECT_EQ(player->progress().reached, 3u) << "what was reached stays reached";
}

TEST_F(PlayerTest, RestartStepAsksAgain) {
    open(three_steps);
    ASSERT_EQ(until_asked(), State::asks);
    choose(0);
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    EXPECT_FALSE(player->answered(1)->right);
    ASSERT_TRUE(player->restart_step());
    ASSERT_EQ(until_it_waits(), State::asks) << failures;
    EXPECT_EQ(player->step(), 2u);
    choose(1);
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    EXPECT_TRUE(player->answered(1)->right);
    EXPECT_FALSE(player->progress().answers.at(1).right) << "the first answer counts";
}

TEST_F(PlayerTest, RestartAsksASecondClassToo) {
    open(three_steps);
    ASSERT_EQ(until_asked(), State::asks);
    choose(0);
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    ASSERT_TRUE(player->restart());
    EXPECT_EQ(player->answered(1), nullptr);
    ASSERT_EQ(until_asked(), State::asks) << failures;
    choose(1);
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    EXPECT_TRUE(player->answered(1)->right);
    EXPECT_FALSE(player->progress().answers.at(1).right) << "the first answer counts";
}

TEST_F(PlayerTest, AJumpDoesWhatLiesBetween) {
    open(three_steps);
    ASSERT_EQ(until_it_waits(), State::stands);
    EXPECT_FALSE(player->jump(9));
    ASSERT_TRUE(player->jump(3));
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    EXPECT_EQ(player->step(), 3u);
    EXPECT_EQ(find(world(), player->program("Ann"))->output, (std::deque<std::string>{"two", "three"}));
    EXPECT_TRUE(player->progress().answers.empty()) << "nobody has answered";
}

TEST_F(PlayerTest, AJumpInTheMiddleOfAnActionLeavesNothingBehind) {
    open("## One\n\n```do\nstart echo_fork\nconnect 20 clients as C to server\n```\n\n## Two\n\nText.\n");
    ASSERT_EQ(until_it_waits(), State::stands);
    ASSERT_TRUE(player->jump(1));
    // Not driven to a rest: it is cut off wherever it is.
    ASSERT_TRUE(session->wait_for(
        [&](const World& w) {
            player->poll(w, session->now_ns());
            return w.programs.size() > 5;
        },
        patience_ms));
    ASSERT_TRUE(player->jump(0));
    ASSERT_EQ(until_it_waits(), State::stands);
    const World now = world();
    for (const auto& [id, program] : now.programs) EXPECT_EQ(program.state, Program::State::ended) << program.label;
}

TEST_F(PlayerTest, WhatTheUserDoesBesidesIsAllowedAndStays) {
    const std::string port = start_server("echo_thread");
    session->submit(AddClients{.host = "127.0.0.1", .port = port});
    open(three_steps);
    ASSERT_EQ(until_it_waits(), State::stands);
    player->next();
    ASSERT_EQ(until_it_waits(), State::stands);
    // A client of the user's at the lesson's server.
    const World begun = world();
    const Socket* listener = listener_of(begun, "server");
    ASSERT_NE(listener, nullptr);
    session->submit(AddClients{.host = "127.0.0.1", .port = std::to_string(listener->local.port())});
    ASSERT_TRUE(eventually([](const World& w) { return by_label(w, "client 2") != nullptr; }));
    player->next();
    ASSERT_EQ(until_asked(), State::asks);
    choose(1);
    EXPECT_EQ(until_asked(), State::ended) << failures;
    player->end();
    EXPECT_EQ(until_it_waits(), State::ended);
    const World now = world();
    EXPECT_EQ(by_label(now, "server")->state, Program::State::ended);
    EXPECT_NE(by_label(now, "server 1")->state, Program::State::ended) << "the user's own";
    EXPECT_NE(by_label(now, "client 1")->state, Program::State::ended);
}

TEST_F(PlayerTest, AChangedFileIsPlayedUpToTheSameStep) {
    open(three_steps);
    ASSERT_EQ(until_it_waits(), State::stands);
    player->next();
    ASSERT_EQ(until_it_waits(), State::stands);
    ReadLesson changed = read_lesson(
        "# Other\n\n```lesson\nnetwork loopback\n```\n\n## One\n\n```do\nstart echo_thread as S\n```\n```expect\nS listens\n```\n",
        "test.md");
    ASSERT_EQ(mistakes_of(changed), "");
    player->replace(std::move(changed.lesson));
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    EXPECT_EQ(player->lesson().title, "Other");
    EXPECT_EQ(player->step(), 1u);
    EXPECT_EQ(player->program("server"), ProgramId::none);
    EXPECT_NE(player->program("S"), ProgramId::none);
}

TEST_F(PlayerTest, AShorterFileEndsAtItsLastStep) {
    open(three_steps);
    ASSERT_EQ(until_it_waits(), State::stands);
    ASSERT_TRUE(player->jump(3));
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    player->replace(read_lesson("# Short\n\n```lesson\nnetwork loopback\n```\n\n## One\n\nText.\n", "test.md").lesson);
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    EXPECT_EQ(player->step(), 1u);
    EXPECT_LE(player->progress().reached, 1u);
}

TEST_F(PlayerTest, StepsUntilSomethingIsTrue) {
    open(
        "## S\n\n```do\nstart echo_iterative\nconnect Ann to server\npause\nAnn says \"x\"\nstep Ann until Ann stands before "
        "send\n```\n\n```expect now\nAnn stands before send\nserver received 0 bytes from Ann\n```\n\n"
        "```do\nrun\n```\n\n```expect\nAnn printed \"x\"\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
}

TEST_F(PlayerTest, StopsAtALineAndGoesOn) {
    open(
        "## S\n\n```do\nstop at echo: os.recv(\nstart echo_thread\nconnect Ann to server\nwait for server's thread 1 stands before "
        "recv\ndon't stop at echo: os.recv(\nrun\nAnn says \"x\"\n```\n\n```expect\nAnn printed \"x\"\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
    EXPECT_TRUE(world().breakpoints.empty());
}

TEST_F(PlayerTest, PaceAndBreakpointsAreSetBack) {
    open("## S\n\n```do\nstart echo_iterative\nstop at echo: os.recv(\npause\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
    EXPECT_EQ(world().gate, GateMode::step);
    player->end();
    ASSERT_EQ(until_it_waits(), State::ended);
    EXPECT_TRUE(eventually([](const World& w) { return w.gate == GateMode::run && w.breakpoints.empty(); }));
}

TEST_F(PlayerTest, DatabasesLieInThePlayersFolderAndAreNewEachTime) {
    open(
        "## S\n\n```do\nstart kv_fork database pairs.txt\nconnect Ann to server\nAnn says \"put 5 x\"\n```\n\n```expect\nAnn printed "
        "\"OK\"\nrow 5 is \"x\"\nrow 5 is on the disk\n1 row\n```\n\n"
        "```do\nstop server\nstart kv_fork database pairs.txt\nconnect Bob to server\nBob says \"get 5\"\n```\n\n```expect\nBob printed "
        "\"x\"\nnot row 5 is missing\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
    EXPECT_TRUE(std::ifstream(folder->path() + "/pairs.txt").good());
    player->begin();
    EXPECT_EQ(until_asked(), State::ended) << failures;
    EXPECT_EQ(failures, "");
}

TEST_F(PlayerTest, CrowdsAreOneNameAndEachHasItsOwn) {
    open(
        "## S\n\n```do\nstart echo_fork\nconnect 5 clients as C to server\nC says \"x\"\n```\n\n```expect\n5 clients are accepted\nC5 "
        "printed \"x\"\nserver has 5 children\n```\n\n```do\nclose C2\n```\n"
        "```expect\n4 clients run\nserver has 4 children\n```\n```do\nclose C\n```\n```expect\n0 clients run\nserver has no "
        "children\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
}

TEST_F(PlayerTest, ProcessesAreSeenAndKilled) {
    open(
        "## S\n\n```do\nstart echo_fork_no_wait\nconnect Ann to server\nconnect Bob to server\n```\n```expect\ndescriptor 4 of server is "
        "closed\ndescriptor 3 of server is a listening socket\n"
        "descriptor 4 of Ann's worker is Ann's connection\nserver called fork 2 times\nserver called \"fork()\"\n1 descriptor points to "
        "Ann's connection\n```\n"
        "```do\nkill Ann's worker\n```\n```expect\nserver's child 1 was killed by SIGKILL\nserver's child 1 is a zombie\nserver's child 1 "
        "has ended\n1 zombie\nnot server's last child has ended\nserver has 1 child\n```\n"
        "```do\nkill server\n```\n```expect\nserver was killed\nserver does not listen\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
}

TEST_F(PlayerTest, NamesAreLookedUp) {
    open(
        "## S\n\n```do\nlook up 127.0.0.1 as Names\nlook up ::1 as Other service http\n```\n```expect\nNames printed \"127.0.0.1\"\nOther "
        "printed \"[::1]:80\"\ngetaddrinfo of Names returned 0\nNames has ended with status 0\n```\n");
    EXPECT_EQ(until_asked(), State::ended) << failures;
}

TEST_F(PlayerTest, WithoutAWireALessonThatNeedsItIsImpossible) {
    start_without_wire();
    open(read_lesson("# T\n\n```lesson\nneeds wire\n```\n\n## S\n\n```do\nstart echo_fork\n```\n", "test.md"));
    EXPECT_EQ(until_it_waits(), State::impossible);
    EXPECT_NE(player->why().find("needs the wire"), std::string::npos) << player->why();
    EXPECT_FALSE(player->next());
    EXPECT_FALSE(player->jump(0));
}

TEST_F(PlayerTest, WithoutAWireAStepIsLeftOutAndTheRestIsOnLoopback) {
    start_without_wire();
    open(
        read_lesson("# T\n\n## S\n\n```do\nneeds wire\nhold SYN from clients\n```\n\n```expect\n1 segment waits\n```\n\n## "
                    "R\n\n```do\nstart echo_iterative\n```\n```expect\nserver listens on 127.0.0.1\n```\n",
                    "test.md"));
    EXPECT_EQ(until_asked(), State::ended) << failures;
    ASSERT_EQ(player->remarks().size(), 1u);
    EXPECT_NE(player->remarks()[0].find("test.md:5: the rest of this step was left out"), std::string::npos) << player->remarks()[0];
    EXPECT_EQ(player->blocks_played(1), 0u);
}

TEST_F(PlayerTest, SegmentsAreHeldDroppedAndDelivered) {
    open(
        read_lesson("# T\n\n```lesson\nneeds wire\n```\n\n## S\n\n```do\nstart echo_iterative\nhold SYN from clients\nconnect Ann to "
                    "server\n```\n```expect\na SYN from Ann waits\nAnn's connection is SYN_SENT\nAnn is blocked in connect\n```\n"
                    "```do\ndrop SYN from Ann\ndeliver SYN from Ann to server\nhold nothing\n```\n```expect\na SYN from Ann was dropped\na "
                    "SYN from Ann was retransmitted\nAnn's connection is ESTABLISHED at the server\nno segments wait\n```\n",
                    "test.md"));
    const State state = until_asked();
    if (state == State::impossible) GTEST_SKIP() << player->why();
    EXPECT_EQ(state, State::ended) << failures;
}

TEST_F(PlayerTest, ProgramsBearTheLessonsNamesEverywhere) {
    open(
        "## S\n\n```do\nstart echo_thread\nconnect Ann, Bob to server\nconnect 2 clients as C to server\nAnn says \"x\"\n```\n\n"
        "```expect\nAnn printed \"x\"\n```\n");
    ASSERT_EQ(until_asked(), State::ended) << failures;
    const World now = world();
    for (const char* name : {"server", "Ann", "Bob", "C1", "C2"}) {
        const Program* program = by_label(now, name);
        ASSERT_NE(program, nullptr) << name;
        EXPECT_EQ(program->id, player->program(name)) << name;
        EXPECT_TRUE(player->has_started(program->id)) << name;
    }
    const bool said = std::any_of(now.commands.begin(), now.commands.end(),
                                  [](const CommandRecord& command) { return command.text == "say \"x\" as Ann"; });
    EXPECT_TRUE(said);
}

TEST_F(PlayerTest, WhatARunHasLeftIsBeforeTheNextOne) {
    open(three_steps);
    ASSERT_EQ(until_it_waits(), State::stands);
    player->next();
    ASSERT_EQ(until_it_waits(), State::stands);
    const int runs = player->runs();
    const EventIndex first = player->run_began();
    const ProgramId before = player->program("server");
    ASSERT_TRUE(player->restart_step());
    ASSERT_EQ(until_it_waits(), State::stands) << failures;
    EXPECT_EQ(player->runs(), runs + 1);
    EXPECT_GT(player->run_began(), first);
    EXPECT_NE(player->program("server"), before);
    EXPECT_TRUE(player->has_started(before)) << "of an earlier run";
    const World now = world();
    EXPECT_LE(find(now, before)->ended_ns, player->run_began_ns());
    EXPECT_GT(find(now, player->program("server"))->began_ns, player->run_began_ns());
    const auto is_stop = [&](const CommandRecord& command) { return command.text == "stop server" && player->has_asked(command.number); };
    EXPECT_TRUE(std::any_of(now.commands.begin(), now.commands.end(), is_stop)) << "the player's own, not the user's";
    session->submit(StopServer{before});
    ASSERT_TRUE(eventually([](const World& w) { return !w.commands.empty() && w.commands.back().failed; }));
    EXPECT_FALSE(player->has_asked(world().commands.back().number)) << "the user's";
    EXPECT_EQ(world().commands.back().outcome, "server has ended already");
}

}  // namespace
}  // namespace synoptic
