// A disk that fails at each of its calls, and another program that changes the file at each moment between them: whoever is told OK finds the change, and what is not known is not told.
#include <signal.h>
#include <sys/stat.h>

#include <thread>

#include "core/trace/gate.h"
#include "scripted_disk.h"
#include "store_fixture.h"
#include "tests/trace/ring_reader.h"

namespace synoptic {
namespace {

bool is_directory(int fd) {
    struct stat there {};
    return fstat(fd, &there) == 0 && S_ISDIR(there.st_mode);
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator fds("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(fds), end(fds)));
}

class Interference : public StoreTest {
   protected:
    Interference() { use_disk(&disk); }
    void append_by_hand(const std::string& line) const { std::ofstream(path, std::ios::app) << line; }
    void replace_by_hand(const std::string& bytes) const {
        std::ofstream(path + ".edited") << bytes;
        std::filesystem::rename(path + ".edited", path);
    }
    /** What the index takes of /dev/shm, bytes. */
    std::int64_t shared_memory() const {
        struct stat lock {
        }, index{};
        if (stat((path + ".lock").c_str(), &lock) < 0) return -1;
        const std::string name = "/dev/shm/synoptic-store-" + std::to_string(lock.st_dev) + "-" + std::to_string(lock.st_ino);
        return stat(name.c_str(), &index) < 0 ? -1 : index.st_blocks * 512;
    }

    ScriptedDisk disk;
};

TEST_F(Interference, FileThatCanNotBeWrittenAnewIsUsedAsItIs) {
    const auto fsync_fails = [&] { disk.on_fsync = [](int fd) { return is_directory(fd) ? 0 : fails_with(EIO); }; };
    const auto rename_fails = [&] { disk.on_rename = [](const char*, const char*) { return fails_with(EIO); }; };
    const std::function<void()> failures[] = {fsync_fails, rename_fails};
    for (const auto& fail : failures) {
        write_file("2 b\n1 a\n");
        disk = ScriptedDisk();
        fail();
        {
            const auto store = open();
            ASSERT_TRUE(store);
            EXPECT_NE(store->remark().find("it stays as it is, not in order"), std::string::npos) << store->remark();
            EXPECT_EQ(store->get(1).text, "a");
            EXPECT_EQ(store->get(2).text, "b");
            EXPECT_EQ(store->put(2, "again").kind, Kind::key_exists);
            EXPECT_EQ(store->put(3, "c").kind, Kind::ok);
            EXPECT_FALSE(store->close()) << "it fails again";
        }
        EXPECT_EQ(file(), "2 b\n1 a\n3 c\n");
        EXPECT_FALSE(std::filesystem::exists(path + ".new"));
        disk = ScriptedDisk();
        EXPECT_EQ(open()->get(3).text, "c");
        EXPECT_EQ(file(), "1 a\n2 b\n3 c\n");
    }
}

TEST_F(Interference, DirectoryThatCanNotBeSyncedIsSaidAndNothingStaysOpen) {
    write_file("2 b\n1 a\n");
    disk.on_fsync = [this](int fd) { return is_directory(fd) ? fails_with(EIO) : disk.Disk::fsync(fd); };
    const std::size_t before = open_descriptors();
    EXPECT_EQ(refusal(), "fsync: Input/output error (" + folder + ")");
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(file(), "1 a\n2 b\n") << "whole, whichever of the two it is";
}

TEST_F(Interference, UntidyFileTakesNoMoreSharedMemoryThanATidyOne) {
    std::string upwards, downwards;
    for (int key = 0; key < 2900; ++key) {
        upwards += std::to_string(key) + " v\n";
        downwards = std::to_string(key) + " v\n" + downwards;
    }
    const auto taken_by = [&](const std::string& bytes) {
        write_file(bytes);
        std::filesystem::remove(path + ".sum");  // the clock of files may stand still between two writes
        const auto store = open();
        EXPECT_EQ(store->pairs(), 2900u);
        for (const int key : {0, 1, 1450, 2899}) EXPECT_EQ(store->get(key).text, "v");
        return shared_memory();
    };
    const std::int64_t tidy = taken_by(upwards);
    EXPECT_GT(tidy, 0);
    EXPECT_EQ(taken_by(downwards), tidy);
    EXPECT_EQ(file(), upwards);
}

TEST_F(Interference, FailedSyncIsFinalThoughThereIsAnotherTrouble) {
    auto store = open();
    store->put(1, "one");
    int syncs = 0;
    disk.on_fdatasync = [&](int) {
        if (++syncs > 1) return 0;  // the kernel tells of what it could not write once only
        append_by_hand("9 by hand\n");
        EXPECT_EQ(store->get(1).kind, Kind::failed);
        return fails_with(EIO);
    };
    EXPECT_EQ(store->put(2, "two").kind, Kind::failed) << "whether it is on the disk, nobody knows";
    EXPECT_EQ(syncs, 1);
}

TEST_F(Interference, DiskThatFailsForEverHoldsNobody) {
    auto store = open();
    store->put(1, "one");
    disk.on_fdatasync = [&](int) {
        if (file().find("9 by hand") == std::string::npos) append_by_hand("9 by hand\n");
        store->get(1);
        return fails_with(EIO);
    };
    EXPECT_EQ(in_child([&] {
                  alarm(20);  // a limit, for a put that never returns
                  _exit(store->put(2, "two").kind == Kind::failed ? 0 : 1);
              }),
              0);
}

TEST_F(Interference, FileReplacedDuringASyncIsNoticedBeforeOk) {
    const auto store = open();
    store->put(1, "one");
    const auto edit = [&](int fd) {
        replace_by_hand("1 uno\n");
        return disk.Disk::fdatasync(fd);
    };
    disk.on_fdatasync = edit;
    const PairsAnswer put = store->put(2, "two");
    EXPECT_EQ(put.kind, Kind::failed);
    EXPECT_NE(put.text.find("was changed by another program"), std::string::npos) << put.text;
    EXPECT_FALSE(store->close());
    EXPECT_EQ(file(), "1 uno\n");
    disk.on_fdatasync = nullptr;
    const auto again = open();
    disk.on_fdatasync = edit;
    EXPECT_EQ(again->del(1).kind, Kind::failed);
}

TEST_F(Interference, TroubleThatAnotherNotesDuringASyncIsToldInsteadOfOk) {
    const auto store = open();
    store->put(1, "one");
    disk.on_fdatasync = [&](int fd) {
        append_by_hand("9 by hand\n");
        EXPECT_EQ(store->get(1).kind, Kind::failed);
        return disk.Disk::fdatasync(fd);
    };
    EXPECT_EQ(store->put(2, "two").kind, Kind::failed);
    EXPECT_FALSE(store->close());
    EXPECT_EQ(file(), "1 one\n2 two\n9 by hand\n") << "and it is left as it is";
}

TEST_F(Interference, RestOfALineIsNotWrittenIntoWhatAnotherHasAppended) {
    const auto store = open();
    store->put(1, "one");
    bool first = true;
    disk.on_pwrite = [&](int fd, const void* bytes, std::size_t count, off_t offset) {
        const ssize_t written = disk.Disk::pwrite(fd, bytes, first ? 3 : count, offset);
        if (std::exchange(first, false)) append_by_hand("9 by hand\n");
        return written;
    };
    EXPECT_EQ(store->put(2, "two").kind, Kind::failed);
    EXPECT_EQ(file(), "1 one\n2 t9 by hand\n");
}

/** Steps a thread that puts, until it stands before pwrite. */
TEST_F(Interference, ChangeWhileAWriterStandsAtTheGateIsNotOverwritten) {
    const auto store = open();
    store->put(1, "one");
    const auto trace = std::move(*Trace::create());
    Ring* const ring = trace->claim(ProgramId{1});
    set_gate(*ring, GateMode::step, 0);
    PairsAnswer answer;
    std::thread writer([&] {
        this_writer() = Writer(*trace, *ring);
        answer = store->put(2, "a line that is longer than the other one");
        this_writer() = Writer();
    });
    const auto wait_until_it_stands = [&](Standing where) {
        while (ring->standing.load() != where) std::this_thread::yield();
    };
    for (;;) {
        wait_until_it_stands(Standing::arrive);
        if (read_ring(*ring).back().event.kind == EventKind::pwrite) break;
        grant_step(*ring);
        wait_until_it_stands(Standing::rest);
        grant_step(*ring);
    }
    append_by_hand("9 by hand\n");
    set_gate(*ring, GateMode::run, 0);
    writer.join();
    EXPECT_EQ(file(), "1 one\n9 by hand\n");
    EXPECT_EQ(answer.kind, Kind::failed);
    EXPECT_NE(answer.text.find("was changed by another program"), std::string::npos) << answer.text;
}

TEST_F(Interference, FileThatIsRemovedIsSaidToOthersThatCome) {
    const auto store = open();
    store->put(1, "one");
    std::filesystem::remove(path);
    EXPECT_EQ(refusal(), path + " was changed by another program while servers run: stop all of them and start again");
}

TEST_F(Interference, LastOneToStopRepairsWhatAKilledWorkerHasLeft) {
    for (const std::size_t written : {std::size_t{3}, std::size_t{1000}}) {
        write_file("");
        const auto store = open();
        store->put(2, "two");
        store->put(1, "one");
        EXPECT_EQ(in_child([&] {
                      disk.on_pwrite = [&](int fd, const void* bytes, std::size_t count, off_t offset) -> ssize_t {
                          (void)disk.Disk::pwrite(fd, bytes, std::min(count, written), offset);
                          kill(getpid(), SIGKILL);
                          return -1;
                      };
                      store->put(3, "three");
                  }),
                  1000 + SIGKILL);
        EXPECT_TRUE(store->close());
        EXPECT_EQ(file(), written == 3 ? "1 one\n2 two\n" : "1 one\n2 two\n3 three\n");
    }
}

TEST_F(Interference, WhatAnotherAppendsBehindAKilledWriterIsNotTakenForItsLine) {
    for (const std::string by_hand : {"9 by hand\n", "9 by ha", "3 thr", "3 three\n9 by hand\n"}) {
        write_file("");
        const auto store = open();
        store->put(1, "one");
        EXPECT_EQ(in_child([&] {
                      disk.on_pwrite = [](int, const void*, std::size_t, off_t) -> ssize_t {
                          kill(getpid(), SIGKILL);
                          return -1;
                      };
                      store->put(4, "four");
                  }),
                  1000 + SIGKILL);
        append_by_hand(by_hand);
        const PairsAnswer answer = store->put(5, "five");
        EXPECT_EQ(answer.kind, Kind::failed) << by_hand;
        EXPECT_NE(answer.text.find("was changed by another program"), std::string::npos) << answer.text;
        EXPECT_EQ(file(), "1 one\n" + by_hand);
    }
}

TEST_F(Interference, WhoTakesInAKilledWritersLineTellsIt) {
    const auto store = open();
    store->put(1, "one");
    const auto killed_behind_pwrite = [&](const std::function<void()>& change) {
        EXPECT_EQ(in_child([&] {
                      disk.on_pwrite = [this](int fd, const void* bytes, std::size_t count, off_t offset) {
                          const ssize_t written = disk.Disk::pwrite(fd, bytes, count, offset);
                          kill(getpid(), SIGKILL);
                          return written;
                      };
                      change();
                  }),
                  1000 + SIGKILL);
    };
    const auto trace = std::move(*Trace::create());
    Ring* const ring = trace->claim(ProgramId{1});
    const auto told_by = [&](const std::function<void()>& use) {
        this_writer() = Writer(*trace, *ring);
        use();
        this_writer() = Writer();
        std::string rows;
        for (const ReadEvent& read : read_ring(*ring)) {
            const Event& event = read.event;
            if (event.kind == EventKind::row_put || event.kind == EventKind::row_deleted)
                rows += std::to_string(event.a) + "@" + std::to_string(event.b) + ":" + read.payload + " ";
        }
        return rows;
    };
    killed_behind_pwrite([&] { store->put(2, "two"); });
    EXPECT_EQ(told_by([&] { store->put(3, "three"); }), "2@6:two 3@12:three ");
    killed_behind_pwrite([&] { store->del(1); });
    EXPECT_EQ(told_by([&] { store->del(3); }), "1@20: 3@26: ");
}

TEST_F(Interference, TornLineIsSafeElsewhereBeforeItIsCutOff) {
    write_file("1 one\n2 tw");
    bool directory_synced = false, cut = false;
    disk.on_fsync = [&](int fd) {
        if (is_directory(fd) && std::filesystem::exists(path + ".torn")) directory_synced = true;
        return disk.Disk::fsync(fd);
    };
    disk.on_ftruncate = [&](int fd, off_t length) {
        cut = true;
        EXPECT_TRUE(directory_synced) << "else a power cut may take away its name";
        return disk.Disk::ftruncate(fd, length);
    };
    EXPECT_EQ(open()->pairs(), 1u);
    EXPECT_TRUE(cut);
}

TEST_F(Interference, TornLineThatCanNotBeSetAsideIsNotCutOff) {
    write_file("1 one\n2 tw");
    disk.on_fsync = [](int) { return fails_with(EIO); };
    EXPECT_NE(refusal().find("Input/output error"), std::string::npos);
    EXPECT_EQ(file(), "1 one\n2 tw");
    disk.on_fsync = [this](int fd) { return is_directory(fd) ? fails_with(EIO) : disk.Disk::fsync(fd); };
    EXPECT_NE(refusal().find("Input/output error"), std::string::npos);
    EXPECT_EQ(file(), "1 one\n2 tw");
    disk.on_fsync = nullptr;
    disk.on_pwrite = [](int, const void*, std::size_t, off_t) { return fails_with(ENOSPC); };
    EXPECT_NE(refusal().find("No space left on device"), std::string::npos);
    EXPECT_EQ(file(), "1 one\n2 tw");
}

}  // namespace
}  // namespace synoptic
