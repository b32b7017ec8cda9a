// What programs there are: for the command line, the window's menus and the session, which starts them.
#pragma once

#include <span>
#include <string_view>

#include "core/programs/programs.h"

namespace synoptic {

enum class Role : std::uint8_t { server, client };
enum class Workers : std::uint8_t { iterative, fork, thread, none };  // none: a client
enum class Place : std::uint8_t { in_app, own_process };

struct ProgramInfo {
    const char* name;       // "echo_fork", as the file is called
    const char* file;       // "core/programs/echo_fork.cpp"
    const char* protocol;   // "echo"
    Role role;
    Workers workers;
    const char* variant;    // "" for the corrected program, else the defect's name, "no-exit", or another way's, "nodelay"
    const char* title;      // "Echo, a process per client"
    const char* worth_showing;  // of a defective variant: what goes wrong, in a sentence or two; else ""
    bool own_process_only;      // it forks, or could harm the app
    int default_port;
    int default_backlog;
    int (*serve)(Sockets& os, const ServerArguments& arguments);  // returns the exit status; null for a client
    int (*talk)(Sockets& os, const ClientArguments& arguments);   // null for a server
};

std::span<const ProgramInfo> all_programs();
const ProgramInfo* find_program(std::string_view name);
/** The server for a protocol, worker model and variant ("" is the corrected one); null if there is none. */
const ProgramInfo* find_server(std::string_view protocol, Workers workers, std::string_view variant);
/** The client for a protocol and variant; null if there is none. */
const ProgramInfo* find_client(std::string_view protocol, std::string_view variant = "");

const char* workers_name(Workers workers);  // "iterative", "fork", "thread"

/** The text of a program's source file, embedded at build time ("core/programs/echo_fork.cpp"); empty if there is none of that name. */
std::string_view source_text(std::string_view file);

}  // namespace synoptic
