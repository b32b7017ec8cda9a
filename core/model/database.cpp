// Folds what a store tells. Lines may be told in another order than they stand in the file: a row is what its line that stands last says.
#include "core/model/database.h"

#include <algorithm>
#include <bit>

#include "core/model/fold.h"

namespace synoptic {
namespace fold {
namespace {

constexpr std::size_t many_waiters = 64;

/** An actor that is not known may run. */
bool is_gone(const World& world, ActorId id) {
    const Actor* actor = find_in(world.actors, id);
    const Process* process = actor ? find_in(world.processes, actor->process) : nullptr;
    return (actor && actor->state == Actor::State::ended) || (process && process->state != Process::State::runs);
}

/** A killed server tells nothing of its end. Its waiters are left to who asks for them: there may be many, and this is done at each row. */
void forget_the_dead(const World& world, Database& database) {
    const auto gone = [&](ActorId id) { return is_gone(world, id); };
    std::erase_if(database.openers, gone);
    database.servers = static_cast<std::uint32_t>(database.openers.size());
    if (gone(database.lock_holder)) database.lock_holder = ActorId::none;
}

Database& database_of(const Step& step) {
    Database& database = step.world.databases[step.event.socket];
    forget_the_dead(step.world, database);
    database.id = step.event.socket;
    database.last_event = step.index;
    return database;
}

std::uint64_t place(std::int64_t told) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(told, 0));
}

std::string first_bytes(std::string_view value) {
    return std::string(value.substr(0, row_bytes_kept));
}

void opened(const Step& step) {
    Database& database = database_of(step);
    database.openers.push_back(step.event.actor);
    database.servers = static_cast<std::uint32_t>(database.openers.size());
    database.path = step.payload;
    if (step.event.b == 1) return;  // others have it open: what is known of it holds
    const std::string torn = database.torn_is_told ? database.torn : "";
    database = Database{};
    database.id = step.event.socket;
    database.path = step.payload;
    database.openers = {step.event.actor};
    database.servers = 1;
    database.torn = torn;
    database.last_event = step.index;
    database.pairs = place(step.event.a);
    database.end = database.synced = database.read_end = place(step.event.value);
}

/** Deleted ones first, then the oldest ones. Many at once: to look through all of them for each new one would cost more than all else that is told of it. */
void crowd_out(Database& database) {
    if (database.rows.size() <= rows_kept) return;
    struct Age {
        bool there;
        std::uint64_t end;
        std::int64_t key;
        auto operator<=>(const Age&) const = default;
    };
    std::vector<Age> ages;
    ages.reserve(database.rows.size());
    for (const auto& [key, row] : database.rows) ages.push_back({!row.deleted, row.end, key});
    const auto kept = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() - (rows_kept - rows_kept / 8));
    std::nth_element(ages.begin(), kept, ages.end());
    for (auto old = ages.begin(); old != kept; ++old) database.rows.erase(old->key);
}

void append_to_log(Database& database, const Step& step, bool is_del) {
    const LogEntry entry{step.event.a,           is_del, first_bytes(step.payload), step.event.actor, step.index, place(step.event.b),
                         place(step.event.value)};
    const auto behind =
        std::find_if(database.log.rbegin(), database.log.rend(), [&](const LogEntry& other) { return other.begin < entry.begin; });
    database.log.insert(behind.base(), entry);
    if (database.log.size() > log_lines_kept) database.log.pop_front();
}

/** The log is in the order of the file. */
bool is_in_log(const Database& database, std::uint64_t begin, std::int64_t key) {
    const auto line = std::lower_bound(database.log.begin(), database.log.end(), begin,
                                       [](const LogEntry& entry, std::uint64_t wanted) { return entry.begin < wanted; });
    return line != database.log.end() && line->begin == begin && line->key == key;
}

void row_written(const Step& step, bool deleted, bool loaded) {
    Database& database = database_of(step);
    const std::uint64_t end = place(step.event.value);
    database.end = std::max(database.end, end);
    const bool known = is_in_log(database, place(step.event.b), step.event.a);
    if (!loaded && known) return;  // its writer told of it and was killed: so did who took the line in
    if (!loaded) {
        append_to_log(database, step, deleted);
        if (deleted) {
            ++database.dels;
            database.pairs -= database.pairs > 0;
        } else {
            ++database.puts;
            ++database.pairs;
        }
    }
    Row& row = database.rows[step.event.a];
    if (row.event != no_event && row.end > end) return;  // a later line has told already
    const std::uint64_t reads = row.reads;
    row = Row{};
    row.key = step.event.a;
    row.value = first_bytes(step.payload);
    row.value_bytes = step.payload.size();
    row.deleted = deleted;
    row.loaded = loaded;
    row.writer = loaded ? ActorId::none : step.event.actor;
    row.event = step.index;
    row.at_ns = step.event.time;
    row.begin = place(step.event.b);
    row.end = end;
    row.reads = reads;
    crowd_out(database);
}

