// World: everything that is known at one moment, as a fold over the History's events. Nothing else makes or changes one.
//
//   Program ──▶ Actor (thread) ──▶ Process ──▶ fds: number ──▶ Description ──▶ Socket ◀──▶ Connection ◀──▶ Socket
//
// A World is a value: it can be copied (keyframes are copies) and compared. What it does not model: memory, and files other than databases. It keeps what lives and the
// last `ended_kept` that ended.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/address.h"
#include "core/base/ids.h"
#include "core/base/known.h"
#include "core/model/database.h"
#include "core/model/wire_world.h"
#include "core/trace/event.h"
#include "core/trace/ring.h"

namespace synoptic {

inline constexpr std::size_t ended_kept =
    100;  // programs, actors, processes, sockets, connections, segments, flows: of each the last hundred that ended
inline constexpr std::size_t output_kept = 50;  // lines that a program printed

struct OpenCall {
    EventKind kind{};
    EventIndex enter = no_event;  // the arrive or enter event
    std::uint64_t since_ns = 0;
    int fd = -1;
    std::int64_t a = 0, b = 0, value = 0;  // as the enter event has them; of setsockopt `value` is the option's value
    Address address;                       // of bind and connect: the argument
    DescriptionId description{};           // what fd pointed to when the call was entered
    SocketId socket{};
    bool inherited = false;  // of close: the descriptor was copied by fork
    std::uint16_t file = 0, line = 0;
    bool entered = false;  // false: stands at the gate before it, or was just let through
    bool stands = false;   // at the gate before it
    bool blocked = false;  // the kernel says that the thread sleeps in it
    friend bool operator==(const OpenCall&, const OpenCall&) = default;
};

struct Actor {
    enum class State : std::uint8_t {
        computes,  // between two calls
        arrives,   // stands at the gate before calls.back()
        calls,     // in the kernel
        blocked,   // in the kernel, asleep
        rests,     // stands at the gate after last_exit
        ended,
    };
    ActorId id{};
    ActorId parent{};
    ProcessId process{};
    ProgramId program{};
    pid_t tid = 0;
    std::string name;        // "server", "client 3", "child", "worker"
    bool is_thread = false;  // not the first thread of its process; threads inside the app are threads, too
    State state = State::computes;
    std::vector<OpenCall> calls;  // the innermost last: a signal handler's call nests in the one that it interrupted
    EventIndex last_enter = no_event, last_exit = no_event;  // of the call that returned last
    /** Where it stands behind a call, while a signal handler makes calls of its own; `exit` is none if it stands at no such gate. */
    struct Rest {
        EventIndex enter = no_event, exit = no_event;
        std::uint16_t file = 0, line = 0;
        friend bool operator==(const Rest&, const Rest&) = default;
    };
    Rest rest;
    std::uint16_t file = 0, line = 0;  // where it stands in the source
    GateMode gate = GateMode::run;
    std::uint32_t gate_ms = 0;
    bool at_breakpoint = false;  // stands before a call on a line with a breakpoint
    bool broke = false;          // a breakpoint has closed its gate, which nobody has set since
    std::uint64_t state_since_ns = 0;
    std::uint64_t began_ns = 0, ended_ns = 0;
    std::uint64_t calls_made = 0;
    SocketId serves{};  // the connected socket that it used last
    std::uint64_t lost_events = 0;
    std::uint32_t forks = 0;  // entered so far
    friend bool operator==(const Actor&, const Actor&) = default;
};

struct Process {
    enum class State : std::uint8_t { runs, zombie, reaped };
    ProcessId id{};
    ProcessId parent{};
    pid_t pid = 0;
    ProgramId program{};  // none for the app itself
    bool is_app = false;
    State state = State::runs;
    int wait_status = -1;               // as waitpid gives it; -1 while unknown
    std::map<int, DescriptionId> fds;   // sockets only: other files are not traced
    std::map<int, bool> inherited;      // descriptors that fork copied
    Known fds_known = Known::observed;  // unknown: calls of this process were lost, or what it inherited; some descriptors may be missing
    std::uint64_t began_ns = 0, ended_ns = 0;
    ActorId first_actor{};  // none while only its parent's fork has told of it
    ActorId forked_by{};
    friend bool operator==(const Process&, const Process&) = default;
};

struct Holder {
    ProcessId process{};
    int fd = -1;
    friend bool operator==(const Holder&, const Holder&) = default;
};

/** An open file description; the socket ends when its last holder closes it. */
struct Description {
    DescriptionId id{};
    SocketId socket{};
    std::vector<Holder> holders;
    friend bool operator==(const Description&, const Description&) = default;
};

struct Socket {
    enum class State : std::uint8_t { created, bound, listening, connecting, connected, half_closed, failed, closed };
    SocketId id{};  // the kernel's cookie; above 2^63 a number of our own where the cookie was lost
    ProgramId program{};
    ProcessId creator{};
    DescriptionId description{};
    int domain = 0, type = 0;
    State state = State::created;
    Known state_known = Known::observed;
    Address local, peer;
    int backlog = -1;     // of a listening socket
    SocketId listener{};  // of one that accept returned
    ConnectionId connection{};
    std::uint64_t bytes_sent = 0, bytes_received = 0;  // as send and recv returned
    bool end_of_file = false;                          // recv returned 0
    bool write_shut = false;                           // shutdown(SHUT_WR) or SHUT_RDWR
    bool read_shut = false;                            // shutdown(SHUT_RD) or SHUT_RDWR; it ends a listening socket's listening
    bool reset = false;                                // ECONNRESET or EPIPE was seen
    int last_error = 0;
    EventKind last_error_call{};
    std::string note;                            // what its program says of it: why it ends the connection
    int kernel_queue = -1;                       // of a listening socket: the accept queue's length as sock_diag tells; -1 unknown
    int kernel_backlog = -1;                     // the same of its backlog, which the kernel caps at net.core.somaxconn
    int syn_queue = -1;                          // likewise its SYN queue's
    TcpHost host = TcpHost::here;                // of TCP: in whose table it is
    std::map<std::pair<int, int>, int> options;  // (level, option) → value as set
    std::uint64_t created_ns = 0, closed_ns = 0;
    friend bool operator==(const Socket&, const Socket&) = default;
};

struct Connection {
    enum class State : std::uint8_t {
        queued,    // the client's connect returned, accept has not taken it yet
        accepted,  // accept took it; also one to a listener that is not ours
        closing,   // one end was closed
        closed,    // both ends were
    };
    ConnectionId id{};
    SocketId client{}, server{}, listener{};  // none where that end is not ours, or not known yet
    Address client_address, server_address;
    State state = State::queued;
    Known queued_known = Known::inferred;  // that it waits in the accept queue
    std::uint64_t began_ns = 0, ended_ns = 0;
    std::uint64_t last_to_server_ns = 0, last_to_client_ns = 0;  // when bytes were last sent each way
    std::uint64_t bytes_to_server = 0, bytes_to_client = 0;      // as sent
    std::uint64_t read_by_server = 0, read_by_client = 0;        // as received
    friend bool operator==(const Connection&, const Connection&) = default;
};

struct Program {
    enum class State : std::uint8_t { starting, runs, ended };
    ProgramId id{};
    std::string name;   // "echo_fork"
    std::string label;  // "server 1", "client 3"
    bool is_server = false;
    bool own_process = false;
    Network network{};
    std::string address, port;  // as asked for
    int backlog = -1;
    State state = State::starting;
    bool stopped_by_user = false;
    int exit_status = -1;
    std::string trouble;  // what went wrong, in words and what to do; empty if nothing did
    EventKind trouble_call{};
    int trouble_error = 0;
    SocketId listener{};             // of a server, once it listens
    SocketId clientfd{};             // of a client, its socket
    int chatter_ms = 0;              // of a client: it says something by itself so often; 0: never
    std::deque<std::string> output;  // the last lines it printed, without their newlines
    bool output_open = false;        // the last of them has no newline yet
    std::uint64_t began_ns = 0, ended_ns = 0;
    std::vector<ActorId> actors;  // those that live
    friend bool operator==(const Program&, const Program&) = default;
};

struct CommandRecord {
    std::uint64_t number = 0;
    std::size_t kind = 0;  // which Command: its index in the variant
    std::string text;      // what was asked
    std::string outcome;   // what became of it
    bool done = false, failed = false;
    std::uint64_t at_ns = 0;
    friend bool operator==(const CommandRecord&, const CommandRecord&) = default;
};

struct World {
    EventIndex events = 0;      // folded so far: this World is the one before event number `events`
    std::uint64_t time_ns = 0;  // the latest time seen
    std::uint64_t began_ns = 0;
    std::map<ProgramId, Program> programs;
    std::map<ActorId, Actor> actors;
    std::map<ProcessId, Process> processes;
    std::map<DescriptionId, Description> descriptions;
    std::map<SocketId, Socket> sockets;
    std::map<ConnectionId, Connection> connections;
    std::deque<CommandRecord> commands;  // the last hundred
    std::uint64_t lost_events = 0;       // dropped for want of room in a ring
    std::uint64_t calls = 0;             // entered so far
    bool helper_lives = false;
    pid_t helper_pid = 0;
    std::string helper_trouble;
    EventIndex helper_event = no_event;  // that told of it last
    GateMode gate = GateMode::run;       // of actors that begin
    std::uint32_t gate_ms = 0;
    std::set<std::pair<std::string, int>> breakpoints;  // source file and line
    ActorId last_broke{};                               // who came to one last
    std::uint64_t breakpoint_hits = 0;
    EventIndex last_step_done = no_event;
    bool step_still_running = false;
    ActorId last_moved{};  // whose event came last
    LabState lab;
    CaptureState capture;
    std::map<WireId, WireSegment> segments;
    std::map<FlowId, WireFlow> flows;
    std::map<TcpEndKey, TcpEnd> tcp_ends;
    std::array<std::string, 3> table_trouble;  // by TcpHost: why the kernel's table can't be read there, so that states are inferred
    std::map<std::uint64_t, Database> databases;  // by StoreId

