// The message client: sends each line that the user types as a message, and prints the reply. "Disconnect !" ends it, once
// it was acknowledged, as does end of input.
#include "core/programs/programs.h"

namespace synoptic {

int message_client(Sockets& os, const ClientArguments& arguments) {
    int clientfd = open_clientfd(os, arguments.host, arguments.port);
    if (clientfd < 0) return 1;

    int status = 0;
    std::string line, reply, why;
    while (status == 0 && line != message_goodbye && read_line(os, line)) {
        if (!send_message(os, clientfd, line)) {
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
