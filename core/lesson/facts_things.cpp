// Facts about descriptors and processes, segments on the wire, and rows of the database.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/lesson/facts.h"

namespace synoptic {

namespace {

const Process* process_of(const FactView& view, const Who& who) {
    const Actor* actor = find(view.world, view.cast.actor(view.world, view.log, who));
    return actor ? find(view.world, actor->process) : nullptr;
}

/** Descriptors of a process that are this program's: inside the app all programs share one process. */
std::int64_t descriptor_count(const FactView& view, const Process& process, ProgramId program) {
    if (!process.is_app) return static_cast<std::int64_t>(process.fds.size());
    return std::count_if(process.fds.begin(), process.fds.end(), [&](const auto& entry) {
        const Socket* socket = socket_behind(view.world, process.id, entry.first);
        return socket && socket->program == program;
    });
}

FactFound look_at_descriptor(const LessonFact& fact, const FactView& view) {
    const Who& who = fact.words.who.at(0);
    const auto fd = static_cast<int>(fact.words.numbers.at(0));  // in range: check_lesson.cpp
    const Process* process = process_of(view, who);
    if (!process) return {false, fmt::format("there is no {} (yet)", who.text())};
    const Socket* socket = socket_behind(view.world, process->id, fd);
    const bool open = process->fds.count(fd) != 0;
    const std::string found =
        !open ? fmt::format("descriptor {} of {} is closed", fd, who.text())
              : fmt::format("descriptor {} of {} is a socket: {}", fd, who.text(), socket ? state_name(socket->state) : "not known");
    switch (fact.form) {
        case FactForm::descriptor_is_closed:
            return {!open, found};
        case FactForm::descriptor_is_socket:
            return {open, found};
        case FactForm::descriptor_is_listening:
            return {socket && socket->state == Socket::State::listening, found};
        default: {
            const Connection* connection = connection_of_client(view.world, view.cast.program(fact.words.who.at(1).name));
            return {socket && connection && (connection->server == socket->id || connection->client == socket->id), found};
        }
    }
}

FactFound look_at_holders(const LessonFact& fact, const FactView& view) {
    const std::string& name = fact.words.who.at(0).name;
    SocketId id{};
    if (fact.form == FactForm::descriptors_to_listener) {
        const Socket* listener = listener_of(view.world, view.cast.program(name));
        if (listener) id = listener->id;
    } else if (const Connection* connection = connection_of_client(view.world, view.cast.program(name))) {
        id = connection->server;
    }
    const std::size_t holders = id == SocketId::none ? 0 : holders_of(view.world, id).size();
    return counted(fact.words.counts.at(0), static_cast<std::int64_t>(holders), "so many descriptors point to it:");
}

/** Processes or threads that live, besides the program's first. */
FactFound look_at_workers(const LessonFact& fact, const FactView& view) {
    const std::string& name = fact.words.who.at(0).name;
    const std::vector<CallLog::Begun>& all = view.log.actors_of(view.cast.program(name));
    const bool threads = fact.form == FactForm::threads;
    std::int64_t living = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
        const Actor* actor = find(view.world, all[i].id);
        if (!actor || all[i].is_thread != threads || actor->state == Actor::State::ended) continue;
        const Process* process = find(view.world, actor->process);
        if (process && process->state == Process::State::runs) ++living;
    }
    return counted(fact.words.counts.at(0), living, fmt::format("{} has so many {}:", name, threads ? "threads" : "children"));
}

FactFound look_at_clients(const LessonFact& fact, const FactView& view) {
    std::set<ProgramId> clients;
    for (const auto& [name, programs] : view.cast.all()) {
        for (const ProgramId id : programs) {
            const Program* program = find(view.world, id);
            if (program && !program->is_server && program->state != Program::State::ended) clients.insert(id);
        }
    }
    if (fact.form == FactForm::clients)
        return counted(fact.words.counts.at(0), static_cast<std::int64_t>(clients.size()), "so many clients run:");
    const auto accepted = std::count_if(clients.begin(), clients.end(), [&](ProgramId id) {
        const Connection* connection = connection_of_client(view.world, id);
        return connection && connection->server != SocketId::none;
    });
    return counted(fact.words.counts.at(0), accepted, "so many clients are accepted:");
}

bool is_retransmission(SegmentNature nature) {
    switch (nature) {
        case SegmentNature::syn_retransmission:
        case SegmentNature::retransmission:
        case SegmentNature::fast_retransmission:
        case SegmentNature::tail_loss_probe:
        case SegmentNature::spurious_retransmission:
            return true;
        default:
            return false;
    }
}

bool had_fate(const WireSegment& segment, const std::string& fate) {
    if (fate == "dropped") return segment.state == WireSegment::State::dropped;
    if (fate == "delivered") return segment.state == WireSegment::State::arrived;
    if (fate == "retransmitted") return is_retransmission(segment.reading.nature);
    if (fate == "duplicated") return segment.duplicate_of != WireId::none;
    return segment.duplicate_of == WireId::none;  // sent
}

FactFound look_at_segments(const LessonFact& fact, const FactView& view) {
    const bool waiting = fact.form == FactForm::segments_wait || fact.form == FactForm::segments_wait_from;
    const bool by_name = fact.form == FactForm::segments_wait_from || fact.form == FactForm::segments_were_from;
    const std::string from = by_name ? fact.words.who.at(0).name : "";
    std::int64_t number = 0;
    std::string seen;
    for (const auto& [id, segment] : view.world.segments) {
        if (segment.sent_ns < view.began_ns || !is_from(view, segment, from)) continue;
        if (seen.size() < 120) seen += (seen.empty() ? "" : ", ") + fmt::format("{} {}", segment.reading.title, state_name(segment.state));
        if (!is_of(segment, fact.words.segment)) continue;
        number += waiting ? segment.waits() && segment.copy_of == WireId::none : had_fate(segment, fact.words.names.at(0));
    }
    FactFound found = counted(fact.words.counts.at(0), number, "so many:");
    if (!found.holds) found.found += seen.empty() ? " (no segment was sent)" : fmt::format(" (seen: {})", seen);
    return found;
}

/** The one that the lesson's programs have changed last. */
const Database* latest_database(const FactView& view) {
    const std::set<ProgramId> own = view.own_programs();
    const CallLog::StoreChange* latest = nullptr;
    const Database* database = nullptr;
    for (const auto& [id, change] : view.log.store_changes()) {
        const auto found = view.world.databases.find(id);
        if (found == view.world.databases.end() || own.count(change.by) == 0 || (latest && !latest->is_before(change))) continue;
        latest = &change;
        database = &found->second;
    }
    return database;
}

std::int64_t own_zombies(const FactView& view) {
    const std::set<ProgramId> own = view.own_programs();
    return std::count_if(view.world.processes.begin(), view.world.processes.end(), [&](const auto& entry) {
        return entry.second.state == Process::State::zombie && own.count(entry.second.program) != 0;
    });
}

FactFound look_at_rows(const LessonFact& fact, const FactView& view) {
    const Database* database = latest_database(view);
    if (!database) return {false, "there is no database"};
    if (fact.form == FactForm::rows) return counted(fact.words.counts.at(0), static_cast<std::int64_t>(database->pairs), "so many rows:");
    const std::int64_t key = fact.words.numbers.at(0);
    const auto row = database->rows.find(key);
    const bool there = row != database->rows.end() && !row->second.deleted;
    const std::string found =
        there ? fmt::format("row {} is {}", key, in_quotes(row->second.value)) : fmt::format("row {} is missing", key);
    if (fact.form == FactForm::row_missing) return {!there, found};
    if (fact.form == FactForm::row_is) return {there && row->second.value == fact.words.texts.at(0), found};
    return {there && is_on_disk(*database, row->second),
            there ? found + (is_on_disk(*database, row->second) ? ", on the disk" : ", and waits for the disk") : found};
}

}  // namespace

