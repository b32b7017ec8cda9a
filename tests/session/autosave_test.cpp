// Autosave: what a session that was killed leaves, and what one leaves that ended as it should: nothing.
#include "core/session/autosave.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "core/session/recording.h"
#include "core/session/recording_format.h"
#include "session_fixture.h"
#include "tests/model/story.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

class AutosaveTest : public testing::Test {
   protected:
    /** To be told of what an Autosave has done. */
    std::function<void()> teller() {
        return [this] {
            const std::lock_guard lock(mutex);
            ++saves;
            saved.notify_all();
        };
    }
    /** Asks again after each write. */
    bool soon(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
        std::unique_lock lock(mutex);
        for (;;) {
            const int asked = saves;
            lock.unlock();
            if (condition()) return true;
            lock.lock();
            if (!saved.wait_until(lock, deadline, [&] { return saves != asked; })) return false;
        }
    }
    /** How many events can be read of the folder's only file; 0 if there is none. */
    EventIndex events_kept() const {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
            const Result<Recording> read = load_recording(entry.path().string());
            return read ? read->history->size() : 0;
        }
        return 0;
    }
    std::size_t files() const {
        std::error_code error;
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder, error)) ++count;
        return count;
    }

    TemporaryFolder parent;
    const std::string folder = parent / "state";
    std::mutex mutex;
    std::condition_variable saved;
    int saves = 0;  // under the mutex
};

/** A session of one echo, in a process of its own, which tells how many events there were once they are written, and then goes on until it is killed. */
[[noreturn]] void run_until_killed(const std::string& folder, int told_fd) {
    std::atomic<Autosave*> autosave{nullptr};
    std::atomic<int> saves{0};
    SessionSetup setup;
    setup.on_append = [&] {
        if (Autosave* told = autosave.load()) told->told();
    };
    Result<std::unique_ptr<Session>> session = Session::start(std::move(setup));
    if (!session) _exit(1);
    const History& history = (*session)->history();
    Autosave kept(history, folder, [&] {
        ++saves;
        saves.notify_all();
    });
    autosave.store(&kept);
    (*session)->submit(StartServer{.program = "echo_fork", .place = Place::own_process, .address = "127.0.0.1", .port = "0"});
    std::string port;
    const bool listens = (*session)->wait_for(
        [&](const World& world) {
            for (const auto& [id, socket] : world.sockets) {
                if (socket.state == Socket::State::listening) port = std::to_string(socket.local.port());
            }
            return !port.empty();
        },
        patience_ms);
    (*session)->submit(AddClients{.program = "echo_client", .host = "127.0.0.1", .port = port, .count = 1});
    const bool connected =
        listens && (*session)->wait_for(
                       [](const World& world) {
                           return !world.connections.empty() && world.connections.begin()->second.state == Connection::State::accepted;
                       },
                       patience_ms);
    const EventIndex size = connected ? history.size() : 0;
    const auto has_all = [&] {
        const Result<Recording> read = load_recording(kept.path());
        return read && read->history->size() >= size;
    };
    for (int seen = saves; !has_all(); seen = saves) saves.wait(seen);
    if (write(told_fd, &size, sizeof size) != sizeof size) _exit(1);
    for (;;) pause();
}

TEST_F(AutosaveTest, ASessionThatWasKilledIsThereUpToItsLastSecond) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) run_until_killed(folder, ends[1]);
    close(ends[1]);
    EventIndex size = 0;
    ASSERT_EQ(read(ends[0], &size, sizeof size), static_cast<ssize_t>(sizeof size));
    close(ends[0]);
    ASSERT_GT(size, 0u) << "the session did not come so far";
    EXPECT_GE(events_kept(), size);
    EXPECT_TRUE(left_recordings(folder).empty()) << "its owner lives";

    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const std::vector<LeftRecording> left = left_recordings(folder);
    ASSERT_EQ(left.size(), 1u);
    const Result<Recording> read = load_recording(left[0].path);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->history->size(), left[0].events);
    EXPECT_GE(left[0].events, size);
    EXPECT_NE(read->remark.find("cut off"), std::string::npos) << read->remark;
    EXPECT_FALSE(read->notes.sources.at("core/programs/echo_fork.cpp").empty());
    EXPECT_EQ(read->history->at(size).connections.size(), 1u);
}

