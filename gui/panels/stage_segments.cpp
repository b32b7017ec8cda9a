#include "gui/panels/stage_segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr float first_place = 0.68f, place_step = 0.15f;  // of those that wait: the first one nearest to its receiver
constexpr float near_receiver = 0.86f, far_away = 70;     // px at zoom 1, beside the wire

/** Which wire shows a flow's segments; nothing where its client has no wire of its own. */
class WireFinder {
   public:
    WireFinder(const World& world, const StageLayout& layout) : world_(world) {
        for (std::size_t at = 0; at < layout.wires.size(); ++at) {
            const StageWire& wire = layout.wires[at];
            if (wire.carries.empty()) note(wire.client, wire.connection, at);
            for (const Carried& one : wire.carries) {
                note(one.client, one.connection, at);
                if (const Connection* connection = find(world, one.connection)) bundle_of_listener_.emplace(connection->listener, at);
            }
        }
    }

    std::optional<std::size_t> wire_of(FlowId id) {
        if (const auto known = of_flow_.find(id); known != of_flow_.end()) return known->second;
        const WireFlow* flow = find(world_, id);
        const std::optional<std::size_t> found = flow ? look_for(*flow) : std::nullopt;
        if (found) of_flow_.emplace(id, *found);
        return found;
    }

   private:
    /** This wire shows what the client's connection sends, or, as long as there is none, the client's own socket. */
    void note(ProgramId client, ConnectionId id, std::size_t at) {
        const Connection* connection = find(world_, id);
        if (!connection) {
            of_client_.emplace(client, at);
        } else if (const WireFlow* flow = flow_of(world_, *connection)) {
            of_flow_.emplace(flow->id, at);
        }
    }

    std::optional<std::size_t> look_for(const WireFlow& flow) const {
        // A client whose connect waits: its socket is known by the kernel's table.
        if (const Socket* socket = find(world_, client_socket_of(world_, flow))) {
            const auto own = of_client_.find(socket->program);
            if (own != of_client_.end()) return own->second;
        }
        if (const Connection* connection = connection_of(world_, flow)) {
            const auto bundle = bundle_of_listener_.find(connection->listener);
            if (bundle != bundle_of_listener_.end()) return bundle->second;
        }
        return std::nullopt;
    }

    const World& world_;
    std::map<FlowId, std::size_t> of_flow_;
    std::map<ProgramId, std::size_t> of_client_;
    std::map<SocketId, std::size_t> bundle_of_listener_;
};

/** Whose segments a flow carries: "client 12", or an address. */
std::string client_of_flow(const World& world, FlowId id) {
    const WireFlow* flow = find(world, id);
    if (!flow) return {};
    const Socket* socket = find(world, client_socket_of(world, *flow));
    if (const Program* program = socket ? find(world, socket->program) : nullptr) return program->label;
    const Connection* connection = connection_of(world, *flow);
    return connection ? client_of(world, *connection) : flow->client.text();
}

float from_client(Direction direction, float share) {
    return direction == Direction::to_server ? share : 1 - share;
}

float part(std::uint64_t passed, std::uint64_t whole) {
    return whole == 0 ? 1.0f : std::min(1.0f, static_cast<float>(passed) / static_cast<float>(whole));
}

/** Of a segment that is not waiting; nothing if it is no longer seen. */
std::optional<SegmentPill> passing_pill(const WireSegment& segment, std::uint64_t now_ns) {
    SegmentPill pill;
    pill.segment = segment.id;
    pill.moves = true;
    const std::uint64_t began_ns =
        segment.state == WireSegment::State::dropped || segment.waits_since_ns != 0 ? segment.ended_ns : segment.sent_ns;
    const std::uint64_t age_ns = now_ns > began_ns ? now_ns - began_ns : 0;
    if (segment.state == WireSegment::State::dropped) {
        if (age_ns >= lost_ns) return std::nullopt;
        pill.share = from_client(segment.direction, 0.55f);
        pill.opacity = 1 - part(age_ns, lost_ns);
        return pill;
    }
    // One that was let go starts where it waited.
    const float from = segment.waits_since_ns != 0 ? first_place : 0.06f;
    if (age_ns >= passing_ns) return std::nullopt;
    const float along = part(age_ns, passing_ns);
    pill.share = from_client(segment.direction, from + (0.96f - from) * along);
    pill.opacity = std::min(1.0f, (1 - along) * 4);
    return pill;
}

}  // namespace

