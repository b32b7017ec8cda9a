#include "core/lesson/lesson_cast.h"

#include <algorithm>

namespace synoptic {

ProgramId LessonCast::program(const std::string& name) const {
    const auto found = programs_.find(name);
    return found == programs_.end() || found->second.empty() ? ProgramId::none : found->second.front();
}

std::vector<ProgramId> LessonCast::programs(const std::string& name) const {
    const auto found = programs_.find(name);
    return found == programs_.end() ? std::vector<ProgramId>() : found->second;
}

std::string LessonCast::name_of(ProgramId program) const {
    std::string name;
    for (const auto& [each, programs] : programs_) {
        if (std::find(programs.begin(), programs.end(), program) == programs.end()) continue;
        if (name.empty() || programs.size() == 1) name = each;  // a crowd's member rather than the crowd
    }
    return name;
}

ActorId LessonCast::actor(const World& world, const CallLog& log, const Who& who) const {
    const ProgramId id = program(who.name);
    if (who.part == Who::Part::worker) {
        const Connection* connection = connection_of_client(world, id);
        const std::vector<ActorId> workers = connection ? workers_of(world, connection->id) : std::vector<ActorId>();
        return workers.empty() ? ActorId::none : workers.back();
    }
    const std::vector<CallLog::Begun>& all = log.actors_of(id);
    if (who.part == Who::Part::program) return all.empty() ? ActorId::none : all.front().id;
    std::vector<ActorId> meant;
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (all[i].is_thread == (who.part == Who::Part::thread)) meant.push_back(all[i].id);
    }
    if (meant.empty()) return ActorId::none;
    if (who.nth == Who::last) return meant.back();
    return static_cast<std::size_t>(who.nth) <= meant.size() ? meant[static_cast<std::size_t>(who.nth) - 1] : ActorId::none;
}

const Connection* connection_of_client(const World& world, ProgramId client) {
    const Program* program = find(world, client);
    const Socket* socket = program ? find(world, program->clientfd) : nullptr;
    return socket ? find(world, socket->connection) : nullptr;
}

const Socket* listener_of(const World& world, ProgramId server) {
    const Program* program = find(world, server);
    return program ? find(world, program->listener) : nullptr;
}

}  // namespace synoptic
