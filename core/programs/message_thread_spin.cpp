// DEFECTIVE: the loop takes an empty read for a message that has not come yet.
//
// When the client has left without "Disconnect !", recv returns 0 at once, and again at once: end of file does not go
// away. The thread asks for the next header as fast as it can, for ever, and its connection stays in CLOSE_WAIT.
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
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

void serve_for_ever(Sockets& os, int connfd, const std::string& peer) {
    std::string body, why;
    while (body != message_goodbye && !os.stopping()) {
        char header[message_header_bytes];
        ssize_t n = recv_all(os, connfd, header, sizeof header);
        if (n < (ssize_t)sizeof header) {  // 0 or -1: here it should end
            usleep(1000);                  // not in the original: a thousand rounds a second can be watched, a million can't
            continue;
        }
        size_t length;
        if (!read_message_header(header, length, why)) break;
        body.resize(length);
        if (recv_all(os, connfd, body.data(), length) < (ssize_t)length) continue;
        os.printf("[%s] %s\n", peer.c_str(), in_quotes(body, 200).c_str());
        why = "the client said \"Disconnect !\"";
        send_message(os, connfd, message_reply);
    }
    end_connection(os, connfd, peer, os.stopping() ? "this program was stopped" : why);
}

void* serve_client(void* argument) {
    Job job = *(Job*)argument;
    delete (Job*)argument;
    Sockets& os = *job.os;
    os.pthread_detach(pthread_self());         // nobody will join us
    serve_for_ever(os, job.connfd, job.peer);  // closes connfd
    --*job.active;
    return nullptr;
}

}  // namespace

int message_thread_spin(Sockets& os, const ServerArguments& arguments) {
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
