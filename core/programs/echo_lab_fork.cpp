// The lab's concurrent echo server: a process for each client, and the text :exit ends the connection.
//
// The lab's client sends words without a newline, telnet sends lines that end in CR LF, and TCP may cut a text in two
// or glue two together. So the text is looked for in the stream, byte by byte, wherever recv happened to cut it, and
// whatever stands around it.
#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

static void echo_until_exit(Sockets& os, int connfd) {
    static const char text[] = ":exit";
    size_t matched = 0;  // how many bytes of it the stream's last bytes are: kept from one recv to the next
    char buf[1024];
    for (;;) {
        ssize_t n = os.recv(connfd, buf, sizeof buf, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) os.perror("recv");
        if (n <= 0) return;  // the client has left, with or without a word

        size_t i = 0;
        for (; i < (size_t)n && matched < 5; ++i) {
            if (buf[i] == text[matched])
                ++matched;
            else
                matched = buf[i] == text[0] ? 1 : 0;  // ":e:exit": the second colon may begin it
        }
        if (matched == 5) {
            send_all(os, connfd, buf, i > 5 ? i - 5 : 0);  // what came before the text is echoed, the text is not
            return;
        }
        if (!send_all(os, connfd, buf, (size_t)n)) return;
    }
}

int echo_lab_fork(Sockets& os, const ServerArguments& arguments) {
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
            echo_until_exit(os, connfd);
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
