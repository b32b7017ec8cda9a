#include "gui/store_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/trace/format.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr std::size_t starts_kept = 50;

std::string real_path(const std::string& path) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::weakly_canonical(path, error);
    return error ? path : real.string();
}

bool was_started_so(const Program& program, const StartServer& start) {
    return program.is_server && program.name == start.program && program.address == start.address && program.port == start.port &&
           program.network == start.network;
}

/** The call that it stands before (arrive) or behind (rest); none elsewhere. */
EventKind call_at_gate(const World&, const History& history, const Actor& actor) {
    if (actor.state == Actor::State::arrives && !actor.calls.empty()) return actor.calls.back().kind;
    if (actor.state == Actor::State::rests && actor.rest.exit != no_event && actor.rest.exit < history.size())
        return history.event(actor.rest.exit).kind;
    return EventKind{};
}

}  // namespace

const char* point_words(KillPoint point) {
    switch (point) {
        case KillPoint::before_write:
            return "before the write";
        case KillPoint::after_write:
            return "after the write";
        case KillPoint::after_sync:
            return "after the sync";
    }
    return "";
}

const char* point_promise(KillPoint point) {
    switch (point) {
        case KillPoint::before_write:
            return "Nothing of this change is in the file, and nobody was told OK.";
        case KillPoint::after_write:
            return "The line is in the file, not yet on the disk, and nobody was told OK: a restart finds it, a power cut could undo it.";
        case KillPoint::after_sync:
            return "The line is on the disk, though nobody was told OK yet: after a restart it is there.";
    }
    return "";
}

std::string point_outcome(const History& history, const Actor& actor, KillPoint point) {
    const EventIndex index = point == KillPoint::before_write ? no_event : actor.rest.exit;
    if (index == no_event || index >= history.size()) return point_promise(point);
    const Event exit = history.event(index);
    const EventIndex begun = history.enter_of(index);
    if (const int failure = failure_of(exit); failure != 0) {
        const std::string why = fmt::format("{}: {}", error_name(failure), error_text(failure));
        if (point == KillPoint::after_write)
            return fmt::format(
                "But the write had failed ({}): the line is not in the file as a whole, a restart finds nothing of this change, and nobody "
                "was told OK.",
                why);
        return fmt::format(
            "But the sync had failed ({}): the line is in the file, nobody knows whether on the disk, and nobody was told OK.", why);
    }
    const std::int64_t wanted = begun == no_event ? exit.value : history.event(begun).a;
    if (point == KillPoint::after_write && exit.value < wanted)
        return fmt::format("But only {} of the line's {} bytes were written: a restart sets them aside, and nobody was told OK.",
                           exit.value, wanted);
    return point_promise(point);
}

bool stands_at(const World& world, const History& history, const Actor& actor, KillPoint point) {
    const EventKind call = call_at_gate(world, history, actor);
    const bool before = actor.state == Actor::State::arrives;
    switch (point) {
        case KillPoint::before_write:
            return before && call == EventKind::pwrite;
        case KillPoint::after_write:
            return !before && call == EventKind::pwrite;
        case KillPoint::after_sync:
            return !before && call == EventKind::fdatasync;
    }
    return false;
}

void StoreControl::see(const Command& command) {
    const auto* start = std::get_if<StartServer>(&command);
    if (!start || start->database.empty()) return;
    starts_.push_back({*start, real_path(start->database)});
    if (starts_.size() > starts_kept) starts_.erase(starts_.begin());
}

const StartServer* StoreControl::start_of(const std::string& database_path, const Program* server) const {
    const auto found = std::find_if(starts_.rbegin(), starts_.rend(), [&](const Started& one) {
        return (!server || was_started_so(*server, one.start)) && one.database == database_path;
    });
    return found == starts_.rend() ? nullptr : &found->start;
}

