// What facts tell: actors and programs that begin and end, what the kernel says of processes and queues, what the user asked for.
#include <algorithm>

#include "core/model/fold.h"
#include "core/programs/registry.h"
#include "core/trace/format.h"

namespace synoptic::fold {
namespace {

constexpr std::size_t commands_kept = 100;

Process* process_with(World& world, std::int64_t pid) {
    if (pid < 0 || pid > INT32_MAX) return nullptr;
    const auto at = world.live_pids.find(static_cast<pid_t>(pid));
    return at == world.live_pids.end() ? nullptr : find_in(world.processes, at->second);
}

ActorId actor_id(std::int64_t number) {
    return ActorId{static_cast<std::uint32_t>(number)};
}

/** Pids are reused. True if a thread that began in a process of this pid is one of this very process. */
bool is_same_process(const World& world, const Step& step, const Process& process, bool in_app) {
    if (in_app || process.is_app) return true;
    const Actor* parent = find_in(world.actors, actor_id(step.event.value));
    if (parent && parent->process == process.id) return true;
    return process.state == Process::State::runs && process.program == ProgramId{static_cast<std::uint32_t>(step.event.socket)};
}

/** The process of an actor that began after its parent's n-th fork. */
Process& forked_process(const Step& step, ActorId parent, Process* same_pid) {
    const std::uint64_t time = step.event.time;
    const bool told_by_parent = same_pid && same_pid->first_actor == ActorId::none && same_pid->forked_by == parent &&
                                parent != ActorId::none && same_pid->state == Process::State::runs;
    if (told_by_parent) return *same_pid;
    if (same_pid) end_process(step.world, *same_pid, Process::State::reaped, -1, time);  // else its pid would not have been free
    Process& child = make_process(step.world, static_cast<pid_t>(step.event.a), time);
    child.forked_by = parent;
    if (!use_fork_image(step.world, parent, step.event.fd, child, time)) child.fds_known = Known::unknown;
    return child;
}

Process& process_of(const Step& step, bool in_app) {
    World& world = step.world;
    const ActorId parent = actor_id(step.event.value);
    Process* same_pid = process_with(world, step.event.a);
    Process* process;
    if (step.event.fd >= 1 && !(same_pid && same_pid->is_app)) {
        process = &forked_process(step, parent, same_pid);
    } else if (same_pid && is_same_process(world, step, *same_pid, in_app)) {
        process = same_pid;
    } else {
        if (same_pid) end_process(world, *same_pid, Process::State::reaped, -1, step.event.time);
        process = &make_process(world, static_cast<pid_t>(step.event.a), step.event.time);
    }
    if (in_app && !process->is_app) {
        process->is_app = true;
        process->program = ProgramId::none;
    }
    if (process->first_actor == ActorId::none) {
        if (!process->is_app) process->program = ProgramId{static_cast<std::uint32_t>(step.event.socket)};
        const Actor* parent_actor = find_in(world.actors, parent);
        if (parent_actor && parent_actor->process != process->id) process->parent = parent_actor->process;
    }
    return *process;
}

/** The connected socket that a forked child was made for: the newest of those that it inherited. */
SocketId inherited_connection(const World& world, const Process& process) {
    const Socket* newest = nullptr;
    for (const auto& [fd, inherited] : process.inherited) {
        const Socket* socket = socket_behind(world, process.id, fd);
        const bool serves_someone = socket && socket->listener != SocketId::none && socket->state != Socket::State::closed;
        if (serves_someone && (!newest || socket->created_ns >= newest->created_ns)) newest = socket;
    }
    return newest ? newest->id : SocketId::none;
}

/** An id that is told to begin twice: the history is damaged; the older one has ended. */
void forget_namesake(World& world, ActorId id, std::uint64_t time_ns) {
    Actor* namesake = find_in(world.actors, id);
    if (!namesake) return;
    end_actor(world, *namesake, time_ns);
    forget(world.ended_actors, id);
    world.actors.erase(id);
}

void actor_began(const Step& step) {
    World& world = step.world;
    const Event& event = step.event;
    if (event.actor == ActorId::none || event.a < 0 || event.a > INT32_MAX) return;
    forget_namesake(world, event.actor, event.time);
    const ProgramId program_id{static_cast<std::uint32_t>(event.socket)};
    Program* program = find_in(world.programs, program_id);
    Process& process = process_of(step, program && !program->own_process);
    Actor& actor = world.actors[event.actor];
    actor.id = event.actor;
    actor.parent = actor_id(event.value);
    actor.process = process.id;
    actor.program = program_id;
    actor.tid = static_cast<pid_t>(event.b);
    actor.name = step.payload;
    actor.is_thread = process.is_app || process.first_actor != ActorId::none;
    actor.gate = world.gate;
    actor.gate_ms = world.gate_ms;
    actor.began_ns = actor.state_since_ns = event.time;
    if (process.first_actor == ActorId::none) {
        process.first_actor = actor.id;
        actor.serves = inherited_connection(world, process);
    }
    if (program) program->actors.push_back(actor.id);
    world.last_moved = actor.id;
    // A thread that says late that it began, after its process was told to be dead.
    if (process.state != Process::State::runs) end_actor(world, actor, event.time);
}

void actor_ended(const Step& step) {
    Actor* actor = find_in(step.world.actors, step.event.actor);
    if (!actor) return;
    Process* process = find_in(step.world.processes, actor->process);
    end_actor(step.world, *actor, step.event.time);
    if (step.event.a != 1 || !process || process->state != Process::State::runs) return;
    end_process(step.world, *process, Process::State::zombie, static_cast<int>((step.event.b & 0xff) << 8), step.event.time);
}

void socket_noted(const Step& step) {
    if (Socket* socket = find_in(step.world.sockets, SocketId{step.event.socket})) socket->note = step.payload;
}

void chatter_changed(const Step& step) {
    Program* program = find_in(step.world.programs, ProgramId{static_cast<std::uint32_t>(step.event.socket)});
    if (program) program->chatter_ms = static_cast<int>(std::clamp<std::int64_t>(step.event.value, 0, INT32_MAX));
}

void program_began(const Step& step) {
    World& world = step.world;
    const ProgramId id{static_cast<std::uint32_t>(step.event.socket)};
    const std::vector<std::string> strings = payload_strings(step.payload);
    const auto string = [&](std::size_t at) { return at < strings.size() ? strings[at] : std::string(); };
    forget(world.ended_programs, id);
    Program& program = world.programs[id];
    program = Program{};
    program.id = id;
    program.name = string(0);
    program.label = string(1);
    program.address = string(2);
    program.port = string(3);
    program.network = string(4) == network_name(Network::wire) ? Network::wire : Network::loopback;
    program.is_server = step.event.a == static_cast<std::int64_t>(Role::server);
    program.own_process = step.event.b == static_cast<std::int64_t>(Place::own_process);
    program.backlog = static_cast<int>(step.event.value);
    program.began_ns = step.event.time;
    for (const auto& [actor_id, actor] : world.actors) {  // those whose begin came before that of their program
        if (actor.program == id && actor.state != Actor::State::ended) program.actors.push_back(actor_id);
    }
}

void program_ended(const Step& step) {
    Program* program = find_in(step.world.programs, ProgramId{static_cast<std::uint32_t>(step.event.socket)});
    if (!program || program->state == Program::State::ended) return;
    program->exit_status = static_cast<int>(step.event.a);
    program->stopped_by_user = step.event.b == 1;
    if (program->trouble.empty()) program->trouble = step.payload;
    end_program(step.world, *program, step.event.time);
}

/** The kernel says that a process is dead, or gone. Of one that is known to be gone this may be the first to tell how it died. */
void process_died(const Step& step, Process::State state) {
    World& world = step.world;
    const auto status = static_cast<int>(step.event.value);
    Process* process = process_with(world, step.event.a);
    if (process && !(process->state == Process::State::runs && process->began_ns > step.event.time)) {
        end_process(world, *process, state, status, step.event.time);
        return;
    }
    if (step.event.a > 0 && step.event.a <= INT32_MAX) note_status_of_gone(world, static_cast<pid_t>(step.event.a), status);
}

void actor_blocked(const Step& step) {
    Actor* actor = find_in(step.world.actors, actor_id(step.event.a));
    if (!actor || actor->state != Actor::State::calls || actor->calls.empty()) return;
    OpenCall& call = actor->calls.back();
    if (call.since_ns > step.event.time) return;  // it has moved since the kernel was asked
    call.blocked = true;
    actor->state = Actor::State::blocked;
}

void gate_was_set(const Step& step) {
    World& world = step.world;
    const auto mode = static_cast<GateMode>(std::clamp<std::int64_t>(step.event.b, 0, static_cast<std::int64_t>(GateMode::step)));
    const auto ms = static_cast<std::uint32_t>(step.event.value);
    world.step_still_running = false;
    if (step.event.a != 0) {
        if (Actor* actor = find_in(world.actors, actor_id(step.event.a))) {
            actor->gate = mode;
            actor->gate_ms = ms;
            actor->broke = false;
        }
        return;
    }
    world.gate = mode;
    world.gate_ms = ms;
    world.lab.paused = step.event.fd == 1;
    for (auto& [id, actor] : world.actors) {
        if (actor.state == Actor::State::ended) continue;
        actor.gate = mode;
        actor.gate_ms = ms;
        actor.broke = false;
    }
}

void breakpoint_was_set(const Step& step) {
    std::pair<std::string, int> place{step.payload, static_cast<int>(step.event.a)};
    if (step.event.b == 1)
        step.world.breakpoints.insert(std::move(place));
    else
        step.world.breakpoints.erase(place);
}

void events_were_lost(const Step& step) {
    const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(step.event.value, 0));
    step.world.lost_events += count;
    Actor* actor = find_in(step.world.actors, actor_id(step.event.a));
    if (!actor) return;
    actor->lost_events += count;
    Process* process = find_in(step.world.processes, actor->process);
    if (process && count > 0) process->fds_known = Known::unknown;
}

void command_given(const Step& step) {
    CommandRecord record;
    record.number = static_cast<std::uint64_t>(step.event.a);
    record.kind = static_cast<std::size_t>(step.event.b);
    record.text = step.payload;
    record.at_ns = step.event.time;
    step.world.commands.push_back(std::move(record));
    if (step.world.commands.size() > commands_kept) step.world.commands.pop_front();
}

void command_finished(const Step& step, bool failed) {
    for (auto record = step.world.commands.rbegin(); record != step.world.commands.rend(); ++record) {
        if (record->number != static_cast<std::uint64_t>(step.event.a)) continue;
        record->done = true;
        record->failed = failed;
        record->outcome = step.payload;
        return;
    }
}

void helper_changed(const Step& step) {
    step.world.helper_lives = step.event.b == 1;
    step.world.helper_pid = step.world.helper_lives ? static_cast<pid_t>(step.event.a) : 0;
    step.world.helper_trouble = step.world.helper_lives ? "" : std::string(step.payload);
    step.world.helper_event = step.index;
}

/** The kernel's count for an accept queue, and how many it lets in. Where the count agrees with what was inferred, that is confirmed. */
void queue_counted(const Step& step) {
    World& world = step.world;
    const SocketId listener{step.event.socket};
    Socket* socket = find_in(world.sockets, listener);
    if (!socket || socket->state != Socket::State::listening) return;
    socket->kernel_queue = static_cast<int>(step.event.a);
    socket->kernel_backlog = static_cast<int>(step.event.b);
    socket->syn_queue = static_cast<int>(step.event.value);
    const std::vector<ConnectionId> queue = accept_queue(world, listener);
    const bool agrees = static_cast<std::int64_t>(queue.size()) == step.event.a;
    for (const ConnectionId id : queue) world.connections[id].queued_known = agrees ? Known::observed : Known::inferred;
}

}  // namespace

