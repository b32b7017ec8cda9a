// The Ladder's index: what segments and the kernels' tables tell. See ladder_index.h.
#include <algorithm>

#include "gui/panels/ladder_index.h"
#include "gui/panels/ladder_words.h"

namespace synoptic {

namespace {

bool was_put_on_wire(EventKind kind) {
    return kind == EventKind::segment_sent || kind == EventKind::segment_duplicated;
}

bool is_of_segment(EventKind kind) {
    return was_put_on_wire(kind) || kind == EventKind::segment_held || kind == EventKind::segment_delivered ||
           kind == EventKind::segment_arrived || kind == EventKind::segment_dropped;
}

void read(LadderSegment& row, const WireSegment& segment) {
    row.id = segment.id;
    row.direction = segment.direction;
    row.flags = segment.flags;
    row.nature = segment.reading.nature;
    row.duplicate_of = segment.duplicate_of;
    row.seq = segment.seq;
    row.ack = segment.ack;
    row.relative_seq = segment.reading.relative_seq;
    row.relative_ack = segment.reading.relative_ack;
    row.window_bytes = segment.reading.window_bytes;
    row.scale_known = segment.reading.scale_known;
    row.payload_bytes = segment.payload_bytes;
    row.window = segment.window;
}

}  // namespace

void LadderIndex::happened(const History& history, const Event& event, EventIndex index) {
    TcpEndKey gone;
    if (event.kind == EventKind::tcp_state) {
        const auto known = world_.tcp_end_of.find(SocketId{event.socket});
        if (known != world_.tcp_end_of.end()) gone = known->second;
    }
    apply(world_, event, history.payload(index));
    if (was_put_on_wire(event.kind)) return segment_begins(event, index);
    if (is_of_segment(event.kind)) return segment_moves(event, index);
    switch (event.kind) {
        case EventKind::tcp_state: {
            const auto told = world_.tcp_end_of.find(SocketId{event.socket});
            const TcpEndKey key = told != world_.tcp_end_of.end() ? told->second : gone;
            const auto by_end = of_end_.find(key);
            std::size_t ladder = of_socket(SocketId{event.socket});
            // The table knows a client's port while its connect waits: now the segments of that port are this client's.
            if (by_end != of_end_.end() && (ladder == none || may_be_one(ladder, by_end->second.first)))
                ladder = merge(ladder, by_end->second.first);
            if (ladder == none) return;
            Ladder& of = ladders_[ladder];
            if (!of.client_address.known() && of.client == SocketId{event.socket}) {
                of.client_address = key.local;
                of.server_address = key.peer;
            }
            know_ends(ladder);
            return look_at_states(ladder, event, index);
        }
        case EventKind::blocked: {
            const auto open = open_.find(ActorId{static_cast<std::uint32_t>(event.a)});
            if (open == open_.end() || open->second.empty()) return;
            OpenCallRef& ref = open->second.back();
            ref.blocked = index;
            if (ref.ladder != none) ladders_[resolved(ref.ladder)].rows.calls()[ref.call].blocked = index;
            return;
        }
        case EventKind::actor_end:
        case EventKind::process_ended:
        case EventKind::program_end:
            return end_calls_of_the_dead(event, index);
        default:
            return;
    }
}

std::size_t LadderIndex::ladder_of_flow(const WireFlow& flow) {
    std::size_t ladder = of_flow(flow.id);
    const SocketId client = client_socket_of(world_, flow);
    if (client != SocketId::none) {
        const std::size_t of_client = of_socket(client);
        const bool is_other = of_client != none && ladders_[of_client].flow != FlowId::none && ladders_[of_client].flow != flow.id;
        if (of_client != none && !is_other && (ladder == none || may_be_one(ladder, of_client))) ladder = merge(ladder, of_client);
    }
    if (ladder == none) ladder = make();
    of_flow_[flow.id] = ladder;
    Ladder& of = ladders_[ladder];
    of.flow = flow.id;
    of.on_wire = !flow.on_loopback;
    of.client_address = flow.client;
    of.server_address = flow.server;
    if (const Program* server = server_at(world_, flow.server, of.on_wire); server && of.server_label.empty()) {
        of.server_label = server->label;
        of.server_program = server->id;
    }
    return ladder;
}

void LadderIndex::segment_begins(const Event& event, EventIndex index) {
    const WireSegment* segment = find(world_, WireId{event.socket});
    const WireFlow* flow = segment ? find(world_, segment->flow) : nullptr;
    if (!flow) return;
    const bool is_new = of_flow(flow->id) == none;
    const std::size_t ladder = ladder_of_flow(*flow);
    if (is_new) know_ends(ladder);
    LadderSegment row;
    read(row, *segment);
    row.sent = index;
    row.title = number_of(segment->reading.title);
    row.note = number_of(segment->reading.note);
    moving_[segment->id] = {ladder, ladders_[ladder].rows.add_segment(row, event.time)};
    look_at_states(ladder, event, index);
}

void LadderIndex::segment_moves(const Event& event, EventIndex index) {
    const WireId id{event.socket};
    const auto moving = moving_.find(id);
    if (moving == moving_.end()) return;
    const SegmentRef ref = moving->second;
    LadderRows& rows = ladders_[ref.ladder].rows;
    LadderSegment& row = rows.segments()[ref.segment];
    const WireSegment* segment = find(world_, id);
    switch (event.kind) {
        case EventKind::segment_held:
            row.delayed = event.value != 0;
            if (event.a != 0) row.copy_of = WireId{static_cast<std::uint64_t>(event.a)};
            rows.hold(ref.segment, index, event.time);
            return;
        case EventKind::segment_delivered:
            if (segment) row.deliver_reason = segment->deliver_reason;
            rows.deliver(ref.segment, index, event.time);
            return;
        case EventKind::segment_dropped:
            row.dropped = true;
            if (segment) row.drop_reason = segment->drop_reason;
            break;
        default:
            break;
    }
    rows.end_segment(ref.segment, index, event.time);
    moving_.erase(id);
    look_at_states(ref.ladder, event, index);
}

void LadderIndex::end_calls_of_the_dead(const Event& event, EventIndex index) {
    for (auto at = open_.begin(); at != open_.end();) {
        const Actor* actor = find(world_, at->first);
        if (actor && actor->state != Actor::State::ended) {
            ++at;
            continue;
        }
        for (const OpenCallRef& ref : at->second) {
            if (ref.ladder != none) ladders_[resolved(ref.ladder)].rows.end_call(ref.call, index, event.time, false);
        }
        at = open_.erase(at);
    }
}

/** From now on what the tables say of these addresses is said of this connection. */
void LadderIndex::know_ends(std::size_t ladder) {
    const Ladder& of = ladders_[ladder];
    if (!of.client_address.known() || !of.server_address.known() || of.client_address.port() == 0) return;
    const TcpEndKey client = TcpEndKey::of(of.on_wire ? TcpHost::client : TcpHost::here, of.client_address, of.server_address);
    of_end_[client] = {ladder, LadderSide::client};
    of_end_[client.other(of.on_wire ? TcpHost::server : TcpHost::here)] = {ladder, LadderSide::server};
}

/** Notes what has changed in the states of both ends since the last look. */
void LadderIndex::look_at_states(std::size_t ladder, const Event& event, EventIndex index) {
    Ladder& of = ladders_[ladder];
    if (!of.client_address.known()) return;
    for (const LadderSide side : {LadderSide::client, LadderSide::server}) {
        const bool is_client = side == LadderSide::client;
        const TcpHost host = !of.on_wire ? TcpHost::here : is_client ? TcpHost::client : TcpHost::server;
        const TcpEnd* end = is_client ? tcp_end(world_, host, of.client_address, of.server_address)
                                      : tcp_end(world_, host, of.server_address, of.client_address);
        LadderState& last = of.state[static_cast<int>(side)];
        if (!end || end->state == TcpState::none || (end->state == last.state && end->known == last.known)) continue;
        // What a segment lets expect again after the table has said so is no news.
        last = {index, end->state, end->known, 0};
        of.rows.add_state(side, last, event.time);
    }
}

}  // namespace synoptic
