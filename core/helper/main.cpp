// The helper, synoptic-helper: a small single-threaded process that forks every program that runs in a process of its own, and reaps what nobody
// else does.
//
//   app ── posix_spawn ──▶ helper ── fork ──▶ server ── fork ──▶ worker …
//    └──── lifeline ─────────┴──────────────────┴─────────────────┘
//
// It exists so that no child of the multithreaded app ever runs our code, and so that a fork costs the same however large the app has become: what
// a fork costs is what is mapped. Therefore it is an executable of its own, with the taught programs in it and no library but libc. It is a
// subreaper (prctl(2)): the workers of a server that was killed become its children. What it is told and tells stands in channel.h.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "core/helper/channel.h"
#include "core/helper/helper.h"
#include "core/helper/lifeline.h"
#include "core/programs/registry.h"
#include "core/sockets/sockets.h"
#include "core/trace/trace.h"
#include "core/wire/join.h"
#include "core/wire/lab_process.h"
#include "core/wire/lab_protocol.h"

namespace synoptic {

namespace {

constexpr int lifeline_at_least = 900;  // below the usual limit of 1024, above what a taught program opens

Sockets* own_sockets = nullptr;  // of this process's program, for the signal handler

void on_terminate(int) {
    const int saved = errno;
    own_sockets->stop();
    errno = saved;
}

/** A program's input in a process of its own: its standard input. */
class StandardInput : public Input {
   public:
    char* read_line(char* buffer, int size) override {
        int length = 0;
        while (length < size - 1) {
            const ssize_t got = read(STDIN_FILENO, buffer + length, 1);
            if (got < 0 && errno == EINTR && !ended_) continue;
            if (got <= 0) break;
            if (buffer[length++] == '\n') break;
        }
        buffer[length] = 0;
        return length > 0 ? buffer : nullptr;
    }
    void end() override { ended_ = 1; }

