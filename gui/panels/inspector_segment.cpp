#include "gui/panels/inspector_segment.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/trace/format.h"
#include "gui/panels/tcp_words.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr EventIndex most_looked_through = 20'000;

std::uint64_t span(std::uint64_t from_ns, std::uint64_t to_ns) {
    return to_ns > from_ns ? to_ns - from_ns : 0;
}

Tone tone_of(const WireSegment& segment) {
    switch (segment.state) {
        case WireSegment::State::held:
        case WireSegment::State::delayed:
            return Tone::blocked;
        case WireSegment::State::dropped:
            return Tone::trouble;
        case WireSegment::State::arrived:
            return Tone::alive;
        case WireSegment::State::sent:
        case WireSegment::State::delivered:
            break;
    }
    return Tone::normal;
}

Selection link_to(WireId id) {
    Selection link;
    link.segment = id;
    return link;
}

/** Others that repeat it, or that it repeats. */
std::size_t copies_waiting(const World& world, WireId id) {
    const std::vector<WaitingStack> stacks = waiting_stacks(world);
    const WaitingStack* stack = stack_of(stacks, id);
    return stack ? stack->copies.size() : 0;
}

std::string touched_text(const WireSegment& segment) {
    if (segment.state == WireSegment::State::arrived && segment.deliver_reason == DeliverReason::hand) return "delivered by hand";
    if (segment.state == WireSegment::State::dropped && segment.drop_reason == DropReason::hand) return "dropped by hand";
    return "held, put before others or copied by hand";
}

std::string ordinal_name(const World& world, WireId id) {
    const WireSegment* segment = find(world, id);
    return segment ? fmt::format("{}, {}", segment->reading.title, state_name(segment->state)) : "one that has left the wire";
}

/** Who talks to whom: the programs where they are known. */
void add_connection(FactSection& facts, const World& world, const WireSegment& segment) {
    const WireFlow* flow = find(world, segment.flow);
    if (!flow) return;
    if (const Connection* connection = connection_of(world, *flow)) {
        Selection link;
        link.connection = connection->id;
        add(facts, "of", fmt::format("{} ⇄ {}", client_of(world, *connection), server_of(world, *connection)), Tone::normal, link);
        return;
    }
    const SocketId id = client_socket_of(world, *flow);
    const Socket* socket = find(world, id);
    const Program* program = socket ? find(world, socket->program) : nullptr;
    if (program) add(facts, "of", fmt::format("{}: its connect has not returned", program->label), Tone::client, link_to(id));
}

void add_life(FactSection& facts, const World& world, const WireSegment& segment, std::uint64_t began_ns, std::uint64_t now_ns) {
    add(facts, "state", way_text(segment, now_ns), tone_of(segment));
    if (!segment.reading.note.empty())
        add(facts, "note", segment.reading.note, Tone::trouble, {}, segment.reading.inferred ? Known::inferred : Known::observed);
    if (segment.copy_of != WireId::none)
        add(facts, "copy of", ordinal_name(world, segment.copy_of) + ": it came while that one waited", Tone::normal,
            link_to(segment.copy_of));
    if (segment.duplicate_of != WireId::none)
        add(facts, "duplicate of", ordinal_name(world, segment.duplicate_of) + ": made by hand", Tone::normal,
            link_to(segment.duplicate_of));
    if (const std::size_t copies = copies_waiting(world, segment.id); copies > 0 && segment.copy_of == WireId::none)
        add(facts, "copies", fmt::format("{} that repeat it wait with it", copies), Tone::blocked);
    if (segment.by_hand && segment.duplicate_of == WireId::none) add(facts, "touched", touched_text(segment));
    add_code(facts, "sent at", fmt::format("{:.6f} s", static_cast<double>(span(began_ns, segment.sent_ns)) / 1e9));
    add_connection(facts, world, segment);
}

void add_number(FactSection& facts, const char* name, std::uint32_t relative, std::uint32_t absolute) {
    // Where no SYN was seen, the reading has nothing to count from.
    add_code(facts, name, relative == absolute ? std::to_string(absolute) : fmt::format("{}  ({})", with_commas(relative), absolute));
}

