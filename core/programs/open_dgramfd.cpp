// open_dgramfd: a UDP socket with an address of its own, to which anybody may send (getaddrinfo(3), bind(2), udp(7)).
//
// That is all: there is no listen and no accept, for there are no connections.
#include <netinet/in.h>

#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

int open_dgramfd(Sockets& os, const char* address, const char* port) {
    const bool all_interfaces = address == nullptr || *address == 0;
    addrinfo hints = {};
    hints.ai_family = all_interfaces ? AF_INET6 : AF_UNSPEC;  // :: takes IPv4 datagrams, too
    hints.ai_socktype = SOCK_DGRAM;                           // UDP
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;

    addrinfo* list = nullptr;
    int error = os.getaddrinfo(all_interfaces ? nullptr : address, port, &hints, &list);
    if (error != 0) {
        os.printf("getaddrinfo %s: %s\n", all_interfaces ? "(all interfaces)" : address, gai_strerror(error));
        return -2;
    }
    const char* call = "socket";
    int fd = os.socket(list->ai_family, list->ai_socktype, list->ai_protocol);
    if (fd >= 0) {
        int off = 0;
        if (list->ai_family == AF_INET6) os.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
        call = "bind";
        if (os.bind(fd, list->ai_addr, list->ai_addrlen) < 0) {
            int why = errno;  // close may overwrite it
            os.close(fd);
            errno = why;
            fd = -1;
        }
    }
    if (fd < 0) os.perror(call);
    int why = errno;
    freeaddrinfo(list);
    errno = why;
    return fd;
}

}  // namespace synoptic
