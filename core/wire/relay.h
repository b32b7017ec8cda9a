// The relay: a thread that copies packets from one host's TUN to the other's, unchanged, by the rules and by hand.
//
//   client's TUN ── read ──▶ orders ──▶ rules ──┬── deliver ─────────────▶ write ──▶ server's TUN      and the same the other way
//                                               ├── delay, hold ─▶ Waiting ─▶ write
//                                               └── drop
//
// Orders may come from any thread; they are done in their order on the relay's own. An order that was given before a packet was sent is obeyed before
// that packet. What is no TCP segment is passed on at once, whatever the rules, and counted. While the relay is paused, what the rules would let pass
// or delay waits, until the pause is over; what they lose is lost all the same.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "core/wire/rules.h"
#include "core/wire/waiting.h"
#include "core/wire/wire_sink.h"

namespace synoptic {

struct RelaySetup {
    int client_tun = -1;  // non-blocking; stay the caller's, open for as long as the relay lives
    int server_tun = -1;
    WireSink* sink = nullptr;
    Rules rules{};
    std::atomic<std::uint64_t>* next_id = nullptr;  // the number of the next packet: one counter for all relays and captures of a history
    std::size_t most_waiting = 10'000;  // further segments are dropped, and counted as such
    bool paused = false;
};

/** Packets by direction (index_of), since the relay began. Sums hold once the relay rests: sent = delivered + dropped + waiting. */
struct RelayCounters {
    std::uint64_t sent[2] = {0, 0};  // TCP segments, copies by hand included
    std::uint64_t delivered[2] = {0, 0};
    std::uint64_t dropped_by_rule[2] = {0, 0};
    std::uint64_t dropped_by_hand[2] = {0, 0};
    std::uint64_t dropped_as_copies[2] = {0, 0};  // of one that was delivered
    std::uint64_t dropped_for_room[2] = {0, 0};
    std::uint64_t refused[2] = {0, 0};
    std::uint64_t other_packets[2] = {0, 0};  // no TCP segments: passed on
    std::uint64_t waiting = 0;
};

class Relay {
   public:
    /** Starts the thread, with all signals blocked. EMFILE. */
    static Result<std::unique_ptr<Relay>> start(const RelaySetup& setup);
    /** Ends the thread. What still waits is dropped, and told so. */
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    void set_rules(const Rules& rules);  // for what is sent from now on; what waits goes on waiting
    /** On: all that is sent waits, and delayed ones lose their clock. Off: what waits for that alone is delivered, in order. */
    void pause(bool on);

    // Orders for one that waits. They answer, once they are done, whether it still waited: false if it did not, and then nothing was done.
    /** Delivers it now, before all others; with_copies: then its copies, too, in their order. */
    std::future<bool> deliver(WireId id, Stack stack = Stack::only_this);
    /** Delivers it now, and drops its copies, but no duplicate: those were made to arrive. */
    std::future<bool> deliver_once(WireId id);
    std::future<bool> drop(WireId id, Stack stack = Stack::only_this);
    /** Makes a copy that waits behind all others, for as long as the original would. */
    std::future<bool> duplicate(WireId id);
    /** Stops the clock of a delayed one; one that a pause holds waits beyond it. */
    std::future<bool> hold(WireId id);
    /** Puts it before all others of its direction, without delivering it yet unless it is due. */
    std::future<bool> overtake(WireId id);
    /** Delivers all that waits, in order. */
    void deliver_all();

    RelayCounters counters() const;
    /** True if nothing is to be done now: no host's packet is unread, and no order. A delayed packet may be due later. */
    bool rests() const;

   private:
    enum class OrderKind : std::uint8_t { rules, pause, deliver, deliver_once, drop, duplicate, hold, overtake, deliver_all, stop };
    struct Order {
        OrderKind kind{};
        WireId id{};
        Stack stack = Stack::only_this;
        Rules rules{};
        bool on = false;
        std::promise<bool> answer{};
    };
    struct AtomicCounters {
        std::atomic<std::uint64_t> sent[2], delivered[2], dropped_by_rule[2], dropped_by_hand[2], dropped_as_copies[2], dropped_for_room[2],
            refused[2], other_packets[2];
        std::atomic<std::uint64_t> waiting;
    };

    explicit Relay(const RelaySetup& setup);
    std::future<bool> give(Order order);

    // All below on the relay's thread.
    static void count(std::atomic<std::uint64_t>& counter);
    void run();
    bool read_some(Direction direction);
    void take(PacketBytes bytes, Direction direction);
    void wait_on_wire(PacketBytes bytes, const Segment& segment, Direction direction, WireId id, std::uint64_t due_ns, HoldReason reason,
                      std::uint64_t ticks);
    void write_packet(PacketBytes bytes, Direction direction, WireId id, DeliverReason reason);
    void deliver_due();
    void rest();
    void do_orders();
    bool do_order(const Order& order);
    void do_order_for(const WaitingPacket& packet, const Order& order);
    void deliver_stack(const Order& order);
    void do_pause(bool on);
    void deliver_waiting(WaitingPacket packet, DeliverReason reason);
    void drop_waiting(WaitingPacket packet, DropReason reason);
    void duplicate_waiting(const WaitingPacket& original);
    void tell_held(const WaitingPacket& packet, WireId copy_of, HoldReason reason);
    WireId new_id() { return WireId{setup_.next_id->fetch_add(1, std::memory_order_relaxed)}; }
    std::uint64_t ticks() const;

    const RelaySetup setup_;
    const bool tsc_;
    int wake_ = -1;  // eventfd
    RuleState rules_;
    Waiting waiting_;
    bool lost_[2] = {false, false};  // this direction's TUN can't be read any more
    bool paused_ = false;
    bool stopping_ = false;
    AtomicCounters counters_{};
    std::array<std::uint8_t, 65'576> buffer_;  // the largest IPv6 packet that is no jumbogram
    std::mutex orders_mutex_;
    std::vector<Order> orders_;
    std::atomic<bool> has_orders_ = false;
    std::atomic<bool> resting_ = false;
    std::thread thread_;
};

}  // namespace synoptic
