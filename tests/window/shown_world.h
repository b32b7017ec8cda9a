// Questions to the World as the dump has it, and what window tests do again and again.
#pragma once

#include <cstdint>
#include <string>

#include "tests/window/window_harness.h"

namespace synoptic::window {

/** The program with this label ("server 1", "client 3"); null if there is none. */
Json program(const App& app, const std::string& label);
std::string program_state(const App& app, const std::string& label);  // "" if there is none
/** The port on which it listens; 0 while it does not. */
std::uint16_t listening_port(const App& app, const std::string& server);
/** The pid of the server's first process; 0 where it runs inside the app, or is not there. */
pid_t server_pid(const App& app, const std::string& server);
/** True if a line that the program printed contains `text`. */
bool printed(const App& app, const std::string& label, const std::string& text);
std::size_t connections(const App& app, const std::string& state);
/** What the actor of this label's program does: "blocked", "at the gate" …; of its first actor. */
std::string actor_state(const App& app, const std::string& label);
std::string actor_call(const App& app, const std::string& label);
/** True if a strip below the toolbar contains `text`. */
bool told(const App& app, const std::string& text);

/** Starts the server that the toolbar has chosen, by a click; returns its port once it listens. */
std::uint16_t start_server(App& app, const std::string& label);
/** Adds clients one by one, by clicks, and waits until `all` connections are accepted. */
void add_clients(App& app, int count, std::size_t all);
/** Types a line as this client, in the menu of its card. */
void say(App& app, const std::string& client, const std::string& line);

}  // namespace synoptic::window
