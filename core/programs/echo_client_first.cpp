// DEFECTIVE: the client tries only the first address that getaddrinfo lists.
//
// A name can have several addresses, and a server may listen on one of them alone. Asked for no name at all, getaddrinfo
// lists this machine's own two: ::1, then 127.0.0.1. A server on 127.0.0.1 runs, and this client does not find it.
#include <cerrno>
#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

int echo_client_first(Sockets& os, const ClientArguments& arguments) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    const char* host = *arguments.host != 0 ? arguments.host : nullptr;  // no name: this machine, by loopback
    addrinfo* list = nullptr;
    int error = os.getaddrinfo(host, arguments.port, &hints, &list);
    if (error != 0) {
        os.printf("getaddrinfo %s: %s\n", arguments.host, gai_strerror(error));
        return 1;
    }
    int clientfd = os.socket(list->ai_family, list->ai_socktype, list->ai_protocol);
    int result = clientfd < 0 ? -1 : os.connect(clientfd, list->ai_addr, list->ai_addrlen);  // and list->ai_next?
    if (result < 0) os.perror(clientfd < 0 ? "socket" : "connect");
    freeaddrinfo(list);
    if (result < 0) {
        if (clientfd >= 0) os.close(clientfd);
        return 1;
    }

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
