// A World made by hand for layouts: a server, its workers, and clients, without any event.
#pragma once

#include <arpa/inet.h>

#include <string>

#include "core/model/world.h"

namespace synoptic::test {

inline Address loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return Address::from(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

enum class Model { iterative, fork, thread };

class SmallWorld {
   public:
    World world;

    SmallWorld() {
        world.time_ns = now_ns;
        Process& app = world.processes[app_process];
        app.id = app_process;
        app.pid = 100;
        app.is_app = true;
    }

    static constexpr std::uint64_t now_ns = 60'000'000'000;
    static constexpr ProcessId app_process{1};

    ProgramId add_server(Model model, int port, int backlog = 3) {
        const ProgramId id{next_++};
        Program& program = world.programs[id];
        program.id = id;
        program.is_server = true;
        program.label = "server " + std::to_string(++servers_);
        program.name = model == Model::fork ? "echo_fork" : model == Model::thread ? "echo_thread" : "echo_iterative";
        program.state = Program::State::runs;
        program.own_process = model == Model::fork;
        program.port = std::to_string(port);
        const ProcessId process = model == Model::fork ? add_process(id) : app_process;
        const ActorId main = add_actor(id, process, ActorId::none, "server");
        const SocketId listener = add_socket(id);
        world.sockets[listener].state = Socket::State::listening;
        world.sockets[listener].backlog = backlog;
        world.sockets[listener].local = loopback(port);
        world.listening.insert(listener);
        world.programs[id].listener = listener;
        models_[id] = {model, main};
        return id;
    }

    ProgramId add_client(ProgramId server) {
        const ProgramId id{next_++};
        Program& program = world.programs[id];
        program.id = id;
        program.label = "client " + std::to_string(++clients_);
        program.name = "echo_client";
        program.state = Program::State::runs;
        program.port = world.programs[server].port;
        add_actor(id, app_process, ActorId::none, "client");
        const SocketId socket = add_socket(id);
        world.sockets[socket].state = Socket::State::connected;
        program.clientfd = socket;
        const ConnectionId connection_id{next_++};
        Connection& connection = world.connections[connection_id];
        connection.id = connection_id;
        connection.client = socket;
        connection.listener = world.programs[server].listener;
        connection.began_ns = now_ns - 1'000'000'000;
        world.sockets[socket].connection = connection_id;
        return id;
    }

    ConnectionId connection_of(ProgramId client) { return world.sockets[world.programs[client].clientfd].connection; }

    /** The server accepts a client, and serves it as its model does. Returns who serves it. */
    ActorId serve(ProgramId server, ProgramId client) {
        const auto [model, main] = models_[server];
        Connection& connection = world.connections[connection_of(client)];
        connection.state = Connection::State::accepted;
        connection.server = add_socket(server);
        Socket& socket = world.sockets[connection.server];
        socket.state = Socket::State::connected;
        socket.connection = connection.id;
        ActorId worker = main;
        if (model == Model::fork) worker = add_actor(server, add_process(server), main, "child");
        if (model == Model::thread) worker = add_actor(server, app_process, main, "worker");
        world.actors[worker].serves = connection.server;
        return worker;
    }

    void make_zombie(ActorId worker) {
        Actor& actor = world.actors[worker];
        actor.state = Actor::State::ended;
        actor.ended_ns = now_ns;
        world.processes[actor.process].state = Process::State::zombie;
        world.processes[actor.process].wait_status = 0;
    }

    ProcessId process_of(ActorId actor) { return world.actors[actor].process; }

   private:
    ProcessId add_process(ProgramId program) {
        const ProcessId id{next_++};
        Process& process = world.processes[id];
        process.id = id;
        process.pid = static_cast<pid_t>(1000 + next_);
        process.program = program;
        return id;
    }

    ActorId add_actor(ProgramId program, ProcessId process, ActorId parent, const char* name) {
        const ActorId id{next_++};
        Actor& actor = world.actors[id];
        actor.id = id;
        actor.program = program;
        actor.process = process;
        actor.parent = parent;
        actor.name = name;
        actor.tid = static_cast<pid_t>(1000 + next_);
        actor.is_thread = process == app_process;
        actor.state = Actor::State::blocked;
        actor.calls.push_back({});
        actor.calls.back().kind = EventKind::recv;
        actor.began_ns = next_;
        if (world.processes[process].first_actor == ActorId::none) world.processes[process].first_actor = id;
        world.programs[program].actors.push_back(id);
        return id;
    }

    SocketId add_socket(ProgramId program) {
        const SocketId id{next_++};
        Socket& socket = world.sockets[id];
        socket.id = id;
        socket.program = program;
        return id;
    }

    std::uint32_t next_ = 10;
    int servers_ = 0, clients_ = 0;
    std::map<ProgramId, std::pair<Model, ActorId>> models_;
};

}  // namespace synoptic::test
