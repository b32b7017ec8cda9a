// Who holds what. A descriptor is a number in a process's table; it points to an open file description, and that to a socket (open(2), dup(2)).
//
//   Process 1  fds: 3 ─┐
//                      ├──▶ Description ──▶ Socket        closed when neither a descriptor nor a fork image points there any more
//   Process 2  fds: 3 ─┘
//
// A fork image is what a child will inherit: the table as it was when its parent entered fork. It holds the sockets like a process, because the
// child's first event may come after its parent has closed them.
#include <algorithm>

#include "core/model/fold.h"

namespace synoptic::fold {
namespace {

bool comes_before(const Holder& left, const Holder& right) {
    return left.process != right.process ? left.process < right.process : left.fd < right.fd;
}

void add_holder(Description& description, Holder holder) {
    const auto at = std::lower_bound(description.holders.begin(), description.holders.end(), holder, comes_before);
    if (at == description.holders.end() || *at != holder) description.holders.insert(at, holder);
}

bool in_some_image(const World& world, DescriptionId id) {
    for (const auto& [key, image] : world.fork_images) {
        for (const auto& [fd, description] : image) {
            if (description == id) return true;
        }
    }
    return false;
}

void close_socket(World& world, Socket& socket, std::uint64_t time_ns) {
    socket.state = Socket::State::closed;
    socket.closed_ns = time_ns;
    socket.description = DescriptionId::none;
    socket.kernel_queue = -1;
    world.ended_sockets.push_back(socket.id);
    if (world.listening.erase(socket.id) != 0) settle_queue_of(world, socket.id, time_ns);
    if (Connection* connection = find_in(world.connections, socket.connection)) settle(world, *connection, time_ns);
}

/** Ends a description that nobody points to any more, and its socket. */
void end_if_unheld(World& world, DescriptionId id, std::uint64_t time_ns) {
    const Description* description = find_in(world.descriptions, id);
    if (!description || !description->holders.empty() || in_some_image(world, id)) return;
    Socket* socket = find_in(world.sockets, description->socket);
    world.descriptions.erase(id);
    if (socket && socket->state != Socket::State::closed) close_socket(world, *socket, time_ns);
}

Description& make_description(World& world, DescriptionId id, Socket& socket) {
    Description& description = world.descriptions[id];
    description.id = id;
    description.socket = socket.id;
    socket.description = id;
    return description;
}

/** The state of a socket that turned out not to be closed. */
Socket::State state_of_open(const Socket& socket) {
    if (socket.backlog >= 0) return Socket::State::listening;
    if (socket.peer.known()) return socket.write_shut || socket.end_of_file ? Socket::State::half_closed : Socket::State::connected;
    return socket.local.known() ? Socket::State::bound : Socket::State::created;
}

void reopen_socket(World& world, Socket& socket, std::uint64_t time_ns) {
    socket.state = state_of_open(socket);
    socket.closed_ns = 0;
    forget(world.ended_sockets, socket.id);
    if (socket.state == Socket::State::listening) {
        world.listening.insert(socket.id);
        settle_queue_of(world, socket.id, time_ns);
    }
    if (Connection* connection = find_in(world.connections, socket.connection)) settle(world, *connection, time_ns);
}

}  // namespace

DescriptionId description_behind(const Process* process, int fd) {
    if (!process) return DescriptionId::none;
    const auto at = process->fds.find(fd);
    return at == process->fds.end() ? DescriptionId::none : at->second;
}

Socket& make_socket(World& world, std::uint64_t cookie, std::uint64_t time_ns) {
    // Cookies are not used twice. A damaged history may say so all the same; it must not mix two sockets up.
    const bool is_new = cookie != 0 && world.sockets.count(SocketId{cookie}) == 0;
    const SocketId id{is_new ? cookie : world.next_unknown_socket++};
    Socket& socket = world.sockets[id];
    socket.id = id;
    socket.created_ns = time_ns;
    return socket;
}

void install_descriptor(World& world, Process& process, int fd, Socket& socket, std::uint64_t time_ns) {
    if (fd < 0) return;
    if (socket.description == DescriptionId::none) make_description(world, DescriptionId{world.next_description++}, socket);
    const DescriptionId id = socket.description;
    if (description_behind(&process, fd) != id) release_descriptor(world, process, fd, time_ns);
    process.fds[fd] = id;
    process.inherited.erase(fd);
    add_holder(world.descriptions[id], {process.id, fd});
}

void release_descriptor(World& world, Process& process, int fd, std::uint64_t time_ns) {
    const auto at = process.fds.find(fd);
    if (at == process.fds.end()) return;
    const DescriptionId id = at->second;
    process.fds.erase(at);
    process.inherited.erase(fd);
    if (Description* description = find_in(world.descriptions, id)) std::erase(description->holders, Holder{process.id, fd});
    end_if_unheld(world, id, time_ns);
}

void release_all_descriptors(World& world, Process& process, std::uint64_t time_ns) {
    while (!process.fds.empty()) release_descriptor(world, process, process.fds.begin()->first, time_ns);
}

void restore_descriptor(World& world, Process& process, const OpenCall& close, std::uint64_t time_ns) {
    Socket* socket = find_in(world.sockets, close.socket);
    if (!socket || close.description == DescriptionId::none || process.fds.count(close.fd) != 0) return;
    Description* description = find_in(world.descriptions, close.description);
    if (!description) description = &make_description(world, close.description, *socket);
    process.fds[close.fd] = close.description;
    if (close.inherited) process.inherited[close.fd] = true;
    add_holder(*description, {process.id, close.fd});
    if (socket->state == Socket::State::closed) reopen_socket(world, *socket, time_ns);
}

void take_fork_image(World& world, ActorId parent, int nth, const Process& process) {
    world.fork_images[{parent, nth}] = process.fds;
}

bool use_fork_image(World& world, ActorId parent, int nth, Process& child, std::uint64_t time_ns) {
    const auto at = world.fork_images.find({parent, nth});
    if (at == world.fork_images.end()) return false;
    const std::map<int, DescriptionId> image = std::move(at->second);
    world.fork_images.erase(at);
    for (const auto& [fd, id] : image) {
        Description* description = find_in(world.descriptions, id);
        if (!description) continue;
        if (description_behind(&child, fd) != id) release_descriptor(world, child, fd, time_ns);
        child.fds[fd] = id;
        child.inherited[fd] = true;
        add_holder(*description, {child.id, fd});
    }
    return true;
}

void drop_fork_image(World& world, ActorId parent, int nth, std::uint64_t time_ns) {
    const auto at = world.fork_images.find({parent, nth});
    if (at == world.fork_images.end()) return;
    const std::map<int, DescriptionId> image = std::move(at->second);
    world.fork_images.erase(at);
    for (const auto& [fd, id] : image) end_if_unheld(world, id, time_ns);
}

}  // namespace synoptic::fold
