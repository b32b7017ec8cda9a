// The concurrent echo server with a thread for each client.
//
// Threads share memory and descriptors: nobody closes anything twice, and nothing is inherited. But what one of them
// breaks is broken for all.
#include <pthread.h>

#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

namespace {

struct Job {
    Sockets* os;
    int connfd;  // a copy for each thread: with a pointer to main's variable, the next accept would change it
    std::string peer;
};

void* serve_client(void* argument) {
    Job job = *(Job*)argument;
    delete (Job*)argument;
    Sockets& os = *job.os;
    os.pthread_detach(pthread_self());  // nobody will join us
    echo(os, job.connfd);
    os.printf("%s disconnected\n", job.peer.c_str());
    os.close(job.connfd);  // the only descriptor: this ends the connection
    return nullptr;
}

}  // namespace

int echo_thread(Sockets& os, const ServerArguments& arguments) {
    int listenfd = open_listenfd(os, arguments.address, arguments.port, arguments.backlog);
    if (listenfd < 0) return 1;

    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);
        if (connfd < 0) {
            if (accept_again(os)) continue;
            break;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("%s connected\n", peer.c_str());

        pthread_t thread;
        Job* job = new Job{&os, connfd, peer};  // the thread deletes it
        int error = os.pthread_create(&thread, nullptr, serve_client, job);
        if (error != 0) {   // EAGAIN: no more threads. This client is turned away, the server goes on
            errno = error;  // POSIX threads return the error and leave errno alone
            os.perror("pthread_create");
            os.close(connfd);
            delete job;
        }
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
