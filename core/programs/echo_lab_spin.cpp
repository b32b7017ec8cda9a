// DEFECTIVE: the loop looks at neither 0 nor -1, which recv returns.
//
// When the client has left without :exit, recv returns 0 at once, and again at once: end of file does not go away. The
// loop sends nothing, to nobody, as fast as it can, and never ends. A child for each client that vanished takes what
// there is of the processor.
#include <unistd.h>

#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

static void echo_for_ever(Sockets& os, int connfd) {
    char buf[1024];
    for (;;) {
        memset(buf, 0, sizeof buf);
        ssize_t n = os.recv(connfd, buf, sizeof buf - 1, 0);  // 0: the client has sent its last byte
        if (strncmp(buf, ":exit", 5) == 0) return;
        if (n < 1) usleep(1000);  // not in the original: a thousand rounds a second can be watched, a million can't
        if (os.send(connfd, buf, strlen(buf), MSG_NOSIGNAL) < 0 && os.stopping()) return;
    }
}

int echo_lab_spin(Sockets& os, const ServerArguments& arguments) {
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
        os.printf("connection accepted from %s\n", peer.c_str());

        pid_t pid = os.fork();
        if (pid == 0) {
            os.close(listenfd);  // the child serves, it does not listen
            echo_for_ever(os, connfd);
            os.printf("disconnected from %s\n", peer.c_str());
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
