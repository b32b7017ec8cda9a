#include "gui/panels/database_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "gui/panel.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr std::size_t most_value_shown = 120;          // bytes; a row is one line
constexpr EventIndex most_events_of_a_request = 1500;  // that are looked through for its row

std::uint64_t digits_of(std::int64_t key) {
    return std::to_string(key).size();
}

/** Spaces at an end, and several in a row, are overlooked without quotes; other bytes need escapes. */
bool needs_quotes(const std::string& value) {
    if (value.empty() || value.front() == ' ' || value.back() == ' ' || value.find("  ") != std::string::npos) return true;
    return escaped(value) != value;
}

FileLine line_of(const LogEntry& entry, FileLine::Kind kind, std::uint64_t synced) {
    std::string text = entry.is_del ? fmt::format("del {}", entry.key) : fmt::format("{} {}", entry.key, entry.value);
    if (entry.end - entry.begin > text.size() + 1) text += "…";
    return {kind, entry.begin, entry.end, std::move(text), entry.end <= synced, entry.key, entry.event};
}

/** The file as it was written anew; empty where the rows that are known do not make up all of it. */
std::vector<FileLine> lines_written_anew(const Database& database) {
    std::vector<FileLine> lines;
    if (database.rows.size() != database.pairs) return {};
    std::uint64_t at = 0;
    for (const auto& [key, row] : database.rows) {
        const std::uint64_t end = at + digits_of(key) + 1 + row.value_bytes + 1;
        std::string text = fmt::format("{} {}{}", key, row.value, row.value.size() < row.value_bytes ? "…" : "");
        lines.push_back({FileLine::Kind::written, at, end, std::move(text), true, key, row.event});
        at = end;
    }
    return at == database.end ? lines : std::vector<FileLine>{};
}

}  // namespace

RowState row_state(const Database& database, const Row& row) {
    if (database.in_memory) return row.deleted ? RowState::deleted : RowState::in_memory;
    const bool on_disk = is_on_disk(database, row);
    if (row.deleted) return on_disk ? RowState::deleted : RowState::deletion_waits;
    return on_disk ? RowState::on_disk : RowState::waits;
}

const char* state_words(RowState state, bool served) {
    switch (state) {
        case RowState::on_disk:
            return "on disk";
        case RowState::waits:
            return served ? "waits for disk" : "not synced";
        case RowState::in_memory:
            return served ? "in memory" : "gone";
        case RowState::deleted:
            return "deleted";
        case RowState::deletion_waits:
            return served ? "deletion waits" : "deletion not synced";
    }
    return "";
}

std::uint64_t value_length(const Row& row) {
    const std::uint64_t besides = digits_of(row.key) + 2;  // the space, and the line feed
    if (row.deleted || row.end < row.begin + besides) return row.value_bytes;
    return std::max<std::uint64_t>(row.value_bytes, row.end - row.begin - besides);
}

std::string value_words(const std::string& first_bytes, std::uint64_t length) {
    if (length == 0) return {};
    const bool cut = length > first_bytes.size() || first_bytes.size() > most_value_shown;
    const std::string shown = first_bytes.substr(0, most_value_shown);
    const std::string words = needs_quotes(shown) ? in_quotes(shown, most_value_shown) : shown;
    return cut ? fmt::format("{}… {}", words, byte_count(length)) : words;
}

std::string writer_words(const World& world, const Row& row, bool narrow) {
    if (row.writer == ActorId::none) return "from the file";
    const Actor* actor = find(world, row.writer);
    const bool worker = actor && !is_main_actor(world, *actor);
    if (row.client.empty()) return actor ? actor_label(world, *actor) : "somebody who has ended";
    return worker && !narrow ? row.client + " · " + actor_label(world, *actor) : row.client;
}

std::vector<FileLine> file_lines(const Database& database) {
    const bool anew = database.log.empty() && database.read_lines.empty() && !has_pending(database) && database.end > 0;
    if (anew) {
        if (std::vector<FileLine> lines = lines_written_anew(database); !lines.empty()) return lines;
    }
    std::vector<FileLine> lines;
    std::uint64_t at = 0;
    const auto fill_up_to = [&](std::uint64_t begin) {
        if (begin > at) lines.push_back({FileLine::Kind::unknown, at, begin, {}, begin <= database.synced, 0, no_event});
    };
    const auto add = [&](const LogEntry& entry, FileLine::Kind kind) {
        if (entry.begin < at) return;
        fill_up_to(entry.begin);
        lines.push_back(line_of(entry, kind, database.synced));
        at = entry.end;
    };
    for (const LogEntry& entry : database.read_lines) add(entry, FileLine::Kind::read);
    // What was read and what was appended are never one piece.
    if (at < database.read_end && !database.log.empty()) {
        fill_up_to(database.read_end);
        at = database.read_end;
    }
    for (const LogEntry& entry : database.log) add(entry, FileLine::Kind::appended);
    fill_up_to(database.end);
    at = std::max(at, database.end);
    if (has_pending(database) && database.pending_is_written) add(database.pending, FileLine::Kind::pending);
    return lines;
}

std::string database_summary(const Database& database) {
    std::string text = fmt::format("{} · {} pair{}", file_name(database.path), with_commas(database.pairs), database.pairs == 1 ? "" : "s");
    if (const std::size_t waiting = rows_waiting(database); waiting > 0)
        text += fmt::format(" · {} wait{} for the disk", waiting, waiting == 1 ? "s" : "");
    return text;
}

