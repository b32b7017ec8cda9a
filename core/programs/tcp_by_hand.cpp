// A TCP client by hand: each line that the user types is the program's next call.
//
//     send TEXT    \n, \r, \0 and \\ stand for what they are in C; no newline is added
//     write TEXT   the same by write(2)
//     fill N       N bytes by one send
//     recv         at most 100 bytes
//     shutdown     SHUT_WR: we have nothing more to send
//     reset        SO_LINGER with 0 s, then close: the connection is broken off
//     getsockname  getpeername  lseek  close
//     open         a file, /dev/null, to see which descriptor it gets
//     socket       one more, likewise
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/base/text.h"
#include "core/programs/programs.h"

namespace synoptic {

static std::string bytes_typed(const std::string& text) {
    std::string bytes;
    for (size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '\\' && i + 1 < text.size()) {
            c = text[++i];
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == '0' ? '\0' : c;
        }
        bytes += c;
    }
    return bytes;
}

static void say_result(Sockets& os, const char* call, long result) {
    if (result < 0)
        os.perror(call);
    else
        os.printf("%s returned %ld\n", call, result);
}

static void receive(Sockets& os, int fd) {
    char buf[100];
    ssize_t n = os.recv(fd, buf, sizeof buf, 0);
    if (n <= 0) return say_result(os, "recv", n);
    os.printf("recv returned %zd: %s\n", n, in_quotes({buf, (size_t)n}, sizeof buf).c_str());
}

static void say_name(Sockets& os, int fd, bool peer) {
    sockaddr_storage address;
    socklen_t length = sizeof address;  // read and written, as with accept
    int result = peer ? os.getpeername(fd, (SA*)&address, &length) : os.getsockname(fd, (SA*)&address, &length);
    const char* call = peer ? "getpeername" : "getsockname";
    if (result < 0) return os.perror(call);
    os.printf("%s: %s\n", call, peer_name(os, (SA*)&address, length).c_str());
}

static long reset(Sockets& os, int fd) {
    linger at_once = {1, 0};  // what is unsent is thrown away, and the peer gets an RST (socket(7))
    os.setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return os.close(fd);
}

/** Makes the call that the line names. */
static void call_by_name(Sockets& os, int fd, const std::string& line) {
    size_t space = line.find(' ');
    std::string call = line.substr(0, space);
    std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
    std::string bytes = bytes_typed(rest);
    if (call == "send") {
        say_result(os, "send", os.send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    } else if (call == "write") {
        say_result(os, "write", os.write(fd, bytes.data(), bytes.size()));
    } else if (call == "fill") {
        long bytes_wanted = atol(rest.c_str());
        if (bytes_wanted < 1 || bytes_wanted > 64 << 20) return (void)os.printf("fill: from 1 to %d bytes\n", 64 << 20);
        std::string many((size_t)bytes_wanted, 'x');
        say_result(os, "send", os.send(fd, many.data(), many.size(), MSG_NOSIGNAL));
    } else if (call == "recv") {
        receive(os, fd);
    } else if (call == "shutdown") {
        say_result(os, "shutdown", os.shutdown(fd, SHUT_WR));
    } else if (call == "reset") {
        say_result(os, "close", reset(os, fd));
    } else if (call == "getsockname" || call == "getpeername") {
        say_name(os, fd, call == "getpeername");
    } else if (call == "lseek") {
        say_result(os, "lseek", os.lseek(fd, 0, SEEK_SET));  // a stream has no place to go back to: ESPIPE
    } else if (call == "close") {
        say_result(os, "close", os.close(fd));
    } else if (call == "open") {
        say_result(os, "open", open("/dev/null", O_RDONLY | O_CLOEXEC));
    } else if (call == "socket") {
        say_result(os, "socket", os.socket(AF_INET, SOCK_STREAM, 0));
    } else {
        os.printf("there is no call %s here\n", call.c_str());
    }
}

int tcp_by_hand(Sockets& os, const ClientArguments& arguments) {
    int clientfd = open_clientfd(os, arguments.host, arguments.port);
    if (clientfd < 0) return 1;
    int on = 1;  // each send is to be seen on the wire at once (Nagle's algorithm off)
    os.setsockopt(clientfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::string line;
    while (read_line(os, line)) call_by_name(os, clientfd, line);
    return 0;  // the end of a process closes what it has left open
}

}  // namespace synoptic
