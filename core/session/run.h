// Run: one started program, from its start until the last of its threads and processes has ended. Private to core/session.
#pragma once

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "core/base/result.h"
#include "core/programs/registry.h"
#include "core/sockets/sockets.h"
#include "core/wire/host.h"

namespace synoptic {

/** Lines that the user or the chatter says, for a client inside the app. Thread safety: any thread. */
class LineQueue : public Input {
   public:
    char* read_line(char* buffer, int size) override;
    void end() override;
    void push(std::string line);
    /** True if a reader waits and nothing is there for it. */
    bool hungry() const;

   private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> lines_;
    bool ended_ = false;
    int waiting_ = 0;
};

/** A thread with a small stack: a thousand clients are a thousand threads. */
class ProgramThread {
   public:
    static Result<ProgramThread> start(std::function<void()> body);
    void join();

   private:
    pthread_t thread_{};
};

struct Run {
    ProgramId id{};
    const ProgramInfo* info = nullptr;
    std::string label;
    Place place = Place::in_app;
    Network network{};
    std::string address, port;
    int backlog = 0;
    std::string database;
    ServerLimits limits;
    int descriptor_limit = 0;  // RLIMIT_NOFILE of an own process; 0 leaves it

    // inside the app
    std::unique_ptr<LineQueue> lines;
    std::unique_ptr<Sockets> os;
    ProgramThread thread;

    // a process of its own
    pid_t helper = 0;            // that starts it, and tells the root's status
    pid_t root = 0;              // 0 until the helper said so
    int stdin_pipe = -1;         // write end
    std::set<pid_t> processes;   // that live
    int root_status = -1;        // wait status, once it was reaped

    bool stop_asked = false;         // by the user
    int stop_urgency = 0;            // 0 not asked, 1 its input ended, 2 its sockets shut or SIGTERM, 3 SIGKILL
    std::uint64_t stop_since_ns = 0; // when it was asked that urgently
    std::uint64_t stop_at_ns = 0;    // when to ask again; 0: not asked
    std::uint64_t stop_busy_ns = 0;  // when it was seen putting its database in order; 0: it was not

    int chatter_ms = 0;
    std::uint64_t chatter_due_ns = 0;
    int chatter_count = 0;
};

}  // namespace synoptic