void happened(const Step& step) {
    World& world = step.world;
    switch (step.event.kind) {
        case EventKind::actor_begin:
            return actor_began(step);
        case EventKind::actor_end:
            return actor_ended(step);
        case EventKind::program_begin:
            return program_began(step);
        case EventKind::program_ready:
            if (Program* program = find_in(world.programs, ProgramId{static_cast<std::uint32_t>(step.event.socket)});
                program && program->state == Program::State::starting) {
                program->state = Program::State::runs;
            }
            return;
        case EventKind::program_end:
            return program_ended(step);
        case EventKind::process_ended:
            return process_died(step, step.event.b == 1 ? Process::State::zombie : Process::State::reaped);
        case EventKind::process_reaped:
            return process_died(step, Process::State::reaped);
        case EventKind::blocked:
            return actor_blocked(step);
        case EventKind::gate_set:
            return gate_was_set(step);
        case EventKind::breakpoint_set:
            return breakpoint_was_set(step);
        case EventKind::step_done:
            world.last_step_done = step.index;
            world.step_still_running = step.event.b == 1;
            return;
        case EventKind::lost:
            return events_were_lost(step);
        case EventKind::command:
            return command_given(step);
        case EventKind::command_done:
            return command_finished(step, false);
        case EventKind::command_failed:
            return command_finished(step, true);
        case EventKind::helper_state:
            return helper_changed(step);
        case EventKind::chatter:
            return chatter_changed(step);
        case EventKind::note:
            return socket_noted(step);
        case EventKind::listen_queue:
            return queue_counted(step);
        case EventKind::tcp_state:
            return tcp_state_told(step);
        case EventKind::socket_owner:
            return owner_told(step);
        case EventKind::table_lost:
            return table_lost(step);
        default:
            if (database_told(step)) return;
            return wire_told(step);
    }
}

}  // namespace synoptic::fold
