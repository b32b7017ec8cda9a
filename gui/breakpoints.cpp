// Who stands at a breakpoint while all others run: see app_state.h.
#include "gui/app_state.h"
#include "gui/panels/words.h"

namespace synoptic {

const Actor* stopped_actor(const World& world, ActorId preferred) {
    const auto is_stopped = [](const Actor& actor) {
        return actor.broke && (actor.state == Actor::State::arrives || actor.state == Actor::State::rests);
    };
    if (const Actor* actor = find(world, preferred); actor != nullptr && is_stopped(*actor)) return actor;
    const Actor* longest = nullptr;
    for (const auto& [id, actor] : world.actors) {
        if (is_stopped(actor) && (longest == nullptr || actor.state_since_ns < longest->state_since_ns)) longest = &actor;
    }
    return longest;
}

bool stopped_by_breakpoints(const World& world) {
    return stopped_actor(world, ActorId::none) != nullptr;
}

void turn_to_breakpoint(AppState& state) {
    const World& live = state.moment.live();
    if (live.breakpoint_hits == state.breakpoint_hits_seen) return;
    state.breakpoint_hits_seen = live.breakpoint_hits;
    const Actor* stopped = find(live, live.last_broke);
    const Actor* selected = find(live, state.selection.actor);
    // Another one that stops does not take the selection from who was stepped from a breakpoint.
    if (state.moment.past() || stopped == nullptr || !stopped->at_breakpoint) return;
    if (selected != nullptr && selected->broke && state.selection.event == no_event && selected->id != stopped->id) return;
    state.selection = select_actor(live, stopped->id);
}

}  // namespace synoptic
