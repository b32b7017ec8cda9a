// What the kernel says, asked without any of Synoptic's own code: /proc, and plain sockets. Window tests compare it with what the window shows.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace synoptic::window {

/** A TCP socket as /proc/net/tcp and tcp6 list it; addresses of the machine's own byte order are not needed, ports are. */
struct TcpEntry {
    std::uint16_t local_port = 0, remote_port = 0;
    int state = 0;                    // TCP_ESTABLISHED … of <netinet/tcp.h>
    std::uint64_t receive_queue = 0;  // bytes to be read; of a listening socket: connections that wait for accept
    std::uint64_t inode = 0;
};
std::vector<TcpEntry> tcp_entries(pid_t in_the_network_of = 0);  // of this process; 0: of the test's own
/** Sockets in `state` whose own port is `port`. */
std::vector<TcpEntry> tcp_entries(std::uint16_t port, int state, pid_t in_the_network_of = 0);

/** A port of loopback that nobody listens on now. */
std::uint16_t free_port();

/** A socket that listens on a port of 127.0.0.1 as long as the object lives. */
class OccupiedPort {
   public:
    OccupiedPort();
    ~OccupiedPort();
    OccupiedPort(const OccupiedPort&) = delete;
    OccupiedPort& operator=(const OccupiedPort&) = delete;
    std::uint16_t port() const { return port_; }

   private:
    std::uint16_t port_ = 0;  // before fd_, whose making sets it
    int fd_ = -1;
};

/** Connects to 127.0.0.1:port, sends `text` and returns as many bytes as come back within `limit_ms`; empty if it could not connect. */
std::string exchange(std::uint16_t port, const std::string& text, int limit_ms);

/** Live processes whose environment has this "NAME=value", zombies aside. */
std::vector<pid_t> processes_with(const std::string& environment_entry);
/** Children of a process that are alive or zombies. */
std::vector<pid_t> children_of(pid_t pid);
/** The letter that /proc/PID/stat gives: R, S, Z …; 0 if there is no such process. */
char process_state(pid_t pid);
/** Waits until each of these processes has ended (pidfd_open). False if `limit_ms` passed first. */
bool wait_until_ended(const std::vector<pid_t>& pids, int limit_ms);

}  // namespace synoptic::window
