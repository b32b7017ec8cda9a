#include "core/lesson/action_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/clock.h"
#include "core/lesson/matcher.h"

namespace synoptic {

namespace {

constexpr std::uint32_t patience_ms = 10'000;
constexpr std::uint32_t outcome_patience_ms = 30'000;  // a thousand clients are one command

bool is_step(ActionForm form) {
    return form == ActionForm::step || form == ActionForm::step_all || form == ActionForm::step_times ||
           form == ActionForm::step_all_times || form == ActionForm::step_until || form == ActionForm::step_all_until ||
           form == ActionForm::step_segment;
}

}  // namespace

void ActionRunner::begin(const LessonAction& action, std::uint64_t now_ns) {
    action_ = action;
    plan_.reset();
    sent_.clear();
    outcomes_ = 0;
    why_.clear();
    waits_for_ = action.text;
    began_ns_ = now_ns;
    const bool times = action.form == ActionForm::step_times || action.form == ActionForm::step_all_times;
    rounds_left_ = times ? static_cast<int>(action.words.numbers.at(0)) : action.until.empty() ? 1 : most_steps;
    if (action.form == ActionForm::connect) rounds_left_ = static_cast<int>(action.words.fresh.size());
    const bool timed = action.form == ActionForm::wait || action.form == ActionForm::wait_for_within;
    deadline_ns_ = now_ns + (timed ? action.words.ms : patience_ms) * ms_ns;
}

std::vector<ProgramId> ActionRunner::programs() const {
    std::vector<ProgramId> all;
    for (const std::uint64_t command : submitted_) {
        const std::vector<ProgramId> its = log_.started_by(command);
        all.insert(all.end(), its.begin(), its.end());
    }
    return all;
}

void ActionRunner::fail(std::string why) {
    if (why_.empty()) why_ = std::move(why);
}

const LessonOption* ActionRunner::option(OptionForm form) const {
    const auto found =
        std::find_if(action_.options.begin(), action_.options.end(), [&](const LessonOption& each) { return each.form == form; });
    return found == action_.options.end() ? nullptr : &*found;
}

Network ActionRunner::network_of() const {
    if (option(OptionForm::on_loopback)) return Network::loopback;
    if (option(OptionForm::on_wire)) return Network::wire;
    return network_;
}

/** Takes note of what became of the commands; true once all were carried out. */
bool ActionRunner::carried_out() {
    while (outcomes_ < sent_.size()) {
        const CallLog::CommandOutcome* outcome = log_.outcome_of(sent_[outcomes_]);
        if (!outcome) return false;
        // A program that could not start is there all the same, and has ended.
        const std::vector<ProgramId> programs = log_.started_by(sent_[outcomes_]);
        started_.insert(started_.end(), programs.begin(), programs.end());
        const std::string& name = plan_->names.at(outcomes_);
        if (!name.empty() && !programs.empty()) {
            cast_.set(name, programs);
            for (std::size_t i = 0; action_.form == ActionForm::connect_many && i < programs.size(); ++i)
                cast_.set(fmt::format("{}{}", name, i + 1), {programs[i]});
        }
        if (outcome->failed && !plan_->may_be_refused) fail(fmt::format("“{}” was refused: {}", action_.text, outcome->text));
        ++outcomes_;
    }
    return true;
}

/** Each command that is carried out, the user's too, shows that the session gets on. */
ActionRunner::Outcome ActionRunner::wait_for_outcome() {
    if (log_.last_finished() != last_finished_) {
        last_finished_ = log_.last_finished();
        outcome_deadline_ns_ = now_ns_ + outcome_patience_ms * ms_ns;
    }
    if (now_ns_ < outcome_deadline_ns_) return Outcome::waits;
    fail(fmt::format("“{}” was not carried out: the session has done nothing for {} s", action_.text, outcome_patience_ms / 1000));
    return Outcome::failed;
}

ActionRunner::Outcome ActionRunner::look(const FactView& view, std::uint64_t now_ns) {
    if (action_.form == ActionForm::wait) return now_ns >= deadline_ns_ ? Outcome::done : Outcome::waits;
    const FactFound found = look_at(action_.until.at(0), view);
    if (found.holds) return Outcome::done;
    waits_for_ = action_.until[0].text;
    if (now_ns < deadline_ns_) return Outcome::waits;
    fail(fmt::format("waited for {}, but {}", action_.until[0].text, found.found));
    return Outcome::failed;
}

/** After a step, or a client: another one, or the end. */
ActionRunner::Outcome ActionRunner::next_round(const FactView& view, std::uint64_t now_ns) {
    --rounds_left_;
    const bool until = !action_.until.empty();
    if (until && look_at(action_.until[0], view).holds) return Outcome::done;
    if (rounds_left_ <= 0) {
        if (until)
            fail(fmt::format("after {} steps: expected {}, but {}", most_steps, action_.until[0].text,
                             look_at(action_.until[0], view).found));
        return until ? Outcome::failed : Outcome::done;
    }
    plan_.reset();
    sent_.clear();
    outcomes_ = 0;
    deadline_ns_ = now_ns + patience_ms * ms_ns;
    return Outcome::waits;
}

ActionRunner::Outcome ActionRunner::poll(const FactView& view, std::uint64_t now_ns) {
    now_ns_ = now_ns;
    if (!why_.empty()) return Outcome::failed;
    switch (action_.form) {
        case ActionForm::wait:
        case ActionForm::wait_for:
        case ActionForm::wait_for_within:
            return look(view, now_ns);
        case ActionForm::needs_wire:
        case ActionForm::needs_ipv6:
            return Outcome::done;
        default:
            break;
    }
    for (;;) {
        if (!plan_) {
            if (!action_.until.empty() && look_at(action_.until[0], view).holds) return Outcome::done;
            plan_ = plan(view);
            if (!why_.empty()) return Outcome::failed;
            if (!plan_ && now_ns >= deadline_ns_) {
                fail(fmt::format("“{}” could not be done in {} s: {}", action_.text, patience_ms / 1000, waits_for_));
                return Outcome::failed;
            }
            if (!plan_) return Outcome::waits;
            plan_->names.resize(plan_->commands.size());
            steps_before_ = log_.steps_done();
            for (const Command& command : plan_->commands) sent_.push_back(setup_.submit(command));
            submitted_.insert(submitted_.end(), sent_.begin(), sent_.end());
            outcome_deadline_ns_ = now_ns + outcome_patience_ms * ms_ns;
        }
        if (!carried_out()) return wait_for_outcome();
        if (!why_.empty()) return Outcome::failed;
        if (plan_->is_done && !plan_->is_done(view)) {
            if (now_ns < deadline_ns_) return Outcome::waits;
            if (!plan_->may_be_late) fail(fmt::format("“{}” was not done in {} s", action_.text, patience_ms / 1000));
            return plan_->may_be_late ? Outcome::done : Outcome::failed;
        }
        if (!is_step(action_.form) && action_.form != ActionForm::connect) return Outcome::done;
        const Outcome outcome = next_round(view, now_ns);
        if (outcome != Outcome::waits) return outcome;
    }
}

std::optional<ActionRunner::Plan> ActionRunner::plan(const FactView& view) {
    switch (action_.form) {
        case ActionForm::start:
            return plan_start(view);
        case ActionForm::connect:
        case ActionForm::connect_many:
            return plan_connect(view);
        case ActionForm::look_up:
            return plan_look_up();
        case ActionForm::stop:
        case ActionForm::close:
        case ActionForm::close_all:
        case ActionForm::kill:
        case ActionForm::kill_with:
            return plan_end(view);
        case ActionForm::hold:
        case ActionForm::hold_nothing:
        case ActionForm::delay:
        case ActionForm::delay_nothing:
        case ActionForm::lose_every:
        case ActionForm::lose_percent:
        case ActionForm::lose_nothing:
        case ActionForm::no_rules:
            return plan_rules(view);
        case ActionForm::deliver:
        case ActionForm::deliver_once:
        case ActionForm::drop:
        case ActionForm::duplicate:
        case ActionForm::hurry:
            return plan_segment(view);
        default:
            break;
    }
    if (is_step(action_.form)) return plan_step(view);
    if (std::optional<Plan> its = plan_programs(view)) return its;
    return plan_pace(view);
}

}  // namespace synoptic
