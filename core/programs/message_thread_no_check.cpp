// DEFECTIVE: the header is believed, whatever it says.
//
// strtoul makes 0 of what is no number: the message looks empty, it is acknowledged, and its body is taken for the next
// header. A number that is larger than the memory makes new throw bad_alloc, which nobody catches, and that ends the
// process with all its threads: one client's header has cut off all the others.
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include "core/base/text.h"
#include "core/programs/programs.h"

namespace synoptic {

namespace {

struct Job {
    Sockets* os;
    int connfd;  // a copy for each thread: with a pointer to main's variable, the next accept would change it
    std::string peer;
    std::shared_ptr<std::atomic<int>> active;  // shared by all threads; the last one that ends frees it
};

void serve_unchecked(Sockets& os, int connfd, const std::string& peer) {
    std::string why;
    for (bool goodbye = false; !goodbye;) {
        char header[message_header_bytes + 1];
        if (recv_all(os, connfd, header, message_header_bytes) < (ssize_t)message_header_bytes) {
            why = "end of file, or an error";
            break;
        }
        header[message_header_bytes] = 0;
        size_t length = strtoul(header, nullptr, 10);  // "abc" is 0, "-1" the largest number there is
        char* body = new char[length];                 // as much as the client says
        ssize_t n = recv_all(os, connfd, body, length);
        os.printf("[%s] %s\n", peer.c_str(), in_quotes({body, n < 0 ? 0 : (size_t)n}, 200).c_str());
        goodbye = message_goodbye == std::string_view(body, n < 0 ? 0 : (size_t)n);
        delete[] body;
        why = n < (ssize_t)length ? "end of file, or an error" : "the client said \"Disconnect !\"";
        if (n < (ssize_t)length || !send_message(os, connfd, message_reply)) break;
    }
    end_connection(os, connfd, peer, why);
}

void* serve_client(void* argument) {
    Job job = *(Job*)argument;
    delete (Job*)argument;
    Sockets& os = *job.os;
    os.pthread_detach(pthread_self());          // nobody will join us
    serve_unchecked(os, job.connfd, job.peer);  // closes connfd
    --*job.active;
    return nullptr;
}

}  // namespace

int message_thread_no_check(Sockets& os, const ServerArguments& arguments) {
    int listenfd = start_listening(os, arguments);
    if (listenfd < 0) return 1;

    auto active = std::make_shared<std::atomic<int>>(0);  // the threads that there are, less this one
    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);
        if (connfd < 0) {
            if (accept_again(os)) continue;
            break;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("[NEW CONNECTION] %s connected\n", peer.c_str());
        os.printf("[ACTIVE CONNECTIONS] %d\n", ++*active);

        pthread_t thread;
        Job* job = new Job{&os, connfd, peer, active};  // the thread deletes it
        int error = os.pthread_create(&thread, nullptr, serve_client, job);
        if (error != 0) {   // EAGAIN: no more threads. This client is turned away, the server goes on
            errno = error;  // POSIX threads return the error and leave errno alone
            os.perror("pthread_create");
            os.close(connfd);
            delete job;
            --*active;
        }
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
