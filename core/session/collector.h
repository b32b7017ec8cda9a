// Collector: the one thread that reads the rings, puts events in order, and appends them to the History.
//
// Order. Events are cut at a moment T and sorted by time. The rings are read again and again until a whole pass finds nothing new from before T:
// then every cause of an event in the batch is in it, too, because a cause is published before its effect, so that the last pass must have seen
// it. What comes later with an earlier time was nobody's cause; it is appended, never inserted.
//
// Sleep. While events come, the thread naps for a millisecond at a time, or for four while each round finds a batch, and only a ring that is half full
// wakes it; after a while without any it sleeps, and the next event wakes it. Going to sleep is announced first, and the rings are read once more after that (twice: a writer's last
// store may still be on its way), so that no event is left lying.
//
// Tables. While there are TCP sockets, the kernel's tables are read ten times a second, and a socket that a call or a segment concerned at once
// (kernel_tables.h).
//
// Blocked. A thread whose last event is an enter, that published nothing for some milliseconds and that /proc says sleeps (S), is blocked.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/model/history.h"
#include "core/session/kernel_tables.h"
#include "core/trace/trace.h"

namespace synoptic {

/** An event of the session itself. */
struct PostedFact {
    EventKind kind{};
    Args args;  // payload is not used
    std::string payload;
    ActorId actor{};
};

class Collector {
   public:
    struct Hooks {
        std::function<void()> appended;                      // after a batch
        std::function<void(pid_t, ProgramId)> process_seen;  // a process of a program's own has begun; told more than once
    };
    Collector(Trace& trace, History& history, Hooks hooks);
    ~Collector();  // drains, then ends

    /** Any thread. Appended after all that was published before. */
    void post(PostedFact fact);
    /** The same for a fact of an earlier moment (ticks of the trace's clock), of which there may be many: wakes only a collector that sleeps. Any thread. */
    void post_at(std::uint64_t ticks, PostedFact fact);
    /** Netlink sockets of the lab's hosts (NETLINK_SOCK_DIAG), which become the collector's: from now on their tables are read, too. Any thread. */
    void read_tables_of(int client_netlink_fd, int server_netlink_fd);

    /** Steps of all rings so far, to see whether anything moved between two looks. Any thread. */
    std::uint64_t appended() const { return history_.size(); }
    /** The clock of events, now: CLOCK_MONOTONIC ns by the trace's scale. */
    std::uint64_t now_ns() const { return scale_.to_ns(read_ticks(trace_.tsc())); }

   private:
    struct Pending {
        Event event;             // time in ticks
        std::size_t payload_at;  // in pending_bytes_
    };
    struct RingView {  // what the collector knows of a ring
        Phase last_phase = Phase::happened;
        bool told_blocked = false;
        std::uint64_t last_ticks = 0;
        std::uint32_t generation = 0;
        std::uint64_t look_again_ns = 0;
        std::uint32_t told_lost = 0;
        std::uint32_t told_lost_payload = 0;
    };

    void run();
    bool drain();
    std::size_t read_ring(std::uint32_t slot, std::uint64_t cut);
    std::size_t append_until(std::uint64_t cut);
    void give_way();
    void append(const Pending& pending);
    void tell_losses(std::uint32_t slot);
    void release_ended_rings();
    bool look_for_blocked();  // true if some thread must be looked at again soon
    KernelTables::Moment moment() const;
    void close_new_tables();
    bool look_at_tables();  // true if something was told, or is to be looked at soon
    std::size_t take_posted(std::uint64_t cut);
    void wait(bool busy, bool tables);
    std::uint16_t file_of(std::uint16_t shared_index);

    Trace& trace_;
    History& history_;
    KernelTables tables_;
    Hooks hooks_;
    TickScale scale_;
    std::vector<RingView> views_;
    std::vector<Pending> pending_;
    std::string pending_bytes_;                                 // the payloads of pending_
    std::vector<std::pair<std::uint64_t, std::size_t>> order_;  // time and place in pending_
    std::vector<std::uint16_t> files_;
    std::vector<pid_t> dead_;  // processes that ended in this batch: their rings can be freed
    std::mutex posted_mutex_;
    std::vector<std::pair<std::uint64_t, PostedFact>> posted_;
    std::vector<std::pair<std::uint64_t, PostedFact>> taken_;  // posted_ as it was taken; its memory serves again
    std::optional<std::pair<int, int>> new_tables_;            // under posted_mutex_
    std::atomic<bool> ending_{false};
    std::size_t appended_ = 0;         // in the last round
    std::uint32_t fullest_slots_ = 0;  // taken from one ring at once in this round, at most
    std::uint64_t no_yield_until_ns_ = 0;
    int quiet_rounds_ = 0;
    std::thread thread_;
};

}  // namespace synoptic