void add_window(FactSection& facts, const WireSegment& segment) {
    const SegmentReading& reading = segment.reading;
    std::string text = byte_count(reading.window_bytes);
    const bool syn = (segment.flags & tcp_syn) != 0;
    if (syn)
        text += ": on a SYN it is never scaled";
    else if (segment.window > 0 && reading.window_bytes != segment.window)
        text += fmt::format(" ({} × {})", segment.window, reading.window_bytes / segment.window);
    else if (!reading.scale_known)
        text = fmt::format("{} as sent: no handshake was seen that tells the scale", with_commas(segment.window));
    add(facts, "window", std::move(text), segment.window == 0 && !syn ? Tone::trouble : Tone::normal, {},
        syn || reading.scale_known ? Known::observed : Known::inferred);
}

/** What the bytes say, in numbers. `reading` may be none: then numbers are as sent only. */
FactSection number_facts(const Segment& sent, const WireSegment* segment) {
    FactSection facts;
    facts.title = "Numbers";
    add_number(facts, "seq", segment ? segment->reading.relative_seq : sent.seq, sent.seq);
    if ((sent.flags & tcp_ack) != 0)
        add_number(facts, "ack", segment ? segment->reading.relative_ack : sent.ack, sent.ack);
    else
        add(facts, "ack", "none: ACK is not set", Tone::dim);
    const std::uint32_t takes = sent.sequence_length();
    if (takes > 0) add(facts, "takes", fmt::format("{} sequence number{}", with_commas(takes), takes == 1 ? "" : "s"));
    add_code(facts, "flags", flags_text(sent.flags));
    if (segment)
        add_window(facts, *segment);
    else
        add_code(facts, "window", fmt::format("{} as sent", sent.window));
    add(facts, "options", options_text(sent.options));
    add(facts, "size",
        fmt::format("{}: headers of {}, payload of {}", byte_count(sent.packet_bytes), sent.payload_offset, sent.payload_bytes));
    return facts;
}

/** Reads the packet once more, of a damaged one nothing. Of what was cut only zeros of the payload are missing. */
Packet parse(const PacketPage& page) {
    std::vector<std::uint8_t> bytes(page.bytes.begin(), page.bytes.end());
    bytes.resize(page.whole_bytes);
    return parse_packet(bytes, Checksums::skip);
}

void describe(InspectorPage& page, const World& world, const WireSegment& segment, std::uint64_t began_ns, std::uint64_t now_ns) {
    const bool to_server = segment.direction == Direction::to_server;
    page.title = segment.reading.title;
    page.subtitle = fmt::format("{} to {}: {} → {}", to_server ? "client" : "server", to_server ? "server" : "client",
                                segment.source.text(), segment.destination.text());
    page.badge = state_name(segment.state);
    page.badge_tone = tone_of(segment);
    page.segment = segment.id;
    FactSection life;
    add_life(life, world, segment, began_ns, now_ns);
    page.sections.push_back(std::move(life));
}

/** The World has none of it: it is over and forgotten, or not yet sent. */
void describe_gone(InspectorPage& page, const Packet& packet, bool not_yet) {
    page.title = packet ? title_of(packet.segment) : "a segment";
    if (packet) page.subtitle = fmt::format("{} → {}", packet.segment.source.text(), packet.segment.destination.text());
    page.badge = not_yet ? "not sent yet" : "gone";
    page.badge_tone = Tone::dim;
    FactSection gone;
    gone.text = not_yet ? "At the moment that is shown, it was not sent yet."
                        : fmt::format("It has arrived or was dropped: of such, the last {} are remembered.", ended_kept);
    if (!packet) gone.text += " Its packet is found by its segment_sent line in the call list.";
    page.sections.push_back(std::move(gone));
}

}  // namespace

std::string way_text(const WireSegment& segment, std::uint64_t now_ns) {
    const std::string took = duration(span(segment.sent_ns, segment.ended_ns));
    switch (segment.state) {
        case WireSegment::State::sent:
            return "on its way";
        case WireSegment::State::delayed:
            return fmt::format("delayed, goes on in {}", clock_text(span(now_ns, segment.due_ns)));
        case WireSegment::State::held:
            return fmt::format(
                "held {} for {}, until {}", reason_text(segment.hold_reason), clock_text(span(segment.waits_since_ns, now_ns)),
                segment.hold_reason == HoldReason::pause ? "all goes on, or you deliver it" : "somebody delivers or drops it");
        case WireSegment::State::delivered:
            return "is being handed to the receiver's kernel";
        case WireSegment::State::arrived:
            if (segment.waits_since_ns == 0) return fmt::format("arrived {} after it was sent", took);
            return fmt::format("delivered {}, {} after it was sent", reason_text(segment.deliver_reason), took);
        case WireSegment::State::dropped:
            break;
    }
    const std::string why = segment.drop_error != 0 ? fmt::format(" ({})", error_name(segment.drop_error)) : "";
    return fmt::format("dropped {}{}, {} after it was sent", reason_text(segment.drop_reason), why, took);
}

