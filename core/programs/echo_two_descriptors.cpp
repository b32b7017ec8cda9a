// The iterative echo server, which asks about its two descriptors for each client: what they are bound to, who is at the
// other end, and what can be received from them.
//
//     listenfd   own address and port, no peer      accept makes connected sockets from it; it carries no data
//     connfd     the same address and port, a peer  the connection: told from others by all four numbers
#include "core/programs/programs.h"

namespace synoptic {

static void say_names(Sockets& os, const char* name, int fd) {
    sockaddr_storage address;
    socklen_t length = sizeof address;
    if (os.getsockname(fd, (SA*)&address, &length) == 0)
        os.printf("%s: own address %s\n", name, peer_name(os, (SA*)&address, length).c_str());

    length = sizeof address;
    if (os.getpeername(fd, (SA*)&address, &length) == 0) {
        os.printf("%s: peer %s\n", name, peer_name(os, (SA*)&address, length).c_str());
    } else {
        os.perror("getpeername");  // ENOTCONN: a listening socket has no other end
    }
}

int echo_two_descriptors(Sockets& os, const ServerArguments& arguments) {
    int listenfd = open_listenfd(os, arguments.address, arguments.port, arguments.backlog);
    if (listenfd < 0) return 1;

    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);
        if (connfd < 0) {
            if (accept_again(os)) continue;
            break;
        }
        say_names(os, "listenfd", listenfd);
        say_names(os, "connfd", connfd);

        char buf[100];
        if (os.recv(listenfd, buf, sizeof buf, 0) < 0) os.perror("recv from listenfd");  // ENOTCONN, whatever clients send
        echo(os, connfd);
        os.close(connfd);
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
