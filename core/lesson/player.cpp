#include "core/lesson/player.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <set>

#include "core/lesson/action_runner.h"
#include "core/lesson/play_folder.h"

namespace synoptic {

namespace {
constexpr std::uint64_t ms_ns = 1'000'000;
constexpr std::uint64_t reveal_limit_ns = 10'000 * ms_ns;
constexpr std::uint64_t cleaning_limit_ns = 20'000 * ms_ns;

bool loopback_has_ipv6() {
    const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return bound;
}
}  // namespace

struct Player::Implementation {
    Implementation(const Lesson& its_lesson, PlayerSetup its_setup)
        : lesson(its_lesson), setup(std::move(its_setup)), log(setup.history->size()), runner(setup, cast, log) {}

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
    std::uint64_t look_until_ns = 0;  // of a question: how long the World may take to show who was right; 0 while its actions are done
    std::string waits, missing;
    std::map<int, Answered> answers, first_answers;
    std::vector<LessonFailure> failures;
    std::vector<std::string> remarks;
    ShowBlock show;
    std::size_t furthest = 0;

    // Preparing: what was sent, and when.
    enum class Cleaning : std::uint8_t { stop, wait_for_end, wire, wait_for_wire };
    Cleaning cleaning = Cleaning::stop;
    std::uint64_t lab_command = 0;
    std::set<ProgramId> asked_to_stop;

    FactView view(const World& world) const { return {world, *setup.history, log, cast, began_ns}; }
    const LessonStep& current() const { return lesson.steps[step]; }
    bool hurries() const { return step < target; }

    void begin(std::size_t to_step);
    bool prepare(const World& live, std::uint64_t now);
    void clean(const World& live);
    bool all_ended(const World& live);
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

void Player::Implementation::begin(std::size_t to_step) {
    begun = true;
    state = State::prepares;
    cleaning = Cleaning::stop;
    step = block = item = 0;
    acting = false;
    deadline_ns = look_until_ns = 0;
    target = std::min(to_step, lesson.steps.size() - 1);
    furthest = std::min(furthest, lesson.steps.size() - 1);
    failures.clear();
    remarks.clear();
    show = {};
    waits = "what was there before to end";
}

/** Ends what the lesson has started, and sets pace and rules back. */
void Player::Implementation::clean(const World& live) {
    setup.submit(SetGate{.mode = GateMode::run});
    if (!(live.lab.rules == Rules{})) setup.submit(SetRules{});
    if (live.lab.lives && !waiting_segments(live).empty()) setup.submit(DeliverAll{});
    for (const auto& [file, line] : live.breakpoints) setup.submit(SetBreakpoint{file, line, false});
    asked_to_stop.clear();
}

/** Asks those that still run to stop, as soon as they are known: a command may be on its way yet. */
bool Player::Implementation::all_ended(const World& live) {
    bool all = runner.is_settled();
    for (const ProgramId id : runner.programs()) {
        const Program* program = find(live, id);
        if (!program || program->state == Program::State::ended) continue;
        all = false;
        if (asked_to_stop.insert(id).second) setup.submit(StopServer{id});
    }
    return all;
}

/** True once the lesson can begin. */
bool Player::Implementation::prepare(const World& live, std::uint64_t now) {
    switch (cleaning) {
        case Cleaning::stop:
            clean(live);
            deadline_ns = now + cleaning_limit_ns;
            cleaning = Cleaning::wait_for_end;
            [[fallthrough]];
        case Cleaning::wait_for_end: {
            if (!all_ended(live) && now < deadline_ns) return false;
            deadline_ns = 0;
            runner.forget_started();
            cast.clear();
            if (ending) {
                state = State::ended;
                return false;
            }
            if (const Status emptied = empty_play_folder(setup.folder); !emptied) remarks.push_back(emptied.error().text());
            cleaning = Cleaning::wire;
            [[fallthrough]];
        }
        case Cleaning::wire:
            if (lesson.network == Network::wire && !live.lab.lives)
                lab_command = setup.submit(StartLab{});
            else
                lab_command = 0;
            waits = "the wire";
            cleaning = Cleaning::wait_for_wire;
            [[fallthrough]];
        case Cleaning::wait_for_wire:
            break;
    }
    if (lab_command != 0) {
        const auto record =
            std::find_if(live.commands.begin(), live.commands.end(), [&](const CommandRecord& each) { return each.number == lab_command; });
        if (record == live.commands.end() || (!record->done && !record->failed)) return false;
    }
    has_wire = lesson.network == Network::wire && live.lab.lives;
    if (lesson.needs_wire && !has_wire) {
        state = State::impossible;
        missing = fmt::format("this lesson needs the wire, which can't be had here: {}", live.lab.trouble);
        return false;
    }
    if (lesson.needs_ipv6 && !has_ipv6(live)) {
        state = State::impossible;
        missing = "this lesson needs IPv6, which this machine does not have (not even ::1)";
        return false;
    }
    network = has_wire ? Network::wire : Network::loopback;
    runner.set_network(network);
    began_ns = now;
    waits.clear();
    return true;
}

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
    first_answers.emplace(asked.number_of_question, answered);
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
    if (answers.count(asked.number_of_question)) return reveal(asked, live, now);
    if (!hurries()) {
        state = State::asks;
        waits = "an answer";
        return false;
    }
    // On the way to a later step: what it reveals must be done, as if it had been skipped, but it can still be answered.
    answers[asked.number_of_question].answer.skipped = true;
    const std::map<int, Answered> before = first_answers;
    const bool over = reveal(asked, live, now);
    if (!over) return false;
    first_answers = before;
    return true;
}

/** What this block needs and this machine lacks; null if there is nothing. */
const char* Player::Implementation::lacks(const DoBlock& doing, const World& live) const {
    for (const LessonAction& action : doing.actions) {
        if (action.form == ActionForm::needs_wire && !has_wire) return "the wire";
        if (action.form == ActionForm::needs_ipv6 && !has_ipv6(live)) return "IPv6";
    }
    return nullptr;
}

/** On the network of the lesson: the wire's hosts, or this machine's loopback. */
bool Player::Implementation::has_ipv6(const World& live) const {
    return has_wire ? live.lab.has_ipv6 : loopback_has_ipv6();
}

/** Does what the block is for; false while it waits. */
bool Player::Implementation::enter_block(const World& live, std::uint64_t now) {
    const LessonBlock& at = current().blocks[block];
    if (const auto* doing = std::get_if<DoBlock>(&at.content)) {
        if (const char* missing_here = lacks(*doing, live)) {
            remarks.push_back(fmt::format("{}:{}: the rest of this step was left out: it needs {}, which can't be had here", lesson.path,
                                          at.line, missing_here));
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
    return jump(self_->step == 0 ? 0 : self_->step - 1);
}

bool Player::restart_step() {
    for (const LessonBlock& block : lesson_.steps[self_->step].blocks) {
        if (const auto* question = std::get_if<QuestionBlock>(&block.content)) self_->answers.erase(question->number_of_question);
    }
    return jump(self_->step);
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
    self_->state = State::prepares;
    self_->cleaning = Implementation::Cleaning::stop;
    self_->begun = true;
}

void Player::replace(Lesson lesson) {
    lesson_ = std::move(lesson);
    self_->answers.clear();
    if (self_->begun) self_->begin(self_->step);
}

Player::State Player::state() const {
    return self_->state;
}
std::size_t Player::step() const {
    return self_->step;
}

std::size_t Player::blocks_shown() const {
    if (self_->step >= lesson_.steps.size()) return 0;
    return std::min(self_->block + 1, lesson_.steps[self_->step].blocks.size());
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