std::string options_text(const TcpOptions& options) {
    std::string text;
    const auto put = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (options.has_mss) put(fmt::format("MSS {}", options.mss_bytes));
    if (options.sack_permitted) put("SACK permitted");
    for (const SackBlock& block : options.sack_blocks()) put(fmt::format("SACK {} to {}", block.left, block.right));
    if (options.has_timestamps) put(fmt::format("timestamps {} (echoes {})", options.timestamp, options.timestamp_echo));
    if (options.has_window_scale) put(fmt::format("window × {}", 1u << std::min<unsigned>(options.window_shift, 14)));
    if (options.malformed) put("one whose length is wrong");
    return text.empty() ? "none" : text;
}

EventIndex sent_event_near(const History& history, WireId id, EventIndex index) {
    for (EventIndex looked = 0; index < history.size() && looked < most_looked_through; --index, ++looked) {
        const Event event = history.event(index);
        if (WireId{event.socket} == id) {
            if (event.kind == EventKind::segment_sent) return index;
            if (event.kind == EventKind::segment_duplicated) id = WireId{static_cast<std::uint64_t>(event.a)};
        }
        if (index == 0) break;
    }
    return no_event;
}

void inspect_segment(InspectorPage& page, const World& world, const History& history, const Selection& selection, std::uint64_t now_ns) {
    const WireSegment* segment = find(world, selection.segment);
    const bool by_event = selection.event < history.size();
    const EventIndex sent = segment    ? segment->sent_event
                            : by_event ? sent_event_near(history, selection.segment, selection.event)
                                       : no_event;
    page.event = by_event ? selection.event : segment ? sent : no_event;
    page.packet = packet_of(history, sent);
    const Packet packet = parse(page.packet);
    if (segment)
        describe(page, world, *segment, history.size() > 0 ? history.event(0).time : 0, now_ns);
    else
        describe_gone(page, packet, by_event && selection.event >= world.events);
    if (by_event && history.event(selection.event).kind != EventKind::segment_sent) {
        FactSection told;
        told.title = "The chosen line";
        told.text = print_fact({history.event(selection.event), history.payload(selection.event)});
        page.sections.push_back(std::move(told));
    }
    if (packet) page.sections.push_back(number_facts(packet.segment, segment));
}

std::vector<SegmentAction> segment_actions(const World& world, WireId id) {
    const WireSegment* segment = find(world, id);
    if (!segment || !segment->waits()) return {};
    std::vector<SegmentAction> actions;
    const auto put = [&](const char* name, const char* label, const char* tip, SegmentMove move, Stack stack, ui::Look look) {
        actions.push_back({name, label, tip, {id, move, stack}, look});
    };
    const bool copies = copies_waiting(world, id) > 0;
    put("inspector.deliver", "Deliver",
        copies ? "hand it to the receiver's kernel, and drop what repeats it: the receiver has no use for more"
               : "hand it to the receiver's kernel",
        SegmentMove::deliver_once, Stack::only_this, ui::Look::primary);
    if (copies) {
        put("inspector.deliver_copies", "Deliver with its copies",
            "all of them arrive: the receiver answers what it has already with a duplicate ACK (RFC 9293, 3.10.7.4)", SegmentMove::deliver,
            Stack::with_copies, ui::Look::plain);
    }
    put("inspector.drop", "Drop", "it is lost on the way: the sender will find out by its timer (RFC 6298) or by duplicate ACKs (RFC 5681)",
        SegmentMove::drop, Stack::only_this, ui::Look::danger);
    put("inspector.duplicate", "Duplicate", "a copy with the same bytes waits beside it, as a network may make one", SegmentMove::duplicate,
        Stack::only_this, ui::Look::plain);
    put("inspector.overtake", "Let overtake", "put it before all others that wait in its direction: they arrive out of order",
        SegmentMove::overtake, Stack::only_this, ui::Look::plain);
    if (segment->state == WireSegment::State::delayed)
        put("inspector.hold_segment", "Hold", "stop its clock: it waits until you deliver or drop it", SegmentMove::hold, Stack::only_this,
            ui::Look::plain);
    return actions;
}

}  // namespace synoptic
