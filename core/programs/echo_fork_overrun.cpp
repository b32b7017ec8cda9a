// DEFECTIVE: buf[n] = 0 with n = 100 writes one byte past the buffer.
//
// What has been received is no string, so a NUL is put behind it to print it. If a message fills the buffer, there is
// no room behind it: the NUL falls on whatever lies there. What that is the compiler decides; here it is laid out by
// hand, so that the damage is the same each time, and seen.
#include <cerrno>
#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

static void echo_with_nul(Sockets& os, int connfd) {
    static char memory[100 + 8];
    char* buf = memory;              // the first 100 bytes
    char* neighbour = memory + 100;  // another variable, right behind them
    strcpy(neighbour, "intact");

    for (;;) {
        ssize_t n = os.recv(connfd, buf, 100, 0);  // 99 would leave room for the NUL
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;
        buf[n] = 0;  // if n is 100, this is neighbour[0]
        os.printf("server received %zd bytes: %s\n", n, buf);
        os.printf("the variable behind the buffer: \"%s\"\n", neighbour);
        if (!send_all(os, connfd, buf, (size_t)n)) return;
    }
}

int echo_fork_overrun(Sockets& os, const ServerArguments& arguments) {
    reap_children(os);
    int listenfd = open_listenfd(os, arguments.address, arguments.port, arguments.backlog);
    if (listenfd < 0) return 1;

    for (;;) {
        sockaddr_storage cliaddr;
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
            echo_with_nul(os, connfd);
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
