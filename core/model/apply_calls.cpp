// What calls do, besides to the socket itself (apply_sockets.cpp). At the enter only what is then certain: close frees its descriptor, _exit ends the process, fork shares what is open.
// At the exit what the kernel has answered. A call's socket is the one that its descriptor pointed to when it was entered.
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>

#include "core/base/utf8.h"
#include "core/model/fold.h"
#include "core/trace/format.h"

namespace synoptic::fold {
namespace {

constexpr std::size_t output_line_bytes_kept = 4096;

/** Of a line that goes on and on the end is kept, from the beginning of a character of UTF-8. */
void keep_end(std::string& line) {
    if (line.size() <= output_line_bytes_kept) return;
    std::size_t from = line.size() - output_line_bytes_kept;
    for (int behind = 0; behind < 3 && continues_character(line[from]); ++behind) ++from;
    line.erase(0, from);
}

/** Lines as a program prints them, which may come in pieces. */
void print_lines(Program& program, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view piece = text.substr(0, end);
        if (program.output_open && !program.output.empty())
            program.output.back() += piece;
        else
            program.output.emplace_back(piece);
        keep_end(program.output.back());
        program.output_open = end == std::string_view::npos;
        text.remove_prefix(program.output_open ? text.size() : end + 1);
    }
    while (program.output.size() > output_kept) program.output.pop_front();
}

/** A new socket of the process, at a descriptor that socket or accept returned; null where the process is not known. */
Socket* allocate(const Return& back) {
    if (!back.process || back.value() > INT32_MAX) return nullptr;
    Socket& socket = make_socket(back.world(), back.step.event.socket, back.time());
    socket.program = back.actor.program;
    socket.creator = back.process->id;
    const Program* program = find_in(back.world().programs, back.actor.program);
    if (program && program->network == Network::wire) socket.host = program->is_server ? TcpHost::server : TcpHost::client;
    install_descriptor(back.world(), *back.process, static_cast<int>(back.value()), socket, back.time());
    return &socket;
}

/** An event that comes after its process has died cannot leave a descriptor open. */
void release_if_dead(const Return& back) {
    if (back.process && back.process->state != Process::State::runs) release_all_descriptors(back.world(), *back.process, back.time());
}

void socket_returned(const Return& back) {
    Socket* socket = back.ok() ? allocate(back) : nullptr;
    if (!socket) return;
    socket->domain = static_cast<int>(back.call.a);
    socket->type = static_cast<int>(back.call.b);
    Program* program = find_in(back.world().programs, back.actor.program);
    if (program && !program->is_server) program->clientfd = socket->id;
    release_if_dead(back);
}

void accept_returned(const Return& back) {
    Socket* socket = back.ok() ? allocate(back) : nullptr;
    if (!socket) return;
    const AddressPair pair = payload_pair(back.step.payload);
    socket->local = pair.local;
    socket->peer = pair.peer;
    socket->state = Socket::State::connected;
    socket->domain = pair.local.family();
    socket->type = SOCK_STREAM;
    if (back.socket) {
        socket->listener = back.socket->id;
        socket->domain = back.socket->domain;
        socket->type = back.socket->type & 0xf;  // SOCK_NONBLOCK is not inherited (accept(2))
    }
    back.actor.serves = socket->id;
    join_as_server(back.world(), *socket, back.time());
    release_if_dead(back);
}

void close_returned(const Return& back) {
    if (!back.process) return;
    if (back.ok()) {
        if (back.call.enter == no_event) release_descriptor(back.world(), *back.process, back.call.fd, back.time());
        return;
    }
    // Linux frees the descriptor before anything can fail (close(2), "Dealing with error returns"); EBADF: it was not open. What is left are
    // errors from outside the call itself, such as a seccomp filter's EPERM.
    switch (back.error()) {
        case EBADF:
        case EINTR:
        case EIO:
        case ENOSPC:
        case EDQUOT:
            return;
        default:
            restore_descriptor(back.world(), *back.process, back.call, back.time());
    }
    release_if_dead(back);
}

void fork_returned(const Return& back) {
    const int nth = static_cast<int>(back.call.value);
    if (back.call.enter == no_event) return;  // the child's own return from its parent's call
    if (back.value() < 0) return drop_fork_image(back.world(), back.actor.id, nth, back.time());
    if (back.value() == 0 || back.value() > INT32_MAX || back.world().fork_images.count({back.actor.id, nth}) == 0) return;
    // The child has not said anything yet, and perhaps never will: a trace without a free ring. It lives all the same.
    const auto pid = static_cast<pid_t>(back.value());
    if (const auto at = back.world().live_pids.find(pid); at != back.world().live_pids.end()) {
        Process& before = back.world().processes[at->second];
        if (before.is_app) return;  // a damaged history: the app's pid is not free
        end_process(back.world(), before, Process::State::reaped, -1, back.time());
    }
    Process& child = make_process(back.world(), pid, back.time());
    child.parent = back.actor.process;
    child.program = back.actor.program;
    child.forked_by = back.actor.id;
    use_fork_image(back.world(), back.actor.id, nth, child, back.time());
}

void waitpid_returned(const Return& back) {
    if (back.value() <= 0 || back.value() > INT32_MAX) return;
    const auto status = static_cast<int>(back.step.event.a);
    if (WIFSTOPPED(status) || WIFCONTINUED(status)) return;
    const auto pid = static_cast<pid_t>(back.value());
    const auto at = back.world().live_pids.find(pid);
    if (at == back.world().live_pids.end()) return note_status_of_gone(back.world(), pid, status);
    Process& child = back.world().processes[at->second];
    // The pid was free as soon as the kernel had answered: a process that runs, is no child of this one and began meanwhile has got it since.
    const bool other = child.state == Process::State::runs && child.parent != back.actor.process && child.began_ns >= back.call.since_ns;
    if (other)
        note_status_of_gone(back.world(), pid, status);
    else
        end_process(back.world(), child, Process::State::reaped, status, back.time());
}

/** Errors that say something about the socket, not about the moment. */
bool is_lasting(int error) {
    return error != EINTR && error != EAGAIN && error != EINPROGRESS && error != EALREADY && error != EISCONN;
}

}  // namespace

