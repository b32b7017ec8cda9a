// What a click selects, and whom a selection means: see words.h.
#include <algorithm>

#include "core/model/segment_fact.h"
#include "gui/panel.h"
#include "gui/panels/words.h"

namespace synoptic {

Selection select_program(const World& world, ProgramId id) {
    Selection selection;
    selection.program = id;
    const Program* program = find(world, id);
    if (!program) return selection;
    for (const ActorId actor_id : program->actors) {
        const Actor* actor = find(world, actor_id);
        if (!actor || !is_main_actor(world, *actor)) continue;
        selection.actor = actor_id;
        selection.process = actor->process;
        break;
    }
    return selection;
}

Selection select_actor(const World& world, ActorId id) {
    Selection selection;
    selection.actor = id;
    if (const Actor* actor = find(world, id)) {
        selection.program = actor->program;
        selection.process = actor->process;
    }
    return selection;
}

Selection select_process(const World& world, ProcessId id) {
    Selection selection;
    selection.process = id;
    const Process* process = find(world, id);
    if (!process) return selection;
    selection.program = process->program;
    if (!process->is_app) selection.actor = process->first_actor;
    return selection;
}

Selection select_descriptor(const World& world, ProcessId process, int fd) {
    Selection selection;
    selection.process = process;
    selection.fd = fd;
    if (const Socket* socket = socket_behind(world, process, fd)) selection.socket = socket->id;
    return selection;
}

Selection select_event(const World& world, const History& history, EventIndex index) {
    Selection selection;
    if (index < history.size()) {
        const Event event = history.event(index);
        selection = select_actor(world, event.actor);
        const EventKind of_program[] = {EventKind::program_begin, EventKind::program_ready, EventKind::program_end};
        if (std::find(std::begin(of_program), std::end(of_program), event.kind) != std::end(of_program)) {
            selection.program = ProgramId{static_cast<std::uint32_t>(event.socket)};
        }
        if (tells_of_segment(event.kind)) selection.segment = WireId{event.socket};
        if (tells_of_row(event.kind)) {
            selection.database = event.socket;
            selection.key = event.a;
        }
        if (event.kind == EventKind::tcp_state && find(world, SocketId{event.socket})) selection.socket = SocketId{event.socket};
    }
    selection.event = index;
    return selection;
}

ConnectionId connection_meant(const World& world, const Selection& selection) {
    if (selection.connection != ConnectionId::none) return selection.connection;
    if (const Socket* socket = find(world, selection.socket)) return socket->connection;
    const WireSegment* segment = find(world, selection.segment);
    const WireFlow* flow = segment ? find(world, segment->flow) : nullptr;
    const Connection* connection = flow ? connection_of(world, *flow) : nullptr;
    return connection ? connection->id : ConnectionId::none;
}

bool concerns(const World& world, const Selection& selection, const Connection& connection) {
    if (selection.segment != WireId::none) return connection_meant(world, selection) == connection.id;
    if (selection.connection != ConnectionId::none) return selection.connection == connection.id;
    if (selection.socket != SocketId::none) {
        return selection.socket == connection.client || selection.socket == connection.server || selection.socket == connection.listener;
    }
    const Socket* client = find(world, connection.client);
    if (client && selection.program != ProgramId::none && client->program == selection.program) return true;
    if (selection.actor == ActorId::none) return false;
    const Actor* actor = find(world, selection.actor);
    return actor && connection.server != SocketId::none && actor->serves == connection.server && !is_main_actor(world, *actor);
}

bool concerns(const World& world, const Selection& selection, const Actor& actor) {
    if (selection.connection != ConnectionId::none || selection.socket != SocketId::none || selection.segment != WireId::none) {
        const ConnectionId meant = selection.socket == SocketId::none ? connection_meant(world, selection) : ConnectionId::none;
        const SocketId sockets[] = {actor.serves, actor.calls.empty() ? SocketId::none : actor.calls.back().socket};
        for (const SocketId id : sockets) {
            if (id == SocketId::none) continue;
            if (id == selection.socket) return true;
            const Socket* socket = find(world, id);
            if (socket && meant != ConnectionId::none && socket->connection == meant) return true;
        }
        return false;
    }
    if (selection.actor != ActorId::none) return selection.actor == actor.id;
    if (selection.process != ProcessId::none) return selection.process == actor.process;
    const SourceLine& source = selection.source;
    if (source.line > 0)
        return source.file != 0 && source.file == actor.file && source.line == actor.line && actor.state != Actor::State::ended;
    return selection.program != ProgramId::none && selection.program == actor.program;
}

}  // namespace synoptic
