// The key-value server with a process for each client.
//
// A child's memory is a copy: what it writes there, nobody else sees (kv_copies_fork.cpp). So the truth is the file, and the
// store keeps beside it, in memory that is shared and not copied, where in the file each key's line is.
#include "core/programs/kv.h"

namespace synoptic {

int kv_fork(Sockets& os, const ServerArguments& arguments) {
    reap_children(os);
    std::shared_ptr<Store> store = open_database(os, arguments);
    if (!store) return 1;
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
            serve_kv(os, connfd, *store, arguments.limits);
            os.printf("%s disconnected\n", peer.c_str());
            os.close(connfd);
            os._exit(0);  // without closing the store: that is the parent's business
        }
        if (pid > 0) ++forked;
        if (pid < 0) os.perror("fork");  // EAGAIN: no more processes. This client is turned away, the server goes on
        os.close(connfd);                // the parent listens, it does not serve
    }
    os.close(listenfd);
    wait_for_children(os);  // before the store is closed: the last who closes it puts the file in order
    return close_database(os, *store);
}

}  // namespace synoptic
