// Killing a key-value server in the middle of a write, and starting it again. Neither is a Command of its own: the server's actors are led through their gates, call by
// call, until one stands where it is to die; then all of its processes get SIGKILL. The window's thread only.
//
//   idle ── arm ──▶ armed: nobody writes ── a worker comes to the store's pwrite or fdatasync ──▶ SIGKILL ──▶ idle
//                     └──── cancel, or the server ends by itself ─────────────────────────────────────────────┘
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/model/history.h"
#include "core/model/world.h"
#include "core/session/command.h"

namespace synoptic {

enum class KillPoint : std::uint8_t { before_write, after_write, after_sync };
inline constexpr KillPoint kill_points[] = {KillPoint::before_write, KillPoint::after_write, KillPoint::after_sync};
const char* point_words(KillPoint point);    // "before the write"
const char* point_promise(KillPoint point);  // what is to be found after a restart, in a sentence, where all goes well
/** The same of an actor that stands there: as its call returned, which may have failed. */
std::string point_outcome(const History& history, const Actor& actor, KillPoint point);

/** True if an actor stands at its gate there. */
bool stands_at(const World& world, const History& history, const Actor& actor, KillPoint point);

class StoreControl {
   public:
    using Commands = std::vector<Command>;

    /** Notes what was started, so that the same can be started again. */
    void see(const Command& command);
    /** How this server of this database was started; null: whichever was started last. Null if this window has not started it. */
    const StartServer* start_of(const std::string& database_path, const Program* server = nullptr) const;
    /** The first server of this database that listened, has ended without being told to, and has not been replaced since by one at its port; null if there is none. */
    const Program* fallen_server(const World& live, const std::string& database_path) const;

    /** The next of this server's workers that comes to the point is the end of it. The server must be a process of its own. */
    void arm(ProgramId server, KillPoint point);
    /** All go on as before. */
    void cancel(const World& live, Commands& out);
    bool armed() const { return server_ != ProgramId::none; }
    ProgramId server() const { return server_; }
    KillPoint point() const { return point_; }

    /** Starts it once `server` has ended, which is stopped if it lives. none: at once. */
    void restart(StartServer start, const Program* server, Commands& out);
    bool restarting() const { return start_.has_value(); }

    /** What became of a server, in words. */
    struct News {
        ProgramId server{};
        std::string text;
    };
    /** Sends what is due. */
    std::optional<News> advance(const World& live, const History& history, Commands& out);
    /** True if this has killed the program. */
    bool has_killed(ProgramId program) const { return ended_by_us_.contains(program); }

   private:
    std::optional<News> lead_on(const World& live, const History& history, Commands& out);
    void begin_again(const World& live, Commands& out);
    void kill_all(const World& live, Commands& out);

    struct Started {
        StartServer start;
        std::string database;  // its path without links
    };
    std::vector<Started> starts_;
    ProgramId server_{};  // that is to be killed; none: not armed
    KillPoint point_ = KillPoint::after_write;
    std::map<ActorId, std::uint64_t> led_;  // since when an actor stood where it was let go on; 0: its gate was closed
    ProgramId dying_{};                     // that was killed; a child that it forked meanwhile is killed, too
    std::set<pid_t> killed_;
    std::set<ProgramId> ended_by_us_;
    std::optional<StartServer> start_;  // that waits for the end of:
    ProgramId ending_{};
};

}  // namespace synoptic
