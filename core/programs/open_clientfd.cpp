// open_clientfd: connects to a server, whatever protocol its address is of (getaddrinfo(3), connect(2)).
//
// A name can have several addresses. They are tried in the order in which getaddrinfo lists them, until one answers.
#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

/** One attempt: a socket that is connected to one address, or -1 with errno; `call` is the one that failed. */
static int connect_to(Sockets& os, const addrinfo* address, const char** call) {
    *call = "socket";
    int clientfd = os.socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (clientfd < 0) return -1;  // this host may not have that protocol

    *call = "connect";
    if (os.connect(clientfd, address->ai_addr, address->ai_addrlen) == 0) return clientfd;
    int why = errno;     // close may overwrite it
    os.close(clientfd);  // a socket whose connect has failed is of no more use
    errno = why;
    return -1;
}

int open_clientfd(Sockets& os, const char* host, const char* port) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;                  // TCP, so that each address is listed once, not for UDP, too
    hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;  // the port is a number; only protocols in use here

    if (host != nullptr && *host == 0) host = nullptr;  // no name: this machine, by loopback
    addrinfo* list = nullptr;
    int error = os.getaddrinfo(host, port, &hints, &list);
    if (error == EAI_NONAME || error == EAI_ADDRFAMILY) {  // AI_ADDRCONFIG rejects even 127.0.0.1 or ::1
        hints.ai_flags = AI_NUMERICSERV;                   // on a machine without a network: ask again without it
        error = os.getaddrinfo(host, port, &hints, &list);
    }
    if (error != 0) {
        os.printf("getaddrinfo %s: %s\n", host != nullptr ? host : "(no name)", gai_strerror(error));  // its errors are not errno's
        return -2;
    }

    int clientfd = -1;
    const char* call = "getaddrinfo";
    for (addrinfo* address = list; address != nullptr && clientfd < 0; address = address->ai_next) {
        do {
            clientfd = connect_to(os, address, &call);
        } while (clientfd < 0 && errno == EINTR && !os.stopping());  // a signal: again, with a new socket
    }
    if (clientfd < 0) os.perror(call);  // why the last address failed
    int why = errno;
    freeaddrinfo(list);
    errno = why;
    return clientfd;
}

}  // namespace synoptic
