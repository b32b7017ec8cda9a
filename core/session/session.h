// Session: runs programs, carries out commands, and feeds the History. One per app or command line run.
//
//   front end ── submit() ──▶ session thread: helper, pidfds, inputs ──┐
//   programs ── rings ──▶ collector thread: merge, append ◀── facts ───┘ ──▶ History ──▶ on_append()
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/model/history.h"
#include "core/session/command.h"

namespace synoptic {

struct SessionSetup {
    std::string helper;               // the helper's path; empty: beside the program that runs
    std::function<void()> on_append;  // called by the collector's thread after events were appended; must not block
    Output output;                    // what programs inside the app print, besides the trace
    Input* client_input = nullptr;    // where the next client inside the app reads its lines from; null: from Say and Chatter
    bool with_helper = true;
    std::string tun_path = "/dev/net/tun";  // for the wire
};

class Session {
   public:
    static Result<std::unique_ptr<Session>> start(SessionSetup setup);
    /** Ends every program and process of this session. */
    ~Session();

    /** Any thread. Returns the command's number; what became of it is an event. */
    std::uint64_t submit(Command command);
    const History& history() const;
    /** The clock of the History's events, now: CLOCK_MONOTONIC ns on the trace's scale. Any thread. */
    std::uint64_t now_ns() const;

    /** Waits until the World fulfils `condition` or `limit_ms` have passed. For tests and the command line. */
    bool wait_for(const std::function<bool(const World&)>& condition, int limit_ms) const;

    pid_t helper_pid() const;

   private:
    struct Implementation;
    explicit Session(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> self_;
};

}  // namespace synoptic
