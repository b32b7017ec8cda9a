#include "core/cli/display.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace synoptic {
namespace {

constexpr int first_x_port = 6000;
constexpr timeval patience{2, 0};  // for a display on another machine

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

Status connect_and_leave(int domain, const sockaddr* address, socklen_t length) {
    const int fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno_error("socket");
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    Status connected = connect(fd, address, length) == 0 ? Status(Done{}) : Status(errno_error("connect"));
    close(fd);
    return connected;
}

/** `abstract`: in the namespace that needs no file (unix(7)). */
Status reach_unix(const std::string& path, bool abstract = false) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() + 1 >= sizeof address.sun_path) return Error{"connect", ENAMETOOLONG, ""};
    std::memcpy(address.sun_path + abstract, path.data(), path.size());
    const std::size_t length = offsetof(sockaddr_un, sun_path) + path.size() + 1;
    return connect_and_leave(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(length));
}

Status reach_tcp(const std::string& host, int port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (error != 0) return Error{"getaddrinfo", 0, gai_strerror(error)};
    Status reached = Error{"connect", EHOSTUNREACH, ""};
    for (const addrinfo* one = list; one && !reached; one = one->ai_next)
        reached = connect_and_leave(one->ai_family, one->ai_addr, one->ai_addrlen);
    freeaddrinfo(list);
    return reached;
}

/** [HOST]:NUMBER[.SCREEN], as X(7) has it. */
Status reach_x(const std::string& display) {
    const std::size_t colon = display.rfind(':');
    int number = 0;
    const char* digits = display.data() + std::min(colon, display.size() - 1) + 1;
    if (colon == std::string::npos || std::from_chars(digits, display.data() + display.size(), number).ec != std::errc()) {
        return Error{"", 0, "that is no display's name, as :0"};
    }
    const std::string host = display.substr(0, colon);
    if (!host.empty() && host != "unix") return reach_tcp(host, first_x_port + number);
    const std::string path = "/tmp/.X11-unix/X" + std::to_string(number);
    if (reach_unix(path, true)) return Done{};
    return reach_unix(path);
}

Status reach_wayland(const std::string& display) {
    if (display.front() == '/') return reach_unix(display);
    const std::string folder = variable("XDG_RUNTIME_DIR");
    if (folder.empty()) return Error{"", 0, "XDG_RUNTIME_DIR, where it would be, is not set"};
    return reach_unix(folder + "/" + display);
}

}  // namespace

Result<std::string> reach_display() {
    const std::string x = variable("DISPLAY"), wayland = variable("WAYLAND_DISPLAY");
    if (x.empty() && wayland.empty()) return Error{"", 0, "DISPLAY and WAYLAND_DISPLAY are empty"};
    std::string why;
    if (!x.empty()) {
        const Status reached = reach_x(x);
        if (reached) return "DISPLAY=" + x;
        why = "DISPLAY=" + x + " can't be reached: " + reached.error().text();
    }
    if (!wayland.empty()) {
        const Status reached = reach_wayland(wayland);
        if (reached) return "WAYLAND_DISPLAY=" + wayland;
        why += (why.empty() ? "" : "; ") + ("WAYLAND_DISPLAY=" + wayland) + " can't be reached: " + reached.error().text();
    }
    return Error{"", 0, why};
}

}  // namespace synoptic
