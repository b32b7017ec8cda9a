// What a Player is made of: where it is in its lesson, and what it waits for. Private to the player (player*.cpp).
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/lesson/action_runner.h"
#include "core/lesson/player.h"

namespace synoptic {

struct Player::Implementation {
    Implementation(const Lesson& its_lesson, PlayerSetup its_setup)
        : lesson(its_lesson), setup(std::move(its_setup)), log(setup.history->size()), runner(setup, cast, log) {
        setup.submit = [this, submit = std::move(setup.submit)](Command command) {
            const std::uint64_t number = submit(std::move(command));
            own_commands.insert(number);
            return number;
        };
    }

    const Lesson& lesson;
    PlayerSetup setup;
    LessonCast cast;
    CallLog log;
    ActionRunner runner;

    State state = State::prepares;
    bool begun = false;  // begin() was called
    std::size_t step = 0, block = 0;
    std::size_t item = 0;    // of the block's actions
    bool acting = false;     // the runner has begun that action
    std::size_t target = 0;  // the step that it hurries to
    bool ending = false;     // nothing follows but cleaning up
    Network network = Network::wire;
    bool has_wire = false;
    std::uint64_t began_ns = 0, deadline_ns = 0, polled_ns = 0;
    EventIndex began_event = 0;
    int runs = 0;
    std::set<std::uint64_t> own_commands;  // the commands of all runs
    std::uint64_t look_until_ns = 0;       // of a question: how long the World may take to show who was right; 0 while its actions are done
    std::string waits, missing;
    std::map<int, Answered> answers, first_answers;
    std::vector<LessonFailure> failures;
    std::vector<std::string> remarks;
    ShowBlock show;
    std::size_t furthest = 0;
    std::map<std::size_t, std::size_t> left_out;  // of a step, for want of what it needs: from which block on

    // Preparing: what was sent, and when.
    enum class Cleaning : std::uint8_t { stop, wait_for_end, wire, wait_for_wire };
    Cleaning cleaning = Cleaning::stop;
    bool was_killed = false;  // whoever had not ended in time
    std::uint64_t lab_command = 0;
    std::set<ProgramId> asked_to_stop;

    FactView view(const World& world) const { return {world, *setup.history, log, cast, began_ns, runner.commands()}; }
    const LessonStep& current() const { return lesson.steps[step]; }
    bool hurries() const { return step < target; }
    /** Where it is, or will be: while it prepares and hurries, `step` is on the way there. */
    std::size_t going_to() const { return std::max(step, target); }

    void begin(std::size_t to_step);
    bool prepare(const World& live, std::uint64_t now);
    void clean(const World& live);
    bool all_ended(const World& live);
    void kill_left(const World& live);
    void leave_running(const World& live);
    std::string text_of(const Program& program) const;
    bool uses_wire() const;
    bool advance(const World& live, std::uint64_t now);
    bool enter_block(const World& live, std::uint64_t now);
    bool do_actions(const std::vector<LessonAction>& actions, const World& live, std::uint64_t now);
    bool expect(const ExpectBlock& block, const World& live, std::uint64_t now);
    bool ask(const QuestionBlock& question, const World& live, std::uint64_t now);
    bool reveal(const QuestionBlock& question, const World& live, std::uint64_t now);
    void decide(const QuestionBlock& question, Answered& answered, bool right, std::string found);
    void next_block();
    const char* lacks(const DoBlock& doing, const World& live) const;
    bool has_ipv6(const World& live) const;
    void failed(int line, const std::string& what);
    bool go_on();
    const QuestionBlock* question() const;
    std::string found_instead(const QuestionBlock& question, const World& live) const;
};

}  // namespace synoptic
