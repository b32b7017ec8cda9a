// How many clients one after another a server can serve in a second: connect, 64 bytes there and back, close. Each worker model, traced and plain.
//
// Client, server and workers share a core; the session works beside them on the other one. Iterative and threaded servers run inside this process
// on both sides, the forking one is a process: on the traced side forked by the helper, on the plain side by this program, started anew.
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "tests/bench/figures.h"
#include "tests/bench/place.h"
#include "tests/bench/plain_programs.h"
#include "tests/bench/traced_app.h"

namespace bench {

namespace {

constexpr int samples = 100;
constexpr int connections = 100;  // of a sample

/** One client, from connect to close. False if it did not get its echo. */
bool be_served(const std::string& port) {
    const int fd = connect_to(port);
    if (fd < 0) return false;
    char message[64] = "hello";
    std::size_t received = 0;
    if (send(fd, message, sizeof message, MSG_NOSIGNAL) == sizeof message) {
        while (received < sizeof message) {
            const ssize_t got = recv(fd, message, sizeof message - received, 0);
            if (got <= 0) break;
            received += static_cast<std::size_t>(got);
        }
    }
    close(fd);
    return received == sizeof message;
}

/** Connections per second, 0 if one failed. */
double rate_at(const std::string& port) {
    const std::uint64_t begin = synoptic::monotonic_ns();
    for (int i = 0; i < connections; ++i) {
        if (!be_served(port)) return 0;
    }
    return connections / (static_cast<double>(synoptic::monotonic_ns() - begin) * 1e-9);
}

void compare(benchmark::State& state, const TracedApp& app, const std::string& what, const std::string& traced_port,
             const std::string& plain_port) {
    pin_thread(measured_core);
    std::vector<double> traced, plain;
    bool traced_first = false;
    for (auto _ : state) {
        traced_first = !traced_first;
        if (traced_first) traced.push_back(rate_at(traced_port));
        plain.push_back(rate_at(plain_port));
        if (!traced_first) traced.push_back(rate_at(traced_port));
        state.SetIterationTime(connections / traced.back());
        if (traced.back() == 0 || plain.back() == 0) {
            state.SkipWithError("a client was not served");
            break;
        }
    }
    unpin_thread();
    if (traced.back() == 0 || plain.back() == 0) return;
    const std::string note = app.note_of_lost();
    tell(state, "ratio",
         {.what = "connections per second, " + what + ": traced ÷ plain",
          .spread = spread_of(ratios(traced, plain)),
          .reach = Reach::at_least,
          .target = 0.95,
          .note = note});
    tell(state, "plain", {.what = "plain", .spread = spread_of(plain), .unit = "/s"});
}

void connections_in_app(benchmark::State& state, const char* program, const char* what) {
    if (!has_two_cores()) return state.SkipWithError("two cores are needed");
    TracedApp app;
    if (!app.trouble().empty()) return state.SkipWithError(app.trouble().c_str());
    const TracedApp::Started traced = app.start_server(program, synoptic::Place::in_app);
    if (!traced.trouble.empty()) return state.SkipWithError(traced.trouble.c_str());
    const PlainServer plain(program);
    compare(state, app, what, traced.port, plain.port());
}

void connections_in_processes(benchmark::State& state, const char* program, const char* what) {
    if (!has_two_cores()) return state.SkipWithError("two cores are needed");
    TracedApp app;
    if (!app.trouble().empty()) return state.SkipWithError(app.trouble().c_str());
    const TracedApp::Started traced = app.start_server(program, synoptic::Place::own_process);
    if (!traced.trouble.empty()) return state.SkipWithError(traced.trouble.c_str());
    const std::string port = free_port();
    const Child plain({own_path(), plain_server_argument, program, port}, {}, measured_core);
    close(connect_when_ready(port));
    compare(state, app, what, traced.port, port);
}

BENCHMARK_CAPTURE(connections_in_app, iterative, "echo_iterative", "iterative")->UseManualTime()->Iterations(samples);
BENCHMARK_CAPTURE(connections_in_processes, fork, "echo_fork", "fork")->UseManualTime()->Iterations(samples);
BENCHMARK_CAPTURE(connections_in_app, thread, "echo_thread", "thread")->UseManualTime()->Iterations(samples);

}  // namespace

}  // namespace bench
