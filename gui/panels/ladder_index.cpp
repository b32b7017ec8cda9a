// Which events belong to which connection: see ladder_index.h. What calls tell is here, what segments and tables tell in ladder_index_wire.cpp, and
// how ladders come together in ladder_index_merge.cpp.
#include "gui/panels/ladder_index.h"

#include <algorithm>

#include "core/base/clock.h"
#include "core/trace/format.h"
#include "gui/panels/ladder_words.h"
#include "gui/panels/words.h"

namespace synoptic {

namespace {

bool moves_bytes(EventKind kind) {
    return kind == EventKind::send || kind == EventKind::recv || kind == EventKind::read || kind == EventKind::write;
}

bool is_listener(const World& world, SocketId id) {
    const Socket* socket = find(world, id);
    return socket && (socket->state == Socket::State::listening || socket->backlog >= 0);
}

/** Whom it goes to, as far as its destination tells: the connection will say. */
void name_server(const World& world, Ladder& ladder) {
    const Program* server = server_at(world, ladder.server_address, ladder.on_wire);
    if (!server || !ladder.server_label.empty()) return;
    ladder.server_label = server->label;
    ladder.server_program = server->id;
}

}  // namespace

bool LadderIndex::update(const History& history, std::uint64_t budget_ns) {
    const EventIndex size = history.size();
    if (of_ != &history || size < next_) {
        *this = LadderIndex();
        of_ = &history;
    }
    const std::uint64_t until_ns = monotonic_ns() + budget_ns;
    while (next_ < size) {
        take(history, next_++);
        if (next_ % 64 == 0 && monotonic_ns() > until_ns) break;
    }
    return next_ == size;
}

std::size_t LadderIndex::resolved(std::size_t ladder) const {
    while (ladder < ladders_.size() && ladders_[ladder].is_merged()) ladder = ladders_[ladder].merged_into;
    return ladder < ladders_.size() ? ladder : none;
}

std::size_t LadderIndex::of_socket(SocketId id) const {
    const auto at = of_socket_.find(id);
    return at == of_socket_.end() ? none : resolved(at->second);
}

std::size_t LadderIndex::of_connection(ConnectionId id) const {
    const auto at = of_connection_.find(id);
    return at == of_connection_.end() ? none : resolved(at->second);
}

std::size_t LadderIndex::of_flow(FlowId id) const {
    const auto at = of_flow_.find(id);
    return at == of_flow_.end() ? none : resolved(at->second);
}

void LadderIndex::take(const History& history, EventIndex index) {
    const Event event = history.event(index);
    const std::string_view payload = history.payload(index);
    if (event.phase == Phase::happened) return happened(history, event, index);
    // close frees its descriptor at its enter: what it pointed to must be asked before.
    if (event.phase == Phase::enter) enter(event, index, payload);
    apply(world_, event, payload);
    if (event.phase == Phase::exit) exit(history, event, index);
}

SocketId LadderIndex::socket_of(ActorId actor, std::int64_t fd) const {
    const Actor* maker = find(world_, actor);
    const Socket* socket = maker ? socket_behind(world_, maker->process, static_cast<int>(fd)) : nullptr;
    return socket ? socket->id : SocketId::none;
}

LadderCall LadderIndex::call_of(EventIndex enter, const Event& event) const {
    LadderCall call;
    call.enter = enter;
    call.actor = event.actor;
    call.kind = event.kind;
    const Actor* actor = find(world_, event.actor);
    if (actor && !is_main_actor(world_, *actor)) call.worker_tid = actor->tid;
    return call;
}

void LadderIndex::enter(const Event& event, EventIndex index, std::string_view payload) {
    OpenCallRef ref;
    ref.enter = index;
    ref.kind = event.kind;
    if (event.fd >= 0) ref.socket = socket_of(event.actor, event.fd);
    if (event.kind == EventKind::connect && ref.socket != SocketId::none) {
        ref.ladder = ladder_of_client(ref.socket);
        Ladder& ladder = ladders_[ref.ladder];
        ladder.server_address = payload_address(payload);
        name_server(world_, ladder);
        const auto kept = before_.find(ref.socket);
        if (kept != before_.end()) {
            const std::vector<LadderCall> calls = std::move(kept->second);
            before_.erase(kept);
            for (const LadderCall& call : calls) attach(*of_, ref.ladder, call);
        }
    } else if (ref.socket != SocketId::none) {
        ref.ladder = of_socket(ref.socket);
    }
    if (ref.ladder != none) {
        LadderCall call = call_of(index, event);
        call.side = ladders_[ref.ladder].client == ref.socket ? LadderSide::client : LadderSide::server;
        ref.call = ladders_[ref.ladder].rows.add_call(call, event.time);
    }
    open_[event.actor].push_back(ref);
}

void LadderIndex::exit(const History& history, const Event& event, EventIndex index) {
    std::vector<OpenCallRef>& open = open_[event.actor];
    // A call whose exit was lost is passed over, as in the call list.
    while (!open.empty()) {
        const OpenCallRef ref = open.back();
        open.pop_back();
        if (ref.kind == event.kind) return call_returned(history, event, index, ref);
    }
}

void LadderIndex::call_returned(const History& history, const Event& event, EventIndex index, const OpenCallRef& ref) {
    if (ref.ladder != none) {
        Ladder& ladder = ladders_[resolved(ref.ladder)];
        if (moves_bytes(event.kind) && event.value > 0) ladder.rows.calls()[ref.call].bytes = event.value;
        ladder.rows.end_call(ref.call, index, event.time, true);
        if (const Socket* socket = find(world_, ref.socket);
            socket && ladder.connection == ConnectionId::none && socket->connection != ConnectionId::none)
            join(history, socket->connection, event, index);
        return;
    }
    LadderCall call = call_of(ref.enter, event);
    call.exit = index;
    call.blocked = ref.blocked;
    const bool makes_socket = (event.kind == EventKind::socket || event.kind == EventKind::accept) && event.value >= 0;
    const SocketId socket = makes_socket ? socket_of(event.actor, event.value) : ref.socket;
    if (event.kind == EventKind::accept) {
        const Socket* accepted = makes_socket ? find(world_, socket) : nullptr;
        if (!accepted || accepted->connection == ConnectionId::none) return;
        const std::size_t ladder = join(history, accepted->connection, event, index);
        call.side = LadderSide::server;
        attach(history, ladder, call);
    } else if (socket != SocketId::none) {
        keep_or_attach(history, socket, call);
    }
}

/** A socket's calls from before it connects; listeners' are no connection's, and a closed one's nobody asks for. */
void LadderIndex::keep_or_attach(const History& history, SocketId socket, const LadderCall& call) {
    const Socket* known = find(world_, socket);
    if (const std::size_t ladder = of_socket(socket); ladder != none) {
        LadderCall late = call;
        late.side = ladders_[ladder].client == socket ? LadderSide::client : LadderSide::server;
        attach(history, ladder, late);
    } else if (!known || known->state == Socket::State::closed || is_listener(world_, socket)) {
        before_.erase(socket);
    } else {
        before_[socket].push_back(call);
    }
}

void LadderIndex::attach(const History& history, std::size_t ladder, const LadderCall& call) {
    LadderRows& rows = ladders_[ladder].rows;
    LadderCall begun = call;
    begun.exit = no_event;
    const std::uint32_t number = rows.add_call(begun, history.event(call.enter).time);
    if (call.exit == no_event) return;
    rows.end_call(number, call.exit, history.event(call.exit).time, true);
}

std::uint32_t LadderIndex::number_of(const std::string& text) {
    const auto [at, is_new] = text_numbers_.try_emplace(text, static_cast<std::uint32_t>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return at->second;
}

}  // namespace synoptic
