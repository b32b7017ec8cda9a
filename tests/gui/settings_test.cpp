// Settings: what is written is read again; what is broken is said, kept aside, and costs nothing else.
#include "gui/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

class SettingsFile : public testing::Test {
   protected:
    std::string path() const { return folder_ / "synoptic" / "settings.json"; }
    void write(const std::string& text) const {
        std::filesystem::create_directories(folder_ / "synoptic");
        std::ofstream(path()) << text;
    }
    TemporaryFolder temporary_;
    const std::filesystem::path folder_ = temporary_.path();
};

TEST_F(SettingsFile, ComesBackAsItWasLeft) {
    Settings left;
    left.width = 1234;
    left.dark = false;
    left.zoom_percent = 150;
    left.preset = Preset::code;
    left.layout = layout_of(Preset::code);
    left.layout.left_share = 0.4f;
    left.server.protocol = "message";
    left.server.workers = Workers::thread;
    left.server.variant = "spin";
    left.server.listen = Listen::loopback6;
    left.server.port = "7000";
    left.server.database = "/tmp/pairs.txt";
    left.server.max_clients = "5";
    left.server.line_bytes = "100";
    left.server.idle_seconds = "30";
    left.pace = 3;
    left.chatter = true;
    ASSERT_EQ(save_settings(path(), left), "");
    const LoadedSettings found = load_settings(path());
    EXPECT_EQ(found.trouble, "");
    EXPECT_EQ(settings_text(found.settings), settings_text(left));
    EXPECT_EQ(found.settings.server.workers, Workers::thread);
    EXPECT_EQ(found.settings.server.protocol, "message");
    EXPECT_EQ(found.settings.server.variant, "spin");
    EXPECT_EQ(found.settings.server.database, "/tmp/pairs.txt");
    EXPECT_EQ(found.settings.server.max_clients, "5");
    EXPECT_FALSE(found.settings.layout.shows(Pane::inspector));
}

TEST_F(SettingsFile, NoFileMeansDefaults) {
    const LoadedSettings found = load_settings(path());
    EXPECT_EQ(found.trouble, "");
    EXPECT_EQ(settings_text(found.settings), settings_text(Settings{}));
}

TEST_F(SettingsFile, ABrokenFileIsNamedWithItsLineAndKept) {
    write("{\n  \"theme\": \"light\",\n  \"zoom\": oops\n}\n");
    const LoadedSettings found = load_settings(path());
    EXPECT_NE(found.trouble.find(path() + ":3:"), std::string::npos) << found.trouble;
    EXPECT_TRUE(found.settings.dark) << "the defaults are used";
    EXPECT_FALSE(std::filesystem::exists(path()));
    EXPECT_TRUE(std::filesystem::exists(path() + ".bad"));
}

TEST_F(SettingsFile, WrongTypesAreSaid) {
    write("{\"zoom\": \"large\"}");
    EXPECT_NE(load_settings(path()).trouble, "");
    write("[1, 2]");
    EXPECT_NE(load_settings(path()).trouble, "");
}

TEST_F(SettingsFile, NonsenseIsBroughtWithinBounds) {
    write(
        R"({"window": {"width": -5, "height": 99999999}, "zoom": 133, "server": {"protocol": "chat", "variant": "spin"}, "pace": 50, "preset": "?", "unknown": 1,
             "panes": {"left": 7, "hidden": ["stage", "calls", "code", "inspector"]}})");
    const LoadedSettings found = load_settings(path());
    EXPECT_EQ(found.trouble, "");
    EXPECT_GE(found.settings.width, 480);
    EXPECT_LE(found.settings.height, 16384);
    EXPECT_EQ(found.settings.zoom_percent, 100);
    EXPECT_EQ(found.settings.server.protocol, "echo");
    EXPECT_EQ(found.settings.server.variant, "");
    EXPECT_LT(found.settings.pace, pace_count);
    EXPECT_LE(found.settings.layout.left_share, 0.9f);
    EXPECT_TRUE(found.settings.layout.shows(Pane::stage)) << "a window without any pane would be of no use";
}

TEST_F(SettingsFile, AFolderThatCanNotBeWrittenIsSaid) {
    std::ofstream(folder_ / "synoptic") << "a file where the folder should be";
    EXPECT_NE(save_settings(path(), Settings{}).find(path()), std::string::npos);
}

TEST(Zoom, GoesStepByStepAndStopsAtItsEnds) {
    EXPECT_EQ(next_zoom(100, true), 110);
    EXPECT_EQ(next_zoom(100, false), 90);
    EXPECT_EQ(next_zoom(250, true), 250);
    EXPECT_EQ(next_zoom(75, false), 75);
    EXPECT_EQ(next_zoom(105, true), 110);
}

}  // namespace
}  // namespace synoptic
