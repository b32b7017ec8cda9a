// The player's folder: its own alone, gone with it, and after a kill with the next one.
#include "core/lesson/play_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

namespace fs = std::filesystem;

/** Below a folder of the test's own: others play lessons on this machine, too. */
class PlayFolderTest : public testing::Test {
   protected:
    void SetUp() override { setenv("TMPDIR", temporary.path().c_str(), 1); }
    void TearDown() override {
        if (before)
            setenv("TMPDIR", before->c_str(), 1);
        else
            unsetenv("TMPDIR");
    }

    static void put_file(const std::string& path) { std::ofstream(path) << "x"; }
    /** What a player leaves that is killed while it plays: its folder's path. */
    std::string left_by_a_killed_player() {
        int ends[2];
        if (pipe(ends) != 0) return {};
        const pid_t player = fork();
        if (player == 0) {
            const Result<PlayFolder> folder = PlayFolder::make();
            if (!folder) _exit(1);
            put_file(folder->path() + "/database.txt");
            const std::string& path = folder->path();
            if (write(ends[1], path.data(), path.size()) < 0) _exit(1);
            raise(SIGKILL);
        }
        close(ends[1]);
        char path[4096] = "";
        EXPECT_GT(read(ends[0], path, sizeof path - 1), 0);
        close(ends[0]);
        int status = 0;
        EXPECT_EQ(waitpid(player, &status, 0), player);
        EXPECT_TRUE(WIFSIGNALED(status));
        EXPECT_TRUE(fs::exists(std::string(path) + "/database.txt"));
        return path;
    }

    const TemporaryFolder temporary;

   private:
    const std::optional<std::string> before =
        std::getenv("TMPDIR") ? std::optional<std::string>(std::getenv("TMPDIR")) : std::optional<std::string>();
};

TEST_F(PlayFolderTest, IsGoneWithItsPlayer) {
    std::string path;
    {
        const Result<PlayFolder> folder = PlayFolder::make();
        ASSERT_TRUE(folder) << folder.error().text();
        path = folder->path();
        struct stat status {};
        ASSERT_EQ(stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0700u) << "nobody else's business";
        put_file(path + "/x.txt");
        ASSERT_TRUE(empty_play_folder(path));
        EXPECT_FALSE(fs::exists(path + "/x.txt"));
        put_file(path + "/y.txt");
    }
    EXPECT_FALSE(fs::exists(path));
    EXPECT_EQ(temporary.files(), 0u);
}

TEST_F(PlayFolderTest, OfAKilledPlayerIsRemovedByTheNext) {
    const std::string left = left_by_a_killed_player();
    const Result<PlayFolder> folder = PlayFolder::make();
    ASSERT_TRUE(folder) << folder.error().text();
    EXPECT_FALSE(fs::exists(left));
    EXPECT_EQ(temporary.files(), 1u) << "the new one alone";
}

TEST_F(PlayFolderTest, OfALivingPlayerStaysWhoeverComes) {
    const Result<PlayFolder> living = PlayFolder::make();
    ASSERT_TRUE(living) << living.error().text();
    ASSERT_TRUE(empty_play_folder(living->path())) << "as at a lesson's beginning: the owner's lock stays";
    put_file(living->path() + "/database.txt");
    const Result<PlayFolder> other = PlayFolder::make();
    ASSERT_TRUE(other) << other.error().text();
    EXPECT_TRUE(fs::exists(living->path() + "/database.txt"));
}

TEST_F(PlayFolderTest, WhatIsNotOursStays) {
    // An owner's file is not enough: the name says whose folder it is, and no name leads elsewhere.
    const std::string other = temporary / "synoptic-lesson-notes-of-mine";
    fs::create_directory(other);
    put_file(other + "/.owner");
    put_file(other + "/z.txt");
    fs::create_directory_symlink(other, temporary / "synoptic-lesson-AAAAAA");
    const std::string without_owner = temporary / "synoptic-lesson-BBBBBB";
    fs::create_directory(without_owner);
    put_file(without_owner + "/z.txt");
    put_file(temporary / "synoptic-lesson-CCCCCC");
    // In a left one a folder stays, and what is in it.
    const std::string left = left_by_a_killed_player();
    fs::create_directory(left + "/below");
    put_file(left + "/below/z.txt");

    const Result<PlayFolder> folder = PlayFolder::make();
    ASSERT_TRUE(folder) << folder.error().text();
    EXPECT_TRUE(fs::exists(other + "/z.txt"));
    EXPECT_TRUE(fs::is_symlink(temporary / "synoptic-lesson-AAAAAA"));
    EXPECT_TRUE(fs::exists(without_owner + "/z.txt"));
    EXPECT_TRUE(fs::exists(temporary / "synoptic-lesson-CCCCCC"));
    EXPECT_TRUE(fs::exists(left + "/below/z.txt"));
    EXPECT_FALSE(fs::exists(left + "/database.txt"));
    EXPECT_FALSE(empty_play_folder(other));
    EXPECT_FALSE(empty_play_folder(temporary / "synoptic-lesson-AAAAAA"));
    EXPECT_TRUE(fs::exists(other + "/z.txt"));
}

TEST_F(PlayFolderTest, SaysWhyThereIsNone) {
    setenv("TMPDIR", "/no/such/folder", 1);
    const Result<PlayFolder> folder = PlayFolder::make();
    ASSERT_FALSE(folder);
    EXPECT_NE(folder.error().text().find("/no/such/folder/synoptic-lesson-"), std::string::npos) << folder.error().text();
}

}  // namespace
}  // namespace synoptic
