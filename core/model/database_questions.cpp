// What panels, tests and lessons ask of a database: see database.h.
#include <algorithm>

#include "core/model/database.h"
#include "core/model/fold.h"

namespace synoptic {

bool has_pending(const Database& database) {
    return database.pending.event != no_event;
}

bool is_on_disk(const Database& database, const Row& row) {
    return !database.in_memory && row.end <= database.synced;
}

std::size_t rows_waiting(const Database& database) {
    if (database.in_memory) return 0;
    return static_cast<std::size_t>(
        std::count_if(database.rows.begin(), database.rows.end(), [&](const auto& row) { return !is_on_disk(database, row.second); }));
}

const Database* find_database(const World& world, const std::string& path) {
    for (const auto& [id, database] : world.databases) {
        if (database.path == path) return &database;
    }
    return nullptr;
}

namespace {

std::vector<ActorId> those_in(const World& world, EventKind kind) {
    std::vector<ActorId> actors;
    for (const auto& [id, actor] : world.actors) {
        if (actor.state != Actor::State::ended && !actor.calls.empty() && actor.calls.back().kind == kind && actor.calls.back().entered)
            actors.push_back(id);
    }
    return actors;
}

std::vector<ActorId> those_of(std::vector<ActorId> actors, const std::vector<ActorId>& waiters) {
    std::erase_if(actors, [&](ActorId id) { return std::find(waiters.begin(), waiters.end(), id) == waiters.end(); });
    return actors;
}

}  // namespace

std::uint32_t servers_now(const World& world, const Database& database) {
    const auto runs = [&](ActorId id) { return !fold::is_gone(world, id); };
    return static_cast<std::uint32_t>(std::count_if(database.openers.begin(), database.openers.end(), runs));
}

ActorId lock_holder_now(const World& world, const Database& database) {
    return fold::is_gone(world, database.lock_holder) ? ActorId::none : database.lock_holder;
}

std::vector<ActorId> waiting_for_lock(const World& world, const Database& database) {
    return those_of(waiting_for_lock(world), database.lock_waiters);
}
std::vector<ActorId> waiting_for_sync(const World& world, const Database& database) {
    return those_of(waiting_for_sync(world), database.sync_waiters);
}

std::vector<ActorId> waiting_for_lock(const World& world) {
    return those_in(world, EventKind::pthread_mutex_lock);
}
std::vector<ActorId> waiting_for_sync(const World& world) {
    return those_in(world, EventKind::futex);
}

}  // namespace synoptic
