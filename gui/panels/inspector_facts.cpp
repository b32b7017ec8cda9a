// What the inspector says about programs, actors and processes: see inspector_facts.h.
#include "gui/panels/inspector_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/programs/registry.h"
#include "core/trace/format.h"
#include "gui/panels/inspector_segment.h"
#include "gui/panels/words.h"

namespace synoptic {

void add(FactSection& section, std::string name, std::string value, Tone tone, Selection link, Known known) {
    section.facts.push_back({std::move(name), std::move(value), known, tone, false, link});
}

void add_code(FactSection& section, std::string name, std::string value, Tone tone, Selection link) {
    section.facts.push_back({std::move(name), std::move(value), Known::observed, tone, true, link});
}

void add_backlog(FactSection& section, const Socket& listener) {
    const auto asked = static_cast<std::uint64_t>(std::max(listener.backlog, 0));
    std::string text = with_commas(asked);
    const bool told = listener.kernel_backlog >= 0;
    if (told && listener.kernel_backlog != listener.backlog)
        text += fmt::format("; the kernel keeps {} (net.core.somaxconn)", with_commas(static_cast<std::uint64_t>(listener.kernel_backlog)));
    text += fmt::format(": room for {} that nobody has accepted yet",
                        with_commas(static_cast<std::uint64_t>(std::max<std::int64_t>(accept_queue_room(listener), 0))));
    add(section, "backlog", std::move(text), Tone::normal, {}, told ? Known::observed : Known::inferred);
}

Selection link_to(SocketId socket) {
    Selection link;
    link.socket = socket;
    return link;
}

Selection link_to(ConnectionId connection) {
    Selection link;
    link.connection = connection;
    return link;
}

namespace {

Tone tone_of(const Actor& actor) {
    switch (actor.state) {
        case Actor::State::blocked:
            return Tone::blocked;
        case Actor::State::ended:
            return Tone::dim;
        default:
            return Tone::normal;
    }
}

std::string since(std::uint64_t from_ns, std::uint64_t now_ns) {
    return now_ns > from_ns ? duration(now_ns - from_ns) : "0 ns";
}

const char* gate_name(const Actor& actor) {
    switch (actor.gate) {
        case GateMode::run:
            return "runs at full speed";
        case GateMode::slow:
            return "runs slowly";
        case GateMode::step:
            return "waits for a step at every call";
    }
    return "";
}

FactSection actor_facts(const World& world, const History& history, const Actor& actor, std::uint64_t now_ns, const char* title) {
    FactSection section;
    section.title = title;
    const Process* process = find(world, actor.process);
    if (process)
        add_code(section, "pid", fmt::format("{}{}", process->pid, process->is_app ? " (the app itself)" : ""), Tone::normal,
                 select_process(world, process->id));
    if (actor.is_thread) add_code(section, "tid", std::to_string(actor.tid));
    add(section, "state", doing(actor), tone_of(actor));
    const ShortCall call = short_call(world, history, actor);
    const EventIndex at = actor.calls.empty() ? actor.last_enter : actor.calls.back().enter;
    if (!call.text.empty()) {
        const std::string text = call.result.empty() ? call.text : call.text + " " + call.result;
        const Tone tone = call.failed ? Tone::trouble : call.open && actor.state == Actor::State::blocked ? Tone::blocked : Tone::normal;
        add_code(section, call.open && actor.state != Actor::State::ended ? "call" : "last call", text, tone,
                 at == no_event ? Selection{} : select_event(world, history, at));
    }
    if (actor.file != 0) add_code(section, "stands at", fmt::format("{}:{}", file_name(history.file(actor.file)), actor.line));
    add(section, "calls made", with_commas(actor.calls_made));
    if (actor.state != Actor::State::ended)
        add(section, "pace", actor.gate == GateMode::slow ? fmt::format("{} ms for a move", actor.gate_ms) : gate_name(actor));
    const Actor* parent = find(world, actor.parent);
    if (parent)
        add(section, actor.is_thread ? "started by" : "forked by", actor_label(world, *parent), Tone::server,
            select_actor(world, actor.parent));
    if (actor.lost_events > 0)
        add(section, "lost", fmt::format("{} events: what they told is unknown", with_commas(actor.lost_events)), Tone::trouble);
    if (actor.state == Actor::State::ended)
        add(section, "lived", since(actor.began_ns, actor.ended_ns));
    else
        add(section, "lives since", since(actor.began_ns, now_ns));
    return section;
}

const char* state_words(const Program& program) {
    return program.state == Program::State::ended && program.stopped_by_user ? "stopped" : state_name(program.state);
}

FactSection program_facts(const World& world, const Program& program) {
    FactSection section;
    const ProgramInfo* info = find_program(program.name);
    add_code(section, "program", program.name);
    if (info) add_code(section, "file", info->file);
    add(section, "runs", program.own_process ? "as a process of its own" : "inside the app, on threads");
    const std::string where = program.address.empty() ? "all interfaces" : program.address;
    add_code(section, program.is_server ? "asked for" : "connects to", fmt::format("{}, port {}", where, program.port));
    if (const Socket* listener = find(world, program.listener)) {
        add_code(section, "listens on", listener->local.text(), Tone::listening, link_to(listener->id));
        add_backlog(section, *listener);
        const std::size_t waiting = accept_queue(world, listener->id).size();
        const bool known = listener->kernel_queue >= 0 && static_cast<std::size_t>(listener->kernel_queue) == waiting;
        add(section, "accept queue", fmt::format("{} wait", waiting), waiting > 0 ? Tone::client : Tone::normal, {},
            known ? Known::observed : Known::inferred);
    }
    if (program.state == Program::State::ended && program.exit_status >= 0)
        add(section, "exit status", std::to_string(program.exit_status));
    return section;
}

FactSection worker_facts(const World& world, const Program& program) {
    constexpr std::size_t most = 16;
    FactSection section;
    section.title = "Workers";
    std::size_t hidden = 0;
    for (const ActorId id : program.actors) {
        const Actor* actor = find(world, id);
        if (!actor || is_main_actor(world, *actor)) continue;
        if (section.facts.size() >= most) {
            ++hidden;
            continue;
        }
        const Socket* socket = find(world, actor->serves);
        const Connection* connection = socket ? find(world, socket->connection) : nullptr;
        const std::string peer = connection ? client_of(world, *connection) + ", " : "";
        add(section, actor_label(world, *actor), peer + doing(*actor), tone_of(*actor), select_actor(world, id));
    }
    for (const auto& [id, process] : world.processes) {
        if (process.program != program.id || process.state != Process::State::zombie) continue;
        if (section.facts.size() < most)
            add(section, fmt::format("pid {}", process.pid), "zombie", Tone::trouble, select_process(world, id));
        else
            ++hidden;
    }
    if (hidden > 0) add(section, "", fmt::format("and {} more", hidden), Tone::dim);
    return section;
}

void add_output(InspectorPage& page, const Program& program) {
    if (program.output.empty()) return;
    FactSection section;
    section.title = "Printed";
    const std::size_t first = program.output.size() > 12 ? program.output.size() - 12 : 0;
    for (std::size_t at = first; at < program.output.size(); ++at) section.lines.push_back(program.output[at]);
    page.sections.push_back(std::move(section));
}

void add_trouble(InspectorPage& page, const Program& program) {
    if (program.trouble.empty()) return;
    FactSection section;
    section.text = program.trouble;
    section.tone = Tone::trouble;
    page.sections.push_back(std::move(section));
}

void inspect_program(InspectorPage& page, const World& world, const History& history, const Program& program, const Actor* actor,
                     std::uint64_t now_ns) {
    page.title = program.label;
    const ProgramInfo* info = find_program(program.name);
    page.subtitle = info ? info->title : program.name;
    page.badge = state_words(program);
    page.badge_tone = !program.trouble.empty() ? Tone::trouble : program.state == Program::State::ended ? Tone::dim : Tone::alive;
    if (program.state != Program::State::ended) (program.is_server ? page.server : page.client) = program.id;
    if (actor && actor->state != Actor::State::ended) page.paced = actor->id;
    if (actor) page.process = actor->process;
    add_trouble(page, program);
    if (info && *info->worth_showing) {
        FactSection section;
        section.title = "Worth showing";
        section.text = info->worth_showing;
        page.sections.push_back(std::move(section));
    }
    page.sections.push_back(program_facts(world, program));
    const Socket* client_socket = find(world, program.clientfd);
    if (const Connection* connection = client_socket ? find(world, client_socket->connection) : nullptr) {
        page.sections.push_back(connection_facts(world, *connection));
    }
    if (actor) page.sections.push_back(actor_facts(world, history, *actor, now_ns, program.own_process ? "Process" : "Thread"));
    const Process* process = actor ? find(world, actor->process) : nullptr;
    if (process && !process->is_app) page.sections.push_back(descriptor_facts(world, *process));
    if (program.is_server) {
        FactSection workers = worker_facts(world, program);
        if (!workers.facts.empty()) page.sections.push_back(std::move(workers));
    }
    add_output(page, program);
}

void inspect_actor(InspectorPage& page, const World& world, const History& history, const Actor& actor, std::uint64_t now_ns) {
    page.title = actor_label(world, actor);
    page.subtitle = actor.is_thread ? "a thread: it shares memory and descriptors with the others of its process"
                                    : "a process: it has memory and descriptors of its own";
    page.badge = state_name(actor.state);
    page.badge_tone = tone_of(actor);
    if (actor.state != Actor::State::ended) page.paced = actor.id;
    page.process = actor.process;
    page.sections.push_back(actor_facts(world, history, actor, now_ns, ""));
    const Program* program = find(world, actor.program);
    if (program) add(page.sections.back(), "of", program->label, Tone::server, select_program(world, program->id));
    const Socket* socket = find(world, actor.serves);
    if (const Connection* connection = socket ? find(world, socket->connection) : nullptr) {
        page.sections.push_back(connection_facts(world, *connection));
    }
    const Process* process = find(world, actor.process);
    if (process && !process->is_app) page.sections.push_back(descriptor_facts(world, *process));
}

void inspect_process(InspectorPage& page, const World& world, const History& history, const Process& process, std::uint64_t now_ns) {
    page.title = fmt::format("process {}", process.pid);
    page.process = process.id;
    page.badge = state_name(process.state);
    page.badge_tone = process.state == Process::State::runs     ? Tone::alive
                      : process.state == Process::State::zombie ? Tone::trouble
                                                                : Tone::dim;
    if (process.state == Process::State::zombie) {
        FactSection section;
        section.text =
            "A zombie: the process has ended, and the kernel keeps its pid and its exit status until its parent asks for them with "
            "waitpid. "
            "Its descriptors and memory are gone already. If the parent never asks, the pid stays taken as long as the parent lives.";
        section.tone = Tone::trouble;
        page.sections.push_back(std::move(section));
    }
    FactSection facts;
    if (process.wait_status >= 0) add(facts, "ended", wait_status_text(process.wait_status));
    const Process* parent = find(world, process.parent);
    if (parent) add_code(facts, "parent", fmt::format("pid {}", parent->pid), Tone::normal, select_process(world, parent->id));
    const Program* program = find(world, process.program);
    if (program) add(facts, "of", program->label, Tone::server, select_program(world, program->id));
    add(facts, process.state == Process::State::runs ? "lives since" : "lived",
        since(process.began_ns, process.ended_ns ? process.ended_ns : now_ns));
    page.sections.push_back(std::move(facts));
    if (process.state == Process::State::runs && !process.is_app) page.sections.push_back(descriptor_facts(world, process));
    const Actor* actor = find(world, process.first_actor);
    if (actor && !process.is_app) page.sections.push_back(actor_facts(world, history, *actor, now_ns, "Its last thread"));
}

}  // namespace

InspectorPage inspect(const World& world, const History& history, const Selection& selection, std::uint64_t now_ns) {
    InspectorPage page;
    const Connection* connection = find(world, selection.connection);
    const Socket* socket = find(world, selection.socket);
    const Actor* actor = find(world, selection.actor);
    const Program* program = find(world, selection.program);
    const Process* process = find(world, selection.process);
    if (selection.segment != WireId::none)
        inspect_segment(page, world, history, selection, now_ns);
    else if (selection.event < history.size())
        inspect_event(page, world, history, selection.event, now_ns);
    else if (connection)
        inspect_connection(page, world, *connection);
    else if (socket)
        inspect_socket(page, world, *socket, now_ns);
    else if (process && process->state == Process::State::zombie)
        inspect_process(page, world, history, *process, now_ns);
    else if (actor && program && is_main_actor(world, *actor))
        inspect_program(page, world, history, *program, actor, now_ns);
    else if (actor)
        inspect_actor(page, world, history, *actor, now_ns);
    else if (program)
        inspect_program(page, world, history, *program, nullptr, now_ns);
    else if (process)
        inspect_process(page, world, history, *process, now_ns);
    else if (selection.source.line > 0)
        inspect_line(page, world, history, selection.source);
    else
        inspect_nothing(page, world);
    if (page.title.empty()) inspect_nothing(page, world);
    for (const FactSection& section : page.sections) {
        for (const Fact& fact : section.facts) page.infers = page.infers || fact.known == Known::inferred;
    }
    return page;
}

}  // namespace synoptic
