// Facts, each in one line.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/segment_reason.h"
#include "core/base/tcp_state.h"
#include "core/base/text.h"
#include "core/trace/format.h"
#include "core/trace/ring.h"

namespace synoptic {
namespace {

/** "slot 3, generation 2" would be right; people need no more than to tell two actors apart. */
std::string actor_text(std::int64_t id) {
    const auto actor = static_cast<ActorId>(static_cast<std::uint32_t>(id));
    return fmt::format("actor {}.{}", actor_slot(actor), static_cast<std::uint32_t>(actor) >> actor_slot_bits);
}

/** A sentence that this app has made, but that may hold what users typed and peers sent: controls are escaped, quotation marks stay. */
std::string sentence(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        const std::size_t mark = std::min(text.find_first_of("\"\\"), text.size());
        shown += escaped(text.substr(0, mark));
        if (mark < text.size()) shown += text[mark];
        text.remove_prefix(std::min(mark + 1, text.size()));
    }
    return shown;
}

std::string text_at(const std::vector<std::string>& strings, std::size_t at) {
    return at < strings.size() ? sentence(strings[at]) : std::string();
}

/** " (why)", or nothing. */
std::string in_brackets(Payload why) {
    return why.empty() ? std::string() : fmt::format(" ({})", sentence(why));
}

std::string gate_text(const Event& event) {
    const std::string whose = event.a == 0 ? std::string("everybody") : actor_text(event.a);
    switch (static_cast<GateMode>(event.b)) {
        case GateMode::run:
            return whose + " runs freely";
        case GateMode::slow:
            return fmt::format("{} makes a move every {} ms at most", whose, event.value);
        case GateMode::step:
            return whose + " waits for a step before each move" + (event.fd == 1 ? ", and segments wait on the wire" : "");
    }
    return whose + " has a new pace";
}

std::string program_begin_text(const Event& event, Payload payload) {
    const std::vector<std::string> strings = payload_strings(payload);
    const std::string address = text_at(strings, 2), port = text_at(strings, 3);
    std::string text = fmt::format("{}: {} starts {}", text_at(strings, 1), text_at(strings, 0),
                                   event.b == 0 ? "inside the app" : "as a process of its own");
    if (!address.empty() || !port.empty()) text += fmt::format(", {} port {}", address.empty() ? "all interfaces" : address, port);
    if (event.a == 0 && event.value >= 0) text += fmt::format(", backlog {}", event.value);
    return text;
}

std::string program_end_text(const Event& event, Payload payload) {
    const char* how = event.b == 1 ? "was stopped" : "ended";
    return fmt::format("program {} {}, status {}{}", event.socket, how, event.a, in_brackets(payload));
}

std::string process_ended_text(const Event& event) {
    std::string text = fmt::format("process {} ended", event.a);
    if (event.value >= 0) text += ": " + wait_status_text(static_cast<int>(event.value));
    return event.b == 1 ? text + "; it is a zombie until its parent waits" : text;
}

std::string held_text(const Event& event) {
    const HoldReason reason = hold_reason_of(event.fd);
    if (reason == HoldReason::overtake) return "is put before others";
    return fmt::format("{} {}", event.value != 0 ? "is delayed" : "is held", reason_text(reason));
}

}  // namespace

