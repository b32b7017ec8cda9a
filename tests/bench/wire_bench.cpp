// What the wire costs: the relay without rules, once with segments that are only counted and once with all of them in a History, and beside them a plain
// loop that copies between the two TUNs of a lab of its own. All threads share a core, so that nothing is hidden behind another's work.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "core/base/clock.h"
#include "core/session/wire_feed.h"
#include "core/wire/lab.h"
#include "core/wire/relay.h"
#include "tests/bench/figures.h"
#include "tests/bench/place.h"

namespace bench {

namespace {

using synoptic::Host;
using synoptic::Lab;
using synoptic::WireId;

constexpr int samples = 60;
constexpr int round_trips = 200;
constexpr std::size_t bulk_bytes = 4 << 20;
constexpr int line_bytes = 64;
constexpr std::uint16_t port = 6666;

class CountingSink : public synoptic::WireSink {
   public:
    void sent(const synoptic::SentPacket&) override { ++sent_; }
    void held(const synoptic::HeldPacket&) override {}
    void delivered(WireId, synoptic::DeliverReason, std::uint64_t) override {}
    void dropped(WireId, synoptic::DropReason, int, std::uint64_t) override {}
    void duplicated(WireId, WireId, std::uint64_t) override {}

   private:
    std::uint64_t sent_ = 0;
};

/** The plain loop: for each direction a thread that reads, and writes what it has read. */
class PlainLoop {
   public:
    explicit PlainLoop(const Lab& lab) {
        struct sigaction action {};
        action.sa_handler = [](int) {};  // without SA_RESTART: read returns
        sigaction(SIGUSR1, &action, nullptr);
        for (const Host from : {Host::client, Host::server}) {
            const int source = lab.tun(from), target = lab.tun(other(from));
            fcntl(source, F_SETFL, fcntl(source, F_GETFL) & ~O_NONBLOCK);
            threads_[index_of(from)] = std::thread([this, source, target, from] {
                pin_thread(measured_core);
                std::uint8_t packet[65536];
                while (!stop_) {
                    const ssize_t size = read(source, packet, sizeof packet);
                    if (size > 0 && write(target, packet, static_cast<std::size_t>(size)) != size) break;
                }
                ended_[index_of(from)] = true;
            });
        }
    }
    ~PlainLoop() {
        stop_ = true;
        for (const int at : {0, 1}) {
            while (!ended_[at]) {  // a signal that comes just before read is lost: once more
                pthread_kill(threads_[at].native_handle(), SIGUSR1);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            threads_[at].join();
        }
    }

   private:
    std::atomic<bool> stop_ = false, ended_[2] = {false, false};
    std::thread threads_[2];
};

/** A lab with an echo server's connection over it. The first byte of what the client sends says whether it wants it back. */
class WiredEcho {
   public:
    enum class Way { plain, counted, recorded };
    explicit WiredEcho(Way way) {
        if (pipe2(lifeline_, O_CLOEXEC) < 0) return;
        auto started = Lab::start({.helper_path = helper(), .lifeline_read_end = lifeline_[0]});
        if (!started) {
            trouble = started.error().text();
            return;
        }
        lab_ = std::move(*started);
        if (way == Way::recorded && !record()) return;
        if (way == Way::plain)
            plain_ = std::make_unique<PlainLoop>(*lab_);
        else
            relay_ = start_relay();
        connect_both();
    }
    ~WiredEcho() {
        for (const int fd : {clientfd_, lifeline_[0], lifeline_[1]}) {
            if (fd >= 0) close(fd);
        }
        if (server_.joinable()) server_.join();
        plain_.reset();
        relay_.reset();
    }
    WiredEcho(const WiredEcho&) = delete;
    WiredEcho& operator=(const WiredEcho&) = delete;

    /** ns for each round trip of 64 bytes. */
    double echo() {
        char line[line_bytes] = "e";
        const std::uint64_t begin_ns = synoptic::monotonic_ns();
        for (int i = 0; i < round_trips; ++i) {
            if (send(clientfd_, line, sizeof line, MSG_NOSIGNAL) != line_bytes ||
                recv(clientfd_, line, sizeof line, MSG_WAITALL) != line_bytes)
                return 0;
        }
        return static_cast<double>(synoptic::monotonic_ns() - begin_ns) / round_trips;
    }
    /** MB/s from the client to the server, until the last byte was read there. */
    double bulk() {
        static const std::string block(65536, 'b');
        char line[line_bytes] = "b";
        const std::uint64_t begin_ns = synoptic::monotonic_ns();
        if (send(clientfd_, line, sizeof line, MSG_NOSIGNAL) != line_bytes) return 0;
        for (std::size_t left = bulk_bytes; left > 0;) {
            const ssize_t sent = send(clientfd_, block.data(), std::min(left, block.size()), MSG_NOSIGNAL);
            if (sent <= 0) return 0;
            left -= static_cast<std::size_t>(sent);
        }
        if (recv(clientfd_, line, sizeof line, MSG_WAITALL) != line_bytes) return 0;
        return static_cast<double>(bulk_bytes) * 1e3 / static_cast<double>(synoptic::monotonic_ns() - begin_ns);
    }

    std::string trouble;

   private:
    static std::string helper() { return own_path().substr(0, own_path().rfind('/') + 1) + "synoptic-helper"; }

