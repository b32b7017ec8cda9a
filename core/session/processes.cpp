// The helper, the processes of programs, and their ends: pidfds tell of deaths, waitpid and the helper of statuses.
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/helper/channel.h"
#include "core/kernel/proc.h"
#include "core/session/implementation.h"
#include "core/trace/format.h"

namespace synoptic {

namespace {

int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

/** True while the process's status was not read: signal 0 reaches a zombie, and nobody else can have its pid. */
bool is_unreaped(pid_t pid, int pidfd) { return (pidfd >= 0 ? syscall(SYS_pidfd_send_signal, pidfd, 0, nullptr, 0) : kill(pid, 0)) == 0; }

void close_if_open(int fd) {
    if (fd >= 0) close(fd);
}

void watch_descriptor(int epoll_fd, int fd, std::uint64_t key) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = key}};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

Status Session::Implementation::start_helper() {
    Result<HelperProcess> spawned = spawn_helper(setup.helper.empty() ? helper_path() : setup.helper, trace->memfd(), lifeline_read);
    if (!spawned) return spawned.error();
    helper = *spawned;
    helper_pid.store(helper.pid);
    helper_pidfd = open_pidfd(helper.pid);
    watch_descriptor(epoll_fd, helper.channel, helper_channel_key);
    if (helper_pidfd >= 0) watch_descriptor(epoll_fd, helper_pidfd, static_cast<std::uint64_t>(helper.pid));
    tell_helper_of_lab();
    post(EventKind::helper_state, {.a = helper.pid, .b = 1});
    return Done{};
}

/** While the helper has no room for an order, it may be waiting for room for its answers: these are read meanwhile. */
Status Session::Implementation::send_order(const nlohmann::json& order, int fd) {
    for (;;) {
        Status sent = send_message(helper.channel, order, fd, MSG_DONTWAIT);
        if (sent || sent.error().err != EAGAIN || ending.load()) return sent;
        pollfd channel{helper.channel, POLLIN | POLLOUT, 0};
        poll(&channel, 1, 100);
        if (channel.revents & POLLIN) read_helper();
    }
}

/** One message. False if there is none. */
bool Session::Implementation::read_helper() {
    const std::optional<ChannelMessage> message = receive_message(helper.channel, MSG_DONTWAIT);
    if (message) {
        if (message->body.is_object()) heard(message->body);
        return true;
    }
    if (errno == EAGAIN) return false;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, helper.channel, nullptr);  // its pidfd tells the rest
    return false;
}

void Session::Implementation::heard(const nlohmann::json& body) {
    const std::string said = body.value("said", "");
    if (said == "reaped") {
        process_reaped(body.value("pid", 0), body.value("status", -1), helper.pid);
        return;
    }
    const ProgramId program{body.value("program", 0u)};
    const auto found = runs.find(program);
    if (said == "started") {
        if (found != runs.end()) know_root(*found->second, body.value("pid", 0));
        watch(body.value("pid", 0), program);
        post(EventKind::program_ready, {.socket = static_cast<std::uint64_t>(program)});
    } else if (said == "refused" && found != runs.end()) {
        const int err = body.value("errno", 0);
        const std::string call = body.value("call", "fork");
        program_ended(*found->second, 1, Error{call, err, call == "fork" ? advice(EventKind::fork, err) : ""}.text());
    }
}

void Session::Implementation::helper_ended() {
    int status = -1;
    waitpid(helper.pid, &status, 0);
    while (read_helper()) {  // what it said last
    }
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, helper.channel, nullptr);
    close(helper.channel);
    close_if_open(helper_pidfd);
    post(EventKind::helper_state, {.a = helper.pid, .b = 0},
         "The helper process, which starts servers and clients in processes of their own, has ended (" + wait_status_text(status) +
             "). What runs goes on. Restart it to start more.");
    helper = HelperProcess{};
    helper_pidfd = -1;
    helper_pid.store(0);
    std::vector<Run*> own;
    for (auto& [id, run] : runs) {
        if (run->place == Place::own_process) own.push_back(run.get());
    }
    for (Run* run : own) {
        if (run->root == 0) program_ended(*run, 1, "the helper ended before it could start this program");
        else end_if_over(*run);
    }
}

/** True if nobody will tell how the program's first process ended: the helper that reaped it is gone. */
bool Session::Implementation::status_is_lost(const Run& run) const {
    return run.root != 0 && run.root_status == -1 && run.helper != helper.pid && !watched.contains(run.root);
}

void Session::Implementation::know_root(Run& run, pid_t pid) {
    run.root = pid;
    if (pid > 0) groups.insert(pid);
}

void Session::Implementation::watch(pid_t pid, ProgramId program) {
    const auto known = watched.find(pid);
    if (known != watched.end()) {
        // Another thread of it, or its parent tells of it late: it may be a zombie by now.
        if (!known->second.dead || is_unreaped(pid, known->second.pidfd)) return;
        process_reaped(pid, -1, 0);  // its number lives again: somebody must have waited for it
    }
    const auto run = runs.find(program);
    // Its events may be here before the helper's word, which may never come: the leader of the group is the root.
    if (run != runs.end() && run->second->root == 0 && getpgid(pid) == pid) know_root(*run->second, pid);
    const int pidfd = open_pidfd(pid);
    if (pidfd < 0 && errno == ESRCH) {  // it has lived and died meanwhile
        post(EventKind::process_ended, {.a = pid, .b = 0, .value = -1});
        return;
    }
    watched[pid] = Watched{pidfd, program, false};
    if (pidfd >= 0) watch_descriptor(epoll_fd, pidfd, static_cast<std::uint64_t>(pid));
    if (run != runs.end()) run->second->processes.insert(pid);
}

