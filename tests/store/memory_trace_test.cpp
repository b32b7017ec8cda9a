// What pairs in memory tell: a forked child's copy is another database, with the rows that it has inherited.
#include "core/store/memory_trace.h"

#include <gtest/gtest.h>

#include "core/store/store_trace.h"
#include "tests/store/store_fixture.h"
#include "tests/trace/ring_reader.h"

namespace synoptic {
namespace {

std::string told_in(Ring& ring) {
    std::string told;
    for (const ReadEvent& read : read_ring(ring)) {
        const Event& event = read.event;
        if (event.kind == EventKind::store_opened) told += "opened with " + std::to_string(event.a) + "; ";
        if (event.kind == EventKind::row_loaded) told += "has " + std::to_string(event.a) + " " + read.payload + "; ";
        if (event.kind == EventKind::row_put) told += "put " + std::to_string(event.a) + " " + read.payload + "; ";
        EXPECT_NE(event.socket & memory_store_bit, 0u) << "no file's";
    }
    return told;
}

TEST(MemoryTrace, AChildTellsOfTheRowsThatItHasInherited) {
    const auto trace = std::move(*Trace::create());
    Ring *const parents = trace->claim(ProgramId{1}), *const childs = trace->claim(ProgramId{1});
    std::map<std::int64_t, std::string> pairs;
    MemoryTrace memory;
    this_writer() = Writer(*trace, *parents);
    memory.use(pairs, Where::here());
    memory.put(5, "five", Where::here());
    pairs[5] = "five";
    EXPECT_EQ(in_child([&] {
                  this_writer() = Writer(*trace, *childs);
                  memory.use(pairs, Where::here());
                  memory.put(7, "seven", Where::here());
                  pairs[7] = "seven";
                  memory.use(pairs, Where::here());  // told already
              }),
              0);
    this_writer() = Writer();
    EXPECT_EQ(told_in(*parents), "opened with 0; put 5 five; ");
    EXPECT_EQ(told_in(*childs), "opened with 1; has 5 five; put 7 seven; ");
}

TEST(MemoryTrace, OfManyRowsTheFirstAreTold) {
    const auto trace = std::move(*Trace::create());
    Ring* const ring = trace->claim(ProgramId{1});
    std::map<std::int64_t, std::string> pairs;
    for (std::int64_t key = 0; key < 1000; ++key) pairs[key] = "x";
    MemoryTrace memory;
    this_writer() = Writer(*trace, *ring);
    memory.use(pairs, Where::here());
    this_writer() = Writer();
    const std::vector<ReadEvent> events = read_ring(*ring);
    ASSERT_EQ(events.size(), 1 + rows_told);
    EXPECT_EQ(events.front().event.a, 1000);
    EXPECT_EQ(events.back().event.a, static_cast<std::int64_t>(rows_told) - 1);
}

TEST(StoreIds, TellFilesOfTwoDevicesApartAndNoneFromMemory) {
    EXPECT_NE(store_id_of_file(1, 42), store_id_of_file(2, 42));
    EXPECT_EQ(store_id_of_file(1, 42), store_id_of_file(1, 42));
    EXPECT_EQ(static_cast<std::uint64_t>(store_id_of_file(1, ~ino_t{0})) & memory_store_bit, 0u) << "a hash for an inode";
}

}  // namespace
}  // namespace synoptic
