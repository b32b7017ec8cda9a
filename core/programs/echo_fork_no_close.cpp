// DEFECTIVE: the parent never closes connfd.
//
// The child's close is not the last one: the parent still holds the same socket. So the server's end is never closed. A
// client that has left waits in FIN_WAIT2 for a FIN that does not come, the connection stays in CLOSE_WAIT, and the
// parent has one descriptor less for each client it ever had.
#include "core/programs/programs.h"

namespace synoptic {

int echo_fork_no_close(Sockets& os, const ServerArguments& arguments) {
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
            echo(os, connfd);
            os.printf("%s disconnected\n", peer.c_str());
            os.close(connfd);  // closes the child's descriptor, not the connection
            os._exit(0);
        }
        if (pid < 0) os.perror("fork");
        // Here the parent should close connfd. The next accept returns another number; this one is lost.
    }
    os.close(listenfd);
    wait_for_children(os);
    return 0;
}

}  // namespace synoptic
