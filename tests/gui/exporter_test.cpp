// Saving segments beside the window: it says when it is done, and what went wrong.
#include "gui/exporter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "core/session/capture.h"
#include "tests/gui/wire_history.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

class ExporterTest : public testing::Test {
   protected:
    void SetUp() override {
        for (std::uint32_t at = 0; at < 100; ++at) wire.carried({.seq = at});
    }
    /** What writes the wire's segments to `path`. */
    Exporter::Work capture_to(const std::string& path) {
        return [this, path](const std::function<bool(double)>& progress) {
            return export_capture(wire.history, wire.history.size(), path, 0, progress);
        };
    }
    Status outcome() {
        std::optional<Status> told;
        while (!told) told = exporter.take_outcome();
        return *told;
    }

    TemporaryFolder temporary;
    const std::filesystem::path folder = temporary.path();
    test::WireHistory wire;
    Exporter exporter;
};

TEST_F(ExporterTest, AFileIsThereWhenItIsDone) {
    const std::string path = folder / "wire.pcapng";
    ASSERT_TRUE(exporter.start(path, capture_to(path)));
    EXPECT_FALSE(exporter.start(path, capture_to(path))) << "one at a time";
    EXPECT_TRUE(outcome());
    EXPECT_GT(std::filesystem::file_size(path), 1000u);
    EXPECT_FALSE(exporter.works());
    EXPECT_FALSE(exporter.take_outcome()) << "it is said once";
    EXPECT_TRUE(exporter.start(path, capture_to(path))) << "and another can follow";
    EXPECT_TRUE(outcome());
}

TEST_F(ExporterTest, WhatWentWrongIsSaid) {
    ASSERT_TRUE(exporter.start("/no/such/folder/wire.pcapng", capture_to("/no/such/folder/wire.pcapng")));
    const Status failed = outcome();
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().text().find("/no/such/folder"), std::string::npos) << failed.error().text();
}

TEST_F(ExporterTest, CanBeCancelledAndThenUsedAgain) {
    const std::string path = folder / "wire.pcapng";
    std::atomic<bool> began{false};
    ASSERT_TRUE(exporter.start(path, [&](const std::function<bool(double)>& progress) -> Status {
        while (progress(0.5)) began.store(true);
        return Error{"", ECANCELED, path};
    }));
    while (!began.load()) std::this_thread::yield();
    EXPECT_EQ(exporter.percent(), 50);
    exporter.cancel();
    const Status ended = outcome();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().err, ECANCELED);
    ASSERT_TRUE(exporter.start(path, capture_to(path)));
    EXPECT_TRUE(outcome());
}

}  // namespace
}  // namespace synoptic
