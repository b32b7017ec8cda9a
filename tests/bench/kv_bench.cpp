// The key-value server beside Redis with `appendfsync always`: durable puts per second on the same disk, by one load program that speaks to both. And what the store costs by itself as
// the number of its pairs grows.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/store/disk.h"
#include "core/store/store.h"
#include "tests/bench/figures.h"
#include "tests/bench/place.h"
#include "tests/bench/traced_app.h"
#include "tests/bench/untraced_puts.h"

namespace bench {

namespace {

using synoptic::monotonic_ns;

constexpr int samples = 5, put_samples = 8;
constexpr std::uint64_t run_ns = 1'000'000'000;
constexpr useconds_t rest_us = 300'000;  // the app packs what it saw in a run when nobody else has work: it is not to be another's burden

/** Beside this program: on the disk that is measured, not in a /tmp that may be memory. */
class Folder {
   public:
    Folder() : path_(std::filesystem::path(own_path()).parent_path() / "kv-bench-XXXXXX") {
        if (!mkdtemp(path_.data())) path_.clear();
    }
    ~Folder() {
        if (!path_.empty()) std::filesystem::remove_all(path_);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::string& path() const { return path_; }

   private:
    std::string path_;
};

/** Clients that each put one pair after the other, with keys that were never used before. */
class Load {
   public:
    /** `command` is what stands before key and value: "put ", or "SET " for Redis, which takes it as an inline command. */
    Load(const char* command, const std::string& port, int clients) : command_(command) {
        for (int i = 0; i < clients; ++i) {
            const int fd = connect_when_ready(port);
            if (fd >= 0) waiting_.push_back({fd, POLLIN, 0});
        }
    }
    ~Load() {
        for (const pollfd& client : waiting_) close(client.fd);
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    bool whole(int clients) const { return static_cast<int>(waiting_.size()) == clients; }

    /** Puts per second that were acknowledged within a run; 0 if a reply was no OK. */
    double run() {
        std::uint64_t told = 0;
        const std::uint64_t begin = monotonic_ns();
        for (const pollfd& client : waiting_) ask(client.fd);
        std::size_t under_way = waiting_.size();
        while (under_way > 0) {
            poll(waiting_.data(), waiting_.size(), -1);
            const bool over = monotonic_ns() > begin + run_ns;
            for (const pollfd& client : waiting_) {
                if (!client.revents) continue;
                char reply[256];
                const ssize_t got = recv(client.fd, reply, sizeof reply - 1, 0);
                if (got <= 0 || std::string_view(reply, static_cast<std::size_t>(got)).find("OK") == std::string_view::npos) return 0;
                ++told;
                if (over)
                    --under_way;
                else
                    ask(client.fd);
            }
        }
        return static_cast<double>(told) * 1e9 / static_cast<double>(monotonic_ns() - begin);
    }

   private:
    void ask(int fd) {
        // In quotes, which Redis takes off and we keep: else it would take the words for options.
        const std::string request = command_ + std::to_string(++key_) + " \"a value of forty bytes, as values often are\"\r\n";
        [[maybe_unused]] const ssize_t sent = send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    }

    std::string command_;
    std::vector<pollfd> waiting_;
    std::uint64_t key_ = 0;
};

void durable_puts(benchmark::State& state) {
    const int clients = static_cast<int>(state.range(0));
    const Folder folder;
    const std::string redis_port = free_port();
    const Child redis({"redis-server", "--port", redis_port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync",
                       "always", "--dir", folder.path()},
                      {});
    const UntracedServer least(serve_bare_puts, folder.path() + "/bare.txt"), same(serve_untraced_puts, folder.path() + "/untraced.txt");
    TracedApp app;
    if (!app.trouble().empty()) return state.SkipWithError(app.trouble().c_str());
    const TracedApp::Started server = app.start_server("kv_fork", synoptic::Place::own_process, folder.path() + "/database.txt");
    if (server.port.empty()) return state.SkipWithError(("kv_fork: " + server.trouble).c_str());
    unpin_thread(server.tid);  // Redis runs where it likes, too
    Load ours("put ", server.port, clients), theirs("SET ", redis_port, clients), bare("put ", least.port(), clients),
        untraced("put ", same.port(), clients);
    if (!theirs.whole(clients)) return state.SkipWithError("redis-server did not start (apt-get install redis-server)");
    if (!ours.whole(clients) || !bare.whole(clients) || !untraced.whole(clients))
        return state.SkipWithError("not all clients could connect");

    std::vector<double> puts, redis_puts, bare_puts, untraced_puts;
    // Each comes first equally often, and there are two ways round: what a run leaves to the disk is the next one's burden.
    const std::pair<Load*, std::vector<double>*> runs[] = {
        {&bare, &bare_puts}, {&untraced, &untraced_puts}, {&theirs, &redis_puts}, {&ours, &puts}};
    std::size_t round = 0;
    for (auto _ : state) {
        for (std::size_t at = 0; at < std::size(runs); ++at) {
            const std::size_t step = round % 2 == 0 ? at : std::size(runs) - at;
            const auto& [load, figures] = runs[(round / 2 + step) % std::size(runs)];
            usleep(rest_us);
            figures->push_back(load->run());
        }
        ++round;
        if (puts.back() == 0 || redis_puts.back() == 0) return state.SkipWithError("a put was refused");
        state.SetIterationTime(1e-9 * static_cast<double>(run_ns));
    }
    const std::string with = ", " + std::to_string(clients) + (clients == 1 ? " client" : " clients");
    tell(state, "durable_puts",
         {.what = "durable puts a second: ours ÷ Redis" + with,
          .spread = spread_of(ratios(puts, redis_puts)),
          .reach = Reach::at_least,
          .target = clients == 1 ? 1.0 : 0.8,
          .note = app.note_of_lost()});
    tell(state, "puts_per_second", {.what = "ours" + with, .spread = spread_of(puts), .unit = "/s"});
    tell(state, "untraced_puts",
         {.what = "the same server untraced ÷ Redis" + with, .spread = spread_of(ratios(untraced_puts, redis_puts))});
    tell(state, "tracing_puts", {.what = "ours ÷ the same server untraced" + with, .spread = spread_of(ratios(puts, untraced_puts))});
    tell(state, "bare_puts", {.what = "no store and no trace ÷ Redis" + with, .spread = spread_of(ratios(bare_puts, redis_puts))});
    tell(state, "redis_puts_per_second", {.what = "Redis" + with, .spread = spread_of(redis_puts), .unit = "/s"});
}
BENCHMARK(durable_puts)->UseManualTime()->Iterations(put_samples)->Arg(1)->Arg(16)->Arg(50);

/** A disk that is always done: what is measured is the store, not the disk. */
class QuickDisk : public synoptic::Disk {
    int fdatasync(int) override { return 0; }
};

std::string value_for(std::int64_t key) {
    return "the value of " + std::to_string(1'000'000'000 + key);
}  // of equal length

std::string file_of(std::int64_t pairs) {
    std::string lines;
    for (std::int64_t key = 0; key < pairs; ++key) lines += std::to_string(1'000'000'000 + key) + " " + value_for(key) + "\n";
    return lines;
}

/** As killed servers leave it: pairs not in the order of their keys, and every other one was deleted and put once more. */
std::string untidy_file_of(std::int64_t pairs) {
    std::string lines;
    const auto line = [&](std::int64_t key) { return std::to_string(1'000'000'000 + key) + " " + value_for(key) + "\n"; };
    for (std::int64_t i = 0; i < pairs; ++i) lines += line(i * 7919 % pairs);  // a prime that divides no power of ten: each key once
    for (std::int64_t key = 0; key < pairs; key += 2) lines += "del " + std::to_string(1'000'000'000 + key) + "\n" + line(key);
    return lines;
}

/** Nanoseconds for a put, a get and a del together, at keys all over a store of so many pairs. */
double cost(synoptic::Store& store, std::int64_t pairs) {
    constexpr std::int64_t rounds = 20'000;
    const std::uint64_t begin = monotonic_ns();
    for (std::int64_t i = 0; i < rounds; ++i) {
        const std::int64_t spread = i * 7919 % pairs;
        store.put(2'000'000'000 + spread, value_for(spread));
        benchmark::DoNotOptimize(store.get(1'000'000'000 + spread));
        store.del(2'000'000'000 + spread);
    }
    return static_cast<double>(monotonic_ns() - begin) / rounds;
}

void growth(benchmark::State& state) {
    QuickDisk disk;
    synoptic::use_disk(&disk);
    const Folder folder;
    std::vector<double> small_ns, large_ns, load_ms, untidy_ms;
    const std::string small_file = file_of(1000), large_file = file_of(1'000'000);
    const std::string untidy_lines = untidy_file_of(500'000);
    double took_ms = 0;
    const auto open = [&](const std::string& name, const std::string& bytes) {
        const std::string path = folder.path() + "/" + name;
        FILE* file = std::fopen(path.c_str(), "w");
        std::fwrite(bytes.data(), 1, bytes.size(), file);
        std::fclose(file);
        const std::uint64_t begin = monotonic_ns();
        auto store = synoptic::Store::open(path);
        took_ms = static_cast<double>(monotonic_ns() - begin) * 1e-6;
        return store ? std::move(*store) : nullptr;
    };
    for (auto _ : state) {
        const auto untidy = open("untidy.txt", untidy_lines);
        untidy_ms.push_back(took_ms);
        const auto small = open("small.txt", small_file), large = open("large.txt", large_file);
        load_ms.push_back(took_ms);
        if (!small || !large || !untidy) return state.SkipWithError("a store can't be opened");
        cost(*large, 1'000'000);
        small_ns.push_back(cost(*small, 1000));
        large_ns.push_back(cost(*large, 1'000'000));
        state.SetIterationTime(1e-9 * (small_ns.back() + large_ns.back()));
    }
    synoptic::use_disk(nullptr);
    tell(state, "growth",
         {.what = "put, get and del: a million pairs ÷ a thousand",
          .spread = spread_of(ratios(large_ns, small_ns)),
          .reach = Reach::at_most,
          .target = 1.2});
    for (double& ns : small_ns) ns *= 1e-3;
    tell(state, "put_get_del_us", {.what = "put, get and del without a disk, of a thousand", .spread = spread_of(small_ns), .unit = "µs"});
    tell(state, "load_ms",
         {.what = "a million pairs are loaded", .spread = spread_of(load_ms), .unit = "ms", .reach = Reach::at_most, .target = 1000});
    tell(state, "load_untidy_ms",
         {.what = "a million lines, not in order, of half as many pairs",
          .spread = spread_of(untidy_ms),
          .unit = "ms",
          .reach = Reach::at_most,
          .target = 1000});
}
BENCHMARK(growth)->UseManualTime()->Iterations(samples)->Name("a million pairs");

/** What one more client meets, µs for a get, with and without many that are silent or send a byte now and then. */
double p99_us(const std::string& port) {
    const int fd = connect_to(port);
    std::vector<double> took;
    for (int i = 0; i < 3000; ++i) {
        const std::uint64_t begin = monotonic_ns();
        char reply[64];
        if (send(fd, "get 1\n", 6, MSG_NOSIGNAL) != 6 || recv(fd, reply, sizeof reply, 0) <= 0) return 0;
        took.push_back(static_cast<double>(monotonic_ns() - begin) * 1e-3);
    }
    close(fd);
    std::sort(took.begin(), took.end());
    return took[took.size() * 99 / 100];
}

void slow_clients(benchmark::State& state) {
    const char* program = state.range(0) == 0 ? "kv_fork" : "kv_thread";
    const Folder folder;
    TracedApp app;
    const TracedApp::Started server = app.start_server(
        program, state.range(0) == 0 ? synoptic::Place::own_process : synoptic::Place::in_app, folder.path() + "/database.txt");
    if (server.port.empty()) return state.SkipWithError(server.trouble.c_str());
    unpin_thread(server.tid);
    std::vector<double> alone, beside;
    for (auto _ : state) {
        alone.push_back(p99_us(server.port));
        std::vector<int> slow;
        for (int i = 0; i < 400; ++i) slow.push_back(connect_to(server.port));
        // Half of them say nothing, half have sent a byte: all their workers wait in recv, as they do for nearly all of a minute.
        for (std::size_t i = 0; i < slow.size(); i += 2) [[maybe_unused]] const ssize_t sent = send(slow[i], "g", 1, MSG_NOSIGNAL);
        usleep(300'000);  // until all are forked, which is not what is measured
        beside.push_back(p99_us(server.port));
        for (const int fd : slow) close(fd);
        usleep(300'000);
        state.SetIterationTime(1e-6 * beside.back());
    }
    tell(state, "slow_clients",
         {.what = std::string("p99 of a get beside 400 slow clients ÷ alone, ") + program,
          .spread = spread_of(ratios(beside, alone)),
          .reach = Reach::at_most,
          .target = 2});
    tell(state, "p99_us", {.what = "p99 alone", .spread = spread_of(alone), .unit = "µs"});
}
BENCHMARK(slow_clients)->UseManualTime()->Iterations(samples)->Arg(0)->Arg(1);

}  // namespace

}  // namespace bench
