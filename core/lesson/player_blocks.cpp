// Going through a step's blocks: what is done, expected and asked.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/clock.h"
#include "core/lesson/player_implementation.h"

namespace synoptic {

namespace {
constexpr std::uint64_t reveal_limit_ns = 10'000 * ms_ns;
}  // namespace

void Player::Implementation::failed(int line, const std::string& what) {
    failures.push_back({step, block, line, fmt::format("{}:{}: {}", lesson.path, line, what)});
    if (!hurries()) state = State::failed;
}

void Player::Implementation::next_block() {
    ++block;
    item = 0;
    acting = false;
    deadline_ns = look_until_ns = 0;
    waits.clear();
    state = State::does;
}

const QuestionBlock* Player::Implementation::question() const {
    if (step >= lesson.steps.size() || block >= current().blocks.size()) return nullptr;
    return std::get_if<QuestionBlock>(&current().blocks[block].content);
}

/** One action after the other; true once all are done. */
bool Player::Implementation::do_actions(const std::vector<LessonAction>& actions, const World& live, std::uint64_t now) {
    while (item < actions.size()) {
        const LessonAction& action = actions[item];
        if (!acting) runner.begin(action, now);
        acting = true;
        const ActionRunner::Outcome outcome = runner.poll(view(live), now);
        waits = runner.waits_for();
        deadline_ns = runner.next_poll_ns();
        if (outcome == ActionRunner::Outcome::waits) return false;
        ++item;
        acting = false;
        if (outcome == ActionRunner::Outcome::failed) {
            failed(action.line, runner.why());
            if (state == State::failed) return false;
        }
    }
    return true;
}

bool Player::Implementation::expect(const ExpectBlock& block_expected, const World& live, std::uint64_t now) {
    const bool never = block_expected.when == ExpectBlock::When::never;
    if (deadline_ns == 0) deadline_ns = block_expected.when == ExpectBlock::When::now ? now : now + block_expected.ms * ms_ns;
    state = State::expects;
    waits.clear();
    bool all = true;
    for (const LessonFact& fact : block_expected.facts) {
        const FactFound found = look_at(fact, view(live));
        if (never && found.holds) {
            failed(fact.line, fmt::format("expected that it never comes true: {}, but {}", fact.text, found.found));
            return state != State::failed;
        }
        if (found.holds) continue;
        all = false;
        if (waits.empty()) waits = fact.text;
        if (never || now < deadline_ns) continue;
        failed(fact.line, fmt::format("expected {}, but {}", fact.text, found.found));
        return state != State::failed;
    }
    if (never) waits = "the time in which nothing of it must come true";
    return never ? now >= deadline_ns : all;
}

void Player::Implementation::decide(const QuestionBlock& asked, Answered& answered, bool right, std::string found) {
    answered.decided = true;
    answered.right = right && !answered.answer.skipped;
    answered.found = std::move(found);
    if (!answered.passed) first_answers.emplace(asked.number_of_question, answered);
}

std::string Player::Implementation::found_instead(const QuestionBlock& asked, const World& live) const {
    std::string text;
    for (const LessonChoice& choice : asked.choices) {
        if (!choice.fact) continue;
        const FactFound found = look_at(*choice.fact, view(live));
        if (found.holds) return fmt::format("the World shows: {}", choice.fact->text);
        text = found.found;
    }
    return text;
}

/** After the answer: what is done then, and the World's word. True once it is decided. */
bool Player::Implementation::reveal(const QuestionBlock& asked, const World& live, std::uint64_t now) {
    Answered& answered = answers[asked.number_of_question];
    state = State::reveals;
    if (!do_actions(asked.reveal, live, now)) return false;
    if (look_until_ns == 0) look_until_ns = now + reveal_limit_ns;
    deadline_ns = look_until_ns;
    if (!asked.choices.empty()) {
        answered.right_choice = asked.right_choice();
        const LessonChoice& right = asked.choices[answered.right_choice];
        const bool chosen = answered.answer.choice == answered.right_choice;
        if (!right.fact) {
            decide(asked, answered, chosen, "");
            return true;
        }
        const FactFound found = look_at(*right.fact, view(live));
        waits = right.fact->text;
        if (found.holds) {
            decide(asked, answered, chosen, found.found);
            for (std::size_t other = 0; other < asked.choices.size(); ++other) {
                const std::optional<LessonFact>& fact = asked.choices[other].fact;
                if (other == answered.right_choice || !fact || !look_at(*fact, view(live)).holds) continue;
                failed(fact->line,
                       fmt::format("expected of the right choice alone {}, but another holds, too: {}", right.fact->text, fact->text));
                return state != State::failed;
            }
            return true;
        }
        if (now < deadline_ns) return false;
        decide(asked, answered, chosen, found.found);
        failed(right.fact->line, fmt::format("expected of the right choice {}, but {}", right.fact->text, found_instead(asked, live)));
        return state != State::failed;
    }
    answered.right_number = asked.number;
    std::string words;
    if (asked.fact) {
        const FactFound found = look_at(*asked.fact, view(live));
        words = found.found;
        const bool agrees = found.number && (!asked.number || *asked.number == *found.number);
        waits = asked.fact->text;
        if (!agrees && now < deadline_ns) return false;
        if (!agrees) {
            decide(asked, answered, false, words);
            failed(asked.fact->line, fmt::format("expected {} with {}, but {}", asked.fact->text,
                                                 asked.number ? std::to_string(*asked.number) : "a number", words));
            return state != State::failed;
        }
        answered.right_number = found.number;
    }
    decide(asked, answered, answered.answer.number == answered.right_number, words);
    return true;
}

bool Player::Implementation::ask(const QuestionBlock& asked, const World& live, std::uint64_t now) {
    const auto known = answers.find(asked.number_of_question);
    if (known != answers.end() && (hurries() || !known->second.passed)) return reveal(asked, live, now);
    if (!hurries()) {
        if (known != answers.end()) answers.erase(known);
        state = State::asks;
        waits = "an answer";
        return false;
    }
    // On the way to a later step: what it reveals must be done, as if it had been skipped, but it can still be answered.
    Answered& passing = answers[asked.number_of_question];
    passing.passed = passing.answer.skipped = true;
    return reveal(asked, live, now);
}

/** Does what the block is for; false while it waits. */
bool Player::Implementation::enter_block(const World& live, std::uint64_t now) {
    const LessonBlock& at = current().blocks[block];
    if (const auto* doing = std::get_if<DoBlock>(&at.content)) {
        if (const char* missing_here = lacks(*doing, live)) {
            remarks.push_back(fmt::format("{}:{}: the rest of this step was left out: it needs {}, which can't be had here", lesson.path,
                                          at.line, missing_here));
            left_out[step] = block;
            block = current().blocks.size() - 1;
            return true;
        }
        state = State::does;
        return do_actions(doing->actions, live, now);
    }
    if (const auto* expected = std::get_if<ExpectBlock>(&at.content)) return expect(*expected, live, now);
    if (const auto* asked = std::get_if<QuestionBlock>(&at.content)) return ask(*asked, live, now);
    if (const auto* shown = std::get_if<ShowBlock>(&at.content)) {
        if (!shown->panels.empty()) show.panels = shown->panels;
        show.large = shown->large;
        if (shown->selected) show.selected = shown->selected;
        show.compare_program = shown->compare_program;
        show.compare_with = shown->compare_with;
        return true;
    }
    if (std::holds_alternative<BreakBlock>(at.content) && !hurries()) {
        state = State::stands;
        waits = "next";
        return false;
    }
    return true;
}

/** True if it got on, and should look again. */
bool Player::Implementation::advance(const World& live, std::uint64_t now) {
    if (block < current().blocks.size()) {
        if (!enter_block(live, now)) return false;
        next_block();
        return true;
    }
    if (!hurries()) {
        state = State::stands;
        waits = "next";
        return false;
    }
    ++step;
    furthest = std::max(furthest, step);
    block = item = 0;
    state = State::does;
    return true;
}

/** next(): out of a wait for the user. */
bool Player::Implementation::go_on() {
    if (state == State::failed) {
        // What failed was one of several actions: the next one is done; of an expectation, what follows it.
        const bool more_actions = block < current().blocks.size() && std::holds_alternative<DoBlock>(current().blocks[block].content);
        state = State::does;
        if (!more_actions) next_block();
        return true;
    }
    if (state != State::stands) return false;
    if (block < current().blocks.size()) {
        next_block();
        return true;
    }
    if (step + 1 >= lesson.steps.size()) {
        state = State::ended;
        waits.clear();
        return true;
    }
    ++step;
    target = step;
    furthest = std::max(furthest, step);
    block = item = 0;
    acting = false;
    deadline_ns = 0;
    state = State::does;
    return true;
}

}  // namespace synoptic