std::string print_fact(const Told& fact) {
    const Event& event = fact.event;
    switch (event.kind) {
        case EventKind::actor_begin:
            return fmt::format("{} begins: process {}, thread {}", sentence(fact.payload), event.a, event.b);
        case EventKind::actor_end:
            return event.a == 1 ? fmt::format("process ends with status {}", event.b) : "thread ends";
        case EventKind::program_begin:
            return program_begin_text(event, fact.payload);
        case EventKind::program_ready:
            return fmt::format("program {} is set up", event.socket);
        case EventKind::program_end:
            return program_end_text(event, fact.payload);
        case EventKind::note:
            return fmt::format("of descriptor {}: {}", event.fd, sentence(fact.payload));
        case EventKind::process_ended:
            return process_ended_text(event);
        case EventKind::process_reaped:
            return fmt::format("process {} was waited for{}: {}", event.a, event.b > 0 ? fmt::format(" by {}", event.b) : std::string(),
                               wait_status_text(static_cast<int>(event.value)));
        case EventKind::blocked:
            return fmt::format("{} sleeps in its call", actor_text(event.a));
        case EventKind::gate_set:
            return gate_text(event);
        case EventKind::breakpoint_set:
            return fmt::format("{}breakpoint at {}:{}{}", event.b == 1 ? "" : "no ", sentence(fact.payload), event.a,
                               event.b == 1 ? "" : " any more");
        case EventKind::step_done:
            return event.b == 1 ? "step done; something is still running" : "step done";
        case EventKind::lost:
            return fmt::format("{} lost {} events and {} of payload: its ring was full", actor_text(event.a), event.value,
                               byte_count(static_cast<std::uint64_t>(event.b)));
        case EventKind::command:
            return fmt::format("asked: {}", sentence(fact.payload));
        case EventKind::command_done:
            return fact.payload.empty() ? "done" : fmt::format("done: {}", sentence(fact.payload));
        case EventKind::command_failed:
            return fmt::format("failed: {}", sentence(fact.payload));
        case EventKind::helper_state:
            return event.b == 1 ? fmt::format("helper process {} started", event.a)
                                : fmt::format("helper process {} is gone{}", event.a, in_brackets(fact.payload));
        case EventKind::listen_queue:
            return fmt::format("{} of {} wait in the accept queue", event.a, event.b) +
                   (event.value > 0 ? fmt::format(", {} in the SYN queue", event.value) : "");
        case EventKind::lab_state:
            return event.b == 1 ? fmt::format("the lab's two hosts stand: process {}", event.a)
                                : fmt::format("the lab is not there{}", in_brackets(fact.payload.substr(0, fact.payload.find('\0'))));
        case EventKind::rules_set:
            return "the wire's rules were set";
        case EventKind::segment_sent:
            return fmt::format("segment {} sent to the {}: {}", event.socket, (event.b & 1) == 0 ? "server" : "client",
                               byte_count(static_cast<std::uint64_t>(event.a)));
        case EventKind::capture_state:
            if (event.value > 0) return fmt::format("{} of loopback's packets came too fast to be read", event.value);
            if (event.b == 1) return "loopback's segments are captured";
            return fmt::format("loopback's segments are not captured{}", in_brackets(fact.payload));
        case EventKind::segment_held:
            return fmt::format("segment {} {}", event.socket, held_text(event)) +
                   (event.a != 0 ? fmt::format("; it repeats {}", event.a) : "");
        case EventKind::segment_delivered:
            return fmt::format("segment {} delivered {}", event.socket, reason_text(deliver_reason_of(event.a)));
        case EventKind::segment_arrived:
            return fmt::format("segment {} arrived", event.socket);
        case EventKind::segment_dropped:
            return fmt::format("segment {} dropped {}", event.socket, reason_text(drop_reason_of(event.a)));
        case EventKind::segment_duplicated:
            return fmt::format("segment {} is a copy of {}, made by hand", event.socket, event.a);
        case EventKind::host_lost:
            return fmt::format("nothing comes from the {} any more", event.b == 0 ? "client host" : "server host");
        case EventKind::tcp_state:
            return fmt::format("{}: {} to be read, {} to be acknowledged", name_of(static_cast<TcpState>(event.a & 0xff)),
                               byte_count(static_cast<std::uint64_t>(event.b)), byte_count(static_cast<std::uint64_t>(event.value)));
        case EventKind::table_lost:
            return event.b == 0 ? std::string("the kernel's table of sockets can be read again")
                                : fmt::format("the kernel's table of sockets can't be read: {}", sentence(fact.payload));
        case EventKind::socket_owner:
            return fmt::format("{} (process {}) is at the other end", sentence(fact.payload), event.a);
        case EventKind::store_opened:
            if (event.b == 2) return fmt::format("{}: {} pairs, and no file", sentence(fact.payload), event.a);
            return fmt::format("{}: {} pairs, {}", sentence(fact.payload), event.a, byte_count(static_cast<std::uint64_t>(event.value)));
        case EventKind::row_loaded:
            return fmt::format("row {}: {}, from the file", event.a, in_quotes(fact.payload));
        case EventKind::row_put:
            return fmt::format("row {}: {}, {}", event.a, in_quotes(fact.payload),
                               event.b < 0 ? "in memory" : "in the file, not on the disk yet");
        case EventKind::row_deleted:
            return fmt::format("row {} is deleted, {}", event.a, event.b < 0 ? "in memory" : "in the file, not on the disk yet");
        case EventKind::row_read:
            return fmt::format("row {} {}", event.a, event.b == 1 ? "is read" : "is asked for, and is not there");
        case EventKind::store_synced:
            return fmt::format("{} of the database are on the disk", byte_count(static_cast<std::uint64_t>(event.value)));
        case EventKind::store_written:
            return fmt::format("the database was written in order: {} pairs, {}", event.a,
                               byte_count(static_cast<std::uint64_t>(event.value)));
        case EventKind::store_torn:
            return fmt::format("the database's last line had no end{}", in_brackets(fact.payload));
        case EventKind::store_trouble:
            return fmt::format("the database can't be used as before{}", in_brackets(fact.payload));
        case EventKind::store_closed:
            return "the database is closed";
        default:
            return kind_info(event.kind).name;
    }
}

}  // namespace synoptic
