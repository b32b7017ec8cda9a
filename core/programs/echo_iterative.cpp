// The echo server that serves one client at a time, in nine steps.
//
//     server                                     client
//     1 socket   2 bind   3 listen
//     4 accept … blocked                         5 socket
//       accept returns connfd  ◀──────────────── 6 connect
//     8 recv  ◀───────────────────────────────── 7 send
//       send  ─────────────────────────────────▶   recv
//       recv returns 0  ◀─────────────────────── 9 close
//     9 close, and to 4 again
//
// Meanwhile a second client can connect, and send: the kernel does that. But nobody reads what it has sent.
#include "core/programs/programs.h"

namespace synoptic {

int echo_iterative(Sockets& os, const ServerArguments& arguments) {
    int listenfd = open_listenfd(os, arguments.address, arguments.port, arguments.backlog);  // steps 1 to 3
    if (listenfd < 0) return 1;

    for (;;) {
        sockaddr_storage cliaddr;           // room for an address of any protocol
        socklen_t clilen = sizeof cliaddr;  // read by accept (the room there is) and written by it (the bytes it used)
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);  // step 4: waits for a client
        if (connfd < 0) {
            if (accept_again(os)) continue;
            break;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("%s connected\n", peer.c_str());
        echo(os, connfd);  // step 8: as long as this client likes
        os.printf("%s disconnected\n", peer.c_str());
        os.close(connfd);  // step 9
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
