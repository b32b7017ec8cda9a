// Words for what the kernel's table says of TCP: timers, states and what leads out of them (RFC 9293, 3.3.2).
#pragma once

#include <string>

#include "core/model/world.h"

namespace synoptic {

/** "57 s", "1.4 s", "0.4 s": as steady as a clock on screen should be. */
std::string clock_text(std::uint64_t ns);

/** What the kernel will do by itself and when: "retransmission in 0.4 s, 2 so far", "TIME_WAIT ends in 57 s"; empty while no timer runs. */
std::string timer_text(const TcpEnd& end, std::uint64_t now_ns);
/** The same in few characters: "0.4 s". */
std::string timer_short(const TcpEnd& end, std::uint64_t now_ns);

/** What a state means, in a sentence. */
const char* meaning_of(TcpState state);
/** Which calls, and what else, lead out of it. */
const char* way_out_of(TcpState state);

}  // namespace synoptic
