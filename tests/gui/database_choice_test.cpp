// Where a key-value server's pairs are to be kept: what can't be used is said before it starts.
#include "gui/database_choice.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gui/server_choice.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

class DatabaseChoice : public testing::Test {
   protected:
    void SetUp() override {
        setenv("XDG_DATA_HOME", folder_.c_str(), 1);
        setenv("HOME", folder_.c_str(), 1);
    }
    ChosenServer chosen(const ServerChoice& choice) {
        LabState no_wire;
        no_wire.asked = true;
        return chosen_server(choice, no_wire);
    }
    TemporaryFolder temporary_;
    const std::string folder_ = temporary_.path();
};

TEST_F(DatabaseChoice, TheUsualFileIsAmongTheUsersData) {
    EXPECT_EQ(default_database(), folder_ + "/synoptic/database.txt");
    EXPECT_EQ(database_path(""), default_database());
    EXPECT_EQ(database_path("~/pairs.txt"), folder_ + "/pairs.txt");
    EXPECT_EQ(database_path("/tmp/pairs.txt"), "/tmp/pairs.txt");
    EXPECT_EQ(database_trouble(default_database()), "") << "its folder is made at the start";
    EXPECT_EQ(make_database_folder(default_database()), "");
    EXPECT_TRUE(std::filesystem::is_directory(folder_ + "/synoptic"));
    setenv("XDG_DATA_HOME", "relative", 1);
    EXPECT_EQ(default_database(), folder_ + "/.local/share/synoptic/database.txt");
    unsetenv("XDG_DATA_HOME");
    unsetenv("HOME");
    EXPECT_EQ(default_database(), "");
    EXPECT_NE(database_trouble(""), "");
}

TEST_F(DatabaseChoice, WhatCanNotBeUsedIsSaid) {
    EXPECT_NE(database_trouble("pairs.txt").find("pairs.txt: a path"), std::string::npos);
    EXPECT_NE(database_trouble(folder_).find("is a folder"), std::string::npos);
    EXPECT_NE(database_trouble(folder_ + "/none/pairs.txt").find("no folder " + folder_ + "/none"), std::string::npos);
    EXPECT_EQ(database_trouble(folder_ + "/pairs.txt"), "");
    if (geteuid() != 0) {  // root may write everywhere
        std::ofstream(folder_ + "/locked.txt") << "1 one\n";
        std::filesystem::permissions(folder_ + "/locked.txt", std::filesystem::perms::owner_read);
        EXPECT_NE(database_trouble(folder_ + "/locked.txt").find("Permission denied"), std::string::npos);
    }
    std::ofstream(folder_ + "/synoptic") << "a file where the folder should be\n";
    EXPECT_NE(make_database_folder(default_database()).find("can't be made"), std::string::npos);
    EXPECT_EQ(make_database_folder(folder_ + "/elsewhere/pairs.txt"), "") << "only the usual folder is made";
}

TEST_F(DatabaseChoice, LimitsAreNumbersWithinTheirBounds) {
    ServerLimits limits;
    EXPECT_EQ(read_limits("", "", "", limits), "");
    EXPECT_EQ(limits.clients, ServerLimits{}.clients);
    EXPECT_EQ(read_limits("2", "100", "5", limits), "");
    EXPECT_EQ(limits.clients, 2);
    EXPECT_EQ(limits.line_bytes, 100u);
    EXPECT_EQ(limits.idle_seconds, 5);
    for (const char* wrong : {"0", "-1", "many", "5 ", "99999999"}) {
        EXPECT_NE(read_limits(wrong, "", "", limits), "") << wrong;
        EXPECT_NE(read_limits("", wrong, "", limits), "") << wrong;
        EXPECT_NE(read_limits("", "", wrong, limits), "") << wrong;
    }
}

TEST_F(DatabaseChoice, AKeyValueServerIsToldItsFileAndItsLimits) {
    ServerChoice choice;
    choice.protocol = "kv";
    choice.max_clients = "7";
    ChosenServer server = chosen(choice);
    EXPECT_EQ(server.trouble, "");
    EXPECT_EQ(server.command.program, "kv_fork");
    EXPECT_EQ(server.command.port, "7777");
    EXPECT_EQ(server.command.database, default_database());
    EXPECT_EQ(server.command.limits.clients, 7);
    choice.database = folder_ + "/none/pairs.txt";
    EXPECT_NE(chosen(choice).trouble, "");
    choice.variant = "copies";
    EXPECT_EQ(chosen(choice).trouble, "") << "it has no file";
    EXPECT_EQ(chosen(choice).command.database, "");
    choice.line_bytes = "1";
    EXPECT_NE(chosen(choice).trouble, "");
    choice.protocol = "echo";
    choice.variant.clear();
    EXPECT_EQ(chosen(choice).trouble, "") << "what is typed for another protocol";
}

}  // namespace
}  // namespace synoptic
