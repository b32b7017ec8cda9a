// The message server with a process for each client.
//
// The children print what their clients say; the parent counts them: those that it has forked, less those that it has
// waited for.
#include "core/programs/programs.h"

namespace synoptic {

int message_fork(Sockets& os, const ServerArguments& arguments) {
    reap_children(os);
    int listenfd = start_listening(os, arguments);
    if (listenfd < 0) return 1;

    int forked = 0;
    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);
        if (connfd < 0) {
            if (accept_again(os)) continue;  // EINTR: a child has ended
            break;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("[NEW CONNECTION] %s connected\n", peer.c_str());

        pid_t pid = os.fork();
        if (pid == 0) {
            os.close(listenfd);                // the child serves, it does not listen
            serve_messages(os, connfd, peer);  // closes connfd
            os._exit(0);                       // else the child would accept clients, too
        }
        if (pid < 0) {
            os.perror("fork");  // EAGAIN: no more processes. This client is turned away, the server goes on
        } else {
            ++forked;
            os.printf("[ACTIVE CONNECTIONS] %d\n", forked - reaped_children());
        }
        os.close(connfd);  // the parent listens, it does not serve
    }
    os.close(listenfd);
    wait_for_children(os);
    return 0;
}

}  // namespace synoptic
