// Before a lesson is played, and after it: what it has started before is ended, pace and rules are set back, the wire stands.
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/clock.h"
#include "core/lesson/play_folder.h"
#include "core/lesson/player_implementation.h"

namespace synoptic {

namespace {
constexpr std::uint64_t cleaning_limit_ns = 20'000 * ms_ns, kill_limit_ns = 5'000 * ms_ns;
constexpr std::uint64_t wire_limit_ns = 30'000 * ms_ns;

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

void Player::Implementation::begin(std::size_t to_step) {
    begun = true;
    ++runs;
    state = State::prepares;
    cleaning = Cleaning::stop;
    step = block = item = 0;
    acting = false;
    deadline_ns = look_until_ns = 0;
    target = std::min(to_step, lesson.steps.size() - 1);
    furthest = std::min(furthest, lesson.steps.size() - 1);
    failures.clear();
    remarks.clear();
    left_out.clear();
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

/** Kills those that were asked and have not ended: a program in a process of its own can't refuse. */
void Player::Implementation::kill_left(const World& live) {
    for (const ProgramId id : runner.programs()) {
        const Program* program = find(live, id);
        if (!program || program->state == Program::State::ended) continue;
        bool killed = false;
        for (const auto& [number, process] : live.processes) {
            if (process.program != id || process.is_app || process.state != Process::State::runs) continue;
            setup.submit(KillProcess{process.pid, SIGKILL});
            killed = true;
        }
        if (killed)
            remarks.push_back(fmt::format("{} did not end in {} s, and was killed", text_of(*program), cleaning_limit_ns / 1000 / ms_ns));
    }
}

/** Says who is still there: nobody will ask them to stop again. */
void Player::Implementation::leave_running(const World& live) {
    if (!runner.is_settled())
        remarks.emplace_back("the session has not done all that this lesson has asked for: what it starts from now on runs on");
    for (const ProgramId id : runner.programs()) {
        const Program* program = find(live, id);
        if (program && program->state != Program::State::ended)
            remarks.push_back(fmt::format("{} has not ended, and runs on: stop it by hand", text_of(*program)));
    }
}

/** "server (echo_thread)": as the lesson and the window call it. */
std::string Player::Implementation::text_of(const Program& program) const {
    return fmt::format("{} ({})", program.label, program.name);
}

/** True once the lesson can begin. */
bool Player::Implementation::prepare(const World& live, std::uint64_t now) {
    switch (cleaning) {
        case Cleaning::stop:
            clean(live);
            deadline_ns = now + cleaning_limit_ns;
            was_killed = false;
            cleaning = Cleaning::wait_for_end;
            [[fallthrough]];
        case Cleaning::wait_for_end: {
            const bool ended = all_ended(live);
            if (!ended && now < deadline_ns) return false;
            if (!ended && !was_killed) {
                was_killed = true;
                deadline_ns = now + kill_limit_ns;
                kill_left(live);
                return false;
            }
            if (!ended) leave_running(live);
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
            if (uses_wire() && !live.lab.lives)
                lab_command = setup.submit(StartLab{});
            else
                lab_command = 0;
            deadline_ns = now + wire_limit_ns;
            waits = "the wire";
            cleaning = Cleaning::wait_for_wire;
            [[fallthrough]];
        case Cleaning::wait_for_wire:
            break;
    }
    if (lab_command != 0 && !log.outcome_of(lab_command) && now < deadline_ns) return false;
    deadline_ns = 0;
    has_wire = uses_wire() && live.lab.lives;
    network = has_wire && lesson.network == Network::wire ? Network::wire : Network::loopback;
    if (lesson.needs_wire && !has_wire) {
        state = State::impossible;
        missing = fmt::format("this lesson needs the wire, which can't be had here: {}",
                              live.lab.trouble.empty() ? "it was not there in time" : live.lab.trouble);
        return false;
    }
    if (lesson.needs_ipv6 && !has_ipv6(live)) {
        state = State::impossible;
        missing = "this lesson needs IPv6, which this machine does not have (not even ::1)";
        return false;
    }
    runner.set_network(network);
    began_ns = now;
    began_event = live.events;
    waits.clear();
    return true;
}

/** As the lesson's network, or where a part of it says “on the wire”. */
bool Player::Implementation::uses_wire() const {
    return lesson.network == Network::wire || lesson.needs_wire ||
           std::any_of(lesson.steps.begin(), lesson.steps.end(), [](const LessonStep& each) { return each.needs_wire; });
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
    return network == Network::wire ? live.lab.has_ipv6 : loopback_has_ipv6();
}

}  // namespace synoptic
