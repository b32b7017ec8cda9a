// 64 bytes to an echo server and back: the server traced or plain, then the client, too. All ends share a core, so that a round trip costs what
// both of them compute and nothing is hidden behind the other's work.
//
// Servers and clients are threads of this process, as the app runs them by default, and the same programs (echo_iterative, echo_client) on both
// sides of a ratio.
#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "core/base/clock.h"
#include "tests/bench/figures.h"
#include "tests/bench/place.h"
#include "tests/bench/plain_programs.h"
#include "tests/bench/traced_app.h"

namespace bench {

namespace {

constexpr int samples = 150;
constexpr int round_trips = 500;

/** What a client reads its lines from: gives it as many as run() says, and measures how long they take there and back. */
class Lines {
   public:
    /** ns for each round trip. The client that reads from here makes them. */
    double run() {
        std::unique_lock lock(mutex_);
        wanted_ = round_trips;
        changed_.notify_all();
        changed_.wait(lock, [this] { return wanted_ == 0; });
        return static_cast<double>(took_ns_) / round_trips;
    }
    void end() {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        changed_.notify_all();
    }
    /** As fgets(3); the client's thread. */
    char* read_line(char* buffer, int size) {
        if (left_ == 0 && !wait_for_more()) return nullptr;
        --left_;
        const std::size_t length = std::min<std::size_t>(sizeof line - 1, static_cast<std::size_t>(size) - 1);
        std::memcpy(buffer, line, length + 1);
        return buffer;
    }

   private:
    static constexpr char line[] = "a line of 64 bytes, with its newline; that is how long it is…\n";
    static_assert(sizeof line - 1 == 64);

    bool wait_for_more() {
        const std::uint64_t now = synoptic::monotonic_ns();
        std::unique_lock lock(mutex_);
        if (wanted_ != 0) {  // those have been made
            took_ns_ = now - begin_ns_;
            wanted_ = 0;
            changed_.notify_all();
        }
        changed_.wait(lock, [this] { return ended_ || wanted_ != 0; });
        left_ = wanted_;
        begin_ns_ = synoptic::monotonic_ns();
        return !ended_;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    int wanted_ = 0;
    bool ended_ = false;
    int left_ = 0;  // the client's thread's
    std::uint64_t begin_ns_ = 0, took_ns_ = 0;
};

class TracedInput : public synoptic::Input {
   public:
    explicit TracedInput(Lines& lines) : lines_(lines) {}
    char* read_line(char* buffer, int size) override { return lines_.read_line(buffer, size); }
    void end() override { lines_.end(); }

   private:
    Lines& lines_;
};

/** A plain client on a thread of this process. */
class PlainClient {
   public:
    explicit PlainClient(const std::string& port) : client_([this](char* buffer, int size) { return lines.read_line(buffer, size); }) {
        thread_ = std::thread([this, port] {
            pin_thread(measured_core);
            client_.talk("127.0.0.1", port);
        });
    }
    ~PlainClient() {
        lines.end();
        thread_.join();
    }
    PlainClient(const PlainClient&) = delete;
    PlainClient& operator=(const PlainClient&) = delete;

    Lines lines;

   private:
    PlainProgram client_;
    std::thread thread_;
};

void echo(benchmark::State& state) {
    if (!has_two_cores()) return state.SkipWithError("two cores are needed");
    Lines lines;
    TracedInput input(lines);
    TracedApp app(&input);
    if (!app.trouble().empty()) return state.SkipWithError(app.trouble().c_str());
    // An iterative server serves one client at a time: each client has one of its own.
    const TracedApp::Started for_plain = app.start_server("echo_iterative", synoptic::Place::in_app);
    const TracedApp::Started for_traced = app.start_server("echo_iterative", synoptic::Place::in_app);
    const PlainServer plain("echo_iterative");
    if (for_plain.port.empty() || for_traced.port.empty() || plain.port().empty()) return state.SkipWithError("a server did not start");
    PlainClient plain_to_plain(plain.port()), plain_to_traced(for_plain.port);
    app.start_client(for_traced.port);

    std::vector<double> neither, server, both;
    for (auto _ : state) {
        neither.push_back(plain_to_plain.lines.run());
        server.push_back(plain_to_traced.lines.run());
        both.push_back(lines.run());
        state.SetIterationTime(neither.back() * round_trips * 1e-9);
    }
    const std::string note = app.note_of_lost();
    const double microseconds = 1e-3;
    for (double& ns : neither) ns *= microseconds;
    for (double& ns : server) ns *= microseconds;
    for (double& ns : both) ns *= microseconds;
    tell(state, "server_traced",
         {.what = "64-byte echo, one core: server traced ÷ untraced",
          .spread = spread_of(ratios(server, neither)),
          .reach = Reach::at_most,
          .target = 1.02,
          .note = note});
    tell(state, "both_traced",
         {.what = "64-byte echo, one core: both ends traced ÷ untraced",
          .spread = spread_of(ratios(both, neither)),
          .reach = Reach::at_most,
          .target = 1.03,
          .note = note});
    tell(state, "untraced_us", {.what = "a round trip untraced", .spread = spread_of(neither), .unit = "µs"});
    lines.end();
}
BENCHMARK(echo)->UseManualTime()->Iterations(samples)->Name("64-byte echo");

}  // namespace

}  // namespace bench
