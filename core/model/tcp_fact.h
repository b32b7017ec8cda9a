// How an event carries what the kernel's table says of one connected TCP socket (tcp_state), and of which host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/kernel/tcp_socket.h"
#include "core/trace/event.h"
#include "core/trace/trace.h"

namespace synoptic {

/** Whose kernel table: this machine's own network, or that of a host of the lab. */
enum class TcpHost : std::uint8_t { here, client, server };

/** "this machine", "client host", "server host". */
const char* name_of(TcpHost host);

struct TcpFact {
    TcpHost host{};
    TcpSocket socket;
    std::uint64_t timer_due_ns = 0;  // CLOCK_MONOTONIC; 0: none runs
};

Args tcp_args(const TcpFact& fact);
std::string tcp_payload(const TcpFact& fact);
/** Reads such an event; numbers that are out of range become "none". */
TcpFact read_tcp_fact(const Event& event, std::string_view payload);

/** "127.0.0.1:7788 to 127.0.0.1:33340 is ESTABLISHED, 6 bytes to be read, retransmission timer": what is 0 is left out. */
std::string tcp_fact_text(const TcpFact& fact);

}  // namespace synoptic
