// DEFECTIVE: AI_ADDRCONFIG, and no second try without it.
//
// The flag asks only for addresses of a protocol that this machine has an address of, and loopback does not count.
// Without a network there is no such protocol: getaddrinfo says "Name or service not known", even of 127.0.0.1, which
// needs no name service and would work. (glibc does so if one protocol is asked for, as here; with AF_UNSPEC it rejects
// ::1 where only IPv4 is configured, and 127.0.0.1 where only IPv6 is.)
#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

static int open_configured(Sockets& os, const char* address, const char* port, int backlog) {
    addrinfo hints = {};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    int error = os.getaddrinfo(address && *address ? address : nullptr, port, &hints, &list);
    if (error != 0) {  // here it should try again without AI_ADDRCONFIG
        os.printf("getaddrinfo %s: %s\n", address ? address : "", gai_strerror(error));
        return -2;
    }
    int listenfd = -1;
    for (addrinfo* each = list; each != nullptr && listenfd < 0; each = each->ai_next) {
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

int echo_addrconfig(Sockets& os, const ServerArguments& arguments) {
    int listenfd = open_configured(os, arguments.address, arguments.port, arguments.backlog);
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
