// CallLog: what a lesson asks and no World holds: how often an actor has made a call, what came back last, whom a command has started. Read from the
// History once, event by event.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/model/history.h"

namespace synoptic {

class CallLog {
   public:
    static constexpr std::size_t calls_kept = 200;  // of each actor: for their texts

    struct Calls {
        std::uint64_t entered = 0, returned = 0;
        std::int64_t result = 0;  // of the one that returned last
        int error = 0;
        bool failed() const { return error != 0 || (returned > 0 && returns_error && result != 0); }
        bool returns_error = false;  // getaddrinfo: the result is an error's number
    };
    struct Begun {
        ActorId id{};
        bool is_thread = false;  // else a child, or a program's first process
        ActorId parent{};
        int nth = 0;  // of a child: which fork of its parent made it
    };

    explicit CallLog(EventIndex from) : next_(from) {}
    /** Reads on up to `end`. */
    void read(const History& history, EventIndex end);

    /** Null if this actor has not entered such a call. */
    const Calls* calls(ActorId actor, EventKind call) const;
    /** A program's processes and threads; the first is its own, threads stand in the order in which they began, one process's children in the order of its forks. */
    const std::vector<Begun>& actors_of(ProgramId program) const;
    /** What a command has started. */
    std::vector<ProgramId> started_by(std::uint64_t command) const;
    /** The command that has started a program; nothing if it began before this log. */
    std::optional<std::uint64_t> starter_of(ProgramId program) const;
    /** The latest command whose outcome was told; they are carried out in the order of their numbers. */
    std::uint64_t last_finished() const { return last_finished_; }
    /** What became of a command; null while nothing was told. A World keeps the last hundred only. */
    struct CommandOutcome {
        bool failed = false;
        std::string text;
    };
    const CommandOutcome* outcome_of(std::uint64_t command) const;
    std::uint64_t steps_done() const { return steps_done_; }
    /** What was done with a database last but for looking at it: it was opened, or a row of it was put or deleted. */
    struct StoreChange {
        ProgramId by{};
        EventIndex at = no_event;
        bool is_first_look = false;  // a forked child's copy is told of as soon as it is used, though nothing in it was changed

        /** Another one is later, or says more. */
        bool is_before(const StoreChange& other) const { return is_first_look == other.is_first_look ? at < other.at : is_first_look; }
    };
    const std::map<std::uint64_t, StoreChange>& store_changes() const { return store_changes_; }  // by StoreId
    /** The texts of an actor's last calls that returned, the latest first, as the call list has them. */
    std::vector<std::string> texts_of(const History& history, ActorId actor) const;

   private:
    void take_program(ProgramId program);
    void take_actor(const Event& event);
    void take_store_change(const Event& event);

    EventIndex next_;
    std::map<std::pair<ActorId, EventKind>, Calls> calls_;
    std::map<ActorId, std::deque<EventIndex>> exits_;
    std::map<ProgramId, std::vector<Begun>> actors_;
    std::map<ActorId, ProgramId> program_of_;
    std::map<std::uint64_t, StoreChange> store_changes_;
    std::map<std::uint64_t, std::vector<ProgramId>> started_;
    std::map<ProgramId, std::uint64_t> starters_;
    std::map<std::uint64_t, CommandOutcome> outcomes_;
    std::uint64_t command_ = 0;  // that is carried out now
    std::uint64_t last_finished_ = 0;
    std::uint64_t steps_done_ = 0;
};

}  // namespace synoptic
