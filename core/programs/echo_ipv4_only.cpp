// DEFECTIVE: the server takes the first address of the passive list that works, and that is usually 0.0.0.0.
//
// Asked for all interfaces, getaddrinfo lists 0.0.0.0 and ::. A socket on 0.0.0.0 serves IPv4 only, so that a client to
// ::1 is refused, on the same machine. "localhost" is ::1 first on many machines: there a client that does not try the
// second address fails, too.
#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

static int open_first(Sockets& os, const char* address, const char* port, int backlog) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    int error = os.getaddrinfo(address && *address ? address : nullptr, port, &hints, &list);
    if (error != 0) {
        os.printf("getaddrinfo: %s\n", gai_strerror(error));
        return -2;
    }
    int listenfd = -1;
    for (addrinfo* each = list; each != nullptr && listenfd < 0; each = each->ai_next) {  // in the list's order
        listenfd = os.socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (listenfd < 0) continue;
        int on = 1;
        os.setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (os.bind(listenfd, each->ai_addr, each->ai_addrlen) == 0 && os.listen(listenfd, backlog) == 0) break;
        os.perror("bind or listen");
        os.close(listenfd);
        listenfd = -1;
    }
    freeaddrinfo(list);
    return listenfd;
}

int echo_ipv4_only(Sockets& os, const ServerArguments& arguments) {
    int listenfd = open_first(os, arguments.address, arguments.port, arguments.backlog);
    if (listenfd < 0) return 1;

    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);
        if (connfd < 0) {
            if (accept_again(os)) continue;
            break;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("%s connected\n", peer.c_str());
        echo(os, connfd);
        os.printf("%s disconnected\n", peer.c_str());
        os.close(connfd);
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
