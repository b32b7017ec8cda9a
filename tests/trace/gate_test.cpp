// The gate: open, slow, and step, before and after a call.
#include "core/trace/gate.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "tests/trace/ring_reader.h"

namespace synoptic {
namespace {

class GateTest : public testing::Test {
   protected:
    void SetUp() override {
        trace = std::move(*Trace::create());
        ring = trace->claim(ProgramId{1});
    }
    /** Waits until the actor stands at the gate before (arrive) or after (rest) its call. */
    void wait_until_it_stands(Standing where) {
        while (ring->standing.load() != where) std::this_thread::yield();
    }
    std::vector<Phase> phases() {
        std::vector<Phase> seen;
        for (const ReadEvent& read : read_ring(*ring)) seen.push_back(read.event.phase);
        return seen;
    }
    /** A thread that makes `calls` calls. */
    std::thread actor(int calls) {
        return std::thread([this, calls] {
            Writer writer(*trace, *ring);
            for (int i = 0; i < calls; ++i) {
                writer.enter(EventKind::send, here, {.fd = 3, .payload = "x"});
                errno = 77;
                writer.exit(EventKind::send, here, {.fd = 3, .value = 1}, 0);
                if (errno != 77) errno_kept = false;
            }
        });
    }
    /** Reads until this many events came. */
    std::vector<Event> read_events(std::size_t count) {
        std::vector<Event> seen;
        while (seen.size() < count) {
            for (const ReadEvent& read : read_ring(*ring)) seen.push_back(read.event);
            std::this_thread::yield();
        }
        return seen;
    }
    std::unique_ptr<Trace> trace;
    Ring* ring = nullptr;
    bool errno_kept = true;
};

using enum Phase;

TEST_F(GateTest, OpenItIsNotSeen) {
    actor(2).join();
    EXPECT_EQ(phases(), (std::vector{enter, exit, enter, exit}));
}

TEST_F(GateTest, AStepIsOneMove) {
    set_gate(*ring, GateMode::step, 0);
    std::thread thread = actor(2);
    wait_until_it_stands(Standing::arrive);
    EXPECT_EQ(phases(), (std::vector{arrive}));
    ASSERT_TRUE(grant_step(*ring));
    wait_until_it_stands(Standing::rest);
    EXPECT_EQ(phases(), (std::vector{go, enter, exit, rest}));
    ASSERT_TRUE(grant_step(*ring));
    wait_until_it_stands(Standing::arrive);
    EXPECT_EQ(phases(), (std::vector{go, arrive}));
    set_gate(*ring, GateMode::run, 0);
    thread.join();
    EXPECT_EQ(phases(), (std::vector{go, enter, exit}));
    EXPECT_TRUE(errno_kept);
}

TEST_F(GateTest, WhatArrivesTellsItsArguments) {
    set_gate(*ring, GateMode::step, 0);
    std::thread thread = actor(1);
    wait_until_it_stands(Standing::arrive);
    const auto events = read_ring(*ring);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].event.kind, EventKind::send);
    EXPECT_EQ(events[0].event.fd, 3);
    EXPECT_EQ(events[0].payload, "x");
    set_gate(*ring, GateMode::run, 0);
    thread.join();
}

TEST_F(GateTest, WhoDoesNotStandThereGetsNoGrant) {
    EXPECT_FALSE(grant_step(*ring));
    set_gate(*ring, GateMode::step, 0);
    EXPECT_FALSE(grant_step(*ring));
    std::thread thread = actor(1);
    wait_until_it_stands(Standing::arrive);
    EXPECT_TRUE(grant_step(*ring));
    wait_until_it_stands(Standing::rest);
    set_gate(*ring, GateMode::run, 0);
    thread.join();
    EXPECT_FALSE(grant_step(*ring));
}

Writer* interrupted_writer = nullptr;

void call_in_handler(int) {
    interrupted_writer->enter(EventKind::waitpid, Where{"core/programs/handler.cpp", 3}, {.a = -1});
    interrupted_writer->exit(EventKind::waitpid, Where{"core/programs/handler.cpp", 3}, {.value = 0}, 0);
}

