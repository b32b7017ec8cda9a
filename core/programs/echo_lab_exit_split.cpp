// DEFECTIVE: what one recv returns is taken to be one text, and compared with ":exit".
//
// TCP is a stream of bytes. A text that was sent with one send may arrive in two recvs (":ex", "it"), and two that were
// sent one after the other in one ("hello\n:exit\n"). Neither is equal to ":exit", so the connection goes on.
#include <cerrno>
#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

static void echo_until_equal(Sockets& os, int connfd) {
    char buf[1024];
    for (;;) {
        ssize_t n = os.recv(connfd, buf, sizeof buf, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) os.perror("recv");
        if (n <= 0) return;

        size_t length = (size_t)n;
        while (length > 0 && (buf[length - 1] == '\n' || buf[length - 1] == '\r')) --length;  // its end is no part of it
        if (length == 5 && memcmp(buf, ":exit", 5) == 0) return;                              // only if TCP cut it so
        if (!send_all(os, connfd, buf, (size_t)n)) return;
    }
}

int echo_lab_exit_split(Sockets& os, const ServerArguments& arguments) {
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
            echo_until_equal(os, connfd);
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
