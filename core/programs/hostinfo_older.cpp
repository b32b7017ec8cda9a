// hostinfo by the calls that getaddrinfo replaced (gethostbyname(3), inet_ntoa(3)); older programs still have them.
//
// gethostbyname knows IPv4 only; gethostbyname2 knows one protocol at a time. What they return lies in static memory,
// which the next call, in any thread, overwrites; and so does inet_ntoa's text. inet_ntop writes into a buffer of the
// caller's.
#include <arpa/inet.h>
#include <netdb.h>

#include <cstring>

#include "core/programs/programs.h"

namespace synoptic {

static int gethostbyname_with_inet_ntoa(Sockets& os, const char* name) {
    const hostent* host = gethostbyname(name);
    if (host == nullptr) {
        os.printf("gethostbyname: %s\n", hstrerror(h_errno));  // h_errno, not errno
        return h_errno;
    }
    os.printf("gethostbyname: %s\n", host->h_name);
    in_addr address = {};
    for (char** each = host->h_addr_list; *each != nullptr; ++each) {  // pointers, the last one null
        memcpy(&address, *each, sizeof address);                       // four bytes in network order
        os.printf("  %s\n", inet_ntoa(address));
    }
    in_addr other = {~address.s_addr};
    const char* first = inet_ntoa(address);
    const char* second = inet_ntoa(other);  // overwrites the text of the first: both pointers point to one buffer
    os.printf(
        "inet_ntoa, called for the last of these and then for its complement: %s and %s: it has one static buffer,\n"
        "  which the second call has overwritten (the complement is nobody's address here)\n",
        first, second);
    return 0;
}

static int gethostbyname2_with_inet_ntop(Sockets& os, const char* name, int family) {
    const hostent* host = gethostbyname2(name, family);
    const char* family_name = family == AF_INET ? "AF_INET" : "AF_INET6";
    if (host == nullptr) {
        os.printf("gethostbyname2 %s: %s\n", family_name, hstrerror(h_errno));
        return h_errno;
    }
    os.printf("gethostbyname2 %s: %s\n", family_name, host->h_name);
    for (char** each = host->h_addr_list; *each != nullptr; ++each) {
        char text[INET6_ADDRSTRLEN];  // ours: the next call leaves it alone
        os.printf("  %s\n", inet_ntop(host->h_addrtype, *each, text, sizeof text));
    }
    return 0;
}

int hostinfo_older(Sockets& os, const HostinfoArguments& arguments) {
    int error = 0;
    if (arguments.family != AF_INET6) {
        error = gethostbyname_with_inet_ntoa(os, arguments.name);
        if (error == 0) gethostbyname2_with_inet_ntop(os, arguments.name, AF_INET);
    }
    if (arguments.family != AF_INET) error = gethostbyname2_with_inet_ntop(os, arguments.name, AF_INET6);
    return error;
}

}  // namespace synoptic
