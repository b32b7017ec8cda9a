// The lab: two hosts of this machine's own kernel, joined by nothing but the app, which holds both ends of the wire.
//
//   app ── posix_spawn ──▶ lab process: user namespace ─┬─ client host: net namespace, wire0 ── TUN ──▶ app ┐
//    │   ◀── sockets in either host, on request ────────┘                                                   ├ Relay
//    └── lifeline                                       └─ server host: net namespace, wire0 ── TUN ──▶ app ┘
//
// A socket belongs to the host that it was created in, whoever holds it. If the lab process dies, the hosts and their connections live on as long as
// descriptors of them are open, but no socket can be had any more: make another lab.
//
// Known limit: a thread of the app keeps the user's capabilities over a namespace that the user owns (user_namespaces(7)), so that it may bind
// port 80 in the lab. A process that has joined a host may not.
#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/wire/host.h"
#include "core/wire/join.h"

namespace synoptic {

struct LabSetup {
    std::string helper_path;     // synoptic-helper
    int lifeline_read_end = -1;  // a pipe whose only write end the app holds; the lab process gets a copy
    std::string tun_path = "/dev/net/tun";
    int patience_ms = 5'000;  // a lab process that does not answer for so long (it is stopped, or its TUN hangs) is killed
};

class Lab {
   public:
    /**
     * Starts the lab process and waits until both hosts stand (about 20 ms). An error says in one sentence what this machine does not allow, and
     * how to get it: user namespaces, TUN.
     */
    static Result<std::unique_ptr<Lab>> start(const LabSetup& setup);
    /** Ends the lab process, whatever it does, and reaps it. The TUN descriptors are closed: end the Relay before. */
    ~Lab();
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;

    /** A host's end of the wire: each read is a packet that it sends, each write one that it receives. Non-blocking; stays the Lab's. */
    int tun(Host host) const { return tuns_[index_of(host)]; }
    /** For a process that is to join; stay the Lab's. */
    HostDescriptors descriptors(Host host) const { return {user_ns_, net_ns_[index_of(host)]}; }

    /**
     * socket(2) in a host: 64 µs. The descriptor has FD_CLOEXEC and is the caller's. socket's own errors, as EMFILE or EAFNOSUPPORT; EPIPE or
     * ECONNRESET if the lab process has died, ETIMEDOUT if it did not answer and was killed. Any thread.
     */
    Result<int> open_socket(Host host, int domain, int type, int protocol = 0);

    /** The least retransmission timeout in both hosts; 0: the kernel's own 200 ms. SYN and SYN+ACK keep their second. Any thread. */
    Status set_rto_min(std::uint32_t rto_min_ms);

    pid_t pid() const { return pid_; }
    /** Readable once the lab process has ended (pidfd_open(2)); stays the Lab's. */
    int pidfd() const { return pidfd_; }
    bool alive() const;

    /** False if the hosts have IPv4 only; shortcomings() says why. */
    bool has_ipv6() const { return has_ipv6_; }
    /** What this lab does without, a sentence each; usually none. */
    const std::vector<std::string>& shortcomings() const { return shortcomings_; }

    /** A command that opens a shell in a host; for the user who runs the app, and root. */
    std::string nsenter_command(Host host) const;

   private:
    Lab() = default;
    Status spawn(const LabSetup& setup);
    Status receive_hosts(const LabSetup& setup);
    Result<int> ask(const struct LabRequest& request);
    void kill_process();

    pid_t pid_ = -1;
    int pidfd_ = -1;
    int channel_ = -1;
    std::mutex channel_mutex_;  // from a request to its reply
    int user_ns_ = -1;
    int net_ns_[2] = {-1, -1};
    int tuns_[2] = {-1, -1};
    int net_ns_number_[2] = {-1, -1};
    bool has_ipv6_ = true;
    std::vector<std::string> shortcomings_;
};

}  // namespace synoptic
