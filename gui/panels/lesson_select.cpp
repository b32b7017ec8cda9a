#include "gui/panels/lesson_select.h"

#include "core/lesson/facts.h"

namespace synoptic {
namespace {

Selection of_program(ProgramId id) {
    Selection selection;
    selection.program = id;
    return selection;
}

/** A program is selected as itself, a child or thread as the actor that it is. */
std::optional<Selection> select_who(const Player& player, const World& world, const Who& who) {
    if (who.part == Who::Part::program) {
        const ProgramId program = player.program(who.name);
        if (program == ProgramId::none) return {};
        return of_program(program);
    }
    const ActorId actor = player.actor(world, who);
    if (actor == ActorId{}) return {};
    Selection selection;
    selection.actor = actor;
    return selection;
}

std::optional<Selection> select_socket(SocketId socket) {
    if (socket == SocketId{}) return {};
    Selection selection;
    selection.socket = socket;
    return selection;
}

/** True if this segment was sent by that program: by a client's own socket, or to a client of that server's port. */
bool was_sent_by(const World& world, const WireSegment& segment, const Program& sender) {
    if (segment.direction != (sender.is_server ? Direction::to_client : Direction::to_server)) return false;
    const Socket* socket = find(world, sender.is_server ? sender.listener : sender.clientfd);
    const TcpEnd* end = sender.is_server ? nullptr : tcp_end(world, sender.clientfd);
    const Address local = socket && socket->local.known() ? socket->local : end ? end->local : Address{};
    return local.known() && segment.source.port() == local.port();
}

std::optional<Selection> select_segment(const Player& player, const World& world, const Operands& words) {
    const ProgramId from = words.who.empty() ? ProgramId::none : player.program(words.who.front().name);
    const Program* sender = find(world, from);
    if (sender == nullptr) return {};
    for (const WireId id : waiting_segments(world)) {
        const WireSegment* segment = find(world, id);
        if (segment == nullptr || !was_sent_by(world, *segment, *sender) || !is_of(*segment, words.segment)) continue;
        Selection selection;
        selection.segment = id;
        return selection;
    }
    return {};
}

/** A row of the database that was changed last. */
std::optional<Selection> select_row(const World& world, const Operands& words) {
    const Database* latest = nullptr;
    for (const auto& [id, database] : world.databases) {
        if (database.last_event != no_event && (!latest || database.last_event > latest->last_event)) latest = &database;
    }
    if (latest == nullptr || words.numbers.empty()) return {};
    const auto row = latest->rows.find(words.numbers.front());
    if (row == latest->rows.end()) return {};
    Selection selection;
    selection.database = latest->id;
    selection.key = row->first;
    selection.event = row->second.event;
    return selection;
}

}  // namespace

std::optional<Selection> selection_of(const Player& player, const World& world, const ShowBlock::Selected& wanted) {
    const Operands& words = wanted.words;
    if (wanted.form == ShownForm::segment_from) return select_segment(player, world, words);
    if (wanted.form == ShownForm::row) return select_row(world, words);
    if (words.who.empty()) return {};
    const Who& who = words.who.front();
    if (wanted.form == ShownForm::who) return select_who(player, world, who);
    const Program* program = find(world, player.program(who.name));
    if (program == nullptr) return {};
    switch (wanted.form) {
        case ShownForm::listener:
            return select_socket(program->listener);
        case ShownForm::connection: {
            const Connection* connection = connection_of_client(world, program->id);
            if (connection == nullptr) return select_socket(program->clientfd);
            Selection selection;
            selection.connection = connection->id;
            return selection;
        }
        case ShownForm::descriptor: {
            const Actor* actor = find(world, player.actor(world, who));
            if (actor == nullptr || words.numbers.empty()) return {};
            Selection selection;
            selection.process = actor->process;
            selection.fd = static_cast<int>(words.numbers.front());
            return selection;
        }
        case ShownForm::row:
        case ShownForm::segment_from:
        case ShownForm::who:
            break;
    }
    return {};
}

}  // namespace synoptic
