// Files that the user saves go where the desktop keeps documents, under a name that nobody has.
#include "gui/save_place.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

namespace fs = std::filesystem;

class SavePlace : public testing::Test {
   protected:
    SavePlace() { fs::create_directories(home + "/.config"); }
    void user_dirs(const std::string& text) { std::ofstream(home + "/.config/user-dirs.dirs") << text; }

    TemporaryFolder temporary;
    const std::string home = temporary.path();
};

TEST_F(SavePlace, IsTheDesktopsFolderForDocuments) {
    user_dirs("# written by xdg-user-dirs-update\nXDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\nXDG_DOCUMENTS_DIR=\"$HOME/Dokumente\"\n");
    EXPECT_EQ(documents_folder("", home), home) << "neither is there";
    fs::create_directory(home + "/Downloads");
    EXPECT_EQ(documents_folder("", home), home + "/Downloads");
    fs::create_directory(home + "/Dokumente");
    EXPECT_EQ(documents_folder("", home), home + "/Dokumente");
    EXPECT_EQ(documents_folder("relative", home), home + "/Dokumente") << "a relative XDG_CONFIG_HOME is none";
    EXPECT_EQ(documents_folder(home + "/elsewhere", home), home) << "no such file there";
}

TEST_F(SavePlace, IsHomeWhereTheDesktopHasNoOther) {
    EXPECT_EQ(documents_folder("", home), home);
    user_dirs("XDG_DOCUMENTS_DIR=\"$HOME/\"\nXDG_DOWNLOAD_DIR=nonsense\n=\"\nXDG_DOWNLOAD_DIR=\"\n");
    EXPECT_EQ(documents_folder("", home), home);
    EXPECT_EQ(documents_folder("", ""), "") << "without a home there is no place that could be guessed";
}

TEST_F(SavePlace, NoFileIsWrittenOver) {
    EXPECT_EQ(unused_path(home, "synoptic", ".pcapng"), home + "/synoptic.pcapng");
    std::ofstream(home + "/synoptic.pcapng") << "x";
    EXPECT_EQ(unused_path(home, "synoptic", ".pcapng"), home + "/synoptic-2.pcapng");
    std::ofstream(home + "/synoptic-2.pcapng") << "x";
    EXPECT_EQ(unused_path(home, "synoptic", ".pcapng"), home + "/synoptic-3.pcapng");
}

}  // namespace
}  // namespace synoptic
