#include "gui/panels/tcp_words.h"

#include <fmt/format.h>

namespace synoptic {

std::string clock_text(std::uint64_t ns) {
    const double seconds = static_cast<double>(ns) / 1e9;
    return seconds < 9.95 ? fmt::format("{:.1f} s", seconds) : fmt::format("{:.0f} s", seconds);
}

std::string timer_short(const TcpEnd& end, std::uint64_t now_ns) {
    // A connection that a segment has ended may have a timer in what the table told last.
    if (end.timer.kind == TcpTimer::Kind::none || end.timer_due_ns == 0 || end.state == TcpState::closed) return {};
    return clock_text(end.timer_due_ns > now_ns ? end.timer_due_ns - now_ns : 0);
}

std::string timer_text(const TcpEnd& end, std::uint64_t now_ns) {
    const std::string left = timer_short(end, now_ns);
    if (left.empty()) return {};
    const std::string so_far = end.timer.retransmits > 0 ? fmt::format(", {} so far", end.timer.retransmits) : "";
    switch (end.timer.kind) {
        case TcpTimer::Kind::none:
            break;
        case TcpTimer::Kind::retransmission:
            return fmt::format("retransmission in {}{}", left, so_far);
        case TcpTimer::Kind::keep_alive:
            return fmt::format("keep-alive in {}{}", left, so_far);
        case TcpTimer::Kind::time_wait:
            return fmt::format("ends in {}", left);
        case TcpTimer::Kind::zero_window_probe:
            return fmt::format("zero window probe in {}{}", left, so_far);
    }
    return {};
}

const char* meaning_of(TcpState state) {
    switch (state) {
        case TcpState::none:
            break;
        case TcpState::established:
            return "An open connection: what is received can be delivered to the program. The normal state for data to pass in both "
                   "directions.";
        case TcpState::syn_sent:
            return "It has sent a SYN and waits for a matching one from the other end.";
        case TcpState::syn_rcvd:
            return "It has received a SYN and sent one, and waits for the acknowledgment of its own: an entry of the listener's SYN queue.";
        case TcpState::fin_wait_1:
            return "It has sent a FIN, and waits for the acknowledgment of it or for a FIN from the other end.";
        case TcpState::fin_wait_2:
            return "Its own FIN was acknowledged; it waits for a FIN from the other end, and can still receive.";
        case TcpState::time_wait:
            return "It waits long enough to be sure that the other end has received the acknowledgment of its FIN, and that no old segment "
                   "is "
                   "taken for a new connection's.";
        case TcpState::closed:
            return "No connection at all: a fiction, for there is no transmission control block, and so no entry in the kernel's table.";
        case TcpState::close_wait:
            return "The other end has sent its FIN; it waits for the program here to close, and can still send.";
        case TcpState::last_ack:
            return "It has received a FIN and sent its own, and waits for the acknowledgment of that one.";
        case TcpState::listen:
            return "It waits for a connection request from any other end.";
        case TcpState::closing:
            return "Both ends sent a FIN at the same time: it has the other's, and waits for the acknowledgment of its own.";
    }
    return "";
}

const char* way_out_of(TcpState state) {
    switch (state) {
        case TcpState::none:
            break;
        case TcpState::established:
            return "close(2), or shutdown(2) with SHUT_WR, sends a FIN. A FIN that arrives makes recv(2) return 0.";
        case TcpState::syn_sent:
            return "connect(2) returns when the SYN,ACK arrives. close(2) gives up; a RST makes connect fail with ECONNREFUSED.";
        case TcpState::syn_rcvd:
            return "No call: the last ACK of the handshake puts it into the accept queue, before accept(2) takes it.";
        case TcpState::fin_wait_1:
            return "No call: segments do. The program may have closed already.";
        case TcpState::fin_wait_2:
            return "No call: the FIN comes when the other program closes. Linux waits no longer than tcp_fin_timeout once nobody holds the "
                   "socket.";
        case TcpState::time_wait:
            return "No call: time. Until then bind(2) fails with EADDRINUSE unless SO_REUSEADDR is set (socket(7)).";
        case TcpState::closed:
            return "socket(2) and connect(2) open actively, listen(2) passively.";
        case TcpState::close_wait:
            return "close(2) sends the FIN. As long as the program forgets it, it stays here.";
        case TcpState::last_ack:
            return "No call: the ACK of its FIN ends it.";
        case TcpState::listen:
            return "A SYN makes a new connection in SYN_RCVD; the listener itself stays. close(2) ends it.";
        case TcpState::closing:
            return "No call: the ACK of its FIN does.";
    }
    return "";
}

}  // namespace synoptic
