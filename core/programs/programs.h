// The programs that the user watches. One file each, named by its mechanism, under 120 lines, written to be read in class; a defective variant is a
// file of its own. This header is the list of their entry points; registry.h says what each one is.
#pragma once

#include <string>

#include "core/sockets/sockets.h"

namespace synoptic {

/** What a key-value server takes from its clients. */
struct ServerLimits {
    int clients = 1000;              // served at a time; further ones are turned away
    size_t line_bytes = 65536 + 25;  // "put ", a key of 20 digits, a space, and a value of 64 KiB
    int idle_seconds = 600;          // without a whole request
};

struct ServerArguments {
    const char* address;  // null or "": all interfaces
    const char* port;     // decimal; "0" lets the kernel choose
    int backlog;
    const char* database = nullptr;  // of a key-value server: its file; null or "": database.txt
    ServerLimits limits = {};        // likewise
};

struct ClientArguments {
    const char* host;
    const char* port;
};

struct HostinfoArguments {
    const char* name;
    const char* service;  // null or "": none was asked for
    int family;           // AF_UNSPEC, AF_INET or AF_INET6
    bool numeric;         // numbers only: no name is looked up for an address
};

// What the programs share, a file each: open_clientfd.cpp, open_listenfd.cpp, …
/** Connects to the first address of `host` that answers; null or "": this machine's loopback addresses. A descriptor, or -1 with errno, or -2 if getaddrinfo failed; both printed. */
int open_clientfd(Sockets& os, const char* host, const char* port);
/** Listens on the first address that can be bound. A descriptor, or -1 with errno, or -2 if getaddrinfo failed; both printed. */
int open_listenfd(Sockets& os, const char* address, const char* port, int backlog);
/** A UDP socket that is bound to an address. A descriptor, or -1 with errno, or -2 if getaddrinfo failed; both printed. */
int open_dgramfd(Sockets& os, const char* address, const char* port);
/** Sends each datagram back to who has sent it, until the program is stopped. Its exit status; leaves fd open. */
int udp_serve(Sockets& os, int fd);
/** After accept has failed: true if the server should call it again, after a short pause if nothing was left to accept with. */
bool accept_again(Sockets& os);
/** "127.0.0.1:52684", "[::1]:52684": getnameinfo with numbers, "?" if it fails. */
std::string peer_name(Sockets& os, const SA* address, socklen_t length);
/** Sends all bytes; a short send is said, and its rest sent. False, and printed, if the connection broke. */
bool send_all(Sockets& os, int fd, const char* data, size_t length);
/** Receives and sends back until the client has sent its last byte, or the connection breaks. Leaves connfd open. */
void echo(Sockets& os, int connfd);
/** From now on a signal handler waits for children that have ended. Own processes only: a handler is the whole process's. */
void reap_children(Sockets& os);
/** How many of them it has waited for so far. */
int reaped_children();
/** Returns when no child is left. */
void wait_for_children(Sockets& os);
/** Receives `length` bytes, however many recvs that takes. Fewer at end of file; -1 and errno if the connection broke. */
ssize_t recv_all(Sockets& os, int fd, char* data, size_t length);
/** A whole line of the user's, without its newline; false at the end of the input. One of more than 1 MiB comes in parts. */
bool read_line(Sockets& os, std::string& line);

// The framing of the message servers (system B): message_header.cpp, message.cpp.
inline constexpr size_t message_header_bytes = 64;
inline constexpr size_t message_body_limit = 1 << 20;
inline constexpr char message_reply[] = "Message received successfully....";
inline constexpr char message_goodbye[] = "Disconnect !";
/** The header for a body of so many bytes. */
std::string message_header(size_t length);
/** Reads the 64 bytes at `header`; false with `why` if they are no number, or one above message_body_limit. */
bool read_message_header(const char* header, size_t& length, std::string& why);
/** Sends header and body by one send. False, and printed, if the connection broke. */
bool send_message(Sockets& os, int fd, const std::string& body);
/** Receives header and body to their full length. False with `why` if there is no whole message, or its header is refused. */
bool receive_message(Sockets& os, int fd, std::string& body, std::string& why);
/** Acknowledges each message until the client says "Disconnect !", or there is a reason to end; says which, and closes connfd. */
void serve_messages(Sockets& os, int connfd, const std::string& peer);
/** Prints and notes why a connection ends, and closes it. */
void end_connection(Sockets& os, int connfd, const std::string& peer, const std::string& why);
/** open_listenfd for the message servers, which say that they start, and where they listen. */
int start_listening(Sockets& os, const ServerArguments& arguments);

// The servers, as systems.md describes them. Each returns its exit status: 0, or 1 if it could not start (printed).
int echo_iterative(Sockets& os, const ServerArguments& arguments);
int echo_fork(Sockets& os, const ServerArguments& arguments);
int echo_thread(Sockets& os, const ServerArguments& arguments);
int echo_lab_fork(Sockets& os, const ServerArguments& arguments);
int echo_two_descriptors(Sockets& os, const ServerArguments& arguments);
int udp_echo(Sockets& os, const ServerArguments& arguments);
int discard(Sockets& os, const ServerArguments& arguments);
int message_iterative(Sockets& os, const ServerArguments& arguments);
int message_fork(Sockets& os, const ServerArguments& arguments);
int message_thread(Sockets& os, const ServerArguments& arguments);
int kv_iterative(Sockets& os, const ServerArguments& arguments);
int kv_fork(Sockets& os, const ServerArguments& arguments);
int kv_thread(Sockets& os, const ServerArguments& arguments);

// Their defective variants, named by what is wrong.
int echo_fork_no_close(Sockets& os, const ServerArguments& arguments);
int echo_fork_no_exit(Sockets& os, const ServerArguments& arguments);
int echo_fork_no_wait(Sockets& os, const ServerArguments& arguments);
int echo_fork_sigpipe(Sockets& os, const ServerArguments& arguments);
int echo_fork_overrun(Sockets& os, const ServerArguments& arguments);
int echo_fork_no_reuseaddr(Sockets& os, const ServerArguments& arguments);
int echo_lab_close_unreached(Sockets& os, const ServerArguments& arguments);
int echo_lab_exit_split(Sockets& os, const ServerArguments& arguments);
int echo_lab_crlf(Sockets& os, const ServerArguments& arguments);
int echo_lab_spin(Sockets& os, const ServerArguments& arguments);
int echo_ipv4_only(Sockets& os, const ServerArguments& arguments);
int echo_addrconfig(Sockets& os, const ServerArguments& arguments);
int echo_no_htons(Sockets& os, const ServerArguments& arguments);
int udp_echo_small_queue(Sockets& os, const ServerArguments& arguments);
int message_thread_short_reads(Sockets& os, const ServerArguments& arguments);
int message_thread_spin(Sockets& os, const ServerArguments& arguments);
int message_thread_no_check(Sockets& os, const ServerArguments& arguments);
int message_thread_two_sends(Sockets& os, const ServerArguments& arguments);
int kv_copies_fork(Sockets& os, const ServerArguments& arguments);
int kv_copies_thread(Sockets& os, const ServerArguments& arguments);

// The clients and tools.
int kv_client(Sockets& os, const ClientArguments& arguments);
int echo_client(Sockets& os, const ClientArguments& arguments);
int echo_client_first(Sockets& os, const ClientArguments& arguments);
int echo_client_impatient(Sockets& os, const ClientArguments& arguments);
int tcp_by_hand(Sockets& os, const ClientArguments& arguments);
int udp_client(Sockets& os, const ClientArguments& arguments);
int udp_client_connected(Sockets& os, const ClientArguments& arguments);
int sockaddr_bytes(Sockets& os, const ClientArguments& arguments);
int fork_lines(Sockets& os, const ClientArguments& arguments);
int message_client(Sockets& os, const ClientArguments& arguments);
int message_client_two_sends(Sockets& os, const ClientArguments& arguments);
int message_client_nodelay(Sockets& os, const ClientArguments& arguments);
/** Returns getaddrinfo's error, 0 if there was none. */
int hostinfo(Sockets& os, const HostinfoArguments& arguments);
/** The same by the calls that getaddrinfo replaced. Not thread-safe, as they are not. Returns h_errno, 0 if there was none. */
int hostinfo_older(Sockets& os, const HostinfoArguments& arguments);

}  // namespace synoptic
