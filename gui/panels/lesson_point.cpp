#include "gui/panels/lesson_point.h"

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

const Connection* connection_of_client(const World& world, const Program& client) {
    const Connection* latest = nullptr;
    for (const auto& [id, connection] : world.connections) {
        if (client.clientfd != SocketId{} && connection.client == client.clientfd) latest = &connection;
    }
    return latest;
}

std::optional<Selection> select_segment(const Player& player, const World& world, const Operands& words) {
    const ProgramId from = words.who.empty() ? ProgramId::none : player.program(words.who.front().name);
    const Program* sender = find(world, from);
    if (sender == nullptr) return {};
    const Direction direction = sender->is_server ? Direction::to_client : Direction::to_server;
    for (const WireId id : waiting_segments(world)) {
        const WireSegment* segment = find(world, id);
        if (segment == nullptr || segment->direction != direction) continue;
        Selection selection;
        selection.segment = id;
        return selection;
    }
    return {};
}

/** The program of whatever is selected; none if it has none. */
ProgramId program_of(const World& world, const Selection& selection) {
    if (selection.program != ProgramId::none) return selection.program;
    if (const Actor* actor = find(world, selection.actor)) return actor->program;
    if (const Process* process = find(world, selection.process)) return process->program;
    return ProgramId::none;
}

/** True if this selection means the one that a fact is about. */
bool means(const Player& player, const World& world, const Selection& selection, const Who& who) {
    if (who.part == Who::Part::program) {
        // Somebody else's child is not the program.
        const Actor* actor = find(world, selection.actor);
        const bool first = actor == nullptr || player.actor(world, who) == selection.actor;
        const ProgramId program = player.program(who.name);
        return program != ProgramId::none && first && program_of(world, selection) == program;
    }
    const ActorId meant = player.actor(world, who);
    if (meant == ActorId{}) return false;
    const Actor* actor = find(world, meant);
    return selection.actor == meant ||
           (actor != nullptr && !actor->is_thread && selection.process == actor->process && selection.process != ProcessId{});
}

}  // namespace

std::optional<std::size_t> choice_pointed_at(const Player& player, const QuestionBlock& question, const World& world,
                                             const Selection& selection) {
    if (selection.empty()) return {};
    std::optional<std::size_t> found;
    for (std::size_t index = 0; index < question.choices.size(); ++index) {
        const std::optional<LessonFact>& fact = question.choices[index].fact;
        if (!fact || fact->words.who.empty() || !means(player, world, selection, fact->words.who.front())) continue;
        if (found) return {};
        found = index;
    }
    return found;
}

std::optional<Selection> selection_of(const Player& player, const World& world, const ShowBlock::Selected& wanted) {
    const Operands& words = wanted.words;
    if (wanted.form == ShownForm::segment_from) return select_segment(player, world, words);
    if (words.who.empty()) return {};
    const Who& who = words.who.front();
    if (wanted.form == ShownForm::who) return select_who(player, world, who);
    const Program* program = find(world, player.program(who.name));
    if (program == nullptr) return {};
    switch (wanted.form) {
        case ShownForm::listener:
            return select_socket(program->listener);
        case ShownForm::connection: {
            const Connection* connection = connection_of_client(world, *program);
            if (connection == nullptr) return select_socket(program->clientfd);
            Selection selection;
            selection.connection = connection->id;
            return selection;
        }
        case ShownForm::descriptor: {
            const Actor* actor = find(world, player.actor(world, who));
            if (actor == nullptr || words.counts.empty()) return {};
            Selection selection;
            selection.process = actor->process;
            selection.fd = static_cast<int>(words.counts.front().number);
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
