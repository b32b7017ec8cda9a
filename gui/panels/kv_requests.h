// Requests that a key-value client is offered to say: whole lines, which fit to what its server's database holds now. Pure functions of a World.
#pragma once

#include <string>
#include <vector>

#include "core/model/world.h"

namespace synoptic {

/** What a field says in which a client is told what to say: "put 7 seven, get 7, Bye" for a key-value client, else `usual`. */
const char* say_hint(const Program& client, const char* usual);

/** "put 3 hello from client 1", "get 2", "del 2", "Bye": a key that is new for put, the one that was stored last for the others. Empty for clients of other protocols. */
std::vector<std::string> kv_requests(const World& world, const Program& client);

}  // namespace synoptic
