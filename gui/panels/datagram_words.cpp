#include "gui/panels/datagram_words.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/trace/format.h"

namespace synoptic {

bool is_datagram_type(std::int64_t type) {
    return (type & ~std::int64_t{SOCK_NONBLOCK | SOCK_CLOEXEC}) == SOCK_DGRAM;
}

std::string begun_words(const DatagramCall& call, bool is_last) {
    const int fd = call.event.fd;
    const std::string bytes = byte_count(static_cast<std::uint64_t>(call.event.a));
    switch (call.event.kind) {
        case EventKind::connect:
            return fmt::format("{} asks the kernel to keep one peer for descriptor {}: nothing is sent for it", call.who, fd);
        case EventKind::send:
        case EventKind::write:
            return fmt::format("{} hands a datagram of {} to the kernel, for the peer of descriptor {}", call.who, bytes, fd);
        case EventKind::sendto: {
            const Address to = payload_address(call.payload);  // behind it comes the datagram
            return fmt::format("{} hands a datagram of {} to the kernel, for {}", call.who, bytes,
                               to.known() ? to.text() : fmt::format("the peer of descriptor {}", fd));
        }
        case EventKind::recv:
        case EventKind::read:
        case EventKind::recvfrom:
            return fmt::format("{} asks for one datagram that came in at descriptor {}, with room for {}", call.who, fd, bytes);
        case EventKind::close:
            if (!is_last) return "";
            return fmt::format("{} frees descriptor {}, the last one that points to this socket: it is gone, and nobody is told", call.who,
                               fd);
        default:
            return "";
    }
}

std::string over_words(const DatagramCall& call) {
    const std::string bytes = byte_count(static_cast<std::uint64_t>(call.event.value));
    switch (call.event.kind) {
        case EventKind::connect:
            return fmt::format("The peer of {} is {} from now on; nothing was sent", call.descriptor, call.socket.peer.text());
        case EventKind::send:
        case EventKind::write:
        case EventKind::sendto:
            return fmt::format("The kernel has taken the datagram of {} of {}; nobody tells whether it arrives", bytes, call.who);
        case EventKind::recv:
        case EventKind::read:
            return fmt::format("{} took a datagram of {} from the receive queue of {}: {}", kind_info(call.event.kind).name, bytes,
                               call.descriptor, in_quotes(call.payload, most_quoted_bytes));
        case EventKind::recvfrom: {
            const Address from = payload_address(call.payload);  // unknown if the program did not ask
            const std::string_view text = call.payload.substr(std::min(call.payload.size(), sizeof(Address)));
            return fmt::format("recvfrom took a datagram of {}{} from the receive queue of {}: {}", bytes,
                               from.known() ? " that " + from.text() + " has sent" : "", call.descriptor,
                               in_quotes(text, most_quoted_bytes));
        }
        default:
            return "";
    }
}

}  // namespace synoptic
