// The gate: how the session paces actors. An actor stands at it before and after each call, unless it is open.
//
//        set_gate(run)            set_gate(slow, ms)                 set_gate(step)
//     ┌──────────────┐    ┌───────────────────────────────┐    ┌───────────────────────┐
//     │ open: 1 load │    │ passes ms after its last move │    │ passes for each grant │
//     └──────────────┘    └───────────────────────────────┘    └───────────────────────┘
//
// Thread safety: the session's thread sets and grants; the actor waits (gate.cpp, Writer::stand).
#pragma once

#include "core/trace/trace.h"

namespace synoptic {

/** Sets one actor's pace. */
void set_gate(Ring& ring, GateMode mode, std::uint32_t ms);
/** Sets the pace of all live actors and of those that begin later. */
void set_gate_of_all(Trace& trace, GateMode mode, std::uint32_t ms);
/** Lets an actor that stands at its gate make one move. False if it does not stand there, or was granted one already. */
bool grant_step(Ring& ring);

}  // namespace synoptic
