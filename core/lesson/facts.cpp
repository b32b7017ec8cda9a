#include "core/lesson/facts.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>

#include "core/base/text.h"
#include "core/trace/constants.h"

namespace synoptic {

std::set<ProgramId> FactView::own_programs() const {
    std::set<ProgramId> own;
    for (const std::uint64_t command : commands) {
        for (const ProgramId id : log.started_by(command)) own.insert(id);
    }
    return own;
}

namespace {

std::string call_name(EventKind call) {
    return kind_info(call).name;
}

std::string error_name(int error) {
    const char* name = error < 0 ? gai_error_name(error) : strerrorname_np(error);
    return name ? name : std::to_string(error);
}

bool is_in(const Actor& actor, EventKind call) {
    return std::any_of(actor.calls.begin(), actor.calls.end(), [&](const OpenCall& open) { return open.kind == call && open.entered; });
}

/** The innermost call that it was made to make. */
const OpenCall* innermost(const Actor& actor) {
    return actor.calls.empty() ? nullptr : &actor.calls.back();
}

struct Subject {
    const FactView& view;
    const Who& who;
    ActorId id;
    const Actor* actor;
    const Program* program;
    std::string name;

    Subject(const FactView& v, const Who& w)
        : view(v),
          who(w),
          id(v.cast.actor(v.world, v.log, w)),
          actor(find(v.world, id)),
          program(find(v.world, v.cast.program(w.name))),
          name(w.text()) {}

