// Who is on the stage: see stage_cast.h.
#include "gui/panels/stage_cast.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr std::uint64_t fade_ns = 700'000'000;
// A connection's two ends are seen one after the other; before this time has passed, a missing client is not said to be from outside.
constexpr std::uint64_t pairing_ns = 150'000'000;

class Caster {
   public:
    Caster(const World& world, const StageMeasure& measure) : world_(world), measure_(measure) {}

    StageCast cast() {
        add_servers();
        add_actors();
        add_zombies();
        add_clients();
        add_outside_clients();
        for (StageGroup& group : cast_.groups) finish(group);
        if (orphans_.clients.empty()) return std::move(cast_);
        orphans_.clients_total = orphans_.clients.size();
        cast_.groups.push_back(std::move(orphans_));
        return std::move(cast_);
    }

   private:
    /** Of what has ended: `at_first`, then less and less, 0 for what is gone. */
    float opacity_after(std::uint64_t ended_ns, std::uint64_t shown_ns, float at_first = 0.65f) {
        const std::uint64_t age_ns = measure_.now_ns > ended_ns ? measure_.now_ns - ended_ns : 0;
        if (age_ns >= shown_ns) return 0;
        const std::uint64_t left_ns = shown_ns - age_ns;
        if (left_ns > fade_ns) {
            changes_in(left_ns - fade_ns);
            return at_first;
        }
        cast_.fading = true;
        return at_first * static_cast<float>(left_ns) / static_cast<float>(fade_ns);
    }

    void changes_in(std::uint64_t ns) { cast_.changes_in_ns = cast_.changes_in_ns == 0 ? ns : std::min(cast_.changes_in_ns, ns); }

    bool dismissed(ProgramId id) const {
        return measure_.dismissed && std::find(measure_.dismissed->begin(), measure_.dismissed->end(), id) != measure_.dismissed->end();
    }

    float opacity_of(const Program& program) {
        if (program.state != Program::State::ended) return 1;
        if (dismissed(program.id) || program.ended_ns <= measure_.run_began_ns) return 0;
        const bool failed = !program.trouble.empty() && !program.stopped_by_user;
        if (!failed) return opacity_after(program.ended_ns, ended_shown_ns);
        if (!program.is_server) return opacity_after(program.ended_ns, failed_shown_ns, 1);  // why is to be read
        // What went wrong with a server stays until the user puts it away or starts another one.
        for (const auto& [id, other] : world_.programs) {
            if (other.is_server && other.began_ns > program.ended_ns) return 0;
        }
        return 1;
    }

    /** Programs that are no servers and have made processes of their own, which are to be seen beside them as a server's workers are. */
    std::set<ProgramId> forkers() const {
        std::set<ProgramId> seen, several;
        for (const auto& [id, process] : world_.processes) {
            if (process.is_app || process.state == Process::State::reaped || process.program == ProgramId::none) continue;
            if (!seen.insert(process.program).second) several.insert(process.program);
        }
        return several;
    }

    void add_servers() {
        const std::set<ProgramId> forks = forkers();
        for (const auto& [id, program] : world_.programs) {
            if (!program.is_server && !forks.contains(id)) continue;
            const float opacity = opacity_of(program);
            if (opacity <= 0) continue;
            StageGroup group;
            group.has_server = true;
            group.server.program = id;
            group.server.opacity = opacity;
            group.server.listener = program.listener;
            if (const Socket* listener = find(world_, program.listener)) {
                group.server.listens = listener->state == Socket::State::listening;
                group.server.capacity = accept_queue_room(*listener);
                group.server.shows_requests = group.server.listens && program.network == Network::wire;
            }
            group_of_[id] = cast_.groups.size();
            cast_.groups.push_back(std::move(group));
        }
    }

    StageGroup* group_of(ProgramId program) {
        const auto found = group_of_.find(program);
        return found == group_of_.end() ? nullptr : &cast_.groups[found->second];
    }

    void add_actors() {
        for (const auto& [id, actor] : world_.actors) {
            StageGroup* group = group_of(actor.program);
            if (!group) continue;
            const bool ended = actor.state == Actor::State::ended;
            if (is_main_actor(world_, actor)) {
                const Actor* held = find(world_, group->server.actor);
                if (!held || held->state == Actor::State::ended) group->server.actor = id;
                if (!ended && actor.serves != SocketId::none) serving_.try_emplace(actor.serves, &actor);
                continue;
            }
            const Process* process = find(world_, actor.process);
            if (process && process->state == Process::State::zombie) continue;  // add_zombies() shows it
            WorkerCard card;
            card.actor = id;
            card.process = actor.process;
            card.socket = actor.serves;
            card.opacity = ended ? opacity_after(actor.ended_ns, ended_shown_ns) : 1;
            if (card.opacity <= 0) continue;
            if (const Socket* socket = find(world_, actor.serves)) card.connection = socket->connection;
            if (!ended && actor.serves != SocketId::none) serving_[actor.serves] = &actor;
            group->workers.push_back(card);
        }
    }

