// Where a program finds its helper: beside it as it is built, in libexec as it is installed.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/helper/helper.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

namespace fs = std::filesystem;

class HelperPath : public testing::Test {
   protected:
    fs::path file(const fs::path& path) {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << "x";
        return root_ / path;
    }
    TemporaryFolder folder_;
    const fs::path root_ = folder_.path();
};

TEST_F(HelperPath, BesideTheProgramAsItIsBuilt) {
    const fs::path built = file("build/synoptic-helper");
    file("libexec/synoptic/synoptic-helper");
    EXPECT_EQ(helper_beside(root_ / "build/synoptic"), built.string());
}

TEST_F(HelperPath, InLibexecAsItIsInstalled) {
    const fs::path installed = file("usr/libexec/synoptic/synoptic-helper");
    EXPECT_EQ(helper_beside(root_ / "usr/bin/synoptic"), installed.string());
}

TEST_F(HelperPath, BesideTheProgramIsWhatATroubleNames) {
    EXPECT_EQ(helper_beside(root_ / "usr/bin/synoptic"), (root_ / "usr/bin/synoptic-helper").string());
}

}  // namespace
}  // namespace synoptic
