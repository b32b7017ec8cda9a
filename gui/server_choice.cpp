#include "gui/server_choice.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "core/wire/host.h"
#include "gui/database_choice.h"

namespace synoptic {
namespace {

std::string address_of(const ServerChoice& choice, Network network) {
    if (network == Network::wire) return choice.wire_ipv6 ? addresses_of(Host::server).ipv6 : "";
    switch (choice.listen) {
        case Listen::loopback4:
            return "127.0.0.1";
        case Listen::loopback6:
            return "::1";
        case Listen::everywhere:
            return "";
        case Listen::typed:
            return choice.typed_address;
    }
    return {};
}

/** True if a socket can be bound there now, as a server would bind it. Names that are no addresses count as free: the server will tell. */
bool can_bind(const std::string& address, int port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | AI_NUMERICHOST;
    addrinfo* list = nullptr;
    const std::string service = std::to_string(port);
    if (getaddrinfo(address.empty() ? nullptr : address.c_str(), service.c_str(), &hints, &list) != 0) return true;
    bool free = true;
    for (const addrinfo* entry = list; entry != nullptr && free; entry = entry->ai_next) {
        const int fd = ::socket(entry->ai_family, entry->ai_socktype | SOCK_CLOEXEC, entry->ai_protocol);
        if (fd < 0) continue;
        const int on = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (entry->ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        free = ::bind(fd, entry->ai_addr, entry->ai_addrlen) == 0 || errno != EADDRINUSE;
        ::close(fd);
    }
    freeaddrinfo(list);
    return free;
}

bool used_by_us(const World& world, int port) {
    for (const auto& [id, program] : world.programs) {
        if (!program.is_server || program.state == Program::State::ended) continue;
        if (program.port == std::to_string(port) || listens_at(world, program).port() == port) return true;
    }
    return false;
}

/** True if `text` is a decimal number from `low` to `high`. */
bool number_within(const std::string& text, long long low, long long high, long long& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && value >= low && value <= high;
}

}  // namespace

bool has_database(const ProgramInfo& program) {
    return program.role == Role::server && std::string_view(program.protocol) == "kv" && *program.variant == 0;
}

bool speaks_kv(const Program& client) {
    const ProgramInfo* info = find_program(client.name);
    return info != nullptr && info->role == Role::client && std::string_view(info->protocol) == "kv";
}

namespace {

/** What only a key-value server is told: its file, and its limits. */
void choose_database(const ServerChoice& choice, ChosenServer& chosen) {
    if (std::string_view(chosen.program->protocol) != "kv") return;
    if (std::string wrong = read_limits(choice.max_clients, choice.line_bytes, choice.idle_seconds, chosen.command.limits); !wrong.empty())
        chosen.trouble = std::move(wrong);
    if (!has_database(*chosen.program)) return;
    chosen.command.database = database_path(choice.database);
    if (std::string wrong = database_trouble(chosen.command.database); !wrong.empty()) chosen.trouble = std::move(wrong);
}

}  // namespace

std::vector<std::string> server_protocols() {
    std::vector<std::string> found;
    for (const ProgramInfo& program : all_programs()) {
        // One that does not come in each worker model is a lesson's: the toolbar's choices would not fit it.
        const bool in_each_model = find_server(program.protocol, Workers::fork, "") != nullptr;
        if (program.role == Role::server && in_each_model && std::find(found.begin(), found.end(), program.protocol) == found.end())
            found.emplace_back(program.protocol);
    }
    return found;
}

std::vector<std::string> protocol_titles() {
    std::vector<std::string> titles;
    for (const std::string& protocol : server_protocols())
        titles.push_back(protocol == "echo" ? "Echo" : protocol == "message" ? "Messages" : protocol == "kv" ? "Key-value" : protocol);
    return titles;
}

int protocol_index(const ServerChoice& choice) {
    const std::vector<std::string> protocols = server_protocols();
    const auto at = std::find(protocols.begin(), protocols.end(), choice.protocol);
    return at == protocols.end() ? 0 : static_cast<int>(at - protocols.begin());
}

void choose_protocol(ServerChoice& choice, int nth) {
    choice.protocol = server_protocols()[static_cast<std::size_t>(nth)];
    choice.variant.clear();
}

std::string protocol_summary(const std::string& protocol) {
    if (protocol == "echo") return "Echo sends back what it receives";
    if (protocol == "message") return "Messages: a header of 64 bytes says how long the body is; each is acknowledged";
    if (protocol == "kv") return "Key-value: put, get and del by lines of text; the pairs are kept in a file";
    return protocol;
}

std::vector<const ProgramInfo*> variants_of(const std::string& protocol, Workers workers) {
    std::vector<const ProgramInfo*> found;
    if (const ProgramInfo* corrected = find_server(protocol, workers, "")) found.push_back(corrected);
    for (const ProgramInfo& program : all_programs()) {
        const bool fits = program.role == Role::server && program.workers == workers && program.protocol == protocol;
        if (fits && *program.variant != 0) found.push_back(&program);
    }
    return found;
}

std::string free_port(const StartServer& start, int wanted, const World& live) {
    for (int port = wanted; port < wanted + 50 && port < 65536; ++port) {
        const bool free_there = start.network == Network::wire || can_bind(start.address, port);  // nobody else is in the lab
        if (!used_by_us(live, port) && free_there) return std::to_string(port);
    }
    return "0";
}

bool wire_is_offered(const LabState& lab) {
    return lab.lives || lab.had || !lab.asked;
}

bool has_wire(const World& world) {
    return world.lab.lives || !waiting_segments(world).empty();
}

ChosenServer chosen_server(const ServerChoice& choice, const LabState& lab) {
    ChosenServer chosen;
    chosen.program = find_server(choice.protocol, choice.workers, choice.variant);
    if (chosen.program == nullptr) chosen.program = find_server(choice.protocol, choice.workers, "");
    if (chosen.program == nullptr) {
        chosen.trouble = "There is no such server.";
        return chosen;
    }
    StartServer& command = chosen.command;
    command.program = chosen.program->name;
    command.place = choice.own_process || chosen.program->own_process_only ? Place::own_process : Place::in_app;
    command.network = wire_is_offered(lab) ? choice.network : Network::loopback;
    command.address = address_of(choice, command.network);
    chosen.needs_wire = command.network == Network::wire && lab.had && !lab.lives;
    if (chosen.needs_wire) chosen.trouble = fmt::format("T{}, or choose Loopback.", wire_has_ended + 1);
    if (command.network == Network::loopback && choice.listen == Listen::typed && command.address.empty())
        chosen.trouble = "Type an address, or choose one.";
    long long number = 0;
    if (!choice.backlog.empty()) {
        if (number_within(choice.backlog, 0, 2147483647, number)) {
            command.backlog = static_cast<int>(number);
        } else {
            chosen.trouble = "A backlog is a number from 0 to 2147483647.";
        }
    }
    choose_database(choice, chosen);
    if (choice.port.empty()) {
        command.port = std::to_string(chosen.program->default_port);
    } else if (number_within(choice.port, 0, 65535, number)) {
        command.port = std::to_string(number);
    } else {
        chosen.trouble = "A port is a number from 0 to 65535; 0 lets the kernel choose.";
    }
    return chosen;
}

const char* workers_title(Workers workers) {
    switch (workers) {
        case Workers::iterative:
            return "One at a time";
        case Workers::fork:
            return "Fork per client";
        case Workers::thread:
            return "Thread per client";
        case Workers::none:
            break;
    }
    return "";
}

Workers next_workers(Workers workers) {
    switch (workers) {
        case Workers::iterative:
            return Workers::fork;
        case Workers::fork:
            return Workers::thread;
        case Workers::thread:
        case Workers::none:
            break;
    }
    return Workers::iterative;
}

std::vector<const Program*> live_servers(const World& world) {
    std::vector<const Program*> servers;
    for (const auto& [id, program] : world.programs) {
        if (program.is_server && program.state != Program::State::ended) servers.push_back(&program);
    }
    return servers;
}

std::size_t live_client_count(const World& world) {
    std::size_t count = 0;
    for (const auto& [id, program] : world.programs) count += !program.is_server && program.state != Program::State::ended;
    return count;
}

bool may_be_joined(const World& world, const Program& server) {
    if (!server.is_server || server.state == Program::State::ended) return false;
    if (const Socket* listener = find(world, server.listener)) return listener->state == Socket::State::listening;
    // It has yet to listen: as long as there is somebody who will.
    return server.state == Program::State::starting || !server.actors.empty();
}

ProgramId server_joined_by(const World& world, const Program& client) {
    const Socket* socket = find(world, client.clientfd);
    const Connection* connection = socket ? find(world, socket->connection) : nullptr;
    if (!connection) return ProgramId::none;
    for (const SocketId end : {connection->listener, connection->server}) {
        if (const Socket* theirs = find(world, end)) return theirs->program;
    }
    return ProgramId::none;
}

Address listens_at(const World& world, const Program& server) {
    const Socket* listener = find(world, server.listener);
    return listener != nullptr && listener->state == Socket::State::listening ? listener->local : Address{};
}

std::string host_to_reach(const Socket& listener) {
    const Address& listening = listener.local;
    if (!listening.is_wildcard()) return listening.host();
    const auto v6only = listener.options.find({IPPROTO_IPV6, IPV6_V6ONLY});
    const bool ipv6 = listening.family() == AF_INET6 && v6only != listener.options.end() && v6only->second != 0;
    if (listener.host == TcpHost::here) return listening.family() == AF_INET6 ? "::1" : "127.0.0.1";
    return ipv6 ? addresses_of(Host::server).ipv6 : addresses_of(Host::server).ipv4;
}

std::vector<const ProgramInfo*> client_programs_for(const Program& server) {
    std::vector<const ProgramInfo*> clients;
    const ProgramInfo* info = find_program(server.name);
    for (const ProgramInfo& program : all_programs()) {
        if (info != nullptr && program.role == Role::client && std::string_view(program.protocol) == info->protocol)
            clients.push_back(&program);
    }
    return clients;
}

bool is_client_for(const Program& server, const std::string& client_program) {
    const std::vector<const ProgramInfo*> all = client_programs_for(server);
    return std::any_of(all.begin(), all.end(), [&](const ProgramInfo* info) { return client_program == info->name; });
}

AddClients clients_for(const World& world, const Program& server, int count) {
    AddClients add;
    add.count = count;
    add.network = server.network;
    const ProgramInfo* info = find_program(server.name);
    if (info != nullptr) {
        // What a variant shows takes both ends where there is such a client, too.
        const ProgramInfo* client = find_client(info->protocol, info->variant);
        if (client == nullptr) client = find_client(info->protocol);
        if (client != nullptr) add.program = client->name;
    }
    const Socket* listener = find(world, server.listener);
    if (listener == nullptr || listener->state != Socket::State::listening) return add;
    add.host = host_to_reach(*listener);
    add.port = std::to_string(listener->local.port());
    return add;
}

}  // namespace synoptic
