// The echo client over UDP with connect: no packet is sent for it, but send and recv need no address from then on, and
// the kernel hands errors of that one peer to the program.
//
// If nobody has bound the port, the peer's kernel answers with ICMP "port unreachable". Without connect the program
// would not be told (udp(7)).
#include <cerrno>
#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

int udp_client_connected(Sockets& os, const ClientArguments& arguments) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_DGRAM;  // UDP
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* server = nullptr;
    int error = os.getaddrinfo(arguments.host, arguments.port, &hints, &server);
    if (error != 0) {
        os.printf("getaddrinfo %s: %s\n", arguments.host, gai_strerror(error));
        return 1;
    }
    int fd = os.socket(server->ai_family, server->ai_socktype, server->ai_protocol);
    if (fd < 0 || os.connect(fd, server->ai_addr, server->ai_addrlen) < 0) {
        os.perror(fd < 0 ? "socket" : "connect");
        if (fd >= 0) os.close(fd);
        freeaddrinfo(server);
        return 1;
    }
    freeaddrinfo(server);
    timeval patience = {2, 0};  // an answer may be lost
    os.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);

    char line[1024];
    while (os.fgets(line, sizeof line) != nullptr && line[0] != '#') {
        if (os.send(fd, line, strlen(line), 0) < 0) {
            os.perror("send");  // an error of the datagram before may be told here
            continue;
        }
        char buf[1024];
        ssize_t n = os.recv(fd, buf, sizeof buf, 0);
        if (os.stopping()) break;
        if (n < 0)
            os.perror("recv");  // ECONNREFUSED: nobody has that port
        else
            os.printf("%.*s", (int)n, buf);
    }
    os.close(fd);
    return 0;
}

}  // namespace synoptic
