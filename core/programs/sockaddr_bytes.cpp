// sockaddr_bytes: the bytes of socket addresses, and what calls make of wrong ones (sockaddr(3type), ip(7), ipv6(7)).
//
//     sockaddr_in    family  port  address        8 bytes of nothing                        16 bytes
//                    2       2     4              8
//     sockaddr_in6   family  port  flow info      address                       scope id    28 bytes
//                    2       2     4              16                            4
//
// The family is a number of this machine, low byte first on most; port and address are the network's, high byte first.
#include <netinet/in.h>

#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

static void print_bytes(Sockets& os, const SA* address, socklen_t length) {
    os.printf("%s, %u bytes:\n", address->sa_family == AF_INET ? "sockaddr_in" : "sockaddr_in6", length);
    std::string text;
    for (socklen_t i = 0; i < length; ++i) {
        char two[4];
        snprintf(two, sizeof two, " %02x", ((const unsigned char*)address)[i]);
        text += two;
        if (i % 12 < 11 && i + 1 < length) continue;  // twelve in a line
        os.printf("%s\n", text.c_str());
        text.clear();
    }
}

/** Both are bound to fail: connect looks at the family and the length before it sends anything. */
static void try_wrong_ones(Sockets& os, const addrinfo* right) {
    sockaddr_storage wrong;
    memcpy(&wrong, right->ai_addr, right->ai_addrlen);
    int fd = os.socket(right->ai_family, right->ai_socktype, right->ai_protocol);
    if (fd < 0) return os.perror("socket");
    if (os.connect(fd, (SA*)&wrong, 8) < 0) os.perror("connect with a length of 8");
    wrong.ss_family = AF_UNIX;
    if (os.connect(fd, (SA*)&wrong, right->ai_addrlen) < 0) os.perror("connect with the family AF_UNIX");
    os.close(fd);
}

/** The length that a call reads and writes: the room there is, then the bytes that the address has. */
static void ask_with_little_room(Sockets& os, const addrinfo* address) {
    int fd = os.socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (fd < 0) return os.perror("socket");
    sockaddr_storage own;
    socklen_t length = 4;
    if (os.getsockname(fd, (SA*)&own, &length) == 0) os.printf("getsockname with room for 4 bytes: the length is now %u\n", length);
    os.close(fd);
}

int sockaddr_bytes(Sockets& os, const ClientArguments& arguments) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* list = nullptr;
    int error = os.getaddrinfo(arguments.host, arguments.port, &hints, &list);
    if (error != 0) {
        os.printf("getaddrinfo %s: %s\n", arguments.host, gai_strerror(error));
        return 1;
    }
    for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
        print_bytes(os, each->ai_addr, each->ai_addrlen);
        try_wrong_ones(os, each);
        ask_with_little_room(os, each);
    }
    freeaddrinfo(list);
    return 0;
}

}  // namespace synoptic
