// Words for what panels show: see words.h.
#include "gui/panels/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/model/segment_fact.h"
#include "core/trace/format.h"
#include "gui/panel.h"

namespace synoptic {

bool is_main_actor(const World& world, const Actor& actor) {
    if (actor.parent == ActorId::none) return true;
    const Actor* parent = find(world, actor.parent);
    return parent && parent->program != actor.program;
}

std::string actor_label(const World& world, const Actor& actor) {
    const Program* program = find(world, actor.program);
    if (program && is_main_actor(world, actor)) return program->label;
    const std::string name = actor.name.empty() ? (actor.is_thread ? "worker" : "child") : actor.name;
    return fmt::format("{} {}", name, actor.tid);
}

std::string actor_label(const World& world, ActorId id) {
    const Actor* actor = find(world, id);
    return actor ? actor_label(world, *actor) : "?";
}

std::string actor_number(const World& world, const Actor& actor) {
    const Process* process = find(world, actor.process);
    if (process && !process->is_app && !actor.is_thread) return fmt::format("pid {}", process->pid);
    return fmt::format("tid {}", actor.tid);
}

std::string id_part(std::string_view label) {
    std::string part(label);
    std::replace(part.begin(), part.end(), ' ', '.');
    return part;
}

std::string_view file_name(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

namespace {

/** The arguments that a card has room for: the descriptor, and the first bytes or the address. */
std::string short_arguments(const Event& enter, std::string_view payload) {
    constexpr std::size_t most_bytes = 14;
    switch (enter.kind) {
        case EventKind::recv:
        case EventKind::recvfrom:
        case EventKind::read:
        case EventKind::accept:
        case EventKind::getsockname:
        case EventKind::getpeername:
            return fmt::format("{}, …", enter.fd);
        case EventKind::send:
        case EventKind::write:
            return fmt::format("{}, {}", enter.fd, in_quotes(payload, most_bytes));
        case EventKind::sendto:
            return fmt::format("{}, {}", enter.fd, in_quotes(payload.substr(std::min(sizeof(Address), payload.size())), most_bytes));
        case EventKind::connect:
        case EventKind::bind:
            return fmt::format("{}, {}", enter.fd, payload_address(payload).text());
        case EventKind::printf:
            return in_quotes(payload, most_bytes);
        case EventKind::fgets:
            return "…";
        default:
            break;
    }
    const std::string all = print_call({enter, payload}, nullptr, most_bytes);
    const std::size_t open = all.find('(');
    if (open == std::string::npos || all.empty() || all.back() != ')') return "…";
    return all.substr(open + 1, all.size() - open - 2);
}

std::string open_call_text(const History& history, const OpenCall& call) {
    const char* name = kind_info(call.kind).name;
    if (call.enter < history.size())
        return fmt::format("{}({})", name, short_arguments(history.event(call.enter), history.payload(call.enter)));
    return call.fd >= 0 ? fmt::format("{}({}, …)", name, call.fd) : fmt::format("{}(…)", name);
}

}  // namespace

ShortCall short_call(const History& history, EventIndex enter, EventIndex exit) {
    ShortCall call;
    const EventIndex size = history.size();
    if (enter >= size) return call;
    const Event event = history.event(enter);
    call.text = fmt::format("{}({})", kind_info(event.kind).name, short_arguments(event, history.payload(enter)));
    call.open = exit >= size;
    if (call.open) return call;
    const Event end = history.event(exit);
    const int failure = failure_of(end);
    call.failed = failure != 0;
    call.result = call.failed ? fmt::format("= {} {}", end.value, error_name(failure)) : print_result(event, &end);
    if (call.result.starts_with(' ')) call.result.erase(0, 1);
    return call;
}

ShortCall short_call(const World&, const History& history, const Actor& actor) {
    if (!actor.calls.empty()) {
        ShortCall call;
        call.text = open_call_text(history, actor.calls.back());
        call.open = true;
        return call;
    }
    return short_call(history, actor.last_enter, actor.last_exit);
}

std::string doing(const Actor& actor) {
    const char* call = actor.calls.empty() ? "" : kind_info(actor.calls.back().kind).name;
    switch (actor.state) {
        case Actor::State::computes:
            return "between two calls";
        case Actor::State::arrives:
            return fmt::format("{} {}", actor.at_breakpoint ? "at a breakpoint before" : "about to call", call);
        case Actor::State::calls:
            return fmt::format("in {}", call);
        case Actor::State::blocked:
            return fmt::format("blocked in {}", call);
        case Actor::State::rests:
            return "just returned";
        case Actor::State::ended:
            return "ended";
    }
    return "";
}

std::string client_of(const World& world, const Connection& connection) {
    if (const Socket* socket = find(world, connection.client)) {
        const Program* program = find(world, socket->program);
        if (program) return program->label;
    }
    return connection.client_address.known() ? connection.client_address.text() : "a client";
}

std::string server_of(const World& world, const Connection& connection) {
    const SocketId ends[] = {connection.server, connection.listener};
    for (const SocketId end : ends) {
        const Socket* socket = find(world, end);
        const Program* program = socket ? find(world, socket->program) : nullptr;
        if (program) return program->label;
    }
    return connection.server_address.known() ? connection.server_address.text() : "a server";
}

std::string socket_badge(const Socket& socket) {
    if (socket.reset) return "RESET";
    switch (socket.state) {
        case Socket::State::created:
            return "CREATED";
        case Socket::State::bound:
            return "BOUND";
        case Socket::State::listening:
            return "LISTEN";
        case Socket::State::connecting:
            return "CONNECTING";
        case Socket::State::connected:
            return socket.end_of_file ? "PEER CLOSED" : "CONNECTED";
        case Socket::State::half_closed:
            return "HALF-CLOSED";
        case Socket::State::failed:
            return "FAILED";
        case Socket::State::closed:
            return "CLOSED";
    }
    return "";
}

const char* descriptor_role(const World& world, const Socket& socket) {
    if (socket.state == Socket::State::listening || socket.backlog >= 0) return "listenfd";
    if (socket.listener != SocketId::none) return "connfd";
    const Program* program = find(world, socket.program);
    if (program && !program->is_server) return "clientfd";
    return program && program->is_server ? "listenfd" : "fd";
}

int descriptor_number(const World& world, ProcessId process, const Socket& socket) {
    const Process* holder = find(world, process);
    if (!holder) return -1;
    for (const auto& [fd, description] : holder->fds) {
        if (description == socket.description) return fd;
    }
    return -1;
}

std::uint64_t waiting_for_server(const Connection& connection) {
    return connection.bytes_to_server > connection.read_by_server ? connection.bytes_to_server - connection.read_by_server : 0;
}

std::uint64_t waiting_for_client(const Connection& connection) {
    return connection.bytes_to_client > connection.read_by_client ? connection.bytes_to_client - connection.read_by_client : 0;
}

std::string session_clock(std::uint64_t since_ns, int decimals) {
    constexpr std::uint64_t second_ns = 1'000'000'000;
    std::string fraction;
    if (decimals > 0) fraction = "." + fmt::format("{:09}", since_ns % second_ns).substr(0, static_cast<std::size_t>(decimals));
    const std::uint64_t seconds = since_ns / second_ns;
    if (seconds < 60) return fmt::format("{}{}", seconds, fraction);
    if (seconds < 3600) return fmt::format("{}:{:02}{}", seconds / 60, seconds % 60, fraction);
    return fmt::format("{}:{:02}:{:02}{}", seconds / 3600, seconds / 60 % 60, seconds % 60, fraction);
}

std::string session_time(std::uint64_t since_ns, int decimals) {
    return session_clock(since_ns, decimals) + (since_ns < 60'000'000'000 ? " s" : "");
}

std::uint64_t since_beginning(const History& history, std::uint64_t time_ns) {
    const std::uint64_t began_ns = history.size() > 0 ? history.event(0).time : time_ns;
    return time_ns > began_ns ? time_ns - began_ns : 0;
}

std::string with_commas(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

}  // namespace synoptic
