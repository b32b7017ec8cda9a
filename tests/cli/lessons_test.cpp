// lessons and play LESSON: what they print, and their exit statuses.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "command_under_test.h"

namespace synoptic {
namespace {

const std::string lessons = SYNOPTIC_SOURCE_DIR "/tests/lesson/lessons/";

class LessonFileTest : public testing::Test {
   protected:
    void TearDown() override { std::filesystem::remove(path); }
    std::string file(const std::string& text) {
        std::ofstream(path) << text;
        return path;
    }
    const std::string path = testing::TempDir() + "lesson-" + std::to_string(getpid()) + ".md";
};

TEST(PlayLesson, ExitsWith0WhenAllHeld) {
    const Outcome outcome = run({"play", lessons + "second-client.md"});
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find("## Bob says something"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("  do      connect Ann to server\n"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("     answered: It returns at once: he is connected\n  do      connect Bob to server\n     right (Bob's "
                               "connection is ESTABLISHED)\n"),
              std::string::npos)
        << outcome.out;
    EXPECT_NE(outcome.out.find("needs no program"), std::string::npos) << "the reason";
    EXPECT_EQ(outcome.out.find("counter"), std::string::npos) << "speaker notes are the presenter's";
    EXPECT_EQ(outcome.err, "");
}

TEST(PlayLesson, WrongAnswersLeadToTheReasonToo) {
    const Outcome outcome = run({"play", lessons + "second-client.md", "--wrong"});
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find("     wrong"), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.out.find("     right"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("needs no program"), std::string::npos) << "the reason";
}

TEST_F(LessonFileTest, WhatDoesNotHoldIsExitStatus1WithItsLine) {
    const std::string name = file(
        "# T\n\n```lesson\nnetwork loopback\n```\n\n## S\n\n```do\nstart echo_iterative\n```\n\n```expect within 100 ms\nserver has 2 "
        "children\n```\n");
    const Outcome outcome = run({"play", name});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.err, "synoptic: " + name + ":14: expected server has 2 children, but server has so many children: 0\n");
}

TEST_F(LessonFileTest, MistakesAreNamedAndNothingIsPlayed) {
    const std::string name = file("# T\n\n## S\n\n```do\nstrat echo_fork\nconnect Ann to sever\n```\n");
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"play", name}, {"lessons", "check", name}, {"lessons", "--answers", name}}) {
        const Outcome outcome = run(command);
        EXPECT_EQ(outcome.status, 1);
        EXPECT_NE(outcome.err.find(name + ":6: “strat” is not understood: did you mean “start”"), std::string::npos) << outcome.err;
        EXPECT_NE(outcome.err.find(name + ":7: nobody is called “sever”"), std::string::npos) << outcome.err;
    }
}

TEST_F(LessonFileTest, NothingInALessonActsOnTheTerminal) {
    // Sets the window's title, clears the screen, and ends in a byte that is no UTF-8.
    const std::string evil = "\x1b]0;owned\a\x1b[2J\x9b\xff";
    const auto is_clean = [](const std::string& printed) {
        return std::none_of(printed.begin(), printed.end(),
                            [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0xff || c == 0x9b; });
    };
    const std::string good = file("# T" + evil + "\n\n```lesson\nnetwork loopback\ntopics a" + evil + "\n```\n\nText" + evil + "\n\n## S" +
                                  evil + "\n\n```question\nq" + evil + "\n\n- [ ] a" + evil + "\n- [x] b" + evil + "\n\nr" + evil +
                                  "\n```\n\n```do\nstart echo_iterative\nconnect Ann to server\nAnn says \"" + evil +
                                  "\"\n```\n\n```expect within 100 ms\nAnn printed \"" + evil + "!\"\n```\n");
    for (const std::vector<std::string>& command : {std::vector<std::string>{"play", good}, {"lessons", "--answers", good}}) {
        const Outcome outcome = run(command);
        EXPECT_NE((outcome.out + outcome.err).find("\\x1b]0;owned\\x07\\x1b[2J\\x9b\\xff"), std::string::npos)
            << outcome.out << outcome.err;
        EXPECT_TRUE(is_clean(outcome.out)) << outcome.out;
        EXPECT_TRUE(is_clean(outcome.err)) << outcome.err;
    }
    const std::string bad = file("# T\n\n## S\n\n```do\nstart " + evil + "\n```\n\n```" + evil + "\n```\n");
    const Outcome outcome = run({"lessons", "check", bad});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("\\x1b[2J"), std::string::npos) << outcome.err;
    EXPECT_TRUE(is_clean(outcome.err)) << outcome.err;
}

TEST(Lessons, CheckIsSilentWhereNothingIsWrong) {
    const Outcome outcome = run({"lessons", "check", lessons + "second-client.md", lessons + "one-server.md"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out + outcome.err, "");
}

TEST(Lessons, AreListedAndFoundByNumber) {
    const Outcome listed = run({"lessons"});
    EXPECT_EQ(listed.status, 0) << listed.err;
    EXPECT_NE(listed.out.find("  1  "), std::string::npos) << listed.out;
    const Outcome sheet = run({"lessons", "--answers", "1"});
    EXPECT_EQ(sheet.status, 0) << sheet.err;
    EXPECT_NE(sheet.out.find("- [x] "), std::string::npos) << sheet.out;
}

TEST(Lessons, WrongUsageIsExitStatus2) {
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"lessons", "chekc"}, {"lessons", "check"}, {"play"}, {"play", "/dev/null", "--wrong"}}) {
        const Outcome outcome = run(command);
        EXPECT_EQ(outcome.status, 2) << command.back();
        EXPECT_EQ(outcome.err.find("synoptic: "), 0u) << outcome.err;
    }
}

TEST(Lessons, ALessonThatIsNotThereIsSaid) {
    EXPECT_EQ(run({"play", "/no/such/lesson.md"}).status, 1);
    const Outcome outcome = run({"lessons", "--answers", "no-such-lesson"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("there is no lesson “no-such-lesson”"), std::string::npos) << outcome.err;
}

TEST(Lessons, WhatIsNoFileIsMeantAsALessonsNumberOrName) {
    const auto said = [](const std::vector<std::string>& command) {
        const Outcome outcome = run(command);
        EXPECT_EQ(outcome.status, 1) << command.back();
        return outcome.err;
    };
    EXPECT_NE(said({"play", "99"}).find("there is no lesson “99”; synoptic lessons lists them"), std::string::npos);
    EXPECT_NE(said({"play", "server"}).find("“server” may be several lessons: 01-what-is-a-server"), std::string::npos);
    EXPECT_NE(said({"lessons", "check", "99"}).find("there is no lesson “99”"), std::string::npos);
    EXPECT_EQ(run({"lessons", "check", "16", "second-client"}).status, 0);
    EXPECT_NE(said({"play", "/dev/null"}).find("the name of a lesson's file ends in .md"), std::string::npos);
}

TEST(Lessons, WhereNoneAreInstalledAFolderCanBeNamed) {
    setenv("SYNOPTIC_LESSONS", "/no/such/folder", 1);
    const Outcome played = run({"play", "16"});
    unsetenv("SYNOPTIC_LESSONS");
    EXPECT_EQ(played.status, 1);
    EXPECT_NE(played.err.find("SYNOPTIC_LESSONS can name a folder"), std::string::npos) << played.err;
}

}  // namespace
}  // namespace synoptic
