// peer_name: who is at the other end, as text (getnameinfo(3)).
#include <netdb.h>

#include <string>

#include "core/programs/programs.h"

namespace synoptic {

std::string peer_name(Sockets& os, const SA* address, socklen_t length) {
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    // As numbers: to ask DNS for a name can take seconds, in which an iterative server would serve nobody.
    int error = os.getnameinfo(address, length, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    if (error != 0) return "?";
    bool colons = address->sa_family == AF_INET6;  // an IPv6 address has colons of its own
    return (colons ? "[" + std::string(host) + "]" : std::string(host)) + ":" + port;
}

}  // namespace synoptic
