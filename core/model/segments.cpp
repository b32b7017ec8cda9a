// What the wire tells: the lab, its rules, and the way of each segment.
//
//   sent ──┬──────────────────────────────────────────────▶ arrived
//          ├─▶ held ⇄ delayed ──┬─▶ delivered ────────────▶ arrived
//          │                    └─▶ dropped
//          └─▶ dropped
#include <algorithm>
#include <cstring>

#include "core/model/fold.h"
#include "core/model/segment_fact.h"
#include "core/trace/format.h"

namespace synoptic::fold {
namespace {

Direction direction_of(const Event& event) {
    return (event.b & ~segment_on_loopback) == 0 ? Direction::to_server : Direction::to_client;
}

/** The flow of a segment: the latest between these two, unless a new connection begins there. */
WireFlow& flow_for(World& world, const Segment& segment, Direction direction, std::uint64_t time_ns) {
    const bool to_server = direction == Direction::to_server;
    const Address client = to_server ? segment.source : segment.destination, server = to_server ? segment.destination : segment.source;
    FlowId& latest = world.flow_between[{client, server}];
    WireFlow* known = find_in(world.flows, latest);
    if (known && !(known->is_over() && segment.is_syn())) return *known;
    latest = FlowId{world.next_flow++};
    WireFlow& flow = world.flows[latest];
    flow.id = latest;
    flow.client = client;
    flow.server = server;
    flow.began_ns = time_ns;
    return flow;
}

void note_in_flow(World& world, WireFlow& flow, const Segment& segment, Direction direction, std::uint64_t time_ns) {
    const bool was_over = flow.is_over();
    flow.last_ns = time_ns;
    ++flow.segments;
    if (segment.has(tcp_rst)) flow.reset = true;
    if (segment.has(tcp_fin)) flow.fin_seen[index_of(direction)] = true;
    if (flow.is_over() && !was_over) world.ended_flows.push_back(flow.id);
}

WireSegment& make_segment(World& world, WireId id) {
    forget(world.ended_segments, id);  // numbers are not used twice; a damaged history may say so
    WireSegment& segment = world.segments[id];
    segment = WireSegment{};
    segment.id = id;
    return segment;
}

void segment_sent(const Step& step) {
    World& world = step.world;
    const Packet packet = parse_packet(whole_packet(step.event, step.payload), Checksums::skip);
    if (!packet) return;  // no segment: a damaged history
    const Segment& sent = packet.segment;
    const Direction direction = direction_of(step.event);
    WireFlow& flow = flow_for(world, sent, direction, step.event.time);
    flow.on_loopback = (step.event.b & segment_on_loopback) != 0;
    WireSegment& segment = make_segment(world, WireId{step.event.socket});
    segment.flow = flow.id;
    segment.direction = direction;
    segment.on_loopback = flow.on_loopback;
    segment.source = sent.source;
    segment.destination = sent.destination;
    segment.seq = sent.seq;
    segment.ack = sent.ack;
    segment.flags = sent.flags;
    segment.window = sent.window;
    segment.packet_bytes = sent.packet_bytes;
    segment.payload_bytes = sent.payload_bytes;
    segment.reading = flow.reader.feed(sent, direction);
    segment.sent_event = step.index;
    segment.sent_ns = step.event.time;
    if (!segment.on_loopback) ++world.lab.sent[index_of(direction)];
    note_in_flow(world, flow, sent, direction, step.event.time);
    infer_sent(step, segment);
}

WireSegment* waiting_segment(const Step& step) {
    WireSegment* segment = find_in(step.world.segments, WireId{step.event.socket});
    return segment && !segment->has_ended() ? segment : nullptr;
}

void segment_held(const Step& step) {
    WireSegment* segment = waiting_segment(step);
    if (!segment) return;
    const HoldReason reason = hold_reason_of(step.event.fd);
    if (!segment->waits()) segment->waits_since_ns = step.event.time;
    segment->state = step.event.value != 0 ? WireSegment::State::delayed : WireSegment::State::held;
    segment->due_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(step.event.value, 0));
    if (step.event.a != 0) segment->copy_of = WireId{static_cast<std::uint64_t>(step.event.a)};
    segment->place = step.event.b;
    segment->by_hand = segment->by_hand || reason == HoldReason::hand || reason == HoldReason::overtake;
    if (reason != HoldReason::overtake) segment->hold_reason = reason;
}

void segment_delivered(const Step& step) {
    WireSegment* segment = waiting_segment(step);
    if (!segment) return;
    segment->deliver_reason = deliver_reason_of(step.event.a);
    segment->by_hand = segment->by_hand || segment->deliver_reason == DeliverReason::hand;
    segment->state = WireSegment::State::delivered;
}

void end_segment(const Step& step, WireSegment& segment, WireSegment::State state) {
    segment.state = state;
    segment.ended_ns = step.event.time;
    step.world.ended_segments.push_back(segment.id);
}

void segment_arrived(const Step& step) {
    WireSegment* segment = waiting_segment(step);
    if (!segment) return;
    end_segment(step, *segment, WireSegment::State::arrived);
    if (!segment->on_loopback) ++step.world.lab.arrived[index_of(segment->direction)];
    infer_arrived(step, *segment);
}

void segment_dropped(const Step& step) {
    WireSegment* segment = waiting_segment(step);
    if (!segment) return;
    end_segment(step, *segment, WireSegment::State::dropped);
    segment->drop_reason = drop_reason_of(step.event.a);
    segment->drop_error = static_cast<int>(step.event.b);
    segment->by_hand = segment->by_hand || segment->drop_reason == DropReason::hand;
    ++step.world.lab.dropped[index_of(segment->direction)];
}

/** The copy is what its original is, and was never sent by a host. */
void segment_duplicated(const Step& step) {
    World& world = step.world;
    const WireSegment* original = find_in(world.segments, WireId{static_cast<std::uint64_t>(step.event.a)});
    if (!original) return;
    WireSegment copy = *original;
    copy.id = WireId{step.event.socket};
    copy.duplicate_of = original->id;
    copy.copy_of = WireId::none;
    copy.by_hand = true;
    copy.state = WireSegment::State::sent;
    copy.waits_since_ns = copy.due_ns = copy.ended_ns = 0;
    copy.sent_ns = step.event.time;
    make_segment(world, copy.id) = copy;
    ++world.lab.sent[index_of(copy.direction)];
}

void lab_changed(const Step& step) {
    LabState& lab = step.world.lab;
    const std::vector<std::string> strings = payload_strings(step.payload);
    const auto string = [&](std::size_t at) { return at < strings.size() ? strings[at] : std::string(); };
    lab.asked = true;
    lab.lives = step.event.b == 1;
    lab.had = lab.had || lab.lives;
    lab.pid = lab.lives ? static_cast<pid_t>(step.event.a) : 0;
    lab.has_ipv6 = lab.lives && step.event.value == 1;
    lab.trouble = lab.lives ? "" : string(0);
    lab.commands[0] = string(1);
    lab.commands[1] = string(2);
    lab.shortcomings = string(3);
    if (lab.lives) lab.host_lost[0] = lab.host_lost[1] = false;
    for (const TcpHost host : {TcpHost::client, TcpHost::server}) step.world.table_trouble[static_cast<std::size_t>(host)].clear();
}

void rules_changed(const Step& step) {
    Rules rules;
    static_assert(std::is_trivially_copyable_v<Rules>);
    if (step.payload.size() == sizeof rules) std::memcpy(static_cast<void*>(&rules), step.payload.data(), sizeof rules);
    step.world.lab.rules = rules;
}

}  // namespace

