#include "core/lesson/call_log.h"

#include <algorithm>

#include "core/trace/format.h"

namespace synoptic {

void CallLog::read(const History& history, EventIndex end) {
    for (; next_ < end; ++next_) {
        const Event event = history.event(next_);
        switch (event.kind) {
            case EventKind::command:
                command_ = static_cast<std::uint64_t>(event.a);
                continue;
            case EventKind::command_done:
            case EventKind::command_failed:
                command_ = 0;
                outcomes_[static_cast<std::uint64_t>(event.a)] = {event.kind == EventKind::command_failed,
                                                                  std::string(history.payload(next_))};
                last_finished_ = static_cast<std::uint64_t>(event.a);
                continue;
            case EventKind::program_begin:
                // One thread carries out commands, one after the other: what begins between a command and its outcome was started by it.
                if (command_ != 0) take_program(ProgramId{static_cast<std::uint32_t>(event.socket)});
                continue;
            case EventKind::actor_begin:
                take_actor(event);
                continue;
            case EventKind::step_done:
                ++steps_done_;
                continue;
            case EventKind::store_opened:
            case EventKind::row_put:
            case EventKind::row_deleted:
                take_store_change(event);
                continue;
            default:
                break;
        }
        if (event.phase == Phase::enter) ++calls_[{event.actor, event.kind}].entered;
        if (event.phase != Phase::exit) continue;
        Calls& calls = calls_[{event.actor, event.kind}];
        ++calls.returned;
        calls.result = event.value;
        calls.error = event.error;
        calls.returns_error = event.kind == EventKind::getaddrinfo || event.kind == EventKind::getnameinfo;
        std::deque<EventIndex>& exits = exits_[event.actor];
        exits.push_back(next_);
        if (exits.size() > calls_kept) exits.pop_front();
    }
}

void CallLog::take_store_change(const Event& event) {
    constexpr std::int64_t memory_of_one_process = 2;  // store_opened's b: events.def
    const bool in_memory = event.kind == EventKind::store_opened && event.b == memory_of_one_process;
    const auto by = program_of_.find(event.actor);
    store_changes_[event.socket] = {by == program_of_.end() ? ProgramId::none : by->second, next_, in_memory};
}

void CallLog::take_program(ProgramId program) {
    started_[command_].push_back(program);
    starters_[program] = command_;
}

/** Children of two forks may begin in either order. */
void CallLog::take_actor(const Event& event) {
    const ProgramId program{static_cast<std::uint32_t>(event.socket)};
    program_of_[event.actor] = program;
    std::vector<Begun>& actors = actors_[program];
    const Begun begun{event.actor, event.fd <= 0, ActorId{static_cast<std::uint32_t>(event.value)}, event.fd};
    const auto later = std::find_if(actors.begin(), actors.end(), [&](const Begun& each) {
        return !begun.is_thread && !each.is_thread && each.parent == begun.parent && each.nth > begun.nth;
    });
    actors.insert(later, begun);
}

const CallLog::Calls* CallLog::calls(ActorId actor, EventKind call) const {
    const auto found = calls_.find({actor, call});
    return found == calls_.end() ? nullptr : &found->second;
}

const std::vector<CallLog::Begun>& CallLog::actors_of(ProgramId program) const {
    static const std::vector<Begun> none;
    const auto found = actors_.find(program);
    return found == actors_.end() ? none : found->second;
}

std::vector<ProgramId> CallLog::started_by(std::uint64_t command) const {
    const auto found = started_.find(command);
    return found == started_.end() ? std::vector<ProgramId>() : found->second;
}

std::optional<std::uint64_t> CallLog::starter_of(ProgramId program) const {
    const auto found = starters_.find(program);
    return found == starters_.end() ? std::nullopt : std::optional(found->second);
}

const CallLog::CommandOutcome* CallLog::outcome_of(std::uint64_t command) const {
    const auto found = outcomes_.find(command);
    return found == outcomes_.end() ? nullptr : &found->second;
}

std::vector<std::string> CallLog::texts_of(const History& history, ActorId actor) const {
    std::vector<std::string> texts;
    const auto found = exits_.find(actor);
    if (found == exits_.end()) return texts;
    for (auto at = found->second.rbegin(); at != found->second.rend(); ++at) {
        const EventIndex enter = history.enter_of(*at);
        if (enter == no_event) continue;
        const Event entered = history.event(enter), left = history.event(*at);
        const Told told_enter{entered, history.payload(enter)}, told_exit{left, history.payload(*at)};
        texts.push_back(print_call(told_enter, &told_exit) + print_result(entered, &left));
    }
    return texts;
}

}  // namespace synoptic
