#include "core/lesson/player.h"

#include <algorithm>
#include <ctime>

#include "core/base/clock.h"
#include "core/lesson/player_implementation.h"

namespace synoptic {

Player::Player(Lesson lesson, PlayerSetup setup)
    : lesson_(std::move(lesson)), self_(std::make_unique<Implementation>(lesson_, std::move(setup))) {}
Player::~Player() = default;

void Player::begin(std::size_t step) {
    if (step == 0) self_->answers.clear();
    self_->ending = false;
    self_->begin(step);
}

void Player::poll(const World& live, std::uint64_t now_ns) {
    Implementation& self = *self_;
    self.polled_ns = now_ns;
    self.log.read(*self.setup.history, live.events);
    if (!self.begun || lesson_.steps.empty()) return;
    if (self.state == State::prepares) {
        if (!self.prepare(live, now_ns)) return;
        self.state = State::does;
    }
    const auto moves = [&] { return self.state == State::does || self.state == State::expects || self.state == State::reveals; };
    while (moves() && self.advance(live, now_ns)) {}
}

std::uint64_t Player::next_poll_ns() const {
    const bool timed =
        self_->state == State::does || self_->state == State::expects || self_->state == State::reveals || self_->state == State::prepares;
    if (!timed) return 0;
    // A connect that can't get on is known by its time alone; so a look now and then.
    constexpr std::uint64_t look_every_ns = 50 * ms_ns;
    const std::uint64_t soon = self_->polled_ns + look_every_ns;
    return self_->deadline_ns == 0 ? soon : std::min(soon, self_->deadline_ns);
}

bool Player::next() {
    return self_->go_on();
}

bool Player::back() {
    return jump(self_->going_to() == 0 ? 0 : self_->going_to() - 1);
}

bool Player::restart_step() {
    const std::size_t step = self_->going_to();
    for (const LessonBlock& block : lesson_.steps[step].blocks) {
        if (const auto* question = std::get_if<QuestionBlock>(&block.content)) self_->answers.erase(question->number_of_question);
    }
    return jump(step);
}

bool Player::restart() {
    if (self_->state == State::impossible) return false;
    begin(0);
    return true;
}

bool Player::jump(std::size_t step) {
    if (step >= lesson_.steps.size() || self_->state == State::impossible) return false;
    self_->ending = false;
    self_->begin(step);
    return true;
}

bool Player::answer(const LessonAnswer& answer) {
    const QuestionBlock* asked = question();
    if (self_->state != State::asks || !asked) return false;
    if (!answer.skipped) {
        if (asked->choices.empty() ? !answer.number.has_value() : !answer.choice || *answer.choice >= asked->choices.size()) return false;
    }
    self_->answers[asked->number_of_question].answer = answer;
    self_->state = State::reveals;
    self_->item = 0;
    self_->acting = false;
    self_->deadline_ns = self_->look_until_ns = 0;
    return true;
}

bool Player::skip() {
    LessonAnswer none;
    none.skipped = true;
    return answer(none);
}

std::optional<std::int64_t> Player::right_number(const World& live) const {
    const QuestionBlock* asked = self_->question();
    if (!asked || asked->number || !asked->fact) return asked ? asked->number : std::nullopt;
    return look_at(*asked->fact, self_->view(live)).number;
}

void Player::end() {
    self_->ending = true;
    self_->remarks.clear();
    self_->state = State::prepares;
    self_->cleaning = Implementation::Cleaning::stop;
    self_->begun = true;
}

void Player::replace(Lesson lesson) {
    lesson_ = std::move(lesson);
    self_->answers.clear();
    if (self_->begun) self_->begin(self_->going_to());
}

Player::State Player::state() const {
    return self_->state;
}
std::size_t Player::step() const {
    return self_->step;
}

std::size_t Player::blocks_shown() const {
    if (self_->step >= lesson_.steps.size()) return 0;
    return std::min(self_->block + 1, blocks_played(self_->step));
}

std::size_t Player::blocks_played(std::size_t step) const {
    const auto found = self_->left_out.find(step);
    return found == self_->left_out.end() ? lesson_.steps.at(step).blocks.size() : found->second;
}

bool Player::hurries() const {
    return self_->state == State::prepares || self_->hurries();
}
std::string Player::waits_for() const {
    return self_->waits;
}
std::string Player::why() const {
    return self_->missing;
}

const QuestionBlock* Player::question() const {
    const bool now = self_->state == State::asks || self_->state == State::reveals;
    return now ? self_->question() : nullptr;
}

const Answered* Player::answered(int question) const {
    const auto found = self_->answers.find(question);
    return found == self_->answers.end() ? nullptr : &found->second;
}

const std::vector<LessonFailure>& Player::failures() const {
    return self_->failures;
}
const std::vector<std::string>& Player::remarks() const {
    return self_->remarks;
}
const ShowBlock& Player::shown() const {
    return self_->show;
}

EventIndex Player::run_began() const {
    return self_->began_event;
}
std::uint64_t Player::run_began_ns() const {
    return self_->began_ns;
}
int Player::runs() const {
    return self_->runs;
}
bool Player::has_asked(std::uint64_t command) const {
    return self_->own_commands.contains(command);
}
bool Player::has_started(ProgramId program) const {
    const std::optional<std::uint64_t> command = self_->log.starter_of(program);
    return command && has_asked(*command);
}

LessonProgress Player::progress() const {
    LessonProgress progress;
    progress.step = self_->step;
    progress.reached = self_->furthest;
    progress.steps = lesson_.steps.size();
    progress.finished = self_->state == State::ended && !self_->ending;
    for (const auto& [number, answered] : self_->first_answers) {
        GivenAnswer given{"", answered.right, answered.answer.skipped};
        if (answered.answer.number) given.answer = std::to_string(*answered.answer.number);
        for (const auto& [step, question] : lesson_.questions()) {
            const bool its =
                question->number_of_question == number && answered.answer.choice && *answered.answer.choice < question->choices.size();
            if (its) given.answer = question->choices[*answered.answer.choice].markdown;
        }
        progress.answers[number] = given;
    }
    progress.last_at = std::time(nullptr);
    return progress;
}

ProgramId Player::program(const std::string& name) const {
    return self_->cast.program(name);
}
std::string Player::name_of(ProgramId program) const {
    return self_->cast.name_of(program);
}
ActorId Player::actor(const World& world, const Who& who) const {
    return self_->cast.actor(world, self_->log, who);
}

const char* state_name(Player::State state) {
    switch (state) {
        case Player::State::prepares:
            return "prepares";
        case Player::State::does:
            return "does something";
        case Player::State::expects:
            return "waits for what is expected";
        case Player::State::asks:
            return "waits for an answer";
        case Player::State::reveals:
            return "looks who was right";
        case Player::State::stands:
            return "waits for next";
        case Player::State::failed:
            return "failed";
        case Player::State::ended:
            return "ended";
        case Player::State::impossible:
            return "can't be played here";
    }
    return "";
}

}  // namespace synoptic
