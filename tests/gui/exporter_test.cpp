// Saving segments beside the window: it says when it is done, and what went wrong.
#include "gui/exporter.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/gui/wire_history.h"

namespace synoptic {
namespace {

class ExporterTest : public testing::Test {
   protected:
    void SetUp() override {
        char name[] = "/tmp/synoptic_exporter_XXXXXX";
        folder = mkdtemp(name);
        for (std::uint32_t at = 0; at < 100; ++at) wire.carried({.seq = at});
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    Status outcome() {
        std::optional<Status> told;
        while (!told) told = exporter.take_outcome();
        return *told;
    }

    std::filesystem::path folder;
    test::WireHistory wire;
    Exporter exporter;
};

TEST_F(ExporterTest, AFileIsThereWhenItIsDone) {
    const std::string path = folder / "wire.pcapng";
    ASSERT_TRUE(exporter.start(wire.history, wire.history.size(), path, 0));
    EXPECT_FALSE(exporter.start(wire.history, wire.history.size(), path, 0)) << "one at a time";
    EXPECT_TRUE(outcome());
    EXPECT_GT(std::filesystem::file_size(path), 1000u);
    EXPECT_FALSE(exporter.works());
    EXPECT_FALSE(exporter.take_outcome()) << "it is said once";
    EXPECT_TRUE(exporter.start(wire.history, wire.history.size(), path, 0)) << "and another can follow";
    EXPECT_TRUE(outcome());
}

TEST_F(ExporterTest, WhatWentWrongIsSaid) {
    ASSERT_TRUE(exporter.start(wire.history, wire.history.size(), "/no/such/folder/wire.pcapng", 0));
    const Status failed = outcome();
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().text().find("/no/such/folder"), std::string::npos) << failed.error().text();
}

}  // namespace
}  // namespace synoptic
