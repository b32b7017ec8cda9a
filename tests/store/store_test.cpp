// One store, by itself: what it answers, what its file holds, what it says of a file or disk that is not as it should be.
#include "store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>

namespace synoptic {
namespace {

TEST_F(StoreTest, PutGetDel) {
    const auto store = open();
    EXPECT_EQ(store->put(7, "seven").kind, Kind::ok);
    EXPECT_EQ(store->put(7, "again").kind, Kind::key_exists);
    EXPECT_EQ(store->get(7).text, "seven");
    EXPECT_EQ(store->get(8).kind, Kind::key_not_found);
    EXPECT_EQ(store->del(7).kind, Kind::ok);
    EXPECT_EQ(store->del(7).kind, Kind::key_not_found);
    EXPECT_EQ(store->get(7).kind, Kind::key_not_found);
    EXPECT_EQ(store->put(7, "new again").kind, Kind::ok);
    EXPECT_EQ(store->get(7).text, "new again");
    EXPECT_EQ(store->pairs(), 1u);
}

TEST_F(StoreTest, ValuesOfAllKinds) {
    const std::vector<std::string> values = {
        " ", "  spaces  ", "del 7", std::string("\0\x01\xff\r.", 5), "naïve ☃", std::string(value_bytes_limit, 'v')};
    {
        const auto store = open();
        std::int64_t key = INT64_MIN;
        for (const std::string& value : values) EXPECT_EQ(store->put(key++, value).kind, Kind::ok);
        EXPECT_EQ(store->put(INT64_MAX, std::string(value_bytes_limit + 1, 'v')).kind, Kind::value_too_long);
        EXPECT_EQ(store->put(INT64_MAX, "").kind, Kind::failed);
        EXPECT_EQ(store->put(INT64_MAX, "two\nlines").kind, Kind::failed);
    }
    const auto store = open();
    std::int64_t key = INT64_MIN;
    for (const std::string& value : values) EXPECT_EQ(store->get(key++).text, value);
}

TEST_F(StoreTest, CleanStopLeavesPairsInOrder) {
    {
        const auto store = open();
        for (const int key : {5, -3, 12, 0, 7}) store->put(key, "value " + std::to_string(key));
        store->del(12);
        EXPECT_EQ(file(), "5 value 5\n-3 value -3\n12 value 12\n0 value 0\n7 value 7\ndel 12\n")
            << "while it runs: one line after the other";
        EXPECT_TRUE(store->close());
    }
    EXPECT_EQ(file(), "-3 value -3\n0 value 0\n5 value 5\n7 value 7\n");
    const auto store = open();
    EXPECT_EQ(store->pairs(), 4u);
    EXPECT_EQ(store->get(5).text, "value 5");
    EXPECT_EQ(store->put(5, "x").kind, Kind::key_exists);
}

TEST_F(StoreTest, StartAfterAKillPutsTheFileInOrder) {
    EXPECT_EQ(in_child([this] {
                  const auto store = open();
                  store->put(2, "two");
                  store->put(1, "one");
                  store->del(2);
                  kill(getpid(), SIGKILL);
              }),
              1000 + SIGKILL);
    EXPECT_EQ(file(), "2 two\n1 one\ndel 2\n");
    const auto store = open();
    EXPECT_EQ(file(), "1 one\n");
    EXPECT_EQ(store->get(1).text, "one");
}

TEST_F(StoreTest, FileThatAPersonHasWritten) {
    write_file("3 three\r\n\n1 one  \n007 seven\n");
    {
        const auto store = open();
        EXPECT_EQ(store->get(3).text, "three");
        EXPECT_EQ(store->get(1).text, "one  ");
        EXPECT_EQ(store->get(7).text, "seven");
    }
    EXPECT_EQ(file(), "1 one  \n3 three\n7 seven\n");
}

TEST_F(StoreTest, KeepsTheFilesMode) {
    write_file("2 b\n1 a\n");
    chmod(path.c_str(), 0640);
    open();
    struct stat there {};
    ASSERT_EQ(stat(path.c_str(), &there), 0);
    EXPECT_EQ(there.st_mode & 07777, 0640u);
}

TEST_F(StoreTest, FollowsASymbolicLink) {
    const std::string target = folder + "/elsewhere.txt";
    std::ofstream(target) << "2 b\n1 a\n";
    ASSERT_EQ(symlink(target.c_str(), path.c_str()), 0);
    open();
    EXPECT_EQ(bytes_of_file(target), "1 a\n2 b\n");
    EXPECT_TRUE(std::filesystem::is_symlink(path));
}

TEST_F(StoreTest, TornLastLineIsSetAside) {
    write_file("1 one\n2 two\n3 thr");
    {
        const auto store = open();
        EXPECT_EQ(store->remark(), path + ":3: the last line has no end: 5 bytes were set aside in " + path + ".torn");
        EXPECT_EQ(store->get(2).text, "two");
        EXPECT_EQ(store->get(3).kind, Kind::key_not_found);
    }
    EXPECT_EQ(file(), "1 one\n2 two\n");
    EXPECT_EQ(bytes_of_file(path + ".torn"), "3 thr\n");
}

TEST_F(StoreTest, DamageStopsTheStartAndNothingIsTouched) {
    const std::pair<const char*, const char*> damaged[] = {
        {"1 one\ntwo\n3 torn", ":2: neither \"KEY VALUE\" nor \"del KEY\": the key is no integer of 64 bits"},
        {"1 one\n1 again\n", ":2: this key is there already, in a line above"},
        {"1 one\n\ndel 2\n", ":3: there is no such key in the lines above"},
        {"1\n", ":1: no space behind the key"},
        {"1 \n", ":1: the value is missing"},
        {"del 1 2\n", ":1: there is more than a key behind \"del\""},
    };
    for (const auto& [bytes, words] : damaged) {
        write_file(bytes);
        EXPECT_EQ(refusal(), path + words);
        EXPECT_EQ(file(), bytes);
        EXPECT_FALSE(std::filesystem::exists(path + ".torn"));
    }
}

TEST_F(StoreTest, PathsThatCanNotBeUsed) {
    path = folder + "/no/such/folder.txt";
    EXPECT_NE(refusal().find("No such file or directory"), std::string::npos);
    path = folder + "/a-folder";
    std::filesystem::create_directory(path);
    EXPECT_NE(refusal().find(path), std::string::npos);
}

TEST_F(StoreTest, OtherProgramThatAppendsIsNoticed) {
    const auto store = open();
    store->put(1, "one");
    std::ofstream(path, std::ios::app) << "2 two\n";
    for (const PairsAnswer& answer : {store->get(1), store->put(3, "three"), store->del(1)}) {
        EXPECT_EQ(answer.kind, Kind::failed);
        EXPECT_EQ(answer.text, path + " was changed by another program: stop all its servers and start again");
    }
    EXPECT_FALSE(store->close()) << "it is not in order, and that is said";
    EXPECT_EQ(file(), "1 one\n2 two\n") << "not overwritten";
    EXPECT_EQ(open()->get(2).text, "two");
}

TEST_F(StoreTest, EditorThatReplacesTheFileIsNoticed) {
    const auto store = open();
    store->put(1, "one");
    std::ofstream(path + ".edited") << "1 uno\n";
    std::filesystem::rename(path + ".edited", path);
    EXPECT_EQ(store->put(2, "two").kind, Kind::failed);
    EXPECT_FALSE(store->close());
    EXPECT_EQ(file(), "1 uno\n");
}

TEST_F(StoreTest, BytesChangedInPlaceAreNoticed) {
    const auto store = open();
    store->put(1, "one");
    const int fd = ::open(path.c_str(), O_WRONLY);
    ASSERT_EQ(::pwrite(fd, "1 uno", 5, 0), 5);
    ::close(fd);
    const PairsAnswer answer = store->get(1);
    EXPECT_EQ(answer.kind, Kind::failed);
    EXPECT_NE(answer.text.find("the line of key 1 is not what was written"), std::string::npos) << answer.text;
    EXPECT_FALSE(store->close());
    EXPECT_EQ(file(), "1 uno\n");
}

TEST_F(StoreTest, FileThatIsRemovedIsNoticed) {
    const auto store = open();
    store->put(1, "one");
    std::filesystem::remove(path);
    EXPECT_EQ(store->put(2, "two").kind, Kind::failed);
    EXPECT_FALSE(store->close());
    EXPECT_FALSE(std::filesystem::exists(path));
}

/** Takes so many bytes, and no more. */
class FullDisk : public Disk {
   public:
    ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t offset) override {
        if (room == 0) {
            errno = ENOSPC;
            return -1;
        }
        const ssize_t written = Disk::pwrite(fd, bytes, std::min(count, room), offset);
        room -= static_cast<std::size_t>(std::max<ssize_t>(written, 0));
        return written;
    }
    int fdatasync(int fd) override {
        if (sync_error == 0) return Disk::fdatasync(fd);
        errno = sync_error;
        return -1;
    }
    int ftruncate(int fd, off_t length) override {
        if (!no_truncate) return Disk::ftruncate(fd, length);
        errno = EIO;
        return -1;
    }
    std::size_t room = 1u << 20;
    int sync_error = 0;
    bool no_truncate = false;
};

TEST_F(StoreTest, FullDiskIsSaidAndTakenBack) {
    FullDisk disk;
    use_disk(&disk);
    const auto store = open();
    EXPECT_EQ(store->put(1, "one").kind, Kind::ok);
    disk.room = 5;  // half a line
    const PairsAnswer answer = store->put(2, "number two");
    EXPECT_EQ(answer.kind, Kind::failed);
    EXPECT_EQ(answer.text, "pwrite: No space left on device (nothing was stored)");
    EXPECT_EQ(file(), "1 one\n");
    EXPECT_EQ(store->get(2).kind, Kind::key_not_found);
    EXPECT_EQ(store->del(1).kind, Kind::failed);
    EXPECT_EQ(store->get(1).text, "one");
    disk.room = 1000;
    EXPECT_EQ(store->put(2, "number two").kind, Kind::ok) << "there is room again";
    EXPECT_EQ(file(), "1 one\n2 number two\n");
}

TEST_F(StoreTest, FullDiskAtTheEndLeavesTheLog) {
    FullDisk disk;
    use_disk(&disk);
    auto store = open();
    store->put(2, "two");
    store->put(1, "one");
    disk.room = 3;
    EXPECT_FALSE(store->close());
    EXPECT_EQ(file(), "2 two\n1 one\n");
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
    store = open();
    EXPECT_NE(store->remark().find("it stays as it is, not in order"), std::string::npos) << store->remark();
    EXPECT_EQ(store->get(2).text, "two") << "it can be read all the same";
}

TEST_F(StoreTest, HalfALineThatCanNotBeTakenBack) {
    FullDisk disk;
    use_disk(&disk);
    const auto store = open();
    store->put(1, "one");
    disk.room = 5;
    disk.no_truncate = true;
    EXPECT_EQ(store->put(2, "number two").kind, Kind::failed);
    disk.room = 1000;
    const PairsAnswer answer = store->put(3, "three");
    EXPECT_EQ(answer.kind, Kind::failed);
    EXPECT_NE(answer.text.find("half a line was written and can't be taken back"), std::string::npos) << answer.text;
    EXPECT_EQ(store->get(1).text, "one");
    use_disk(nullptr);
}

TEST_F(StoreTest, ErrorOfFdatasyncIsFinal) {
    FullDisk disk;
    use_disk(&disk);
    const auto store = open();
    EXPECT_EQ(store->put(1, "one").kind, Kind::ok);
    disk.sync_error = EIO;
    const PairsAnswer answer = store->put(2, "two");
    EXPECT_EQ(answer.kind, Kind::failed);
    EXPECT_NE(answer.text.find("fdatasync: Input/output error"), std::string::npos) << answer.text;
    disk.sync_error = 0;  // a second one may well report success, of pages that the kernel has given up
    EXPECT_EQ(store->put(3, "three").kind, Kind::failed);
    EXPECT_EQ(store->get(2).kind, Kind::failed) << "nobody knows whether it is on the disk";
    EXPECT_EQ(store->get(1).text, "one") << "this is known to be";
}

}  // namespace
}  // namespace synoptic