namespace {

/** True if this end of a segment is that of a program: a server by its port, a client by its socket's address. */
bool is_end_of(const FactView& view, const Address& address, const std::string& name) {
    const Program* program = find(view.world, view.cast.program(name));
    if (!program) return false;
    if (program->is_server) {
        const Socket* listener = find(view.world, program->listener);
        return !listener || address.port() == listener->local.port();
    }
    const TcpEnd* end = tcp_end(view.world, program->clientfd);
    const Socket* socket = find(view.world, program->clientfd);
    const Address local = socket && socket->local.known() ? socket->local : end ? end->local : Address{};
    return local.known() && address.canonical() == local.canonical();
}

bool goes(const FactView& view, const WireSegment& segment, const std::string& name, const Address& end, Direction of_clients) {
    if (name.empty()) return true;
    const Program* program = find(view.world, view.cast.program(name));
    const bool client = name == "clients" || (program && !program->is_server);
    const Direction way = client ? of_clients : of_clients == Direction::to_server ? Direction::to_client : Direction::to_server;
    return segment.direction == way && (name == "clients" || is_end_of(view, end, name));
}

}  // namespace

bool is_from(const FactView& view, const WireSegment& segment, const std::string& from) {
    return goes(view, segment, from, segment.source, Direction::to_server);
}

