// Session's inside: one thread that carries out commands, and watches the helper, the processes and the clock. Private to core/session.
//
// Thread safety: everything below `thread` belongs to the session's thread, except the queue, which has a mutex.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "core/session/collector.h"
#include "core/helper/helper.h"
#include "core/session/run.h"
#include "core/session/session.h"
#include "core/session/wire_feed.h"
#include "core/wire/lab.h"
#include "core/wire/loopback_capture.h"
#include "core/wire/relay.h"

namespace synoptic {

inline constexpr std::uint64_t helper_channel_key = 1;  // in epoll's data, where others have their pid (1 is init's); 0 is the queue

struct Session::Implementation {
    explicit Implementation(SessionSetup given) : setup(std::move(given)) {}
    ~Implementation() { end(); }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    Status begin();
    /** Ends everything. False if a thread of a program inside the app does not end: then it goes on using this object. */
    bool end();

    SessionSetup setup;
    std::unique_ptr<Trace> trace;
    History history;
    std::unique_ptr<Collector> collector;
    std::uint64_t children_descriptor_limit = 0;  // RLIMIT_NOFILE as it was before the app raised its own
    int lifeline_read = -1, lifeline_write = -1;
    int wake_fd = -1;   // eventfd: the queue has something
    int epoll_fd = -1;
    std::atomic<pid_t> helper_pid{0};
    std::atomic<std::uint64_t> next_command{1};
    std::atomic<bool> ending{false};
    mutable std::mutex changed_mutex;
    mutable std::condition_variable changed;  // the History grew
    std::thread thread;

    // The queue: from any thread to the session's.
    struct Finished { ProgramId program{}; int status = 0; };
    struct Began { pid_t pid = 0; ProgramId program{}; };
    std::mutex queue_mutex;
    std::vector<std::pair<std::uint64_t, Command>> commands;
    std::vector<Finished> finished;
    std::vector<Began> began;

    // The session thread's own.
    struct Watched {  // a process of a program's own
        int pidfd = -1;  // -1: there was no descriptor for one; it is asked for by its number from time to time
        ProgramId program{};
        bool dead = false;  // a zombie until somebody waits for it
    };
    HelperProcess helper;
    int helper_pidfd = -1;
    // The wire, in the order in which it is taken down: the relay before the lab.
    std::unique_ptr<WireFeed> feed;
    std::shared_ptr<Lab> lab;  // shared with the programs that make sockets in it
    std::unique_ptr<Relay> relay;
    bool lab_lives = false;
    std::atomic<std::uint64_t> next_segment{1};  // of all labs, and of loopback
    Rules rules;
    bool wire_paused = false;  // all waits for steps, segments too
    // Loopback's segments, watched. What the collector's thread tells of ports is under the mutex.
    std::unique_ptr<WireFeed> loopback_feed;
    std::mutex loopback_mutex;
    std::unique_ptr<LoopbackCapture> loopback;
    std::set<std::uint16_t> loopback_ports;  // of servers there
    std::map<ProgramId, std::unique_ptr<Run>> runs;
    std::map<pid_t, Watched> watched;
    std::set<pid_t> groups;  // of programs' processes, by their first one's pid: workers live on in them
    std::uint64_t next_look_at_unwatched_ns = 0;
    std::uint32_t next_program = 1;
    int servers_started = 0, clients_started = 0;
    std::map<ProgramId, std::string> labels;  // of all there were: what can't be asked of one that has ended is said by its name
    struct StepUnderWay { ActorId actor{}; std::uint64_t since_ns = 0; std::optional<std::uint64_t> seen; };
    std::vector<StepUnderWay> steps;

    // session.cpp: the loop
    void run();
    void wake();
    void post(EventKind kind, const Args& args, std::string payload = {}, ActorId actor = ActorId::none);
    int next_timeout_ms();
    void take_queue();

    // commands.cpp: carrying out
    void carry_out(std::uint64_t number, const Command& command);
    /** What a program is or was called; "" if there never was one of this number. */
    std::string label_of(ProgramId id) const;
    std::string has_ended(ProgramId id) const;
    Result<std::string> execute(const StartServer& command);
    Result<std::string> execute(const StopServer& command);
    Result<std::string> execute(const AddClients& command);
    Result<std::string> execute(const Say& command);
    Result<std::string> execute(const Chatter& command);
    Result<std::string> execute(const CloseClient& command);
    Result<std::string> execute(const KillProcess& command);
    Result<std::string> execute(const SetGate& command);
    Result<std::string> execute(const Step& command);
    Result<std::string> execute(const RestartHelper& command);
    Result<std::string> execute(const StartLab& command);
    Result<std::string> execute(const SetRules& command);
    Result<std::string> execute(const MoveSegment& command);
    Result<std::string> execute(const DeliverAll& command);
    Result<std::string> execute(const CaptureLoopback& command);

    // breakpoints.cpp
    Result<std::string> execute(const SetBreakpoint& command);

    // lab.cpp: the wire
    Status start_lab();
    void end_lab();
    void lab_ended();
    void post_lab(const std::string& trouble);
    void tell_helper_of_lab();
    Status check_network(Network network);
    static Host host_of(const Run& run);

    // loopback.cpp: segments that can only be watched
    void watch_new_servers();  // the collector's thread
    void end_loopback_capture();

    // runs.cpp: starting and stopping
    Status start_program(std::unique_ptr<Run> run);
    Status start_in_app(Run& run);
    Status start_own_process(Run& run);
    void ask_to_stop(Run& run, int urgency);
    void open_gates_of(const Run& run);
    void press_those_that_stop(std::uint64_t now);
    void set_chatter(Run& run, int every_ms, int nth);
    void let_chatter(std::uint64_t now);
    Status say_to(Run& run, std::string line);
    void program_ended(Run& run, int status, const std::string& why);
    void end_if_over(Run& run);

    // processes.cpp: the helper, pidfds, zombies
    Status start_helper();
    Status send_order(const nlohmann::json& order, int fd);
    bool read_helper();
    void heard(const nlohmann::json& said);
    void helper_ended();
    bool status_is_lost(const Run& run) const;
    void know_root(Run& run, pid_t pid);
    void watch(pid_t pid, ProgramId program);
    void process_ended(pid_t pid);
    void process_reaped(pid_t pid, int status, pid_t waiter);  // waiter 0: unknown
    void look_at_zombies();
    void look_at_unwatched(std::uint64_t now);
    void kill_everything();
    void reap_groups();

    // steps.cpp
    Ring* ring_of(ActorId actor);
    Ring* longest_standing();
    Result<std::string> step_actor(Ring& ring);
    Result<std::string> step_segment(WireId segment);
    void look_at_steps(std::uint64_t now);
    std::optional<std::uint64_t> told_if_quiet();
};

}  // namespace synoptic
