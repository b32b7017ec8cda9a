// DEFECTIVE: a line is taken to end in LF alone.
//
// The lines are put together from the stream, as they must be. But telnet ends a line with CR LF, as most protocols of
// the internet do, so that its line is ":exit\r", which is not equal to ":exit". With nc, which sends LF, all is well.
#include <cerrno>
#include <string>

#include "core/programs/programs.h"

namespace synoptic {

static void echo_until_line(Sockets& os, int connfd) {
    std::string line;  // what has come of the current line
    char buf[1024];
    for (;;) {
        ssize_t n = os.recv(connfd, buf, sizeof buf, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) os.perror("recv");
        if (n <= 0) return;
        if (!send_all(os, connfd, buf, (size_t)n)) return;

        for (ssize_t i = 0; i < n; ++i) {
            if (buf[i] != '\n') {
                if (line.size() < sizeof buf) line += buf[i];  // longer ones are not ":exit" anyway
                continue;
            }
            os.printf("line of %zu bytes\n", line.size());  // telnet's ":exit" has 6
            if (line == ":exit") return;
            line.clear();
        }
    }
}

int echo_lab_crlf(Sockets& os, const ServerArguments& arguments) {
    reap_children(os);
    int listenfd = open_listenfd(os, arguments.address, arguments.port, arguments.backlog);
    if (listenfd < 0) return 1;

    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);
        if (connfd < 0) {
            if (accept_again(os)) continue;  // EINTR: a child has ended
            break;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("connection accepted from %s\n", peer.c_str());

        pid_t pid = os.fork();
        if (pid == 0) {
            os.close(listenfd);  // the child serves, it does not listen
            echo_until_line(os, connfd);
            os.printf("disconnected from %s\n", peer.c_str());
            os.close(connfd);
            os._exit(0);
        }
        if (pid < 0) os.perror("fork");
        os.close(connfd);  // the parent listens, it does not serve
    }
    os.close(listenfd);
    wait_for_children(os);
    return 0;
}

}  // namespace synoptic
