// What the inspector says about sockets, descriptors and connections: see inspector_facts.h.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/trace/constants.h"
#include "core/trace/format.h"
#include "gui/panels/inspector_facts.h"
#include "gui/panels/inspector_segment.h"
#include "gui/panels/words.h"

namespace synoptic {

Tone tone_of(const Socket& socket) {
    if (socket.reset || socket.state == Socket::State::failed) return Tone::trouble;
    switch (socket.state) {
        case Socket::State::listening:
            return Tone::listening;
        case Socket::State::connected:
            return socket.end_of_file ? Tone::dim : Tone::alive;
        case Socket::State::connecting:
            return Tone::blocked;
        default:
            return Tone::dim;
    }
}

FactSection descriptor_facts(const World& world, const Process& process) {
    FactSection section;
    section.title = fmt::format("Descriptors of process {}", process.pid);
    for (const auto& [fd, description_id] : process.fds) {
        const Description* description = find(world, description_id);
        const Socket* socket = description ? find(world, description->socket) : nullptr;
        if (!socket) {
            add(section, std::to_string(fd), "a socket that is not known", Tone::dim);
            continue;
        }
        std::string value = fmt::format("{}  {}", descriptor_role(world, *socket), socket_badge(*socket));
        if (const Connection* connection = find(world, socket->connection))
            value += "  → " + client_of(world, *connection);
        else if (socket->local.known())
            value += "  " + socket->local.text();
        const auto inherited = process.inherited.find(fd);
        if (inherited != process.inherited.end() && inherited->second) value += ", inherited by fork";
        if (description->holders.size() > 1) value += fmt::format(", held {} times", description->holders.size());
        add(section, std::to_string(fd), value, tone_of(*socket), select_descriptor(world, process.id, fd));
    }
    if (section.facts.empty()) add(section, "", "holds no socket", Tone::dim);
    if (process.fds_known != Known::observed) section.text = "Calls of this process were lost: some descriptors may be missing.";
    return section;
}

namespace {

FactSection holder_facts(const World& world, const Socket& socket) {
    FactSection section;
    section.title = "Who still holds it open";
    for (const Holder& holder : holders_of(world, socket.id)) {
        const Process* process = find(world, holder.process);
        if (!process) continue;
        const Actor* actor = process->is_app ? nullptr : find(world, process->first_actor);
        const std::string who = actor ? actor_label(world, *actor) : "the app";
        add(section, fmt::format("pid {}", process->pid), fmt::format("{}, descriptor {}", who, holder.fd), Tone::normal,
            select_descriptor(world, holder.process, holder.fd));
    }
    if (section.facts.empty())
        add(section, "", "nobody: it is closed", Tone::dim);
    else if (section.facts.size() > 1)
        section.text = "The connection ends when the last of them closes its descriptor.";
    return section;
}

std::string domain_text(const Socket& socket) {
    return fmt::format("{}, {}", domain_name(socket.domain), socktype_name(socket.type));
}

}  // namespace

void inspect_socket(InspectorPage& page, const World& world, const Socket& socket, std::uint64_t now_ns) {
    const bool listens = socket.state == Socket::State::listening;
    page.title = listens ? "listening socket" : "socket";
    page.subtitle = listens ? "it accepts connections; data never passes through it" : "";
    const Program* program = find(world, socket.program);
    if (program) page.title = fmt::format("{} of {}", descriptor_role(world, socket), program->label);
    page.badge = socket_badge(socket);
    page.badge_tone = tone_of(socket);
    FactSection facts;
    add(facts, "state", state_name(socket.state), tone_of(socket), {}, socket.state_known);
    add_code(facts, "kind", domain_text(socket));
    if (socket.local.known()) add_code(facts, "local", socket.local.text());
    if (socket.peer.known()) add_code(facts, "peer", socket.peer.text());
    if (listens) {
        add_backlog(facts, socket);
        const std::vector<ConnectionId> queue = accept_queue(world, socket.id);
        const bool agrees = socket.kernel_queue >= 0 && static_cast<std::size_t>(socket.kernel_queue) == queue.size();
        add(facts, "accept queue", fmt::format("{} wait", queue.size()), Tone::normal, {}, agrees ? Known::observed : Known::inferred);
        if (socket.kernel_queue >= 0 && !agrees) add(facts, "the kernel says", fmt::format("{} wait", socket.kernel_queue));
    } else {
        add(facts, "sent", byte_count(socket.bytes_sent));
        add(facts, "received", byte_count(socket.bytes_received));
    }
    if (socket.end_of_file) add(facts, "end of file", "recv returned 0: the peer will send nothing more", Tone::dim);
    if (socket.write_shut) add(facts, "shut down", "it can't send any more", Tone::dim);
    if (!socket.note.empty()) add(facts, "it ends", escaped(socket.note));
    if (socket.reset) add(facts, "reset", "the peer has broken the connection off", Tone::trouble);
    if (socket.last_error != 0) {
        const char* call = socket.last_error_call == EventKind::none ? "last error" : kind_info(socket.last_error_call).name;
        add(facts, call, fmt::format("{}: {}", error_name(socket.last_error), error_text(socket.last_error)), Tone::trouble);
    }
    for (const auto& [name, value] : socket.options) {
        add_code(facts, "option", fmt::format("{} = {}", option_name(name.first, name.second), value));
    }
    add_code(facts, "cookie", socket.id < SocketId{1ull << 63} ? std::to_string(static_cast<std::uint64_t>(socket.id)) : "unknown",
             Tone::dim);
    if (const Socket* listener = find(world, socket.listener)) {
        add(facts, "accepted by", fmt::format("the listening socket on {}", listener->local.text()), Tone::listening,
            link_to(listener->id));
    }
    page.sections.push_back(std::move(facts));
    add_kernel_facts(page, world, socket, now_ns);
    if (const Connection* connection = find(world, socket.connection)) page.sections.push_back(connection_facts(world, *connection));
    page.sections.push_back(holder_facts(world, socket));
}

FactSection connection_facts(const World& world, const Connection& connection) {
    FactSection section;
    section.title = "Connection";
    const std::string client = client_of(world, connection), server = server_of(world, connection);
    add(section, "between", fmt::format("{} and {}", client, server), Tone::normal, link_to(connection.id));
    add(section, "state", state_name(connection.state), connection.state == Connection::State::accepted ? Tone::alive : Tone::dim, {},
        connection.state == Connection::State::queued ? connection.queued_known : Known::observed);
    const auto way = [&](const char* name, std::uint64_t sent, std::uint64_t read, std::uint64_t waiting) {
        add(section, name, fmt::format("{} sent, {} received", byte_count(sent), with_commas(read)));
        if (waiting > 0) add(section, "", fmt::format("{} in flight or queued", byte_count(waiting)), Tone::blocked, {}, Known::inferred);
    };
    way("to the server", connection.bytes_to_server, connection.read_by_server, waiting_for_server(connection));
    way("to the client", connection.bytes_to_client, connection.read_by_client, waiting_for_client(connection));
    return section;
}

void inspect_connection(InspectorPage& page, const World& world, const Connection& connection) {
    page.title = fmt::format("{} ⇄ {}", client_of(world, connection), server_of(world, connection));
    page.subtitle = "a connection: the pair of both ends' addresses names it";
    page.badge = state_name(connection.state);
    page.badge_tone = connection.state == Connection::State::accepted ? Tone::alive
                      : connection.state == Connection::State::queued ? Tone::client
                                                                      : Tone::dim;
    if (connection.state == Connection::State::queued) {
        FactSection section;
        section.text =
            "The kernel has finished the handshake, and connect has returned. The connection waits in the accept queue until the server "
            "calls accept; "
            "what the client sends meanwhile waits in the socket's receive queue.";
        page.sections.push_back(std::move(section));
    }
    page.sections.push_back(connection_facts(world, connection));
    page.sections.back().title.clear();
    page.sections.back().facts.erase(page.sections.back().facts.begin());
    const auto end = [&](const char* title, SocketId id, const Address& address) {
        FactSection section;
        section.title = title;
        add_code(section, "address", address.text());
        const Socket* socket = find(world, id);
        if (!socket) {
            add(section, "socket", "not one of this session's", Tone::dim);
        } else {
            add(section, "socket",
                fmt::format("{}, {} sent, {} received", socket_badge(*socket), with_commas(socket->bytes_sent),
                            with_commas(socket->bytes_received)),
                tone_of(*socket), link_to(id));
            if (!socket->note.empty()) add(section, "it ends", escaped(socket->note));
            for (const Holder& holder : holders_of(world, id)) {
                const Process* process = find(world, holder.process);
                if (process)
                    add(section, "held by", fmt::format("pid {}, descriptor {}", process->pid, holder.fd), Tone::normal,
                        select_descriptor(world, holder.process, holder.fd));
            }
        }
        page.sections.push_back(std::move(section));
    };
    end("The client's end", connection.client, connection.client_address);
    end("The server's end", connection.server, connection.server_address);
    for (const ActorId id : workers_of(world, connection.id)) {
        const Actor* actor = find(world, id);
        if (actor)
            add(page.sections.back(), "served by", fmt::format("{}, {}", actor_label(world, *actor), doing(*actor)), Tone::server,
                select_actor(world, id));
    }
}

}  // namespace synoptic
