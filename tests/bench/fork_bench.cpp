// What a fork costs: by the helper of an app that holds 1 GB, by a small program, and by the process with the 1 GB itself.
//
// The same thing is measured in all three: the call of fork(2), in CPU time of the parent; fork_timer.so measures it in the first two. The
// helper is started as the app starts it (posix_spawn), and asked over its channel to start a program that does not exist:
// the child ends at once, as the small program's does. A round trip over the channel would measure its JSON and two switches of process, too.
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <memory>

#include "core/helper/channel.h"
#include "core/helper/helper.h"
#include "core/trace/trace.h"
#include "tests/bench/figures.h"
#include "tests/bench/fork_timer.h"
#include "tests/bench/place.h"

namespace bench {

namespace {

constexpr int samples = 400;
constexpr int own_samples = 20;
constexpr std::size_t app_bytes = std::size_t{1} << 30;
constexpr int limit_ms = 2000;

/** The shared page that a fork_timer.so writes. */
class Times {
   public:
    Times() : fd_(memfd_create("fork-times", MFD_CLOEXEC)) {
        if (fd_ < 0 || ftruncate(fd_, sizeof(ForkTimes)) != 0) return;
        void* memory = mmap(nullptr, sizeof(ForkTimes), PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
        if (memory != MAP_FAILED) times_ = static_cast<ForkTimes*>(memory);
    }
    ~Times() {
        if (times_) munmap(times_, sizeof(ForkTimes));
        close(fd_);
    }
    Times(const Times&) = delete;
    Times& operator=(const Times&) = delete;

    /** Where another process finds it while this one lives. */
    std::string path() const { return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(fd_); }

    /** Waits for one fork more than were seen so far; its ns, or 0 if none came. */
    double next() {
        for (int i = 0; i < limit_ms * 10 && times_; ++i) {
            if (times_->forks.load() != seen_) {
                ++seen_;
                return static_cast<double>(times_->last_ns.load());
            }
            usleep(100);
        }
        return 0;
    }

   private:
    int fd_;
    ForkTimes* times_ = nullptr;
    std::uint32_t seen_ = 0;
};

/** A small program, waiting to be told to fork. */
class SmallProgram {
   public:
    SmallProgram() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return;
        input_ = ends[1];
        child_ = std::make_unique<Child>(
            std::vector<std::string>{SYNOPTIC_SMALL_PROGRAM},
            std::vector<std::string>{"LD_PRELOAD=" SYNOPTIC_FORK_TIMER, fork_times_variable + ("=" + times_.path())}, measured_core, -1,
            ends[0]);
        close(ends[0]);
    }
    ~SmallProgram() { close(input_); }
    SmallProgram(const SmallProgram&) = delete;
    SmallProgram& operator=(const SmallProgram&) = delete;

    double fork_ns() { return write(input_, "f", 1) == 1 ? times_.next() : 0; }

   private:
    Times times_;
    int input_ = -1;
    std::unique_ptr<Child> child_;
};

/** The app's helper, with this process as its app. */
class AppHelper {
   public:
    AppHelper() {
        synoptic::Result<std::unique_ptr<synoptic::Trace>> trace = synoptic::Trace::create();
        if (!trace || pipe2(lifeline_, O_CLOEXEC) != 0) return;
        trace_ = std::move(*trace);
        setenv("LD_PRELOAD", SYNOPTIC_FORK_TIMER, 1);
        setenv(fork_times_variable, times_.path().c_str(), 1);
        pin_thread(measured_core);
        if (synoptic::Result<synoptic::HelperProcess> spawned = synoptic::spawn_helper(synoptic::helper_path(), trace_->memfd(), lifeline_[0]))
            helper_ = *spawned;
        unpin_thread();
        unsetenv("LD_PRELOAD");
        unsetenv(fork_times_variable);
    }
    ~AppHelper() {
        for (const int fd : {helper_.channel, lifeline_[0], lifeline_[1]}) close(fd);  // the kernel ends the helper with its lifeline
        if (helper_.pid > 0) waitpid(helper_.pid, nullptr, 0);
    }
    AppHelper(const AppHelper&) = delete;
    AppHelper& operator=(const AppHelper&) = delete;

    double fork_ns() {
        const nlohmann::json order = {{"do", "start"}, {"program", 1}, {"name", "echo_client"}, {"address", "127.0.0.1"}, {"port", "1"}, {"backlog", 1}};
        if (helper_.pid < 0 || !synoptic::send_message(helper_.channel, order)) return 0;
        for (;;) {  // until the child was reaped, so that nothing is under way when the next fork is measured
            pollfd said{helper_.channel, POLLIN, 0};
            if (poll(&said, 1, limit_ms) <= 0) return 0;
            const std::optional<synoptic::ChannelMessage> message = synoptic::receive_message(helper_.channel);
            if (!message) return 0;
            if (message->body.value("said", "") == "reaped") return times_.next();
        }
    }

   private:
    Times times_;
    std::unique_ptr<synoptic::Trace> trace_;
    int lifeline_[2] = {-1, -1};
    synoptic::HelperProcess helper_;
};

std::uint64_t cpu_ns() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

/** A fork of this very process. */
double own_fork_ns() {
    const std::uint64_t begin = cpu_ns();
    const pid_t pid = fork();
    if (pid == 0) _exit(0);
    const auto took = static_cast<double>(cpu_ns() - begin);
    waitpid(pid, nullptr, 0);
    return took;
}

void fork_cost(benchmark::State& state) {
    // Touched, page by page: memory that was never written costs a fork nothing.
    void* held = mmap(nullptr, app_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (held == MAP_FAILED) return state.SkipWithError("no memory");
    for (std::size_t at = 0; at < app_bytes; at += 4096) static_cast<char*>(held)[at] = 1;
    {
        AppHelper helper;
        SmallProgram small;
        std::vector<double> by_helper, by_small, by_self;
        bool helper_first = false;
        for (auto _ : state) {
            helper_first = !helper_first;  // who comes second finds some of the kernel's data in the cache
            if (helper_first) by_helper.push_back(helper.fork_ns() * 1e-3);
            by_small.push_back(small.fork_ns() * 1e-3);
            if (!helper_first) by_helper.push_back(helper.fork_ns() * 1e-3);
            state.SetIterationTime(by_helper.back() * 1e-6);
            if (by_helper.back() == 0 || by_small.back() == 0) {
                state.SkipWithError(by_small.back() == 0 ? "the small program did not fork" : "the helper did not fork");
                break;
            }
        }
        // Apart from the others, for it leaves nothing of theirs in the cache.
        for (int i = 0; i < own_samples; ++i) by_self.push_back(own_fork_ns() * 1e-3);
        if (by_helper.back() != 0 && by_small.back() != 0) {
            tell(state, "ratio",
                 {.what = "fork by the helper of an app with 1 GB ÷ by a small program",
                  .spread = spread_of(ratios(by_helper, by_small)),
                  .reach = Reach::at_most,
                  .target = 1.2});
            tell(state, "helper_us", {.what = "by the helper", .spread = spread_of(by_helper), .unit = "µs"});
            tell(state, "small_us", {.what = "by a small program", .spread = spread_of(by_small), .unit = "µs"});
            tell(state, "self_us", {.what = "by the process with the 1 GB itself", .spread = spread_of(by_self), .unit = "µs"});
        }
    }
    munmap(held, app_bytes);
}
BENCHMARK(fork_cost)->UseManualTime()->Iterations(samples)->Name("fork");

}  // namespace

}  // namespace bench
