#include "gui/panels/code_place.h"

#include "core/programs/registry.h"
#include "gui/panels/words.h"
#include "gui/sources.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

// An actor that runs at full speed passes through many files: the pane turns to one only when the actor stays there.
constexpr std::uint64_t stays_ns = 150'000'000;

CodePlace place_of(const PanelContext& panel, const Actor& actor) {
    return {panel.history.file(actor.file), actor.line, actor.id};
}

bool stays(const PanelContext& panel, const Actor& actor) {
    if (panel.past || actor.gate != GateMode::run) return true;
    return panel.now_ns > actor.state_since_ns + stays_ns;
}

/** The file of a program, and where its main actor stands in it, if it does; another file if it waits there. */
CodePlace place_of_program(const PanelContext& panel, const CodeView& view, ProgramId id) {
    const Program* program = find(panel.world, id);
    const ProgramInfo* info = program ? find_program(program->name) : nullptr;
    if (!info) return {};
    for (const ActorId actor_id : program->actors) {
        const Actor* actor = find(panel.world, actor_id);
        if (!actor || !is_main_actor(panel.world, *actor) || actor->file == 0) continue;
        const CodePlace place = place_of(panel, *actor);
        if (place.file == info->file && stays(panel, *actor)) return place;
        // A function in another file may be where it waits: echo.cpp has the recv of every echo server.
        if (place.file == info->file || shown_source(place.file).empty()) continue;
        if (actor->state == Actor::State::blocked && stays(panel, *actor)) return place;
        if (actor->state == Actor::State::blocked) ui::wake_in(static_cast<double>(stays_ns) / 1e9);
        if (view.last_file == place.file) return {place.file, 0, {}};  // it was there a moment ago: the pane does not turn to and fro
    }
    return {info->file, 0, {}};
}

/** Who makes the calls of what is selected, where that is no actor: of a connection the worker that serves it, else its client. */
ActorId actor_behind(const World& world, const Selection& chosen) {
    if (chosen.actor != ActorId::none) return chosen.actor;
    const Connection* connection = find(world, connection_meant(world, chosen));
    const Socket* socket = find(world, chosen.socket);
    if (connection) {
        const std::vector<ActorId> workers = workers_of(world, connection->id);
        if (!workers.empty() && (!socket || socket->id != connection->client)) return workers.front();
        if (!socket || socket->id == connection->client) socket = find(world, connection->client);
    }
    const Program* program = socket ? find(world, socket->program) : nullptr;
    return program && !program->actors.empty() ? program->actors.front() : ActorId::none;
}

}  // namespace

CodePlace followed_place(PanelContext& panel, const CodeView& view) {
    const Selection& chosen = panel.selection;
    if (chosen.event < panel.history.size()) {
        const Event event = panel.history.event(chosen.event);
        if (event.file != 0) return {panel.history.file(event.file), event.line, event.actor};
    }
    if (!chosen.source.name.empty()) return {chosen.source.name, 0, {}};
    if (const Actor* actor = find(panel.world, actor_behind(panel.world, chosen)); actor && actor->file != 0) {
        if (stays(panel, *actor)) return place_of(panel, *actor);
        ui::wake_in(static_cast<double>(stays_ns) / 1e9);
        if (!view.last_file.empty()) return {view.last_file, 0, actor->id};
    }
    if (chosen.program != ProgramId::none) {
        CodePlace place = place_of_program(panel, view, chosen.program);
        if (!place.file.empty()) return place;
    }
    const Actor* moved = find(panel.world, panel.world.last_moved);
    if (moved && moved->file != 0 && (panel.past || moved->gate == GateMode::step)) return place_of(panel, *moved);
    CodePlace newest;
    for (const auto& [id, program] : panel.world.programs) {
        if (program.is_server && program.state != Program::State::ended) newest = place_of_program(panel, view, id);
    }
    return newest;
}

}  // namespace synoptic