void entered(const Step& step, Actor& actor, OpenCall& call) {
    World& world = step.world;
    Process* process = find_in(world.processes, actor.process);
    Socket* socket = find_in(world.sockets, call.socket);
    if (socket && (socket->state == Socket::State::connected || socket->state == Socket::State::half_closed)) actor.serves = socket->id;
    switch (call.kind) {
        case EventKind::accept:
            actor.serves = SocketId::none;
            break;
        case EventKind::bind:
            call.address = payload_address(step.payload);
            break;
        case EventKind::setsockopt:
            call.value = option_value(step.payload);
            break;
        case EventKind::connect:
            call.address = payload_address(step.payload);
            if (socket && (socket->state == Socket::State::created || socket->state == Socket::State::bound ||
                           socket->state == Socket::State::failed)) {
                socket->state = Socket::State::connecting;
                socket->peer = call.address;
            }
            break;
        case EventKind::close:
            if (actor.serves == call.socket) actor.serves = SocketId::none;
            if (!process) break;
            call.inherited = process->inherited.count(call.fd) != 0;
            release_descriptor(world, *process, call.fd, step.event.time);
            break;
        case EventKind::fork:
            actor.forks = step.event.a > 0 ? static_cast<std::uint32_t>(step.event.a) : actor.forks + 1;
            call.value = static_cast<int>(actor.forks);
            if (process && process->state == Process::State::runs) take_fork_image(world, actor.id, static_cast<int>(call.value), *process);
            break;
        case EventKind::_exit:
            if (process && !process->is_app) {
                end_process(world, *process, Process::State::zombie, static_cast<int>((step.event.a & 0xff) << 8), step.event.time);
            }
            break;
        case EventKind::printf:
            if (Program* program = find_in(world.programs, actor.program)) print_lines(*program, step.payload);
            break;
        default:
            break;
    }
}

void exited(const Step& step, Actor& actor, const OpenCall& call) {
    World& world = step.world;
    const Return back{step, actor, call, find_in(world.processes, actor.process), find_in(world.sockets, call.socket)};
    if (back.socket && !back.ok() && is_lasting(back.error())) {
        back.socket->last_error = back.error();
        back.socket->last_error_call = call.kind;
    }
    switch (call.kind) {
        case EventKind::socket:
            socket_returned(back);
            break;
        case EventKind::accept:
            accept_returned(back);
            break;
        case EventKind::close:
            close_returned(back);
            break;
        case EventKind::fork:
            fork_returned(back);
            break;
        case EventKind::waitpid:
            waitpid_returned(back);
            break;
        default:
            if (back.socket) returned_on_socket(back);
            break;
    }
    note_trouble(step, actor, call);
}

}  // namespace synoptic::fold
