// How ladders that turn out to be one connection come together: see ladder_index.h.
#include <utility>

#include "gui/panels/ladder_index.h"

namespace synoptic {

std::size_t LadderIndex::make() {
    ladders_.emplace_back();
    return ladders_.size() - 1;
}

std::size_t LadderIndex::ladder_of_client(SocketId socket) {
    if (const std::size_t known = of_socket(socket); known != none) return known;
    const std::size_t made = make();
    of_socket_[socket] = made;
    Ladder& ladder = ladders_[made];
    ladder.client = socket;
    if (const Socket* of = find(world_, socket)) {
        ladder.client_program = of->program;
        ladder.on_wire = of->host != TcpHost::here;
        if (const Program* program = find(world_, of->program)) ladder.client_label = program->label;
    }
    return made;
}

/** False if two ladders can't be one connection: ports are used again, and the addresses of an old one are those of a new one then. */
bool LadderIndex::may_be_one(std::size_t one, std::size_t other) const {
    one = resolved(one);
    other = resolved(other);
    if (one == none || other == none || one == other) return true;
    const Ladder &left = ladders_[one], &right = ladders_[other];
    const auto fits = [](auto a, auto b) { return a == decltype(a){} || b == decltype(b){} || a == b; };
    return fits(left.client, right.client) && fits(left.server, right.server) && fits(left.flow, right.flow) &&
           fits(left.connection, right.connection);
}

/** Two ladders are one connection: the older one stays. */
std::size_t LadderIndex::merge(std::size_t one, std::size_t other) {
    one = resolved(one);
    other = resolved(other);
    if (one == none || other == none || one == other) return one == none ? other : one;
    if (other < one) std::swap(one, other);
    Ladder& into = ladders_[one];
    Ladder from = std::move(ladders_[other]);
    ladders_[other] = Ladder();
    ladders_[other].merged_into = one;
    const LadderRows::Shift shift = into.rows.merge(from.rows);
    for (auto& [actor, open] : open_) {
        for (OpenCallRef& ref : open) {
            if (ref.ladder != other) continue;
            ref.ladder = one;
            ref.call += shift.calls;
        }
    }
    for (auto& [id, ref] : moving_) {
        if (ref.ladder != other) continue;
        ref.ladder = one;
        ref.segment += shift.segments;
    }
    const auto take = [](auto& own, const auto& others) {
        if (own == std::decay_t<decltype(own)>{}) own = others;
    };
    take(into.flow, from.flow);
    take(into.connection, from.connection);
    take(into.client, from.client);
    take(into.server, from.server);
    take(into.listener, from.listener);
    take(into.client_program, from.client_program);
    take(into.server_program, from.server_program);
    take(into.client_address, from.client_address);
    if (from.flow != FlowId::none) into.server_address = from.server_address;
    take(into.server_address, from.server_address);
    take(into.client_label, from.client_label);
    take(into.server_label, from.server_label);
    into.on_wire = into.on_wire || from.on_wire;
    for (int side = 0; side < 2; ++side) {
        if (from.state[side].at != no_event && (into.state[side].at == no_event || into.state[side].at < from.state[side].at))
            into.state[side] = from.state[side];
    }
    return one;
}

/** A connection is known: what of it stood apart comes together. */
std::size_t LadderIndex::join(const History& history, ConnectionId id, const Event& event, EventIndex index) {
    const Connection* connection = find(world_, id);
    if (!connection) return make();
    const WireFlow* flow = flow_of(world_, *connection);
    std::size_t ladder = none;
    for (const std::size_t part :
         {of_connection(id), connection->client != SocketId::none ? of_socket(connection->client) : none,
          connection->server != SocketId::none ? of_socket(connection->server) : none, flow ? of_flow(flow->id) : none}) {
        if (part != none) ladder = ladder == none ? part : merge(ladder, part);
    }
    if (ladder == none) ladder = make();
    of_connection_[id] = ladder;
    Ladder& joined = ladders_[ladder];
    joined.connection = id;
    joined.client_address = connection->client_address;
    joined.server_address = connection->server_address;
    joined.listener = connection->listener;
    if (connection->client != SocketId::none) adopt(history, ladder, connection->client, LadderSide::client);
    if (connection->server != SocketId::none) adopt(history, ladder, connection->server, LadderSide::server);
    const Socket* listener = find(world_, connection->listener);
    const Program* server = listener ? find(world_, listener->program) : nullptr;
    if (server && joined.server_label.empty()) {
        joined.server_label = server->label;
        joined.server_program = server->id;
    }
    know_ends(ladder);
    look_at_states(ladder, event, index);
    return ladder;
}

/** A socket is this end of the connection: its calls until now, and those to come. */
void LadderIndex::adopt(const History& history, std::size_t at, SocketId id, LadderSide side) {
    Ladder& ladder = ladders_[at];
    of_socket_[id] = at;
    (side == LadderSide::client ? ladder.client : ladder.server) = id;
    if (const Socket* socket = find(world_, id)) {
        ladder.on_wire = ladder.on_wire || socket->host != TcpHost::here;
        const Program* program = find(world_, socket->program);
        (side == LadderSide::client ? ladder.client_program : ladder.server_program) = socket->program;
        if (program) (side == LadderSide::client ? ladder.client_label : ladder.server_label) = program->label;
    }
    const auto kept = before_.find(id);
    if (kept == before_.end()) return;
    const std::vector<LadderCall> calls = std::move(kept->second);
    before_.erase(kept);
    for (LadderCall call : calls) {
        call.side = side;
        attach(history, at, call);
    }
}

}  // namespace synoptic
