// The list of all programs, in the order of the menus; what is asked of it: registry.cpp.
#include <array>

#include "core/programs/registry.h"

namespace synoptic {

namespace {

constexpr int echo_port = 6666;
constexpr int echo_backlog = 3;  // as system A has it
constexpr int message_port = 9999;
constexpr int datagram_port = 6667;
constexpr int discard_port = 6669;
constexpr int message_backlog = 128;  // system B leaves it to its language's library

/** A server in its corrected form; in the app unless it forks. */
constexpr ProgramInfo server(const char* name, const char* file, Workers workers, const char* variant, const char* title,
                             int (*serve)(Sockets&, const ServerArguments&)) {
    return {.name = name,
            .file = file,
            .protocol = "echo",
            .role = Role::server,
            .workers = workers,
            .variant = variant,
            .title = title,
            .worth_showing = "",
            .own_process_only = workers == Workers::fork,
            .default_port = echo_port,
            .default_backlog = echo_backlog,
            .serve = serve,
            .talk = nullptr};
}

/** A server with a defect that is worth showing. */
constexpr ProgramInfo defective(const char* name, const char* file, Workers workers, const char* variant, const char* title,
                                int (*serve)(Sockets&, const ServerArguments&), const char* worth_showing) {
    ProgramInfo info = server(name, file, workers, variant, title, serve);
    info.worth_showing = worth_showing;
    return info;
}

/** The same server, of system B. */
constexpr ProgramInfo message(ProgramInfo info) {
    info.protocol = "message";
    info.default_port = message_port;
    info.default_backlog = message_backlog;
    return info;
}

/** The same server, which could harm the app: out of a process of its own it is not run. */
constexpr ProgramInfo harmful(ProgramInfo info) {
    info.own_process_only = true;
    return info;
}

/** The same server, of another protocol: echo over UDP (RFC 862), discard (RFC 863). */
constexpr ProgramInfo speaks(const char* protocol, int port, ProgramInfo info) {
    info.protocol = protocol;
    info.default_port = port;
    return info;
}

/** The same client, which does something in another way. */
constexpr ProgramInfo variant(ProgramInfo info, const char* name, const char* worth_showing) {
    info.variant = name;
    info.worth_showing = worth_showing;
    return info;
}

constexpr ProgramInfo client(const char* name, const char* file, const char* protocol, const char* title, bool own_process_only,
                             int default_port, int (*talk)(Sockets&, const ClientArguments&)) {
    return {.name = name,
            .file = file,
            .protocol = protocol,
            .role = Role::client,
            .workers = Workers::none,
            .variant = "",
            .title = title,
            .worth_showing = "",
            .own_process_only = own_process_only,
            .default_port = default_port,
            .default_backlog = 0,
            .serve = nullptr,
            .talk = talk};
}

int ask_hostinfo(Sockets& os, const ClientArguments& arguments) {
    return hostinfo(os, {arguments.host, arguments.port, AF_UNSPEC, false}) == 0 ? 0 : 1;
}

int ask_hostinfo_older(Sockets& os, const ClientArguments& arguments) {
    return hostinfo_older(os, {arguments.host, arguments.port, AF_UNSPEC, false}) == 0 ? 0 : 1;
}

constexpr int kv_port = 7777;
constexpr int kv_backlog = 64;

constexpr ProgramInfo kv_server(const char* name, const char* file, Workers workers, const char* variant, const char* title,
                                int (*serve)(Sockets&, const ServerArguments&), const char* worth_showing = "") {
    ProgramInfo info = server(name, file, workers, variant, title, serve);
    info.protocol = "kv";
    info.worth_showing = worth_showing;
    info.default_port = kv_port;
    info.default_backlog = kv_backlog;
    return info;
}

constexpr std::array programs = {
    // In the order of the menus: the corrected ones first.
    server("echo_iterative", "core/programs/echo_iterative.cpp", Workers::iterative, "", "Echo, one client at a time", echo_iterative),
    server("echo_fork", "core/programs/echo_fork.cpp", Workers::fork, "", "Echo, a process per client", echo_fork),
    server("echo_thread", "core/programs/echo_thread.cpp", Workers::thread, "", "Echo, a thread per client", echo_thread),
    server("echo_lab_fork", "core/programs/echo_lab_fork.cpp", Workers::fork, "lab",
           "Echo of the lab sheet: the text :exit ends a connection", echo_lab_fork),
    server("echo_two_descriptors", "core/programs/echo_two_descriptors.cpp", Workers::iterative, "two-descriptors",
           "Echo that asks about listenfd and connfd", echo_two_descriptors),

    message(server("message_iterative", "core/programs/message_iterative.cpp", Workers::iterative, "", "Messages, one client at a time",
                   message_iterative)),
    message(server("message_fork", "core/programs/message_fork.cpp", Workers::fork, "", "Messages, a process per client", message_fork)),
    message(
        server("message_thread", "core/programs/message_thread.cpp", Workers::thread, "", "Messages, a thread per client", message_thread)),

    defective(
        "echo_fork_no_close", "core/programs/echo_fork_no_close.cpp", Workers::fork, "no-close", "The parent never closes connfd",
        echo_fork_no_close,
        "A client leaves and its child ends, but the connection stays in CLOSE_WAIT: the parent still has it open. It loses a descriptor "
        "with every client, until accept fails with EMFILE."),
    defective("echo_fork_no_exit", "core/programs/echo_fork_no_exit.cpp", Workers::fork, "no-exit", "The child becomes a second server",
              echo_fork_no_exit,
              "The child keeps listenfd and has no exit after its loop: when its client leaves, it falls back into accept and serves the "
              "next one, "
              "beside its parent. Children never end, so there are no zombies either."),
    defective("echo_fork_no_wait", "core/programs/echo_fork_no_wait.cpp", Workers::fork, "no-wait",
              "Zombies: nobody waits for the children", echo_fork_no_wait,
              "Each child that has ended stays in the process table until somebody reads its exit status, and nobody does. A zombie cannot "
              "be killed."),
    defective("echo_fork_sigpipe", "core/programs/echo_fork_sigpipe.cpp", Workers::fork, "sigpipe", "recv's -1 is passed on to send",
              echo_fork_sigpipe,
              "After a reset recv returns -1, the loop goes on to send(connfd, buf, -1, 0), and SIGPIPE kills the child. Nobody waits for "
              "it: a zombie. "
              "Kill a client that has bytes to read to see it."),
    defective("echo_fork_overrun", "core/programs/echo_fork_overrun.cpp", Workers::fork, "overrun", "One byte past the buffer",
              echo_fork_overrun,
              "buf[n] = 0 with n = 100 writes behind the buffer. Send a line of 100 bytes or more: the variable next to the buffer is "
              "empty from then "
              "on."),
    defective(
        "echo_fork_no_reuseaddr", "core/programs/echo_fork_no_reuseaddr.cpp", Workers::fork, "no-reuseaddr",
        "No SO_REUSEADDR, and a failed bind is ignored", echo_fork_no_reuseaddr,
        "Stop it while it has a client and start it again: bind fails with \"Address already in use\". It goes on all the same, and listen "
        "picks a random port, on all interfaces."),
    defective("echo_lab_close_unreached", "core/programs/echo_lab_close_unreached.cpp", Workers::fork, "lab-close-unreached",
              "The close of connfd stands behind the endless loop", echo_lab_close_unreached,
              "The sheet's close is there, but nobody comes by: the parent holds every connection. After :exit the client gets no end of "
              "file, and the "
              "descriptors leak."),
    defective("echo_lab_exit_split", "core/programs/echo_lab_exit_split.cpp", Workers::fork, "lab-exit-split",
              "One recv is taken to be one text", echo_lab_exit_split,
              "The text :exit is compared with what one recv returned. Cut in two by TCP, or glued to the text before it, it is not equal, "
              "and the "
              "connection goes on."),
    defective("echo_lab_crlf", "core/programs/echo_lab_crlf.cpp", Workers::fork, "lab-crlf", "Lines end in LF only", echo_lab_crlf,
              "telnet sends :exit CR LF. The line that the server sees is \":exit\\r\", which never matches; from nc, which sends LF "
              "alone, it does."),
    defective("echo_lab_spin", "core/programs/echo_lab_spin.cpp", Workers::fork, "lab-spin", "The child of a vanished client spins",
              echo_lab_spin,
              "recv's 0 is not looked at. Close a client without :exit: its child calls recv and send again and again, for nobody, and "
              "never ends. "
              "(The original does it at full speed; here it is slowed to a thousand rounds a second.)"),
    defective("echo_ipv4_only", "core/programs/echo_ipv4_only.cpp", Workers::iterative, "ipv4-only", "The first passive address is 0.0.0.0",
              echo_ipv4_only,
              "Start it on all interfaces: it takes the first address of getaddrinfo's list, usually 0.0.0.0. A client to 127.0.0.1 is "
              "served, one to "
              "::1 is refused."),
    defective("echo_addrconfig", "core/programs/echo_addrconfig.cpp", Workers::iterative, "addrconfig",
              "AI_ADDRCONFIG without a second try", echo_addrconfig,
              "On a machine without a network getaddrinfo rejects even 127.0.0.1: AI_ADDRCONFIG does not count loopback. Unplug the "
              "network to see it."),

    defective("echo_no_htons", "core/programs/echo_no_htons.cpp", Workers::iterative, "no-htons", "The port is in the wrong byte order",
              echo_no_htons,
              "htons is forgotten: asked for port 6666, it listens on 2586, and no call fails. Clients of 6666 are refused."),

    message(defective("message_thread_short_reads", "core/programs/message_thread_short_reads.cpp", Workers::thread, "short-reads",
                      "One recv is taken to be a whole header, or a whole body", message_thread_short_reads,
                      "A header that TCP has cut in two says less than it should, and its rest is taken for a body: from there on the "
                      "server is out of step. Hold data on the wire, say a line of 2,000 characters, and deliver it segment by segment.")),
    message(harmful(defective("message_thread_spin", "core/programs/message_thread_spin.cpp", Workers::thread, "spin",
                              "The thread of a vanished client spins on empty reads", message_thread_spin,
                              "Close a client without \"Disconnect !\": recv returns 0 again and again, the thread never ends, and its "
                              "connection stays in CLOSE_WAIT. (The original does it at full speed; here it is slowed to a thousand "
                              "rounds a second.)"))),
    message(harmful(defective("message_thread_no_check", "core/programs/message_thread_no_check.cpp", Workers::thread, "no-check",
                              "The header is believed, whatever it says", message_thread_no_check,
                              "A header that is no number counts as 0, and the body is taken for the next header. A huge one makes new "
                              "throw bad_alloc, which ends the process, and with it the connections of all the others."))),
    message(
        defective("message_thread_two_sends", "core/programs/message_thread_two_sends.cpp", Workers::thread, "two-sends",
                  "Header and body in two small sends", message_thread_two_sends,
                  "Nagle's algorithm keeps the body back until the header is acknowledged, and the receiver delays that ACK: some 40 ms "
                  "for each message, in each direction. See it on the wire, with clients that do the same.")),

    kv_server("kv_iterative", "core/programs/kv_iterative.cpp", Workers::iterative, "", "Key-value store, one client at a time",
              kv_iterative),
    kv_server("kv_fork", "core/programs/kv_fork.cpp", Workers::fork, "", "Key-value store, a process per client", kv_fork),
    kv_server("kv_thread", "core/programs/kv_thread.cpp", Workers::thread, "", "Key-value store, a thread per client", kv_thread),
    kv_server(
        "kv_copies_fork", "core/programs/kv_copies_fork.cpp", Workers::fork, "copies", "Each child has its own copy of the pairs",
        kv_copies_fork,
        "The pairs are in a map, and fork copies it: a put in one child is invisible in all others, and gone when its client leaves. Start "
        "the same with threads to see one map for all."),
    kv_server(
        "kv_copies_thread", "core/programs/kv_copies_thread.cpp", Workers::thread, "copies", "All threads share one map of pairs",
        kv_copies_thread,
        "The same map, and all threads see it: what fork copies, threads share. But nothing is in a file, and a restart forgets all."),

    speaks("udp-echo", datagram_port, server("udp_echo", "core/programs/udp_echo.cpp", Workers::iterative, "", "Echo over UDP", udp_echo)),
    speaks("udp-echo", datagram_port,
           defective("udp_echo_small_queue", "core/programs/udp_echo_small_queue.cpp", Workers::iterative, "small-queue",
                     "A receive queue for a few datagrams", udp_echo_small_queue,
                     "Pause the server and send it ten datagrams: each sendto succeeds, and most of them are thrown away by the server's "
                     "kernel. Nobody is told.")),
    speaks("discard", discard_port,
           server("discard", "core/programs/discard.cpp", Workers::iterative, "", "Discard: it reads, and throws away", discard)),

    client("echo_client", "core/programs/echo_client.cpp", "echo", "Echo client", false, echo_port, echo_client),
    variant(client("echo_client_first", "core/programs/echo_client_first.cpp", "echo", "Echo client that tries one address", false,
                   echo_port, echo_client_first),
            "first-address", "A server that runs is not found: it listens on the second address of the list."),
    variant(client("echo_client_impatient", "core/programs/echo_client_impatient.cpp", "echo", "Echo client that gives up soon", false,
                   echo_port, echo_client_impatient),
            "impatient", ""),
    // In a process of its own: it may leave descriptors open, and a write to a broken connection kills it. Any TCP server can be its own.
    client("tcp_by_hand", "core/programs/tcp_by_hand.cpp", "discard", "TCP client by hand: each line is a call", true, discard_port,
           tcp_by_hand),
    client("udp_client", "core/programs/udp_client.cpp", "udp-echo", "Echo client over UDP", false, datagram_port, udp_client),
    variant(client("udp_client_connected", "core/programs/udp_client_connected.cpp", "udp-echo", "Echo client over UDP, with connect",
                   false, datagram_port, udp_client_connected),
            "connected", ""),
    client("message_client", "core/programs/message_client.cpp", "message", "Message client", false, message_port, message_client),
    variant(client("message_client_two_sends", "core/programs/message_client_two_sends.cpp", "message",
                   "Message client: header and body in two sends", false, message_port, message_client_two_sends),
            "two-sends", "The body waits in the send queue until the server's delayed ACK of the header has come: some 40 ms."),
    variant(client("message_client_nodelay", "core/programs/message_client_nodelay.cpp", "message",
                   "Message client: two sends with TCP_NODELAY", false, message_port, message_client_nodelay),
            "nodelay", ""),
    client("kv_client", "core/programs/kv_client.cpp", "kv", "Key-value client", false, kv_port, kv_client),
    client("sockaddr_bytes", "core/programs/sockaddr_bytes.cpp", "sockaddr-bytes", "The bytes of socket addresses", false, echo_port,
           sockaddr_bytes),
    client("fork_lines", "core/programs/fork_lines.cpp", "fork-lines", "One process, and two forks", true, 0, fork_lines),
    client("hostinfo", "core/programs/hostinfo.cpp", "hostinfo", "Addresses of a name", false, 0, ask_hostinfo),
    // In a process of its own: gethostbyname's static memory would be shared by all threads of the app.
    client("hostinfo_older", "core/programs/hostinfo_older.cpp", "hostinfo-older", "Addresses of a name, by the older calls", true, 0,
           ask_hostinfo_older),
};

}  // namespace

std::span<const ProgramInfo> all_programs() {
    return programs;
}

}  // namespace synoptic