const Program* StoreControl::fallen_server(const World& live, const std::string& database_path) const {
    for (auto at = live.programs.begin(); at != live.programs.end(); ++at) {
        const Program& server = at->second;
        const bool fell = server.is_server && server.state == Program::State::ended && !server.stopped_by_user &&
                          server.listener != SocketId::none && start_of(database_path, &server);
        // Whatever became of one that took its place later, and of that one's place.
        const bool is_replaced =
            fell && std::any_of(std::next(at), live.programs.end(), [&server](const auto& later) {
                const Program& other = later.second;
                return other.is_server && other.address == server.address && other.port == server.port && other.network == server.network;
            });
        if (fell && !is_replaced) return &server;
    }
    return nullptr;
}

void StoreControl::arm(ProgramId server, KillPoint point) {
    server_ = server;
    point_ = point;
    led_.clear();
}

void StoreControl::cancel(const World& live, Commands& out) {
    for (const auto& [id, since] : led_) {
        const Actor* actor = find(live, id);
        if (actor && actor->state != Actor::State::ended) out.push_back(SetGate{id, live.gate, live.gate_ms});
    }
    server_ = ProgramId::none;
    led_.clear();
}

void StoreControl::restart(StartServer start, const Program* server, Commands& out) {
    start_ = std::move(start);
    ending_ = ProgramId::none;
    if (!server || server->state == Program::State::ended) return;
    ending_ = server->id;
    out.push_back(StopServer{server->id});
}

std::optional<StoreControl::News> StoreControl::advance(const World& live, const History& history, Commands& out) {
    if (dying_ != ProgramId::none) kill_all(live, out);
    begin_again(live, out);
    return armed() ? lead_on(live, history, out) : std::nullopt;
}

void StoreControl::begin_again(const World& live, Commands& out) {
    if (!start_) return;
    const Program* before = find(live, ending_);
    if (before && before->state != Program::State::ended) return;
    out.push_back(*start_);
    start_.reset();
}

void StoreControl::kill_all(const World& live, Commands& out) {
    const Program* server = find(live, dying_);
    if (!server || server->state == Program::State::ended) {
        dying_ = ProgramId::none;
        return;
    }
    for (const auto& [id, process] : live.processes) {
        const bool runs = process.program == dying_ && !process.is_app && process.state == Process::State::runs;
        if (runs && killed_.insert(process.pid).second) out.push_back(KillProcess{process.pid, 9});
    }
}

/** Whoever stands at a gate goes on, but for who stands at the point: that is the end of all. While everything is paused, each step is the user's. */
std::optional<StoreControl::News> StoreControl::lead_on(const World& live, const History& history, Commands& out) {
    const Program* server = find(live, server_);
    if (!server || server->state == Program::State::ended) {
        server_ = ProgramId::none;
        led_.clear();
        return {};
    }
    for (const ActorId id : server->actors) {
        const Actor* actor = find(live, id);
        if (!actor || actor->state == Actor::State::ended) continue;
        if (actor->gate == GateMode::step && stands_at(live, history, *actor, point_)) {
            dying_ = server_;
            ended_by_us_.insert(server_);
            killed_.clear();
            kill_all(live, out);
            server_ = ProgramId::none;
            led_.clear();
            return News{server->id, fmt::format("{} was killed as {} stood {}. {}", server->label, actor_label(live, *actor),
                                                point_words(point_), point_outcome(history, *actor, point_))};
        }
        const auto led = led_.find(id);
        if (led == led_.end()) {
            led_[id] = 0;
            if (actor->gate != GateMode::step) out.push_back(SetGate{id, GateMode::step});
            continue;
        }
        // Somebody may have let all go meanwhile.
        constexpr std::uint64_t is_asked_to_stop = 0, has_stopped = 1;
        if (actor->gate == GateMode::step && led->second == is_asked_to_stop) led->second = has_stopped;
        if (actor->gate != GateMode::step && led->second != is_asked_to_stop) {
            led->second = is_asked_to_stop;
            out.push_back(SetGate{id, GateMode::step});
            continue;
        }
        const bool stands = actor->state == Actor::State::arrives || actor->state == Actor::State::rests;
        if (!stands || live.gate == GateMode::step || led->second == actor->state_since_ns) continue;
        led->second = actor->state_since_ns;
        out.push_back(Step{id});
    }
    return {};
}

}  // namespace synoptic
