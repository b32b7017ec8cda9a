#include "gui/panels/call_makers.h"

#include <fmt/format.h>

#include "core/programs/registry.h"
#include "core/trace/format.h"

namespace synoptic {

std::vector<ActorId> CallMakers::take(const History& history, EventIndex index) {
    const Event& event = history.event(index);
    switch (event.kind) {
        case EventKind::program_begin: {
            const std::vector<std::string> texts = payload_strings(history.payload(index));
            CallMaker& program = programs_[ProgramId{static_cast<std::uint32_t>(event.socket)}];
            if (texts.size() > 1) program.label = texts[1];
            program.is_server = event.a == static_cast<std::int64_t>(Role::server);
            return {};
        }
        case EventKind::actor_begin:
            begin(history, index, event);
            return {};
        case EventKind::actor_end: {
            std::vector<ActorId> one{event.actor};
            return end_all(one, index);
        }
        case EventKind::process_ended:
            // All its threads are gone with it, without a word of their own.
            return end_all(of_process_[static_cast<pid_t>(event.a)], index);
        case EventKind::program_end:
            // Its end is told when its workers have ended, too: of those who did not say so, the last events were lost with them.
            return end_all(of_program_[ProgramId{static_cast<std::uint32_t>(event.socket)}], index);
        default:
            return {};
    }
}

void CallMakers::begin(const History& history, EventIndex index, const Event& event) {
    CallMaker& maker = makers_[event.actor];
    maker.pid = static_cast<pid_t>(event.a);
    maker.tid = static_cast<pid_t>(event.b);
    maker.program = ProgramId{static_cast<std::uint32_t>(event.socket)};
    const CallMaker* program = this->program(maker.program);
    maker.is_server = program && program->is_server;
    const auto parent = makers_.find(ActorId{static_cast<std::uint32_t>(event.value)});
    maker.is_main = parent == makers_.end() || parent->second.program != maker.program;
    const std::string name(history.payload(index).substr(0, history.payload(index).find('\0')));
    if (program && maker.is_main)
        maker.label = program->label;
    else
        maker.label = fmt::format("{} {}", name.empty() ? "worker" : name, maker.tid);
    of_process_[maker.pid].push_back(event.actor);
    of_program_[maker.program].push_back(event.actor);
}

std::vector<ActorId> CallMakers::end_all(std::vector<ActorId>& living, EventIndex index) {
    std::vector<ActorId> ended;
    for (const ActorId actor : living) {
        CallMaker& maker = makers_[actor];
        if (maker.ended) continue;
        maker.ended = true;
        maker.ended_at = index;
        ended.push_back(actor);
    }
    living.clear();
    return ended;
}

const CallMaker& CallMakers::maker(ActorId actor) const {
    static const CallMaker nobody;
    const auto found = makers_.find(actor);
    return found == makers_.end() ? nobody : found->second;
}

const CallMaker* CallMakers::program(ProgramId id) const {
    const auto found = programs_.find(id);
    return found == programs_.end() ? nullptr : &found->second;
}

}  // namespace synoptic
