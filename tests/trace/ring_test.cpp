// The rings: what is published can be read, in order; what does not fit is counted; who is killed loses nothing that was committed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/trace/ring_reader.h"

namespace synoptic {
namespace {

std::unique_ptr<Trace> make_trace() {
    Result<std::unique_ptr<Trace>> trace = Trace::create();
    EXPECT_TRUE(trace);
    return std::move(*trace);
}

TEST(Ring, EnterAndExitCarryWhatTheyWereGiven) {
    const auto trace = make_trace();
    Ring* ring = trace->claim(ProgramId{3});
    ASSERT_NE(ring, nullptr);
    Writer writer(*trace, *ring);
    ASSERT_TRUE(writer.enter(EventKind::send, here, {.fd = 4, .a = 6, .b = 1, .value = 9, .payload = "hello\n"}));
    writer.exit(EventKind::send, here, {.fd = 4, .value = -1}, ECONNRESET);
    const auto events = read_ring(*ring);
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].event.kind, EventKind::send);
    EXPECT_EQ(events[0].event.phase, Phase::enter);
    EXPECT_EQ(events[0].event.fd, 4);
    EXPECT_EQ(events[0].event.a, 6);
    EXPECT_EQ(events[0].event.b, 1);
    EXPECT_EQ(events[0].event.value, 9);
    EXPECT_EQ(events[0].payload, "hello\n");
    EXPECT_EQ(events[0].event.line, 7);
    EXPECT_EQ(trace->name(events[0].event.file), "core/programs/some.cpp");
    EXPECT_EQ(events[1].event.phase, Phase::exit);
    EXPECT_EQ(events[1].event.error, ECONNRESET);
    EXPECT_LE(events[0].event.time, events[1].event.time);
}

TEST(Ring, AFullRingDropsWholeCallsAndCountsThem) {
    const auto trace = make_trace();
    Ring* ring = trace->claim(ProgramId{1});
    Writer writer(*trace, *ring);
    int published = 0;
    for (int i = 0; i < 1000; ++i) {
        if (!writer.enter(EventKind::listen, here, {.a = i})) continue;
        writer.exit(EventKind::listen, here, {.a = i}, 0);
        ++published;
    }
    EXPECT_LT(published, 1000);
    EXPECT_EQ(ring->lost_records.load(), 2u * static_cast<unsigned>(1000 - published));
    const auto events = read_ring(*ring);
    ASSERT_EQ(events.size(), 2u * static_cast<unsigned>(published));
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(events[i].event.a, static_cast<std::int64_t>(i / 2));
        EXPECT_EQ(events[i].event.phase, i % 2 == 0 ? Phase::enter : Phase::exit);
    }
    EXPECT_TRUE(writer.enter(EventKind::listen, here, {})) << "a drained ring takes events again";
}

TEST(Ring, AnEnterReservesTheRoomOfItsExit) {
    const auto trace = make_trace();
    Ring* ring = trace->claim(ProgramId{1});
    Writer writer(*trace, *ring);
    ASSERT_TRUE(writer.enter(EventKind::accept, here, {.fd = 3}));
    for (std::uint32_t i = 0; i < 2 * ring_slots; ++i) writer.happened(EventKind::lost, here, {});
    writer.exit(EventKind::accept, here, {.fd = 3, .value = 4}, 0);
    const auto events = read_ring(*ring);
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back().event.kind, EventKind::accept);
    EXPECT_EQ(events.back().event.value, 4);
    EXPECT_GT(ring->lost_records.load(), 0u);
}

TEST(Ring, PayloadSurvivesManyTurnsOfItsRingAndIsCutWhenTooLong) {
    const auto trace = make_trace();
    Ring* ring = trace->claim(ProgramId{1});
    Writer writer(*trace, *ring);
    for (int i = 0; i < 2000; ++i) {
        const std::string message(static_cast<std::size_t>(i % 997), static_cast<char>('a' + i % 26));
        writer.happened(EventKind::printf, here, {.payload = message});
        const auto events = read_ring(*ring);
        ASSERT_EQ(events.size(), 1u);
        ASSERT_EQ(events[0].payload, message);
    }
    const std::string long_message(10'000, 'x');
    writer.happened(EventKind::printf, here, {.payload = long_message});
    const auto events = read_ring(*ring);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].payload, long_message.substr(0, payload_limit_bytes));
    EXPECT_TRUE(events[0].event.flags & event_payload_cut);
}

