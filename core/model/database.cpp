// Folds what a store tells. Lines may be told in another order than they stand in the file: a row is what its line that stands last says.
#include "core/model/database.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/model/fold.h"
#include "core/store/log_format.h"

namespace synoptic {
namespace fold {
namespace {

constexpr std::size_t many_waiters = 64;

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
    database.in_memory = step.event.b == 2;
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

/** Whom an actor serves. Asked when it tells of a row: a server without workers serves another client later. */
std::string client_of(const World& world, ActorId writer) {
    const Actor* actor = find_in(world.actors, writer);
    const Socket* socket = actor ? find_in(world.sockets, actor->serves) : nullptr;
    const Connection* connection = socket ? find_in(world.connections, socket->connection) : nullptr;
    if (!connection) return socket && socket->peer.known() ? socket->peer.text() : std::string();
    const Socket* client = find_in(world.sockets, connection->client);
    const Program* program = client ? find_in(world.programs, client->program) : nullptr;
    if (program) return program->label;
    return connection->client_address.known() ? connection->client_address.text() : std::string();
}

LogEntry line_told(const Step& step, std::string client, bool is_del) {
    return {.key = step.event.a,
            .is_del = is_del,
            .value = first_bytes(step.payload),
            .writer = step.event.actor,
            .client = std::move(client),
            .event = step.index,
            .begin = place(step.event.b),
            .end = place(step.event.value)};
}

/** Rows are told in the order of their keys. */
void keep_read_line(Database& database, const Step& step) {
    LogEntry entry = line_told(step, {}, false);
    entry.writer = ActorId::none;
    const auto behind = std::upper_bound(database.read_lines.begin(), database.read_lines.end(), entry,
                                         [](const LogEntry& one, const LogEntry& other) { return one.begin < other.begin; });
    database.read_lines.insert(behind, entry);
    if (database.read_lines.size() > log_lines_kept) database.read_lines.pop_back();
}

void append_to_log(Database& database, const Step& step, const std::string& client, bool is_del) {
    LogEntry entry = line_told(step, client, is_del);
    const auto behind =
        std::find_if(database.log.rbegin(), database.log.rend(), [&](const LogEntry& other) { return other.begin < entry.begin; });
    database.log.insert(behind.base(), std::move(entry));
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
    if (has_pending(database) && database.pending.begin == place(step.event.b)) database.pending = {};
    if (!database.in_memory) database.end = std::max(database.end, end);
    const bool known = !database.in_memory && is_in_log(database, place(step.event.b), step.event.a);
    if (loaded && !database.in_memory) keep_read_line(database, step);
    if (!loaded && known) return;  // its writer told of it and was killed: so did who took the line in
    std::string client = loaded ? std::string() : client_of(step.world, step.event.actor);
    if (!loaded) {
        if (!database.in_memory) append_to_log(database, step, client, deleted);
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
    row.client = std::move(client);
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
    database.pending = {};
    database.read_lines.clear();
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

/** Who writes under a database's lock writes to its file. */
Database* database_locked_by(World& world, ActorId actor) {
    for (auto& [id, database] : world.databases) {
        if (database.lock_holder == actor) return &database;
    }
    return nullptr;
}

void line_written(const Step& step, const Actor& actor) {
    Database* database = database_locked_by(step.world, actor.id);
    if (!database) return;
    if (step.event.phase == Phase::exit) {
        const LogEntry& line = database->pending;
        const bool whole = has_pending(*database) && line.writer == actor.id && place(step.event.value) == line.end - line.begin;
        if (whole)
            database->pending_is_written = true;
        else
            database->pending = {};
        return;
    }
    std::string_view text = step.payload;
    if (text.ends_with('\n')) text.remove_suffix(1);
    const LogLine line = parse_log_line(text);
    database->pending = {};
    database->pending_is_written = false;
    if (line.kind != LogLine::Kind::put && line.kind != LogLine::Kind::del) return;  // the rest of one that was not written whole
    database->pending = LogEntry{.key = line.key,
                                 .is_del = line.kind == LogLine::Kind::del,
                                 .value = first_bytes(line.value),
                                 .writer = actor.id,
                                 .client = client_of(step.world, actor.id),
                                 .event = step.index,
                                 .begin = place(step.event.b),
                                 .end = place(step.event.b) + place(step.event.a)};
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

bool is_gone(const World& world, ActorId id) {
    const Actor* actor = find_in(world.actors, id);
    const Process* process = actor ? find_in(world.processes, actor->process) : nullptr;
    return (actor && actor->state == Actor::State::ended) || (process && process->state != Process::State::runs);
}

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
    if (step.event.kind == EventKind::pwrite) line_written(step, actor);
    if (step.event.socket == 0) return;
    const bool is_enter = step.event.phase == Phase::enter;
    Database* database = find_in(step.world.databases, step.event.socket);
    if (!database) return;
    if (step.event.kind == EventKind::futex) wait_moved(step.world, database->sync_waiters, actor.id, is_enter);
    if (step.event.kind == EventKind::pthread_mutex_lock) wait_moved(step.world, database->lock_waiters, actor.id, is_enter);
    // A lock is given back at the enter of unlock, and taken at the exit of lock; whoever gets it may say so before.
    if (step.event.kind == EventKind::pthread_mutex_lock && !is_enter && step.event.value == 0) database->lock_holder = actor.id;
    if (step.event.kind == EventKind::pthread_mutex_unlock && is_enter && database->lock_holder == actor.id) {
        database->lock_holder = ActorId::none;
        database->pending = {};  // it was taken back, if nobody told of it
    }
}

}  // namespace fold

}  // namespace synoptic
