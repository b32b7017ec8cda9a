// The gate: how the session paces actors. An actor stands at it before and after each call, unless it is open.
//
//        set_gate(run)            set_gate(slow, ms)                 set_gate(step)
//     ┌──────────────┐    ┌───────────────────────────────┐    ┌───────────────────────┐
//     │ open: 1 load │    │ passes ms after its last move │    │ passes for each grant │
//     └──────────────┘    └───────────────────────────────┘    └───────────────────────┘
//
// A breakpoint is a line at which the gate of who comes there closes by itself, as if it had been set to step just before that call. While there
// are breakpoints, gates that would be open are in the mode open_but_for_breakpoints: each call asks whether its line has one (TraceHeader::breakpoints).
//
// Thread safety: the session's thread sets and grants; the actor waits (gate.cpp, Writer::stand).
#pragma once

#include "core/trace/trace.h"

namespace synoptic {

/** Sets one actor's pace. */
void set_gate(Ring& ring, GateMode mode, std::uint32_t ms);
/** Sets the pace of all live actors and of those that begin later. */
void set_gate_of_all(Trace& trace, GateMode mode, std::uint32_t ms);
/** What "runs freely" is for a gate now: run, or open_but_for_breakpoints while there are some. */
GateMode open_mode(Trace& trace);
/** Sets or clears the breakpoint at a line of a file, by its name as call sites tell it, and moves all open gates to the mode that is right then. ENOSPC if
    there are most_breakpoints of them, or the table of files is full. The session's thread only. */
Status set_breakpoint(Trace& trace, const char* file, int line, bool on);
/** Lets an actor that stands at its gate make one move. False if it does not stand there, or was granted one already. */
bool grant_step(Ring& ring);

}  // namespace synoptic
