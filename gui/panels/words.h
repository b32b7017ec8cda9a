// Words for what panels show: who an actor is, what it does, what a selection means. Pure functions of a World and a History; they draw nothing, so
// that they can be tested without a window.
#pragma once

#include <string>
#include <string_view>

#include "core/model/history.h"
#include "core/model/world.h"

namespace synoptic {

struct Selection;

/** True for the actor that a program began with: it accepts (a server) or talks (a client); others of the program are its workers. */
bool is_main_actor(const World& world, const Actor& actor);

/** "server 1", "client 3", "child 4102", "worker 4120"; "?" where the actor is not known. */
std::string actor_label(const World& world, const Actor& actor);
std::string actor_label(const World& world, ActorId id);

/** "pid 4101" for the first thread of a process of its own, else "tid 4111". */
std::string actor_number(const World& world, const Actor& actor);

/** A label as part of a widget's id: "client 3" becomes "client.3". */
std::string id_part(std::string_view label);

/** "echo_fork.cpp" of "core/programs/echo_fork.cpp". */
std::string_view file_name(std::string_view path);

/** What an actor does, in few characters, for cards: "recv(5, …)", "send(6, \"hi\\n\") = 3". */
struct ShortCall {
    std::string text;
    std::string result;   // "= 3", "= -1 ECONNRESET"; empty while the call is open
    bool failed = false;  // it returned an error
    bool open = false;    // it has not returned
};
ShortCall short_call(const World& world, const History& history, const Actor& actor);

/** The same of one call, by its events; `exit` may be no_event. */
ShortCall short_call(const History& history, EventIndex enter, EventIndex exit);

/** A state as people say it: "blocked in recv", "about to call send", "returned from send", "computes". For counts of many, too. */
std::string doing(const Actor& actor);

/** "client 3" for a connection's client end, or its address where that end is none of ours. */
std::string client_of(const World& world, const Connection& connection);
/** The server's label, or its address. */
std::string server_of(const World& world, const Connection& connection);

/** The badge of a socket's state, as TCP has it where a call has shown it: "LISTEN", "CONNECTED", "RESET". */
std::string socket_badge(const Socket& socket);

/** The role of a descriptor in its program, in the textbook's words: "listenfd", "connfd", "clientfd" or "fd". */
const char* descriptor_role(const World& world, const Socket& socket);

/** The number under which a process holds a socket; -1 if it does not. */
int descriptor_number(const World& world, ProcessId process, const Socket& socket);

/** Bytes that one side sent and the other has not received: they are on their way or wait in a queue. */
std::uint64_t waiting_for_server(const Connection& connection);
std::uint64_t waiting_for_client(const Connection& connection);

/** What a field says in which a client is told what to say. */
inline constexpr const char* say_tip =
    "sent with a newline at its end; \\n, \\t and \\xHH become bytes. Of what follows a \\0 nothing is sent: the client asks strlen(3)";

// A moment, as every panel tells it: since the session began, at its first event. Which time of day that was, tooltips say (time_of_day()).
/** "12.345678", from a minute on "1:15.345678", from an hour on "2:00:05.345678"; further decimals are cut. */
std::string session_clock(std::uint64_t since_ns, int decimals = 6);
/** The same with the unit where it is seconds alone: "12.345678 s". */
std::string session_time(std::uint64_t since_ns, int decimals = 6);
/** Of a CLOCK_MONOTONIC time. */
std::uint64_t since_beginning(const History& history, std::uint64_t time_ns);

/** "1,234,567". */
std::string with_commas(std::uint64_t number);

// What a click selects. A card selects its program, process and actor; a wire its connection; a line of the call list its event and who made it,
// of a fact about a database's row that row.
Selection select_program(const World& world, ProgramId id);
Selection select_actor(const World& world, ActorId id);
Selection select_process(const World& world, ProcessId id);
Selection select_descriptor(const World& world, ProcessId process, int fd);
Selection select_event(const World& world, const History& history, EventIndex index);

/** The connection that is selected, or whose socket or segment is; none where none is meant, or known. */
ConnectionId connection_meant(const World& world, const Selection& selection);
/** True if a selection means this actor, directly or through what it holds. */
bool concerns(const World& world, const Selection& selection, const Actor& actor);
bool concerns(const World& world, const Selection& selection, const Connection& connection);

}  // namespace synoptic
