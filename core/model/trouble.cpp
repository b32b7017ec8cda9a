// What went wrong with a program, in words and with what to do: the call that kept a server from listening, or a client from its connection, and
// whatever keeps a server from serving more clients. A later call that works ends it.
#include <cerrno>

#include <fmt/format.h>
#include <netdb.h>

#include "core/base/text.h"
#include "core/model/fold.h"
#include "core/trace/format.h"

namespace synoptic::fold {
namespace {

bool is_passing(EventKind kind, int error) {
    switch (error) {
        case EINTR:
        case EINPROGRESS:
        case EALREADY:
        case EISCONN:
        case ECANCELED:
            return true;
        default:
            return error == EAGAIN && kind != EventKind::fork && kind != EventKind::pthread_create;
    }
}

bool is_lack(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/** True if this call's failure is why the program does not do what it was started for. */
bool matters(const Program& program, const Event& exit, int error) {
    if (is_passing(exit.kind, error)) return false;
    switch (exit.kind) {
        case EventKind::getaddrinfo:
        case EventKind::socket:
            return program.is_server ? program.listener == SocketId::none : true;
        case EventKind::bind:
        case EventKind::listen:
            return program.is_server && program.listener == SocketId::none;
        case EventKind::connect:
            return !program.is_server;
        case EventKind::accept:
            return is_lack(error);
        case EventKind::fork:
        case EventKind::pthread_create:
            return true;
        default:
            return false;
    }
}

/** What was tried, beside the call's name: " of 127.0.0.1:6666". */
std::string object_of(const Program& program, const OpenCall& call) {
    if ((call.kind == EventKind::bind || call.kind == EventKind::connect) && call.address.known())
        return fmt::format(" {}", call.address.text());
    if (call.kind != EventKind::getaddrinfo) return {};
    return fmt::format(" {} {}", in_quotes(program.address), in_quotes(program.port));
}

std::string words_for(const Program& program, const OpenCall& call, const Event& exit, int error) {
    // EAI_SYSTEM says that the errno tells.
    const int told = error == EAI_SYSTEM && exit.error != 0 ? exit.error : error;
    std::string text = kind_info(call.kind).name + object_of(program, call) + ": " + error_text(told) + ".";
    const std::string what_to_do = advice(call.kind, told);
    return what_to_do.empty() ? text : text + " " + what_to_do;
}

void clear(Program& program) {
    program.trouble.clear();
    program.trouble_call = EventKind::none;
    program.trouble_error = 0;
}

/** True if a call that worked has put an end to the trouble. */
bool ends_trouble(const World& world, const Program& program, const OpenCall& call) {
    if (program.trouble_call == EventKind::none) return false;
    switch (call.kind) {
        case EventKind::listen: {
            // A program that goes on after its bind has failed listens, but not where it was asked to.
            const Socket* socket = find_in(world.sockets, call.socket);
            return program.is_server && !(socket && socket->last_error_call == EventKind::bind);
        }
        case EventKind::connect:
            return !program.is_server;
        case EventKind::accept:
        case EventKind::fork:
        case EventKind::pthread_create:
            return program.trouble_call == call.kind;
        default:
            return false;
    }
}

}  // namespace

void note_trouble(const Step& step, const Actor& actor, const OpenCall& call) {
    Program* program = find_in(step.world.programs, actor.program);
    if (!program || program->state == Program::State::ended) return;
    const int error = failure_of(step.event);
    if (error == 0) {
        if (step.event.value >= 0 && ends_trouble(step.world, *program, call)) clear(*program);
        return;
    }
    if (!matters(*program, step.event, error)) return;
    program->trouble = words_for(*program, call, step.event, error);
    program->trouble_call = call.kind;
    program->trouble_error = error;
}

}  // namespace synoptic::fold
