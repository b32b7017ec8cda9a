// The states of a TCP connection.
#pragma once

#include <cstdint>

namespace synoptic {

/** The states of RFC 9293, 3.3.2, with Linux's numbers (net/tcp_states.h). The RFC's SYN-RECEIVED, Linux's SYN_RECV, is SYN_RCVD here, as in Stevens. */
enum class TcpState : std::uint8_t {
    none = 0,
    established = 1,
    syn_sent = 2,
    syn_rcvd = 3,  // Linux's NEW_SYN_RECV, too: a request in a listener's SYN queue
    fin_wait_1 = 4,
    fin_wait_2 = 5,
    time_wait = 6,
    closed = 7,
    close_wait = 8,
    last_ack = 9,
    listen = 10,
    closing = 11,
};

/** "SYN_RCVD"; "?" for a number that is no state. */
const char* name_of(TcpState state);

}  // namespace synoptic
