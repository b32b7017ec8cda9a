// An event in one plain sentence: what the program asked for, what the kernel did, what it means. Pure; draws nothing.
#pragma once

#include <string>

#include "core/model/history.h"

namespace synoptic {

/** What event `index` did, with the World before it and the one after it: "The kernel took the connection of 127.0.0.1:52684 from the accept queue;
    accept returned descriptor 4 in server 1." Never empty. */
std::string what_happened(const World& before, const World& after, const History& history, EventIndex index);

}  // namespace synoptic