TEST_F(AutosaveTest, NothingIsLeftByASessionThatEndedAsItShould) {
    EchoStory story;
    {
        Autosave autosave(story.history, folder, teller());
        autosave.told();
        EXPECT_TRUE(soon([&] { return events_kept() == story.history.size(); }));
        EXPECT_NE(autosave.path(), "");
    }
    EXPECT_EQ(files(), 0u);
}

TEST_F(AutosaveTest, NothingIsWrittenBeforeAProgramWasStarted) {
    Story story;
    story.fact(EventKind::helper_state, {.a = 1, .b = 1});
    {
        Autosave autosave(story.history, folder, teller());
        autosave.told();
    }
    EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(AutosaveTest, ChunksTakeThePlaceOfThePiecesBeforeThem) {
    EchoStory story;
    story.connect_and_accept();
    Autosave autosave(story.history, folder, teller());
    for (const EventIndex size : {100u, 1500u, 2048u, 2500u, 7000u, 7001u}) {
        while (story.history.size() < size) story.fact(EventKind::note, {.payload = "event " + std::to_string(story.history.size())});
        autosave.told();
        ASSERT_TRUE(soon([&] { return events_kept() == size; })) << size;
    }
    const Result<Recording> read = load_recording(autosave.path());
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->history->payload(2049), "event 2049");
    EXPECT_EQ(read->history->latest(), story.history.latest());
}

TEST_F(AutosaveTest, WhereNothingCanBeWrittenIsSaidOnce) {
    std::ofstream(std::filesystem::path(folder).string()) << "a file in the folder's place";
    EchoStory story;
    Autosave autosave(story.history, folder, teller());
    autosave.told();
    std::optional<Error> trouble;
    ASSERT_TRUE(soon([&] { return (trouble = autosave.take_trouble()).has_value(); }));
    EXPECT_NE(trouble->text().find(folder), std::string::npos) << trouble->text();
    autosave.told();
    EXPECT_FALSE(autosave.take_trouble());
}

TEST_F(AutosaveTest, ADiskThatFillsIsSaidAndWhatFittedCanBeRead) {
    EchoStory story;
    Autosave autosave(story.history, folder, teller());
    autosave.told();
    const EventIndex before = story.history.size();
    ASSERT_TRUE(soon([&] { return events_kept() == before; }));
    // A limit for this process's files has the effect of a full disk: write(2) fails, here with EFBIG.
    signal(SIGXFSZ, SIG_IGN);
    rlimit was{};
    getrlimit(RLIMIT_FSIZE, &was);
    const rlimit full{std::filesystem::file_size(autosave.path()) + 10, was.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
    while (story.history.size() < 1000) story.fact(EventKind::note, {.payload = "more"});
    autosave.told();
    std::optional<Error> trouble;
    const bool said = soon([&] { return (trouble = autosave.take_trouble()).has_value(); });
    setrlimit(RLIMIT_FSIZE, &was);
    ASSERT_TRUE(said);
    EXPECT_EQ(trouble->err, EFBIG);
    EXPECT_EQ(events_kept(), before);
}

TEST_F(AutosaveTest, BookmarksAreKeptAsTheyWereSetLast) {
    EchoStory story;
    Autosave autosave(story.history, folder, teller());
    const auto kept = [&] {
        const Result<Recording> read = load_recording(autosave.path());
        return read ? read->notes.bookmarks : std::vector<Bookmark>();
    };
    const std::vector<Bookmark> two = {{3, "the client connects"}, {5, "and is accepted"}}, one = {two[1]};
    autosave.keep_bookmarks(two);  // nothing else tells that the history has grown
    ASSERT_TRUE(soon([&] { return kept() == two; }));
    autosave.keep_bookmarks(one);
    ASSERT_TRUE(soon([&] { return kept() == one; }));
    EXPECT_EQ(events_kept(), story.history.size()) << "sections behind the events are no events";
    autosave.keep_bookmarks({});
    EXPECT_TRUE(soon([&] { return kept().empty(); }));
}

/** Recordings that dead sessions left: "autosave-1-1.synoptic" is the newest, each other a minute older. */
void leave(const std::string& folder, int count) {
    EchoStory story;
    std::filesystem::create_directories(folder);
    for (int number = 1; number <= count; ++number) {
        const std::string path = folder + "/autosave-1-" + std::to_string(number) + ".synoptic";
        ASSERT_TRUE(save_recording(path, story.history, {}));
        std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(number));
    }
}

