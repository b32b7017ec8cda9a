// Recordings on the command line: serve --record, play, export, and what is said of files that are none.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "command_under_test.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class Recorded : public testing::Test {
   protected:
    /** A session of one exchange, recorded; what serve printed behind its first line. */
    std::string record() {
        ServeUnderTest server({"--record", path});
        EXPECT_EQ(exchange("127.0.0.1", server.port(), "hello\n"), "hello\n");
        server.send_signal(SIGTERM);
        const Outcome outcome = server.finish();
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        EXPECT_EQ(outcome.err, "");
        return outcome.out;
    }
    /** The program fails with this status, and says one line that holds all of `says`. */
    static void expect_failure(const std::vector<std::string>& arguments, int status, const std::vector<std::string>& says) {
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.status, status) << arguments.front();
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
        for (const std::string& words : says) EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.err;
    }

    TemporaryFolder temporary;
    const std::string folder = temporary.path(), path = folder + "/echo.synoptic";
};

TEST_F(Recorded, IsPlayedAsItWasServed) {
    const std::string printed = record();
    ASSERT_NE(printed.find("recv("), std::string::npos) << printed;
    const Outcome played = run({"play", path});
    EXPECT_EQ(played.status, 0);
    EXPECT_EQ(played.err, "");
    EXPECT_EQ(played.out, printed);
    EXPECT_EQ(run({"export", path, folder + "/echo.TXT"}).status, 0);
    EXPECT_EQ(contents(folder + "/echo.TXT"), printed);
}

TEST_F(Recorded, OneThatWasCutOffIsPlayedUpToThere) {
    record();
    const std::string whole = run({"play", path}).out;
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
    const Outcome played = run({"play", path});
    EXPECT_EQ(played.status, 0);
    EXPECT_NE(played.err.find(path + ": this recording was cut off"), std::string::npos) << played.err;
    EXPECT_EQ(played.out, whole) << "only its last section is missing, which holds no events";
    const Outcome exported = run({"export", path, folder + "/echo.json"});
    EXPECT_EQ(exported.status, 0);
    EXPECT_NE(exported.err.find("cut off"), std::string::npos);
}

TEST_F(Recorded, IsExportedByTheNamesEnding) {
    record();
    const Outcome json = run({"export", path, folder + "/echo.json"});
    EXPECT_EQ(json.status, 0) << json.err;
    const nlohmann::json trace = nlohmann::json::parse(contents(folder + "/echo.json"), nullptr, false);
    EXPECT_TRUE(trace.is_object() && trace.contains("traceEvents"));
    // It was recorded on loopback, where nobody has captured segments.
    expect_failure({"export", path, folder + "/echo.pcapng"}, 1, {folder + "/echo.pcapng was not written", "no segments"});
    EXPECT_FALSE(std::filesystem::exists(folder + "/echo.pcapng"));
}

/** The width and height that a PNG file says it has, after its signature and the header chunk's length and name. */
std::pair<unsigned, unsigned> png_size(const std::string& png) {
    const auto number = [&](std::size_t at) {
        unsigned value = 0;
        for (std::size_t byte = at; byte < at + 4; ++byte) value = value << 8 | static_cast<unsigned char>(png.at(byte));
        return value;
    };
    return png.substr(0, 4) == "\x89PNG" && png.size() > 24 ? std::pair{number(16), number(20)} : std::pair{0u, 0u};
}

TEST_F(Recorded, PicturesAreDrawnWithoutADisplay) {
    record();
    const CommandSetup without_display{.in_process = [] {
        for (const char* variable : {"DISPLAY", "WAYLAND_DISPLAY"}) unsetenv(variable);
    }};
    const std::string whole = folder + "/whole.png", stage = folder + "/stage.png";
    CommandUnderTest command({"export", path, whole, "--size", "1000x700"}, without_display);
    const Outcome outcome = command.finish();
    if (outcome.status == 2) GTEST_SKIP() << "this program has no window: " << outcome.err;
    if (outcome.err.find("no picture can be drawn") != std::string::npos) GTEST_SKIP() << outcome.err;
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(png_size(contents(whole)), std::pair(1000u, 700u));
    CommandUnderTest of_panel({"export", path, stage, "--size", "1000x700", "--panel", "stage"}, without_display);
    EXPECT_EQ(of_panel.finish().status, 0);
    const auto [width, height] = png_size(contents(stage));
    EXPECT_EQ(width, 1000u);
    EXPECT_GT(height, 400u);
    EXPECT_LT(height, 700u) << "without toolbar and strip";
    const std::string begin = folder + "/begin.png";
    CommandUnderTest of_begin({"export", path, begin, "--size", "1000x700", "--at", "0"}, without_display);
    EXPECT_EQ(of_begin.finish().status, 0);
    EXPECT_EQ(png_size(contents(begin)), std::pair(1000u, 700u));
    EXPECT_TRUE(contents(begin) != contents(whole)) << "nothing has happened yet";
    CommandUnderTest beyond({"export", path, folder + "/no.png", "--at", "9,999,999"}, without_display);
    const Outcome too_far = beyond.finish();
    EXPECT_EQ(too_far.status, 2);
    EXPECT_NE(too_far.err.find("--at \"9,999,999\": the events of " + path + " are numbered from 0 to "), std::string::npos) << too_far.err;
    CommandUnderTest unknown({"export", path, folder + "/no.png", "--panel", "no-such"}, without_display);
    const Outcome refused = unknown.finish();
    EXPECT_EQ(refused.status, 2);
    EXPECT_NE(refused.err.find("stage, calls, ladder"), std::string::npos) << refused.err;
    EXPECT_FALSE(std::filesystem::exists(folder + "/no.png"));
}

