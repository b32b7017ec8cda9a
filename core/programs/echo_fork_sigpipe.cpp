// DEFECTIVE: the loop asks only whether recv returned 0.
//
// If the client breaks its connection off, recv returns -1 (ECONNRESET). The loop goes on to send(connfd, buf, -1, 0):
// as a size_t, -1 is the largest number there is, but it does not come to that. The connection is broken, so the kernel
// sends the child SIGPIPE, which kills it. And as nobody waits for the children here, it stays as a zombie.
#include "core/base/text.h"
#include "core/programs/programs.h"

namespace synoptic {

static void echo_until_zero(Sockets& os, int connfd) {
    static char buf[100];
    ssize_t n;
    while ((n = os.recv(connfd, buf, sizeof buf, 0)) != 0) {  // > 0 would be right
        if (n > 0)
            os.printf("server received %zd bytes: %s\n", n, in_quotes({buf, (size_t)n}, sizeof buf).c_str());
        else
            os.printf("server received %zd bytes\n", n);
        os.send(connfd, buf, (size_t)n, 0);  // without MSG_NOSIGNAL
    }
}

int echo_fork_sigpipe(Sockets& os, const ServerArguments& arguments) {
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
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("%s connected\n", peer.c_str());

        pid_t pid = os.fork();
        if (pid == 0) {
            os.close(listenfd);  // the child serves, it does not listen
            echo_until_zero(os, connfd);
            os.printf("%s disconnected\n", peer.c_str());  // not reached after a reset
            os.close(connfd);
            os._exit(0);
        }
        if (pid < 0) os.perror("fork");
        os.close(connfd);  // the parent listens, it does not serve
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
