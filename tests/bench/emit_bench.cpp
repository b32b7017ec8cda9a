// What one traced call costs besides its system call: an enter and an exit, without payload, by one producer and by two.
//
// A batch fits into a ring. It is timed; that the ring is drained is not. Beside the figure stands what a burst costs if the other core has read the
// ring's cache lines, as the collector's does: each line must come back before it can be written. Between two real calls lies a system call, in
// which it has the time; a burst without one waits for it. How long depends on how far apart the two cores are.
#include <atomic>
#include <memory>
#include <thread>

#include "core/sockets/call.h"
#include "core/trace/reader.h"
#include "tests/bench/figures.h"
#include "tests/bench/place.h"

namespace bench {

namespace {

using namespace synoptic;

constexpr int batch_pairs = 240;
constexpr int samples = 400;
constexpr int batches_in_sample = 25;

/** What every traced call does around its system call. */
[[gnu::noinline]] void emit(int pairs) {
    for (int i = 0; i < pairs; ++i) {
        Call call(EventKind::shutdown, Where::here(), {.fd = 7, .a = 1});
        call.exit(0);
    }
}

[[gnu::noinline]] void read_rdtsc_twice(int pairs) {
    for (int i = 0; i < pairs; ++i) {
        benchmark::DoNotOptimize(read_ticks(true));
        benchmark::DoNotOptimize(read_ticks(true));
    }
}

[[gnu::noinline]] void read_clock_gettime_twice(int pairs) {
    for (int i = 0; i < pairs; ++i) {
        benchmark::DoNotOptimize(monotonic_ns());
        benchmark::DoNotOptimize(monotonic_ns());
    }
}

/** Reads what is committed, as the collector does; returns how many records. */
int drain(Ring& ring, Event& copy) {
    std::string payload;
    int records = 0;
    std::uint32_t slot = ring.tail.load(std::memory_order_relaxed);
    for (std::uint32_t next; (next = read_record(ring, slot, copy, payload)) != slot; slot = next) {
        benchmark::DoNotOptimize(copy);
        ++records;
    }
    free_slots(ring, slot);
    return records;
}

/** All threads that enter leave together. They spin: a thread that slept would not begin at the same moment as the others. */
class SpinBarrier {
   public:
    explicit SpinBarrier(int threads) : threads_(threads) {}
    void meet() {
        const int round = round_.load();
        if (arrived_.fetch_add(1) + 1 == threads_) {
            arrived_.store(0);
            round_.fetch_add(1);
            return;
        }
        while (round_.load(std::memory_order_acquire) == round) {}
    }

   private:
    static void rest() {
#if defined(__x86_64__)
        _mm_pause();  // leaves the core's units to a sibling thread
#endif
    }

    int threads_;
    std::atomic<int> arrived_{0};
    std::atomic<int> round_{0};
};

/** ns for each pair of one batch. */
template <class Work>
double time_batch(Work work) {
    const std::uint64_t begin = monotonic_ns();
    work(batch_pairs);
    return static_cast<double>(monotonic_ns() - begin) / batch_pairs;
}

/** Two producers, each on its core with its ring. */
class Producers {
   public:
    explicit Producers(Trace& trace) : rings_{trace.claim(ProgramId{1}), trace.claim(ProgramId{2})}, trace_(trace) {
        second_ = std::thread([this] { be_second(); });
        pin_thread(measured_core);
        this_writer() = Writer(trace_, *rings_[0]);
    }
    ~Producers() {
        round_ = Round::end;
        barrier_.meet();
        second_.join();
        this_writer() = Writer();
        unpin_thread();
    }
    Producers(const Producers&) = delete;
    Producers& operator=(const Producers&) = delete;

    enum class Round {
        one,      // the first emits, and drains its ring; the other one waits
        one_far,  // the same, but the other core drains it
        two,      // both emit, and each drains its own
        end,
    };
    /** Median over some batches of the ns for each pair; of two producers the mean of both. */
    double median_ns(Round round) {
        std::vector<double> times;
        for (int i = 0; i < batches_in_sample; ++i) {
            round_ = round;
            barrier_.meet();
            const double first_time = time_batch(emit);
            barrier_.meet();
            if (round != Round::one_far) drain_all(0, 0);
            barrier_.meet();
            times.push_back(round == Round::two ? (first_time + second_time_) / 2 : first_time);
        }
        return spread_of(times).median;
    }
    bool complete() const { return complete_; }

   private:
    void be_second() {
        pin_thread(other_core);
        this_writer() = Writer(trace_, *rings_[1]);
        for (;;) {
            barrier_.meet();
            if (round_ == Round::end) break;
            if (round_ == Round::two) second_time_ = time_batch(emit);
            barrier_.meet();
            if (round_ == Round::one_far) drain_all(0, 1);
            if (round_ == Round::two) drain_all(1, 1);
            barrier_.meet();
        }
        this_writer() = Writer();
    }

    void drain_all(int ring, int by) {
        if (drain(*rings_[ring], copies_[by]) != 2 * batch_pairs) complete_ = false;
    }

    Ring* rings_[2];
    Event copies_[2];
    Trace& trace_;
    SpinBarrier barrier_{2};
    Round round_ = Round::one;  // written before the barrier and read behind it, as is the next
    double second_time_ = 0;
    std::atomic<bool> complete_{true};
    std::thread second_;
};

void emit_pair(benchmark::State& state) {
    if (!has_two_cores()) return state.SkipWithError("two cores are needed");
    Result<std::unique_ptr<Trace>> trace = Trace::create();
    if (!trace) return state.SkipWithError(trace.error().text().c_str());
    std::vector<double> one, far, two, rdtsc, clock;
    {
        Producers producers(**trace);
        for (auto _ : state) {
            one.push_back(producers.median_ns(Producers::Round::one));
            rdtsc.push_back(time_batch(read_rdtsc_twice));
            clock.push_back(time_batch(read_clock_gettime_twice));
            two.push_back(producers.median_ns(Producers::Round::two));
            far.push_back(producers.median_ns(Producers::Round::one_far));
            state.SetIterationTime(one.back() * 1e-9);
        }
        if (!producers.complete()) return state.SkipWithError("events were lost");
    }
    tell(state, "pair_ns",
         {.what = "one enter + exit pair emitted, without payload",
          .spread = spread_of(one),
          .unit = "ns",
          .reach = Reach::at_most,
          .target = 30});
    tell(state, "rdtsc_ns", {.what = "two reads of the clock alone, rdtsc", .spread = spread_of(rdtsc), .unit = "ns"});
    tell(state, "clock_gettime_ns", {.what = "two reads of the clock alone, clock_gettime", .spread = spread_of(clock), .unit = "ns"});
    tell(state, "far_ns",
         {.what = "the pair in a burst, its cache lines last read by the other core", .spread = spread_of(far), .unit = "ns"});
    tell(state, "two_producers",
         {.what = "one pair with two producers ÷ with one", .spread = spread_of(ratios(two, one)), .reach = Reach::at_most, .target = 1.1});
}
BENCHMARK(emit_pair)->UseManualTime()->Iterations(samples)->Name("one enter + exit pair");

}  // namespace

}  // namespace bench
