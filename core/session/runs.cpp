// Starting and stopping programs, in the app or by the helper, and talking to clients.
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/base/clock.h"
#include "core/helper/channel.h"
#include "core/session/implementation.h"
#include "core/store/store.h"
#include "core/trace/format.h"
#include "core/trace/gate.h"

namespace synoptic {

namespace {

constexpr std::uint64_t press_every_ns = 50 * ms_ns;
constexpr std::uint64_t polite_ns = 300 * ms_ns;    // until a client whose input ended is asked more firmly
constexpr std::uint64_t patient_ns = 1500 * ms_ns;  // until a process that was asked to end is killed
constexpr std::uint64_t patient_with_file_ns = 60'000 * ms_ns;  // the same while it puts its database in order

/** What a chattering client says: to a key-value server requests, of which some meet the keys of other clients. */
std::string chatter_line(const Run& run, int count) {
    if (std::string_view(run.info->protocol) != "kv") return "hello " + std::to_string(count) + " from " + run.label + "\n";
    const std::string key = std::to_string(1 + (count / 3) % 20);
    switch (count % 3) {
        case 0: return "put " + key + " number " + std::to_string(count) + " from " + run.label + "\n";
        case 1: return "get " + key + "\n";
        default: return "del " + key + "\n";
    }
}

std::string begin_text(const Run& run) {
    std::string text;
    for (const std::string& part : {std::string(run.info->name), run.label, run.address, run.port, std::string(network_name(run.network))}) text.append(part).push_back('\0');
    return text;
}

/** To be killed then costs no pair, but leaves the file as it was, and the next start has to do the work. */
bool puts_file_in_order(const Run& run) {
    if (run.place != Place::own_process || run.info->role != Role::server || std::string_view(run.info->protocol) != "kv") return false;
    return Store::is_read_or_written_whole(run.database.empty() ? default_database : run.database);
}

}  // namespace

Status Session::Implementation::start_program(std::unique_ptr<Run> given) {
    Run& run = *given;
    run.id = ProgramId{next_program++};
    const auto id = static_cast<std::uint64_t>(run.id);
    post(EventKind::program_begin,
         {.a = static_cast<std::int64_t>(run.info->role), .b = static_cast<std::int64_t>(run.place), .value = run.backlog, .socket = id}, begin_text(run));
    labels[run.id] = run.label;
    runs[run.id] = std::move(given);
    Status started = run.place == Place::in_app ? start_in_app(run) : start_own_process(run);
    if (!started) program_ended(run, 1, started.error().text());
    return started;
}

Status Session::Implementation::start_in_app(Run& run) {
    Input* input = nullptr;
    if (run.info->role == Role::client) {
        run.lines = std::make_unique<LineQueue>();
        input = setup.client_input ? setup.client_input : run.lines.get();
    }
    std::function<int(int, int, int)> make_socket;
    if (run.network == Network::wire) {
        make_socket = [lab = lab, host = host_of(run)](int domain, int type, int protocol) {
            const Result<int> made = lab->open_socket(host, domain, type, protocol);
            if (!made) errno = made.error().err;
            return made ? *made : -1;
        };
    }
    run.os = std::make_unique<Sockets>(Sockets::Setup{.trace = trace.get(),
                                                      .program = run.id,
                                                      .input = input,
                                                      .output = setup.output,
                                                      .own_process = false,
                                                      .make_socket = std::move(make_socket)});
    // Only what the thread needs: the Run is the session thread's.
    auto body = [this, os = run.os.get(), id = run.id, info = run.info, address = run.address, port = run.port, backlog = run.backlog,
                 database = run.database, limits = run.limits] {
        int status;
        {
            const ActorScope actor(*os, info->role == Role::server ? "server" : "client");
            if (info->role == Role::server) status = info->serve(*os, {address.c_str(), port.c_str(), backlog, database.c_str(), limits});
            else status = info->talk(*os, {address.c_str(), port.c_str()});
        }
        while (!os->wait_for_threads(std::chrono::hours(1))) {
        }
        {
            const std::lock_guard lock(queue_mutex);
            finished.push_back({id, status});
        }
        wake();
    };
    Result<ProgramThread> thread_started = ProgramThread::start(std::move(body));
    if (!thread_started) return thread_started.error();
    run.thread = *thread_started;
    post(EventKind::program_ready, {.socket = static_cast<std::uint64_t>(run.id)});
    return Done{};
}

Status Session::Implementation::start_own_process(Run& run) {
    if (helper_pid.load() == 0) return Error{"", 0, helper_is_missing};
    int ends[2] = {-1, -1};
    if (run.info->role == Role::client) {
        if (pipe2(ends, O_CLOEXEC) < 0) return errno_error("pipe2", advice(EventKind::socket, errno));
        fcntl(ends[1], F_SETFL, O_NONBLOCK);
        run.stdin_pipe = ends[1];
    }
    run.helper = helper.pid;
    const std::uint64_t descriptors = run.descriptor_limit > 0 ? static_cast<std::uint64_t>(run.descriptor_limit) : children_descriptor_limit;
    Status sent = send_order({{"do", "start"},
                                    {"program", static_cast<std::uint32_t>(run.id)},
                                    {"name", run.info->name},
                                    {"address", run.address},
                                    {"port", run.port},
                                    {"backlog", run.backlog},
                                    {"database", run.database},
                                    {"clients", run.limits.clients},
                                    {"line_bytes", run.limits.line_bytes},
                                    {"idle_seconds", run.limits.idle_seconds},
                                    {"descriptors", descriptors},
                                    {"host", run.network == Network::wire ? index_of(host_of(run)) : -1}},
                                   ends[0]);
    if (ends[0] >= 0) close(ends[0]);
    return sent;
}

/** Actors of a program that is to end must not wait at a gate; those that begin meanwhile neither. */
void Session::Implementation::open_gates_of(const Run& run) {
    const std::uint32_t used = trace->header().rings_used.load(std::memory_order_acquire);
    for (std::uint32_t slot = 0; slot < used; ++slot) {
        Ring& ring = trace->ring(slot);
        if (ring.state.load(std::memory_order_acquire) != RingState::live || ring.program != static_cast<std::uint32_t>(run.id)) continue;
        if (ring.gate_mode.load() != GateMode::run) set_gate(ring, GateMode::run, 0);
    }
}

/** 1: its input ends; 2: its sockets are shut down; 3: it is killed, if it is a process. */
void Session::Implementation::ask_to_stop(Run& run, int urgency) {
    const std::uint64_t now = monotonic_ns();
    if (urgency > run.stop_urgency) {
        run.stop_urgency = urgency;
        run.stop_since_ns = now;
    }
    run.stop_at_ns = now + press_every_ns;
    open_gates_of(run);
    if (run.place == Place::in_app) {
        if (!run.os) return;
        if (run.stop_urgency == 1) run.lines->end();
        else run.os->stop();
        return;
    }
    if (run.stdin_pipe >= 0) {
        close(run.stdin_pipe);
        run.stdin_pipe = -1;
    }
    if (run.root == 0 || run.processes.empty() || run.stop_urgency == 1) return;  // not there yet, or left to end by itself
    kill(-run.root, run.stop_urgency == 2 ? SIGTERM : SIGKILL);
}

void Session::Implementation::press_those_that_stop(std::uint64_t now) {
    for (auto& [id, run] : runs) {
        if (run->stop_at_ns == 0 || now < run->stop_at_ns) continue;
        const std::uint64_t patience = run->stop_urgency == 1 ? polite_ns : patient_ns;
        // Once the file is in order, it has as long as any other to end.
        if (run->stop_urgency == 2 && now < run->stop_since_ns + patient_with_file_ns && puts_file_in_order(*run)) run->stop_busy_ns = now;
        const std::uint64_t since_ns = std::max(run->stop_since_ns, run->stop_busy_ns);
        const int most = run->place == Place::in_app ? 2 : 3;
        const bool more = now > since_ns + patience && run->stop_urgency < most;
        ask_to_stop(*run, run->stop_urgency + (more ? 1 : 0));
    }
}

Status Session::Implementation::say_to(Run& run, std::string line) {
    if (run.place == Place::in_app) {
        if (!run.lines) return Error{"", 0, run.label + " has not started"};
        run.lines->push(std::move(line));
        return Done{};
    }
    if (run.stdin_pipe < 0) return Error{"", 0, run.label + " is closing"};
    const ssize_t written = write(run.stdin_pipe, line.data(), line.size());
    if (written < 0) return errno_error("write", run.label + " does not read what it is told");
    if (static_cast<std::size_t>(written) < line.size()) return Error{"", 0, run.label + " took only a part of the line"};
    return Done{};
}

/** Clients that are told to chatter at once do not all speak at the same moment: `nth` sets them apart. */
void Session::Implementation::set_chatter(Run& run, int every_ms, int nth) {
    run.chatter_ms = std::max(every_ms, 0);
    run.chatter_due_ns = monotonic_ns() + std::uint64_t{1'000'000} * static_cast<std::uint64_t>(run.chatter_ms) * static_cast<std::uint64_t>(nth % 8) / 8;
    post(EventKind::chatter, {.value = run.chatter_ms, .socket = static_cast<std::uint64_t>(run.id)});
}

void Session::Implementation::let_chatter(std::uint64_t now) {
    for (auto& [id, run] : runs) {
        if (run->chatter_ms <= 0 || now < run->chatter_due_ns) continue;
        run->chatter_due_ns = now + static_cast<std::uint64_t>(run->chatter_ms) * ms_ns;
        int unread = 0;
        const bool hungry = run->place == Place::in_app ? run->lines && run->lines->hungry()
                                                        : run->stdin_pipe >= 0 && ioctl(run->stdin_pipe, FIONREAD, &unread) == 0 && unread == 0;
        if (!hungry) continue;  // it is busy with its last line
        [[maybe_unused]] const Status said = say_to(*run, chatter_line(*run, ++run->chatter_count));
    }
}

void Session::Implementation::program_ended(Run& run, int status, const std::string& why) {
    post(EventKind::program_end, {.a = status, .b = run.stop_asked, .socket = static_cast<std::uint64_t>(run.id)}, why);
    if (run.stdin_pipe >= 0) close(run.stdin_pipe);
    runs.erase(run.id);
}

void Session::Implementation::end_if_over(Run& run) {
    if (run.place != Place::own_process || !run.processes.empty()) return;
    if (status_is_lost(run)) return program_ended(run, -1, run.stop_asked ? "" : "nobody can tell how it ended: the helper ended before");
    if (run.root_status == -1) return;
    const int status = run.root_status;
    if (WIFEXITED(status)) program_ended(run, WEXITSTATUS(status), "");
    else program_ended(run, 128 + WTERMSIG(status), run.stop_asked ? "" : wait_status_text(status));
}

}  // namespace synoptic
