// The echo client that does not wait long for an answer to its SYN: TCP_SYNCNT says how often the kernel sends it again
// before connect fails with ETIMEDOUT (tcp(7)). By default that takes more than two minutes.
#include <netinet/tcp.h>

#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

/** A connected socket for the first address, or -1; printed. */
static int connect_once(Sockets& os, const ClientArguments& arguments) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* list = nullptr;
    int error = os.getaddrinfo(arguments.host, arguments.port, &hints, &list);
    if (error != 0) {
        os.printf("getaddrinfo %s: %s\n", arguments.host, gai_strerror(error));
        return -1;
    }
    int clientfd = os.socket(list->ai_family, list->ai_socktype, list->ai_protocol);
    int again = 1;  // one retransmission, then the end
    if (clientfd >= 0) os.setsockopt(clientfd, IPPROTO_TCP, TCP_SYNCNT, &again, sizeof again);
    int result = clientfd < 0 ? -1 : os.connect(clientfd, list->ai_addr, list->ai_addrlen);
    if (result < 0) os.perror(clientfd < 0 ? "socket" : "connect");
    freeaddrinfo(list);
    if (result == 0) return clientfd;
    if (clientfd >= 0) os.close(clientfd);
    return -1;
}

int echo_client_impatient(Sockets& os, const ClientArguments& arguments) {
    int clientfd = connect_once(os, arguments);
    if (clientfd < 0) return 1;

    char line[1024];
    while (os.fgets(line, sizeof line) != nullptr && line[0] != '#') {
        size_t length = strlen(line);
        if (!send_all(os, clientfd, line, length) || recv_all(os, clientfd, line, length) < (ssize_t)length) break;
        os.printf("%s", line);
    }
    os.close(clientfd);
    return 0;
}

}  // namespace synoptic
