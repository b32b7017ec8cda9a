// Where a program finds its helper: beside it as it is built, in libexec as it is installed.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "core/helper/helper.h"

namespace synoptic {
namespace {

namespace fs = std::filesystem;

class HelperPath : public testing::Test {
   protected:
    void SetUp() override {
        char name[] = "/tmp/synoptic-helper-path-XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        root_ = name;
    }
    void TearDown() override { fs::remove_all(root_); }
    fs::path file(const fs::path& path) {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << "x";
        return root_ / path;
    }
    fs::path root_;
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