    /** Every segment becomes an event of a History, and both kernels' tables are read, as in the app. */
    bool record() {
        auto made = synoptic::Trace::create();
        const auto client = lab_->open_socket(Host::client, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG),
                   server = lab_->open_socket(Host::server, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
        if (!made || !client || !server) {
            trouble = "no trace, or no netlink socket";
            return false;
        }
        trace_ = std::move(*made);
        pin_thread(measured_core);
        collector_ = std::make_unique<synoptic::Collector>(*trace_, history_, synoptic::Collector::Hooks{});
        unpin_thread();
        collector_->read_tables_of(*client, *server);
        feed_ = std::make_unique<synoptic::WireFeed>(*collector_, synoptic::Network::wire);
        return true;
    }
    std::unique_ptr<synoptic::Relay> start_relay() {
        pin_thread(measured_core);  // its thread is where this one is
        synoptic::WireSink* sink = feed_ ? static_cast<synoptic::WireSink*>(feed_.get()) : &sink_;
        auto started = synoptic::Relay::start({.client_tun = lab_->tun(Host::client), .server_tun = lab_->tun(Host::server), .sink = sink, .next_id = &next_segment_});
        unpin_thread();
        if (!started) trouble = started.error().text();
        return started ? std::move(*started) : nullptr;
    }
    void connect_both() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        inet_pton(AF_INET, addresses_of(Host::server).ipv4, &address.sin_addr);
        const auto listenfd = lab_->open_socket(Host::server, AF_INET, SOCK_STREAM),
                   clientfd = lab_->open_socket(Host::client, AF_INET, SOCK_STREAM);
        const auto* server = reinterpret_cast<const sockaddr*>(&address);
        if (!listenfd || !clientfd || bind(*listenfd, server, sizeof address) < 0 || listen(*listenfd, 1) < 0 ||
            connect(*clientfd, server, sizeof address) < 0) {
            trouble = "no connection over the wire";
            return;
        }
        clientfd_ = *clientfd;
        const int connfd = accept(*listenfd, nullptr, nullptr);
        close(*listenfd);
        const int on = 1;
        for (const int fd : {clientfd_, connfd}) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        server_ = std::thread([connfd] { serve(connfd); });
    }
    static void serve(int connfd) {
        pin_thread(measured_core);
        char line[line_bytes];
        std::string block(65536, '\0');
        while (recv(connfd, line, sizeof line, MSG_WAITALL) == line_bytes) {
            for (std::size_t left = line[0] == 'b' ? bulk_bytes : 0; left > 0;) {
                const ssize_t got = recv(connfd, block.data(), std::min(left, block.size()), 0);
                if (got <= 0) break;
                left -= static_cast<std::size_t>(got);
            }
            if (send(connfd, line, sizeof line, MSG_NOSIGNAL) != line_bytes) break;
        }
        close(connfd);
    }

    int lifeline_[2] = {-1, -1};
    CountingSink sink_;
    std::atomic<std::uint64_t> next_segment_ = 1;
    std::unique_ptr<synoptic::Trace> trace_;
    synoptic::History history_;
    std::unique_ptr<synoptic::Collector> collector_;
    std::unique_ptr<synoptic::WireFeed> feed_;
    std::unique_ptr<Lab> lab_;
    std::unique_ptr<synoptic::Relay> relay_;
    std::unique_ptr<PlainLoop> plain_;
    int clientfd_ = -1;
    std::thread server_;
};

void wire(benchmark::State& state) {
    if (!has_two_cores()) return state.SkipWithError("two cores are needed");
    WiredEcho recorded(WiredEcho::Way::recorded), relayed(WiredEcho::Way::counted), plain(WiredEcho::Way::plain);
    for (const WiredEcho* one : {&recorded, &relayed, &plain}) {
        if (!one->trouble.empty()) return state.SkipWithError(one->trouble.c_str());
    }
    pin_thread(measured_core);
    std::vector<double> plain_echo, relayed_echo, recorded_echo, plain_bulk, relayed_bulk, recorded_bulk;
    for (auto _ : state) {
        plain_echo.push_back(plain.echo() * 1e-3);
        relayed_echo.push_back(relayed.echo() * 1e-3);
        plain_bulk.push_back(plain.bulk());
        relayed_bulk.push_back(relayed.bulk());
        recorded_echo.push_back(recorded.echo() * 1e-3);
        recorded_bulk.push_back(recorded.bulk());
        state.SetIterationTime(relayed_echo.back() * round_trips * 1e-6);
    }
    unpin_thread();
    tell(state, "wire_echo",
         {.what = "64-byte echo over the wire, one core: relay ÷ plain loop",
          .spread = spread_of(ratios(relayed_echo, plain_echo)),
          .reach = Reach::at_most,
          .target = 1.5});
    tell(state, "wire_bulk",
         {.what = "bulk over the wire, one core: relay ÷ plain loop",
          .spread = spread_of(ratios(relayed_bulk, plain_bulk)),
          .reach = Reach::at_least,
          .target = 0.7});
    tell(state, "wire_recorded_echo",
         {.what = "the same with every segment in the History: ÷ plain loop",
          .spread = spread_of(ratios(recorded_echo, plain_echo)),
          .reach = Reach::at_most,
          .target = 1.5});
    tell(state, "wire_recorded_bulk",
         {.what = "the same with every segment in the History: ÷ plain loop",
          .spread = spread_of(ratios(recorded_bulk, plain_bulk)),
          .reach = Reach::at_least,
          .target = 0.7});
    tell(state, "wire_echo_us", {.what = "a round trip through the relay", .spread = spread_of(relayed_echo), .unit = "µs"});
    tell(state, "wire_bulk_rate", {.what = "through the relay", .spread = spread_of(relayed_bulk), .unit = "MB/s"});
}
BENCHMARK(wire)->UseManualTime()->Iterations(samples)->Name("wire");

}  // namespace

}  // namespace bench
