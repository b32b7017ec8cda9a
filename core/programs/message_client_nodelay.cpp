// The message client that sends header and body by two sends, and each leaves at once: TCP_NODELAY switches Nagle's
// algorithm off (tcp(7)). It costs a segment more than one send for both would.
#include <netinet/tcp.h>

#include "core/programs/programs.h"

namespace synoptic {

/** As send_message, but with two sends. */
static bool send_in_two(Sockets& os, int fd, const std::string& body) {
    std::string header = message_header(body.size());
    return send_all(os, fd, header.data(), header.size()) && send_all(os, fd, body.data(), body.size());
}

int message_client_nodelay(Sockets& os, const ClientArguments& arguments) {
    int clientfd = open_clientfd(os, arguments.host, arguments.port);
    if (clientfd < 0) return 1;
    int on = 1;
    if (os.setsockopt(clientfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) os.perror("setsockopt");  // slower, but it works

    int status = 0;
    std::string line, reply, why;
    while (status == 0 && line != message_goodbye && read_line(os, line)) {
        if (!send_in_two(os, clientfd, line)) {
            status = 1;  // send_all has said why
        } else if (receive_message(os, clientfd, reply, why)) {
            os.printf("%.900s\n", reply.c_str());
        } else {
            status = 1;
            if (!os.stopping()) os.printf("no reply: %s\n", why.c_str());
        }
    }
    os.close(clientfd);
    return status;
}

}  // namespace synoptic
