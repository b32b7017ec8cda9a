// What becomes a message by itself: commands and programs in trouble, a helper or a wire that is gone.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "gui/messages.h"

namespace synoptic {
namespace {

bool port_in_use(const Program& program) {
    return program.is_server && program.trouble_error == EADDRINUSE &&
           (program.trouble_call == EventKind::bind || program.trouble_call == EventKind::listen);
}

/** A start that failed is a program in trouble, too, and says so by its name. */
bool told_by_program(const World& live, const CommandRecord& command) {
    return std::any_of(live.programs.begin(), live.programs.end(), [&command](const auto& entry) {
        const std::string& trouble = entry.second.trouble;
        return !trouble.empty() && command.outcome.find(trouble) != std::string::npos;
    });
}

}  // namespace

void Messages::watch(const World& live, double now_s, const Expected& expected) {
    std::uint64_t newest = seen_command_;
    for (const CommandRecord& command : live.commands) {
        // A command that is not done yet is looked at again later.
        if (command.number <= seen_command_ || !command.done) continue;
        newest = std::max(newest, command.number);
        if (command.failed && expected.failure && expected.failure(command.number)) continue;
        // That there can be no wire is said by watch_lab, and that loopback's segments can't be captured by the Ladder, where they are missed.
        if (!command.failed || told_by_program(live, command) || command.outcome == live.lab.trouble) continue;
        if (command.kind == Command(CaptureLoopback{}).index()) continue;
        std::string text = command.outcome.empty() ? fmt::format("This failed: {}", command.text) : command.outcome;
        // That nobody can move now, or that a segment has gone before it was moved, is no fault.
        if (command.kind == Command(Step{}).index() || command.kind == Command(MoveSegment{}).index())
            note(std::move(text), now_s);
        else
            add_of_program(text, text.find(wire_has_ended) != std::string::npos ? Remedy::restart_wire : Remedy::none);
    }
    seen_command_ = newest;
    watch_programs(live, expected);
    forget_replaced(live);
    watch_lab(live.lab);
    watch_kernel(live);
    if (live.helper_lives) {
        std::erase_if(messages_, [](const Message& message) { return message.remedy == Remedy::restart_helper; });
    } else if (!live.helper_trouble.empty() && told_helper_ != live.helper_event) {
        told_helper_ = live.helper_event;
        add(live.helper_trouble, true, Remedy::restart_helper);
    }
}

void Messages::watch_programs(const World& live, const Expected& expected) {
    for (const auto& [id, program] : live.programs) {
        if (program.trouble.empty() || !seen_programs_.insert(id).second) continue;
        if (expected.trouble && expected.trouble(id)) continue;
        add_of_program(fmt::format("{}: {}", program.label.empty() ? program.name : program.label, program.trouble),
                       program.trouble == helper_is_missing ? Remedy::restart_helper : Remedy::none);
        messages_.back().about = id;
        if (!port_in_use(program)) continue;
        messages_.back().remedy = Remedy::another_port;
        StartServer again;
        again.program = program.name;
        again.place = program.own_process ? Place::own_process : Place::in_app;
        again.address = program.address;
        again.port = program.port;
        again.backlog = program.backlog;
        again.network = program.network;
        messages_.back().again = again;
    }
}

/** Where a server that was started later listens as one before it did, that one is past, whatever became of it. */
void Messages::forget_replaced(const World& live) {
    std::erase_if(messages_, [&live](const Message& message) {
        const Program* ended = find(live, message.about);
        if (ended == nullptr || !ended->is_server || ended->state != Program::State::ended) return false;
        return std::any_of(live.programs.upper_bound(message.about), live.programs.end(), [ended](const auto& entry) {
            const Program& next = entry.second;
            const bool same = next.address == ended->address && next.port == ended->port && next.network == ended->network;
            return same && next.is_server && next.state == Program::State::runs && next.listener != SocketId::none &&
                   next.began_ns > ended->ended_ns;
        });
    });
}

/** Where there can be no wire, that is said once and is no fault; a wire that went is one. */
void Messages::watch_lab(const LabState& lab) {
    if (lab.lives) {
        // Only a new one: a host of this one may be lost.
        if (!lab_lives_ || lab.pid != lab_pid_)
            std::erase_if(messages_, [](const Message& message) { return message.remedy == Remedy::restart_wire; });
        had_lab_ = true;
        told_lab_.clear();
    } else if (!lab.trouble.empty() && told_lab_ != lab.trouble) {
        told_lab_ = lab.trouble;
        if (had_lab_)
            add(lab.trouble, true, Remedy::restart_wire);
        else
            add("The wire can't be had here; servers use loopback instead. " + lab.trouble, false);
    }
    lab_lives_ = lab.lives;
    lab_pid_ = lab.pid;
}

void Messages::watch_kernel(const World& live) {
    for (std::size_t at = 0; at < live.table_trouble.size(); ++at) {
        const std::string& trouble = live.table_trouble[at];
        if (trouble == told_tables_[at]) continue;
        told_tables_[at] = trouble;
        const char* host = name_of(static_cast<TcpHost>(at));
        if (trouble.empty())
            add(fmt::format("The kernel's table of sockets can be read again ({}).", host), false);
        else if (at == 0 || live.lab.lives)  // a lab that went is told by itself
            add(fmt::format("The kernel's table of sockets can't be read ({}): {}. TCP states are inferred there, and marked so.", host,
                            trouble),
                true);
    }
    for (const int at : {0, 1}) {
        const bool lost = live.lab.lives && live.lab.host_lost[at];
        if (std::exchange(told_host_lost_[at], lost) == lost) continue;
        if (!lost)
            std::erase_if(messages_, [](const Message& message) { return message.remedy == Remedy::restart_wire; });
        else
            add(fmt::format("Nothing comes from the {} any more: its network device is gone.", at == 0 ? "client host" : "server host"),
                true, Remedy::restart_wire);
    }
}

}  // namespace synoptic
