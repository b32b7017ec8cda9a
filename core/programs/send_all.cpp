// send_all: send(2) may take fewer bytes than it was given. What it returns is how many it took; the rest is the
// program's to send again.
//
// On a blocking socket that happens when a signal interrupts a send that has already copied something. It is no failure
// of the connection, so it is said ("short send") and the rest is sent; a program that ends there would lose bytes that
// the kernel would have taken.
#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

bool send_all(Sockets& os, int fd, const char* data, size_t length) {
    while (length > 0) {
        ssize_t n = os.send(fd, data, length, MSG_NOSIGNAL);  // a peer that is gone is EPIPE, not SIGPIPE
        if (n < 0 && errno == EINTR) continue;                // a signal came before the first byte was taken
        if (n < 0) {
            os.perror("send");
            return false;
        }
        size_t sent = (size_t)n;
        if (sent < length) os.printf("short send: %zu of %zu bytes, the rest follows\n", sent, length);
        data += sent;
        length -= sent;
    }
    return true;
}

}  // namespace synoptic