// A child's end interrupts a server that stands before accept: the handler is stepped, and then the server.
TEST_F(GateTest, WhoWasInterruptedAtItsGateStandsThereAgain) {
    struct sigaction action {}, before {};
    action.sa_handler = call_in_handler;
    sigaction(SIGUSR1, &action, &before);
    for (const Standing where : {Standing::arrive, Standing::rest}) {
        set_gate(*ring, GateMode::step, 0);
        std::thread thread([&] {
            Writer writer(*trace, *ring);
            interrupted_writer = &writer;
            writer.enter(EventKind::accept, here, {.fd = 3});
            writer.exit(EventKind::accept, here, {.fd = 3, .value = 4}, 0);
        });
        wait_until_it_stands(Standing::arrive);
        if (where == Standing::rest) {
            grant_step(*ring);
            wait_until_it_stands(Standing::rest);
        }
        for (const ReadEvent& read : read_ring(*ring)) EXPECT_FALSE(read.event.flags & event_in_signal);
        pthread_kill(thread.native_handle(), SIGUSR1);
        EXPECT_EQ(read_events(1)[0].phase, arrive);
        ASSERT_TRUE(grant_step(*ring));
        for (const Event& event : read_events(4)) {  // go, enter, exit, rest
            EXPECT_EQ(event.kind, EventKind::waitpid);
            EXPECT_TRUE(event.flags & event_in_signal);
        }
        wait_until_it_stands(Standing::rest);
        ASSERT_TRUE(grant_step(*ring));
        EXPECT_EQ(read_events(1)[0].phase, go);
        wait_until_it_stands(where);
        ASSERT_TRUE(grant_step(*ring));
        const Event went = read_events(1)[0];
        EXPECT_EQ(went.kind, EventKind::accept);
        EXPECT_EQ(went.phase, go);
        EXPECT_FALSE(went.flags & event_in_signal);
        set_gate(*ring, GateMode::run, 0);
        thread.join();
        read_ring(*ring);
    }
    sigaction(SIGUSR1, &before, nullptr);
}

TEST_F(GateTest, AStepLetsASlowOneGoAtOnce) {
    set_gate(*ring, GateMode::slow, 3'600'000);
    std::thread thread = actor(1);
    wait_until_it_stands(Standing::rest);
    ASSERT_TRUE(grant_step(*ring));
    thread.join();
    EXPECT_EQ(phases(), (std::vector{enter, exit, rest, go}));
}

TEST_F(GateTest, AGrantThatNobodyUsedIsNotKept) {
    set_gate(*ring, GateMode::step, 0);
    ring->granted = 1;  // as if it had come just when its actor was let go
    std::thread thread = actor(1);
    wait_until_it_stands(Standing::arrive);
    EXPECT_EQ(phases(), std::vector{arrive});
    set_gate(*ring, GateMode::run, 0);
    thread.join();
}

TEST_F(GateTest, SlowMovesTakeAtLeastTheirTime) {
    set_gate(*ring, GateMode::slow, 20);
    const std::uint64_t before = monotonic_ns();
    actor(3).join();
    // Six gates; the first is passed at once, for no move was made before.
    EXPECT_GE(monotonic_ns() - before, 5u * 20'000'000u);
    const auto seen = phases();
    EXPECT_EQ(std::count(seen.begin(), seen.end(), enter), 3);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), rest), 3);
}

TEST_F(GateTest, ASlowOneIsSetFreeAtOnce) {
    set_gate(*ring, GateMode::slow, 3'600'000);
    std::thread thread = actor(5);
    wait_until_it_stands(Standing::rest);
    set_gate(*ring, GateMode::run, 0);
    thread.join();  // within the test's time limit, not in hours
    const auto seen = phases();
    EXPECT_EQ(std::count(seen.begin(), seen.end(), exit), 5);
}

TEST_F(GateTest, AllAreSetAndThoseThatComeLater) {
    set_gate_of_all(*trace, GateMode::step, 0);
    EXPECT_EQ(ring->gate_mode.load(), GateMode::step);
    Ring* later = trace->claim(ProgramId{1});
    EXPECT_EQ(later->gate_mode.load(), GateMode::step);
    set_gate_of_all(*trace, GateMode::slow, 5);
    EXPECT_EQ(later->gate_mode.load(), GateMode::slow);
    EXPECT_EQ(trace->claim(ProgramId{1})->gate_ms.load(), 5u);
}

TEST_F(GateTest, ABreakpointStopsBeforeItsCallOnce) {
    ASSERT_TRUE(set_breakpoint(*trace, here.file, here.line, true));
    EXPECT_EQ(ring->gate_mode.load(), open_but_for_breakpoints);
    std::thread thread = actor(2);
    wait_until_it_stands(Standing::arrive);
    const std::vector<Event> arrived = read_events(1);
    EXPECT_EQ(arrived[0].phase, arrive);
    EXPECT_TRUE(arrived[0].flags & event_at_breakpoint);
    EXPECT_EQ(ring->gate_mode.load(), GateMode::step) << "from here on it is stepped";
    ASSERT_TRUE(grant_step(*ring));
    wait_until_it_stands(Standing::rest);
    EXPECT_EQ(phases(), (std::vector{go, enter, exit, rest}));
    set_gate(*ring, open_mode(*trace), 0);
    wait_until_it_stands(Standing::arrive);
    EXPECT_EQ(phases(), (std::vector{go, arrive})) << "the next call of that line is stopped, too";
    set_gate(*ring, open_mode(*trace), 0);
    thread.join();
    EXPECT_EQ(phases(), (std::vector{go, enter, exit})) << "whoever is let go makes the call that it stood before";
    EXPECT_TRUE(errno_kept);
}

