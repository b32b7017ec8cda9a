// The History of a real session with a million events: any moment of it, its memory, its file; beside tshark, which reads as many packets.
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "core/base/clock.h"
#include "core/session/recording.h"
#include "core/session/session.h"
#include "core/wire/pcapng.h"
#include "gui/panels/calls_index.h"
#include "gui/panels/scrub_marks.h"
#include "tests/bench/figures.h"
#include "tests/bench/place.h"

namespace bench {
namespace {

using namespace synoptic;

constexpr EventIndex events_wanted = 1'000'000;
constexpr int exchanges = 100;  // of a connection
constexpr std::uint64_t most_ns = 300'000'000'000;

/** A client that nobody watches: comes, says something, and goes, until it is told to stop. */
void come_and_go(const std::string& port, const std::atomic<bool>& over) {
    char line[64];
    std::fill(std::begin(line), std::end(line), 'x');
    while (!over) {
        const int fd = connect_when_ready(port);
        if (fd < 0) return;
        for (int exchange = 0; exchange < exchanges; ++exchange) {
            std::snprintf(line, sizeof line, "line %d of %d", exchange, fd);
            if (send(fd, line, sizeof line, MSG_NOSIGNAL) != sizeof line || recv(fd, line, sizeof line, MSG_WAITALL) != sizeof line) break;
        }
        close(fd);
    }
}

/** Has an echo server with a process for each client record itself. "" or what went wrong. */
std::string record(const std::string& path, EventIndex events) {
    Result<std::unique_ptr<Session>> session = Session::start({});
    if (!session) return session.error().text();
    const History& history = (*session)->history();
    (*session)->submit(
        StartServer{.program = "echo_fork", .place = Place::own_process, .address = "127.0.0.1", .port = "0", .backlog = 64});
    std::string port;
    const bool listens = (*session)->wait_for(
        [&port](const World& world) {
            for (const SocketId id : world.listening) port = std::to_string(find(world, id)->local.port());
            return !port.empty();
        },
        10'000);
    if (!listens) return "the server does not listen";
    std::atomic<bool> over = false;
    std::thread clients[] = {std::thread(come_and_go, port, std::cref(over)), std::thread(come_and_go, port, std::cref(over))};
    const std::uint64_t began = monotonic_ns();
    while (history.size() < events && monotonic_ns() - began < most_ns) usleep(10'000);
    over = true;
    for (std::thread& client : clients) client.join();
    RecordingNotes notes;
    notes.sources = sources_of(history);
    const Status saved = save_recording(path, history, notes);
    if (!saved) return saved.error().text();
    return history.size() < events ? fmt::format("only {} events within {} s", history.size(), most_ns / 1'000'000'000) : "";
}

double since_ms(std::uint64_t began) {
    return static_cast<double>(monotonic_ns() - began) / 1e6;
}

/** As many packets as tshark reads them in the same time. */
bool write_packets(const std::string& path, EventIndex count) {
    Result<PcapngFile> file = PcapngFile::begin(path);
    if (!file) return false;
    // An IPv4 TCP segment with 64 bytes; its checksums are nobody's concern here.
    std::vector<std::uint8_t> bytes(104, 'x');
    const std::uint8_t head[] = {0x45, 0,    0,    104,  0, 0, 0x40, 0, 64, 6, 0, 0, 10,   77,   0, 1, 10, 77, 0, 2,
                                 0xc3, 0x50, 0x1a, 0x0a, 0, 0, 0,    1, 0,  0, 0, 1, 0x50, 0x18, 1, 0, 0,  0,  0, 0};
    std::copy(std::begin(head), std::end(head), bytes.begin());
    CaptureRecord record{.host = Host::client, .bytes = bytes};
    for (EventIndex index = 0; index < count; ++index) {
        record.time_ns = 1'700'000'000'000'000'000u + index * 1000;
        const auto seq = static_cast<std::uint32_t>(index * 64);
        for (int at = 0; at < 4; ++at) record.bytes[static_cast<std::size_t>(24 + at)] = static_cast<std::uint8_t>(seq >> (24 - 8 * at));
        if (!file->add(record)) return false;
    }
    return static_cast<bool>(file->finish());
}

std::uint64_t resident_bytes() {
    unsigned long pages = 0, resident = 0;
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    if (file && std::fscanf(file, "%lu %lu", &pages, &resident) != 2) resident = 0;
    if (file) std::fclose(file);
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void history_million(benchmark::State& state) {
    const std::filesystem::path folder = std::filesystem::path(own_path()).parent_path();
    const std::string path = folder / "million.synoptic", packets = folder / "million.pcapng";
    if (!std::filesystem::exists(path)) {
        if (const std::string trouble = record(path, events_wanted); !trouble.empty()) return state.SkipWithError(trouble.c_str());
    }
    std::vector<double> open_ms, tshark_ms, seek_p99_us;
    double keyframes = 0, bytes_each = 0;
    for (auto _ : state) {
        for (int round = 0; round < 5; ++round) {
            std::uint64_t began = monotonic_ns();
            const Result<Recording> recording = load_recording(path);
            if (!recording) return state.SkipWithError(recording.error().text().c_str());
            const History& history = *recording->history;
            benchmark::DoNotOptimize(history.at(history.size()).events);
            open_ms.push_back(since_ms(began));
            std::mt19937_64 random(static_cast<std::uint64_t>(round));
            std::vector<double> seeks;
            for (int seek = 0; seek < 2000; ++seek) {
                const EventIndex index = random() % history.size();
                began = monotonic_ns();
                benchmark::DoNotOptimize(history.at(index).events);
                seeks.push_back(since_ms(began) * 1000);
            }
            std::sort(seeks.begin(), seeks.end());
            seek_p99_us.push_back(seeks[seeks.size() * 99 / 100]);
            keyframes = static_cast<double>(history.keyframe_bytes()) / static_cast<double>(std::filesystem::file_size(path));
            bytes_each = static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(history.size());
        }
        if (write_packets(packets, events_wanted)) {
            const std::uint64_t began = monotonic_ns();
            const int status = std::system(("tshark -n -q -r " + packets + " >/dev/null 2>&1").c_str());
            if (WIFEXITED(status) && WEXITSTATUS(status) == 0) tshark_ms.push_back(since_ms(began));
            std::filesystem::remove(packets);
        }
    }
    const Spread open = spread_of(open_ms), tshark = spread_of(tshark_ms);
    tell(state, "seek", {"a moment among a million events, p99", spread_of(seek_p99_us), "µs", Reach::at_most, 1000});
    tell(state, "keyframes",
         {"keyframes ÷ the recording's file",
          {keyframes, keyframes, keyframes},
          "",
          Reach::at_most,
          0.15,
          fmt::format("{:.1f} bytes an event", bytes_each)});
    tell(state, "open", {"a recording of a million events is open", open, "ms", Reach::at_most, 250});
    if (tshark.median > 0)
        tell(state, "tshark",
             {"tshark reads a million packets ÷ that",
              {tshark.median / open.median, tshark.median / open.upper, tshark.median / open.lower},
              "",
              Reach::at_least,
              10});
}
BENCHMARK(history_million)->Iterations(1)->UseManualTime();

/** All that the app keeps for each event: the History and the window's indices. The recording's events come again and again, without payload. */
void history_memory(benchmark::State& state) {
    const std::string path = std::filesystem::path(own_path()).parent_path() / "million.synoptic";
    const Result<Recording> recording = load_recording(path);
    if (!recording) return state.SkipWithError("history_million records what this reads: run both");
    double bytes_per_call = 0;
    for (auto _ : state) {
        History history;
        CallsIndex calls;
        ScrubMarks marks;
        std::uint64_t enters = 0, at_million = 0, enters_at_million = 0;
        const EventIndex size = recording->history->size();
        for (EventIndex index = 0; index < 10 * events_wanted; ++index) {
            Event event = recording->history->event(index % size);
            event.time += index / size * 1'000'000'000'000;
            enters += event.phase == Phase::enter;
            history.append(event, {});
            if (index % 10'000 == 0) {
                calls.update(history);
                marks.update(history);
            }
            if (index == events_wanted) at_million = resident_bytes(), enters_at_million = enters;
        }
        bytes_per_call = static_cast<double>(resident_bytes() - at_million) / static_cast<double>(enters - enters_at_million);
    }
    tell(state, "memory",
         {"memory for each call, from a million to ten million events",
          {bytes_per_call, bytes_per_call, bytes_per_call},
          "bytes",
          Reach::at_most,
          128,
          "tshark needs about 630 for a packet"});
}
BENCHMARK(history_memory)->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace bench
