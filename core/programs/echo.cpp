// echo: the part that all echo servers share. Receives what there is and sends it back, until the client has sent its
// last byte.
#include <cerrno>

#include "core/base/text.h"
#include "core/programs/programs.h"

namespace synoptic {

void echo(Sockets& os, int connfd) {
    char buf[100];  // bytes, not a string: they may hold a NUL, and no NUL ends them
    for (;;) {
        ssize_t n = os.recv(connfd, buf, sizeof buf, 0);  // what is there, at most 100: half a line, or two
        if (n < 0 && errno == EINTR) continue;            // a signal came, nothing was received
        if (n < 0) {
            os.perror("recv");  // ECONNRESET: the client has broken the connection off
            return;
        }
        if (n == 0) return;  // end of file: the client will send nothing more

        os.printf("server received %zd bytes: %s\n", n, in_quotes({buf, (size_t)n}, sizeof buf).c_str());
        if (!send_all(os, connfd, buf, (size_t)n)) return;
    }
}

}  // namespace synoptic
