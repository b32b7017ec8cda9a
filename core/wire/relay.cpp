#include "core/wire/relay.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/base/clock.h"

namespace synoptic {
namespace {

constexpr int batch = 64;  // packets read from one host before the other has its turn

}  // namespace

Relay::Relay(const RelaySetup& setup)
    : setup_(setup), tsc_(tsc_is_reliable()), rules_(setup.rules), paused_(setup.paused) {}

Result<std::unique_ptr<Relay>> Relay::start(const RelaySetup& setup) {
    std::unique_ptr<Relay> relay(new Relay(setup));
    relay->wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (relay->wake_ < 0) return errno_error("eventfd", "the relay");
    // Signals are for the app's other threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    relay->thread_ = std::thread([self = relay.get()] { self->run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return relay;
}

Relay::~Relay() {
    if (thread_.joinable()) {
        give({.kind = OrderKind::stop});
        thread_.join();
    }
    for (Order& order : orders_) order.answer.set_value(false);
    while (auto packet = waiting_.take_first()) drop_waiting(std::move(*packet), DropReason::relay_end);
    if (wake_ >= 0) close(wake_);
}

RelayCounters Relay::counters() const {
    RelayCounters now;
    for (int at = 0; at < 2; ++at) {
        now.sent[at] = counters_.sent[at];
        now.delivered[at] = counters_.delivered[at];
        now.dropped_by_rule[at] = counters_.dropped_by_rule[at];
        now.dropped_by_hand[at] = counters_.dropped_by_hand[at];
        now.dropped_as_copies[at] = counters_.dropped_as_copies[at];
        now.dropped_for_room[at] = counters_.dropped_for_room[at];
        now.refused[at] = counters_.refused[at];
        now.other_packets[at] = counters_.other_packets[at];
    }
    now.waiting = counters_.waiting;
    return now;
}

// ------------------------------------------------------------------------------------------------------------- on the relay's thread

std::uint64_t Relay::ticks() const {
    return read_ticks(tsc_);
}

void Relay::count(std::atomic<std::uint64_t>& counter) {
    // One thread writes: no locked instruction is needed for it to be read whole elsewhere.
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void Relay::run() {
    while (!stopping_) {
        do_orders();
        deliver_due();
        const bool from_client = read_some(Direction::to_server);
        const bool from_server = read_some(Direction::to_client);
        if (!from_client && !from_server && !stopping_) rest();
    }
}

/** Waits until a host sends, an order comes, or a delayed packet is due. */
void Relay::rest() {
    pollfd waiting[3] = {
        {lost_[0] ? -1 : setup_.client_tun, POLLIN, 0}, {lost_[1] ? -1 : setup_.server_tun, POLLIN, 0}, {wake_, POLLIN, 0}};
    timespec until{};
    const timespec* timeout = nullptr;
    if (const std::uint64_t due_ns = waiting_.next_due_ns(); due_ns != 0) {
        const std::uint64_t now_ns = monotonic_ns();
        const std::uint64_t left_ns = due_ns > now_ns ? due_ns - now_ns : 0;
        until = {static_cast<time_t>(left_ns / 1'000'000'000), static_cast<long>(left_ns % 1'000'000'000)};
        timeout = &until;
    }
    resting_.store(true);
    ppoll(waiting, 3, timeout, nullptr);
    resting_.store(false);
    if (waiting[2].revents != 0) {
        std::uint64_t woken;
        [[maybe_unused]] const ssize_t got = read(wake_, &woken, sizeof woken);
    }
}

bool Relay::rests() const {
    // In this order: who takes a packet out of a TUN has stopped resting before.
    pollfd tuns[2] = {{setup_.client_tun, POLLIN, 0}, {setup_.server_tun, POLLIN, 0}};
    poll(tuns, 2, 0);
    const bool unread = ((tuns[0].revents | tuns[1].revents) & POLLIN) != 0;
    return !unread && !has_orders_.load() && resting_.load();
}

/** Takes what this direction's sender has sent, a batch at most. False if there was nothing. */
bool Relay::read_some(Direction direction) {
    if (lost_[index_of(direction)]) return false;
    const int tun = direction == Direction::to_server ? setup_.client_tun : setup_.server_tun;
    int packets = 0;
    for (; packets < batch; ++packets) {
        const ssize_t size = read(tun, buffer_.data(), buffer_.size());
        if (size < 0) {
            if (errno == EAGAIN) break;
            if (errno == EINTR) continue;
            lost_[index_of(direction)] = true;
            setup_.sink->host_lost(direction, errno, ticks());
            break;
        }
        if (has_orders_.load(std::memory_order_acquire)) {
            do_orders();
            if (stopping_) return false;
        }
        take(PacketBytes(buffer_).first(static_cast<std::size_t>(size)), direction);
    }
    return packets > 0;
}

void Relay::take(PacketBytes bytes, Direction direction) {
    const std::uint64_t now = ticks();
    const Packet packet = parse_packet(bytes, Checksums::skip);
    if (!packet) {
        count(counters_.other_packets[index_of(direction)]);
        // Nobody asked for it, and a host that does not take it does without.
        [[maybe_unused]] const ssize_t written =
            write(direction == Direction::to_server ? setup_.server_tun : setup_.client_tun, bytes.data(), bytes.size());
        return;
    }
    const WireId id = new_id();
    count(counters_.sent[index_of(direction)]);
    setup_.sink->sent({id, direction, now, bytes, packet.segment});
    const Verdict verdict = rules_.passes_all(direction) ? Verdict::deliver : decide(packet.segment, direction, rules_);
    if (paused_ && (verdict == Verdict::deliver || verdict == Verdict::delay)) {
        wait_on_wire(bytes, packet.segment, direction, id, 0, HoldReason::pause, now);
        return;
    }
    switch (verdict) {
        case Verdict::deliver:
            write_packet(bytes, direction, id, DeliverReason::at_once);
            return;
        case Verdict::drop:
            count(counters_.dropped_by_rule[index_of(direction)]);
            setup_.sink->dropped(id, DropReason::rule, 0, now);
            return;
        case Verdict::hold:
            wait_on_wire(bytes, packet.segment, direction, id, 0, HoldReason::rule, now);
            return;
        case Verdict::delay:
            wait_on_wire(bytes, packet.segment, direction, id, monotonic_ns() + rules_.rules().of(direction).delay_ms * ms_ns,
                         HoldReason::rule, now);
            return;
    }
}

void Relay::wait_on_wire(PacketBytes bytes, const Segment& segment, Direction direction, WireId id, std::uint64_t due_ns, HoldReason reason,
                         std::uint64_t now) {
    if (waiting_.size() >= setup_.most_waiting) {
        count(counters_.dropped_for_room[index_of(direction)]);
        setup_.sink->dropped(id, DropReason::no_room, 0, now);
        return;
    }
    const CopyKey key = CopyKey::of(segment, direction);
    const WireId original = waiting_.original_of(key);
    const WaitingPacket& packet = waiting_.add({id, direction, due_ns, key, reason, false, {bytes.begin(), bytes.end()}});
    counters_.waiting = waiting_.size();
    tell_held(packet, original, reason);
}

void Relay::tell_held(const WaitingPacket& packet, WireId copy_of, HoldReason reason) {
    setup_.sink->held({packet.id, packet.direction, ticks(), packet.due_ns, copy_of, waiting_.place_of(packet.id), reason});
}

void Relay::write_packet(PacketBytes bytes, Direction direction, WireId id, DeliverReason reason) {
    const int tun = direction == Direction::to_server ? setup_.server_tun : setup_.client_tun;
    setup_.sink->delivered(id, reason, ticks());
    ssize_t written;
    do written = write(tun, bytes.data(), bytes.size());
    while (written < 0 && errno == EINTR);
    if (written >= 0) {
        count(counters_.delivered[index_of(direction)]);
        setup_.sink->arrived(id, direction, ticks());
        return;
    }
    const int error = errno;
    count(counters_.refused[index_of(direction)]);
    setup_.sink->dropped(id, DropReason::refused, error, ticks());
}

void Relay::deliver_due() {
    if (waiting_.next_due_ns() == 0) return;
    const std::uint64_t now_ns = monotonic_ns();
    while (auto packet = waiting_.take_due(now_ns)) deliver_waiting(std::move(*packet), DeliverReason::due);
}

void Relay::deliver_waiting(WaitingPacket packet, DeliverReason reason) {
    counters_.waiting = waiting_.size();
    write_packet(packet.bytes, packet.direction, packet.id, reason);
}

void Relay::drop_waiting(WaitingPacket packet, DropReason reason) {
    counters_.waiting = waiting_.size();
    if (reason == DropReason::hand) count(counters_.dropped_by_hand[index_of(packet.direction)]);
    if (reason == DropReason::copy) count(counters_.dropped_as_copies[index_of(packet.direction)]);
    setup_.sink->dropped(packet.id, reason, 0, ticks());
}

}  // namespace synoptic
