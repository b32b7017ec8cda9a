// hostinfo: every address that a name has, in the order in which getaddrinfo lists them, and the name that each address
// has (getnameinfo).
//
//     127.0.0.1  localhost
//     [::1]:80  localhost:http          with a service
#include <netdb.h>

#include <string>

#include "core/programs/programs.h"

namespace synoptic {

/** "host", "host:service", "[::1]:service". */
static std::string joined(const std::string& host, const char* service) {
    if (*service == 0) return host;
    bool colons = host.find(':') != std::string::npos;
    return (colons ? "[" + host + "]" : host) + ":" + service;
}

int hostinfo(Sockets& os, const HostinfoArguments& arguments) {
    addrinfo hints = {};
    hints.ai_family = arguments.family;  // AF_UNSPEC: IPv4 and IPv6
    hints.ai_socktype = SOCK_STREAM;     // else each address comes three times: for TCP, UDP and raw sockets
    const bool with_service = arguments.service != nullptr && *arguments.service != 0;

    addrinfo* list = nullptr;
    int error = os.getaddrinfo(arguments.name, with_service ? arguments.service : nullptr, &hints, &list);
    if (error != 0) {
        os.printf("%s: %s\n", arguments.name, gai_strerror(error));
        return error;
    }
    for (addrinfo* each = list; each != nullptr; each = each->ai_next) {
        char host[NI_MAXHOST];
        char service[NI_MAXSERV] = "";
        const SA* address = each->ai_addr;
        const socklen_t length = each->ai_addrlen;
        const socklen_t service_size = with_service ? sizeof service : 0;  // 0: don't tell
        os.getnameinfo(address, length, host, sizeof host, service, service_size, NI_NUMERICHOST | NI_NUMERICSERV);
        std::string line = joined(host, service);
        if (!arguments.numeric) {  // and back: the address's name need not be the one that we asked for
            int back = os.getnameinfo(address, length, host, sizeof host, service, service_size, NI_NAMEREQD);
            line += "  " + (back == 0 ? joined(host, service) : "(" + std::string(gai_strerror(back)) + ")");
        }
        os.printf("%s\n", line.c_str());
    }
    freeaddrinfo(list);
    return 0;
}

}  // namespace synoptic
