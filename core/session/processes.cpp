// The helper, the processes of programs, and their ends: pidfds tell of deaths, waitpid and the helper of statuses.
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/helper/channel.h"
#include "core/session/implementation.h"
#include "core/trace/format.h"

namespace synoptic {

namespace {

int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

/** True while the process's status was not read: signal 0 reaches a zombie, and nobody else can have its pid. */
bool is_unreaped(int pidfd) { return syscall(SYS_pidfd_send_signal, pidfd, 0, nullptr, 0) == 0; }

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
    post(EventKind::helper_state, {.a = helper.pid, .b = 1});
    return Done{};
}

void Session::Implementation::read_helper() {
    const std::optional<ChannelMessage> message = receive_message(helper.channel);
    if (!message || !message->body.is_object()) {
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, helper.channel, nullptr);  // its pidfd tells the rest
        return;
    }
    const nlohmann::json& body = message->body;
    const std::string said = body.value("said", "");
    if (said == "reaped") {
        process_reaped(body.value("pid", 0), body.value("status", -1));
        return;
    }
    const ProgramId program{body.value("program", 0u)};
    const auto found = runs.find(program);
    if (said == "started") {
        if (found != runs.end()) found->second->root = body.value("pid", 0);
        watch(body.value("pid", 0), program);
        post(EventKind::program_ready, {.socket = static_cast<std::uint64_t>(program)});
    } else if (said == "refused" && found != runs.end()) {
        const int err = body.value("errno", 0);
        program_ended(*found->second, 1, Error{"fork", err, advice(EventKind::fork, err)}.text());
    }
}

void Session::Implementation::helper_ended() {
    int status = -1;
    waitpid(helper.pid, &status, 0);
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, helper.channel, nullptr);
    close(helper.channel);
    close(helper_pidfd);
    post(EventKind::helper_state, {.a = helper.pid, .b = 0},
         "The helper process, which starts servers and clients in processes of their own, has ended (" + wait_status_text(status) +
             "). What runs goes on. Restart it to start more.");
    helper = HelperProcess{};
    helper_pidfd = -1;
    helper_pid.store(0);
    std::vector<Run*> unanswered;
    for (auto& [id, run] : runs) {
        if (run->place == Place::own_process && run->root == 0) unanswered.push_back(run.get());
    }
    for (Run* run : unanswered) program_ended(*run, 1, "the helper ended before it could start this program");
}

void Session::Implementation::watch(pid_t pid, ProgramId program) {
    const auto known = watched.find(pid);
    if (known != watched.end()) {
        if (!known->second.dead) return;  // another thread of it
        process_reaped(pid, -1);          // its number lives again: somebody must have waited for it
    }
    const int pidfd = open_pidfd(pid);
    if (pidfd < 0) {  // it has lived and died meanwhile
        post(EventKind::process_ended, {.a = pid, .b = 0, .value = -1});
        return;
    }
    watched[pid] = Watched{pidfd, program, false};
    watch_descriptor(epoll_fd, pidfd, static_cast<std::uint64_t>(pid));
    if (const auto run = runs.find(program); run != runs.end()) run->second->processes.insert(pid);
}

void Session::Implementation::process_ended(pid_t pid) {
    const auto found = watched.find(pid);
    if (found == watched.end() || found->second.dead) return;
    Watched& process = found->second;
    process.dead = true;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, process.pidfd, nullptr);
    const bool zombie = is_unreaped(process.pidfd);
    post(EventKind::process_ended, {.a = pid, .b = zombie, .value = -1});
    const ProgramId program = process.program;
    if (!zombie) {
        close(process.pidfd);
        watched.erase(found);
    } else {
        int status;  // an orphan whose helper was killed is ours
        if (waitpid(pid, &status, WNOHANG) == pid) process_reaped(pid, status);
    }
    if (const auto run = runs.find(program); run != runs.end()) {
        run->second->processes.erase(pid);
        end_if_over(*run->second);
    }
}

void Session::Implementation::process_reaped(pid_t pid, int status) {
    process_ended(pid);  // if its pidfd has not told yet
    if (const auto found = watched.find(pid); found != watched.end()) {
        close(found->second.pidfd);
        watched.erase(found);
    }
    post(EventKind::process_reaped, {.a = pid, .b = helper_pid.load(), .value = status});
    for (auto& [id, run] : runs) {
        if (run->root != pid) continue;
        run->root_status = status;
        end_if_over(*run);
        return;
    }
}

/** A parent may read a status by a call that is not traced, or ignore SIGCHLD: then the pid is free without a word. */
void Session::Implementation::look_at_zombies() {
    for (auto it = watched.begin(); it != watched.end();) {
        if (!it->second.dead || is_unreaped(it->second.pidfd)) {
            ++it;
            continue;
        }
        post(EventKind::process_reaped, {.a = it->first, .b = 0, .value = -1});
        close(it->second.pidfd);
        it = watched.erase(it);
    }
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
        pollfd end{process.pidfd, POLLIN, 0};
        if (!process.dead) poll(&end, 1, 2000);
        waitpid(pid, nullptr, WNOHANG);
        close(process.pidfd);
    }
    watched.clear();
    for (auto& [id, run] : runs) {
        if (run->stdin_pipe >= 0) close(run->stdin_pipe);
        if (run->place == Place::in_app) run.release();  // a thread that did not end still uses it; the process is about to end
    }
    runs.clear();
}

}  // namespace synoptic
