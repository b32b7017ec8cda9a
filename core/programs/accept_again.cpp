// accept_again: which errors of accept are the end of a server, and which are not (accept(2), "ERRORS").
#include <unistd.h>

#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

bool accept_again(Sockets& os) {
    if (os.stopping()) return false;  // listenfd was shut down: accept fails with EINVAL

    switch (errno) {
        case EINTR:         // a signal handler ran meanwhile: a child has ended
        case ECONNABORTED:  // the client was gone again before we took it
        case EPROTO:        // … or its handshake went wrong. What follows are errors of its network, which
        case ENETDOWN:      // Linux hands to the next accept:
        case ENETUNREACH:
        case EHOSTDOWN:
        case EHOSTUNREACH:
        case ENONET:
        case ENOPROTOOPT:
        case EOPNOTSUPP:
        case EPERM:  // a firewall's rule forbids this one
            return true;

        case EMFILE:   // this process has no descriptor left
        case ENFILE:   // … or the whole system
        case ENOBUFS:  // no memory for one more socket
        case ENOMEM:
            os.perror("accept");
            usleep(100'000);  // the client stays in the accept queue, and accept would fail again at once:
            return true;      // so let some time pass, in which another client may leave, instead of a whole core

        default:
            os.perror("accept");
            return false;
    }
}

}  // namespace synoptic
