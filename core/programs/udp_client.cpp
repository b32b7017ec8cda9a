// The echo client over UDP: each word of a line is a datagram of its own.
//
// sendto returns when the kernel has taken the datagram; it says nothing of its arrival. So whoever waits for an answer
// must give up one day.
#include <cerrno>
#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

/** Prints answers until as many have come as were sent, or nothing comes for two seconds. */
static void print_answers(Sockets& os, int fd, int sent) {
    char buf[512];
    int answers = 0;
    while (answers < sent) {
        sockaddr_storage from;  // anybody may have sent it, not only the server
        socklen_t fromlen = sizeof from;
        ssize_t n = os.recvfrom(fd, buf, sizeof buf, 0, (SA*)&from, &fromlen);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 || os.stopping()) break;  // EAGAIN: SO_RCVTIMEO is over
        os.printf("%.*s\n", (int)n, buf);
        ++answers;
    }
    os.printf("%d sent, %d answered\n", sent, answers);
}

int udp_client(Sockets& os, const ClientArguments& arguments) {
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
    if (fd < 0) {
        os.perror("socket");
        freeaddrinfo(server);
        return 1;
    }
    timeval patience = {2, 0};
    os.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);

    char line[1024];
    while (os.fgets(line, sizeof line) != nullptr && line[0] != '#') {
        int sent = 0;
        char* rest = nullptr;
        for (char* word = strtok_r(line, " \n", &rest); word != nullptr; word = strtok_r(nullptr, " \n", &rest)) {
            if (os.sendto(fd, word, strlen(word), 0, server->ai_addr, server->ai_addrlen) < 0)
                os.perror("sendto");
            else
                ++sent;
        }
        print_answers(os, fd, sent);
    }
    os.close(fd);  // nobody is told
    freeaddrinfo(server);
    return 0;
}

}  // namespace synoptic