void row_was_read(const Step& step) {
    Database& database = database_of(step);
    ++database.gets;
    if (Row* row = find_in(database.rows, step.event.a)) ++row->reads;
}

void trouble_told(const Step& step) {
    database_of(step).trouble = step.payload;
    const Actor* actor = find_in(step.world.actors, step.event.actor);
    Program* program = actor ? find_in(step.world.programs, actor->program) : nullptr;
    if (program && program->trouble.empty()) program->trouble = step.payload;
}

/** The file was written anew: all that is in it is on the disk, each line in a new place. */
void written_anew(const Step& step) {
    Database& database = database_of(step);
    database.pairs = place(step.event.a);
    database.end = database.synced = database.read_end = place(step.event.value);
    database.log.clear();
    std::erase_if(database.rows, [](const auto& row) { return row.second.deleted; });
    for (auto& [key, row] : database.rows) row.begin = row.end = 0;
}

void closed(const Step& step) {
    Database& database = database_of(step);
    // A store may be closed by another thread than the one that opened it.
    const auto opener = std::find(database.openers.begin(), database.openers.end(), step.event.actor);
    if (opener != database.openers.end())
        database.openers.erase(opener);
    else if (!database.openers.empty())
        database.openers.pop_back();
    database.servers = static_cast<std::uint32_t>(database.openers.size());
    if (database.servers > 0) return;
    database.torn.clear();
    database.torn_is_told = false;
}

/** Who waits for it: from the enter of the call to its exit, which those who are killed meanwhile never tell of. */
void wait_moved(const World& world, std::vector<ActorId>& waiters, ActorId actor, bool is_enter) {
    std::erase(waiters, actor);
    if (!is_enter) return;
    if (waiters.size() >= many_waiters && std::has_single_bit(waiters.size()))
        std::erase_if(waiters, [&](ActorId id) { return is_gone(world, id); });
    waiters.push_back(actor);
}

}  // namespace

bool database_told(const Step& step) {
    switch (step.event.kind) {
        case EventKind::store_opened:
            opened(step);
            return true;
        case EventKind::row_loaded:
            row_written(step, false, true);
            return true;
        case EventKind::row_put:
            row_written(step, false, false);
            return true;
        case EventKind::row_deleted:
            row_written(step, true, false);
            return true;
        case EventKind::row_read:
            row_was_read(step);
            return true;
        case EventKind::store_synced: {
            Database& database = database_of(step);
            database.synced = std::max(database.synced, place(step.event.value));
            ++database.syncs;
            return true;
        }
        case EventKind::store_written:
            written_anew(step);
            return true;
        case EventKind::store_torn:
            database_of(step).torn = step.payload;
            database_of(step).torn_is_told = true;
            return true;
        case EventKind::store_trouble:
            trouble_told(step);
            return true;
        case EventKind::store_closed: {
            closed(step);
            return true;
        }
        default:
            return false;
    }
}

void store_lock_moved(const Step& step, const Actor& actor) {
    if (step.event.socket == 0) return;
    const bool is_enter = step.event.phase == Phase::enter;
    Database* database = find_in(step.world.databases, step.event.socket);
    if (!database) return;
    if (step.event.kind == EventKind::futex) wait_moved(step.world, database->sync_waiters, actor.id, is_enter);
    if (step.event.kind == EventKind::pthread_mutex_lock) wait_moved(step.world, database->lock_waiters, actor.id, is_enter);
    // A lock is given back at the enter of unlock, and taken at the exit of lock; whoever gets it may say so before.
    if (step.event.kind == EventKind::pthread_mutex_lock && !is_enter && step.event.value == 0) database->lock_holder = actor.id;
    if (step.event.kind == EventKind::pthread_mutex_unlock && is_enter && database->lock_holder == actor.id)
        database->lock_holder = ActorId::none;
}

}  // namespace fold

bool is_on_disk(const Database& database, const Row& row) {
    return row.end <= database.synced;
}

std::size_t rows_waiting(const Database& database) {
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
