// What the next server will be, as chosen in the toolbar; and the Commands that come of it.
#pragma once

#include <string>
#include <vector>

#include "core/model/world.h"
#include "core/session/command.h"

namespace synoptic {

enum class Listen { loopback4, loopback6, everywhere, typed };

struct ServerChoice {
    std::string protocol = "echo";  // what it does: one of server_protocols()
    Workers workers = Workers::fork;
    std::string variant;              // "" is the corrected program
    bool own_process = false;         // where the program leaves the choice
    Network network = Network::wire;  // where the wire can be had, else loopback
    bool wire_ipv6 = false;           // on the wire: listens at the server host's IPv6 address only; else at all of its addresses
    Listen listen = Listen::loopback4;
    std::string typed_address;
    std::string port;     // "": the program's own, or the next that is free
    std::string backlog;  // "": the program's own
    // Of a key-value server:
    std::string database;                               // its file; "": default_database()
    std::string max_clients, line_bytes, idle_seconds;  // its limits; "": the usual ones
};

struct ChosenServer {
    const ProgramInfo* program = nullptr;
    std::string trouble;      // why it can't be started, in words; empty if it can
    bool needs_wire = false;  // that is why: its lab has ended, and StartLab is to be tried
    StartServer command;
};

/** True unless it is known that there can be no wire: nobody has asked for the lab yet, or there is one, or was. */
bool wire_is_offered(const LabState& lab);

/** True if there is something on the wire to see or to do: it stands, or its lab has ended and segments wait on it still. */
bool has_wire(const World& world);
/** Checks the choice and makes a Command of it. `port` is settled last: see free_port(). */
ChosenServer chosen_server(const ServerChoice& choice, const LabState& lab);

/** `wanted` if nobody listens there, else the next port that is free; "0" if none of the next 50 is. */
std::string free_port(const StartServer& start, int wanted, const World& live);

/** True of a server whose pairs are in a file, which wants to be told which. */
bool has_database(const ProgramInfo& program);
/** True if a client speaks to key-value servers. */
bool speaks_kv(const Program& client);

/** The protocols that there are servers for, "echo" first, as in the registry. */
std::vector<std::string> server_protocols();
/** "Echo", "Messages", in the same order. */
std::vector<std::string> protocol_titles();
/** Which of them is chosen; the first if it is not known. */
int protocol_index(const ServerChoice& choice);
/** Chooses the n-th, in its corrected form. */
void choose_protocol(ServerChoice& choice, int nth);
/** What a server of this protocol does, for a tooltip. */
std::string protocol_summary(const std::string& protocol);

/** The variants of a protocol's worker model, the corrected program first. */
std::vector<const ProgramInfo*> variants_of(const std::string& protocol, Workers workers);

const char* workers_title(Workers workers);  // "Fork per client"
/** The next of iterative, fork, thread. */
Workers next_workers(Workers workers);

/** Servers that have not ended, oldest first. */
std::vector<const Program*> live_servers(const World& world);
std::size_t live_client_count(const World& world);
/** False once it is over with listening although the program has not ended: its first process was killed, and its workers live on. */
bool may_be_joined(const World& world, const Program& server);
/** The server of ours that a client has connected to; none while it has not. */
ProgramId server_joined_by(const World& world, const Program& client);
/** Where a server listens; unknown while it does not. */
Address listens_at(const World& world, const Program& server);
/** The address that clients connect to: where the server listens everywhere, loopback or the server host's. */
std::string host_to_reach(const Socket& listener);
/** Programs that speak to this server, the plain client first. */
std::vector<const ProgramInfo*> client_programs_for(const Program& server);
bool is_client_for(const Program& server, const std::string& client_program);
/** Clients that join this server, of its variant's kind if there is one; no host while it does not listen. */
AddClients clients_for(const World& world, const Program& server, int count);

}  // namespace synoptic
