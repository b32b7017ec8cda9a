// DEFECTIVE: no SO_REUSEADDR before bind, and a bind that fails is not taken seriously.
//
// A server that ends while it has clients leaves connections on its port, for a minute in TIME_WAIT. Started again in
// that minute, its bind fails with "Address already in use". This one says so and goes on: listen finds a socket
// without an address, and the kernel gives it some free port, on all interfaces. It serves, but nobody knows where.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdlib>

#include "core/programs/programs.h"

namespace synoptic {

int echo_fork_no_reuseaddr(Sockets& os, const ServerArguments& arguments) {
    reap_children(os);
    sockaddr_in servaddr = {};
    servaddr.sin_family = AF_INET;                               // IPv4 only, as it was done before getaddrinfo
    servaddr.sin_port = htons((in_port_t)atoi(arguments.port));  // network byte order: the high byte first
    servaddr.sin_addr.s_addr = htonl(INADDR_ANY);                // 0.0.0.0, all interfaces
    const bool given = arguments.address != nullptr && *arguments.address != 0;
    if (given && inet_pton(AF_INET, arguments.address, &servaddr.sin_addr) != 1) {
        os.printf("%s is no IPv4 address\n", arguments.address);
        return 1;
    }
    int listenfd = os.socket(AF_INET, SOCK_STREAM, 0);
    if (listenfd < 0) {
        os.perror("socket");
        return 1;
    }
    if (os.bind(listenfd, (SA*)&servaddr, sizeof servaddr) < 0) os.perror("bind");  // and here it should end
    if (os.listen(listenfd, arguments.backlog) < 0) {
        os.perror("listen");
        return 1;
    }
    socklen_t length = sizeof servaddr;
    os.getsockname(listenfd, (SA*)&servaddr, &length);
    os.printf("listening on port %d\n", ntohs(servaddr.sin_port));

    for (;;) {
        sockaddr_in cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);
        if (connfd < 0) {
            if (accept_again(os)) continue;  // EINTR: a child has ended
            break;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("%s connected\n", peer.c_str());

        pid_t pid = os.fork();
        if (pid == 0) {
            os.close(listenfd);  // the child serves, it does not listen
            echo(os, connfd);
            os.printf("%s disconnected\n", peer.c_str());
            os.close(connfd);
            os._exit(0);
        }
        if (pid < 0) os.perror("fork");
        os.close(connfd);  // the parent listens, it does not serve
    }
    os.close(listenfd);
    wait_for_children(os);
    return 0;
}

}  // namespace synoptic
