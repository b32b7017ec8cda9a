// The key-value client: sends each line that the user types, and prints the reply. Bye ends it, as does end of input; help is answered here.
#include <cerrno>
#include <cstring>

#include "core/programs/kv.h"

namespace synoptic {

static const char help[] =
    "put KEY VALUE   stores a pair whose key is new; KEY is an integer, VALUE the rest of the line\n"
    "get KEY         tells the key's value\n"
    "del KEY         removes the pair\n"
    "Bye             ends the connection\n";

/** Receives up to the next line feed; what came behind it stays in `received`. False if the connection ended before. */
static bool recv_line(Sockets& os, int fd, std::string& received, std::string& line) {
    size_t end;
    while ((end = received.find('\n')) == std::string::npos) {
        char buf[4096];
        ssize_t n = os.recv(fd, buf, sizeof buf, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) os.perror("recv");
        if (n == 0 && !os.stopping()) os.printf("the server has closed the connection\n");
        if (n <= 0) return false;
        received.append(buf, (size_t)n);
    }
    line = received.substr(0, end + 1);
    received.erase(0, end + 1);
    return true;
}

/** Prints a line of any length. */
static void print_line(Sockets& os, std::string_view line) {
    for (; !line.empty(); line.remove_prefix(std::min<size_t>(line.size(), 1000))) {
        os.printf("%.*s", (int)std::min<size_t>(line.size(), 1000), line.data());
    }
}

/** Reads a line of any length, with its line feed. False at the end of the input. */
static bool read_request(Sockets& os, std::string& line) {
    line.clear();
    char part[4096];
    while ((line.empty() || line.back() != '\n') && os.fgets(part, sizeof part) != nullptr) line += part;
    if (!line.empty() && line.back() != '\n') line += '\n';
    return !line.empty();
}

int kv_client(Sockets& os, const ClientArguments& arguments) {
    int clientfd = open_clientfd(os, arguments.host, arguments.port);
    if (clientfd < 0) return 1;

    int status = 0;
    std::string line, received, reply;
    while (reply != "Goodbye\n" && read_request(os, line)) {
        if (line == "\n") continue;
        if (line == "help\n") {
            os.printf("%s", help);
            continue;
        }
        if (!send_all(os, clientfd, line.data(), line.size()) || !recv_line(os, clientfd, received, reply)) {
            status = 1;
            break;
        }
        print_line(os, reply);
        // A value may be Goodbye, too: only the reply to Bye ends the client.
        if (parse_request({line.data(), line.size() - 1}).kind != KvRequest::Kind::bye) reply.clear();
    }
    os.close(clientfd);
    return status;
}

}  // namespace synoptic