void wire_told(const Step& step) {
    switch (step.event.kind) {
        case EventKind::lab_state:
            return lab_changed(step);
        case EventKind::rules_set:
            return rules_changed(step);
        case EventKind::capture_state:
            step.world.capture = {step.event.b == 1, static_cast<std::uint64_t>(std::max<std::int64_t>(step.event.value, 0)), std::string(step.payload)};
            return;
        case EventKind::segment_sent:
            return segment_sent(step);
        case EventKind::segment_held:
            return segment_held(step);
        case EventKind::segment_delivered:
            return segment_delivered(step);
        case EventKind::segment_arrived:
            return segment_arrived(step);
        case EventKind::segment_dropped:
            return segment_dropped(step);
        case EventKind::segment_duplicated:
            return segment_duplicated(step);
        case EventKind::host_lost:
            step.world.lab.host_lost[index_of(direction_of(step.event))] = true;
            return;
        default:
            return;  // a call, or a kind of another version: nothing is told by such a fact
    }
}

void forget_flow(World& world, FlowId id) {
    const WireFlow* flow = find_in(world.flows, id);
    if (!flow) return;
    const auto latest = world.flow_between.find({flow->client, flow->server});
    if (latest != world.flow_between.end() && latest->second == id) world.flow_between.erase(latest);
    world.flows.erase(id);
}

}  // namespace synoptic::fold