    bool is_program() const { return who.part == Who::Part::program; }
    const Process* process() const { return actor ? find(view.world, actor->process) : nullptr; }
    /** Its own process, not one that it shares with the app. */
    const Process* own_process() const {
        const Process* its = process();
        return its && !its->is_app ? its : nullptr;
    }
    bool has_ended() const {
        if (is_program()) return program && program->state == Program::State::ended;
        const Process* its = own_process();
        return actor && (actor->state == Actor::State::ended || (its && its->state != Process::State::runs));
    }
    std::string does() const { return actor ? doing(view.world, id, name) : fmt::format("there is no {} (yet)", name); }
};

/** "exited with status 1", "killed by SIGPIPE". */
std::string status_text(int status) {
    if (status < 0) return "its status is not known";
    if (WIFSIGNALED(status)) return fmt::format("killed by SIG{}", sigabbrev_np(WTERMSIG(status)));
    return fmt::format("exited with status {}", WEXITSTATUS(status));
}

FactFound look_at_end(const LessonFact& fact, const Subject& who) {
    const Process* process = who.own_process();
    const int status = process ? process->wait_status : -1;
    switch (fact.form) {
        case FactForm::runs:
            return {(who.program != nullptr && who.is_program() ? who.program->state != Program::State::ended : who.actor != nullptr) &&
                        !who.has_ended(),
                    who.does()};
        case FactForm::ended:
            return {who.has_ended(), who.does()};
        case FactForm::ended_with: {
            const int exit = who.is_program() && who.program    ? who.program->exit_status
                             : status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                : -1;
            if (!who.has_ended()) return {false, who.does()};
            FactFound found = counted(fact.words.counts.at(0), exit, fmt::format("{} has ended with status", who.name));
            return found;
        }
        case FactForm::killed:
            return {status >= 0 && WIFSIGNALED(status), process ? fmt::format("{}: {}", who.does(), status_text(status)) : who.does()};
        case FactForm::killed_by:
            return {status >= 0 && WIFSIGNALED(status) && WTERMSIG(status) == fact.words.signal,
                    process ? fmt::format("{}: {}", who.does(), status_text(status)) : who.does()};
        default:
            return {process && process->state == Process::State::zombie,
                    process ? fmt::format("{}, and its process {}", who.does(), state_name(process->state)) : who.does()};
    }
}

FactFound look_at_calls(const LessonFact& fact, const Subject& who) {
    const CallLog::Calls* calls = who.view.log.calls(who.id, fact.words.call);
    const std::string name = call_name(fact.words.call);
    if (fact.form == FactForm::called || fact.form == FactForm::called_times) {
        const std::int64_t times = calls ? static_cast<std::int64_t>(calls->entered) : 0;
        return counted(fact.form == FactForm::called ? Count{Count::How::at_least, 1} : fact.words.counts.at(0), times,
                       fmt::format("{} called {} so often:", who.name, name));
    }
    if (!calls || calls->returned == 0) return {false, fmt::format("{} of {} has not returned: {}", name, who.name, who.does())};
    const std::string found = calls->error != 0 ? fmt::format("{} of {} failed with {}", name, who.name, error_name(calls->error))
                              : calls->failed()
                                  ? fmt::format("{} of {} failed with {}", name, who.name, error_name(static_cast<int>(calls->result)))
                                  : fmt::format("{} of {} returned {}", name, who.name, calls->result);
    switch (fact.form) {
        case FactForm::call_returned:
            return {true, found};
        case FactForm::call_returned_number:
            return {fact.words.counts.at(0).holds(calls->result), found, calls->result};
        case FactForm::call_failed:
            return {calls->failed(), found};
        default:
            return {fact.words.error < 0 ? calls->result == fact.words.error : calls->error == fact.words.error, found};
    }
}

FactFound look_at_output(const LessonFact& fact, const Subject& who) {
    const Program* program = who.program;
    const bool nothing = !program || program->output.empty();
    const std::string last = nothing ? "nothing" : in_quotes(program->output.back());
    if (fact.form == FactForm::printed_nothing) return {program != nullptr && nothing, fmt::format("{} printed {}", who.name, last)};
    const std::string& text = fact.words.texts.at(0);
    const std::string wanted = text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
    const auto lines = program ? std::count_if(program->output.begin(), program->output.end(),
                                               [&](const std::string& line) { return line.find(wanted) != std::string::npos; })
                               : 0;
    if (fact.form == FactForm::printed_times)
        return counted(fact.words.counts.at(0), lines, fmt::format("{} printed so many lines of that:", who.name));
    return {lines > 0, fmt::format("what {} printed last is {}", who.name, last)};
}

}  // namespace

std::string doing(const World& world, ActorId id, const std::string& name) {
    const Actor* actor = find(world, id);
    if (!actor) return fmt::format("{} is not there (any more)", name);
    const Process* process = find(world, actor->process);
    if (process && process->state == Process::State::zombie) return fmt::format("{} is a zombie", name);
    const OpenCall* call = innermost(*actor);
    switch (actor->state) {
        case Actor::State::ended:
            return fmt::format("{} has ended", name);
        case Actor::State::blocked:
            return fmt::format("{} is blocked in {}", name, call ? call_name(call->kind) : "the kernel");
        case Actor::State::calls:
            return fmt::format("{} is in {}", name, call ? call_name(call->kind) : "the kernel");
        case Actor::State::arrives:
            return fmt::format("{} stands before {}", name, call ? call_name(call->kind) : "a call");
        case Actor::State::rests:
            return fmt::format("{} stands behind a call", name);
        case Actor::State::computes:
            break;
    }
    return fmt::format("{} runs", name);
}

FactFound counted(const Count& count, std::int64_t number, const std::string& what) {
    return {count.holds(number), fmt::format("{} {}", what, number), number};
}

std::optional<FactFound> look_at_actors(const LessonFact& fact, const FactView& view) {
    if (fact.words.who.empty()) return std::nullopt;
    const Subject who(view, fact.words.who[0]);
    const auto state_is = [&](bool holds) { return FactFound{holds, who.does()}; };
    switch (fact.form) {
        case FactForm::blocked_in:
            return state_is(who.actor && who.actor->state == Actor::State::blocked && is_in(*who.actor, fact.words.call));
        case FactForm::blocked:
            return state_is(who.actor && who.actor->state == Actor::State::blocked);
        case FactForm::in_call:
            return state_is(who.actor && is_in(*who.actor, fact.words.call));
        case FactForm::stands_before: {
            const OpenCall* call = who.actor ? innermost(*who.actor) : nullptr;
            return state_is(call && call->stands && call->kind == fact.words.call);
        }
        case FactForm::stands:
            return state_is(who.actor && (who.actor->state == Actor::State::arrives || who.actor->state == Actor::State::rests));
        case FactForm::runs:
        case FactForm::ended:
        case FactForm::ended_with:
        case FactForm::killed:
        case FactForm::killed_by:
        case FactForm::is_zombie:
            return look_at_end(fact, who);
        case FactForm::call_returned:
        case FactForm::call_returned_number:
        case FactForm::call_failed:
        case FactForm::call_failed_with:
        case FactForm::called:
        case FactForm::called_times:
            return look_at_calls(fact, who);
        case FactForm::called_text: {
            const std::vector<std::string> texts = view.log.texts_of(view.history, who.id);
            const std::string& wanted = fact.words.texts.at(0);
            // What reads as bytes in the call list stands there escaped.
            const std::string escaped_text = escaped(wanted);
            const bool holds = std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
                return text.find(wanted) != std::string::npos || text.find(escaped_text) != std::string::npos;
            });
            return FactFound{holds, texts.empty() ? fmt::format("{} has made no call yet", who.name)
                                                  : fmt::format("its last call was {}", texts.front())};
        }
        case FactForm::printed:
        case FactForm::printed_times:
        case FactForm::printed_nothing:
            return look_at_output(fact, who);
        default:
            return std::nullopt;
    }
}

FactFound look_at(const LessonFact& fact, const FactView& view) {
    std::optional<FactFound> found = look_at_actors(fact, view);
    if (!found) found = look_at_connections(fact, view);
    if (!found) found = look_at_descriptors(fact, view);
    if (!found) found = look_at_wire_and_rows(fact, view);
    if (!found) return {false, "this is not known"};
    if (fact.negated) found->holds = !found->holds;
    return std::move(*found);
}

}  // namespace synoptic
