// Demonstrations of the key-value servers. They keep their pairs in a file of their own beside the usual one, so that nobody's pairs are touched.
#include <filesystem>

#include "gui/database_choice.h"
#include "gui/demonstration_parts.h"

namespace synoptic::demonstration {
namespace {

constexpr std::uint32_t slow_ms = 700;  // of each move: a wait for the lock is to be seen

StartServer serve_kv(const Cast& cast, const char* name) {
    StartServer start = serve(cast.world(), name, where(cast.world()));
    const std::string usual = default_database();
    if (usual.empty()) return start;  // nobody has a home: it starts, and says what is wrong
    static_cast<void>(make_database_folder(usual));
    start.database = std::filesystem::path(usual).replace_filename("demonstration.txt").string();
    return start;
}

/** Two clients are connected, each has its worker, and both wait for a line to say. */
bool both_are_ready(const Cast& cast) {
    return accepted(cast, 0) && accepted(cast, 1) && cast.blocked_in(0, EventKind::fgets) && cast.blocked_in(1, EventKind::fgets);
}

std::vector<ActorId> workers_for(const Cast& cast, std::size_t client) {
    const Program* program = cast.client(client);
    const Socket* socket = program != nullptr ? find(cast.world(), program->clientfd) : nullptr;
    return socket != nullptr ? workers_of(cast.world(), socket->connection) : std::vector<ActorId>{};
}

bool waits_for_steps(const Cast& cast, std::size_t client) {
    for (const ActorId id : workers_for(cast, client)) {
        const Actor* actor = find(cast.world(), id);
        if (actor != nullptr && actor->gate == GateMode::step) return true;
    }
    return false;
}

/** A server, two clients, and a key that is free: what an earlier demonstration has left is removed. */
std::vector<DemonstrationStep> with_two_clients(const char* name) {
    return {
        {wire_is_known, [name](const Cast& c) { return Commands{serve_kv(c, name)}; }},
        {[](const Cast& c) { return c.address(0).known(); }, [](const Cast& c) { return Commands{join(c, 0, 2)}; }},
        {both_are_ready, [](const Cast& c) { return Commands{say(c, 0, "del 7")}; }},
    };
}

}  // namespace

Demonstration two_puts_of_one_key() {
    std::vector<DemonstrationStep> steps = with_two_clients("kv_fork");
    steps.push_back({[](const Cast& c) { return heard(c, 0, 1); },
                     [](const Cast& c) {
                         Commands commands;
                         for (std::size_t client = 0; client < 2; ++client) {
                             for (const ActorId worker : workers_for(c, client))
                                 commands.push_back(SetGate{worker, GateMode::slow, slow_ms});
                         }
                         commands.push_back(say(c, 0, "put 7 apple"));
                         commands.push_back(say(c, 1, "put 7 pear"));
                         return commands;
                     }});
    return {"two_puts",
            "Two puts of one key at once",
            "Two children want to store the same key. A lock that both processes share lets one of them look and write at a time.",
            {"kv_fork"},
            std::move(steps),
            "{Client 1} and {client 2} both put key 7, each child slowed down: see in the Database pane who holds the lock and who waits "
            "for it. One is "
            "told OK, the other ERROR key exists."};
}

Demonstration kill_mid_write() {
    std::vector<DemonstrationStep> steps = with_two_clients("kv_fork");
    steps.push_back({[](const Cast& c) { return heard(c, 0, 1); }, [](const Cast&) { return Commands{}; }, true});
    steps.push_back(
        {[](const Cast& c) { return waits_for_steps(c, 0); }, [](const Cast& c) { return Commands{say(c, 0, "put 7 seven")}; }});
    return {
        "kill_mid_write",
        "Killed in the middle of a write",
        "A server and all its workers are killed right after a line was written, before it is on the disk, and before anybody was told OK.",
        {"kv_fork"},
        std::move(steps),
        "{Client 1} puts 7: once its line is in the file, the server dies. Nobody was told OK, so either would be right: the pair is "
        "there, or it is not, "
        "but never half of it. Press Start again in the Database pane, and see."};
}

Demonstration copies_of_children() {
    std::vector<DemonstrationStep> steps = {
        {wire_is_known, [](const Cast& c) { return Commands{serve(c.world(), "kv_copies_fork", where(c.world()))}; }},
        {[](const Cast& c) { return c.address(0).known(); }, [](const Cast& c) { return Commands{join(c, 0, 2)}; }},
        {both_are_ready, [](const Cast& c) { return Commands{say(c, 0, "put 7 seven")}; }},
        {[](const Cast& c) { return heard(c, 0, 1); },
         [](const Cast& c) {
             return Commands{say(c, 0, "get 7"), say(c, 1, "get 7")};
         }},
        {[](const Cast& c) { return heard(c, 0, 2) && heard(c, 1, 1); }, [](const Cast&) { return Commands{}; }},
    };
    return {"copies",
            "Each child has its own copy",
            "The pairs are in a variable, and fork copies it: what one client has put, another one does not find.",
            {"kv_copies_fork"},
            std::move(steps),
            "{Client 1} has put 7, and gets it; {client 2} asks another child, whose copy is from before: ERROR key not found. With "
            "threads there is one map for "
            "all; with a file it outlives the server."};
}

}  // namespace synoptic::demonstration
