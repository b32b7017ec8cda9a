// DEFECTIVE: the key-value server with a thread for each client keeps its pairs in memory alone: a restart forgets all.
//
// Threads share their memory: there is one map for all. Two that change it at once would break it, so a lock stands before it.
// (Beside it: kv_copies_fork.cpp, where each child has a copy.)
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "core/programs/kv.h"

namespace synoptic {

namespace {

/** One at a time. */
class LockedPairs : public Pairs {
   public:
    PairsAnswer put(int64_t key, std::string_view value, Where) override {
        std::lock_guard lock(mutex_);
        return pairs_->put(key, value);
    }
    PairsAnswer get(int64_t key, Where) override {
        std::lock_guard lock(mutex_);
        return pairs_->get(key);
    }
    PairsAnswer del(int64_t key, Where) override {
        std::lock_guard lock(mutex_);
        return pairs_->del(key);
    }

   private:
    std::mutex mutex_;
    std::unique_ptr<Pairs> pairs_ = pairs_in_memory();
};

struct Job {
    Sockets* os;
    int connfd;
    std::string peer;
    ServerLimits limits;
    std::shared_ptr<Pairs> pairs;
    std::shared_ptr<std::atomic<int>> clients;  // that are served now
};

void* serve_client(void* argument) {
    std::unique_ptr<Job> job((Job*)argument);
    Sockets& os = *job->os;
    os.pthread_detach(pthread_self());  // nobody will join us
    serve_kv(os, job->connfd, *job->pairs, job->limits);
    os.printf("%s disconnected\n", job->peer.c_str());
    os.close(job->connfd);
    --*job->clients;
    return nullptr;
}

}  // namespace

int kv_copies_thread(Sockets& os, const ServerArguments& arguments) {
    std::shared_ptr<Pairs> pairs = std::make_shared<LockedPairs>();
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
        auto job = std::make_unique<Job>(Job{&os, connfd, peer, arguments.limits, pairs, clients});
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
    return 0;
}

}  // namespace synoptic