TEST_F(Recorded, WhatCannotBeExportedIsSaid) {
    record();
    const std::string before = contents(path);
    expect_failure({"export", path, folder + "/echo.pdf"}, 2, {"echo.pdf", ".txt, .json, .pcapng"});
    expect_failure({"export", path, folder + "/echo"}, 2, {".txt, .json, .pcapng"});
    expect_failure({"export", path}, 2, {"file is required"});
    expect_failure({"export"}, 2, {"required"});
    expect_failure({"export", path, folder + "/echo.txt", "--panel", "stage"}, 2, {"--panel"});
    expect_failure({"export", path, folder + "/echo.txt", "--at", "3"}, 2, {"--at"});
    expect_failure({"export", path, folder + "/no/echo.txt"}, 1, {folder + "/no/echo.txt", "No such file"});
    expect_failure({"export", folder + "/none.synoptic", folder + "/echo.json"}, 1, {"none.synoptic", "No such file"});
    EXPECT_FALSE(std::filesystem::exists(folder + "/echo.json"));
    EXPECT_EQ(contents(path), before);
}

TEST_F(Recorded, AFileThatIsNoRecordingIsNamed) {
    const std::string other = folder + "/other";
    std::ofstream(other) << "something else\n";
    expect_failure({"play", other}, 1, {other, "not a recording"});
    expect_failure({"export", other, folder + "/x.txt"}, 1, {other, "not a recording"});
    expect_failure({"play", folder}, 1, {folder, "directory"});
    expect_failure({"play", folder + "/none"}, 1, {folder + "/none", "No such file"});
    expect_failure({"play"}, 2, {"lesson is required"});
    expect_failure({"play", other, other}, 2, {other});
    expect_failure({folder + "/none"}, 2, {"is no subcommand", "there is no such file"});
    std::ofstream(other) << "SYNOPTIC\x7f" << std::string(40, '\0');
    expect_failure({"play", other}, 1, {other, "newer"});
}

TEST_F(Recorded, ANameDoesNotActOnTheTerminal) {
    expect_failure({"play", folder + "/\x1b[2J"}, 1, {folder + "/\\x1b[2J"});
}

TEST_F(Recorded, AWindowOfAFileThatIsNoRecordingIsNotOpened) {
    const std::string other = folder + "/other";
    std::ofstream(other) << "something else\n";
    CommandUnderTest command({other});
    const Outcome outcome = command.finish();
    if (outcome.err.find("has no window") != std::string::npos) GTEST_SKIP() << outcome.err;
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find(other + ": this is not a recording"), std::string::npos) << outcome.err;
}

TEST_F(Recorded, APlaceThatCannotBeWrittenIsToldBeforeTheSession) {
    expect_failure({"serve", "echo", "--port", "0", "--record", folder + "/no/echo.synoptic"}, 1,
                   {folder + "/no/echo.synoptic", "No such file"});
}

TEST_F(Recorded, AnEarlierRecordingStaysIfTheNewOneCannotBeSaved) {
    record();
    const std::string before = contents(path);
    ServeUnderTest server({"--record", path});
    std::filesystem::rename(folder, folder + ".away");
    server.send_signal(SIGTERM);
    const Outcome outcome = server.finish();
    std::filesystem::rename(folder + ".away", folder);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find(path), std::string::npos) << outcome.err;
    EXPECT_EQ(contents(path), before);
}

}  // namespace
}  // namespace synoptic
