// KernelTables: what the kernel says of TCP sockets, read when it may have changed. Private to core/session; the collector's thread's own.
//
//   calls, segments ── note() ──▶ ends that may have changed ──┐
//   ten times a second: everything ────────────────────────────┴─▶ look() ── sock_diag ──▶ facts: tcp_state, listen_queue, socket_owner
//
// A fact is told only where it differs from what the World knows. Single looks are limited: what a burst of connections leaves undone, the next
// reading of the whole table does.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/kernel/sock_diag.h"
#include "core/model/world.h"
#include "core/trace/trace.h"

namespace synoptic {

class KernelTables {
   public:
    /** Tells a fact of the moment before the kernel was asked. */
    using Tell = std::function<void(EventKind, const Args&, std::string payload)>;

    KernelTables();

    /** Reads the tables of the lab's hosts from now on, by these netlink sockets, which become this object's. -1: no longer. */
    void read_hosts(int client_netlink_fd, int server_netlink_fd);

    /** An event was folded: notes which ends it may have changed. */
    void note(const Event& event, const World& world);

    /** True if some end waits to be looked at. */
    bool has_noted() const { return !urgent_.empty() || !data_.empty(); }
    /** True if there is anything to be read by the clock. */
    bool has_tables(const World& world) const;

    /** Asks the kernel what is due at `now_ns`. True if something was told. */
    bool look(const World& world, std::uint64_t now_ns, const Tell& tell);

   private:
    struct Host {
        std::unique_ptr<SockDiag> diag;
        bool readable = false;
    };
    void note_socket(const World& world, SocketId id, bool is_data);
    void note_pair(TcpHost host, const Address& local, const Address& peer, bool is_data);
    void read_all(const World& world, std::uint64_t now_ns, const Tell& tell);
    void read_table(const World& world, TcpHost host, std::uint64_t now_ns, const Tell& tell);
    void read_one(const World& world, const TcpEndKey& key, std::uint64_t now_ns, const Tell& tell);
    void tell_end(const World& world, TcpHost host, const TcpSocket& socket, std::uint64_t now_ns, const Tell& tell);
    void tell_gone(const TcpEnd& end, const Tell& tell);
    void tell_listener(const World& world, const TcpSocket& listener, const std::vector<TcpSocket>& table, const Tell& tell);
    void tell_owner(const World& world, const TcpSocket& socket, const Tell& tell);

    Host hosts_[3];              // by TcpHost
    std::set<TcpEndKey> urgent_;  // a state may have changed
    std::set<TcpEndKey> data_;    // bytes went, no more
    std::set<std::uint64_t> owners_asked_;
    std::uint64_t next_read_ns_ = 0, next_data_look_ns_ = 0;
    int looks_left_ = 0;  // until the next reading of all
    bool told_ = false;
};

}  // namespace synoptic
