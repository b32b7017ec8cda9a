// The message server with a thread for each client (system B).
//
// Threads share memory: that is why the count of connections is an atomic, and why one copy of it is enough.
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <memory>

#include "core/programs/programs.h"

namespace synoptic {

namespace {

struct Job {
    Sockets* os;
    int connfd;  // a copy for each thread: with a pointer to main's variable, the next accept would change it
    std::string peer;
    std::shared_ptr<std::atomic<int>> active;  // shared by all threads; the last one that ends frees it
};

void* serve_client(void* argument) {
    Job job = *(Job*)argument;
    delete (Job*)argument;
    Sockets& os = *job.os;
    os.pthread_detach(pthread_self());         // nobody will join us
    serve_messages(os, job.connfd, job.peer);  // closes connfd
    --*job.active;
    return nullptr;
}

}  // namespace

int message_thread(Sockets& os, const ServerArguments& arguments) {
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