TEST_F(AutosaveTest, OnlyTheNewestThatWereLeftAreKept) {
    leave(folder, 4);
    std::ofstream(folder + "/autosave-9-9.synoptic") << "nothing in it";
    std::ofstream(folder + "/mine.synoptic") << "SYNOPTIC";
    EchoStory story;
    Autosave lives(story.history, folder, teller());
    lives.told();
    ASSERT_TRUE(soon([&] { return !lives.path().empty() && load_recording(lives.path()); }));
    std::filesystem::last_write_time(lives.path(), std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));

    EXPECT_EQ(remove_old_recordings(folder, 2), 2u);
    const std::vector<LeftRecording> left = left_recordings(folder);
    ASSERT_EQ(left.size(), 2u);
    EXPECT_EQ(left[0].path, folder + "/autosave-1-1.synoptic");
    EXPECT_EQ(left[1].path, folder + "/autosave-1-2.synoptic");
    EXPECT_EQ(left[0].size_bytes, std::filesystem::file_size(left[0].path));
    EXPECT_TRUE(std::filesystem::exists(lives.path())) << "its owner lives, old as it is";
    EXPECT_TRUE(std::filesystem::exists(folder + "/mine.synoptic"));
    EXPECT_FALSE(std::filesystem::exists(folder + "/autosave-9-9.synoptic"));
    EXPECT_EQ(remove_old_recordings(folder, 2), 0u);
}

TEST_F(AutosaveTest, WhatWasLeftTakesNoMoreRoomThanItMay) {
    leave(folder, 3);
    const std::uint64_t each = left_recordings(folder).front().size_bytes;
    EXPECT_EQ(remove_old_recordings(folder, 5, 3 * each), 0u);
    EXPECT_EQ(remove_old_recordings(folder, 5, 3 * each - 1), 1u);
    EXPECT_EQ(remove_old_recordings(folder, 5, 1), 1u) << "the newest stays, large as it is";
    ASSERT_EQ(left_recordings(folder).size(), 1u);
    EXPECT_EQ(left_recordings(folder).front().path, folder + "/autosave-1-1.synoptic");
}

TEST_F(AutosaveTest, WhatAnotherVersionLeftIsKeptForItAlthoughItsEventsAreNotKnown) {
    leave(folder, 1);
    const std::string other = folder + "/autosave-2-1.synoptic";
    {
        std::string head = RecordingSections::header();
        ++head[recording_magic.size()];
        std::ofstream(other) << head << "what that version writes";
    }
    std::filesystem::last_write_time(other, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(2));
    EXPECT_EQ(remove_old_recordings(folder, 2), 0u);
    std::vector<LeftRecording> left = left_recordings(folder);
    ASSERT_EQ(left.size(), 2u);
    EXPECT_FALSE(left[0].of_another_version);
    EXPECT_GT(left[0].events, 0u);
    EXPECT_EQ(left[1].path, other);
    EXPECT_TRUE(left[1].of_another_version);
    EXPECT_EQ(left[1].events, 0u);
    EXPECT_EQ(remove_old_recordings(folder, 1), 1u) << "they count as the others do";
    EXPECT_FALSE(std::filesystem::exists(other));
}

TEST_F(AutosaveTest, OtherFilesAreNotOffered) {
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/mine.synoptic") << "SYNOPTIC";
    std::ofstream(folder + "/autosave-1-1.synoptic") << "cut off before its first event";
    EXPECT_TRUE(left_recordings(folder).empty());
    EXPECT_TRUE(left_recordings(folder + "/none").empty());
}

}  // namespace
}  // namespace synoptic
