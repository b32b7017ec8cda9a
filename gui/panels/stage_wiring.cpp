// Where the stage's wires lead: part of its layout, see stage_layout.h.
#include <algorithm>
#include <unordered_map>

#include "gui/panels/stage_cast.h"

namespace synoptic {
namespace {

ImVec2 left_of(const ui::Rect& rect) {
    return {rect.x, rect.y + rect.h / 2};
}
ImVec2 right_of(const ui::Rect& rect) {
    return {rect.right(), rect.y + rect.h / 2};
}

class Wirer {
   public:
    Wirer(const World& world, const StageGroup& group) : world_(world), group_(group), server_(group.server) {
        queue_ = left_of(server_.queue.h > 0 ? server_.queue : server_.head);
        for (const WorkerCard& worker : group.workers) {
            if (!worker.zombie && worker.connection != ConnectionId::none) served_at_[worker.connection] = left_of(worker.rect);
        }
        for (const Dot& dot : group.more_workers.dots) {
            if (dot.connection != ConnectionId::none) served_at_[dot.connection] = left_of(group.more_workers.rect);
        }
    }

    void lay(std::vector<StageWire>& wires) const {
        for (const ClientCard& card : group_.clients) {
            StageWire wire;
            wire.client = card.program;
            wire.connection = card.connection;
            wire.from = right_of(card.rect);
            if (aim(card.socket, wire)) wires.push_back(wire);
        }
        if (group_.more_clients.dots.empty()) return;
        lay_bundle(wires, true);
        lay_bundle(wires, false);
    }

   private:
    static bool waits(const Connection& connection) {
        return connection.state == Connection::State::queued && connection.listener != SocketId::none;
    }

    /** Finds the wire's other end; false if there is none. */
    bool aim(SocketId client_socket, StageWire& wire) const {
        const Connection* connection = find(world_, wire.connection);
        wire.to = StageWire::To::queue;
        wire.at = queue_;
        if (!connection) {
            const Socket* socket = find(world_, client_socket);
            return socket && socket->state == Socket::State::connecting;
        }
        wire.last_to_server_ns = connection->last_to_server_ns;
        wire.last_to_client_ns = connection->last_to_client_ns;
        if (waits(*connection)) return true;
        if (const auto served = served_at_.find(wire.connection); served != served_at_.end()) {
            wire.to = StageWire::To::worker;
            wire.at = served->second;
            return true;
        }
        wire.to = StageWire::To::server;
        const bool served_here = server_.connection == wire.connection && server_.served_y > 0;
        wire.at = {server_.head.x, served_here ? server_.served_y : server_.title_y};
        return connection->state != Connection::State::closed;
    }

    /** The socket with which a client is connecting; none if it is not. */
    SocketId connecting_socket(ProgramId client) const {
        const Program* program = find(world_, client);
        const Socket* socket = program ? find(world_, program->clientfd) : nullptr;
        return socket && socket->state == Socket::State::connecting ? socket->id : SocketId::none;
    }

    /** True if a client without a card belongs on the wire of those that wait to be accepted (`waiting`), or of those that were. */
    bool joins(const Dot& dot, bool waiting) const {
        const Connection* connection = find(world_, dot.connection);
        if (!connection) return waiting && connecting_socket(dot.program) != SocketId::none;
        return connection->state != Connection::State::closed && waits(*connection) == waiting;
    }

    /** One thick wire for all clients without a card that connect or wait to be accepted, or for those that were. */
    void lay_bundle(std::vector<StageWire>& wires, bool waiting) const {
        const MoreCard& more = group_.more_clients;
        StageWire wire;
        wire.bundled = 0;
        for (const Dot& dot : more.dots) {
            if (!joins(dot, waiting)) continue;
            ++wire.bundled;
            wire.carries.push_back({dot.program, dot.connection});
            wire.connection = dot.connection;
            wire.client = dot.program;
            const Connection* connection = find(world_, dot.connection);
            if (!connection) continue;
            wire.last_to_server_ns = std::max(wire.last_to_server_ns, connection->last_to_server_ns);
            wire.last_to_client_ns = std::max(wire.last_to_client_ns, connection->last_to_client_ns);
        }
        if (wire.bundled == 0) return;
        wire.from = right_of(more.rect);
        if (wire.bundled == 1) {
            if (aim(connecting_socket(wire.client), wire)) wires.push_back(wire);
            return;
        }
        const bool to_workers = !waiting && !group_.more_workers.dots.empty();
        wire.to = waiting ? StageWire::To::queue : to_workers ? StageWire::To::worker : StageWire::To::server;
        wire.at = waiting ? queue_ : to_workers ? left_of(group_.more_workers.rect) : ImVec2{server_.head.x, server_.title_y};
        wires.push_back(wire);
    }

    const World& world_;
    const StageGroup& group_;
    const ServerCard& server_;
    ImVec2 queue_;
    std::unordered_map<ConnectionId, ImVec2> served_at_;
};

}  // namespace

void lay_wires(const World& world, const StageGroup& group, std::vector<StageWire>& wires) {
    if (group.has_server) Wirer(world, group).lay(wires);
}

}  // namespace synoptic
