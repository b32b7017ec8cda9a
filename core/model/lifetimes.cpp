// Ends. What has ended is kept for a while, so that it can still be looked at, and then forgotten.
#include "core/model/fold.h"

namespace synoptic::fold {
namespace {

void forget_actor(World& world, ActorId id) {
    // A fork that never told its end: nobody is left who could begin from its image.
    while (true) {
        const auto at = world.fork_images.lower_bound({id, 0});
        if (at == world.fork_images.end() || at->first.first != id) break;
        drop_fork_image(world, id, at->first.second, world.time_ns);
    }
    world.actors.erase(id);
}

/** Removes the ended actors that `belongs` tells: they are forgotten with what they belonged to. */
template <class Belongs>
void forget_actors(World& world, Belongs belongs) {
    std::deque<ActorId> kept;
    for (const ActorId id : world.ended_actors) {
        const Actor* actor = find_in(world.actors, id);
        if (actor && belongs(*actor))
            forget_actor(world, id);
        else
            kept.push_back(id);
    }
    world.ended_actors = std::move(kept);
}

void forget_process(World& world, ProcessId id) {
    forget_actors(world, [id](const Actor& actor) { return actor.process == id; });
    world.processes.erase(id);
}

void forget_program(World& world, ProgramId id) {
    forget_actors(world, [id](const Actor& actor) { return actor.program == id; });
    std::deque<ProcessId> kept;
    for (const ProcessId process_id : world.ended_processes) {
        const Process* process = find_in(world.processes, process_id);
        if (process && process->program == id)
            world.processes.erase(process_id);
        else
            kept.push_back(process_id);
    }
    world.ended_processes = std::move(kept);
    world.programs.erase(id);
}

template <class Id, class Forget>
void trim_one(std::deque<Id>& ended, Forget forget_it) {
    while (ended.size() > ended_kept) {
        const Id id = ended.front();
        ended.pop_front();
        forget_it(id);
    }
}

}  // namespace

Process& make_process(World& world, pid_t pid, std::uint64_t time_ns) {
    const ProcessId id{world.next_process++};
    Process& process = world.processes[id];
    process.id = id;
    process.pid = pid;
    process.began_ns = time_ns;
    world.live_pids[pid] = id;
    return process;
}

void end_actor(World& world, Actor& actor, std::uint64_t time_ns) {
    if (actor.state == Actor::State::ended) return;
    // Its open calls stay: they are what it was in when it died, and their exits may still come.
    actor.state = Actor::State::ended;
    actor.state_since_ns = actor.ended_ns = time_ns;
    if (Program* program = find_in(world.programs, actor.program)) std::erase(program->actors, actor.id);
    world.ended_actors.push_back(actor.id);
}

void end_process(World& world, Process& process, Process::State state, int wait_status, std::uint64_t time_ns) {
    if (process.is_app || state == Process::State::runs) return;
    if (wait_status >= 0) process.wait_status = wait_status;
    if (process.state == Process::State::runs) {
        process.ended_ns = time_ns;
        process.state = Process::State::zombie;
        release_all_descriptors(world, process, time_ns);
        for (auto& [id, actor] : world.actors) {
            if (actor.process == process.id) end_actor(world, actor, time_ns);
        }
    }
    if (state == Process::State::reaped && process.state != Process::State::reaped) {
        process.state = Process::State::reaped;
        const auto at = world.live_pids.find(process.pid);
        if (at != world.live_pids.end() && at->second == process.id) world.live_pids.erase(at);
        world.ended_processes.push_back(process.id);
    }
}

void note_status_of_gone(World& world, pid_t pid, int wait_status) {
    for (auto id = world.ended_processes.rbegin(); id != world.ended_processes.rend(); ++id) {
        Process* gone = find_in(world.processes, *id);
        if (!gone || gone->pid != pid) continue;
        if (gone->wait_status == -1 && wait_status >= 0) gone->wait_status = wait_status;
        return;
    }
}

void end_program(World& world, Program& program, std::uint64_t time_ns) {
    if (program.state == Program::State::ended) return;
    program.state = Program::State::ended;
    program.ended_ns = time_ns;
    // Its end is told when its workers have ended, too: of those who did not say so, the last events were lost with them.
    for (auto& [id, process] : world.processes) {
        if (process.program == program.id) end_process(world, process, Process::State::reaped, -1, time_ns);
    }
    while (!program.actors.empty()) {
        const ActorId id = program.actors.back();
        program.actors.pop_back();
        if (Actor* actor = find_in(world.actors, id)) end_actor(world, *actor, time_ns);
    }
    world.ended_programs.push_back(program.id);
}

void trim(World& world) {
    // Sockets last: a forgotten actor's fork image may have been what kept some of them open.
    trim_one(world.ended_programs, [&](ProgramId id) { forget_program(world, id); });
    trim_one(world.ended_processes, [&](ProcessId id) { forget_process(world, id); });
    trim_one(world.ended_actors, [&](ActorId id) { forget_actor(world, id); });
    trim_one(world.ended_connections, [&](ConnectionId id) { world.connections.erase(id); });
    trim_one(world.ended_segments, [&](WireId id) { world.segments.erase(id); });
    trim_one(world.ended_flows, [&](FlowId id) { forget_flow(world, id); });
    trim_one(world.ended_tcp_ends, [&](const TcpEndKey& key) { forget_tcp_end(world, key); });
    trim_one(world.ended_sockets, [&](SocketId id) { world.sockets.erase(id); });
}

}  // namespace synoptic::fold
