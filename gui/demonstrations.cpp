#include "gui/demonstrations.h"

#include <algorithm>
#include <cstdlib>

#include "gui/demonstration_parts.h"

namespace synoptic {

namespace demonstration {

Network where(const World& world) {
    return world.lab.lives ? Network::wire : Network::loopback;
}

bool wire_is_known(const Cast& cast) {
    return cast.world().lab.asked;
}

StartServer serve(const World& world, const char* name, Network network, int above) {
    StartServer start;
    start.program = name;
    start.network = network;
    const ProgramInfo* info = find_program(name);
    if (info != nullptr && (info->own_process_only || info->workers == Workers::fork)) start.place = Place::own_process;
    if (network == Network::loopback) start.address = "127.0.0.1";
    start.port = free_port(start, std::max(info != nullptr ? info->default_port : 6666, above + 1), world);
    return start;
}

Command join(const Cast& cast, std::size_t server, int count, int chatter_ms) {
    AddClients add = clients_for(cast.world(), *cast.server(server), count);
    add.chatter_ms = chatter_ms;
    return add;
}

Command say(const Cast& cast, std::size_t client, const char* text) {
    return Say{cast.client(client)->id, text};
}

bool accepted(const Cast& cast, std::size_t client) {
    return cast.connection(client) == Connection::State::accepted;
}

/** A client has had so many lines of replies, and waits for the next line to say. */
bool heard(const Cast& cast, std::size_t client, std::size_t lines) {
    const Program* program = cast.client(client);
    return program != nullptr && program->output.size() >= lines && cast.blocked_in(client, EventKind::fgets);
}

}  // namespace demonstration

using namespace demonstration;

namespace {

ProgramId newest(const World& world) {
    return world.programs.empty() ? ProgramId{} : world.programs.rbegin()->first;
}

Demonstration second_client_waits() {
    return {"second_client_waits",
            "The second client waits",
            "An iterative server talks to one client. The second connects and sends, and nobody answers.",
            {"echo_iterative"},
            {
                {wire_is_known, [](const Cast& c) { return Commands{serve(c.world(), "echo_iterative", where(c.world()))}; }},
                {[](const Cast& c) { return c.address(0).known(); }, [](const Cast& c) { return Commands{join(c, 0, 1)}; }},
                {[](const Cast& c) { return accepted(c, 0); },
                 [](const Cast& c) {
                     return Commands{say(c, 0, "good morning"), join(c, 0, 1)};
                 }},
                {[](const Cast& c) { return c.connection(1) == Connection::State::queued && c.blocked_in(1, EventKind::fgets); },
                 [](const Cast& c) { return Commands{say(c, 1, "is anybody there?")}; }},
            },
            "{Client 2} is connected and has sent its line, but the server has not accepted it: it is in recv, with {client 1}. Close "
            "{client 1}, "
            "and see who is served next."};
}

Demonstration fork_beside_threads() {
    return {"fork_beside_threads",
            "Fork beside threads",
            "The same echo twice: a process per client above, a thread per client below, three chattering clients each.",
            {"echo_fork", "echo_thread"},
            {
                {wire_is_known,
                 [](const Cast& c) {
                     const StartServer above = serve(c.world(), "echo_fork", where(c.world()));
                     return Commands{above, serve(c.world(), "echo_thread", where(c.world()), std::stoi(above.port))};
                 }},
                {[](const Cast& c) { return c.address(0).known() && c.address(1).known(); },
                 [](const Cast& c) {
                     return Commands{join(c, 0, 3, 1200), join(c, 1, 3, 1200)};
                 }},
            },
            "Compare the descriptors: each forked child has its own table, the threads share one. Kill a child, and the others go on."};
}

Demonstration forked_server() {
    return {"forked_server",
            "A forked server, three clients",
            "The parent accepts and forks; each child serves one client and closes what it does not need.",
            {"echo_fork"},
            {
                {[](const Cast&) { return true; }, [](const Cast& c) { return Commands{serve(c.world(), "echo_fork")}; }},
                {[](const Cast& c) { return c.address(0).known(); }, [](const Cast& c) { return Commands{join(c, 0, 3)}; }},
                {[](const Cast& c) { return accepted(c, 0) && accepted(c, 1) && accepted(c, 2); },
                 [](const Cast& c) {
                     Commands commands{say(c, 0, "one"), say(c, 1, "two"), say(c, 2, "three")};
                     for (std::size_t index = 0; index < 3; ++index) commands.push_back(Chatter{c.client(index)->id, 2000});
                     return commands;
                 }},
            },
            "Every child inherited listenfd and closed it; the parent closed its connfd. Select a socket to see who holds it."};
}

Demonstration zombies() {
    return {"zombies",
            "Nobody waits for the child",
            "A server that never calls waitpid: when its client leaves, the child ends and stays as a zombie.",
            {"echo_fork_no_wait"},
            {
                {[](const Cast&) { return true; }, [](const Cast& c) { return Commands{serve(c.world(), "echo_fork_no_wait")}; }},
                {[](const Cast& c) { return c.address(0).known(); }, [](const Cast& c) { return Commands{join(c, 0, 2)}; }},
                {[](const Cast& c) { return accepted(c, 0) && accepted(c, 1) && c.blocked_in(0, EventKind::fgets); },
                 [](const Cast& c) { return Commands{CloseClient{c.client(0)->id}}; }},
                {[](const Cast& c) { return zombie_count(c.world()) > 0; }, [](const Cast&) { return Commands{}; }},
            },
            "{Client 1} has left, its child has ended, and nobody reads its status: a zombie. Close {client 2} for another; stopping the "
            "server "
            "ends them all."};
}

}  // namespace

const Program* Cast::nth(bool server, std::size_t index) const {
    for (const auto& [id, program] : world_.programs) {
        if (id <= before_ || program.is_server != server) continue;
        if (index-- == 0) return &program;
    }
    return nullptr;
}

Address Cast::address(std::size_t index) const {
    const Program* program = server(index);
    return program != nullptr ? listens_at(world_, *program) : Address{};
}

Connection::State Cast::connection(std::size_t index) const {
    const Program* program = client(index);
    const Socket* socket = program != nullptr ? find(world_, program->clientfd) : nullptr;
    const Connection* found = socket != nullptr ? find(world_, socket->connection) : nullptr;
    return found != nullptr ? found->state : Connection::State::closed;
}

bool Cast::blocked_in(std::size_t index, EventKind call) const {
    const Program* program = client(index);
    if (program == nullptr) return false;
    return std::any_of(program->actors.begin(), program->actors.end(), [&](ActorId id) {
        const Actor* actor = find(world_, id);
        return actor != nullptr && !actor->calls.empty() && actor->calls.back().kind == call;
    });
}

std::string with_labels(std::string_view look_at, const Cast& cast) {
    std::string text;
    while (!look_at.empty()) {
        const std::size_t open = std::min(look_at.find('{'), look_at.size());
        text += look_at.substr(0, open);
        look_at.remove_prefix(open);
        const std::size_t close = look_at.find('}');
        if (close == std::string_view::npos) break;
        std::string name(look_at.substr(1, close - 1));
        const std::size_t digits = name.rfind(' ') + 1;
        const Program* client = cast.client(static_cast<std::size_t>(std::max(std::atoi(name.c_str() + digits), 1)) - 1);
        if (client != nullptr && !client->label.empty()) name = std::string(1, name.front()) + client->label.substr(1);
        text += name;
        look_at.remove_prefix(close + 1);
    }
    return text;
}

const std::vector<Demonstration>& demonstrations() {
    static const std::vector<Demonstration> all = [] {
        std::vector<Demonstration> list = {second_client_waits(), fork_beside_threads(), forked_server(),      zombies(),
                                           two_puts_of_one_key(), kill_mid_write(),      copies_of_children(), two_small_sends()};
        std::erase_if(list, [](const Demonstration& one) {
            return std::any_of(one.servers.begin(), one.servers.end(), [](const char* name) { return find_program(name) == nullptr; });
        });
        return list;
    }();
    return all;
}

void DemonstrationRunner::start(const Demonstration& demonstration, const World& live, Commands& out) {
    // What the user started stays; what a demonstration started makes room for the next one.
    const auto is_of_a_demonstration = [this](ProgramId server) {
        return server != ProgramId::none && std::find(started_.begin(), started_.end(), server) != started_.end();
    };
    for (const auto& [id, program] : live.programs) {
        if (program.state == Program::State::ended) continue;
        if (program.is_server && is_of_a_demonstration(id)) out.push_back(StopServer{id});
        // A server's end does not end its clients: they may wait for a line to send.
        if (!program.is_server && is_of_a_demonstration(server_joined_by(live, program))) out.push_back(CloseClient{id});
    }
    started_.clear();
    running_ = &demonstration;
    to_kill_ = ProgramId::none;
    step_ = 0;
    before_ = newest(live);
}

std::string DemonstrationRunner::advance(const World& live, Commands& out) {
    if (running_ == nullptr) return {};
    const Cast cast(live, before_);
    for (std::size_t index = 0; const Program* server = cast.server(index); ++index) {
        if (std::find(started_.begin(), started_.end(), server->id) == started_.end()) started_.push_back(server->id);
        if (server->state == Program::State::ended) {  // it failed, or the user stopped it: the messages tell
            running_ = nullptr;
            return {};
        }
    }
    if (!running_->steps[step_].ready(cast)) return {};
    if (running_->steps[step_].kills_mid_write && cast.server(0) != nullptr) to_kill_ = cast.server(0)->id;
    for (Command& command : running_->steps[step_].commands(cast)) out.push_back(std::move(command));
    if (++step_ < running_->steps.size()) return {};
    std::string text = with_labels(running_->look_at, cast);
    running_ = nullptr;
    return text;
}

}  // namespace synoptic
