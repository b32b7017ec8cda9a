// The key-value server that serves one client at a time: no two of them ever meet, and all others wait.
#include "core/programs/kv.h"

namespace synoptic {

int kv_iterative(Sockets& os, const ServerArguments& arguments) {
    std::shared_ptr<Store> store = open_database(os, arguments);
    if (!store) return 1;
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
        serve_kv(os, connfd, *store, arguments.limits);
        os.printf("%s disconnected\n", peer.c_str());
        os.close(connfd);
    }
    os.close(listenfd);
    return close_database(os, *store);
}

}  // namespace synoptic
