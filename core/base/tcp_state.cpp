#include "core/base/tcp_state.h"

namespace synoptic {

const char* name_of(TcpState state) {
    switch (state) {
        case TcpState::none:
            return "?";
        case TcpState::established:
            return "ESTABLISHED";
        case TcpState::syn_sent:
            return "SYN_SENT";
        case TcpState::syn_rcvd:
            return "SYN_RCVD";
        case TcpState::fin_wait_1:
            return "FIN_WAIT_1";
        case TcpState::fin_wait_2:
            return "FIN_WAIT_2";
        case TcpState::time_wait:
            return "TIME_WAIT";
        case TcpState::closed:
            return "CLOSED";
        case TcpState::close_wait:
            return "CLOSE_WAIT";
        case TcpState::last_ack:
            return "LAST_ACK";
        case TcpState::listen:
            return "LISTEN";
        case TcpState::closing:
            return "CLOSING";
    }
    return "?";
}

}  // namespace synoptic