TEST(Ring, PayloadWithoutRoomIsMarkedLostAndItsEventStays) {
    const auto trace = make_trace();
    Ring* ring = trace->claim(ProgramId{1});
    Writer writer(*trace, *ring);
    const std::string message(4000, 'x');
    constexpr std::size_t published = 60;  // 60 × 64 slots are more than the ring has
    for (std::size_t i = 0; i < published; ++i) writer.happened(EventKind::printf, here, {.payload = message});
    const auto events = read_ring(*ring);
    ASSERT_EQ(events.size(), published);
    EXPECT_EQ(events.front().payload, message);
    EXPECT_TRUE(events.back().event.flags & event_payload_lost);
    EXPECT_TRUE(events.back().payload.empty());
    EXPECT_GT(ring->lost_payload_bytes.load(), 0u);
}

// Payload lies where records lie in the next turn: bytes that look like a commit word must not be taken for one.
TEST(Ring, PayloadIsNeverTakenForARecord) {
    const auto trace = make_trace();
    Ring* ring = trace->claim(ProgramId{1});
    Writer writer(*trace, *ring);
    for (std::uint32_t round = 0; round < 4 * ring_slots; ++round) {
        // Each slot of the payload says of itself what its record would say that is committed there one turn later.
        std::string forged;
        for (std::uint32_t part = 1; part <= 3; ++part) {
            Event fake;
            fake.actor = commit_mark(ring->head + part + ring_slots);
            forged.append(reinterpret_cast<const char*>(&fake), sizeof fake);
        }
        writer.happened(EventKind::printf, here, {.a = round, .payload = forged});
        const auto events = read_ring(*ring);
        ASSERT_EQ(events.size(), 1u) << round;
        ASSERT_EQ(events[0].event.a, round);
        ASSERT_EQ(events[0].payload, forged);
        // So that records and payload change places from turn to turn.
        writer.happened(EventKind::listen, here, {});
        ASSERT_EQ(read_ring(*ring).size(), 1u);
    }
}

TEST(Ring, ItsNumbersGoRoundAndNothingIsReadThatWasNotWritten) {
    const auto trace = make_trace();
    Ring* ring = trace->claim(ProgramId{1});
    ring->head = ring->seen_tail = 0u - 1;
    ring->tail = ring->head;
    EXPECT_FALSE(has_record(*ring));
    EXPECT_TRUE(read_ring(*ring).empty());
    Writer writer(*trace, *ring);
    for (int i = 0; i < 3; ++i) writer.happened(EventKind::listen, here, {.a = i});
    EXPECT_EQ(read_ring(*ring).size(), 3u);
}

TEST(Ring, RingsAreClaimedLowestFirstWithAGenerationOfTheirOwn) {
    const auto trace = make_trace();
    Ring* first = trace->claim(ProgramId{1});
    Ring* second = trace->claim(ProgramId{1});
    EXPECT_EQ(trace->slot_of(*first), 0u);
    EXPECT_EQ(trace->slot_of(*second), 1u);
    const ActorId before = trace->actor_of(*first);
    Writer(*trace, *first).end();
    trace->release(*first);
    Ring* again = trace->claim(ProgramId{2});
    EXPECT_EQ(again, first);
    EXPECT_NE(trace->actor_of(*again), before);
}

TEST(Ring, WithoutAFreeRingThereIsNone) {
    const auto trace = make_trace();
    for (std::uint32_t i = 0; i < ring_count; ++i) ASSERT_NE(trace->claim(ProgramId{1}), nullptr) << i;
    EXPECT_EQ(trace->claim(ProgramId{1}), nullptr);
}

TEST(Ring, AnotherProcessAttachesAndItsEventsAreRead) {
    const auto trace = make_trace();
    const pid_t pid = fork();
    if (pid == 0) {
        Result<std::unique_ptr<Trace>> attached = Trace::attach(trace->memfd());
        if (!attached) _exit(1);
        Ring* ring = (*attached)->claim(ProgramId{5});
        Writer writer(**attached, *ring);
        writer.happened(EventKind::printf, here, {.payload = "from a child"});
        writer.end();
        _exit(0);
    }
    int status = -1;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    ASSERT_EQ(status, 0);
    EXPECT_EQ(trace->ring(0).pid, pid);
    EXPECT_EQ(trace->ring(0).state.load(), RingState::ended);
    const auto events = read_ring(trace->ring(0));
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].payload, "from a child");
}

