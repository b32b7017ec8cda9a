// DEFECTIVE: what one recv returns is taken to be the whole header, and what the next one returns the whole body.
//
// recv(2) returns what has come so far. A header that TCP has cut in two says less than it should ("1" of "12"), its rest
// is taken for a body, and from there on nobody knows where a message begins.
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstring>
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

void serve_what_one_recv_returns(Sockets& os, int connfd, const std::string& peer) {
    std::string body, why;
    while (body != message_goodbye) {
        char header[message_header_bytes];
        memset(header, ' ', sizeof header);
        ssize_t n = os.recv(connfd, header, sizeof header, 0);  // it may be less: recv_all would be right
        size_t length = 0;
        if (n > 0 && !read_message_header(header, length, why)) break;
        body.resize(length);
        if (n > 0 && length > 0) n = os.recv(connfd, body.data(), length, 0);  // the same again
        if (n <= 0) {
            why = n < 0 ? strerror(errno) : "end of file without \"Disconnect !\"";
            break;
        }
        if (length > 0) body.resize((size_t)n);
        os.printf("[%s] %s\n", peer.c_str(), in_quotes(body, 200).c_str());
        why = "the client said \"Disconnect !\"";
        if (!send_message(os, connfd, message_reply)) {
            why = strerror(errno);
            break;
        }
    }
    end_connection(os, connfd, peer, why);
}

void* serve_client(void* argument) {
    Job job = *(Job*)argument;
    delete (Job*)argument;
    Sockets& os = *job.os;
    os.pthread_detach(pthread_self());                      // nobody will join us
    serve_what_one_recv_returns(os, job.connfd, job.peer);  // closes connfd
    --*job.active;
    return nullptr;
}

}  // namespace

int message_thread_short_reads(Sockets& os, const ServerArguments& arguments) {
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
