// DEFECTIVE: header and body are sent by two small sends, without TCP_NODELAY.
//
// The body waits in the send queue until the header is acknowledged (Nagle's algorithm, RFC 896), and the server delays
// that ACK, for it has nothing to say before it has the body. One send for both, or TCP_NODELAY, and nobody waits.
#include "core/programs/programs.h"

namespace synoptic {

/** As send_message, but with two sends. */
static bool send_in_two(Sockets& os, int fd, const std::string& body) {
    std::string header = message_header(body.size());
    return send_all(os, fd, header.data(), header.size()) && send_all(os, fd, body.data(), body.size());  // waits for the ACK
}

int message_client_two_sends(Sockets& os, const ClientArguments& arguments) {
    int clientfd = open_clientfd(os, arguments.host, arguments.port);
    if (clientfd < 0) return 1;

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