   private:
    volatile sig_atomic_t ended_ = 0;
};

struct Order {
    ProgramId program{};
    std::string name, address, port, database;
    ServerLimits limits;
    int backlog = 0;
    rlim_t descriptors = 0;
    int host = -1;  // of the lab, by index_of(Host); below 0: none
};

std::optional<Order> read_order(const nlohmann::json& body) {
    if (!body.is_object() || body.value("do", "") != "start") return std::nullopt;
    const ServerLimits limits;
    return Order{.program = ProgramId{body.value("program", 0u)},
                 .name = body.value("name", ""),
                 .address = body.value("address", ""),
                 .port = body.value("port", ""),
                 .database = body.value("database", ""),
                 .limits = {body.value("clients", limits.clients), body.value("line_bytes", limits.line_bytes), body.value("idle_seconds", limits.idle_seconds)},
                 .backlog = body.value("backlog", 1),
                 .descriptors = body.value("descriptors", rlim_t{0}),
                 .host = std::min(body.value("host", -1), 1)};
}

/** The lab's namespaces: its user's, the client host's and the server host's; -1 while there is no lab. */
using LabNamespaces = std::array<int, 3>;

/** Which of them a message brings; -1: none. */
int namespace_told(const nlohmann::json& body) {
    if (!body.is_object() || body.value("do", "") != "namespace") return -1;
    const int which = body.value("which", -1);
    return which >= 0 && which < 3 ? which : -1;
}

/** Leaves the new process with descriptors 0, 1 and 2, the lifeline far above, and everything else closed: the program's first socket is 3. False
    with errno if there can be no lifeline. */
bool arrange_descriptors(int lifeline_read_end, int input, rlim_t limit) {
    rlimit now{};
    getrlimit(RLIMIT_NOFILE, &now);
    const rlim_t highest = now.rlim_cur > 0 ? now.rlim_cur - 1 : 0;
    const int lifeline = hold_lifeline(lifeline_read_end, highest < lifeline_at_least ? static_cast<int>(highest) : lifeline_at_least);
    if (lifeline < 0) return false;
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(input >= 0 ? input : nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    close_range(STDERR_FILENO + 1, static_cast<unsigned>(lifeline) - 1, 0);
    close_range(static_cast<unsigned>(lifeline) + 1, ~0u, 0);
    if (limit != 0) {
        now.rlim_cur = limit < now.rlim_max ? limit : now.rlim_max;
        setrlimit(RLIMIT_NOFILE, &now);
    }
    return true;
}

void arrange_signals() {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    struct sigaction action {};
    action.sa_handler = on_terminate;  // without SA_RESTART: a call that waits returns, and the program sees that it is to end
    sigaction(SIGTERM, &action, nullptr);
}

nlohmann::json refusal(const Order& order, const char* call) {
    return {{"said", "refused"}, {"program", static_cast<std::uint32_t>(order.program)}, {"call", call}, {"errno", errno}};
}

[[noreturn]] void run_program(Trace& trace, const Order& order, const ProgramInfo* info, const LabNamespaces& namespaces, int channel, int lifeline_read_end,
                              int input) {
    if (order.host >= 0 && join_host({namespaces[0], namespaces[static_cast<std::size_t>(order.host) + 1]}) < 0) {
        [[maybe_unused]] const Status said = send_message(channel, refusal(order, "setns"));
        ::_exit(127);
    }
    if (!arrange_descriptors(lifeline_read_end, input, order.descriptors)) {
        [[maybe_unused]] const Status said = send_message(channel, refusal(order, "fcntl"));
        ::_exit(127);
    }
    StandardInput standard_input;
    Sockets os({.trace = &trace, .program = order.program, .input = &standard_input, .output = {}, .own_process = true});
    own_sockets = &os;
    arrange_signals();
    const ActorScope actor(os, info->role == Role::server ? "server" : "client");
    int status;
    if (info->role == Role::server) {
        status = info->serve(os, {order.address.c_str(), order.port.c_str(), order.backlog, order.database.c_str(), order.limits});
    } else {
        status = info->talk(os, {order.address.c_str(), order.port.c_str()});
    }
    os.wait_for_threads(std::chrono::hours(24));
    if (this_writer()) {
        this_writer().happened(EventKind::actor_end, Where{"", 0}, {.a = 1, .b = status});
        this_writer().end();
    }
    ::_exit(status);
}

class Helper {
   public:
    Helper(int channel, int lifeline, Trace& trace) : channel_(channel), lifeline_(lifeline), trace_(trace) {}

    int serve() {
        sigset_t child;
        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        sigprocmask(SIG_BLOCK, &child, nullptr);
        const int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
        for (;;) {
            pollfd waiting[2] = {{channel_, POLLIN, 0}, {signals, POLLIN, 0}};
            if (poll(waiting, 2, -1) < 0) continue;
            if (waiting[1].revents) {
                signalfd_siginfo info;
                while (read(signals, &info, sizeof info) > 0) {
                }
                reap();
            }
            if (waiting[0].revents) {
                std::optional<ChannelMessage> message = receive_message(channel_);
                if (!message) return 0;  // the app has closed its end
                if (const auto order = read_order(message->body)) start(*order, message->fd);
                else if (const int which = namespace_told(message->body); which >= 0) {
                    std::swap(namespaces_[which], message->fd);
                }
                if (message->fd >= 0) close(message->fd);
            }
        }
    }

   private:
    void start(const Order& order, int input) {
        const ProgramInfo* info = find_program(order.name);
        if (!info) {
            errno = ENOENT;
            return say(refusal(order, "exec"));
        }
        const pid_t pid = fork();
        if (pid == 0) run_program(trace_, order, info, namespaces_, channel_, lifeline_, input);
        const auto program = static_cast<std::uint32_t>(order.program);
        if (pid < 0) return say(refusal(order, "fork"));
        setpgid(pid, pid);  // so that the group exists when the app hears of it, whoever runs first
        say({{"said", "started"}, {"program", program}, {"pid", pid}});
    }

    void reap() {
        int status;
        for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) say({{"said", "reaped"}, {"pid", pid}, {"status", status}});
    }

    void say(const nlohmann::json& message) {
        if (!send_message(channel_, message)) std::exit(0);  // nobody listens any more: the app has ended
    }

    int channel_;
    int lifeline_;
    Trace& trace_;
    LabNamespaces namespaces_{-1, -1, -1};
};

/** `synoptic-helper lab TUN_PATH`: the same small executable as the lab process (core/wire/lab_process.h). */
int be_the_lab(const char* tun_path) {
    close_range(lab_last_fd + 1, ~0u, 0);
    if (hold_lifeline(lab_lifeline_fd, lab_last_fd + 1) < 0) return 2;
    return run_lab(lab_channel_fd, tun_path);
}

}  // namespace

}  // namespace synoptic

int main(int argc, char** argv) {
    using namespace synoptic;
    // It has nothing to put away, and may be killed on its way out: what LeakSanitizer forks there would be left behind.
    if (argc == 3 && std::strcmp(argv[1], lab_argument) == 0) ::_exit(be_the_lab(argv[2]));
    close_range(helper_last_fd + 1, ~0u, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    Result<std::unique_ptr<Trace>> trace = Trace::attach(helper_trace_fd);
    if (!trace || hold_lifeline(helper_lifeline_fd, helper_last_fd + 1) < 0) {
        std::fputs("synoptic-helper: synoptic starts this program by itself; it is of no use alone\n", stderr);
        return 2;
    }
    close(helper_trace_fd);
    return Helper(helper_channel_fd, helper_lifeline_fd, **trace).serve();
}
