// A sample file cut at every byte, and each of its bits flipped: what is read is a prefix, or the damage is said, or an edit that a person could have made; never
// a crash, and no file is touched that can't be read.
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <map>

#include "core/store/checksums.h"
#include "core/store/log_format.h"

namespace synoptic {
namespace {

using PairsByKey = std::map<std::int64_t, std::string>;

const std::string& sample() {
    static const std::string bytes = "-5 minus five\n0 zero\n7  two  words \n12 del 12\n7000000000 big\n";
    return bytes;
}

/** Takes a log in, as the store does. */
class MapSink : public LogSink {
   public:
    const char* put(std::int64_t key, std::string_view line, std::uint64_t) override {
        return pairs.emplace(key, std::string(parse_log_line(line).value)).second ? nullptr : "there already";
    }
    const char* del(std::int64_t key) override { return pairs.erase(key) ? nullptr : "not there"; }
    PairsByKey pairs;
};

std::string whole_sample() {
    return sample().substr(0, sample().rfind('\n') + 1);
}

TEST_F(StoreTest, CutAtEveryByteAPrefixIsRead) {
    class NoSync : public Disk {
        int fdatasync(int) override { return 0; }
        int fsync(int) override { return 0; }
    } disk;
    use_disk(&disk);
    const std::string bytes = whole_sample();
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
        const std::string cut = bytes.substr(0, length);
        const std::size_t end_of_lines = length == 0 ? 0 : cut.rfind('\n') == std::string::npos ? 0 : cut.rfind('\n') + 1;
        MapSink expected;
        read_log(bytes.substr(0, end_of_lines), 0, expected);
        write_file(cut);
        std::filesystem::remove(path + ".torn");
        const auto store = open();
        ASSERT_TRUE(store) << length;
        EXPECT_EQ(store->pairs(), expected.pairs.size()) << length;
        for (const auto& [key, value] : expected.pairs) EXPECT_EQ(store->get(key).text, value) << length;
        const bool torn = end_of_lines != length;
        EXPECT_EQ(store->remark().empty(), !torn) << length;
        EXPECT_EQ(bytes_of_file(path + ".torn"), torn ? cut.substr(end_of_lines) + "\n" : "") << length;
    }
}

TEST_F(StoreTest, EachBitFlippedWhileItRunsIsSaid) {
    class NoSync : public Disk {
        int fdatasync(int) override { return 0; }
        int fsync(int) override { return 0; }
    } disk;
    use_disk(&disk);
    const std::string bytes = whole_sample();
    MapSink whole;
    read_log(bytes, 0, whole);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        write_file(bytes);
        const auto store = open();
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
        std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << flipped;  // in place: the same file, the same length
        int failures = 0;
        for (const auto& [key, value] : whole.pairs) {
            const PairsAnswer answer = store->get(key);
            if (answer.kind == Kind::ok)
                EXPECT_EQ(answer.text, value) << "bit " << bit;
            else
                ++failures;
        }
        EXPECT_GT(failures, 0) << "bit " << bit;
    }
}

TEST_F(StoreTest, EachBitFlippedBeforeTheStartIsSaidOrAnEdit) {
    class NoSync : public Disk {
        int fdatasync(int) override { return 0; }
        int fsync(int) override { return 0; }
    } disk;
    use_disk(&disk);
    const std::string bytes = whole_sample();
    MapSink whole;
    read_log(bytes, 0, whole);
    int said = 0, edits = 0;
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
        write_file(flipped);
        std::filesystem::remove(path + ".torn");
        Result<std::unique_ptr<Store>> opened = Store::open(path);
        if (!opened) {
            ++said;
            EXPECT_EQ(opened.error().text().rfind(path + ":", 0), 0u) << opened.error().text();
            EXPECT_EQ(file(), flipped) << "untouched";
            continue;
        }
        // Whatever it holds now is exactly what the file's text says.
        ++edits;
        MapSink expected;
        const LogRead read = read_log(flipped, 0, expected);
        EXPECT_EQ(read.damage, nullptr);
        EXPECT_EQ((*opened)->pairs(), expected.pairs.size());
        for (const auto& [key, value] : expected.pairs) EXPECT_EQ((*opened)->get(key).text, value);
    }
    EXPECT_GT(said, 0);
    EXPECT_GT(edits, 0);
}

/** Changes the file's bytes as a failing disk would: nothing else of it changes. */
void rot(const std::string& path, const std::string& bytes) {
    struct stat there {};
    ASSERT_EQ(stat(path.c_str(), &there), 0);
    const int fd = ::open(path.c_str(), O_WRONLY);
    ASSERT_EQ(::pwrite(fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    const timespec times[2] = {there.st_atim, there.st_mtim};
    futimens(fd, times);
    ::close(fd);
}

TEST_F(StoreTest, EachBitThatTheDiskFlipsIsSaid) {
    const std::string bytes = whole_sample();
    write_file(bytes);
    open();  // and closed in order
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
        rot(path, flipped);
        EXPECT_EQ(refusal().rfind(path + ":1: this or a line up to ", 0), 0u) << "bit " << bit << ": " << refusal();
        EXPECT_EQ(file(), flipped);
    }
    rot(path, bytes);
    EXPECT_EQ(refusal(), "");
}

TEST_F(StoreTest, EditWhileTheChecksumsAreMadeCounts) {
    write_file("1 one\n");
    const int fd = ::open(path.c_str(), O_RDWR);
    const std::string stamp = file_stamp(fd);
    ASSERT_EQ(::pwrite(fd, "1 uno\n", 6, 0), 6);
    const timespec later[2] = {{0, UTIME_OMIT}, {2'000'000'000, 0}};
    ASSERT_EQ(futimens(fd, later), 0);
    EXPECT_TRUE(write_checksums(path + ".sum", fd, stamp, "1 one\n"));
    ::close(fd);
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(open()->get(1).text, "uno");
}

TEST_F(StoreTest, EditAfterACleanStopCounts) {
    {
        const auto store = open();
        store->put(1, "one");
    }
    write_file("1 uno\n");
    EXPECT_EQ(open()->get(1).text, "uno");
    EXPECT_EQ(refusal(), "");
}

}  // namespace
}  // namespace synoptic
