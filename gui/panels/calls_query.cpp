#include "gui/panels/calls_query.h"

#include "gui/panels/words.h"

namespace synoptic {

CallsQuery query_of(const World& world, const Selection& chosen, const CallsView& view) {
    CallsQuery query;
    query.words = view.filter;
    query.with_facts = view.with_facts;
    if (chosen.source.line > 0) {
        query.file = chosen.source.file;
        query.line = chosen.source.line;
        return query;
    }
    if (!view.of_selection || chosen.empty()) return query;
    const Program* program = find(world, chosen.program);
    const Actor* actor = find(world, chosen.actor);
    const ConnectionId id = connection_meant(world, chosen);
    if (id != ConnectionId::none || chosen.socket != SocketId::none) {
        const Socket* socket = find(world, chosen.socket);
        const Connection* connection = find(world, id);
        const Socket* client = connection ? find(world, connection->client) : nullptr;
        if (client) query.programs.push_back(client->program);
        if (connection)
            query.actors = workers_of(world, id);
        else if (socket)
            query.programs.push_back(socket->program);
    } else if (program && actor && is_main_actor(world, *actor)) {
        query.programs.push_back(program->id);
    } else if (chosen.actor != ActorId::none) {
        query.actors.push_back(chosen.actor);
    } else if (program) {
        query.programs.push_back(program->id);
    }
    return query;
}

}  // namespace synoptic
