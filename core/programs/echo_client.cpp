// The echo client: sends each line that the user types, and prints what comes back. A line that begins with # ends it,
// as does end of input.
#include <cerrno>
#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

/** Receives `length` bytes: the echo of one line may come in several pieces. False if the connection ended before. */
static bool recv_echo(Sockets& os, int fd, char* data, size_t length) {
    while (length > 0) {
        ssize_t n = os.recv(fd, data, length, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) os.perror("recv");
        if (n == 0 && !os.stopping()) os.printf("the server has closed the connection\n");
        if (n <= 0) return false;
        data += n;
        length -= (size_t)n;
    }
    return true;
}

int echo_client(Sockets& os, const ClientArguments& arguments) {
    int clientfd = open_clientfd(os, arguments.host, arguments.port);
    if (clientfd < 0) return 1;

    int status = 0;
    char line[1024];
    while (os.fgets(line, sizeof line) != nullptr && line[0] != '#') {
        size_t length = strlen(line);  // without the NUL: that is C's business, not the server's
        if (!send_all(os, clientfd, line, length) || !recv_echo(os, clientfd, line, length)) {
            status = 1;
            break;
        }
        os.printf("%s", line);  // its NUL is still where fgets put it
    }
    os.close(clientfd);
    return status;
}

}  // namespace synoptic
