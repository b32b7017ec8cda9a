// The concurrent echo server with a process for each client.
//
// After fork both processes have both descriptors, and each closes the one that is not its business. The connection
// ends with the last descriptor that points to it.
#include "core/programs/programs.h"

namespace synoptic {

int echo_fork(Sockets& os, const ServerArguments& arguments) {
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
            os.close(connfd);
            os._exit(0);  // else the child would accept clients, too
        }
        if (pid < 0) os.perror("fork");  // EAGAIN: no more processes. This client is turned away, the server goes on
        os.close(connfd);                // the parent listens, it does not serve
    }
    os.close(listenfd);
    wait_for_children(os);
    return 0;
}

}  // namespace synoptic
