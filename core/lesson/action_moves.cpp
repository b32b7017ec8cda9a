// What a lesson's lines about pace, segments and rules come to.
#include <fmt/format.h>

#include <algorithm>

#include "core/lesson/action_runner.h"
#include "core/lesson/quote.h"

namespace synoptic {

namespace {

bool stands(const Actor& actor) {
    return (actor.state == Actor::State::arrives || actor.state == Actor::State::rests) &&
           (actor.gate == GateMode::step || actor.at_breakpoint);
}

bool anybody_stands(const World& world) {
    return std::any_of(world.actors.begin(), world.actors.end(), [](const auto& entry) { return stands(entry.second); });
}

std::string waiting_text(const World& world) {
    std::string text;
    for (const WireId id : waiting_segments(world)) {
        const WireSegment* segment = find(world, id);
        if (segment) text += (text.empty() ? "" : ", ") + segment->reading.title;
    }
    return text.empty() ? "no segment waits" : "these wait: " + text;
}

}  // namespace

ActionRunner::Plan ActionRunner::gates(const FactView& view, GateMode mode, std::uint32_t ms) {
    Plan plan;
    if (action_.words.who.empty()) {
        plan.commands.emplace_back(SetGate{.mode = mode, .ms = ms, .holds_wire = mode == GateMode::step});
        return plan;
    }
    const Who& who = action_.words.who[0];
    std::vector<ActorId> actors;
    if (who.part == Who::Part::program) {
        for (const ProgramId id : cast_.programs(who.name)) {
            for (const CallLog::Begun& begun : log_.actors_of(id)) {
                const Actor* actor = find(view.world, begun.id);
                if (actor && actor->state != Actor::State::ended) actors.push_back(begun.id);
            }
        }
    } else
        actors.push_back(cast_.actor(view.world, log_, who));
    for (const ActorId id : actors) {
        const Actor* actor = find(view.world, id);
        if (actor && actor->state != Actor::State::ended) plan.commands.emplace_back(SetGate{.actor = id, .mode = mode, .ms = ms});
    }
    if (plan.commands.empty()) fail(fmt::format("“{}”: there is no {} that runs", action_.text, who.text()));
    return plan;
}

std::optional<ActionRunner::Plan> ActionRunner::plan_pace(const FactView& view) {
    Plan plan;
    switch (action_.form) {
        case ActionForm::run:
        case ActionForm::run_all:
            return gates(view, GateMode::run, 0);
        case ActionForm::pause:
        case ActionForm::pause_all:
            return gates(view, GateMode::step, 0);
        case ActionForm::slow:
        case ActionForm::slow_all:
            return gates(view, GateMode::slow, action_.words.ms);
        case ActionForm::stop_at:
        case ActionForm::dont_stop_at: {
            const Result<QuoteBlock> quote = find_quote(action_.words.texts.at(0));
            if (!quote)
                fail(quote.error().detail);
            else
                plan.commands.emplace_back(SetBreakpoint{quote->file, quote->first_line, action_.form == ActionForm::stop_at});
            return plan;
        }
        case ActionForm::deliver_all:
            plan.commands.emplace_back(DeliverAll{});
            return plan;
        case ActionForm::restart_wire:
            plan.commands.emplace_back(StartLab{});
            plan.is_done = [](const FactView& now) { return now.world.lab.lives; };
            return plan;
        case ActionForm::capture_loopback:
            plan.commands.emplace_back(CaptureLoopback{true});
            plan.may_be_refused = true;  // it needs a capability that few have
            return plan;
        case ActionForm::restart_helper:
            plan.commands.emplace_back(RestartHelper{});
            return plan;
        default:
            fail(fmt::format("“{}” can't be done", action_.text));
            return std::nullopt;
    }
}

std::optional<ActionRunner::Plan> ActionRunner::plan_step(const FactView& view) {
    Plan plan;
    Step step;
    const bool by_segment = action_.form == ActionForm::step_segment;
    if (by_segment) {
        step.over = StepOver::segments;
        waits_for_ = "a segment that waits";
        if (waiting_segments(view.world).empty()) return std::nullopt;
    } else if (!action_.words.who.empty()) {
        const Who& who = action_.words.who[0];
        step.actor = cast_.actor(view.world, log_, who);
        const Actor* actor = find(view.world, step.actor);
        waits_for_ = fmt::format("{} to stand at its gate; now {}", who.text(), doing(view.world, step.actor, who.text()));
        if (!actor || !stands(*actor)) return std::nullopt;
    } else {
        waits_for_ = "somebody who stands at a gate, or a segment that waits";
        if (!anybody_stands(view.world) && waiting_segments(view.world).empty()) return std::nullopt;
    }
    plan.commands.emplace_back(step);
    plan.is_done = [this](const FactView&) { return log_.steps_done() > steps_before_; };
    return plan;
}

std::optional<ActionRunner::Plan> ActionRunner::plan_rules(const FactView& view) {
    Plan plan;
    Rules rules = view.world.lab.rules;
    const std::string& from = action_.words.from;
    const Program* whose = find(view.world, cast_.program(from));
    const auto change = [&](const std::function<void(DirectionRules&)>& how) {
        const bool of_clients = from == "clients" || (whose && !whose->is_server);
        if (from.empty() || of_clients) how(rules.to_server);
        if (from.empty() || !of_clients) how(rules.to_client);
    };
    const auto number = action_.words.numbers.empty() ? std::int64_t{0} : action_.words.numbers[0];
    switch (action_.form) {
        case ActionForm::hold:
            change([&](DirectionRules& way) { way.hold |= action_.words.kinds; });
            break;
        case ActionForm::hold_nothing:
            change([](DirectionRules& way) { way.hold = 0; });
            break;
        case ActionForm::delay:
            change([&](DirectionRules& way) { way.delay_ms = action_.words.ms; });
            break;
        case ActionForm::delay_nothing:
            change([](DirectionRules& way) { way.delay_ms = 0; });
            break;
        case ActionForm::lose_every:
            change([&](DirectionRules& way) { way.lose_every_nth = static_cast<std::uint32_t>(number); });
            break;
        case ActionForm::lose_percent:
            change(
                [&](DirectionRules& way) { way.lose_probability = static_cast<double>(std::clamp<std::int64_t>(number, 0, 100)) / 100; });
            break;
        case ActionForm::lose_nothing:
            change([](DirectionRules& way) { way.lose_every_nth = 0, way.lose_probability = 0; });
            break;
        default:
            rules = Rules{};
            break;
    }
    plan.commands.emplace_back(SetRules{rules});
    if (action_.form == ActionForm::no_rules && view.world.lab.lives) plan.commands.emplace_back(DeliverAll{});
    return plan;
}

std::optional<ActionRunner::Plan> ActionRunner::plan_segment(const FactView& view) {
    WireId meant{};
    for (const WaitingStack& stack : waiting_stacks(view.world)) {
        const WireSegment* segment = find(view.world, stack.top);
        const bool fits = segment && is_of(*segment, action_.words.segment) && is_from(view, *segment, action_.words.from) &&
                          is_to(view, *segment, action_.words.to);
        if (fits && meant == WireId::none) meant = stack.top;
    }
    waits_for_ = waiting_text(view.world);
    if (meant == WireId::none) return std::nullopt;
    Plan plan;
    MoveSegment move{meant, SegmentMove::deliver, Stack::with_copies};
    if (action_.form == ActionForm::deliver_once) move = {meant, SegmentMove::deliver_once, Stack::only_this};
    if (action_.form == ActionForm::drop) move.move = SegmentMove::drop;
    if (action_.form == ActionForm::duplicate) move = {meant, SegmentMove::duplicate, Stack::only_this};
    if (action_.form == ActionForm::hurry) move = {meant, SegmentMove::overtake, Stack::only_this};
    plan.commands.emplace_back(move);
    const bool leaves = action_.form == ActionForm::deliver || action_.form == ActionForm::deliver_once || action_.form == ActionForm::drop;
    if (leaves) {
        plan.is_done = [meant](const FactView& now) {
            const WireSegment* segment = find(now.world, meant);
            return !segment || !segment->waits();
        };
    }
    return plan;
}

}  // namespace synoptic
