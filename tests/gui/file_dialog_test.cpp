// What is saved where, and what is asked before.
#include "gui/file_dialog.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "gui/app_state.h"
#include "tests/model/story.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

class FileDialogTest : public testing::Test {
   protected:
    std::string file(const std::string& name, const std::string& text) const {
        const std::string path = temporary.path() + "/" + name;
        std::ofstream(path) << text;
        return path;
    }
    static std::string contents(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void ask(FileTask task, const std::string& path) {
        ask_for_file(state, task);
        state.files.path = path;
        confirm_file(state);
    }

    TemporaryFolder temporary;
    EchoStory story;
    AppState state{story.history};
};

TEST_F(FileDialogTest, AskOnceBeforeAFileIsReplaced) {
    const std::string path = file("stage.png", "mine");
    ask(FileTask::save_panel, path);
    EXPECT_TRUE(asks_to_replace(state.files));
    EXPECT_STREQ(confirm_label(state.files), "Replace");
    EXPECT_EQ(state.picture, "");
    state.files.path = temporary.path() + "/other.png";
    EXPECT_FALSE(asks_to_replace(state.files)) << "another path";
    EXPECT_STREQ(confirm_label(state.files), "Save");
    state.files.path = path;
    confirm_file(state);
    EXPECT_EQ(state.picture, path);
    EXPECT_EQ(state.files.task, FileTask::none);
}

TEST_F(FileDialogTest, TheEndingThatIsAddedCounts) {
    const std::string picture = file("stage.png", "mine"), recording = file("story.synoptic", "mine");
    ask(FileTask::save_panel, temporary.path() + "/stage");
    EXPECT_EQ(state.files.replaces, picture);
    ask(FileTask::save_recording, temporary.path() + "/story");
    EXPECT_EQ(state.files.replaces, recording);
    EXPECT_FALSE(state.exporter.works());
    EXPECT_EQ(contents(recording), "mine");
}

TEST_F(FileDialogTest, AnExportAsksAndOpeningDoesNot) {
    const std::string text = file("story.txt", "mine");
    ask(FileTask::export_history, text);
    EXPECT_STREQ(confirm_label(state.files), "Replace");
    EXPECT_FALSE(state.exporter.works());
    ask_for_file(state, FileTask::open_recording);
    state.files.path = text;
    state.files.replaces = text;
    EXPECT_STREQ(confirm_label(state.files), "Open");
}

TEST_F(FileDialogTest, WhatIsWrongWithAPathIsSaidBeforeAnythingIsAsked) {
    ask(FileTask::save_panel, file("stage.pdf", "mine"));
    EXPECT_EQ(state.files.trouble, "A picture's name ends in .png.");
    EXPECT_FALSE(asks_to_replace(state.files));
    ask(FileTask::export_history, file("story.pdf", "mine"));
    EXPECT_EQ(state.files.trouble, "The name's ending says what is written: .txt, .json, .pcapng or .png.");
    ask(FileTask::open_recording, temporary.path() + "/none.synoptic");
    EXPECT_EQ(state.files.trouble, temporary.path() + "/none.synoptic is not there.");
    ask(FileTask::save_recording, "");
    EXPECT_EQ(state.files.trouble, "A file needs a name.");
    EXPECT_EQ(state.files.task, FileTask::save_recording) << "it stays open";
}

}  // namespace
}  // namespace synoptic
