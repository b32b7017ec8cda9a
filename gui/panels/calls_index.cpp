// The call list's lines: see calls_index.h.
#include "gui/panels/calls_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/model/catch_up.h"
#include "core/model/segment_fact.h"
#include "core/model/tcp_fact.h"
#include "core/session/command.h"
#include "core/trace/format.h"
#include "core/wire/flow.h"
#include "gui/panels/words.h"

namespace synoptic {

namespace {

/** A step is seen in the calls that it lets happen; its own three facts would hide them. Its failure is a line. */
bool is_step(const Event& command) {
    return command.b == static_cast<std::int64_t>(Command(Step{}).index());
}

/** A fact in words; where the manifest's printer knows numbers only, with what the packet and the table say. Sets `who` told it. */
std::string fact_words(const Event& event, std::string_view payload, std::string& who) {
    std::string text = print_fact({event, payload});
    switch (event.kind) {
        case EventKind::segment_sent: {
            who = "wire";
            const Packet packet = parse_packet(whole_packet(event, payload), Checksums::skip);
            if (!packet) return text;
            const Segment& segment = packet.segment;
            return fmt::format("segment {}: {}, {} → {}", event.socket, title_of(segment), segment.source.text(),
                               segment.destination.text());
        }
        case EventKind::segment_held:
        case EventKind::segment_delivered:
        case EventKind::segment_arrived:
        case EventKind::segment_dropped:
        case EventKind::segment_duplicated:
        case EventKind::host_lost:
        case EventKind::lab_state:
        case EventKind::rules_set:
        case EventKind::capture_state:
            who = "wire";
            return text;
        case EventKind::tcp_state:
            who = "kernel";
            return tcp_fact_text(read_tcp_fact(event, payload));
        case EventKind::listen_queue:
        case EventKind::table_lost:
        case EventKind::socket_owner:
            who = "kernel";
            return text;
        default:
            return text;
    }
}

}  // namespace

bool CallsIndex::update(const History& history, std::size_t most_events) {
    if (begins_anew(of_, next_, history)) {
        *this = CallsIndex();
        of_ = &history;
    }
    return catch_up(history, next_, most_events, [&](EventIndex index) { take(history, index); });
}

void CallsIndex::take(const History& history, EventIndex index) {
    const Event event = history.event(index);
    switch (event.phase) {
        case Phase::enter:
            open_[event.actor].push_back(lines_.size());
            lines_.push_back({index, no_event, no_event});
            return;
        case Phase::exit: {
            std::vector<std::size_t>& open = open_[event.actor];
            // A call whose exit was lost is passed over: the next exit of its kind is not its own, but that of the one entered last.
            while (!open.empty()) {
                CallLine& line = lines_[open.back()];
                open.pop_back();
                if (history.event(line.at).kind != event.kind) continue;
                line.exit = index;
                return;
            }
            lines_.push_back({index, index, no_event});  // its enter was lost
            return;
        }
        case Phase::happened:
            take_fact(history, index, event);
            return;
        case Phase::arrive:
        case Phase::go:
        case Phase::rest:
            return;
    }
}

void CallsIndex::take_fact(const History& history, EventIndex index, const Event& event) {
    makers_.take(history, index);
    ends_.take(history, index);
    switch (event.kind) {
        case EventKind::blocked: {
            const auto open = open_.find(ActorId{static_cast<std::uint32_t>(event.a)});
            if (open != open_.end() && !open->second.empty()) lines_[open->second.back()].blocked = index;
            return;
        }
        case EventKind::listen_queue:
        case EventKind::step_done:
            return;
        case EventKind::command:
            if (!is_step(event)) break;
            step_command_ = event.a;
            return;
        case EventKind::command_done:
            if (event.a == step_command_) return;
            break;
        default:
            break;
    }
    lines_.push_back({index, no_event, no_event});
}

std::size_t CallsIndex::lines_before(EventIndex limit) const {
    const auto end =
        std::lower_bound(lines_.begin(), lines_.end(), limit, [](const CallLine& line, EventIndex event) { return line.at < event; });
    return static_cast<std::size_t>(end - lines_.begin());
}

std::size_t CallsIndex::line_of(const History& history, EventIndex event) const {
    if (event >= history.size()) return lines_.size();
    const Phase phase = history.event(event).phase;
    const EventIndex at = phase == Phase::exit ? history.enter_of(event) : event;
    const std::size_t line = lines_before(at);
    return line < lines_.size() && (lines_[line].at == at || phase == Phase::arrive) ? line : lines_.size();
}

CallWords call_words(const CallMakers& makers, const History& history, const CallLine& line, EventIndex limit) {
    CallWords words;
    const Event event = history.event(line.at);
    const CallMaker& maker = makers.maker(event.actor);
    words.who = maker.label;
    words.by_server = maker.is_server;
    if (event.phase == Phase::happened) {
        words.fact = true;
        const bool of_program =
            event.kind == EventKind::program_begin || event.kind == EventKind::program_ready || event.kind == EventKind::program_end;
        if (const CallMaker* program = of_program ? makers.program(ProgramId{static_cast<std::uint32_t>(event.socket)}) : nullptr) {
            words.who = program->label;
            words.by_server = program->is_server;
        }
        words.command =
            event.kind == EventKind::command || event.kind == EventKind::command_done || event.kind == EventKind::command_failed;
        words.failed = event.kind == EventKind::command_failed || event.kind == EventKind::lost;
        words.call = fact_words(event, history.payload(line.at), words.who);
        return words;
    }
    words.open = line.exit >= limit;
    words.blocked = line.blocked < limit;
    const std::optional<Event> exit = words.open ? std::nullopt : std::optional(history.event(line.exit));
    if (exit) {
        const Told told{*exit, history.payload(line.exit)};
        words.call = print_call({event, history.payload(line.at)}, &told);
        words.took = line.at == line.exit ? "" : duration(exit->time > event.time ? exit->time - event.time : 0);
        words.failed = failure_of(*exit) != 0;
    } else {
        words.call = print_call({event, history.payload(line.at)}, nullptr);
        words.never = maker.ended && maker.ended_at < limit;
    }
    words.result = print_result(event, exit ? &*exit : nullptr);
    if (words.never && words.result.empty()) words.result = " = ?";
    return words;
}

std::string call_text(const CallsIndex& index, const History& history, const CallLine& line, EventIndex limit) {
    const Event event = history.event(line.at);
    const CallWords words = call_words(index, history, line, limit);
    std::string text = fmt::format("{:>12}  ", session_clock(since_beginning(history, event.time)));
    if (!words.who.empty()) text += fmt::format("{:<14}  ", words.who);
    text += words.call + words.result;
    if (words.open && !words.never && !words.fact) text += " …";
    if (!words.took.empty()) text += fmt::format("  <{}{}>", words.took, words.blocked ? ", blocked" : "");
    return text;
}

}  // namespace synoptic
