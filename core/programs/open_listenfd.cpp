// open_listenfd: a listening socket, whatever protocol its address is of (getaddrinfo(3), bind(2), listen(2)).
//
// For all interfaces getaddrinfo lists 0.0.0.0 and ::, and usually in this order. A socket on 0.0.0.0 refuses clients
// to ::1, but one on :: takes IPv4 clients, too, if IPV6_V6ONLY is off: so IPv6 comes first, and IPv4 where this host
// has no IPv6 (ipv6(7)).
#include <netinet/in.h>

#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

/** One attempt: a socket that listens on one address, or -1 with errno; `call` is the one that failed. */
static int listen_on(Sockets& os, const addrinfo* address, int backlog, const char** call) {
    *call = "socket";
    int listenfd = os.socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (listenfd < 0) return -1;  // this host may not have that protocol

    int on = 1, off = 0;
    os.setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // else a restart meets EADDRINUSE
    if (address->ai_family == AF_INET6) {
        os.setsockopt(listenfd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);  // :: takes IPv4 clients, too
    }
    *call = "bind";
    if (os.bind(listenfd, address->ai_addr, address->ai_addrlen) == 0) {
        *call = "listen";
        if (os.listen(listenfd, backlog) == 0) return listenfd;  // from here on the kernel completes handshakes
    }
    int why = errno;  // close may overwrite it
    os.close(listenfd);
    errno = why;
    return -1;
}

int open_listenfd(Sockets& os, const char* address, const char* port, int backlog) {
    const bool all_interfaces = address == nullptr || *address == 0;
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;                       // TCP
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;          // an address to listen on; the port is a number
    if (!all_interfaces) hints.ai_flags |= AI_ADDRCONFIG;  // only protocols in use here

    addrinfo* list = nullptr;
    int error = os.getaddrinfo(all_interfaces ? nullptr : address, port, &hints, &list);
    if (error == EAI_NONAME || error == EAI_ADDRFAMILY) {  // AI_ADDRCONFIG rejects even 127.0.0.1 or ::1
        hints.ai_flags &= ~AI_ADDRCONFIG;                  // on a machine without a network: ask again without it
        error = os.getaddrinfo(all_interfaces ? nullptr : address, port, &hints, &list);
    }
    if (error != 0) {
        os.printf("getaddrinfo %s: %s\n", all_interfaces ? "(all interfaces)" : address, gai_strerror(error));
        return -2;
    }

    int listenfd = -1;
    const char* call = "getaddrinfo";
    for (int family : {AF_INET6, AF_INET}) {
        for (addrinfo* each = list; each != nullptr && listenfd < 0; each = each->ai_next) {
            if (each->ai_family == family) listenfd = listen_on(os, each, backlog, &call);
        }
    }
    if (listenfd < 0) os.perror(call);  // why the last address failed
    int why = errno;
    freeaddrinfo(list);
    errno = why;
    return listenfd;
}

}  // namespace synoptic
