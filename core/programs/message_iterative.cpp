// The message server that serves one client at a time: the next one waits until this one has said "Disconnect !", or has
// gone.
#include "core/programs/programs.h"

namespace synoptic {

int message_iterative(Sockets& os, const ServerArguments& arguments) {
    int listenfd = start_listening(os, arguments);
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
        os.printf("[NEW CONNECTION] %s connected\n", peer.c_str());
        os.printf("[ACTIVE CONNECTIONS] 1\n");  // never more: others wait in the accept queue
        serve_messages(os, connfd, peer);       // closes connfd
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
