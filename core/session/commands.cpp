// Carrying out commands. Each is told as an event, and so is what became of it.
#include <fmt/format.h>
#include <netdb.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/kernel/proc.h"
#include "core/session/implementation.h"
#include "core/trace/gate.h"

namespace synoptic {

namespace {

std::string place_text(const std::string& address, const std::string& port) {
    return fmt::format("{} port {}", address.empty() ? "all interfaces," : address, port);
}

const char* mode_text(GateMode mode) {
    switch (mode) {
        case GateMode::run: return "run";
        case GateMode::slow: return "slow";
        case GateMode::step: return "wait for a step";
    }
    return "";
}

const char* move_text(SegmentMove move) {
    switch (move) {
        case SegmentMove::deliver:
        case SegmentMove::deliver_once: return "deliver";
        case SegmentMove::drop: return "drop";
        case SegmentMove::duplicate: return "duplicate";
        case SegmentMove::hold: return "hold";
        case SegmentMove::overtake: return "let overtake";
    }
    return "";
}

struct CommandText {
    const NameOfProgram& name_of;
    std::string name(ProgramId id) const {
        const std::string known = name_of ? name_of(id) : "";
        return known.empty() ? fmt::format("program {}, which there never was", static_cast<unsigned>(id)) : known;
    }
    std::string operator()(const StartServer& c) const {
        return fmt::format("start {}{} on {}", c.program, as(c.label), place_text(c.address, c.port));
    }
    static std::string as(const std::string& label) { return label.empty() ? "" : " as " + label; }
    std::string operator()(const StopServer& c) const { return "stop " + name(c.program); }
    std::string operator()(const AddClients& c) const {
        return fmt::format("add {} client{}{} to {}", c.count, c.count == 1 ? "" : "s", as(c.label), place_text(c.host, c.port));
    }
    std::string operator()(const Say& c) const { return fmt::format("say {} as {}", in_quotes(c.text), name(c.client)); }
    std::string operator()(const Chatter& c) const {
        return c.every_ms ? fmt::format("chatter every {} ms", c.every_ms) : std::string("stop chattering");
    }
    std::string operator()(const CloseClient& c) const {
        return c.client == ProgramId::none ? std::string("close all clients") : "close " + name(c.client);
    }
    std::string operator()(const KillProcess& c) const { return fmt::format("send signal {} to process {}", c.signal, c.pid); }
    std::string operator()(const SetGate& c) const {
        const std::string whose = c.actor == ActorId::none ? "all" : fmt::format("actor {}", static_cast<unsigned>(c.actor));
        if (c.holds_wire) return fmt::format("{}: {}, segments too", whose, mode_text(c.mode));
        return c.mode == GateMode::slow ? fmt::format("{}: every move takes {} ms", whose, c.ms) : fmt::format("{}: {}", whose, mode_text(c.mode));
    }
    std::string operator()(const Step& c) const {
        if (c.segment != WireId::none) return fmt::format("step: segment {}", static_cast<std::uint64_t>(c.segment));
        return c.over == StepOver::segments ? "step: one segment" : c.over == StepOver::calls ? "step: one call" : "step";
    }
    std::string operator()(const RestartHelper&) const { return "restart the helper"; }
    std::string operator()(const StartLab&) const { return "start the wire"; }
    std::string operator()(const SetRules&) const { return "set the wire's rules"; }
    std::string operator()(const MoveSegment& c) const { return fmt::format("{} segment {}", move_text(c.move), static_cast<std::uint64_t>(c.segment)); }
    std::string operator()(const DeliverAll&) const { return "deliver all segments that wait"; }
    std::string operator()(const SetBreakpoint& c) const { return fmt::format("{} a breakpoint at {}:{}", c.on ? "set" : "clear", c.file, c.line); }
    std::string operator()(const CaptureLoopback& c) const { return c.on ? "capture loopback's segments" : "capture no more of loopback's segments"; }
};

Error refused(std::string words, int err = 0) { return Error{"", err, std::move(words)}; }

bool is_port_number(const std::string& port) {
    if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
    return std::stoi(port) <= 65535;
}

Status check_label(const std::string& label) {
    const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
    if (label.size() <= most_label_bytes && std::none_of(label.begin(), label.end(), is_control)) return Done{};
    return Error{
        "", 0,
        fmt::format("{} is no name for a program: at most {} bytes, in one line", in_quotes(label, most_label_bytes), most_label_bytes)};
}

}  // namespace

std::string command_text(const Command& command, const NameOfProgram& name_of) {
    return std::visit(CommandText{name_of}, command);
}

void Session::Implementation::carry_out(std::uint64_t number, const Command& command) {
    const auto told_number = static_cast<std::int64_t>(number);
    const NameOfProgram name = [this](ProgramId id) { return label_of(id); };
    post(EventKind::command, {.a = told_number, .b = static_cast<std::int64_t>(command.index())}, command_text(command, name));
    const Result<std::string> outcome = std::visit([this](const auto& c) { return execute(c); }, command);
    if (outcome) post(EventKind::command_done, {.a = told_number}, *outcome);
    else post(EventKind::command_failed, {.a = told_number, .b = outcome.error().err}, outcome.error().text());
}

std::string Session::Implementation::label_of(ProgramId id) const {
    const auto found = labels.find(id);
    return found == labels.end() ? "" : found->second;
}

Result<std::string> Session::Implementation::execute(const StartServer& command) {
    const ProgramInfo* info = find_program(command.program);
    if (!info || info->role != Role::server) return refused(fmt::format("there is no server program \"{}\"", command.program));
    if (!is_port_number(command.port)) {
        return refused(fmt::format("\"{}\" is no port: use a number from 0 to 65535 (0 lets the kernel choose)", command.port));
    }
    if (command.address.size() >= NI_MAXHOST) return refused("this address is longer than any name or number of a host");
    if (const Status there = check_network(command.network); !there) return there.error();
    if (const Status good = check_label(command.label); !good) return good.error();
    auto run = std::make_unique<Run>();
    run->info = info;
    run->label = command.label.empty() ? fmt::format("server {}", ++servers_started) : command.label;
    run->place = info->own_process_only ? Place::own_process : command.place;
    run->address = command.address;
    run->port = command.port;
    run->backlog = command.backlog >= 0 ? command.backlog : info->default_backlog;
    run->database = command.database;
    run->limits = command.limits;
    run->descriptor_limit = command.descriptor_limit;
    run->network = command.network;
    const std::string label = run->label;
    if (const Status started = start_program(std::move(run)); !started) return started.error();
    return label + " was started";
}

/** That nothing can be asked of a program any more, by its name. */
std::string Session::Implementation::has_ended(ProgramId id) const {
    const std::string label = label_of(id);
    return label.empty() ? "there is no such program" : label + " has ended already";
}

Result<std::string> Session::Implementation::execute(const StopServer& command) {
    const auto found = runs.find(command.program);
    if (found == runs.end()) return refused(has_ended(command.program));
    found->second->stop_asked = true;
    ask_to_stop(*found->second, 2);
    return found->second->label + " was asked to stop";
}

Result<std::string> Session::Implementation::execute(const AddClients& command) {
    const ProgramInfo* info = find_program(command.program);
    if (!info || info->role != Role::client) return refused(fmt::format("there is no client program \"{}\"", command.program));
    if (command.count < 1 || command.count > 4000) return refused("between 1 and 4000 clients can be added at a time");
    const bool needs_port = info->default_port != 0;  // hostinfo does without
    // A port without a host is asked for: getaddrinfo lists this machine's loopback addresses then.
    if (command.port.empty() && (needs_port || command.host.empty())) return refused("no server runs that a client could connect to: start one first");
    if (command.host.size() >= NI_MAXHOST || command.port.size() >= NI_MAXSERV) return refused("this address is longer than any name or number of a host");
    if (const Status there = check_network(command.network); !there) return there.error();
    const std::string last_number = command.count > 1 ? std::to_string(command.count) : "";
    if (const Status good = check_label(command.label + (command.label.empty() ? "" : last_number)); !good) return good.error();
    for (int i = 0; i < command.count; ++i) {
        auto run = std::make_unique<Run>();
        run->info = info;
        run->label = command.label.empty() ? fmt::format("client {}", ++clients_started)
                     : command.count == 1 ? command.label
                                          : fmt::format("{}{}", command.label, i + 1);
        run->place = info->own_process_only ? Place::own_process : command.place;
        run->address = command.host;
        run->port = command.port;
        run->network = command.network;
        Run& client = *run;
        const Status started = start_program(std::move(run));
        if (started && command.chatter_ms > 0) set_chatter(client, command.chatter_ms, i);
        if (!started) {
            return refused(fmt::format("{} of {} clients were added, then: {}", i, command.count, started.error().text()), started.error().err);
        }
    }
    return fmt::format("{} client{} {} added", command.count, command.count == 1 ? "" : "s", command.count == 1 ? "was" : "were");
}

Result<std::string> Session::Implementation::execute(const Say& command) {
    const auto found = runs.find(command.client);
    if (found == runs.end() || found->second->info->role != Role::client) return refused(has_ended(command.client) + ": add another client");
    std::string line = command.text;
    if (line.empty() || line.back() != '\n') line += '\n';
    if (const Status said = say_to(*found->second, std::move(line)); !said) return said.error();
    return found->second->label + " will say it";
}

Result<std::string> Session::Implementation::execute(const Chatter& command) {
    int changed_clients = 0;
    for (auto& [id, run] : runs) {
        if (run->info->role != Role::client || (command.client != ProgramId::none && command.client != id)) continue;
        set_chatter(*run, command.every_ms, changed_clients);
        ++changed_clients;
    }
    if (changed_clients == 0 && command.client != ProgramId::none) return refused(has_ended(command.client) + ": add another client");
    return fmt::format("{} client{}", changed_clients, changed_clients == 1 ? "" : "s");
}

Result<std::string> Session::Implementation::execute(const CloseClient& command) {
    int asked = 0;
    for (auto& [id, run] : runs) {
        if (run->info->role != Role::client || (command.client != ProgramId::none && command.client != id)) continue;
        run->stop_asked = true;
        ask_to_stop(*run, 1);
        ++asked;
    }
    if (asked == 0) return refused(command.client == ProgramId::none ? "there is no client" : has_ended(command.client));
    return fmt::format("{} client{} asked to close", asked, asked == 1 ? " was" : "s were");
}

Result<std::string> Session::Implementation::execute(const KillProcess& command) {
    const auto found = watched.find(command.pid);
    if (found == watched.end()) {
        return refused(fmt::format("process {} is none that runs here: only a server or client in a process of its own can be killed", command.pid));
    }
    const int pidfd = found->second.pidfd;
    const long sent = pidfd >= 0 ? syscall(SYS_pidfd_send_signal, pidfd, command.signal, nullptr, 0) : kill(command.pid, command.signal);
    if (sent < 0) return errno_error("kill");
    // The kernel may know it before its pidfd has told.
    if (found->second.dead || process_state(command.pid) == 'Z') return fmt::format("process {} is a zombie: the kernel takes the signal, and nothing happens", command.pid);
    return fmt::format("process {} was sent {}", command.pid, command.signal == SIGKILL ? "SIGKILL" : strsignal(command.signal));
}

Result<std::string> Session::Implementation::execute(const SetGate& command) {
    const GateMode mode = command.mode == GateMode::run ? open_mode(*trace) : command.mode;
    if (command.actor == ActorId::none) {
        set_gate_of_all(*trace, mode, command.ms);
    } else {
        Ring* ring = ring_of(command.actor);
        if (!ring) return refused("this process or thread has ended");
        set_gate(*ring, mode, command.ms);
    }
    const bool of_all = command.actor == ActorId::none;
    const bool holds_wire = of_all && command.holds_wire;
    post(EventKind::gate_set, {.fd = holds_wire, .a = static_cast<std::int64_t>(command.actor), .b = static_cast<std::int64_t>(command.mode), .value = command.ms});
    if (of_all && wire_paused != holds_wire) {
        wire_paused = holds_wire;
        if (relay) relay->pause(holds_wire);
    }
    return std::string(mode_text(command.mode));
}

Result<std::string> Session::Implementation::execute(const RestartHelper&) {
    if (helper_pid.load() != 0) return refused("the helper runs");
    if (const Status started = start_helper(); !started) return started.error();
    return std::string("the helper runs again");
}

}  // namespace synoptic
