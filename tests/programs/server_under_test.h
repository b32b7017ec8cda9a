// Runs a taught server as a process group of its own, untraced, for tests; and plain clients to talk to it, made of plain system calls.
//
// The port is found in /proc/net/tcp and tcp6 by the server's own socket, so that nothing but the server need be trusted. The test's process is the
// subreaper of what the server leaves behind.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/programs/registry.h"

namespace synoptic {

inline constexpr int patience_ms = 20'000;  // until a test gives up waiting for what should happen soon

/** Looks until `condition` holds. False if `limit_ms` passed first. */
bool wait_until(const std::function<bool()>& condition, int limit_ms = patience_ms);

struct ServerOptions {
    const char* address = "127.0.0.1";
    const char* port = "0";
    int backlog = 16;
    int descriptor_limit = 0;               // RLIMIT_NOFILE; 0 leaves it
    std::function<void()> in_process = {};  // run in the server's process before the server
    std::string database = {};              // of a key-value server
    ServerLimits limits = {};               // likewise
};

class ServerUnderTest {
   public:
    explicit ServerUnderTest(std::string_view program, const ServerOptions& options = {});
    ~ServerUnderTest();  // nothing of it is left
    ServerUnderTest(const ServerUnderTest&) = delete;
    ServerUnderTest& operator=(const ServerUnderTest&) = delete;

    pid_t pid() const { return pid_; }
    /** The port that it listens on; 0 if it does not within the limit. */
    std::uint16_t port();
    /** The same, without waiting. */
    std::uint16_t port_now();
    std::string port_text() { return std::to_string(port()); }

    /** What it and its children have printed so far. */
    const std::string& output();
    bool wait_for_output(std::string_view text, int limit_ms = patience_ms);

    /** SIGTERM to all of it, which stops its Sockets, as the session does. Returns its exit status, or 1000 + the signal that killed it. */
    int stop();
    /** Waits for it to end by itself. */
    int wait_for_exit();

   private:
    pid_t pid_ = -1;
    int output_fd_ = -1;
    int status_ = -1;
    std::uint16_t port_ = 0;
    std::string output_;
};

/** Processes whose parent is `pid`, zombies included, and the state letters of /proc. */
struct ChildState {
    pid_t pid;
    char state;
};
std::vector<ChildState> children_of(pid_t pid);
std::size_t zombies_of(pid_t pid);
std::size_t socket_count_of(pid_t pid);
/** Sockets of this machine with this own port and TCP state (TCP_CLOSE_WAIT …), in IPv4 and IPv6. */
std::size_t sockets_in_state(std::uint16_t port, int state);
/** Bytes that have come for connections with this own port, and that nobody has read yet. */
std::size_t unread_bytes(std::uint16_t port);

class PlainClient {
   public:
    PlainClient(const char* host, std::uint16_t port);
    ~PlainClient();
    PlainClient(const PlainClient&) = delete;
    PlainClient& operator=(const PlainClient&) = delete;

    bool connected() const { return fd_ >= 0; }
    int error() const { return error_; }  // errno of connect
    int fd() const { return fd_; }
    bool send(std::string_view bytes);
    /** As many bytes as were asked for; fewer at end of file or after the limit. */
    std::string receive(std::size_t count, int limit_ms = patience_ms);
    /** True if the server closes within the limit: end of file, or a reset. */
    bool sees_end(int limit_ms = patience_ms);
    /** True if nothing arrives and nothing ends for that long. */
    bool hears_nothing(int for_ms);
    /** send, receive as much, compare. */
    bool echoes(std::string_view bytes);
    void finish_sending();  // shutdown(SHUT_WR)
    void close();
    void reset();  // closes with SO_LINGER 0: the peer gets a RST
    std::uint16_t local_port() const;

   private:
    int fd_ = -1;
    int error_ = 0;
};

}  // namespace synoptic
