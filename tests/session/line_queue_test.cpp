// What a client inside the app reads, line by line.
#include <gtest/gtest.h>

#include "core/session/run.h"

namespace synoptic {
namespace {

TEST(LineQueue, GivesALineAtATimeAsFgetsDoes) {
    LineQueue queue;
    queue.push("one\ntwo\nand a part");
    queue.push(" of this\n");
    queue.end();
    char line[8];
    const auto next = [&] { return queue.read_line(line, sizeof line) ? std::string(line) : std::string("end"); };
    EXPECT_EQ(next(), "one\n");
    EXPECT_EQ(next(), "two\n");
    EXPECT_EQ(next(), "and a p") << "longer than the buffer";
    EXPECT_EQ(next(), "art");
    EXPECT_EQ(next(), " of thi");
    EXPECT_EQ(next(), "s\n");
    EXPECT_EQ(next(), "end");
}

}  // namespace
}  // namespace synoptic
