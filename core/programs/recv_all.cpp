// recv_all: recv(2) returns what is there, which may be less than was asked for: the rest is still on its way. Who needs
// so many bytes and no fewer asks again.
#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

ssize_t recv_all(Sockets& os, int fd, char* data, size_t length) {
    size_t got = 0;
    while (got < length) {
        ssize_t n = os.recv(fd, data + got, length - got, 0);  // never more than is missing: what follows is not ours
        if (n < 0 && errno == EINTR) continue;                 // a signal came, nothing was received
        if (n < 0) return -1;
        if (n == 0) break;  // end of file: no more will come
        got += (size_t)n;
    }
    return (ssize_t)got;
}

}  // namespace synoptic
