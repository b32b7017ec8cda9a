// The discard server (RFC 863): receives, and throws away. One client at a time.
//
// How fast it reads decides how fast its client can send. Does it not read at all, its receive queue fills, the window
// that its kernel announces shrinks to 0, the client's send queue fills, and send waits: flow control.
#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

int discard(Sockets& os, const ServerArguments& arguments) {
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
        size_t total = 0;
        for (;;) {
            static thread_local char buf[65536];
            ssize_t n = os.recv(connfd, buf, sizeof buf, 0);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) os.perror("recv");
            if (n <= 0) break;
            total += (size_t)n;
        }
        os.printf("%zu bytes thrown away\n", total);
        os.close(connfd);
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
