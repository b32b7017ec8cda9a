// udp_serve: the loop of the echo servers over UDP.
//
//     server                                client
//     socket   bind                         socket
//     recvfrom … blocked  ◀──────────────── sendto
//     sendto  ────────────────────────────▶ recvfrom
//
// One socket serves all clients: each datagram says who has sent it, and recvfrom returns exactly one of them. Nothing
// tells that a client has left, for nothing told that it had come.
#include <cerrno>

#include "core/base/text.h"
#include "core/programs/programs.h"

namespace synoptic {

int udp_serve(Sockets& os, int fd) {
    char buf[512];  // of a longer datagram the rest is thrown away: its boundary is kept, not its bytes
    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by recvfrom
        ssize_t n = os.recvfrom(fd, buf, sizeof buf, 0, (SA*)&cliaddr, &clilen);
        if (os.stopping()) break;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            os.perror("recvfrom");
            return 1;
        }
        os.printf("%s sent %zd bytes: %s\n", peer_name(os, (SA*)&cliaddr, clilen).c_str(), n, in_quotes({buf, (size_t)n}, 100).c_str());
        if (os.sendto(fd, buf, (size_t)n, 0, (SA*)&cliaddr, clilen) < 0) os.perror("sendto");  // the next client may be reached
    }
    return 0;
}

}  // namespace synoptic
