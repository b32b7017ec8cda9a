#include "gui/panels/ladder_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/trace/format.h"
#include "gui/panel.h"
#include "gui/panels/words.h"

namespace synoptic {

namespace {

std::uint64_t time_of(const History& history, EventIndex event) {
    return history.event(event).time;
}

std::uint64_t between(const History& history, EventIndex from, EventIndex to) {
    return time_of(history, to) > time_of(history, from) ? time_of(history, to) - time_of(history, from) : 0;
}

bool has_call_of(const Ladder& ladder, ActorId actor) {
    return std::any_of(ladder.rows.calls().begin(), ladder.rows.calls().end(), [&](const LadderCall& call) { return call.actor == actor; });
}

bool has_event(const Ladder& ladder, EventIndex event) {
    const auto& items = ladder.rows.items();
    const auto at =
        std::lower_bound(items.begin(), items.end(), event, [](const LadderItem& item, EventIndex wanted) { return item.at < wanted; });
    return at != items.end() && at->at == event;
}

bool has_segment(const Ladder& ladder, WireId id) {
    const auto& segments = ladder.rows.segments();
    return std::any_of(segments.begin(), segments.end(), [&](const LadderSegment& segment) { return segment.id == id; });
}

/** The latest ladder for which `fits` holds. */
template <class Fits>
std::size_t latest_that(const LadderIndex& index, EventIndex limit, Fits fits) {
    for (std::size_t at = index.ladders().size(); at-- > 0;) {
        const Ladder& ladder = index.ladders()[at];
        if (has_begun(ladder, limit) && fits(ladder)) return at;
    }
    return LadderIndex::none;
}

}  // namespace

std::string ladder_title(const Ladder& ladder) {
    const std::string client = !ladder.client_label.empty()    ? ladder.client_label
                               : ladder.client_address.known() ? ladder.client_address.text()
                                                               : "a client";
    const std::string server = !ladder.server_label.empty() ? ladder.server_label : ladder.server_address.text();
    const int port = ladder.client_address.port();
    return fmt::format("{} → {}{}", client, server, port != 0 && !ladder.client_label.empty() ? fmt::format(", port {}", port) : "");
}

std::string segment_numbers(const LadderSegment& segment, bool with_window) {
    std::string text = fmt::format("seq {}", with_commas(segment.relative_seq));
    if ((segment.flags & tcp_ack) != 0) text += fmt::format(", ack {}", with_commas(segment.relative_ack));
    if (with_window && (segment.flags & tcp_rst) == 0) text += fmt::format(", win {}", with_commas(segment.window_bytes));
    return text;
}

std::string segment_fate(const LadderSegment& segment, EventIndex limit) {
    if (segment.dropped && segment.end < limit) return std::string("dropped ") + reason_text(segment.drop_reason);
    if (segment.held < limit && segment.delivered >= limit && segment.end >= limit) {
        if (segment.copy_of != WireId::none) return segment.delayed ? "a copy, delayed" : "a copy, held";
        return segment.delayed ? "delayed" : "held";
    }
    if (segment.duplicate_of != WireId::none) return "copy made by hand";
    return {};
}

std::string segment_story(const LadderIndex& index, const History& history, const LadderSegment& segment, EventIndex limit) {
    const bool to_server = segment.direction == Direction::to_server;
    std::string text = fmt::format("{} from the {} host ({}, RFC 9293)\n", index.text(segment.title), to_server ? "client" : "server",
                                   flags_text(segment.flags));
    text += fmt::format("sequence number {}, relative {}\n", segment.seq, segment.relative_seq);
    if ((segment.flags & tcp_ack) != 0) text += fmt::format("acknowledgment {}, relative {}\n", segment.ack, segment.relative_ack);
    text += fmt::format("window {}{}, {} of data\n", segment.window,
                        segment.window_bytes != segment.window ? fmt::format(" as sent, scaled {} bytes", segment.window_bytes)
                        : segment.scale_known                  ? ""
                                                               : " (its scale is not known: no handshake was seen)",
                        byte_count(segment.payload_bytes));
    if (segment.note != 0) text += index.text(segment.note) + "\n";
    text +=
        fmt::format("{} {}", segment.duplicate_of != WireId::none ? "copied by hand at" : "sent at", ladder_time(history, segment.sent));
    if (segment.held < limit) text += fmt::format("\n{} from {}", segment.delayed ? "delayed" : "held", ladder_time(history, segment.held));
    if (segment.delivered < limit)
        text += fmt::format("\ndelivered {} at {}", reason_text(segment.deliver_reason), ladder_time(history, segment.delivered));
    if (segment.end < limit) {
        text += fmt::format("\n{} at {}, {} after it was sent", segment.dropped ? segment_fate(segment, limit) : "arrived",
                            ladder_time(history, segment.end), duration(between(history, segment.sent, segment.end)));
    }
    return text;
}

LadderCallWords ladder_call_words(const History& history, const LadderCall& call, EventIndex limit) {
    LadderCallWords words;
    const Event enter = history.event(call.enter);
    words.name = kind_info(enter.kind).name;
    words.begun = print_call({enter, history.payload(call.enter)}, nullptr);
    words.blocked = call.blocked < limit;
    words.open = call.exit >= limit;
    words.never = call.gone < limit;
    if (words.open) {
        words.call = words.begun;
        if (words.never) words.result = "= ?";
        return words;
    }
    const Event exit = history.event(call.exit);
    const Told told{exit, history.payload(call.exit)};
    words.call = print_call({enter, history.payload(call.enter)}, &told);
    words.result = print_result(enter, &exit);
    if (!words.result.empty() && words.result.front() == ' ') words.result.erase(0, 1);
    words.failed = failure_of(exit) != 0;
    return words;
}

std::string call_story(const History& history, const LadderCall& call, EventIndex limit) {
    const LadderCallWords words = ladder_call_words(history, call, limit);
    std::string text =
        fmt::format("{} {}\n{}({}): {}\n", words.call, words.result, words.name, kind_info(call.kind).section, kind_info(call.kind).help);
    text += fmt::format("entered at {}", ladder_time(history, call.enter));
    if (words.blocked) text += fmt::format("\nblocked: the kernel said so at {}", ladder_time(history, call.blocked));
    if (!words.open)
        text +=
            fmt::format("\nreturned at {}, after {}", ladder_time(history, call.exit), duration(between(history, call.enter, call.exit)));
    if (words.never) text += "\nits maker ended inside it";
    return text;
}

std::string ladder_time(const History& history, EventIndex event) {
    return session_time(between(history, 0, event));
}

const Program* server_at(const World& world, const Address& address, bool on_wire) {
    const TcpHost host = on_wire ? TcpHost::server : TcpHost::here;
    for (const SocketId id : world.listening) {
        const Socket* listener = find(world, id);
        if (listener && listener->host == host && listener->local.port() == address.port()) return find(world, listener->program);
    }
    return nullptr;
}

const Actor* waiting_accept(const World& world, const Ladder& ladder) {
    if (ladder.server != SocketId::none || !ladder.server_address.known()) return nullptr;
    const TcpHost host = ladder.on_wire ? TcpHost::server : TcpHost::here;
    for (const auto& [id, actor] : world.actors) {
        if (actor.state == Actor::State::ended || actor.calls.empty() || actor.calls.back().kind != EventKind::accept) continue;
        const Socket* listener = find(world, actor.calls.back().socket);
        if (!actor.calls.back().entered || !listener || listener->host != host) continue;
        if (listener->local.port() == ladder.server_address.port()) return &actor;
    }
    return nullptr;
}

bool has_begun(const Ladder& ladder, EventIndex limit) {
    return !ladder.is_merged() && !ladder.rows.items().empty() && ladder.rows.items().front().at < limit;
}

OfferedConnections offered_connections(const LadderIndex& index, EventIndex limit, std::size_t shown) {
    constexpr std::size_t most = 30;
    OfferedConnections offered;
    for (std::size_t at = index.ladders().size(); at-- > 0 && offered.ladders.size() < most;) {
        if (has_begun(index.ladders()[at], limit)) offered.ladders.push_back(at);
    }
    if (std::find(offered.ladders.begin(), offered.ladders.end(), shown) == offered.ladders.end()) offered.ladders.push_back(shown);
    for (const std::size_t at : offered.ladders) {
        if (at == shown) offered.chosen = static_cast<int>(offered.titles.size());
        offered.titles.push_back(ladder_title(index.ladders()[at]));
    }
    return offered;
}

std::string no_connection_yet(const PanelContext& panel, EventIndex limit) {
    return panel.run_began(limit) > 0 ? "No connection in this run of the lesson yet." : "No connection yet.";
}

std::size_t latest_ladder(const LadderIndex& index, EventIndex limit, EventIndex from) {
    return latest_that(index, limit, [from](const Ladder& ladder) { return ladder.rows.items().front().at >= from; });
}

std::size_t ladder_of(const LadderIndex& index, const World& world, const Selection& selection) {
    const EventIndex limit = world.events;
    if (selection.segment != WireId::none) {
        const WireSegment* segment = find(world, selection.segment);
        const std::size_t of_flow = segment ? index.of_flow(segment->flow) : LadderIndex::none;
        return of_flow != LadderIndex::none
                   ? of_flow
                   : latest_that(index, limit, [&](const Ladder& each) { return has_segment(each, selection.segment); });
    }
    if (selection.connection != ConnectionId::none) return index.of_connection(selection.connection);
    if (selection.event != no_event) {
        const std::size_t of_event = latest_that(index, limit, [&](const Ladder& each) { return has_event(each, selection.event); });
        if (of_event != LadderIndex::none) return of_event;
    }
    if (selection.socket != SocketId::none) {
        const std::size_t of_socket = index.of_socket(selection.socket);
        if (of_socket != LadderIndex::none) return of_socket;
        return latest_that(index, limit, [&](const Ladder& each) { return each.listener == selection.socket; });
    }
    const Actor* actor = find(world, selection.actor);
    if (actor && !is_main_actor(world, *actor)) {
        const std::size_t of_actor = latest_that(index, limit, [&](const Ladder& each) { return has_call_of(each, actor->id); });
        if (of_actor != LadderIndex::none) return of_actor;
    }
    ProgramId program = selection.program;
    if (program == ProgramId::none && actor) program = actor->program;
    if (const Process* process = find(world, selection.process); process && program == ProgramId::none) program = process->program;
    if (program == ProgramId::none) return LadderIndex::none;
    return latest_that(index, limit, [&](const Ladder& each) { return each.client_program == program || each.server_program == program; });
}

}  // namespace synoptic
