// KernelTables: what the kernel says of TCP sockets, read when it may have changed. Private to core/session; the collector's thread's own.
//
//   calls, segments ── note() ──▶ ends that may have changed ──────────────┐
//   ten times a second: every end that is known, the listeners' queues ────┼─▶ look() ── sock_diag ──▶ facts: tcp_state, listen_queue,
//   and, when one may have come or gone, a walk: ends not known yet ────────┘                           socket_owner, table_lost
//
// A fact is told only where it differs from what the World knows, and of the moment before the kernel was asked about just this end, so that no state
// stands in the history before its cause. A walk takes half a millisecond however few sockets there are (the kernel's hash table has a quarter of a
// million buckets), a look at one end two microseconds: therefore a walk only says who is to be looked at, and where nothing moves there is one a second, on
// this machine's own network only.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/kernel/proc.h"
#include "core/kernel/sock_diag.h"
#include "core/model/world.h"
#include "core/trace/trace.h"

namespace synoptic {

class KernelTables {
   public:
    struct Moment {
        std::uint64_t ticks = 0;  // of the trace's clock
        std::uint64_t ns = 0;     // of the events' clock
    };
    struct Hooks {
        std::function<Moment()> now;
        std::function<void(std::uint64_t ticks, EventKind, const Args&, std::string payload)> tell;
    };
    explicit KernelTables(Hooks hooks);

    /** Reads the tables of the lab's hosts from now on, by these netlink sockets, which become this object's. -1: no longer. */
    void read_hosts(int client_netlink_fd, int server_netlink_fd);

    /** An event was folded: notes which ends it may have changed. */
    void note(const Event& event, const World& world);

    /** True if some end waits to be looked at. */
    bool has_noted() const { return !urgent_.empty() || !data_.empty() || !data_sockets_.empty(); }
    /** True if there is anything to be read by the clock. */
    bool has_tables(const World& world) const;

    /** Asks the kernel what is due now. True if something was told. */
    bool look(const World& world);

   private:
    struct Host {
        std::unique_ptr<SockDiag> diag;
        bool told_lost = false;
        std::uint64_t not_before_ns = 0;  // a table that can't be read is tried again, but not at once
    };
    Host& host(TcpHost which) { return hosts_[static_cast<int>(which)]; }
    bool is_readable(TcpHost which, std::uint64_t now_ns) const;
    /** False if there is none, or nothing is known of its host's table. */
    bool note_socket(std::set<TcpEndKey>& noted, const World& world, SocketId id);
    /** Of one that may have begun or ended. */
    void note_change(const World& world, SocketId id);
    void note_pair(std::set<TcpEndKey>& noted, TcpHost host, const Address& local, const Address& peer);
    void read_by_the_clock(const World& world);
    void look_at_known(const World& world, TcpHost which);
    void look_at_listeners(const World& world, TcpHost which);
    void walk(const World& world, TcpHost which);
    void look_at(const World& world, const TcpEndKey& key);
    void tell_end(const World& world, TcpHost which, const TcpSocket& socket, Moment asked);
    void tell_gone(const TcpEnd& end, Moment asked);
    void tell_listener(const World& world, const TcpSocket& listener, int syn_queue, Moment asked);
    void tell(std::uint64_t ticks, EventKind kind, const Args& args, std::string payload);
    void failed(TcpHost which, const Error& error);
    void find_owners(const World& world);
    void tell_owners(const World& world);

    Hooks hooks_;
    Host hosts_[3];                              // by TcpHost
    std::set<TcpEndKey> urgent_;                 // a state may have changed
    std::set<TcpEndKey> data_;                   // bytes went between ends that are known, no more: a segment said so,
    std::unordered_set<SocketId> data_sockets_;  // or a call
    bool moved_ = false;                         // since the last walk: an end may be there that is not known
    bool told_ = false;
    int looks_left_ = 0;  // until the next reading by the clock
    std::uint64_t next_read_ns_ = 0, next_walk_ns_ = 0, next_data_look_ns_ = 0;

    // Sockets that no call has told of, by inode, and their cookies: a search through /proc takes milliseconds, and has a thread of its own.
    std::map<std::uint32_t, std::uint64_t> strangers_, searched_;
    std::set<std::uint64_t> strangers_before_, owners_asked_;
    std::future<std::map<std::uint32_t, SocketOwner>> search_;
};

}  // namespace synoptic
