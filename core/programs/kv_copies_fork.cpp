// DEFECTIVE: the key-value server with a process for each client keeps its pairs in memory alone.
//
// A child has a copy of the map as it was at the fork. What it puts there, nobody else will ever see, and it is gone with
// the child. Beside it: kv_copies_thread.cpp, where all threads share one map.
#include "core/programs/kv.h"

namespace synoptic {

int kv_copies_fork(Sockets& os, const ServerArguments& arguments) {
    reap_children(os);
    std::unique_ptr<Pairs> pairs = pairs_in_memory();
    int listenfd = open_listenfd(os, arguments.address, arguments.port, arguments.backlog);
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
        if (forked - reaped_children() >= arguments.limits.clients) {
            turn_away(os, connfd, arguments.limits);
            continue;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("%s connected\n", peer.c_str());

        pid_t pid = os.fork();
        if (pid == 0) {
            os.close(listenfd);  // the child serves, it does not listen
            serve_kv(os, connfd, *pairs, arguments.limits);
            os.printf("%s disconnected\n", peer.c_str());
            os.close(connfd);
            os._exit(0);  // and with it its copy
        }
        if (pid > 0) ++forked;
        if (pid < 0) os.perror("fork");  // EAGAIN: no more processes. This client is turned away, the server goes on
        os.close(connfd);                // the parent listens, it does not serve
    }
    os.close(listenfd);
    wait_for_children(os);
    return 0;
}

}  // namespace synoptic
