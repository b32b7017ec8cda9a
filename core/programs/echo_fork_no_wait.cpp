// DEFECTIVE: nobody waits for the children.
//
// A child that has ended keeps its place in the process table until its parent has read its exit status: a zombie. This
// parent never does. Kill does not help, for the zombie is dead already; one day fork fails with EAGAIN. When the
// parent ends, init adopts the zombies, and waits for them.
#include "core/programs/programs.h"

namespace synoptic {

int echo_fork_no_wait(Sockets& os, const ServerArguments& arguments) {
    // Here a handler for SIGCHLD should be installed: reap_children(os).
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
            echo(os, connfd);
            os.printf("%s disconnected\n", peer.c_str());
            os.close(connfd);
            os._exit(0);  // its status waits for a reader
        }
        if (pid < 0) os.perror("fork");  // EAGAIN, when the zombies have filled the table
        os.close(connfd);                // the parent listens, it does not serve
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
