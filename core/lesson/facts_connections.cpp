// Facts about connections: states of their ends, queues, bytes, ports.
#include <fmt/format.h>

#include <arpa/inet.h>
#include <algorithm>

#include "core/lesson/facts.h"

namespace synoptic {

namespace {

/** Both kernel's sides of a client's connection; null where no table has told of it. */
struct Ends {
    const TcpEnd* client = nullptr;
    const TcpEnd* server = nullptr;
};

Ends ends_of(const FactView& view, ProgramId client) {
    Ends ends;
    const Program* program = find(view.world, client);
    if (!program) return ends;
    ends.client = tcp_end(view.world, program->clientfd);
    if (const Connection* connection = connection_of_client(view.world, client)) {
        const auto [its_client, its_server] = tcp_ends_of(view.world, *connection);
        if (!ends.client) ends.client = its_client;
        ends.server = its_server;
    }
    if (!ends.server && ends.client) {
        const TcpHost host = ends.client->host == TcpHost::client ? TcpHost::server : ends.client->host;
        ends.server = tcp_end(view.world, host, ends.client->peer, ends.client->local);
    }
    return ends;
}

std::string state_of(const TcpEnd* end) {
    return end ? name_of(end->state) : "not known to the kernel's table";
}

FactFound look_at_state(const LessonFact& fact, const FactView& view, const std::string& name, ProgramId client) {
    const bool at_server = fact.form == FactForm::server_end_is;
    const Ends ends = ends_of(view, client);
    const TcpEnd* end = at_server ? ends.server : ends.client;
    const Program* program = find(view.world, client);
    const Socket* socket = program ? find(view.world, program->clientfd) : nullptr;
    const Connection* connection = connection_of_client(view.world, client);
    const Socket* server_socket = connection ? find(view.world, connection->server) : nullptr;
    const Socket* its = at_server ? server_socket : socket;
    const std::string found = fmt::format("{}'s connection is {}{}", name, state_of(end), at_server ? " at the server" : "");
    if (fact.words.state == TcpState::closed) {
        const bool was_there = socket != nullptr || (program && program->state == Program::State::ended);
        const bool gone = !end || end->state == TcpState::closed || end->state == TcpState::none;
        const bool no_socket = !its || its->state == Socket::State::closed || its->state == Socket::State::failed;
        return {was_there && gone && no_socket, found};
    }
    return {end && end->state == fact.words.state, found};
}

FactFound look_at_place(const LessonFact& fact, const FactView& view, const std::string& name, ProgramId client) {
    const Connection* connection = connection_of_client(view.world, client);
    const Ends ends = ends_of(view, client);
    const bool in_syn_queue = ends.server && ends.server->state == TcpState::syn_rcvd;
    const bool accepted = connection && connection->server != SocketId::none;
    bool in_accept_queue = false;
    if (connection && !accepted && connection->listener != SocketId::none) {
        const std::vector<ConnectionId> queue = accept_queue(view.world, connection->listener);
        in_accept_queue = std::find(queue.begin(), queue.end(), connection->id) != queue.end();
    }
    const char* place = accepted          ? "was accepted"
                        : in_syn_queue    ? "waits in the SYN queue"
                        : in_accept_queue ? "waits in the accept queue"
                                          : "is in no queue";
    const std::string found = fmt::format("{}'s connection {}", name, place);
    if (fact.form == FactForm::was_accepted) return {accepted, found};
    if (fact.form == FactForm::waits_in_syn_queue) return {in_syn_queue, found};
    return {in_accept_queue, found};
}

FactFound look_at_queue(const LessonFact& fact, const FactView& view, const std::string& name, ProgramId server) {
    const Socket* listener = listener_of(view.world, server);
    if (!listener) return {false, fmt::format("{} does not listen", name)};
    const bool syn =
        fact.form == FactForm::syn_queue_empty || fact.form == FactForm::syn_queue_full || fact.form == FactForm::syn_queue_holds;
    const auto requests = static_cast<std::int64_t>(syn_requests(view.world, *listener).size());
    const auto waiting = listener->kernel_queue >= 0 ? std::int64_t{listener->kernel_queue}
                                                     : static_cast<std::int64_t>(accept_queue(view.world, listener->id).size());
    const std::int64_t length = syn ? requests : waiting, room = syn ? syn_queue_room(*listener) : accept_queue_room(*listener);
    const std::string what = fmt::format("{}'s {} queue holds", name, syn ? "SYN" : "accept");
    switch (fact.form) {
        case FactForm::accept_queue_empty:
        case FactForm::syn_queue_empty:
            return counted({Count::How::exactly, 0}, length, what);
        case FactForm::accept_queue_full:
        case FactForm::syn_queue_full:
            return counted({Count::How::at_least, room}, length, what);
        default:
            return counted(fact.words.counts.at(0), length, what);
    }
}

FactFound look_at_bytes(const LessonFact& fact, const FactView& view, const std::string& name, ProgramId client) {
    const Ends ends = ends_of(view, client);
    const bool at_server = fact.form == FactForm::server_receive_queue_empty || fact.form == FactForm::server_receive_queue_holds ||
                           fact.form == FactForm::server_send_queue_empty || fact.form == FactForm::server_send_queue_holds;
    const bool receive = fact.form == FactForm::server_receive_queue_empty || fact.form == FactForm::server_receive_queue_holds ||
                         fact.form == FactForm::receive_queue_empty || fact.form == FactForm::receive_queue_holds;
    const TcpEnd* end = at_server ? ends.server : ends.client;
    if (!end) return {false, fmt::format("{}'s connection is not known to the kernel's table{}", name, at_server ? " at the server" : "")};
    const std::int64_t bytes = receive ? end->receive_queue_bytes : end->send_queue_bytes;
    const bool empty = fact.words.counts.empty();
    return counted(
        empty ? Count{Count::How::exactly, 0} : fact.words.counts[0], bytes,
        fmt::format("{}'s {} queue{} holds so many bytes:", name, receive ? "receive" : "send", at_server ? " at the server" : ""));
}

FactFound look_at_transfer(const LessonFact& fact, const FactView& view) {
    const bool of_server = fact.form == FactForm::server_sent || fact.form == FactForm::server_received;
    const std::string& client = fact.words.who.at(of_server ? 1 : 0).name;
    const Connection* connection = connection_of_client(view.world, view.cast.program(client));
    const Program* program = find(view.world, view.cast.program(client));
    const Socket* socket = program ? find(view.world, program->clientfd) : nullptr;
    std::uint64_t bytes = 0;
    switch (fact.form) {
        case FactForm::server_sent:
            bytes = connection ? connection->bytes_to_client : 0;
            break;
        case FactForm::server_received:
            bytes = connection ? connection->read_by_server : 0;
            break;
        case FactForm::client_sent:
            bytes = socket ? socket->bytes_sent : 0;
            break;
        default:
            bytes = socket ? socket->bytes_received : 0;
            break;
    }
    const bool sent = fact.form == FactForm::server_sent || fact.form == FactForm::client_sent;
    return counted(fact.words.counts.at(0), static_cast<std::int64_t>(bytes),
                   fmt::format("{} {} so many bytes:", fact.words.who.at(0).name, sent ? "sent" : "received"));
}

bool is_address(const Address& address, const std::string& wanted) {
    if (wanted == "localhost") return address.host() == "127.0.0.1" || address.host() == "::1";
    return address.canonical().host() == wanted || address.host() == wanted;
}

FactFound look_at_listener(const LessonFact& fact, const FactView& view, const std::string& name, ProgramId server) {
    const Socket* listener = listener_of(view.world, server);
    const bool listens = listener && listener->state == Socket::State::listening;
    const std::string found =
        listens ? fmt::format("{} listens on {}", name, listener->local.text()) : fmt::format("{} does not listen", name);
    switch (fact.form) {
        case FactForm::listens:
            return {listens, found};
        case FactForm::listens_not:
            return {!listens, found};
        case FactForm::listens_everywhere:
            return {listens && listener->local.is_wildcard(), found};
        case FactForm::listens_on:
            return {listens && is_address(listener->local, fact.words.names.at(0)), found};
        default:
            return {listens && fact.words.counts.at(0).holds(listener->local.port()), found, listens ? listener->local.port() : 0};
    }
}

FactFound look_at_port(const LessonFact& fact, const FactView& view, const std::string& name, ProgramId id) {
    const Program* program = find(view.world, id);
    const Socket* socket = program ? find(view.world, program->is_server ? program->listener : program->clientfd) : nullptr;
    const TcpEnd* end = socket && !socket->local.known() ? tcp_end(view.world, socket->id) : nullptr;
    const Address local = end ? end->local : socket ? socket->local : Address{};
    if (!local.known()) return {false, fmt::format("{} has no port yet", name)};
    return counted(fact.words.counts.at(0), local.port(), fmt::format("{}'s port is", name));
}

}  // namespace

std::optional<FactFound> look_at_connections(const LessonFact& fact, const FactView& view) {
    if (fact.words.who.empty()) return std::nullopt;
    const std::string& name = fact.words.who[0].name;
    const ProgramId program = view.cast.program(name);
    switch (fact.form) {
        case FactForm::client_end_is:
        case FactForm::server_end_is:
            return look_at_state(fact, view, name, program);
        case FactForm::waits_in_accept_queue:
        case FactForm::waits_in_syn_queue:
        case FactForm::was_accepted:
            return look_at_place(fact, view, name, program);
        case FactForm::accept_queue_empty:
        case FactForm::accept_queue_full:
        case FactForm::accept_queue_holds:
        case FactForm::syn_queue_empty:
        case FactForm::syn_queue_full:
        case FactForm::syn_queue_holds:
            return look_at_queue(fact, view, name, program);
        case FactForm::server_receive_queue_empty:
        case FactForm::server_receive_queue_holds:
        case FactForm::receive_queue_empty:
        case FactForm::receive_queue_holds:
        case FactForm::server_send_queue_empty:
        case FactForm::server_send_queue_holds:
        case FactForm::send_queue_empty:
        case FactForm::send_queue_holds:
            return look_at_bytes(fact, view, name, program);
        case FactForm::server_sent:
        case FactForm::server_received:
        case FactForm::client_sent:
        case FactForm::client_received:
            return look_at_transfer(fact, view);
        case FactForm::listens:
        case FactForm::listens_not:
        case FactForm::listens_on:
        case FactForm::listens_on_port:
        case FactForm::listens_everywhere:
            return look_at_listener(fact, view, name, program);
        case FactForm::port_is:
            return look_at_port(fact, view, name, program);
        default:
            return std::nullopt;
    }
}

}  // namespace synoptic
