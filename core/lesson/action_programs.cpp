// What a lesson's lines about programs come to: start, connect, look up, says, chats, close, stop, kill.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "core/lesson/action_questions.h"
#include "core/lesson/action_runner.h"
#include "core/lesson/matcher.h"

namespace synoptic {

namespace {

constexpr const char* unused_wire_port = "9";  // discard: no program of ours listens there unless a lesson says so
constexpr const char* loopback_address = "127.0.0.1";

std::string this_machine() {
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    return name;
}

}  // namespace

/** A program that needs no server, such as fork_lines. */
ActionRunner::Plan ActionRunner::plan_start_tool(const ProgramInfo& info) {
    AddClients add;
    add.program = info.name;
    add.network = network_of();
    add.host = loopback_address;
    add.port = "0";
    std::string name;
    for (const LessonOption& each : action_.options) {
        if (each.form == OptionForm::as_name) name = each.words.fresh.at(0);
        if (each.form == OptionForm::on_address) add.host = each.words.names.at(0) == "this machine" ? this_machine() : each.words.names[0];
        if (each.form == OptionForm::port) add.port = std::to_string(each.words.numbers.at(0));
        if (each.form == OptionForm::in_process) add.place = Place::own_process;
    }
    add.label = name;
    Plan plan;
    plan.commands.emplace_back(add);
    plan.names.push_back(name);
    plan.may_be_late = true;
    plan.is_done = [this](const FactView& now) { return started_.empty() || client_stands(now.world, log_, started_.back(), now_ns_); };
    return plan;
}

ActionRunner::Plan ActionRunner::plan_start(const FactView& view) {
    const ProgramInfo* info = find_program(action_.words.names.at(0));
    if (info && info->role == Role::client) return plan_start_tool(*info);
    const Network network = network_of();
    StartServer start;
    start.program = info ? info->name : action_.words.names[0];
    start.network = network;
    start.address = network == Network::wire ? "" : loopback_address;
    int usual = info ? info->default_port : 0;
    while (usual != 0 && network == Network::wire && is_taken_on_wire(view.world, usual)) ++usual;
    start.port = network == Network::wire ? std::to_string(usual) : "0";
    std::string name = "server";
    for (const LessonOption& each : action_.options) {
        const std::int64_t number = each.words.numbers.empty() ? 0 : each.words.numbers[0];
        switch (each.form) {
            case OptionForm::as_name:
                name = each.words.fresh.at(0);
                break;
            case OptionForm::port:
                start.port = std::to_string(number);
                break;
            case OptionForm::on_port_of: {
                const Socket* listener = listener_of(view.world, cast_.program(each.words.who.at(0).name));
                if (!listener)
                    fail(fmt::format("“{}”: {} has never listened", action_.text, each.words.who[0].name));
                else
                    start.port = std::to_string(listener->local.port());
                break;
            }
            case OptionForm::on_all:
                start.address = "";
                break;
            case OptionForm::on_address:
                start.address = each.words.names.at(0) == "this machine" ? this_machine() : each.words.names[0];
                break;
            case OptionForm::backlog:
                start.backlog = static_cast<int>(number);
                break;
            case OptionForm::with_descriptors:
                start.descriptor_limit = static_cast<int>(number);
                start.place = Place::own_process;
                break;
            case OptionForm::in_process:
                start.place = Place::own_process;
                break;
            case OptionForm::at_most:
                start.limits.clients = static_cast<int>(number);
                break;
            default:
                break;
        }
    }
    const LessonOption* database = option(OptionForm::database);
    start.label = name;
    start.database = fmt::format("{}/{}", setup_.folder, database ? database->words.names.at(0) : "database.txt");
    Plan plan;
    plan.commands.emplace_back(start);
    plan.names.push_back(name);
    plan.is_done = [this](const FactView& now) { return started_.empty() || server_stands(now.world, log_, started_.back()); };
    return plan;
}

/** One after the other, so that they come to the server in the order of the line. */
std::optional<ActionRunner::Plan> ActionRunner::plan_connect(const FactView& view) {
    const ConnectTarget& target = action_.words.target;
    const Program* server = find(view.world, cast_.program(target.server));
    AddClients add;
    add.network = server && !option(OptionForm::on_loopback) && !option(OptionForm::on_wire) ? server->network : network_of();
    const bool wire = add.network == Network::wire;
    add.host = wire ? addresses_of(Host::server).ipv4 : loopback_address;
    if (server) {
        const Socket* socket = socket_for_clients(view.world, *server);
        if (!socket && server->state != Program::State::ended) {
            waits_for_ = fmt::format("{} to listen", target.server);
            return std::nullopt;
        }
        if (!socket)
            fail(fmt::format("“{}”: {} does not listen", action_.text, target.server));
        else {
            add.port = std::to_string(socket->local.port());
            if (!socket->local.is_wildcard()) add.host = socket->local.canonical().host();
        }
    }
    if (target.no_name) add.host.clear();
    if (!target.host.empty()) add.host = target.host == "this machine" ? this_machine() : target.host;
    if (!target.port.empty()) add.port = target.port;
    if (!wire && is_wire_address(add.host))  // where there is no wire they may be another machine's
        fail(fmt::format("“{}”: {} is an address of the wire, and this client is not on it", action_.text, add.host));
    if (target.nobody) add.port = wire ? unused_wire_port : free_loopback_port();
    const ProgramInfo* served = server ? find_program(server->name) : nullptr;
    const ProgramInfo* client = find_client(served ? served->protocol : "echo");
    if (const LessonOption* with = option(OptionForm::with_program)) client = find_program(with->words.names.at(0));
    if (!client) fail(fmt::format("“{}”: no client speaks with {}: write “with PROGRAM”", action_.text, target.server));
    add.program = client ? client->name : "";
    if (option(OptionForm::in_process)) add.place = Place::own_process;
    if (action_.form == ActionForm::connect_many) add.count = static_cast<int>(action_.words.numbers.at(0));
    Plan plan;
    const std::string name = action_.words.fresh.at(action_.words.fresh.size() - static_cast<std::size_t>(rounds_left_));
    add.label = action_.form == ActionForm::connect_many && add.count == 1 ? name + "1" : name;
    plan.commands.emplace_back(add);
    plan.names.push_back(name);
    plan.is_done = [this, name](const FactView& now) {
        const std::vector<ProgramId> clients = cast_.programs(name);
        return std::all_of(clients.begin(), clients.end(), [&](ProgramId id) { return client_stands(now.world, log_, id, now_ns_); });
    };
    plan.may_be_late = true;
    return plan;
}

ActionRunner::Plan ActionRunner::plan_look_up() {
    const LessonOption* with = option(OptionForm::with_program);
    const LessonOption* service = option(OptionForm::service);
    AddClients add;
    add.program = with ? with->words.names.at(0) : "hostinfo";
    add.network = Network::loopback;
    add.host = action_.words.names.at(0) == "this machine" ? this_machine() : action_.words.names[0];
    add.port = service ? service->words.names.at(0) : "";
    add.label = action_.words.fresh.at(0);
    Plan plan;
    plan.commands.emplace_back(add);
    plan.names.push_back(action_.words.fresh.at(0));
    plan.is_done = [this](const FactView& now) {
        return started_.empty() || all_wait(now.world) || has_ended(now.world, started_.back()) ||
               is_at_breakpoint(now.world, log_, started_.back());
    };
    plan.may_be_late = true;
    return plan;
}

ActionRunner::Plan ActionRunner::plan_end(const FactView& view) {
    Plan plan;
    plan.may_be_late = true;
    if (action_.form == ActionForm::kill || action_.form == ActionForm::kill_with) {
        const Who& who = action_.words.who.at(0);
        const Actor* actor = find(view.world, cast_.actor(view.world, log_, who));
        const Process* process = actor ? find(view.world, actor->process) : nullptr;
        if (!process || process->is_app) {
            fail(process ? fmt::format("“{}”: {} is a thread of the app, which can't be killed: start it “in a process”", action_.text,
                                       who.text())
                         : fmt::format("“{}”: there is no {}", action_.text, who.text()));
            return plan;
        }
        const int signal = action_.form == ActionForm::kill ? SIGKILL : action_.words.signal;
        plan.commands.emplace_back(KillProcess{process->pid, signal});
        if (signal == SIGSTOP || signal == SIGCONT) return plan;
        plan.is_done = [id = process->id](const FactView& now) {
            const Process* killed = find(now.world, id);
            return !killed || killed->state != Process::State::runs;
        };
        return plan;
    }
    std::vector<ProgramId> ids;
    if (action_.form == ActionForm::close_all) {
        for (const auto& [name, programs] : cast_.all()) {
            for (const ProgramId id : programs) {
                const Program* program = find(view.world, id);
                const bool again = std::find(ids.begin(), ids.end(), id) != ids.end();
                if (program && !program->is_server && !has_ended(view.world, id) && !again) ids.push_back(id);
            }
        }
    } else
        ids = cast_.programs(action_.words.who.at(0).name);
    for (const ProgramId id : ids) {
        if (ids.size() > 1 && has_ended(view.world, id)) continue;
        if (action_.form == ActionForm::stop)
            plan.commands.emplace_back(StopServer{id});
        else
            plan.commands.emplace_back(CloseClient{id});
    }
    plan.is_done = [ids](const FactView& now) {
        return std::all_of(ids.begin(), ids.end(), [&](ProgramId id) { return has_ended(now.world, id); });
    };
    return plan;
}

std::optional<ActionRunner::Plan> ActionRunner::plan_programs(const FactView& view) {
    Plan plan;
    const auto each_client = [&](const std::function<Command(ProgramId)>& command) {
        if (!action_.words.who.empty()) {
            for (const ProgramId id : cast_.programs(action_.words.who[0].name)) plan.commands.push_back(command(id));
            return;
        }
        for (const ProgramId id : started_) {
            const Program* program = find(view.world, id);
            if (program && !program->is_server && !has_ended(view.world, id)) plan.commands.push_back(command(id));
        }
    };
    switch (action_.form) {
        case ActionForm::say:
            each_client([&](ProgramId id) { return Say{id, action_.words.texts.at(0)}; });
            return plan;
        case ActionForm::chat:
        case ActionForm::all_chat:
            each_client([&](ProgramId id) { return Chatter{id, std::max(1, static_cast<int>(action_.words.ms))}; });
            return plan;
        case ActionForm::silent:
        case ActionForm::all_silent:
            each_client([&](ProgramId id) { return Chatter{id, 0}; });
            return plan;
        default:
            return std::nullopt;
    }
}

}  // namespace synoptic
