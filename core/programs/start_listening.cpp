// start_listening: what all message servers do first (system B), and say.
#include "core/programs/programs.h"

namespace synoptic {

int start_listening(Sockets& os, const ServerArguments& arguments) {
    os.printf("[STARTING] server is starting\n");
    int listenfd = open_listenfd(os, arguments.address, arguments.port, arguments.backlog);
    if (listenfd < 0) return listenfd;

    sockaddr_storage own;  // port 0 has become a port by now, and "" the address of all interfaces
    socklen_t length = sizeof own;
    if (os.getsockname(listenfd, (SA*)&own, &length) < 0) {
        os.perror("getsockname");
    } else {
        os.printf("[LISTENING] server is listening on %s\n", peer_name(os, (SA*)&own, length).c_str());
    }
    return listenfd;
}

}  // namespace synoptic