TEST_F(GateTest, ABreakpointElsewhereStopsNobody) {
    ASSERT_TRUE(set_breakpoint(*trace, here.file, here.line + 1, true));
    ASSERT_TRUE(set_breakpoint(*trace, "core/programs/other.cpp", here.line, true));
    actor(2).join();
    EXPECT_EQ(phases(), (std::vector{enter, exit, enter, exit}));
}

TEST_F(GateTest, ASlowOneStopsAtABreakpoint) {
    ASSERT_TRUE(set_breakpoint(*trace, here.file, here.line, true));
    set_gate(*ring, GateMode::slow, 1);
    std::thread thread = actor(1);
    while (ring->gate_mode.load() != GateMode::step) std::this_thread::yield();
    wait_until_it_stands(Standing::arrive);
    set_gate(*ring, GateMode::slow, 1);
    thread.join();
    const auto seen = phases();
    EXPECT_EQ(std::count(seen.begin(), seen.end(), exit), 1);
}

TEST_F(GateTest, TheLastBreakpointThatIsClearedOpensTheGates) {
    ASSERT_TRUE(set_breakpoint(*trace, here.file, 1, true));
    ASSERT_TRUE(set_breakpoint(*trace, here.file, 2, true));
    ASSERT_TRUE(set_breakpoint(*trace, here.file, 2, true)) << "setting one again changes nothing";
    Ring* later = trace->claim(ProgramId{1});
    EXPECT_EQ(later->gate_mode.load(), open_but_for_breakpoints);
    ASSERT_TRUE(set_breakpoint(*trace, here.file, 2, false));
    EXPECT_EQ(ring->gate_mode.load(), open_but_for_breakpoints);
    ASSERT_TRUE(set_breakpoint(*trace, here.file, 1, false));
    EXPECT_EQ(ring->gate_mode.load(), GateMode::run);
    ASSERT_TRUE(set_breakpoint(*trace, here.file, 1, false)) << "one that is not there";
    set_gate(*ring, GateMode::step, 0);
    ASSERT_TRUE(set_breakpoint(*trace, here.file, 1, true));
    EXPECT_EQ(ring->gate_mode.load(), GateMode::step) << "who waits for steps goes on doing so";
}

TEST_F(GateTest, ThereIsRoomForSoManyBreakpoints) {
    for (int line = 1; line <= static_cast<int>(most_breakpoints); ++line) ASSERT_TRUE(set_breakpoint(*trace, here.file, line, true));
    const Status refused = set_breakpoint(*trace, here.file, 1000, true);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().err, ENOSPC);
    ASSERT_TRUE(set_breakpoint(*trace, here.file, 5, false));
    EXPECT_TRUE(set_breakpoint(*trace, here.file, 1000, true));
}

// Breakpoints come and go while an actor runs: it stops at some, is let go, and reaches its end.
TEST_F(GateTest, BreakpointsComeAndGoWhileAnActorRuns) {
    std::atomic<bool> done = false;
    std::thread thread([&] {
        Writer writer(*trace, *ring);
        for (int i = 0; i < 2000; ++i) {
            writer.enter(EventKind::send, here, {.fd = 3});
            writer.exit(EventKind::send, here, {.fd = 3, .value = 1}, 0);
        }
        done = true;
    });
    for (bool on = true; !done; on = !on) {
        ASSERT_TRUE(set_breakpoint(*trace, here.file, here.line, on));
        if (!on && ring->gate_mode.load() == GateMode::step) set_gate(*ring, open_mode(*trace), 0);
        read_ring(*ring);
    }
    thread.join();
}

// Everybody is set while actors begin: none may be left behind with the old pace.
TEST_F(GateTest, NobodyThatBeginsMeanwhileIsForgotten) {
    for (int round = 0; round < 200; ++round) {
        set_gate_of_all(*trace, GateMode::run, 0);
        std::vector<Ring*> begun(4);
        std::thread beginner([&] {
            for (Ring*& each : begun) each = trace->claim(ProgramId{1});
        });
        set_gate_of_all(*trace, GateMode::step, 0);
        beginner.join();
        for (Ring* each : begun) {
            ASSERT_EQ(each->gate_mode.load(), GateMode::step);
            Writer(*trace, *each).end();
            trace->release(*each);
        }
    }
}

}  // namespace
}  // namespace synoptic
