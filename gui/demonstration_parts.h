// What demonstrations are put together from. Private to demonstrations*.cpp.
#pragma once

#include "gui/demonstrations.h"
#include "gui/server_choice.h"

namespace synoptic::demonstration {

/** Where it may be either: the wire if it can be had. Before anybody has tried, nobody knows: see wire_is_known(). */
Network where(const World& world);
bool wire_is_known(const Cast& cast);

/**
 * A server on 127.0.0.1, or on all addresses of the wire's server host; on its program's own port or the next that is free; above port `above`, for
 * one that starts beside another.
 */
StartServer serve(const World& world, const char* name, Network network = Network::loopback, int above = 0);
Command join(const Cast& cast, std::size_t server, int count, int chatter_ms = 0);
Command say(const Cast& cast, std::size_t client, const char* text);
bool accepted(const Cast& cast, std::size_t client);
/** A client has had so many lines of replies, and waits for the next line to say. */
bool heard(const Cast& cast, std::size_t client, std::size_t lines);

// demonstrations_kv.cpp
Demonstration two_puts_of_one_key();
Demonstration kill_mid_write();
Demonstration copies_of_children();
// demonstrations_message.cpp
Demonstration two_small_sends();

}  // namespace synoptic::demonstration