    // What apply() needs to find its way; panels use the functions below.
    std::map<pid_t, ProcessId> live_pids;
    std::map<std::pair<ActorId, int>, std::map<int, DescriptionId>> fork_images;  // descriptors as they were when a fork was entered
    std::uint32_t next_process = 1, next_description = 1, next_connection = 1;
    std::uint64_t next_unknown_socket = 1ull << 63;
    std::set<SocketId> listening;
    std::deque<ProgramId> ended_programs;  // oldest first, as are the others
    std::deque<ActorId> ended_actors;
    std::deque<ProcessId> ended_processes;
    std::deque<SocketId> ended_sockets;
    std::deque<ConnectionId> ended_connections;
    std::deque<WireId> ended_segments;
    std::deque<FlowId> ended_flows;
    std::deque<TcpEndKey> ended_tcp_ends;
    std::map<std::pair<Address, Address>, FlowId> flow_between;  // client's and server's address: the latest
    std::map<SocketId, TcpEndKey> tcp_end_of;
    std::uint32_t next_flow = 1;
    friend bool operator==(const World&, const World&) = default;
};

/** Folds one event in; its payload beside it. Pure: no clock, no randomness, no system call. Wrong or incomplete histories are taken as they come. */
void apply(World& world, const Event& event, std::string_view payload);

// Questions that panels, tests and lessons ask.
const Actor* find(const World& world, ActorId id);
const Process* find(const World& world, ProcessId id);
const Description* find(const World& world, DescriptionId id);
const Socket* find(const World& world, SocketId id);
const Connection* find(const World& world, ConnectionId id);
const Program* find(const World& world, ProgramId id);
const WireSegment* find(const World& world, WireId id);
const WireFlow* find(const World& world, FlowId id);
/** The kernel's side of a socket, also after its last descriptor was closed; null while no table has told of it. */
const TcpEnd* tcp_end(const World& world, SocketId id);
/** The end with these addresses. */
const TcpEnd* tcp_end(const World& world, TcpHost host, const Address& local, const Address& peer);
/** Both ends of a connection, the client's first; null where not known. */
std::pair<const TcpEnd*, const TcpEnd*> tcp_ends_of(const World& world, const Connection& connection);
/** The segments of a connection; null if it is none of the wire's. */
const WireFlow* flow_of(const World& world, const Connection& connection);
/** The connection whose segments these are; null while no call has told of it. */
const Connection* connection_of(const World& world, const WireFlow& flow);
/** The socket of ours at the client's end of a flow, once a kernel's table has told: also while its connect waits. */
SocketId client_socket_of(const World& world, const WireFlow& flow);
/** Requests in a listener's SYN queue, oldest first: the ends in SYN_RCVD that came to its address. */
std::vector<TcpEndKey> syn_requests(const World& world, const Socket& listener);
/** How many requests a listener's SYN queue has room for. */
std::int64_t syn_queue_room(const Socket& listener);
/** On the wire: the clients' ends whose SYN has arrived at this listener, which took no notice: its queues had no room. They will send it again. */
std::vector<TcpEndKey> turned_away(const World& world, const Socket& listener);
/** Segments that wait, in the order in which they would be delivered: as they were sent, but for those that were put before others. */
std::vector<WireId> waiting_segments(const World& world);
/** The same, what repeats another stacked on it. A duplicate that somebody made stands alone. */
std::vector<WaitingStack> waiting_stacks(const World& world);
/** The stack that this segment is in; null if it does not wait. */
const WaitingStack* stack_of(const std::vector<WaitingStack>& stacks, WireId id);
/** The socket behind a descriptor of a process; null if it is none that is known. */
const Socket* socket_behind(const World& world, ProcessId process, int fd);
/** Who still holds a socket open, in order of process and number. */
std::vector<Holder> holders_of(const World& world, SocketId id);
/** Connections of a listener whose connect returned and that accept has not taken, oldest first; not those that its kernel still has in the SYN queue. */
std::vector<ConnectionId> accept_queue(const World& world, SocketId listener);
/** How many connections a listener's accept queue has room for: by the kernel's word, else by what listen was asked for. */
std::int64_t accept_queue_room(const Socket& listener);
/** Workers of a server that serve this connection now (hold its socket, or used it last). */
std::vector<ActorId> workers_of(const World& world, ConnectionId id);
std::size_t zombie_count(const World& world);
std::size_t live_actor_count(const World& world);
const char* state_name(Actor::State state);    // "computes", "at the gate", "in the kernel", "blocked", "after the call", "ended"
const char* state_name(Process::State state);  // "runs", "zombie", "reaped"
const char* state_name(Socket::State state);   // "created", "bound", "LISTEN" …
const char* state_name(Connection::State state);
const char* state_name(Program::State state);

}  // namespace synoptic