std::vector<SegmentPill> segment_pills(const World& world, const StageLayout& layout, std::uint64_t now_ns) {
    std::vector<SegmentPill> passing, waiting;
    if (layout.wires.empty() || world.segments.empty()) return passing;
    WireFinder finder(world, layout);
    std::map<std::size_t, std::size_t> passing_on;
    for (auto at = world.segments.rbegin(); at != world.segments.rend(); ++at) {  // the latest first
        const WireSegment& segment = at->second;
        if (segment.waits()) continue;
        std::optional<SegmentPill> pill = passing_pill(segment, now_ns);
        const std::optional<std::size_t> wire = pill ? finder.wire_of(segment.flow) : std::nullopt;
        if (!wire || ++passing_on[*wire] > most_passing) continue;
        pill->wire = *wire;
        passing.push_back(*pill);
    }
    std::map<std::pair<std::size_t, Direction>, int> places;
    for (const WaitingStack& stack : waiting_stacks(world)) {  // the next of each direction first
        const WireSegment& segment = *find(world, stack.top);
        const std::optional<std::size_t> wire = finder.wire_of(segment.flow);
        if (!wire) continue;
        SegmentPill pill;
        pill.segment = stack.top;
        pill.wire = *wire;
        pill.copies = stack.copies.size();
        if (segment.state == WireSegment::State::delayed && segment.due_ns > segment.sent_ns) {
            pill.moves = true;
            pill.share = from_client(segment.direction, 0.08f + 0.84f * part(now_ns > segment.sent_ns ? now_ns - segment.sent_ns : 0,
                                                                             segment.due_ns - segment.sent_ns));
        } else {
            const int place = places[{*wire, segment.direction}]++;
            pill.share = from_client(segment.direction, std::max(0.08f, first_place - place_step * static_cast<float>(place)));
        }
        waiting.push_back(pill);
    }
    // The next on top.
    passing.insert(passing.end(), waiting.rbegin(), waiting.rend());
    for (SegmentPill& pill : passing) {
        if (!layout.wires[pill.wire].carries.empty()) pill.who = client_of_flow(world, find(world, pill.segment)->flow);
    }
    return passing;
}

std::string pill_words(const WireSegment& segment, std::size_t copies, float room, const std::function<float(std::string_view)>& width_of,
                       const std::string& who) {
    const std::string& title = segment.reading.title;
    const bool resent = segment.reading.count > 0 && segment.reading.nature != SegmentNature::duplicate_ack;
    std::string often, often_short;
    if (copies > 0) {  // it and those that wait behind it
        often = fmt::format(" × {}", copies + 1);
        often_short = fmt::format(" ×{}", copies + 1);
    } else if (resent) {
        often = fmt::format(", resent #{}", segment.reading.count);
        often_short = fmt::format(" #{}", segment.reading.count);
    } else if (segment.reading.count > 0) {
        often = often_short = fmt::format(" #{}", segment.reading.count);
    }
    const auto pointed = [&](const std::string& text, const char* space) {
        return segment.direction == Direction::to_server ? text + space + "→" : std::string("←") + space + text;
    };
    // "data 64 bytes" → "64 B": that it is data is seen by its colour.
    const std::string small_title = segment.payload_bytes != 0 ? fmt::format("{} B", segment.payload_bytes) : title;
    const std::string wordings[] = {pointed(title + often, " "), pointed(title + often_short, " "), pointed(small_title + often_short, ""),
                                    small_title + often_short,   pointed(small_title, ""),          small_title};
    const std::string name = who.empty() ? "" : who + ": ", number = who.empty() ? "" : who.substr(who.rfind(' ') + 1) + ": ";
    for (const std::string& words : wordings) {
        for (const std::string& whose : {name, number}) {
            if (width_of(whose + words) <= room) return whose + words;
        }
    }
    return number + small_title;
}

std::optional<SegmentMove> dragged_move(const WireSegment& segment, float share, float distance, bool passes_others) {
    const float along = from_client(segment.direction, share);
    if (distance > far_away) return SegmentMove::drop;
    if (along > near_receiver) return SegmentMove::deliver_once;
    if (passes_others) return SegmentMove::overtake;
    return std::nullopt;
}

}  // namespace synoptic