namespace {

bool has_open(const World& world, const Database& database, ProgramId program) {
    return program != ProgramId::none && std::any_of(database.openers.begin(), database.openers.end(), [&](ActorId id) {
               const Actor* actor = find(world, id);
               return actor && actor->program == program;
           });
}

void add_syncing(const World& world, const Database& database, std::vector<StoreNews>& news) {
    for (const auto& [id, actor] : world.actors) {
        if (actor.state == Actor::State::ended || actor.calls.empty() || actor.calls.back().kind != EventKind::fdatasync) continue;
        if (!has_open(world, database, actor.program)) continue;
        const std::string does =
            actor.calls.back().entered ? "brings all that was appended to the disk (fdatasync)" : "is about to call fdatasync";
        news.push_back({StoreNews::Kind::syncs, id, fmt::format("{} {}", actor_label(world, actor), does)});
    }
}

ProgramId selected_program(const World& world, const Selection& selection) {
    if (selection.program != ProgramId::none) return selection.program;
    if (const Actor* actor = find(world, selection.actor)) return actor->program;
    if (const Process* process = find(world, selection.process)) return process->program;
    if (const Socket* socket = find(world, selection.socket)) return socket->program;
    return ProgramId::none;
}

}  // namespace

std::vector<StoreNews> store_news(const World& world, const Database& database) {
    std::vector<StoreNews> news;
    if (const Actor* holder = find(world, lock_holder_now(world, database))) {
        const bool stands = holder->state == Actor::State::arrives || holder->state == Actor::State::rests;
        news.push_back({StoreNews::Kind::holds, holder->id,
                        fmt::format("{} holds the lock{}", actor_label(world, *holder), stands ? ", " + doing(*holder) : "")});
    }
    for (const ActorId id : waiting_for_lock(world, database))
        news.push_back({StoreNews::Kind::waits_for_lock, id, actor_label(world, id) + " waits for the lock"});
    add_syncing(world, database, news);
    for (const ActorId id : waiting_for_sync(world, database))
        news.push_back({StoreNews::Kind::sleeps, id, actor_label(world, id) + " sleeps until another one's sync is over"});
    if (news.empty()) news.push_back({StoreNews::Kind::nobody, ActorId::none, "nobody holds the lock"});
    return news;
}

const Database* database_of(const World& world, ProgramId server) {
    for (const auto& [id, database] : world.databases) {
        if (has_open(world, database, server)) return &database;
    }
    return nullptr;
}

const Database* database_to_show(const World& world, const Selection& selection, std::uint64_t chosen) {
    const auto of_row = world.databases.find(selection.database);
    if (of_row != world.databases.end() && !of_row->second.path.empty()) return &of_row->second;
    if (const Database* selected = database_of(world, selected_program(world, selection))) return selected;
    if (const auto found = world.databases.find(chosen); found != world.databases.end() && !found->second.path.empty())
        return &found->second;
    const Database* latest = nullptr;
    for (const auto& [id, database] : world.databases) {
        if (database.path.empty()) continue;  // its server has yet to open it, or could not
        const bool later = !latest || std::pair(servers_now(world, database) > 0, database.last_event) >
                                          std::pair(servers_now(world, *latest) > 0, latest->last_event);
        if (later) latest = &database;
    }
    return latest;
}

std::vector<const Program*> servers_of_database(const World& world, const Database& database) {
    std::vector<const Program*> all;
    for (const auto& [id, program] : world.programs) {
        if (program.state != Program::State::ended && has_open(world, database, id)) all.push_back(&program);
    }
    return all;
}

const Program* server_of_database(const World& world, const Selection& selection, const Database& database) {
    const std::vector<const Program*> all = servers_of_database(world, database);
    const Actor* writer = database.log.empty() ? nullptr : find(world, database.log.back().writer);
    for (const ProgramId wanted : {selected_program(world, selection), writer ? writer->program : ProgramId::none}) {
        const auto found = std::find_if(all.begin(), all.end(), [wanted](const Program* program) { return program->id == wanted; });
        if (found != all.end()) return *found;
    }
    return all.empty() ? nullptr : all.back();
}

const Program* server_without_file(const World& world) {
    const Program* found = nullptr;
    for (const auto& [id, program] : world.programs) {
        const ProgramInfo* info = find_program(program.name);
        const bool in_memory = info && info->role == Role::server && std::string_view(info->protocol) == "kv" && *info->variant != 0;
        if (in_memory && program.state != Program::State::ended) found = &program;
    }
    return found;
}

std::optional<std::int64_t> key_of_event(const History& history, EventIndex event, EventIndex limit) {
    limit = std::min<EventIndex>(limit, history.size());
    if (event >= limit) return std::nullopt;
    const Event asked = history.event(event);
    if (tells_of_row(asked.kind)) return asked.a;
    if (!is_call(asked.kind)) return std::nullopt;
    const bool is_recv = asked.kind == EventKind::recv;
    // The fact stands between the recv that took the request and the send that answers it.
    for (EventIndex at = event + 1; at < std::min(limit, event + most_events_of_a_request) && asked.kind != EventKind::send; ++at) {
        const Event other = history.event(at);
        if (other.actor != asked.actor) continue;
        if (tells_of_row(other.kind)) return other.a;
        if (other.kind == EventKind::send || (other.kind == EventKind::recv && !is_recv)) break;
    }
    for (EventIndex at = event; at > 0 && event - at < most_events_of_a_request && !is_recv;) {
        const Event other = history.event(--at);
        if (other.actor != asked.actor) continue;
        if (tells_of_row(other.kind)) return other.a;
        if (other.kind == EventKind::recv) break;
    }
    return std::nullopt;
}

std::string row_text(const Event& event, std::string_view payload) {
    if (event.kind == EventKind::row_put || event.kind == EventKind::row_loaded) return fmt::format("{} {}", event.a, payload);
    if (event.kind == EventKind::row_deleted) return fmt::format("del {}", event.a);
    return {};
}

}  // namespace synoptic
