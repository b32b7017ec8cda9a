// A file that takes another's place once it is whole, and not before.
#include "core/base/replacement_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

namespace fs = std::filesystem;

class ReplacementFileTest : public testing::Test {
   protected:
    std::string content() const {
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
    std::size_t files() const { return temporary.files(); }

    TemporaryFolder temporary;
    const fs::path folder = temporary.path(), path = folder / "file";
};

TEST_F(ReplacementFileTest, IsThereOnceItIsFinished) {
    std::ofstream(path) << "old";
    Result<ReplacementFile> file = ReplacementFile::begin(path);
    ASSERT_TRUE(file) << file.error().text();
    const std::string large(1u << 20, 'x');
    ASSERT_TRUE(file->write(large));
    ASSERT_TRUE(file->write("end"));
    EXPECT_EQ(content(), "old");
    ASSERT_TRUE(file->finish());
    EXPECT_EQ(content(), large + "end");
    EXPECT_EQ(files(), 1u);
}

TEST_F(ReplacementFileTest, LeavesNothingIfItIsNotFinished) {
    {
        Result<ReplacementFile> file = ReplacementFile::begin(path);
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write(std::string(1u << 20, 'x')));
        EXPECT_EQ(files(), 1u) << "the part";
    }
    EXPECT_EQ(files(), 0u);
}

TEST_F(ReplacementFileTest, WritesIntoWhatIsNoFile) {
    Result<ReplacementFile> file = ReplacementFile::begin("/dev/null");
    ASSERT_TRUE(file) << file.error().text();
    ASSERT_TRUE(file->write("gone"));
    ASSERT_TRUE(file->finish());
    EXPECT_TRUE(fs::is_character_file("/dev/null")) << "it was not replaced";
    Result<ReplacementFile> full = ReplacementFile::begin("/dev/full");
    ASSERT_TRUE(full);
    ASSERT_TRUE(full->write("x"));
    const Status finished = full->finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().err, ENOSPC);
    EXPECT_NE(finished.error().text().find("/dev/full"), std::string::npos) << finished.error().text();
}

}  // namespace
}  // namespace synoptic
