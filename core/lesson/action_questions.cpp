#include "core/lesson/action_questions.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace synoptic {

namespace {
constexpr std::uint64_t stuck_ns = 250'000'000;  // a connect that waits so long can't get on for now

/** A program's first process or thread; null while none has begun. */
const Actor* first_actor_of(const World& world, const CallLog& log, ProgramId id) {
    const std::vector<CallLog::Begun>& actors = log.actors_of(id);
    return actors.empty() ? nullptr : find(world, actors.front().id);
}

}  // namespace

bool has_ended(const World& world, ProgramId id) {
    const Program* program = find(world, id);
    return !program || program->state == Program::State::ended;
}

bool all_wait(const World& world) {
    return world.gate == GateMode::step;
}

bool server_stands(const World& world, const CallLog& log, ProgramId id) {
    const Program* program = find(world, id);
    if (!program) return false;
    if (program->state == Program::State::ended || all_wait(world)) return true;
    const Socket* listener = find(world, program->listener);
    if (listener && listener->state == Socket::State::listening) return true;
    const Actor* first = first_actor_of(world, log, id);
    if (!first || first->calls.empty()) return false;
    if (first->at_breakpoint) return true;
    // Over UDP. Other calls let it sleep for a moment only: getaddrinfo, which reads a file, or the store's lock.
    return first->state == Actor::State::blocked && first->calls.back().kind == EventKind::recvfrom;
}

bool is_at_breakpoint(const World& world, const CallLog& log, ProgramId id) {
    const Actor* first = first_actor_of(world, log, id);
    return first && first->at_breakpoint;
}

bool client_stands(const World& world, const CallLog& log, ProgramId id, std::uint64_t now_ns) {
    const Program* program = find(world, id);
    if (!program) return false;
    if (program->state == Program::State::ended || all_wait(world)) return true;
    const Socket* socket = find(world, program->clientfd);
    if (socket && socket->state == Socket::State::connected) return true;
    const Actor* first = first_actor_of(world, log, id);
    if (!first) return false;
    if (first->at_breakpoint) return true;
    if (first->state != Actor::State::blocked || first->calls.empty()) return false;
    const EventKind call = first->calls.back().kind;
    if (call == EventKind::getaddrinfo || call == EventKind::getnameinfo) return false;  // it sleeps for a moment only
    return call != EventKind::connect || now_ns > first->state_since_ns + stuck_ns;
}

std::string free_loopback_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    const bool good = fd >= 0 && bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0;
    if (fd >= 0) close(fd);
    return good ? std::to_string(ntohs(address.sin_port)) : "9";
}

bool is_taken_on_wire(const World& world, int port) {
    const auto at_port = [&](const auto& entry) {
        const TcpEnd& end = entry.second;
        return end.host == TcpHost::server && end.local.port() == port && end.state != TcpState::closed && end.state != TcpState::none;
    };
    const auto datagrams_at_port = [&](const auto& entry) {
        const Socket& socket = entry.second;
        return socket.host == TcpHost::server && (socket.type & 0xf) == SOCK_DGRAM && socket.state != Socket::State::closed &&
               socket.local.port() == port;
    };
    if (std::any_of(world.tcp_ends.begin(), world.tcp_ends.end(), at_port)) return true;
    if (std::any_of(world.sockets.begin(), world.sockets.end(), datagrams_at_port)) return true;
    return std::any_of(world.listening.begin(), world.listening.end(), [&](SocketId id) {
        const Socket* socket = find(world, id);
        return socket && socket->host == TcpHost::server && socket->local.port() == port;
    });
}

const Socket* socket_for_clients(const World& world, const Program& server) {
    const Socket* listener = find(world, server.listener);
    if (listener && listener->local.known()) return listener;
    for (const auto& [id, socket] : world.sockets) {
        const bool takes = (socket.type & 0xf) == SOCK_DGRAM || socket.state == Socket::State::bound;
        if (socket.program == server.id && takes && socket.local.port() != 0) return &socket;
    }
    return nullptr;
}

}  // namespace synoptic
