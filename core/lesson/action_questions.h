// What actions ask the World before they act, and to know when they are done. Private to ActionRunner.
#pragma once

#include <cstdint>
#include <string>

#include "core/lesson/call_log.h"
#include "core/model/world.h"

namespace synoptic {

bool has_ended(const World& world, ProgramId id);
/** All that moves waits for steps: nothing but the command itself can be waited for. */
bool all_wait(const World& world);
/** A server listens, has ended, or can't go on by itself. */
bool server_stands(const World& world, const CallLog& log, ProgramId id);
/** Its first process or thread stands before a line of `stop at`. */
bool is_at_breakpoint(const World& world, const CallLog& log, ProgramId id);
/** A client is connected, was refused, or can't get on. `now_ns`: Session::now_ns(). */
bool client_stands(const World& world, const CallLog& log, ProgramId id, std::uint64_t now_ns);
/** A port of loopback at which nobody listens now. */
std::string free_loopback_port();
/** True if the server host has something at this port, a connection in TIME_WAIT included. */
bool is_taken_on_wire(const World& world, int port);
/** Where clients come to: a server's listening socket, else one that it has bound (all that there is over UDP, and before listen); null while there is none. */
const Socket* socket_for_clients(const World& world, const Program& server);

}  // namespace synoptic
