// Story: a history written by hand, for tests of the World. Every event goes through a History, and is a microsecond later than the one before.
#pragma once

#include <arpa/inet.h>

#include <string>
#include <string_view>

#include "core/base/address.h"
#include "core/model/history.h"

namespace synoptic {

inline Address ipv4(const char* host, std::uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    inet_pton(AF_INET, host, &in.sin_addr);
    return Address::from(reinterpret_cast<sockaddr*>(&in), sizeof in);
}

inline Address ipv6(const char* host, std::uint16_t port) {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    inet_pton(AF_INET6, host, &in6.sin6_addr);
    return Address::from(reinterpret_cast<sockaddr*>(&in6), sizeof in6);
}

template <class T>
std::string bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

/** The fields of an event that a test sets. */
struct Fields {
    int fd = -1;
    std::int64_t a = 0, b = 0, value = 0;
    std::string payload{};
    std::uint64_t socket = 0;
    int error = 0;
    std::uint16_t line = 0;
    std::uint8_t flags = 0;
};

class Story {
   public:
    History history;
    std::uint64_t now_ns = 1'000'000;

    const World& world() const { return history.latest(); }

    EventIndex put(EventKind kind, Phase phase, ActorId actor, const Fields& told) {
        Event event;
        event.time = now_ns += 1000;
        event.kind = kind;
        event.phase = phase;
        event.actor = actor;
        event.fd = told.fd;
        event.a = told.a;
        event.b = told.b;
        event.value = told.value;
        event.socket = told.socket;
        event.error = static_cast<std::uint16_t>(told.error);
        event.line = told.line;
        event.flags = told.flags;
        return history.append(event, told.payload);
    }
    EventIndex fact(EventKind kind, const Fields& told = {}, ActorId actor = {}) { return put(kind, Phase::happened, actor, told); }
    EventIndex enter(ActorId actor, EventKind kind, const Fields& told = {}) { return put(kind, Phase::enter, actor, told); }
    EventIndex exit(ActorId actor, EventKind kind, const Fields& told = {}) { return put(kind, Phase::exit, actor, told); }

    // What programs do. Each returns what the test goes on with.
    ProgramId program(std::uint32_t id, bool server, bool own_process, const char* name = "echo") {
        const std::string names =
            std::string(name) + '\0' + (server ? "server " : "client ") + std::to_string(id) + '\0' + "127.0.0.1" + '\0' + "6666" + '\0';
        fact(EventKind::program_begin, {.a = server ? 0 : 1, .b = own_process, .value = 3, .payload = names, .socket = id});
        return ProgramId{id};
    }
    ActorId begin(std::uint32_t slot, int pid, ProgramId program, ActorId parent = {}, int nth_fork = 0, int tid = 0) {
        const ActorId id = make_actor_id(slot, ++generation_);
        fact(EventKind::actor_begin,
             {.fd = nth_fork,
              .a = pid,
              .b = tid ? tid : pid,
              .value = static_cast<std::int64_t>(id == parent ? ActorId::none : parent),
              .payload = "server",
              .socket = static_cast<std::uint64_t>(program)},
             id);
        return id;
    }
    SocketId socket(ActorId actor, int fd, std::uint64_t cookie) {
        enter(actor, EventKind::socket, {.a = AF_INET, .b = SOCK_STREAM});
        exit(actor, EventKind::socket, {.value = fd, .socket = cookie});
        return SocketId{cookie};
    }
    SocketId listener(ActorId actor, int fd, std::uint64_t cookie, const Address& local) {
        socket(actor, fd, cookie);
        enter(actor, EventKind::bind, {.fd = fd, .a = 16, .payload = bytes_of(local)});
        exit(actor, EventKind::bind, {.fd = fd, .payload = bytes_of(local)});
        enter(actor, EventKind::listen, {.fd = fd, .a = 3});
        exit(actor, EventKind::listen, {.fd = fd, .payload = bytes_of(local)});
        return SocketId{cookie};
    }
    void connect_enter(ActorId actor, int fd, const Address& server) {
        enter(actor, EventKind::connect, {.fd = fd, .a = 16, .payload = bytes_of(server)});
    }
    void connect_exit(ActorId actor, int fd, const Address& client, const Address& server) {
        exit(actor, EventKind::connect, {.fd = fd, .payload = bytes_of(AddressPair{client, server})});
    }
    void accept_enter(ActorId actor, int fd) { enter(actor, EventKind::accept, {.fd = fd, .a = 128}); }
    SocketId accept_exit(ActorId actor, int listenfd, int connfd, std::uint64_t cookie, const Address& server, const Address& client) {
        exit(actor, EventKind::accept,
             {.fd = listenfd, .a = 16, .value = connfd, .payload = bytes_of(AddressPair{server, client}), .socket = cookie});
        return SocketId{cookie};
    }
    void close(ActorId actor, int fd) {
        enter(actor, EventKind::close, {.fd = fd});
        exit(actor, EventKind::close, {.fd = fd});
    }
    /** The n-th fork of an actor; the child has begun, and its fork has returned in both. */
    ActorId fork(ActorId parent, int nth, int child_pid, ProgramId program, std::uint32_t slot) {
        enter(parent, EventKind::fork, {.a = nth});
        const ActorId child = begin(slot, child_pid, program, parent, nth);
        exit(child, EventKind::fork, {.value = 0});
        exit(parent, EventKind::fork, {.value = child_pid});
        return child;
    }

   private:
    std::uint32_t generation_ = 0;
};

inline const Address server_address = ipv4("127.0.0.1", 6666);
inline Address client_address(std::uint16_t port) {
    return ipv4("127.0.0.1", port);
}

/** A server that listens at descriptor 3 of process 100, and a client that lives inside the app, process 50. */
struct EchoStory : Story {
    ProgramId server_program = program(1, true, true, "echo_fork");
    ActorId server = begin(1, 100, server_program);
    SocketId listening = listener(server, 3, 9001, server_address);
    ProgramId client_program = program(2, false, false, "echo_client");
    ActorId client = begin(2, 50, client_program, {}, 0, 51);

    /** The client's socket is at descriptor 10, the server's at 4. */
    ConnectionId connect_and_accept(std::uint64_t cookies = 7000, std::uint16_t port = 40000) {
        socket(client, 10, cookies);
        accept_enter(server, 3);
        connect_enter(client, 10, server_address);
        connect_exit(client, 10, client_address(port), server_address);
        accept_exit(server, 3, 4, cookies + 1, server_address, client_address(port));
        return find(world(), SocketId{cookies})->connection;
    }
    const Process& process_of(ActorId actor) { return *find(world(), find(world(), actor)->process); }
    const Connection& connection(ConnectionId id) { return *find(world(), id); }
};

}  // namespace synoptic
