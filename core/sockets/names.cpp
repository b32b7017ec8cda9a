// The traced calls on names: getaddrinfo(3), getnameinfo(3).
#include <netdb.h>

#include <cerrno>
#include <string>

#include "core/base/address.h"
#include "core/sockets/call.h"
#include "core/sockets/sockets.h"

namespace synoptic {

int Sockets::getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** result, Where where) {
    std::string asked = host ? host : "";
    asked += '\0';
    asked += service ? service : "";
    asked += '\0';
    std::int64_t packed = 0;  // ai_flags | ai_family << 32 | ai_socktype << 48
    if (hints) {
        packed = static_cast<std::int64_t>(static_cast<std::uint32_t>(hints->ai_flags)) |
                 static_cast<std::int64_t>(hints->ai_family & 0xffff) << 32 | static_cast<std::int64_t>(hints->ai_socktype & 0xffff) << 48;
    }
    Call call(EventKind::getaddrinfo, where, {.a = packed, .payload = asked});
    const int code = ::getaddrinfo(host, service, hints, result);
    std::string list;
    for (const addrinfo* entry = code == 0 ? *result : nullptr; entry; entry = entry->ai_next) {
        list += bytes_of(Address::from(entry->ai_addr, entry->ai_addrlen));
    }
    return call.exit_with(code, code == EAI_SYSTEM ? errno : 0, {.payload = list});
}

int Sockets::getnameinfo(const SA* address, socklen_t length, char* host, socklen_t host_size, char* service, socklen_t service_size, int flags,
                         Where where) {
    const Address given = address ? Address::from(address, length) : Address{};
    Call call(EventKind::getnameinfo, where, {.a = flags, .payload = bytes_of(given)});
    const int code = ::getnameinfo(address, length, host, host_size, service, service_size, flags);
    std::string told;
    if (code == 0) {
        told += host && host_size ? host : "";
        told += '\0';
        told += service && service_size ? service : "";
        told += '\0';
    }
    return call.exit_with(code, code == EAI_SYSTEM ? errno : 0, {.payload = told});
}

}  // namespace synoptic