bool is_to(const FactView& view, const WireSegment& segment, const std::string& to) {
    return goes(view, segment, to, segment.destination, Direction::to_client);
}

bool is_of(const WireSegment& segment, SegmentWord word) {
    const bool syn = (segment.flags & tcp_syn) != 0, ack = (segment.flags & tcp_ack) != 0, fin = (segment.flags & tcp_fin) != 0,
               rst = (segment.flags & tcp_rst) != 0;
    switch (word) {
        case SegmentWord::any:
            return true;
        case SegmentWord::syn:
            return syn && !ack;
        case SegmentWord::syn_ack:
            return syn && ack;
        case SegmentWord::ack:
            return ack && !syn && !fin && !rst && segment.payload_bytes == 0;
        case SegmentWord::data:
            return segment.payload_bytes > 0;
        case SegmentWord::fin:
            return fin;
        case SegmentWord::rst:
            return rst;
        case SegmentWord::zero_window:
            return segment.reading.nature == SegmentNature::zero_window;
        case SegmentWord::probe:
            return segment.reading.nature == SegmentNature::zero_window_probe;
        case SegmentWord::duplicate_ack:
            return segment.reading.nature == SegmentNature::duplicate_ack;
    }
    return false;
}

std::optional<FactFound> look_at_descriptors(const LessonFact& fact, const FactView& view) {
    switch (fact.form) {
        case FactForm::descriptor_is_connection:
        case FactForm::descriptor_is_listening:
        case FactForm::descriptor_is_socket:
        case FactForm::descriptor_is_closed:
            return look_at_descriptor(fact, view);
        case FactForm::descriptors_to_connection:
        case FactForm::descriptors_to_listener:
            return look_at_holders(fact, view);
        case FactForm::descriptors: {
            const Who& who = fact.words.who.at(0);
            const Process* process = process_of(view, who);
            if (!process) return FactFound{false, fmt::format("there is no {} (yet)", who.text())};
            return counted(fact.words.counts.at(0), descriptor_count(view, *process, view.cast.program(who.name)),
                           fmt::format("{} has so many descriptors:", who.text()));
        }
        case FactForm::children:
        case FactForm::threads:
            return look_at_workers(fact, view);
        case FactForm::zombies:
            return counted(fact.words.counts.at(0), own_zombies(view), "so many zombies:");
        case FactForm::clients:
        case FactForm::clients_accepted:
            return look_at_clients(fact, view);
        default:
            return std::nullopt;
    }
}

std::optional<FactFound> look_at_wire_and_rows(const LessonFact& fact, const FactView& view) {
    switch (fact.form) {
        case FactForm::segments_were:
        case FactForm::segments_were_from:
        case FactForm::segments_wait:
        case FactForm::segments_wait_from:
            return look_at_segments(fact, view);
        case FactForm::row_is:
        case FactForm::row_missing:
        case FactForm::row_on_disk:
        case FactForm::rows:
            return look_at_rows(fact, view);
        case FactForm::wire_stands:
            return FactFound{view.world.lab.lives, view.world.lab.lives ? "the wire stands" : "there is no wire"};
        default:
            return std::nullopt;
    }
}

}  // namespace synoptic
