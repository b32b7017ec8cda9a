// Demonstrations: what a teacher wants to show in two clicks. Each is a list of steps; a step waits for the World to be so far, then sends its
// Commands. The window's thread only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/world.h"
#include "core/session/command.h"

namespace synoptic {

/** What a running demonstration started: programs with a number above `before`, in order of appearance. */
class Cast {
   public:
    Cast(const World& world, ProgramId before) : world_(world), before_(before) {}
    const World& world() const { return world_; }
    const Program* server(std::size_t index) const { return nth(true, index); }
    const Program* client(std::size_t index) const { return nth(false, index); }
    /** Where server `index` listens; unknown while it does not. */
    Address address(std::size_t index) const;
    /** The state of client `index`'s connection; closed where there is none yet. */
    Connection::State connection(std::size_t index) const;
    bool blocked_in(std::size_t client, EventKind call) const;

   private:
    const Program* nth(bool server, std::size_t index) const;
    const World& world_;
    ProgramId before_;
};

using Commands = std::vector<Command>;

struct DemonstrationStep {
    std::function<bool(const Cast&)> ready;
    std::function<Commands(const Cast&)> commands;
    bool kills_mid_write = false;  // the first server of the cast, once it writes: StoreControl
};

struct Demonstration {
    const char* id;                    // "second_client_waits", as in widget ids
    const char* title;                 // "The second client waits"
    const char* summary;               // what is to be seen, in a sentence
    std::vector<const char*> servers;  // programs that it needs
    std::vector<DemonstrationStep> steps;
    const char*
        look_at;  // what to look at once it stands, and what to do next; {client 1} is the first client of its cast, as it is labelled
};

/** `look_at` with the cast's labels: "{Client 2} waits" is "Client 5 waits" where four clients had been before. */
std::string with_labels(std::string_view look_at, const Cast& cast);

/** Those whose programs this build has. */
const std::vector<Demonstration>& demonstrations();

class DemonstrationRunner {
   public:
    /** Begins one; servers that an earlier one started are stopped, and their clients closed. */
    void start(const Demonstration& demonstration, const World& live, Commands& out);
    /** Sends what is due. Returns what to look at when the last step was done, else "". */
    std::string advance(const World& live, Commands& out);
    const Demonstration* running() const { return running_; }
    /** The server that is to be killed when it writes; none, or not again after it was asked for. */
    ProgramId take_to_kill() { return std::exchange(to_kill_, ProgramId::none); }

   private:
    const Demonstration* running_ = nullptr;
    std::size_t step_ = 0;
    ProgramId before_{};
    ProgramId to_kill_{};
    std::vector<ProgramId> started_;  // servers of earlier demonstrations
};

}  // namespace synoptic