TEST(Trace, RefusesMemoryThatIsNoTrace) {
    const int memfd = memfd_create("other", MFD_CLOEXEC);
    ASSERT_EQ(ftruncate(memfd, 4096), 0);
    const auto attached = Trace::attach(memfd);
    EXPECT_FALSE(attached);
    EXPECT_NE(attached.error().text().find("no trace"), std::string::npos);
    close(memfd);
}

TEST(Trace, NamesAreSharedAndFoundAgain) {
    const auto trace = make_trace();
    const std::uint16_t first = trace->name_index("core/programs/a.cpp");
    const std::uint16_t second = trace->name_index("core/programs/b.cpp");
    EXPECT_NE(first, second);
    EXPECT_EQ(trace->name_index("core/programs/a.cpp"), first);
    EXPECT_EQ(trace->name(second), "core/programs/b.cpp");
    EXPECT_EQ(trace->name(0), "");
    EXPECT_EQ(trace->name(name_count + 1), "");
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < 2 * name_count; ++i) names.push_back("file " + std::to_string(i));
    std::uint16_t last = 1;
    for (const std::string& name : names) last = trace->name_index(name.c_str());
    EXPECT_EQ(last, 0) << "a full table gives no index";
}

// A writer that is killed at any moment: what it committed is there, in order, and the ring can be used again.
TEST(Ring, AKilledWriterLosesNothingThatItCommitted) {
    const auto trace = make_trace();
    for (int round = 0; round < 30; ++round) {
        const pid_t pid = fork();
        if (pid == 0) {
            Ring* ring = trace->claim(ProgramId{1});
            Writer writer(*trace, *ring);
            for (std::int64_t i = 0;; ++i) {
                if (writer.enter(EventKind::send, here, {.a = i, .payload = "0123456789"})) writer.exit(EventKind::send, here, {.a = i}, 0);
            }
        }
        // Killed in the middle of writing: after it has surely begun, at a moment that differs from round to round.
        while (trace->header().rings_used.load() == 0 || trace->ring(0).state.load() != RingState::live || trace->ring(0).pid != pid) {}
        std::int64_t expected = 0;
        bool expect_exit = false;
        const auto check = [&] {
            for (const ReadEvent& read : read_ring(trace->ring(0))) {
                ASSERT_EQ(read.event.phase, expect_exit ? Phase::exit : Phase::enter);
                if (!expect_exit) {
                    ASSERT_GE(read.event.a, expected) << "in order, with gaps only where the ring was full";
                    ASSERT_EQ(read.payload, read.payload_lost() ? "" : "0123456789");
                    expected = read.event.a;
                } else {
                    ASSERT_EQ(read.event.a, expected);
                    ++expected;
                }
                expect_exit = !expect_exit;
            }
        };
        for (int i = 0; i < round * 50; ++i) check();
        kill(pid, SIGKILL);
        int status;
        ASSERT_EQ(waitpid(pid, &status, 0), pid);
        check();
        trace->release(trace->ring(0));
        Ring* again = trace->claim(ProgramId{2});
        ASSERT_EQ(trace->slot_of(*again), 0u);
        EXPECT_TRUE(read_ring(*again).empty()) << "nothing of the dead writer is taken for the new one's";
        Writer(*trace, *again).happened(EventKind::printf, here, {.payload = "new"});
        const auto events = read_ring(*again);
        ASSERT_EQ(events.size(), 1u);
        EXPECT_EQ(events[0].payload, "new");
        trace->release(*again);
    }
}

// Signal handlers write the ring of the thread that they interrupt.
Writer* handler_writer = nullptr;
std::atomic<int> handler_runs{0};   // begun
std::atomic<int> handler_calls{0};  // calls that it published

void trace_in_handler(int) {
    const int saved = errno;
    handler_runs.fetch_add(1, std::memory_order_relaxed);
    if (handler_writer->enter(EventKind::waitpid, Where{"handler.cpp", 1}, {.a = 1, .payload = "handler"})) {
        handler_writer->exit(EventKind::waitpid, Where{"handler.cpp", 1}, {.a = 2}, 0);
        handler_calls.fetch_add(1, std::memory_order_relaxed);
    }
    errno = saved;
}

