#include "core/session/session.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "core/session/implementation.h"

namespace synoptic {

Result<std::unique_ptr<Session>> Session::start(SessionSetup setup) {
    auto implementation = std::make_unique<Implementation>(std::move(setup));
    if (const Status begun = implementation->begin(); !begun) return begun.error();
    return std::unique_ptr<Session>(new Session(std::move(implementation)));
}

Session::Session(std::unique_ptr<Implementation> implementation) : self_(std::move(implementation)) {}
Session::~Session() {
    // What a thread that did not end still uses stays, its trace too; the process is about to end.
    static std::vector<std::unique_ptr<Implementation>>& still_used = *new std::vector<std::unique_ptr<Implementation>>;
    if (!self_->end()) still_used.push_back(std::move(self_));
}

std::uint64_t Session::submit(Command command) {
    const std::uint64_t number = self_->next_command.fetch_add(1);
    {
        const std::lock_guard lock(self_->queue_mutex);
        self_->commands.emplace_back(number, std::move(command));
    }
    self_->wake();
    return number;
}

const History& Session::history() const { return self_->history; }
pid_t Session::helper_pid() const { return self_->helper_pid.load(); }
std::uint64_t Session::now_ns() const { return self_->collector->now_ns(); }

bool Session::wait_for(const std::function<bool(const World&)>& condition, int limit_ms) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
    World world;
    for (;;) {
        const EventIndex size = history().size();
        history().advance(world, size);
        if (condition(world)) return true;
        std::unique_lock lock(self_->changed_mutex);
        if (!self_->changed.wait_until(lock, deadline, [&] { return history().size() != size; })) return false;
    }
}

namespace {

/** A pidfd or a socket for each client needs more than the usual 1,024 descriptors. Returns the limit as it was. */
std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    const std::uint64_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return before;
}

}  // namespace

Status Session::Implementation::begin() {
    // An app that a peer resets must not die of it; and orphans of a helper that was killed become ours to reap.
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    children_descriptor_limit = raise_descriptor_limit();
    Result<std::unique_ptr<Trace>> made = Trace::create();
    if (!made) return made.error();
    trace = std::move(*made);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return errno_error("pipe2", "no lifeline for the helper");
    lifeline_read = ends[0];
    lifeline_write = ends[1];
    wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (wake_fd < 0 || epoll_fd < 0) return errno_error("eventfd", "no descriptors left for the session");
    epoll_event event{.events = EPOLLIN, .data = {.u64 = 0}};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd, &event);

    Collector::Hooks hooks;
    hooks.appended = [this] {
        watch_new_servers();
        { const std::lock_guard lock(changed_mutex); }
        changed.notify_all();
        if (setup.on_append) setup.on_append();
    };
    hooks.process_seen = [this](pid_t pid, ProgramId program) {
        {
            const std::lock_guard lock(queue_mutex);
            began.push_back({pid, program});
        }
        wake();
    };
    collector = std::make_unique<Collector>(*trace, history, std::move(hooks));
    if (setup.with_helper) {
        if (const Status started = start_helper(); !started) post(EventKind::helper_state, {.a = 0, .b = 0}, started.error().text());
    }
    thread = std::thread([this] { run(); });
    return Done{};
}

bool Session::Implementation::end() {
    if (ending.load()) return runs.empty();
    ending.store(true);
    if (thread.joinable()) {
        wake();
        thread.join();
    }
    kill_everything();
    end_lab();
    end_loopback_capture();
    collector.reset();
    if (!runs.empty()) return false;
    for (const int fd : {lifeline_read, lifeline_write, wake_fd, epoll_fd}) {
        if (fd >= 0) close(fd);
    }
    return true;
}

void Session::Implementation::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_fd, &one, sizeof one);  // full means: it is awake
}

void Session::Implementation::post(EventKind kind, const Args& args, std::string payload, ActorId actor) {
    collector->post(PostedFact{.kind = kind, .args = args, .payload = std::move(payload), .actor = actor});
}

void Session::Implementation::take_queue() {
    std::uint64_t count;
    [[maybe_unused]] const ssize_t got = read(wake_fd, &count, sizeof count);
    std::vector<std::pair<std::uint64_t, Command>> asked;
    std::vector<Finished> over;
    std::vector<Began> fresh;
    {
        const std::lock_guard lock(queue_mutex);
        asked.swap(commands);
        over.swap(finished);
        fresh.swap(began);
    }
    for (const Began& process : fresh) watch(process.pid, process.program);
    for (const Finished& end : over) {
        const auto found = runs.find(end.program);
        if (found == runs.end()) continue;
        found->second->thread.join();
        program_ended(*found->second, end.status, "");
    }
    for (const auto& [number, command] : asked) carry_out(number, command);
}

/** How long nothing needs to be done by the clock. */
int Session::Implementation::next_timeout_ms() {
    if (!steps.empty()) return 1;
    std::uint64_t due = ~std::uint64_t{0};
    for (const auto& [id, run] : runs) {
        if (run->chatter_ms > 0) due = std::min(due, run->chatter_due_ns);
        if (run->stop_at_ns != 0) due = std::min(due, run->stop_at_ns);
    }
    int timeout = -1;
    if (due != ~std::uint64_t{0}) {
        const std::uint64_t now = monotonic_ns();
        timeout = now >= due ? 0 : static_cast<int>(std::min<std::uint64_t>((due - now) / 1'000'000 + 1, 60'000));
    }
    const bool some_to_ask = std::any_of(watched.begin(), watched.end(), [](const auto& entry) { return entry.second.dead || entry.second.pidfd < 0; });
    if (some_to_ask && (timeout < 0 || timeout > 200)) timeout = 200;
    return timeout;
}

void Session::Implementation::run() {
    while (!ending.load()) {
        epoll_event events[64];
        const int count = epoll_wait(epoll_fd, events, 64, next_timeout_ms());
        for (int i = 0; i < count; ++i) {
            const auto pid = static_cast<pid_t>(events[i].data.u64);
            if (events[i].data.u64 == 0) take_queue();
            else if (events[i].data.u64 == helper_channel_key) read_helper();
            else if (pid == helper_pid.load()) helper_ended();
            else if (lab && pid == lab->pid()) lab_ended();
            else process_ended(pid);
        }
        const std::uint64_t now = monotonic_ns();
        press_those_that_stop(now);
        let_chatter(now);
        look_at_zombies();
        look_at_unwatched(now);
        look_at_steps(now);
    }
}

}  // namespace synoptic
