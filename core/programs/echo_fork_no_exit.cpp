// DEFECTIVE: the child keeps listenfd, and nothing ends it when its client has left.
//
// It runs on behind the if, comes to the loop's begin, and calls accept: it has become a second server. From now on the
// kernel gives each new client to one of those that wait. No zombies are seen, because no child ever ends; there is one
// server more for each client instead.
#include "core/programs/programs.h"

namespace synoptic {

int echo_fork_no_exit(Sockets& os, const ServerArguments& arguments) {
    reap_children(os);
    int listenfd = open_listenfd(os, arguments.address, arguments.port, arguments.backlog);
    if (listenfd < 0) return 1;

    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;                         // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);  // soon in several processes at once
        if (connfd < 0) {
            if (accept_again(os)) continue;
            break;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("%s connected\n", peer.c_str());

        pid_t pid = os.fork();
        if (pid == 0) {
            echo(os, connfd);  // before it listenfd should be closed
            os.printf("%s disconnected\n", peer.c_str());
            // Here the child should end: os._exit(0).
        }
        if (pid < 0) os.perror("fork");
        os.close(connfd);  // the parent does so at once, the child when its client has left
    }
    os.close(listenfd);
    wait_for_children(os);
    return 0;
}

}  // namespace synoptic