TEST(Ring, ASignalHandlerMayTraceAtAnyMoment) {
    const auto trace = make_trace();
    Ring* ring = trace->claim(ProgramId{1});
    Writer writer(*trace, *ring);
    handler_writer = &writer;
    handler_calls = 0;
    struct sigaction action {
    }, before{};
    action.sa_handler = trace_in_handler;
    sigaction(SIGUSR1, &action, &before);

    std::atomic<bool> done{false};
    std::int64_t published = 0;
    std::atomic<bool> started{false};
    std::thread main_writer([&] {
        started = true;
        while (handler_calls.load() < 500) {
            if (writer.enter(EventKind::send, here, {.a = published, .payload = "main"})) {
                writer.exit(EventKind::send, here, {.a = published}, 0);
                ++published;
            }
        }
        done = true;
    });
    while (!started) {}
    std::thread signaller([&] {
        // One after another: a flood would leave the interrupted thread no time to finish its record, and the ring would be full for good.
        while (!done) {
            const int before_it = handler_runs.load();
            pthread_kill(main_writer.native_handle(), SIGUSR1);
            while (handler_runs.load() == before_it && !done) std::this_thread::yield();
        }
    });
    std::int64_t next = 0, handled = 0;
    bool in_handler = false, in_main = false;
    const auto check = [&](const ReadEvent& read) {
        if (read.event.kind == EventKind::waitpid) {
            ASSERT_EQ(read.event.phase, in_handler ? Phase::exit : Phase::enter);
            if (!in_handler)
                ASSERT_EQ(read.payload, read.payload_lost() ? "" : "handler");
            else
                ++handled;
            in_handler = !in_handler;
        } else {
            ASSERT_EQ(read.event.kind, EventKind::send);
            ASSERT_FALSE(in_handler) << "a handler runs to its end before the thread goes on";
            ASSERT_EQ(read.event.phase, in_main ? Phase::exit : Phase::enter);
            ASSERT_EQ(read.event.a, next);
            if (!in_main)
                ASSERT_EQ(read.payload, read.payload_lost() ? "" : "main");
            else
                ++next;
            in_main = !in_main;
        }
    };
    while (!done) {
        for (const ReadEvent& read : read_ring(*ring)) check(read);
        std::this_thread::yield();
    }
    signaller.join();
    main_writer.join();
    for (const ReadEvent& read : read_ring(*ring)) check(read);
    sigaction(SIGUSR1, &before, nullptr);
    EXPECT_EQ(next, published);
    EXPECT_EQ(handled, handler_calls.load());
}

TEST(Ring, OneThatIsHalfFullWakesACollectorThatNaps) {
    const auto trace = make_trace();
    Writer writer(*trace, *trace->claim(ProgramId{1}));
    TraceHeader& header = trace->header();
    const auto written_until_woken = [&](CollectorSleep sleep) {
        header.sleep.store(sleep);
        const std::uint32_t doorbell = header.doorbell.load();
        std::uint32_t written = 0;
        for (; header.doorbell.load() == doorbell && written < ring_slots; ++written) writer.happened(EventKind::note, here, {});
        return written;
    };
    EXPECT_EQ(written_until_woken(CollectorSleep::sleeps), 1u);
    EXPECT_EQ(written_until_woken(CollectorSleep::naps), ring_slots / 2 + 1) << "with the one before";
    EXPECT_EQ(header.sleep.load(), CollectorSleep::awake);
}

TEST(Ring, ProducersDoNotDisturbEachOther) {
    const auto trace = make_trace();
    constexpr int producers = 3;
    constexpr std::int64_t calls = 20'000;
    std::atomic<int> running{producers};
    std::vector<std::thread> threads;
    std::vector<Ring*> rings;
    for (int i = 0; i < producers; ++i) rings.push_back(trace->claim(ProgramId{1}));
    for (int i = 0; i < producers; ++i) {
        threads.emplace_back([&, i] {
            Writer writer(*trace, *rings[static_cast<std::size_t>(i)]);
            for (std::int64_t call = 0; call < calls; ++call) {
                while (!writer.enter(EventKind::recv, here, {.fd = i, .a = call})) std::this_thread::yield();
                writer.exit(EventKind::recv, here, {.fd = i, .a = call}, 0);
            }
            --running;
        });
    }
    std::vector<std::int64_t> seen(producers, 0);
    bool more = true;
    while (more) {
        std::this_thread::yield();
        more = running > 0;
        for (int i = 0; i < producers; ++i) {
            for (const ReadEvent& read : read_ring(*rings[static_cast<std::size_t>(i)])) {
                ASSERT_EQ(read.event.fd, i);
                ASSERT_EQ(read.event.a, seen[static_cast<std::size_t>(i)] / 2);
                ++seen[static_cast<std::size_t>(i)];
            }
        }
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::int64_t count : seen) EXPECT_EQ(count, 2 * calls);
}

}  // namespace
}  // namespace synoptic