void Session::Implementation::process_ended(pid_t pid) {
    const auto found = watched.find(pid);
    if (found == watched.end() || found->second.dead) return;
    Watched& process = found->second;
    process.dead = true;
    if (process.pidfd >= 0) epoll_ctl(epoll_fd, EPOLL_CTL_DEL, process.pidfd, nullptr);
    const bool zombie = is_unreaped(pid, process.pidfd);
    post(EventKind::process_ended, {.a = pid, .b = zombie, .value = zombie ? status_of_zombie(pid) : -1});
    const ProgramId program = process.program;
    if (!zombie) {
        close_if_open(process.pidfd);
        watched.erase(found);
    }
    if (const auto run = runs.find(program); run != runs.end()) {
        run->second->processes.erase(pid);
        end_if_over(*run->second);
    }
}

void Session::Implementation::process_reaped(pid_t pid, int status, pid_t waiter) {
    process_ended(pid);  // if its pidfd has not told yet
    if (const auto found = watched.find(pid); found != watched.end()) {
        close_if_open(found->second.pidfd);
        watched.erase(found);
    }
    post(EventKind::process_reaped, {.a = pid, .b = waiter, .value = status});
    for (auto& [id, run] : runs) {
        if (run->root != pid) continue;
        if (status != -1) run->root_status = status;
        end_if_over(*run);
        return;
    }
}

/** An orphan whose helper was killed is ours. And a parent may read a status by a call that is not traced, or ignore SIGCHLD: then the pid is free
    without a word. */
void Session::Implementation::look_at_zombies() {
    struct Over { pid_t pid; int status; pid_t waiter; };
    std::vector<Over> over;
    for (const auto& [pid, process] : watched) {
        if (!process.dead) continue;
        int status = -1;
        if (waitpid(pid, &status, WNOHANG) == pid) over.push_back({pid, status, getpid()});
        else if (!is_unreaped(pid, process.pidfd)) over.push_back({pid, -1, 0});
    }
    for (const Over& process : over) process_reaped(process.pid, process.status, process.waiter);
}

/** Those for which there was no descriptor left (EMFILE): a pidfd is tried again, and tells at once if they are dead. */
void Session::Implementation::look_at_unwatched(std::uint64_t now) {
    if (now < next_look_at_unwatched_ns) return;
    next_look_at_unwatched_ns = now + 200'000'000u;
    std::vector<pid_t> gone;
    for (auto& [pid, process] : watched) {
        if (process.dead || process.pidfd >= 0) continue;
        process.pidfd = open_pidfd(pid);
        if (process.pidfd >= 0) watch_descriptor(epoll_fd, process.pidfd, static_cast<std::uint64_t>(pid));
        else if (errno == ESRCH) gone.push_back(pid);
    }
    for (const pid_t pid : gone) process_ended(pid);
}

/** The kernel kills them; the orphans among them are ours, the app being a subreaper. One that was forked just now nobody has told of, so that it is not watched. */
void Session::Implementation::reap_groups() {
    const std::uint64_t deadline = monotonic_ns() + 2'000'000'000u;
    for (const pid_t group : groups) {
        for (;;) {
            const pid_t reaped = waitpid(-group, nullptr, WNOHANG);
            if (reaped < 0 || (reaped == 0 && monotonic_ns() > deadline)) break;
            if (reaped == 0) poll(nullptr, 0, 1);
        }
    }
    groups.clear();
}

void Session::Implementation::kill_everything() {
    for (auto& [id, run] : runs) {
        if (run->place == Place::in_app) ask_to_stop(*run, 2);
    }
    const std::uint64_t deadline = monotonic_ns() + 3'000'000'000u;
    const auto some_in_app = [this] {
        for (const auto& [id, run] : runs) {
            if (run->place == Place::in_app) return true;
        }
        return false;
    };
    while (some_in_app() && monotonic_ns() < deadline) {
        pollfd queue{wake_fd, POLLIN, 0};
        poll(&queue, 1, 20);
        take_queue();
        press_those_that_stop(monotonic_ns());
    }
    close(lifeline_write);  // the kernel kills the helper and every program's group now
    lifeline_write = -1;
    if (helper.pid > 0) {
        waitpid(helper.pid, nullptr, 0);
        close(helper.channel);
        close(helper_pidfd);
    }
    for (auto& [pid, process] : watched) {
        if (process.pidfd < 0) process.pidfd = open_pidfd(pid);
        pollfd end{process.pidfd, POLLIN, 0};
        if (!process.dead && process.pidfd >= 0) poll(&end, 1, 2000);
        waitpid(pid, nullptr, WNOHANG);
        close_if_open(process.pidfd);
    }
    watched.clear();
    reap_groups();
    for (auto& [id, run] : runs) {
        if (run->stdin_pipe >= 0) close(run->stdin_pipe);
    }
    std::erase_if(runs, [](const auto& entry) { return entry.second->place == Place::own_process; });
}

}  // namespace synoptic
