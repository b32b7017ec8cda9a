// DEFECTIVE: the port is not turned into network byte order.
//
// sin_port holds two bytes, the high one first. A machine that stores the low byte first, as x86 and most ARM do, must
// swap them: htons. Forgotten, 6666 (0x1a0a) becomes 0x0a1a, which is 2586. Nothing fails: 2586 is a port as well.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdlib>

#include "core/programs/programs.h"

namespace synoptic {

int echo_no_htons(Sockets& os, const ServerArguments& arguments) {
    sockaddr_in servaddr = {};
    servaddr.sin_family = AF_INET;
    servaddr.sin_port = (in_port_t)atoi(arguments.port);  // htons is missing
    servaddr.sin_addr.s_addr = htonl(INADDR_ANY);
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
    int on = 1;
    os.setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (os.bind(listenfd, (SA*)&servaddr, sizeof servaddr) < 0 || os.listen(listenfd, arguments.backlog) < 0) {
        os.perror("bind or listen");
        os.close(listenfd);
        return 1;
    }
    os.printf("listening on port %s, I believe\n", arguments.port);

    for (;;) {
        sockaddr_in cliaddr;
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
