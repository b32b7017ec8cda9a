// Progress: kept, read again, shared by two windows, and not lost where its file is broken.
#include "core/lesson/progress.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace synoptic {
namespace {

class ProgressTest : public testing::Test {
   protected:
    void SetUp() override { std::filesystem::remove_all(folder); }
    void TearDown() override { std::filesystem::remove_all(folder); }
    const std::string folder = testing::TempDir() + "progress-" + std::to_string(getpid());
    const std::string path = folder + "/below/lessons.json";
};

LessonProgress some() {
    LessonProgress progress;
    progress.step = 2;
    progress.reached = 3;
    progress.steps = 4;
    progress.answers[1] = {"in \"recv\"\n", true, false};
    progress.answers[2] = {"", false, true};
    progress.last_at = 1'700'000'000;
    return progress;
}

TEST_F(ProgressTest, IsThereAfterARestart) {
    Progress progress = Progress::open(path);
    EXPECT_EQ(progress.trouble(), "");
    EXPECT_EQ(progress.of("01"), LessonProgress{});
    const Status kept = progress.keep("01", some());
    ASSERT_TRUE(kept) << kept.error().text();
    const Progress again = Progress::open(path);
    EXPECT_EQ(again.of("01"), some());
    EXPECT_EQ(again.all().size(), 1u);
}

TEST_F(ProgressTest, TwoWindowsKeepEachOthersLessons) {
    Progress one = Progress::open(path), two = Progress::open(path);
    ASSERT_TRUE(one.keep("01", some()));
    ASSERT_TRUE(two.keep("02", some()));
    const Progress again = Progress::open(path);
    EXPECT_EQ(again.of("01"), some());
    EXPECT_EQ(again.of("02"), some());
    EXPECT_EQ(two.of("01"), some());
}

TEST_F(ProgressTest, ABrokenFileIsSetAside) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    for (const char* text :
         {"{", "[]", "{\"version\":2}", "{\"version\":1}", "{\"version\":1,\"lessons\":{\"01\":{\"answers\":{\"x\":{}}}}}",
          "{\"version\":1,\"lessons\":{\"01\":5}}", "{\"version\":1,\"lessons\":{\"01\":{\"step\":-1}}}",
          "{\"version\":1,\"lessons\":{\"01\":{\"reached\":18446744073709551615}}}",
          "{\"version\":1,\"lessons\":{\"01\":{\"answers\":{\"2nd\":{}}}}}",
          "{\"version\":1,\"lessons\":{\"01\":{\"answers\":{\"0\":{}}}}}"}) {
        std::ofstream(path) << text;
        Progress progress = Progress::open(path);
        EXPECT_NE(progress.trouble().find("was set aside as " + path + ".bad"), std::string::npos) << text << progress.trouble();
        EXPECT_TRUE(progress.all().empty()) << text;
        EXPECT_TRUE(std::filesystem::exists(path + ".bad"));
        EXPECT_TRUE(progress.keep("01", some()));
        EXPECT_EQ(Progress::open(path).of("01"), some());
    }
}

TEST_F(ProgressTest, AFileThatIsBrokenByNowIsSetAside) {
    Progress progress = Progress::open(path);
    ASSERT_TRUE(progress.keep("01", some()));
    std::ofstream(path) << "{ not what it was";
    ASSERT_TRUE(progress.keep("02", some()));
    EXPECT_NE(progress.trouble().find("was set aside as " + path + ".bad"), std::string::npos) << progress.trouble();
    std::string kept;
    std::getline(std::ifstream(path + ".bad") >> std::ws, kept);
    EXPECT_EQ(kept, "{ not what it was");
    EXPECT_EQ(Progress::open(path).all().size(), 2u) << "what this window knows is in the new one";
}

TEST_F(ProgressTest, WhatCannotBeSetAsideIsNotOverwritten) {
    Progress progress = Progress::open(path);
    ASSERT_TRUE(progress.keep("01", some()));
    std::ofstream(path) << "{ not what it was";
    std::filesystem::create_directories(path + ".bad/in the way");
    const Status kept = progress.keep("02", some());
    ASSERT_FALSE(kept);
    EXPECT_NE(kept.error().text().find("can't be set aside either"), std::string::npos) << kept.error().text();
    std::string there;
    std::getline(std::ifstream(path), there);
    EXPECT_EQ(there, "{ not what it was");
}

TEST_F(ProgressTest, TwoWindowsAtOnceLoseNothing) {
    constexpr int rounds = 40;
    const auto play = [&](const std::string& window) {
        Progress progress = Progress::open(path);
        for (int round = 0; round < rounds; ++round) EXPECT_TRUE(progress.keep(window + std::to_string(round), some()));
    };
    std::thread other(play, "other");
    play("this");
    other.join();
    EXPECT_EQ(Progress::open(path).all().size(), 2u * rounds);
}

TEST_F(ProgressTest, InOneLessonTheFirstAnswersStay) {
    Progress one = Progress::open(path), two = Progress::open(path);
    LessonProgress firsts = some(), seconds = some();
    firsts.answers = {{1, {"first", true, false}}};
    firsts.finished = true;
    seconds.answers = {{1, {"second", false, false}}, {2, {"second", false, false}}};
    seconds.reached = 1;
    ASSERT_TRUE(one.keep("01", firsts));
    ASSERT_TRUE(two.keep("01", seconds));
    const LessonProgress both = Progress::open(path).of("01");
    EXPECT_EQ(both.answers.at(1).answer, "first");
    EXPECT_EQ(both.answers.at(2).answer, "second");
    EXPECT_EQ(both.reached, firsts.reached) << "what was reached stays reached";
    EXPECT_TRUE(both.finished);
}

TEST_F(ProgressTest, SaysWhyItCannotBeKept) {
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/below") << "a file where a folder should be";
    Progress progress = Progress::open(path);
    const Status kept = progress.keep("01", some());
    ASSERT_FALSE(kept);
    EXPECT_NE(kept.error().text().find(path), std::string::npos) << kept.error().text();
    EXPECT_EQ(progress.of("01"), some()) << "for this session it is known all the same";
}

TEST_F(ProgressTest, WithoutAPlaceNothingIsKept) {
    Progress progress = Progress::open("");
    EXPECT_TRUE(progress.keep("01", some()));
    EXPECT_EQ(progress.of("01"), some());
}

}  // namespace
}  // namespace synoptic
