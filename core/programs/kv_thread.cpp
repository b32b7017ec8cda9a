// The key-value server with a thread for each client.
//
// All threads use one store, whose locks let one of them change it at a time. It is closed when all of them have ended.
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <chrono>

#include "core/programs/kv.h"

namespace synoptic {

namespace {

struct Job {
    Sockets* os;
    int connfd;
    std::string peer;
    ServerLimits limits;
    std::shared_ptr<Store> store;
    std::shared_ptr<std::atomic<int>> clients;  // that are served now
};

void* serve_client(void* argument) {
    std::unique_ptr<Job> job((Job*)argument);
    Sockets& os = *job->os;
    os.pthread_detach(pthread_self());  // nobody will join us
    serve_kv(os, job->connfd, *job->store, job->limits);
    os.printf("%s disconnected\n", job->peer.c_str());
    os.close(job->connfd);
    --*job->clients;
    return nullptr;
}

}  // namespace

int kv_thread(Sockets& os, const ServerArguments& arguments) {
    std::shared_ptr<Store> store = open_database(os, arguments);
    if (!store) return 1;
    int listenfd = open_listenfd(os, arguments.address, arguments.port, arguments.backlog);
    if (listenfd < 0) return 1;

    auto clients = std::make_shared<std::atomic<int>>(0);
    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);
        if (connfd < 0) {
            if (accept_again(os)) continue;
            break;
        }
        if (*clients >= arguments.limits.clients) {
            turn_away(os, connfd, arguments.limits);
            continue;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("%s connected\n", peer.c_str());

        pthread_t thread;
        auto job = std::make_unique<Job>(Job{&os, connfd, peer, arguments.limits, store, clients});
        ++*clients;
        int error = os.pthread_create(&thread, nullptr, serve_client, job.get());
        if (error == 0) {
            job.release();  // the thread deletes it
            continue;
        }
        errno = error;  // EAGAIN: no more threads. This client is turned away, the server goes on
        os.perror("pthread_create");
        os.close(connfd);
        --*clients;
    }
    os.close(listenfd);
    while (!os.wait_for_threads(std::chrono::hours(1))) {}  // they use the store: it is closed behind the last of them
    return close_database(os, *store);
}

}  // namespace synoptic
