// ActionRunner: carries out one line of a `do` block, and knows when it is done.
//
//     begin ──▶ waits (for a segment to hold, an actor to step) ──▶ sends Commands ──▶ waits for their outcome ──▶ waits until it has begun ──▶ done
//
// Not thread-safe: the player's own.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/lesson/facts.h"
#include "core/lesson/player.h"

namespace synoptic {

class ActionRunner {
   public:
    enum class Outcome : std::uint8_t { waits, done, failed };

    ActionRunner(const PlayerSetup& setup, LessonCast& cast, const CallLog& log) : setup_(setup), cast_(cast), log_(log) {}

    /** Where programs run unless they are started elsewhere. */
    void set_network(Network network) { network_ = network; }
    void begin(const LessonAction& action, std::uint64_t now_ns);
    Outcome poll(const FactView& view, std::uint64_t now_ns);

    const std::string& why() const { return why_; }  // of a failure
    const std::string& waits_for() const { return waits_for_; }
    std::uint64_t next_poll_ns() const { return outcomes_ < sent_.size() ? outcome_deadline_ns_ : deadline_ns_; }
    /** All that the lesson has started, as far as it is known; and whether all its commands were carried out. */
    std::vector<ProgramId> programs() const;
    /** Their numbers. */
    std::span<const std::uint64_t> commands() const { return submitted_; }
    bool is_settled() const { return submitted_.empty() || log_.last_finished() >= submitted_.back(); }
    void forget_started() { started_.clear(), submitted_.clear(); }

   private:
    /** What an action comes to, once it can be done. */
    struct Plan {
        std::vector<Command> commands;
        std::vector<std::string> names;                // of what each command starts; "" of one that starts nothing
        std::function<bool(const FactView&)> is_done;  // after the commands were carried out; empty: at once
        bool may_be_late = false;                      // not done in time is no failure
        bool may_be_refused = false;
    };
    /** Nothing as long as it can't be done yet; why_ if it never can. */
    std::optional<Plan> plan(const FactView& view);
    std::optional<Plan> plan_programs(const FactView& view);
    std::optional<Plan> plan_pace(const FactView& view);
    std::optional<Plan> plan_rules(const FactView& view);
    std::optional<Plan> plan_segment(const FactView& view);
    std::optional<Plan> plan_step(const FactView& view);
    Plan plan_start(const FactView& view);
    Plan plan_start_tool(const ProgramInfo& info);
    std::optional<Plan> plan_connect(const FactView& view);
    Plan plan_look_up();
    Plan plan_end(const FactView& view);
    Plan gates(const FactView& view, GateMode mode, std::uint32_t ms);
    void fail(std::string why);
    bool carried_out();
    Outcome wait_for_outcome();
    Outcome look(const FactView& view, std::uint64_t now_ns);
    Outcome next_round(const FactView& view, std::uint64_t now_ns);
    const LessonOption* option(OptionForm form) const;
    Network network_of() const;

    const PlayerSetup& setup_;
    LessonCast& cast_;
    const CallLog& log_;
    Network network_ = Network::wire;
    LessonAction action_;
    std::optional<Plan> plan_;
    std::vector<std::uint64_t> sent_;  // command numbers
    std::size_t outcomes_ = 0;         // of these that were told
    std::uint64_t steps_before_ = 0;
    int rounds_left_ = 0;  // of what is done several times: steps, clients
    std::uint64_t began_ns_ = 0, now_ns_ = 0, deadline_ns_ = 0;
    std::uint64_t outcome_deadline_ns_ = 0;  // for the session to carry out its next command, whosever that is
    std::uint64_t last_finished_ = 0;
    std::string why_, waits_for_;
    std::vector<ProgramId> started_;        // whose command is known to have been carried out
    std::vector<std::uint64_t> submitted_;  // all commands
};

}  // namespace synoptic