    void add_zombies() {
        for (const auto& [id, process] : world_.processes) {
            if (process.state != Process::State::zombie) continue;
            StageGroup* group = group_of(process.program);
            if (!group) continue;
            const Actor* main = find(world_, group->server.actor);
            if (main && main->process == id) continue;  // the server's own card says so
            WorkerCard card;
            card.actor = process.first_actor;
            card.process = id;
            card.zombie = true;
            group->workers.push_back(card);
            ++group->zombies_total;
        }
    }

    StageGroup* group_of_socket(SocketId id) {
        const Socket* socket = find(world_, id);
        return socket ? group_of(socket->program) : nullptr;
    }

    /** The group of a server that is none of ours: one for each address. */
    StageGroup* outside_group(const Address& address) {
        for (StageGroup& group : cast_.groups) {
            if (group.has_server && group.server.program == ProgramId::none && group.server.outside == address) return &group;
        }
        StageGroup group;
        group.has_server = true;
        group.server.outside = address;
        cast_.groups.push_back(std::move(group));
        return &cast_.groups.back();
    }

    StageGroup* group_of_client(const Program& program, const Socket* socket, const Connection* connection) {
        if (connection) {
            StageGroup* group = group_of_socket(connection->listener);
            if (!group) group = group_of_socket(connection->server);
            if (group) return group;
            const bool ours = connection->listener != SocketId::none || connection->server != SocketId::none;
            // Its server has gone: whoever has the port now never had this connection.
            if (ours) return nullptr;
            if (connection->state != Connection::State::closed && connection->server_address.known())
                return outside_group(connection->server_address);
        }
        // Not connected yet: the server that listens on the port it was told.
        for (StageGroup& group : cast_.groups) {
            const Program* server = find(world_, group.server.program);
            if (!server || server->state == Program::State::ended) continue;
            const Socket* listener = find(world_, group.server.listener);
            if (listener && socket && socket->peer.known() && listener->local.port() == socket->peer.port()) return &group;
            if (server->port == program.port || (listener && std::to_string(listener->local.port()) == program.port)) return &group;
        }
        return nullptr;
    }

    void add_clients() {
        for (const auto& [id, program] : world_.programs) {
            if (program.is_server || group_of(id)) continue;
            const float opacity = opacity_of(program);
            if (opacity <= 0) continue;
            ClientCard card;
            card.program = id;
            card.opacity = opacity;
            if (!program.actors.empty()) card.actor = program.actors.front();
            card.socket = program.clientfd;
            const Socket* socket = find(world_, program.clientfd);
            if (socket) card.connection = socket->connection;
            StageGroup* group = group_of_client(program, socket, find(world_, card.connection));
            (group ? *group : orphans_).clients.push_back(card);
        }
    }

    void add_outside_clients() {
        for (const auto& [id, connection] : world_.connections) {
            if (connection.client != SocketId::none) continue;
            StageGroup* group = group_of_socket(connection.listener);
            if (!group) group = group_of_socket(connection.server);
            if (!group) continue;
            if (measure_.now_ns < connection.began_ns + pairing_ns) {
                changes_in(connection.began_ns + pairing_ns - measure_.now_ns);
                continue;
            }
            ClientCard card;
            card.connection = id;
            const bool closed = connection.state == Connection::State::closed;
            if (closed && connection.ended_ns <= measure_.run_began_ns) continue;
            card.opacity = closed ? opacity_after(connection.ended_ns, ended_shown_ns) : 1;
            if (card.opacity > 0) group->clients.push_back(card);
        }
    }

    std::uint64_t began_ns(const WorkerCard& card) const {
        if (const Actor* actor = find(world_, card.actor)) return actor->began_ns;
        const Process* process = find(world_, card.process);
        return process ? process->began_ns : 0;
    }

    void finish(StageGroup& group) {
        std::stable_sort(group.workers.begin(), group.workers.end(),
                         [this](const WorkerCard& left, const WorkerCard& right) { return began_ns(left) < began_ns(right); });
        group.clients_total = group.clients.size();
        group.workers_total = group.workers.size();
        const Actor* main = find(world_, group.server.actor);
        for (WorkerCard& card : group.workers) {
            const Actor* actor = find(world_, card.actor);
            card.inside = !card.zombie && main && actor && actor->is_thread && actor->process == main->process;
            group.threads_inside = group.threads_inside || card.inside;
        }
        const Socket* served = main ? find(world_, main->serves) : nullptr;
        if (served && served->state != Socket::State::closed) {
            const auto who = serving_.find(served->id);
            if (who != serving_.end() && who->second == main) group.server.connection = served->connection;
        }
    }

    const World& world_;
    const StageMeasure& measure_;
    StageCast cast_;
    StageGroup orphans_;
    std::unordered_map<ProgramId, std::size_t> group_of_;
    std::unordered_map<SocketId, const Actor*> serving_;  // who serves a connected socket: its worker, else the main actor
};

}  // namespace

StageCast cast_stage(const World& world, const StageMeasure& measure) {
    return Caster(world, measure).cast();
}

}  // namespace synoptic
