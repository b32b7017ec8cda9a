// What the parts of apply() share. Private to core/model.
//
//   apply.cpp          an event's way: facts, or a call's phases and the actor's state
//   apply_calls.cpp    what a call does when it is entered, and to descriptors and processes when it returns
//   apply_sockets.cpp  what a call on a socket does to it when it returns
//   apply_facts.cpp    what facts tell
//   segments.cpp       the lab, the wire's rules, the way of each segment
//   tcp_ends.cpp       what the kernel's table says of both ends of a connection, and what segments let expect
//   database.cpp       what a key-value server's database tells
//   descriptors.cpp    who holds what: install, release, fork
//   connections.cpp    which two sockets talk to each other
//   lifetimes.cpp      ends: of actors, processes, programs; what is forgotten
//   trouble.cpp        what went wrong, in words
//
// All of it is pure, takes any history, and leaves what it cannot know unknown.
#pragma once

#include <string_view>

#include "core/model/world.h"

namespace synoptic::fold {

/** An event that is being folded in. */
struct Step {
    World& world;
    const Event& event;
    std::string_view payload;
    EventIndex index;
};

/** A call that returned, and whom and what it concerned. */
struct Return {
    const Step& step;
    Actor& actor;
    const OpenCall& call;
    Process* process;  // null where the actor's process is not known
    Socket* socket;    // null where the descriptor is no socket that is known

    World& world() const { return step.world; }
    std::uint64_t time() const { return step.event.time; }
    std::int64_t value() const { return step.event.value; }
    int error() const { return step.event.error; }
    bool ok() const { return step.event.value >= 0; }
};

template <class Map, class Id>
auto* find_in(Map& map, Id id) {
    const auto at = map.find(id);
    return at == map.end() ? nullptr : &at->second;
}

// apply_calls.cpp: the effects of a call. `call` is what the enter told; where that was lost, only its kind and descriptor.
void entered(const Step& step, Actor& actor, OpenCall& call);
void exited(const Step& step, Actor& actor, const OpenCall& call);

// apply_sockets.cpp
/** A call on a socket that is known has returned: not one that makes or frees a descriptor. */
void returned_on_socket(const Return& back);
/** An int from the start of an option's value. */
int option_value(std::string_view payload);

// apply_facts.cpp
void happened(const Step& step);

// segments.cpp
void wire_told(const Step& step);
void forget_flow(World& world, FlowId id);

// tcp_ends.cpp
void tcp_state_told(const Step& step);
void owner_told(const Step& step);
void table_lost(const Step& step);
/** A host has sent a segment: what state that lets expect, until the table tells. */
void infer_sent(const Step& step, const WireSegment& segment);
/** A host's kernel has taken a segment: likewise. */
void infer_arrived(const Step& step, const WireSegment& segment);
void forget_tcp_end(World& world, const TcpEndKey& key);

// database.cpp
/** True of who has ended; an actor that is not known may run. */
bool is_gone(const World& world, ActorId id);
/** A fact about a database. False if it is none. */
bool database_told(const Step& step);
/** A call on a database's lock was entered or has returned. */
void store_lock_moved(const Step& step, const Actor& actor);

// descriptors.cpp
/** What a descriptor of this process points to; none if it is no socket that is known. */
DescriptionId description_behind(const Process* process, int fd);
/** Makes a new socket known. One whose cookie is not known (0) gets a number of our own. */
Socket& make_socket(World& world, std::uint64_t cookie, std::uint64_t time_ns);
/** The descriptor points to the socket from now on. One that was there before has been closed unseen. */
void install_descriptor(World& world, Process& process, int fd, Socket& socket, std::uint64_t time_ns);
/** Frees a descriptor; the socket is closed if this was the last one that pointed to it. */
void release_descriptor(World& world, Process& process, int fd, std::uint64_t time_ns);
void release_all_descriptors(World& world, Process& process, std::uint64_t time_ns);
/** close failed and left the descriptor open: undoes release_descriptor, unless the number has been taken since. */
void restore_descriptor(World& world, Process& process, const OpenCall& close, std::uint64_t time_ns);
/** A fork is entered: its child will hold what the process holds now. */
void take_fork_image(World& world, ActorId parent, int nth, const Process& process);
/** The child's descriptors are those of the image, which is used up. False if there is none. */
bool use_fork_image(World& world, ActorId parent, int nth, Process& child, std::uint64_t time_ns);
/** There will be no child: the fork failed, or its parent is forgotten. */
void drop_fork_image(World& world, ActorId parent, int nth, std::uint64_t time_ns);

// connections.cpp
/** A client's socket is connected: finds its connection, or makes one. `since_ns`: before that, no accept can have returned its other end. */
void join_as_client(World& world, Socket& socket, std::uint64_t since_ns, std::uint64_t time_ns);
/** The same for a socket that accept returned. */
void join_as_server(World& world, Socket& socket, std::uint64_t time_ns);
/** Bytes went through this socket, as send or recv returned. */
void count_bytes(World& world, Socket& socket, bool sent, std::uint64_t count, std::uint64_t time_ns);
/** Brings a connection's state up to date with its two sockets. */
void settle(World& world, Connection& connection, std::uint64_t time_ns);
void settle_queue_of(World& world, SocketId listener, std::uint64_t time_ns);
bool is_stream(const Socket& socket);

// lifetimes.cpp
Process& make_process(World& world, pid_t pid, std::uint64_t time_ns);
void end_actor(World& world, Actor& actor, std::uint64_t time_ns);
/** A process is dead: a zombie, or reaped and its pid free. `wait_status` -1: unknown. */
void end_process(World& world, Process& process, Process::State state, int wait_status, std::uint64_t time_ns);
/** Somebody tells late how a process ended that is known to be gone: kept if nobody has told before. */
void note_status_of_gone(World& world, pid_t pid, int wait_status);
void end_program(World& world, Program& program, std::uint64_t time_ns);
/** Forgets all but the last hundred things of each kind that ended. */
void trim(World& world);
template <class Id>
void forget(std::deque<Id>& ended, Id id) {
    std::erase(ended, id);
}

// trouble.cpp
/** Notes what a failing call means for its program, or that a call that works has put an end to the trouble. */
void note_trouble(const Step& step, const Actor& actor, const OpenCall& call);

}  // namespace synoptic::fold
